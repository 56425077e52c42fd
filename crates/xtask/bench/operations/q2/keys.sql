SELECT json_build_object(
  'ours', json_build_object('program', global_id(10, id)),
  'peer', json_build_object('program', id))
FROM managed_program LIMIT {count};
