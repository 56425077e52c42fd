//! Keyset pages: rows after a cursor by `(sort column, id)`, never by an offset.
//!
//! A cursor is opaque, carries a version, and is bound to the order it was made for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, NaiveDate, Utc};
use hemicycle_domain::{
    page::{Cursor, Direction, Page, PageRequest, Side},
    problem::{Fault, Invalid},
};
use sea_orm::{
    ColumnTrait, ColumnType, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Value,
    sea_query::{Asterisk, Expr, ExprTrait, Query, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    fault::Failure,
    read_model::{ReadModel, all, all_of},
    scope::{FirstOfEach, Scoped, Sight, select_first_of_each},
};

/// The value of a sort column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Key {
    /// A day.
    Day(NaiveDate),
    /// An instant.
    At(DateTime<Utc>),
    /// A byte-wise text.
    Text(String),
    /// A number.
    Number(i64),
}

impl Key {
    /// Whether it can be compared with a column of this type. A cursor comes from outside and can say anything.
    fn fits(&self, column: &ColumnType) -> bool {
        match self {
            Self::Day(_) => matches!(column, ColumnType::Date),
            Self::Number(_) => matches!(column, ColumnType::BigInteger),
            Self::At(_) => matches!(column, ColumnType::TimestampWithTimeZone),
            Self::Text(text) => {
                matches!(column, ColumnType::String(_) | ColumnType::Text) && !text.contains('\0')
            }
        }
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Day(day) => day.into(),
            Key::At(at) => at.into(),
            Key::Text(text) => text.into(),
            Key::Number(number) => number.into(),
        }
    }
}

/// How a list is ordered: by a column without nulls, then by id.
///
/// Its rows are whole rows of the entity, or another type that joins columns in or leaves some out.
pub(crate) struct Keyset<E: EntityTrait, R = <E as EntityTrait>::Model> {
    /// The name of the order; a cursor of another order is refused.
    pub name: &'static str,
    /// The column.
    pub column: E::Column,
    /// The column of the identifier, the tie-breaker.
    pub id: E::Column,
    /// Which way.
    pub direction: Direction,
    /// Where a row stands in this order.
    pub position: fn(&R) -> (Key, Uuid),
}

/// A cursor as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u8,
    order: String,
    key: Key,
    id: Uuid,
}

const VERSION: u8 = 1;
const LONGEST_CURSOR: usize = 1_000;
/// How many rows are looked at for each that is wanted, before the rows are found otherwise.
const LOOKED_AT: u64 = 8;

impl<E: EntityTrait, R: ReadModel> Keyset<E, R> {
    /// Reads one page of a select.
    pub(crate) async fn page(
        &self,
        connection: &impl ConnectionTrait,
        select: Select<E>,
        request: &PageRequest,
    ) -> Result<Page<R>, Failure> {
        let (select, order) = self.begin(select, request)?;
        let select = select
            .order_by(self.column, order.clone())
            .order_by(self.id, order)
            .limit(u64::from(request.size) + 1);
        Ok(self.cut(all_of(connection, select).await?, request))
    }

    /// Reads one page of the rows of a select that meet a condition, if they stand so close together that the page is
    /// full after a look at a few rows for each; none where they do not, and have to be found otherwise.
    pub(crate) async fn page_nearby(
        &self,
        connection: &impl ConnectionTrait,
        select: Select<E>,
        that: Condition,
        request: &PageRequest,
    ) -> Result<Option<Page<R>>, Failure> {
        let (select, order) = self.begin(select, request)?;
        let wanted = u64::from(request.size) + 1;
        let mut near = select
            .order_by(self.column, order.clone())
            .order_by(self.id, order.clone())
            .limit(wanted * LOOKED_AT)
            .select_only()
            .into_query();
        near.column((E::default(), Asterisk));
        let mut found = Query::select();
        found
            .from_subquery(near, E::default())
            .cond_where(that)
            .order_by((E::default(), self.column), order.clone())
            .order_by((E::default(), self.id), order)
            .limit(wanted);
        let rows: Vec<R> = all(connection, found).await?;
        // With fewer, there may be more further on.
        Ok((rows.len() as u64 == wanted).then(|| self.cut(rows, request)))
    }

