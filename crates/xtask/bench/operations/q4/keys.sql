SELECT json_build_object(
  'ours', json_build_object('territory', global_id(16, t.id), 'from', '2020-01-01', 'until', '2024-12-31'),
  'peer', json_build_object('territory', t.path, 'from', '2020-01-01', 'until', '2024-12-31'),
  'bare', json_build_object('territory', t.path, 'from', '2020-01-01', 'until', '2024-12-31',
    'day', before.sort_date, 'id', before.id))
FROM territory t
CROSS JOIN LATERAL (
  SELECT e.sort_date, e.id FROM events_during(t.path, '2020-01-01', '2024-12-31') AS e
  ORDER BY e.sort_date, e.id OFFSET 19 LIMIT 1) AS before
WHERE t.kind <> 'country' ORDER BY t.path LIMIT {count};
