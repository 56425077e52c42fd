//! Inserting many rows by one statement, into one table or into several that follow from one another.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    QueryTrait, Value,
    sea_query::{
        ArrayType, CaseStatement, CommonTableExpression, Expr, ExprTrait, Func, InsertStatement, IntoIden,
        OnConflict, Query, SelectStatement, SimpleExpr, WithClause,
    },
};

/// Inserts rows by one statement, and tells how many were inserted; with `on_conflict`, others may stand for some.
///
/// Columns that are not named are left to the database.
pub(crate) async fn insert_all<E>(
    connection: &impl ConnectionTrait,
    columns: &[E::Column],
    rows: Vec<E::Model>,
    on_conflict: Option<OnConflict>,
) -> Result<u64, DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let insertion = Insertion::new::<E>(connection.get_database_backend(), columns, rows, on_conflict);
    insert_followed(connection, insertion, []).await
}

/// Inserts rows and, if each of them was inserted, the rows that follow from them; tells how many of the first were.
///
/// On PostgreSQL by one statement: the way to the database and back costs as much as a dozen rows.
pub(crate) async fn insert_followed(
    connection: &impl ConnectionTrait,
    first: Insertion,
    following: impl IntoIterator<Item = Insertion>,
) -> Result<u64, DbErr> {
    let mut all = std::iter::once(first).chain(following).filter(|rows| rows.count > 0);
    // Statements are large; whoever waits for one shall not be.
    match (all.next(), all.collect::<Vec<_>>()) {
        (None, _) => Ok(0),
        (Some(only), following) if following.is_empty() => Box::pin(insert(connection, only)).await,
        (Some(first), following) => Box::pin(insert_in_order(connection, first, following)).await,
    }
}

/// Inserts rows of one table or of several, a statement each.
pub(crate) async fn insert_each(
    connection: &impl ConnectionTrait,
    statements: impl IntoIterator<Item = Insertion>,
) -> Result<(), DbErr> {
    for rows in statements {
        insert_followed(connection, rows, []).await?;
    }
    Ok(())
}

async fn insert(connection: &impl ConnectionTrait, rows: Insertion) -> Result<u64, DbErr> {
    Ok(connection.execute(&rows.into_statement(None)?).await?.rows_affected())
}

async fn insert_in_order(
    connection: &impl ConnectionTrait,
    first: Insertion,
    following: Vec<Insertion>,
) -> Result<u64, DbErr> {
    if connection.get_database_backend() == DbBackend::Postgres {
        return insert_at_once(connection, first, following).await;
    }
    let expected = first.count;
    let inserted = insert(connection, first).await?;
    if inserted == expected {
        for rows in following {
            insert(connection, rows).await?;
        }
    }
    Ok(inserted)
}

/// Inserts the first rows in a common table expression, and the others in further ones that count what it inserted.
async fn insert_at_once(
    connection: &impl ConnectionTrait,
    first: Insertion,
    following: Vec<Insertion>,
) -> Result<u64, DbErr> {
    let counted = || Query::select().expr(Expr::cust("count(*)")).from(FIRST).take();
    let expected = i64::try_from(first.count).unwrap_or(i64::MAX);
    let mut with = WithClause::new();
    let mut statement = first.into_statement(None)?;
    statement.returning(Query::returning().expr(Expr::cust("1")));
    with.cte(named(FIRST, statement));
    for (place, rows) in following.into_iter().enumerate() {
        let is_whole = Expr::SubQuery(None, Box::new(counted().into())).eq(expected);
        let statement = rows.into_statement(Some(is_whole))?;
        with.cte(named(format!("following_{place}"), statement));
    }
    let row = connection.query_one(&with.query(counted())).await?;
    let inserted: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(inserted.unsigned_abs())
}

/// A statement as a common table expression of this name.
fn named(name: impl IntoIden, statement: InsertStatement) -> CommonTableExpression {
    let mut expression = CommonTableExpression::new();
    expression.table_name(name).query(statement);
    expression
}

/// What the rows that were inserted first are called within the statement.
const FIRST: &str = "first";

/// Rows to be inserted into a table.
pub(crate) struct Insertion {
    count: u64,
    statement: Box<InsertStatement>,
    /// Where PostgreSQL takes the rows from: a select from one array a column.
    source: Option<Box<SelectStatement>>,
}

