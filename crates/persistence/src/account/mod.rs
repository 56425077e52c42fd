//! Accounts in the store: who they are, what they may, and the sessions they hold.

mod addressee;
mod attempt;
mod challenge;
mod clean_up;
mod identity;
mod life;
mod link;
mod person;
mod provider;
mod row;
mod second_factor;
mod session;
mod session_list;
mod signing_key;

pub(crate) use addressee::{addressees, administrators_of, display_names};
pub use attempt::AttemptDigest;
pub use link::by_link;
pub use provider::{NewProviderSignIn, ProviderReturn, TakenSignIn};
pub use session::{SessionToken, SignInFacts};

use std::collections::HashMap;

use hemicycle_domain::{
    access::{Capability, Grant, permit},
    account::{self, Account, AccountRefusal, Granting, NewAccount},
    id::{AccountId, GrantId, Id, RecordKind},
    page::{Direction, Page, PageRequest},
    problem::{Fault, Invalid, Problem},
};
use sea_orm::{
    ActiveModelTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    dialect::is_one_of,
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::{PlaceColumns, Scoped, Sight, facts, nothing},
    work::Work,
};
use row::{account as account_row, grant as grant_row};

impl Scoped for account_row::Entity {
    /// An account is seen by itself and by whoever manages accounts at a place where it holds a role.
    fn visible(sight: &Sight<'_>) -> Condition {
        use grant_row::Column;
        let scope = sight.scope(Capability::ManageAccounts);
        if scope.everything {
            return crate::scope::everything();
        }
        let own = sight.actor.account().map(|id| account_row::COLUMN.id.eq(id.uuid()));
        let managed = sight.within(
            Capability::ManageAccounts,
            PlaceColumns {
                country: (grant_row::Entity, Column::Country),
                partner: (grant_row::Entity, Column::PartnerId),
                program: (grant_row::Entity, Column::ProgramId),
                event: (grant_row::Entity, Column::EventId),
            },
        );
        let holders = Query::select()
            .column(Column::AccountId)
            .from(grant_row::Entity)
            .and_where(Expr::col(Column::RevokedAt).is_null())
            .cond_where(managed)
            .to_owned();
        own.into_iter().fold(nothing(), Condition::add).add(account_row::COLUMN.id.in_subquery(holders))
    }
}

impl Reading {
    /// Finds an account with its grants.
    pub async fn find_account(&self, id: AccountId) -> Result<Option<Account>, Failure> {
        let select = self.select::<account_row::Entity>().filter(account_row::COLUMN.id.eq(id.uuid()));
        let row = select.one(self.connection()).await?;
        Ok(self.with_grants(row.into_iter().collect()).await?.pop())
    }

    /// Lists accounts with their grants, the oldest first.
    pub async fn list_accounts(&self, page: &PageRequest) -> Result<Page<Account>, Failure> {
        let keyset = Keyset {
            name: "account.created_at",
            column: account_row::Column::CreatedAt,
            id: account_row::Column::Id,
            direction: Direction::Ascending,
            position: |row: &account_row::Model| (Key::At(row.created_at), row.id),
        };
        let select = self.select::<account_row::Entity>();
        let Page { rows, has_previous, has_next } = keyset.page(self.connection(), select, page).await?;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let rows = cursors.into_iter().zip(self.with_grants(rows).await?).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts accounts.
    pub async fn count_accounts(&self) -> Result<u64, Failure> {
        Ok(self.select::<account_row::Entity>().count(self.connection()).await?)
    }

    /// Adds the grants to accounts that the actor sees, in one statement.
    async fn with_grants(&self, accounts: Vec<account_row::Model>) -> Result<Vec<Account>, Failure> {
        let ids = accounts.iter().map(|account| account.id);
        let select = facts::<grant_row::Entity>()
            .filter(is_one_of(self.backend(), grant_row::Column::AccountId, ids))
            .filter(grant_row::COLUMN.revoked_at.is_null())
            .order_by_asc(grant_row::COLUMN.id);
        let rows = self.all(select).await?;
        let mut grants: HashMap<Uuid, Vec<grant_row::Model>> = HashMap::new();
        for row in rows {
            grants.entry(row.account_id).or_default().push(row);
        }
        let accounts = accounts.iter().map(|account| {
            let grants = grants.remove(&account.id).unwrap_or_default();
            Ok(row::to_account(account, &grants, &self.reference)?)
        });
        accounts.collect()
    }
}

impl Work {
    /// Opens an account. It takes the right to manage accounts at every place where it starts with a role.
    pub async fn create_account(&mut self, new: NewAccount) -> Result<Account, Failure> {
        if new.grants.is_empty() {
            return Err(Invalid::new("grants", Fault::Empty).into());
        }
        let id: AccountId = self.new_id();
        for (index, grant) in new.grants.iter().enumerate() {
            self.check_grant(id, *grant).await.map_err(|failure| match failure {
                Failure::Problem(Problem::Invalid(invalid)) => invalid.within(index).within("grants").into(),
                other => other,
            })?;
        }
        let taken = facts::<account_row::Entity>().filter(account_row::COLUMN.email.eq(new.email.as_str()));
        if taken.one(&self.transaction).await?.is_some() {
            return Err(AccountRefusal::AddressTaken.into());
        }
        let account = account_row::Model {
            id: id.uuid(),
            version: 1,
            created_at: self.now,
            email: new.email.as_str().to_owned(),
            display_name: new.display_name.as_str().to_owned(),
            password_hash: new.password.0,
            disabled_at: None,
            second_factor_since: None,
            provider_since: None,
        };
        let account = account.into_active_model().insert(&self.transaction).await?;
        let mut grants = Vec::with_capacity(new.grants.len());
        for grant in new.grants {
            grants.push(self.insert_grant(account.id.into(), grant).await?);
        }
        self.record("account.create", AccountId::from(account.id), None, None, Some(&account)).await?;
        Ok(row::to_account(&account, &grants, &self.reference)?)
    }

