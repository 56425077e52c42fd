-- The largest events: those that fill a page of 200, where the data set has them.
SELECT json_build_object(
  'ours', json_build_object('event', global_id(4, event_id)),
  'peer', json_build_object('event', event_id))
FROM (
  SELECT event_id FROM event_tally JOIN event ON event.id = event_id
  WHERE program_id IN (SELECT id FROM managed_program)
  GROUP BY event_id ORDER BY sum(registrations) DESC, event_id LIMIT 10) AS chosen;
