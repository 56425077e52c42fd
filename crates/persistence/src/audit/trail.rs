//! Reading the trail as an auditor: pages of rows with their seals, newest or oldest first.

use hemicycle_domain::{
    access::Capability,
    audit::{Head, Tail, TrailEntry, TrailFilter, TrailTest},
    page::{Direction, Page, PageRequest},
};
use sea_orm::{
    Condition, JoinType, PaginatorTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{
    examine::unsealed_after,
    row::{TrailRow, seal_row, to_trail_entry},
    seal::last_seal,
};
use crate::{
    change::row as change_row,
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    keyset::{Key, Keyset},
    reading::Reading,
    scope::{Scoped, Sight, condition, everything, nothing},
};

impl Scoped for change_row::Entity {
    /// The trail is read whole or not at all: a row can tell of several places.
    fn visible(sight: &Sight<'_>) -> Condition {
        if sight.actor.scope(Capability::ReadAudit).everything { everything() } else { nothing() }
    }
}

impl Reading {
    /// Lists rows of the trail.
    pub async fn list_trail(
        &self,
        filter: &TrailFilter,
        direction: Direction,
        page: &PageRequest,
    ) -> Result<Page<TrailEntry>, Failure> {
        let keyset = Keyset {
            name: "change.sequence",
            column: change_row::Column::Sequence,
            id: change_row::Column::SubjectId,
            direction,
            position: |row: &TrailRow| (Key::Number(row.sequence()), row.subject()),
        };
        let mut select = self.trail_that(filter);
        QueryTrait::query(&mut select).join(
            JoinType::LeftJoin,
            seal_row::Entity,
            Expr::col((seal_row::Entity, seal_row::Column::Sequence))
                .eq(Expr::col((change_row::Entity, change_row::Column::Sequence))),
        );
        let Page { rows, has_previous, has_next } = keyset.page(self.connection(), select, page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| Ok((cursor, to_trail_entry(row)?)));
        Ok(Page { rows: rows.collect::<Result<_, StoreFault>>()?, has_previous, has_next })
    }

    /// Counts rows of the trail.
    pub async fn count_trail(&self, filter: &TrailFilter) -> Result<u64, Failure> {
        Ok(self.trail_that(filter).count(self.connection()).await?)
    }

    /// The end of the chain and the tail behind it, for an auditor to note down; none for those who may not read it.
    pub async fn find_trail_head(&self) -> Result<Option<(Head, Tail)>, Failure> {
        if !self.actor.scope(Capability::ReadAudit).everything {
            return Ok(None);
        }
        let source = self.store.feed_source();
        let last = last_seal(source).await?;
        let place = last.as_ref().map_or((-1, 0), |seal| (seal.transaction_id, seal.sequence));
        let head = last.map(|seal| seal.head()).transpose()?.unwrap_or_default();
        let rows = unsealed_after(place).count(source).await?;
        Ok(Some((head, Tail { rows })))
    }

    fn trail_that(&self, filter: &TrailFilter) -> Select<change_row::Entity> {
        use change_row::{COLUMN, Column};
        let backend = self.backend();
        let condition = condition(filter, &|test| match test {
            TrailTest::Actors(actors) => {
                COLUMN.actor.is_in(actors.iter().map(|(kind, id)| format!("{kind}:{id}")))
            }
            TrailTest::Actions(actions) => COLUMN.action.is_in(actions.iter().map(String::as_str)),
            TrailTest::Subjects(ids) => {
                is_one_of(backend, (change_row::Entity, Column::SubjectId), ids.clone())
            }
            TrailTest::Events(ids) => is_one_of(backend, (change_row::Entity, Column::EventId), ids.clone()),
            TrailTest::Requests(ids) => COLUMN.request_id.is_in(ids.iter().map(String::as_str)),
            TrailTest::From(moment) => COLUMN.at.gte(*moment),
            TrailTest::Before(moment) => COLUMN.at.lt(*moment),
        });
        self.select::<change_row::Entity>().filter(condition)
    }
}
