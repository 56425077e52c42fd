INSERT INTO attendance (registration_id, event_id, has_attended, is_inside, first_in_at)
SELECT r.id, r.event_id, true, asked->>'direction' = 'in', now()
FROM (SELECT $1::text::json AS asked) body JOIN registration r ON r.id = (asked->>'registration')::uuid
ON CONFLICT (registration_id) DO UPDATE SET
  has_attended = true, is_inside = excluded.is_inside,
  last_out_at = CASE WHEN excluded.is_inside THEN attendance.last_out_at ELSE now() END
