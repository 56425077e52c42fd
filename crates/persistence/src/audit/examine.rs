//! Examining the trail in the database: its chain from the first row to the last, in one view of the data.

use hemicycle_domain::{
    access::Capability,
    audit::{Examination, Head, Link, Report, Tail},
};
use sea_orm::{
    ConnectionTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    TransactionTrait,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use super::{
    row::{LinkRow, PlaceRow, seal_row},
    seal::seal_all,
};
use crate::{
    change::row as change_row,
    dialect::read_transaction,
    fault::{Failure, StoreFault},
    read_model::all_of,
    reading::Reading,
    scope::facts,
    store::Store,
};

/// How many rows are read at once.
const BATCH: u64 = 2_000;
/// How many inserted rows are named one by one.
const MOST_INSERTED: u64 = 1_000;

impl Store {
    /// Seals what of the trail is settled, without waiting for the next round; tells how many rows that were.
    ///
    /// It is zero where another node is about it.
    pub async fn seal_trail(&self) -> Result<u64, StoreFault> {
        seal_all(self.inner()).await
    }
}

impl Reading {
    /// Examines the whole trail; the chain must pass through the heads that were noted. None for those who may not
    /// read it.
    pub async fn examine_trail(&self, noted: Vec<Head>) -> Result<Option<Report>, Failure> {
        if !self.actor.scope(Capability::ReadAudit).everything {
            return Ok(None);
        }
        let source = self.store.feed_source();
        let view = source.begin_with_options(read_transaction(source.get_database_backend())).await?;
        let mut examination = Examination::against(noted);
        let mut after = 0;
        loop {
            let links = links_after(&view, after).await?;
            for link in &links {
                examination.take(link);
            }
            match links.last() {
                Some(last) if links.len() as u64 == BATCH => after = last.position,
                Some(_) | None => break,
            }
        }
        let (transaction, sequence) = examination.end();
        let end = Expr::tuple([Expr::val(transaction), Expr::val(sequence)]);
        let inserted = unsealed().filter(place().lt(end)).limit(MOST_INSERTED);
        let inserted: Vec<PlaceRow> = all_of(&view, inserted).await?;
        for row in inserted {
            examination.take_inserted(row.sequence);
        }
        let rows = unsealed_after((transaction, sequence)).count(&view).await?;
        Ok(Some(examination.finish(Tail { rows })))
    }
}

async fn links_after(connection: &impl ConnectionTrait, position: i64) -> Result<Vec<Link>, StoreFault> {
    let mut select = facts::<seal_row::Entity>()
        .filter(Expr::col((seal_row::Entity, seal_row::Column::Position)).gt(position))
        .order_by_asc(seal_row::Column::Position)
        .limit(BATCH);
    QueryTrait::query(&mut select).join(
        JoinType::LeftJoin,
        change_row::Entity,
        Expr::col((change_row::Entity, change_row::Column::Sequence))
            .eq(Expr::col((seal_row::Entity, seal_row::Column::Sequence))),
    );
    let rows: Vec<LinkRow> = all_of(connection, select).await?;
    rows.into_iter().map(Link::try_from).collect()
}

/// The rows behind the end of the chain.
pub(super) fn unsealed_after((transaction, sequence): (i64, i64)) -> Select<change_row::Entity> {
    let end = Expr::tuple([Expr::val(transaction), Expr::val(sequence)]);
    facts::<change_row::Entity>().filter(place().gt(end))
}

/// The rows that no seal covers.
fn unsealed() -> Select<change_row::Entity> {
    let seal = Query::select()
        .expr(Expr::val(1))
        .from(seal_row::Entity)
        .and_where(
            Expr::col((seal_row::Entity, seal_row::Column::Sequence))
                .eq(Expr::col((change_row::Entity, change_row::Column::Sequence))),
        )
        .to_owned();
    facts::<change_row::Entity>().filter(Expr::exists(seal).not())
}

/// The place of a row in the order of the chain.
fn place() -> SimpleExpr {
    let column = |column| Expr::col((change_row::Entity, column));
    Expr::tuple([column(change_row::Column::TransactionId), column(change_row::Column::Sequence)])
}
