SELECT json_build_object('ours', global_id(12, chosen.id), 'bare', chosen.id,
  'is_inside', coalesce(a.is_inside, false))
FROM ({chosen}) chosen LEFT JOIN attendance a ON a.registration_id = chosen.id ORDER BY md5(chosen.id::text)
