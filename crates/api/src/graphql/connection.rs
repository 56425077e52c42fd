//! Relay connections: pages by cursor, `edges` and `nodes`, and a `totalCount` that costs only who asks for it.

use std::{future::Future, pin::Pin};

use async_graphql::{
    Context, InputObject, Object, OutputType,
    connection::{Connection as RelayConnection, Edge, EmptyFields},
};
use hemicycle_domain::page::{Page, PageRequest};
use hemicycle_persistence::{Failure, Reading};

use super::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    scalar::Date,
};

type Count = Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send>>;

/// How many rows a list has in all.
pub(crate) struct Total(Box<dyn Fn(Reading) -> Count + Send + Sync>);

#[Object]
impl Total {
    /// How many rows the whole list has. It is counted only when selected; leave it out where you can.
    #[graphql(complexity = 50)]
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        let counted = async {
            let count = (self.0)(ctx.reading()?).await?;
            Ok::<_, ApiError>(Some(i32::try_from(count).unwrap_or(i32::MAX)))
        };
        nullable(counted.await)
    }
}

/// A Relay connection to `T`.
pub(crate) type Connection<T> = RelayConnection<String, T, Total, EmptyFields>;

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
    let total = Total(Box::new(move |reading| Box::pin(count(reading))));
    let mut out = RelayConnection::with_additional_fields(page.has_previous, page.has_next, total);
    out.edges.extend(page.rows.into_iter().map(|(cursor, row)| Edge::new(cursor, wrap(row))));
    out
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
