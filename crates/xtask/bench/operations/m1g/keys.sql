WITH chosen AS (
  SELECT d.number, turn, r.id AS registration, r.event_id AS event, gen_random_uuid() AS scan, now() AS at,
    turn = 0 AND a.registration_id IS NULL AS is_first, a.first_in_at,
    coalesce(a.is_inside, false) <> (turn % 2 = 0) AS goes_in
  FROM door d JOIN registration r ON r.id = d.registration_id
  LEFT JOIN attendance a ON a.registration_id = r.id,
  generate_series(0, {count} / (SELECT count(*) FROM door)) AS turn
  ORDER BY turn, d.number OFFSET (SELECT {skip} % count(*) FROM door) LIMIT {count}
), told AS (
  SELECT *, CASE WHEN goes_in THEN 'in' ELSE 'out' END AS direction FROM chosen
)
SELECT json_build_object(
  'ours', json_build_object('scan', scan, 'registration', global_id(12, registration), 'direction', upper(direction)),
  'peer', json_build_object('isFirst', is_first, 'registration', registration,
    'scan', json_build_object('rowId', scan, 'eventId', event, 'registrationId', registration, 'direction', direction,
      'method', 'list', 'capturedAt', at, 'receivedAt', at, 'flags', '[]'::json, 'countedAt', at,
      'countedFor', registration),
    'attendance', json_build_object('registrationId', registration, 'eventId', event, 'hasAttended', true,
      'isInside', goes_in, 'firstInAt', at),
    'patch', json_strip_nulls(json_build_object('hasAttended', true, 'isInside', goes_in,
      'firstInAt', CASE WHEN turn = 0 AND first_in_at IS NULL THEN at END, 'lastOutAt', CASE WHEN NOT goes_in THEN at END)),
    'change', json_build_object('at', at, 'action', 'check_in.scan', 'subjectKind', 'scan', 'subjectId', scan,
      'eventId', event, 'after', json_build_object('id', scan, 'event_id', event, 'registration_id', registration,
        'direction', direction, 'method', 'list', 'captured_at', at, 'received_at', at, 'flags', '[]'::json,
        'counted_at', at, 'counted_for', registration))),
  'bare', json_build_object('doors', (SELECT count(*) FROM door)))
FROM told ORDER BY turn, number;
