//! Inserting many rows by one statement.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    ModelTrait, Value,
    sea_query::{ArrayType, CaseStatement, Expr, Func, InsertStatement, OnConflict, Query},
};

/// Inserts rows by one statement, and tells how many were inserted; with `on_conflict`, others may stand for some.
///
/// Columns that are not named are left to the database.
#[expect(clippy::disallowed_methods, reason = "whoever calls was permitted to write the rows")]
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
    if rows.is_empty() {
        return Ok(0);
    }
    if connection.get_database_backend() == DbBackend::Postgres {
        let mut statement = from_arrays::<E>(columns, &rows)?;
        if let Some(on_conflict) = on_conflict {
            statement.on_conflict(on_conflict);
        }
        return Ok(connection.execute(&statement).await?.rows_affected());
    }
    let left_out: Vec<E::Column> = E::Column::iter()
        .filter(|column| columns.iter().all(|given| given.as_str() != column.as_str()))
        .collect();
    let rows = rows.into_iter().map(|row| {
        let mut row = row.into_active_model();
        for column in &left_out {
            row.not_set(*column);
        }
        row
    });
    let mut insert = E::insert_many(rows);
    if let Some(on_conflict) = on_conflict {
        insert = insert.on_conflict(on_conflict);
    }
    insert.exec_without_returning(connection).await
}

/// An insert for PostgreSQL that takes each column as one array: its text, and so its plan, is the same for a thousand
/// rows as for one.
fn from_arrays<E: EntityTrait>(columns: &[E::Column], rows: &[E::Model]) -> Result<InsertStatement, DbErr> {
    let mut arrays = Query::select();
    let mut select = Query::select();
    let mut filled = Vec::new();
    for column in columns {
        let Some(given) = Given::of(rows.iter().map(|row| row.get(*column))) else { continue };
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
    let mut statement = Query::insert();
    statement.into_table(E::default().table_ref()).columns(filled);
    statement.select_from(select).map_err(|error| DbErr::Type(error.to_string()))?;
    Ok(statement)
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