    /// Grants an account a role at a place.
    pub async fn grant_role(&mut self, account: AccountId, grant: Grant) -> Result<Account, Failure> {
        self.load_managed_account(account).await?;
        self.check_grant(account, grant).await.map_err(|failure| match failure {
            Failure::Problem(Problem::Invalid(invalid)) => invalid.within("grant").into(),
            other => other,
        })?;
        let row = self.insert_grant(account, grant).await?;
        self.record("account.grant", account, None, None, Some(&row)).await?;
        self.load_account(account).await
    }

    /// Takes a role back.
    pub async fn revoke_grant(&mut self, grant: GrantId) -> Result<Account, Failure> {
        let select = facts::<grant_row::Entity>().filter(grant_row::COLUMN.id.eq(grant.uuid()));
        let before = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Grant))?;
        // Whose account it is, one may not learn from the id of a grant.
        let seen = self.load_managed_account(before.account_id.into()).await;
        seen.map_err(|_| Failure::NotFound(RecordKind::Grant))?;
        self.check_grant(before.account_id.into(), row::to_grant(&before)?).await?;
        let mut row = before.clone().into_active_model();
        row.revoked_at = sea_orm::ActiveValue::Set(before.revoked_at.or(Some(self.now)));
        let row = row.update(&self.transaction).await?;
        let account = AccountId::from(before.account_id);
        self.record("account.revoke", account, None, Some(&before), Some(&row)).await?;
        self.load_account(before.account_id.into()).await
    }

    /// Whether there is any account yet.
    pub async fn has_accounts(&self) -> Result<bool, Failure> {
        Ok(facts::<account_row::Entity>().limit(1).one(&self.transaction).await?.is_some())
    }

    /// Refuses a role that cannot be held there, a place that does not exist, and a place out of the actor's reach.
    async fn check_grant(&self, account: AccountId, grant: Grant) -> Result<(), Failure> {
        if !grant.role.is_held_at(grant.place) {
            let reason = format!("the role {} is not held at such a place", grant.role);
            return Err(Invalid::new("placeKind", Fault::Malformed { reason }).into());
        }
        let whereabouts = self.whereabouts_to_give(grant.place).await?;
        let granting = Granting { account, whereabouts };
        permit::<account::GrantAt>(&self.actor, &granting)?;
        Ok(())
    }

    async fn insert_grant(&self, account: AccountId, grant: Grant) -> Result<grant_row::Model, Failure> {
        let row = row::from_grant(self.new_id(), account, grant, self.now, self.actor.account());
        Ok(row.into_active_model().insert(&self.transaction).await?)
    }

    async fn load_managed_account(&self, id: AccountId) -> Result<(), Failure> {
        let select = self.select::<account_row::Entity>().filter(account_row::COLUMN.id.eq(id.uuid()));
        select.one(&self.transaction).await?.map(drop).ok_or(Failure::NotFound(RecordKind::Account))
    }

    async fn load_account(&self, id: AccountId) -> Result<Account, Failure> {
        let select = facts::<account_row::Entity>().filter(account_row::COLUMN.id.eq(id.uuid()));
        let account = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Account))?;
        let grants = facts::<grant_row::Entity>()
            .filter(grant_row::COLUMN.account_id.eq(id.uuid()))
            .filter(grant_row::COLUMN.revoked_at.is_null())
            .order_by_asc(grant_row::COLUMN.id)
            .all(&self.transaction)
            .await?;
        Ok(row::to_account(&account, &grants, &self.reference)?)
    }
}
