//! Questions about times for which the glass was broken.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    account::Addressee,
    glass_break::{GlassBreak, OpenGlass},
    id::{AccountId, EventId, GlassBreakId, Id, ProgramId},
    page::{Direction, Page, PageRequest},
};
use sea_orm::{
    Condition, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, Select, entity::prelude::*,
    sea_query::ExprTrait,
};

use super::{
    concerned,
    row::{COLUMN, Column, Entity, Model, to_glass_break, to_open_glass},
};
use crate::{
    account::addressees,
    dialect::is_one_of,
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::facts,
};

/// Which of them; all that are given must hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct GlassBreakFilter {
    /// Those that open this program as a whole.
    pub program: Option<ProgramId>,
    /// Those that open this event alone.
    pub event: Option<EventId>,
    /// Those that are open at this moment.
    pub open_at: Option<DateTime<Utc>>,
}

impl Reading {
    /// Finds a time for which the glass was broken.
    pub async fn find_glass_break(&self, id: GlassBreakId) -> Result<Option<GlassBreak>, Failure> {
        let rows = self.all(self.select::<Entity>().filter(COLUMN.id.eq(id.uuid()))).await?;
        Ok(rows.into_iter().next().map(to_glass_break).transpose()?)
    }

    /// Lists the times for which the glass was broken, the newest first.
    pub async fn list_glass_breaks(
        &self,
        filter: GlassBreakFilter,
        page: &PageRequest,
    ) -> Result<Page<GlassBreak>, Failure> {
        let keyset = Keyset {
            name: "glass_break.opened_at",
            column: Column::OpenedAt,
            id: Column::Id,
            direction: Direction::Descending,
            position: |row: &Model| (Key::At(row.opened_at), row.id),
        };
        let select = self.glass_breaks_that(filter);
        let Page { rows, has_previous, has_next } = keyset.page(self.connection(), select, page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| Ok((cursor, to_glass_break(row)?)));
        Ok(Page { rows: rows.collect::<Result<_, Failure>>()?, has_previous, has_next })
    }

    /// Counts the times for which the glass was broken.
    pub async fn count_glass_breaks(&self, filter: GlassBreakFilter) -> Result<u64, Failure> {
        Ok(self.glass_breaks_that(filter).count(self.connection()).await?)
    }

    /// Names those who broke the glass, to themselves and to the hosts. Auditors are told the identifiers of accounts, and
    /// nobody's name.
    pub async fn holders_of_glass(
        &self,
        ids: &[GlassBreakId],
    ) -> Result<HashMap<GlassBreakId, Addressee>, Failure> {
        let asked = is_one_of(self.backend(), Column::Id, ids.iter().map(|id| id.uuid()));
        let told = self.select::<Entity>().filter(asked).filter(concerned(&self.sight()));
        let rows = self.all(told).await?;
        let accounts: Vec<AccountId> = rows.iter().map(|row| row.account_id.into()).collect();
        let holders = addressees(self.connection(), &accounts).await?;
        let holders: HashMap<Uuid, Addressee> =
            holders.into_iter().map(|holder| (holder.account.uuid(), holder)).collect();
        let of = |row: Model| Some((row.id.into(), holders.get(&row.account_id)?.clone()));
        Ok(rows.into_iter().filter_map(of).collect())
    }

    fn glass_breaks_that(&self, filter: GlassBreakFilter) -> Select<Entity> {
        let that = Condition::all()
            .add_option(filter.program.map(|program| COLUMN.program_id.eq(program.uuid())))
            .add_option(filter.event.map(|event| COLUMN.event_id.eq(event.uuid())))
            .add_option(filter.open_at.map(|at| COLUMN.ended_at.is_null().and(COLUMN.ends_at.gt(at))));
        self.select::<Entity>().filter(that)
    }
}

/// What is open to an account at this moment.
pub(crate) async fn open_to(
    connection: &impl ConnectionTrait,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<OpenGlass>, Failure> {
    let rows = facts::<Entity>()
        .filter(COLUMN.account_id.eq(account.uuid()))
        .filter(COLUMN.ended_at.is_null())
        .filter(COLUMN.ends_at.gt(now))
        .order_by_asc(COLUMN.id);
    let rows = rows.all(connection).await?;
    Ok(rows.into_iter().map(to_open_glass).collect::<Result<_, _>>()?)
}
