\set first random(0, {doors} - {size})
SELECT submit_scans(array_agg(gen_random_uuid()), array_agg(d.registration_id))
FROM door d WHERE d.number > :first AND d.number <= :first + {size};
