SELECT json_build_object(
  'ours', json_build_object('event', global_id(4, id)),
  'peer', json_build_object('event', id))
FROM (SELECT id FROM event ORDER BY md5(id::text) LIMIT {count}) AS chosen;
