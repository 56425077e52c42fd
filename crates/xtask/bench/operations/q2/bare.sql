SELECT json_build_object('program', (
  SELECT json_build_object('id', p.id, 'name', p.names, 'events', json_build_object('nodes', (
    SELECT json_agg(json_build_object(
      'id', e.id, 'title', e.names, 'status', e.status, 'dates', e.dates,
      'host', json_build_object('id', h.id, 'name', h.names),
      'territory', json_build_object('id', t.id, 'code', t.code),
      'counts', (
        SELECT json_build_object('registrations', coalesce(sum(registrations), 0), 'attended', coalesce(sum(attended), 0))
        FROM event_tally WHERE event_id = e.id),
      'registrations', json_build_object('nodes', coalesce((
        SELECT json_agg(json_build_object('id', r.id, 'role', r.role,
          'participant', json_build_object('id', a.id, 'name', a.names)) ORDER BY r.created_at, r.id)
        FROM (
          SELECT * FROM registration
          WHERE event_id = e.id AND status <> 'cancelled' ORDER BY created_at, id LIMIT 10) AS r
        JOIN participant a ON a.id = r.participant_id), '[]'))) ORDER BY e.sort_date DESC, e.id DESC)
    FROM (
      SELECT * FROM event
      WHERE program_id = p.id AND archived_at IS NULL ORDER BY sort_date DESC, id DESC LIMIT 20) AS e
    LEFT JOIN partner h ON h.id = e.host_id
    LEFT JOIN territory t ON t.id = e.territory_id)))
  FROM program p WHERE p.id = {program}));
