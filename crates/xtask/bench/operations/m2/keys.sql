WITH batch AS (
  SELECT (d.number - 1) / size AS number, size, json_agg(d.registration_id ORDER BY d.number) AS people,
    json_agg(json_build_object('scanId', '@@@@@@@@-0000-7000-8000-' || lpad(to_hex(d.number), 12, '0'),
      'registrationId', global_id(12, d.registration_id), 'method', 'LIST', 'capturedAt', now())
      ORDER BY d.number) AS scans,
    json_agg('@@@@@@@@-0000-7000-8000-' || lpad(to_hex(d.number), 12, '0') ORDER BY d.number) AS ids
  FROM door d, (SELECT least(500, count(*) / 2)::int AS size FROM door) s GROUP BY 1, 2
)
SELECT json_build_object('ours', json_build_object('scans', scans),
  'peer', json_build_object('scans', ids, 'registrations', people),
  'bare', json_build_object('doors', (SELECT count(*) FROM door), 'size', size))
FROM batch WHERE json_array_length(people) = size ORDER BY number LIMIT {count};