impl Insertion {
    /// Rows of one table; with `on_conflict`, others may stand for some of them.
    ///
    /// Columns that are not named are left to the database.
    #[expect(clippy::disallowed_methods, reason = "whoever calls was permitted to write the rows")]
    pub(crate) fn new<E>(
        backend: DbBackend,
        columns: &[E::Column],
        rows: Vec<E::Model>,
        on_conflict: Option<OnConflict>,
    ) -> Self
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let count = rows.len() as u64;
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        let (mut statement, source) = if backend == DbBackend::Postgres {
            let (filled, source) = from_arrays::<E>(columns, rows.collect());
            let into = Query::insert().into_table(E::default().table_ref()).columns(filled).take();
            (into, Some(source))
        } else {
            let left_out: Vec<E::Column> = E::Column::iter()
                .filter(|column| columns.iter().all(|given| given.as_str() != column.as_str()))
                .collect();
            let rows = rows.map(|mut row| {
                for column in &left_out {
                    row.not_set(*column);
                }
                row
            });
            (E::insert_many(rows).into_query(), None)
        };
        if let Some(on_conflict) = on_conflict {
            statement.on_conflict(on_conflict);
        }
        Self { count, statement: Box::new(statement), source: source.map(Box::new) }
    }

    /// The statement that inserts the rows, on PostgreSQL only if a condition holds.
    fn into_statement(self, condition: Option<SimpleExpr>) -> Result<InsertStatement, DbErr> {
        let Self { mut statement, source, .. } = self;
        if let Some(mut source) = source {
            source.and_where_option(condition);
            statement.select_from(*source).map_err(|error| DbErr::Type(error.to_string()))?;
        }
        Ok(*statement)
    }
}

/// A select of rows from one array a column, and the columns that it fills: its text, and so its plan, is the same for
/// a thousand rows as for two. One alone needs no arrays.
///
/// The values are taken out of the rows: some are documents, and large.
fn from_arrays<E: EntityTrait>(
    columns: &[E::Column],
    mut rows: Vec<E::ActiveModel>,
) -> (Vec<E::Column>, SelectStatement) {
    let mut arrays = Query::select();
    let mut select = Query::select();
    let mut filled = Vec::new();
    if let [row] = &mut rows[..] {
        for column in columns {
            let value = row.take(*column).into_value();
            if let Some(value) = value.filter(|value| *value != value.as_null()) {
                select.expr(Expr::val(value));
                filled.push(*column);
            }
        }
        return (filled, select);
    }
    for column in columns {
        // What was made of a whole record has a value in each column.
        let values = rows.iter_mut().filter_map(|row| row.take(*column).into_value());
        let Some(given) = Given::of(values) else { continue };
        let name = column.as_str();
        arrays.expr_as(unnested(given.values), name);
        select.expr(match given.present {
            None => Expr::col(name),
            Some(present) => {
                let is_present = format!("has_{name}");
                arrays.expr_as(unnested(present), is_present.clone());
                Expr::Case(Box::new(CaseStatement::new().case(Expr::col(is_present), Expr::col(name))))
            }
        });
        filled.push(*column);
    }
    select.from_subquery(arrays, "given");
    (filled, select)
}

/// The values of one column. An array of the driver holds no nulls: another array says where there are values.
struct Given {
    values: Vec<Value>,
    present: Option<Vec<Value>>,
}

impl Given {
    /// Gathers the values of a column; none where all are null.
    fn of(values: impl Iterator<Item = Value>) -> Option<Self> {
        let mut values: Vec<Value> = values.collect();
        let present: Vec<bool> = values.iter().map(|value| *value != value.as_null()).collect();
        if !present.contains(&false) {
            return Some(Self { values, present: None });
        }
        let any = values[present.iter().position(|is_present| *is_present)?].clone();
        for (value, _) in values.iter_mut().zip(&present).filter(|(_, is_present)| !**is_present) {
            *value = any.clone();
        }
        Some(Self { values, present: Some(present.into_iter().map(Value::from).collect()) })
    }
}

/// The elements of an array, a row each.
fn unnested(values: Vec<Value>) -> Expr {
    let kind = values.first().map_or(ArrayType::Bool, Value::array_type);
    Func::cust("unnest").arg(Expr::val(Value::Array(kind, Some(Box::new(values))))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_nulls_is_left_out_and_one_with_some_says_where() {
        assert!(Given::of([Value::Int(None), Value::Int(None)].into_iter()).is_none());
        let some = Given::of([Value::Int(None), Value::Int(Some(7))].into_iter());
        let some = some.expect("one is not null");
        assert_eq!(some.values, [7.into(), 7.into()]);
        assert_eq!(some.present, Some(vec![false.into(), true.into()]));
        let all = Given::of([1.into(), 2.into()].into_iter()).expect("none is null");
        assert_eq!(all.present, None);
    }
}
