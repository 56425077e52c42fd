SELECT to_json(check_in((asked->>'scan')::uuid, (asked->>'registration')::uuid, asked->>'direction'))::text
FROM (SELECT $1::text::json AS asked) body
