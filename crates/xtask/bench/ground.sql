-- What the benchmark adds to the database: the verbs and counts that PostGraphile needs written by hand, and the keys.

-- The global id of the API: a byte for the kind, then the identifier.
CREATE FUNCTION global_id(kind int, id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT rtrim(translate(encode(set_byte('\x00', 0, kind) || uuid_send(id), 'base64'), '+/', '-_'), '=') $$;

-- The three programs whose events the account of the benchmark manages.
CREATE VIEW managed_program AS SELECT id FROM program ORDER BY sort_name, id LIMIT 3;

CREATE FUNCTION event_registered(event event) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(registrations), 0)::bigint FROM event_tally WHERE event_id = event.id $$;
CREATE FUNCTION event_attended(event event) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(attended), 0)::bigint FROM event_tally WHERE event_id = event.id $$;

CREATE FUNCTION events_during(within_path text, from_day date, until_day date) RETURNS SETOF event
LANGUAGE sql STABLE AS $$
  SELECT * FROM event
  WHERE territory_path >= within_path AND territory_path < within_path || '~'
    AND (earliest IS NULL OR earliest <= until_day) AND (latest IS NULL OR latest >= from_day)
    AND archived_at IS NULL $$;

CREATE FUNCTION events_named(one_word text, other_word text) RETURNS SETOF event
LANGUAGE sql STABLE AS $$
  SELECT * FROM event
  WHERE archived_at IS NULL
    AND id IN (
      SELECT subject_id FROM search_term
      WHERE subject_kind = 'event' AND term >= one_word AND term < one_word || '~')
    AND id IN (
      SELECT subject_id FROM search_term
      WHERE subject_kind = 'event' AND term >= other_word AND term < other_word || '~') $$;

COMMENT ON FUNCTION events_during IS E'@behavior +order';
COMMENT ON FUNCTION events_named IS E'@behavior +order';

-- Writes the rows that `checkIn` writes, and checks nothing.
CREATE FUNCTION check_in(scan uuid, registration uuid, direction text) RETURNS attendance
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  at timestamptz := now();
  event uuid;
  was_there boolean;
  result attendance;
BEGIN
  SELECT r.event_id INTO event FROM registration r WHERE r.id = registration FOR UPDATE;
  SELECT a.has_attended INTO was_there FROM attendance a WHERE a.registration_id = registration;
  INSERT INTO scan
    (id, event_id, registration_id, direction, method, captured_at, received_at, flags, counted_at, counted_for)
  VALUES (scan, event, registration, direction, 'list', at, at, '[]', at, registration);
  INSERT INTO attendance (registration_id, event_id, has_attended, is_inside, first_in_at)
  VALUES (registration, event, true, direction = 'in', at)
  ON CONFLICT (registration_id) DO UPDATE SET
    has_attended = true, is_inside = excluded.is_inside,
    first_in_at = coalesce(attendance.first_in_at, excluded.first_in_at),
    last_out_at = CASE WHEN excluded.is_inside THEN attendance.last_out_at ELSE at END
  RETURNING * INTO result;
  IF was_there IS NOT TRUE THEN
    INSERT INTO event_tally (event_id, shard, registrations, attended)
    VALUES (event, get_byte(uuid_send(registration), 15) % 8, 0, 1)
    ON CONFLICT (event_id, shard) DO UPDATE SET attended = event_tally.attended + 1;
  END IF;
  INSERT INTO change (at, action, subject_kind, subject_id, event_id, after)
  VALUES (at, 'check_in.scan', 'scan', scan, event, (SELECT to_jsonb(s) FROM scan s WHERE s.id = scan));
  RETURN result;
END $$;

-- Writes the rows that `submitScans` writes for people who come in, all in one statement, and checks nothing.
CREATE FUNCTION submit_scans(scans uuid[], registrations uuid[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  moment timestamptz := now();
  taken bigint;
BEGIN
  PERFORM 1 FROM registration r WHERE r.id = ANY (registrations) ORDER BY r.id FOR NO KEY UPDATE;
  WITH stored AS (
    INSERT INTO scan
      (id, event_id, registration_id, direction, method, captured_at, received_at, flags, counted_at, counted_for)
    SELECT g.scan, r.event_id, r.id, 'in', 'list', moment, moment, '[]', moment, r.id
    FROM unnest(scans, registrations) AS g (scan, registration) JOIN registration r ON r.id = g.registration
    ORDER BY g.scan ON CONFLICT DO NOTHING RETURNING *
  ), told AS (
    INSERT INTO change (at, action, subject_kind, subject_id, event_id, after)
    SELECT moment, 'check_in.scan', 'scan', s.id, s.event_id, to_jsonb(s) FROM stored s
  ), folded AS (
    INSERT INTO attendance (registration_id, event_id, has_attended, is_inside, first_in_at)
    SELECT DISTINCT ON (s.counted_for) s.counted_for, s.event_id, true, true, moment FROM stored s
    ORDER BY s.counted_for
    ON CONFLICT (registration_id) DO UPDATE SET
      has_attended = true, is_inside = true,
      first_in_at = coalesce(attendance.first_in_at, excluded.first_in_at)
    RETURNING event_id, registration_id, xmax = 0 AS is_new
  ), counted AS (
    INSERT INTO event_tally (event_id, shard, registrations, attended)
    SELECT f.event_id, get_byte(uuid_send(f.registration_id), 15) % 8, 0, count(*) FROM folded f WHERE f.is_new
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (event_id, shard) DO UPDATE SET attended = event_tally.attended + excluded.attended
  )
  SELECT count(*) INTO taken FROM stored;
  RETURN taken;
END $$;

-- Whom the benchmark lets in and out, one after the other.
CREATE TABLE door (number serial PRIMARY KEY, registration_id uuid NOT NULL);
INSERT INTO door (registration_id)
SELECT r.id FROM registration r JOIN event e ON e.id = r.event_id
WHERE e.program_id IN (SELECT id FROM managed_program) ORDER BY md5(r.id::text) LIMIT 50000;
COMMENT ON TABLE door IS E'@omit';
ANALYZE;
