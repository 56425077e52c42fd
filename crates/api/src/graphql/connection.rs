//! Relay connections: pages by cursor, `edges` and `nodes`, and a `totalCount` that costs only who asks for it.

use std::{borrow::Cow, future::Future, pin::Pin};

use async_graphql::{Context, InputObject, Object, OutputType, TypeName, connection::PageInfo};
use hemicycle_domain::page::{Cursor, Page, PageRequest};
use hemicycle_persistence::{Failure, Reading};

use super::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    rows::Rows,
    scalar::Date,
};

type Count = Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send>>;

/// A Relay connection to `T`. It is ours because the library's has no description.
pub(crate) struct Connection<T: OutputType> {
    edges: Rows<Edge<T>>,
    has_previous: bool,
    has_next: bool,
    count: Box<dyn Fn(Reading) -> Count + Send + Sync>,
}

/// A row of a connection.
pub(crate) struct Edge<T: OutputType> {
    cursor: Cursor,
    node: T,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The rows of the page, each with its cursor.
    async fn edges(&self) -> &Rows<Edge<T>> {
        &self.edges
    }

    /// The rows of the page.
    async fn nodes(&self) -> Rows<&T> {
        Rows(self.edges.0.iter().map(|edge| &edge.node).collect())
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.0.first().map(|edge| edge.cursor.to_string()),
            end_cursor: self.edges.0.last().map(|edge| edge.cursor.to_string()),
        }
    }

    /// How many rows the whole list has. It is counted only when selected; leave it out where you can.
    #[graphql(complexity = 5)]
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        let counted = async {
            let count = (self.count)(ctx.reading()?).await?;
            Ok::<_, ApiError>(Some(i32::try_from(count).unwrap_or(i32::MAX)))
        };
        nullable(counted.await)
    }
}

/// A row of a page.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Where the row stands in the list: give it as `after` or `before` to go on from here.
    async fn cursor(&self) -> String {
        self.cursor.to_string()
    }

    /// The row.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// Makes a connection from a page of rows; `count` is called only if `totalCount` is selected.
pub(crate) fn connection<R, T, F>(
    page: Page<R>,
    wrap: impl Fn(R) -> T,
    count: impl Fn(Reading) -> F + Send + Sync + 'static,
) -> Connection<T>
where
    T: OutputType,
    F: Future<Output = Result<u64, Failure>> + Send + 'static,
{
    Connection {
        edges: Rows(page.rows.into_iter().map(|(cursor, row)| Edge { cursor, node: wrap(row) }).collect()),
        has_previous: page.has_previous,
        has_next: page.has_next,
        count: Box::new(move |reading| Box::pin(count(reading))),
    }
}

/// Relay's four arguments, read together.
pub(crate) fn page(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest, ApiError> {
    Ok(PageRequest::parse(first, after, last, before)?)
}

/// What a list field costs: its rows, each with what is selected of it.
pub(crate) fn cost(first: Option<i32>, last: Option<i32>, child_complexity: usize) -> usize {
    let rows = first.or(last).and_then(|rows| usize::try_from(rows).ok());
    let rows = rows.unwrap_or(hemicycle_domain::page::DEFAULT_SIZE as usize);
    // `edges { node }` and `nodes` stand for the rows; what is selected once per page is counted too often, never too rarely.
    rows.max(1).saturating_mul(child_complexity).saturating_div(2).max(1)
}

/// A period; both ends are included.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PeriodInput {
    /// The first day, included. Absent: from the beginning of time.
    pub from: Option<Date>,
    /// The last day, included. Absent: to the end of time.
    pub until: Option<Date>,
}
