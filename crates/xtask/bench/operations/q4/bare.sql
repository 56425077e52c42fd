SELECT json_build_object('events', json_build_object(
  'nodes', (
    SELECT json_agg(json_build_object(
      'id', e.id, 'title', e.names, 'kind', e.kind, 'status', e.status, 'dates', e.dates,
      'host', json_build_object('id', h.id, 'name', h.names),
      'territory', json_build_object('id', t.id, 'code', t.code)) ORDER BY e.sort_date, e.id)
    FROM (
      SELECT * FROM event
      WHERE territory_path >= {territory} AND territory_path < {territory} || '~'
        AND (earliest IS NULL OR earliest <= {until}) AND (latest IS NULL OR latest >= {from})
        AND archived_at IS NULL AND (sort_date, id) > ({day}, {id}::uuid)
      ORDER BY sort_date, id LIMIT 20) AS e
    LEFT JOIN partner h ON h.id = e.host_id
    LEFT JOIN territory t ON t.id = e.territory_id)));
