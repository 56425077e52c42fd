SELECT json_build_object(
  'ours', json_build_object('scan', gen_random_uuid(), 'registration', global_id(12, d.registration_id),
    'direction', CASE WHEN a.is_inside THEN 'OUT' ELSE 'IN' END),
  'peer', json_build_object('scan', gen_random_uuid(), 'registration', d.registration_id,
    'direction', CASE WHEN a.is_inside THEN 'out' ELSE 'in' END),
  'bare', json_build_object('doors', (SELECT count(*) FROM door)))
FROM door d LEFT JOIN attendance a ON a.registration_id = d.registration_id ORDER BY d.number
OFFSET (SELECT {skip} % count(*) FROM door) LIMIT {count};
