//! The sessions of an account: listed for their holder, and ended by the holder or by whoever manages the account.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    account::{AccountSession, SESSION_LENGTH, SessionEnd, Visitor, may_end_sessions},
    id::{AccountId, AccountSessionId, Id, RecordKind},
    page::{Direction, Page, PageRequest},
};
use sea_orm::{ActiveModelTrait, Condition, PaginatorTrait, QueryFilter, Select};

use super::{
    row::account_session::{COLUMN, Column, Entity, Model},
    session::ended,
};
use crate::{
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::{Scoped, Sight, everything, facts, nothing},
    work::Work,
};

impl Scoped for Entity {
    /// A session is seen by its holder alone, whoever manages the account.
    fn visible(sight: &Sight<'_>) -> Condition {
        match sight.actor {
            Actor::System { .. } => everything(),
            actor => match actor.account() {
                Some(account) => Condition::all().add(COLUMN.account_id.eq(account.uuid())),
                None => nothing(),
            },
        }
    }
}

impl Reading {
    /// Lists the actor's own sessions that go on, the newest first.
    pub async fn list_sessions(
        &self,
        now: DateTime<Utc>,
        page: &PageRequest,
    ) -> Result<Page<AccountSession>, Failure> {
        let keyset = Keyset {
            name: "account_session.opened_at",
            column: Column::OpenedAt,
            id: Column::Id,
            direction: Direction::Descending,
            position: |row: &Model| (Key::At(row.opened_at), row.id),
        };
        let Page { rows, has_previous, has_next } =
            keyset.page(self.connection(), self.going_on(now), page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| (cursor, to_session(row))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts the actor's own sessions that go on.
    pub async fn count_sessions(&self, now: DateTime<Utc>) -> Result<u64, Failure> {
        Ok(self.going_on(now).count(self.connection()).await?)
    }

    fn going_on(&self, now: DateTime<Utc>) -> Select<Entity> {
        self.select::<Entity>()
            .filter(COLUMN.ended_at.is_null())
            .filter(COLUMN.last_used_at.gt(now - SESSION_LENGTH))
    }
}

impl Work {
    /// Ends one of the actor's own sessions; to end it twice changes nothing.
    pub async fn end_own_session(&mut self, id: AccountSessionId) -> Result<AccountSession, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid()));
        let row = select.one(&self.transaction).await?;
        let row = row.ok_or(Failure::NotFound(RecordKind::AccountSession))?;
        if row.ended_at.is_none() {
            self.end(row.clone(), SessionEnd::Ended).await?;
        }
        Ok(to_session(row))
    }

    /// Ends every session of an account but for one, and says how many those were. The account is the actor's own, or
    /// one that it manages.
    pub async fn end_sessions(
        &mut self,
        account: AccountId,
        but: Option<AccountSessionId>,
    ) -> Result<u64, Failure> {
        self.load_managed_account(account).await?;
        let why = may_end_sessions(&self.actor, &self.load_account(account).await?)?;
        self.end_all_sessions(account, but, why).await
    }

    /// Ends every session of an account but for one, as part of a verb that was permitted.
    pub(super) async fn end_all_sessions(
        &mut self,
        account: AccountId,
        but: Option<AccountSessionId>,
        why: SessionEnd,
    ) -> Result<u64, Failure> {
        let mut rows =
            facts::<Entity>().filter(COLUMN.account_id.eq(account.uuid())).filter(COLUMN.ended_at.is_null());
        if let Some(but) = but {
            rows = rows.filter(COLUMN.id.ne(but.uuid()));
        }
        let mut count = 0;
        for row in rows.all(&self.transaction).await? {
            count += u64::from(row.last_used_at > self.now - SESSION_LENGTH);
            self.end(row, why).await?;
        }
        Ok(count)
    }

    async fn end(&mut self, row: Model, why: SessionEnd) -> Result<(), Failure> {
        let ended = ended(row.clone(), why, self.now).update(&self.transaction).await?;
        let id = AccountSessionId::from(row.id);
        self.record("account_session.end", id, None, Some(&row), Some(&ended)).await
    }
}

fn to_session(row: Model) -> AccountSession {
    let address = |text: Option<String>| text.and_then(|text| text.parse().ok());
    AccountSession {
        id: row.id.into(),
        account: row.account_id.into(),
        opened_at: row.opened_at,
        opened_from: Visitor { address: address(row.opened_from), user_agent: row.user_agent },
        last_used_at: row.last_used_at,
        last_used_from: address(row.last_used_from),
    }
}
