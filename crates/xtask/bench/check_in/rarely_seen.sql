SELECT d.registration_id AS id FROM door d
LEFT JOIN (SELECT counted_for, count(*) AS times FROM scan GROUP BY counted_for) seen
  ON seen.counted_for = d.registration_id
ORDER BY coalesce(seen.times, 0), d.number
