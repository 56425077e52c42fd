SELECT json_build_object('events', json_build_object('nodes', (
  SELECT json_agg(json_build_object(
    'id', e.id, 'title', e.names, 'kind', e.kind, 'dates', e.dates,
    'host', json_build_object('id', h.id, 'name', h.names)) ORDER BY e.sort_date DESC, e.id DESC)
  FROM (
    SELECT * FROM event
    WHERE archived_at IS NULL
      AND id IN (
        SELECT subject_id FROM search_term
        WHERE subject_kind = 'event' AND term >= {one} AND term < {one} || '~')
      AND id IN (
        SELECT subject_id FROM search_term
        WHERE subject_kind = 'event' AND term >= {other} AND term < {other} || '~')
    ORDER BY sort_date DESC, id DESC LIMIT 20) AS e
  LEFT JOIN partner h ON h.id = e.host_id)));