    /// Reads one page of the rows of several owners, named by this column: each owner's first rows come from an index, and
    /// the page is cut from those, however many rows each of them has.
    pub(crate) async fn page_of_each(
        &self,
        connection: &impl ConnectionTrait,
        sight: &Sight<'_>,
        (owner, owners): (E::Column, Vec<Uuid>),
        request: &PageRequest,
    ) -> Result<Page<R>, Failure>
    where
        E: Scoped,
    {
        let (start, order) = self.start(request)?;
        let count = u64::from(request.size) + 1;
        let first: FirstOfEach<E> = FirstOfEach {
            owner,
            owners,
            that: Condition::all().add_option(start),
            order: [self.column, self.id],
            direction: order.clone(),
            count,
        };
        let mut select = select_first_of_each(sight, first);
        select
            .order_by((E::default(), self.column), order.clone())
            .order_by((E::default(), self.id), order)
            .limit(count);
        Ok(self.cut(all(connection, select).await?, request))
    }

    /// Begins a select where a page begins, and says in which direction it is read.
    fn begin(&self, select: Select<E>, request: &PageRequest) -> Result<(Select<E>, Order), Failure> {
        let (start, order) = self.start(request)?;
        Ok((select.filter(Condition::all().add_option(start)), order))
    }

    /// The condition that a row comes after where the page begins, if it begins somewhere, and in which direction it is
    /// read.
    fn start(&self, request: &PageRequest) -> Result<(Option<SimpleExpr>, Order), Failure> {
        let direction = match request.side {
            Side::First => self.direction,
            Side::Last => self.direction.reversed(),
        };
        let order = match direction {
            Direction::Ascending => Order::Asc,
            Direction::Descending => Order::Desc,
        };
        let Some(cursor) = &request.cursor else { return Ok((None, order)) };
        let (key, id) = self.read_cursor(request.side, cursor)?;
        let place = Expr::tuple([Expr::col(self.column.as_column_ref()), Expr::col(self.id.as_column_ref())]);
        let start = Expr::tuple([Expr::val(Value::from(key)), Expr::val(id)]);
        let comes_after = match direction {
            Direction::Ascending => place.gt(start),
            Direction::Descending => place.lt(start),
        };
        Ok((Some(comes_after), order))
    }

    /// Cuts a page from rows of which there is one more if there are more.
    fn cut(&self, mut rows: Vec<R>, request: &PageRequest) -> Page<R> {
        let size = request.size as usize;
        let has_more = rows.len() > size;
        rows.truncate(size);
        let came_from = request.cursor.is_some();
        let (has_previous, has_next) = match request.side {
            Side::First => (came_from, has_more),
            Side::Last => {
                rows.reverse();
                (has_more, came_from)
            }
        };
        let rows = rows.into_iter().map(|row| (self.cursor(&row), row)).collect();
        Page { rows, has_previous, has_next }
    }

    /// The cursor that goes on after, or before, a row.
    pub(crate) fn cursor(&self, row: &R) -> Cursor {
        let (key, id) = (self.position)(row);
        let (name, direction) = (self.name, self.direction);
        Cursor::new(move || {
            let order = order_name(name, direction);
            let cursor = Written { version: VERSION, order, key: key.clone(), id };
            BASE64.encode(serde_json::to_vec(&cursor).expect("a cursor has string keys and finite numbers"))
        })
    }

    fn read_cursor(&self, side: Side, text: &str) -> Result<(Key, Uuid), Invalid> {
        let field = match side {
            Side::First => "after",
            Side::Last => "before",
        };
        let malformed = |reason: &str| Invalid::new(field, Fault::Malformed { reason: reason.to_owned() });
        if text.len() > LONGEST_CURSOR {
            return Err(malformed("not a cursor of this API"));
        }
        let bytes = BASE64.decode(text).map_err(|_| malformed("not a cursor of this API"))?;
        let cursor: Written =
            serde_json::from_slice(&bytes).map_err(|_| malformed("not a cursor of this API"))?;
        if cursor.version != VERSION || cursor.order != order_name(self.name, self.direction) {
            return Err(malformed("the cursor belongs to another order; start from the first page"));
        }
        if !cursor.key.fits(self.column.def().get_column_type()) {
            return Err(malformed("not a cursor of this API"));
        }
        Ok((cursor.key, cursor.id))
    }
}

fn order_name(name: &str, direction: Direction) -> String {
    let direction = match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    };
    format!("{name}:{direction}")
}
