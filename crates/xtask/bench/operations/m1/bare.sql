\set number random(1, {doors})
SELECT check_in(gen_random_uuid(), d.registration_id, CASE WHEN a.is_inside THEN 'out' ELSE 'in' END)
FROM door d LEFT JOIN attendance a ON a.registration_id = d.registration_id WHERE d.number = :number;
