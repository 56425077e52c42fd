SELECT json_build_object('event', (
  SELECT json_build_object('id', e.id, 'registrations', json_build_object(
    'nodes', (
      SELECT json_agg(json_build_object(
        'id', r.id, 'role', r.role,
        'participant', json_build_object('id', a.id, 'name', a.names),
        'category', json_build_object('id', c.id, 'code', c.code),
        'attendance', json_build_object('hasAttended', coalesce(t.has_attended, false),
          'isInside', coalesce(t.is_inside, false), 'firstInAt', t.first_in_at)) ORDER BY r.sort_name, r.id)
      FROM (
        SELECT * FROM registration
        WHERE event_id = e.id AND status = 'registered' ORDER BY sort_name, id LIMIT 200) AS r
      JOIN participant a ON a.id = r.participant_id
      LEFT JOIN participant_category c ON c.id = r.category_id
      LEFT JOIN attendance t ON t.registration_id = r.id),
    'pageInfo', json_build_object('hasNextPage', EXISTS (
      SELECT 1 FROM registration
      WHERE event_id = e.id AND status = 'registered' ORDER BY sort_name, id OFFSET 200 LIMIT 1))))
  FROM event e WHERE e.id = {event}));
