-- Two words of a title, a topic's and a place's, that search keeps as they are written.
SELECT json_build_object(
  'ours', json_build_object('words', words[1] || ' ' || words[2]),
  'peer', json_build_object('one', words[1], 'other', words[2]))
FROM (
  SELECT (
    SELECT array_agg(word ORDER BY length(word) DESC, word) FROM (
      SELECT DISTINCT lower(word) AS word FROM regexp_split_to_table(e.names->0->>'text', '[^A-Za-z]+') AS word
      WHERE length(word) > 4) AS split
    WHERE EXISTS (
      SELECT 1 FROM search_term
      WHERE subject_kind = 'event' AND term = split.word AND subject_id = e.id)) AS words
  FROM (SELECT * FROM event ORDER BY md5(id::text) LIMIT 4 * {count}) AS e) AS chosen
WHERE array_length(words, 1) >= 2 LIMIT {count};
