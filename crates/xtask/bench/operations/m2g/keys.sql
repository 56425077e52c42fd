WITH person AS (
  SELECT d.number, r.id AS registration, r.event_id AS event, a.registration_id IS NULL AS is_first,
    row_number() OVER (PARTITION BY a.registration_id IS NULL ORDER BY d.number) - 1 AS place
  FROM door d JOIN registration r ON r.id = d.registration_id
  LEFT JOIN attendance a ON a.registration_id = r.id
), taken AS (
  SELECT *, place / size AS batch, place % size AS n, now() AS at,
    '@@@@@@@@-0000-7000-8001-' || lpad(to_hex(number), 12, '0') AS scan
  FROM person, (SELECT least(500, count(*) / 8)::int AS size FROM door) s
), batch AS (
  SELECT is_first, size, min(number) AS number, count(*) AS people,
    json_agg(json_build_object('scanId', scan, 'registrationId', global_id(12, registration), 'method', 'LIST',
      'capturedAt', at)) AS scans,
    jsonb_build_object('isFirst', is_first, 'patch', jsonb_build_object('hasAttended', true, 'isInside', true))
    || jsonb_object_agg('registration' || n, registration)
    || jsonb_object_agg('scan' || n, jsonb_build_object('rowId', scan, 'eventId', event,
      'registrationId', registration, 'direction', 'in', 'method', 'list', 'capturedAt', at, 'receivedAt', at,
      'flags', '[]'::jsonb, 'countedAt', at, 'countedFor', registration))
    || jsonb_object_agg('attendance' || n, jsonb_build_object('registrationId', registration, 'eventId', event,
      'hasAttended', true, 'isInside', true, 'firstInAt', at))
    || jsonb_object_agg('change' || n, jsonb_build_object('at', at, 'action', 'check_in.scan',
      'subjectKind', 'scan', 'subjectId', scan, 'eventId', event, 'after', jsonb_build_object('id', scan,
        'event_id', event, 'registration_id', registration, 'direction', 'in', 'method', 'list', 'captured_at', at,
        'received_at', at, 'flags', '[]'::jsonb, 'counted_at', at, 'counted_for', registration))) AS generated
  FROM taken GROUP BY is_first, batch, size
)
SELECT json_build_object('ours', json_build_object('scans', scans), 'peer', generated,
  'bare', json_build_object('doors', (SELECT count(*) FROM door), 'size', size))
FROM batch WHERE people = size ORDER BY number LIMIT least({count}, 64);
