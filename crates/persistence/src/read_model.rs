//! Read models: what a question reads of a row, column by column, in the order in which it selects them.
//!
//! sea-orm looks each column up by its name and puts each null into words first: of a page of 200 lines with 30
//! columns that is most of what a request costs. Verbs, which read few records to change them, use its whole rows.

use std::pin::pin;

use futures_util::TryStreamExt;
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, QueryResult, QuerySelect, QueryTrait, RuntimeErr, Select,
    StreamTrait,
    sea_query::SelectStatement,
    sqlx::{self, Decode, Postgres, Row, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow},
};

use crate::{dialect::statement, fault::StoreFault};

/// What is read of a row: its own columns, or those of several tables that are joined.
pub(crate) trait ReadModel: Sized {
    /// How many columns it has.
    const COLUMNS: usize;

    /// Adds its columns to a select.
    fn select(select: &mut SelectStatement);

    /// Reads them in the order in which they were added.
    fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr>;
}

/// The columns of a row that are still to be read.
pub(crate) struct Columns<'r> {
    row: AnyRow<'r>,
    next: usize,
}

#[derive(Clone, Copy)]
enum AnyRow<'r> {
    Postgres(&'r PgRow),
    Sqlite(&'r SqliteRow),
}

/// A value that can stand in a column of either database.
pub(crate) trait Readable<'r>:
    Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite>
{
}

impl<'r, T> Readable<'r> for T where
    T: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite>
{
}

/// The rows of a select that starts at an entity, read as a read model.
pub(crate) async fn all_of<R: ReadModel, E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
) -> Result<Vec<R>, DbErr> {
    all(connection, select.select_only().into_query()).await
}

/// The rows of a select that has no columns yet, read as a read model.
pub(crate) async fn all<R: ReadModel>(
    connection: &impl ConnectionTrait,
    mut select: SelectStatement,
) -> Result<Vec<R>, DbErr> {
    R::select(&mut select);
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), &select)).await?;
    rows.iter().map(|row| R::read(&mut Columns::of(row)?)).collect()
}

/// Gives the rows of a select one after the other as they come, read as a read model: where there may be very many, they
/// are never all there at once.
pub(crate) async fn each_of<R: ReadModel, E: EntityTrait>(
    connection: &(impl ConnectionTrait + StreamTrait),
    select: Select<E>,
    mut take: impl FnMut(R) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let mut select = select.select_only().into_query();
    R::select(&mut select);
    let statement = statement(ConnectionTrait::get_database_backend(connection), &select);
    let mut rows = pin!(connection.stream_raw(statement).await?);
    while let Some(row) = rows.try_next().await? {
        take(R::read(&mut Columns::of(&row)?)?)?;
    }
    Ok(())
}

impl<'r> Columns<'r> {
    fn of(row: &'r QueryResult) -> Result<Self, DbErr> {
        let row = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
            (Some(row), _) => AnyRow::Postgres(row),
            (None, Some(row)) => AnyRow::Sqlite(row),
            (None, None) => return Err(DbErr::Type("a row of another database".to_owned())),
        };
        Ok(Self { row, next: 0 })
    }

    /// Reads the next column.
    pub(crate) fn next<T: Readable<'r>>(&mut self) -> Result<T, DbErr> {
        let value = self.peek()?;
        self.next += 1;
        Ok(value)
    }

    fn peek<T: Readable<'r>>(&self) -> Result<T, DbErr> {
        let value = match self.row {
            AnyRow::Postgres(row) => row.try_get(self.next),
            AnyRow::Sqlite(row) => row.try_get(self.next),
        };
        value.map_err(|error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }

    fn is_null(&self) -> Result<bool, DbErr> {
        use sea_orm::sqlx::ValueRef as _;
        let is_null = match self.row {
            AnyRow::Postgres(row) => row.try_get_raw(self.next).map(|value| value.is_null()),
            AnyRow::Sqlite(row) => row.try_get_raw(self.next).map(|value| value.is_null()),
        };
        is_null.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}

/// What was joined in and may be missing: its first column is one that is never null.
impl<R: ReadModel> ReadModel for Option<R> {
    const COLUMNS: usize = R::COLUMNS;

    fn select(select: &mut SelectStatement) {
        R::select(select);
    }

    fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr> {
        if columns.is_null()? {
            columns.next += R::COLUMNS;
            return Ok(None);
        }
        R::read(columns).map(Some)
    }
}

/// Makes a struct a read model: its fields are columns of a table, or read models themselves.
///
/// `read_model!(Model, Entity => id, version, names)` reads columns of the fields' names;
/// `read_model!(RosterRow = registration: Model, person: PersonRow)` puts read models one after the other.
macro_rules! read_model {
    ($model:ty, $entity:expr => $($column:ident),+ $(,)?) => {
        impl $crate::read_model::ReadModel for $model {
            const COLUMNS: usize = [$(stringify!($column)),+].len();

            fn select(select: &mut sea_orm::sea_query::SelectStatement) {
                $(select.column(($entity, stringify!($column)));)+
            }

            fn read(columns: &mut $crate::read_model::Columns<'_>) -> Result<Self, sea_orm::DbErr> {
                Ok(Self { $($column: columns.next()?),+ })
            }
        }
    };
    ($model:ty = $($part:ident: $of:ty),+ $(,)?) => {
        impl $crate::read_model::ReadModel for $model {
            const COLUMNS: usize = 0 $(+ <$of as $crate::read_model::ReadModel>::COLUMNS)+;

            fn select(select: &mut sea_orm::sea_query::SelectStatement) {
                $(<$of as $crate::read_model::ReadModel>::select(select);)+
            }

            fn read(columns: &mut $crate::read_model::Columns<'_>) -> Result<Self, sea_orm::DbErr> {
                Ok(Self { $($part: <$of as $crate::read_model::ReadModel>::read(columns)?),+ })
            }
        }
    };
}

pub(crate) use read_model;
