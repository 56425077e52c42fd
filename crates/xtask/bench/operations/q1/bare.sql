SELECT json_build_object('event', (
  SELECT json_build_object(
    'id', e.id, 'title', e.names, 'kind', e.kind, 'status', e.status, 'dates', e.dates,
    'host', json_build_object('id', h.id, 'name', h.names, 'kind', h.kind),
    'program', json_build_object('id', p.id, 'name', p.names))
  FROM event e
  LEFT JOIN partner h ON h.id = e.host_id
  LEFT JOIN program p ON p.id = e.program_id
  WHERE e.id = {event}));
