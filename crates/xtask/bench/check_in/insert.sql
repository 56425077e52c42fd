INSERT INTO scan (id, event_id, registration_id, direction, method, captured_at, received_at, flags, counted_at,
  counted_for)
SELECT (asked->>'scan')::uuid, r.event_id, r.id, asked->>'direction', 'list', now(), now(), '[]', now(), r.id
FROM (SELECT $1::text::json AS asked) body JOIN registration r ON r.id = (asked->>'registration')::uuid
