//! Verbs on service accounts: open, change, give a secret, withdraw one, revoke.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::{Refusal, permit},
    id::{ClientSecretId, Id, RecordKind, ServiceAccountId},
    problem::{Invalid, Problem},
    service_account::{
        Administer, ClientSecret, Giving, ServiceAccount, ServiceAccountChange, ServiceAccountPlan,
        check_giving,
    },
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};

use super::row::{By, place, secret, service_account, to_place_row, to_row, to_service_account, told};
use crate::{
    account::SessionToken,
    fault::Failure,
    scope::facts,
    work::{Work, new_uuid},
};

/// A service account as it is loaded to be changed.
struct Loaded {
    row: service_account::Model,
    account: ServiceAccount,
}

impl Work {
    /// Opens a service account with its first secret. It takes the right to manage service accounts at each of its
    /// places, and to do there oneself what its scopes name.
    pub async fn create_service_account(
        &mut self,
        plan: ServiceAccountPlan,
        token: SessionToken,
        expires_at: DateTime<Utc>,
    ) -> Result<ServiceAccount, Failure> {
        let plan = plan.checked()?;
        let id: ServiceAccountId = self.new_id();
        self.check_plan(id, &plan).await?;
        let secret = self.new_secret(expires_at);
        let account = ServiceAccount {
            id,
            version: 1,
            created_at: self.now,
            plan,
            secrets: vec![secret.clone()],
            revoked: None,
        };
        let row = to_row(&account, By { created: self.actor_name(), revoked: None });
        row.clone().into_active_model().insert(&self.transaction).await?;
        self.insert_places(&account).await?;
        self.insert_secret(id, secret, token).await?;
        self.record("service_account.create", id, None, None, Some(&told(&row, &account))).await?;
        Ok(account)
    }

    /// Changes what a service account is called, what it may, and where. It takes the right to give all that it had and
    /// all that it is to have.
    #[expect(clippy::disallowed_methods, reason = "the right over each place, old and new, was checked")]
    pub async fn change_service_account(
        &mut self,
        id: ServiceAccountId,
        expected_version: Option<i64>,
        change: ServiceAccountChange,
    ) -> Result<ServiceAccount, Failure> {
        let before = self.load_service_account_to_give(id).await?;
        Problem::check_version(expected_version, before.account.version)?;
        before.account.check_in_use()?;
        let next = before.account.changed(change)?;
        self.check_plan(id, &next.plan).await?;
        if next.plan.places != before.account.plan.places {
            place::Entity::delete_many()
                .filter(place::COLUMN.service_account_id.eq(id.uuid()))
                .exec(&self.transaction)
                .await?;
            self.insert_places(&next).await?;
        }
        self.keep_service_account("service_account.change", &before, &next).await?;
        Ok(next)
    }

    /// Gives a service account one more secret; the one before goes on until `former_until`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the right to give what the service account has was checked"
    )]
    pub async fn rotate_client_secret(
        &mut self,
        id: ServiceAccountId,
        token: SessionToken,
        expires_at: DateTime<Utc>,
        former_until: DateTime<Utc>,
    ) -> Result<ServiceAccount, Failure> {
        let before = self.load_service_account_to_give(id).await?;
        let secret = self.new_secret(expires_at);
        let next = before.account.with_secret(secret.clone(), former_until, self.now)?;
        for (former, ending) in before.account.secrets.iter().zip(&next.secrets) {
            if former.expires_at != ending.expires_at {
                secret::Entity::update_many()
                    .col_expr(secret::Column::ExpiresAt, Expr::val(ending.expires_at))
                    .filter(secret::COLUMN.id.eq(former.id.uuid()))
                    .exec(&self.transaction)
                    .await?;
            }
        }
        self.insert_secret(id, secret, token).await?;
        self.keep_service_account("service_account.rotate", &before, &next).await?;
        Ok(next)
    }

    /// Withdraws a secret: it is good no more, nor is any token that it was exchanged for.
    #[expect(
        clippy::disallowed_methods,
        reason = "the right over a place of the service account was checked"
    )]
    pub async fn withdraw_client_secret(&mut self, id: ClientSecretId) -> Result<ServiceAccount, Failure> {
        let unknown = || Failure::NotFound(RecordKind::ClientSecret);
        let select = facts::<secret::Entity>().filter(secret::COLUMN.id.eq(id.uuid()));
        let secret = select.one(&self.transaction).await?.ok_or_else(unknown)?;
        let account = ServiceAccountId::from(secret.service_account_id);
        let before = self.load_service_account_to_end(account).await.map_err(|failure| match failure {
            // Whose secret it is, one may not learn from its id.
            Failure::NotFound(_) => unknown(),
            other => other,
        })?;
        let next = before.account.without_secret(id, self.now).ok_or_else(unknown)?;
        secret::Entity::update_many()
            .col_expr(secret::Column::WithdrawnAt, Expr::val(self.now))
            .filter(secret::COLUMN.id.eq(id.uuid()))
            .filter(secret::COLUMN.withdrawn_at.is_null())
            .exec(&self.transaction)
            .await?;
        self.keep_service_account("service_account.withdraw", &before, &next).await?;
        Ok(next)
    }

    /// Revokes a service account: it is refused from now on, and never comes back.
    ///
    /// Whoever manages service accounts at one of its places can do it: what has leaked has leaked for all of them.
    pub async fn revoke_service_account(
        &mut self,
        id: ServiceAccountId,
        reason: Passage,
    ) -> Result<ServiceAccount, Failure> {
        let before = self.load_service_account_to_end(id).await?;
        let next = before.account.revoked(reason, self.now);
        self.keep_service_account("service_account.revoke", &before, &next).await?;
        Ok(next)
    }

    fn new_secret(&self, expires_at: DateTime<Utc>) -> ClientSecret {
        ClientSecret {
            id: self.new_id(),
            created_at: self.now,
            expires_at,
            withdrawn_at: None,
            last_used_at: None,
        }
    }

    /// Refuses places that do not exist, and scopes at places where the actor may not give them.
    async fn check_plan(&self, id: ServiceAccountId, plan: &ServiceAccountPlan) -> Result<(), Failure> {
        for (index, place) in plan.places.iter().enumerate() {
            let whereabouts = self.whereabouts_to_give(*place).await.map_err(|failure| match failure {
                Failure::Problem(Problem::Invalid(invalid)) => within_places(invalid, index).into(),
                other => other,
            })?;
            check_giving(&self.actor, plan.scopes, &Giving { account: id, whereabouts })?;
        }
        Ok(())
    }

    /// Loads a service account that the actor sees and could give all that it has, and keeps it from changing.
    async fn load_service_account_to_give(&self, id: ServiceAccountId) -> Result<Loaded, Failure> {
        let loaded = self.load_service_account(id).await?;
        for giving in self.places_of(&loaded.account).await? {
            check_giving(&self.actor, loaded.account.plan.scopes, &giving)?;
        }
        Ok(loaded)
    }

    /// Loads a service account that the actor sees and may end at one of its places, and keeps it from changing.
    async fn load_service_account_to_end(&self, id: ServiceAccountId) -> Result<Loaded, Failure> {
        let loaded = self.load_service_account(id).await?;
        let mut refusal: Option<Refusal> = None;
        for giving in self.places_of(&loaded.account).await? {
            match permit::<Administer>(&self.actor, &giving) {
                Ok(_) => return Ok(loaded),
                Err(refused) => refusal = Some(refused),
            }
        }
        Err(refusal.map_or(Failure::NotFound(RecordKind::ServiceAccount), Into::into))
    }

    async fn places_of(&self, account: &ServiceAccount) -> Result<Vec<Giving>, Failure> {
        let mut places = Vec::with_capacity(account.plan.places.len());
        for place in &account.plan.places {
            let whereabouts = self.whereabouts_to_give(*place).await?;
            places.push(Giving { account: account.id, whereabouts });
        }
        Ok(places)
    }

    async fn load_service_account(&self, id: ServiceAccountId) -> Result<Loaded, Failure> {
        use service_account::{COLUMN, Entity};
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        let row = select.one(&self.transaction).await?;
        let row = row.ok_or(Failure::NotFound(RecordKind::ServiceAccount))?;
        let places = facts::<place::Entity>().filter(place::COLUMN.service_account_id.eq(id.uuid()));
        let secrets = facts::<secret::Entity>()
            .filter(secret::COLUMN.service_account_id.eq(id.uuid()))
            .order_by_asc(secret::COLUMN.created_at)
            .order_by_asc(secret::COLUMN.id);
        let (places, secrets) = (places.all(&self.transaction).await?, secrets.all(&self.transaction).await?);
        let account = to_service_account(&row, &places, &secrets)?;
        Ok(Loaded { row, account })
    }

    async fn keep_service_account(
        &mut self,
        action: &'static str,
        before: &Loaded,
        next: &ServiceAccount,
    ) -> Result<(), Failure> {
        let ended_now = next.revoked.is_some() && before.account.revoked.is_none();
        let revoked = if ended_now { self.actor_name() } else { before.row.revoked_by.clone() };
        let row = to_row(next, By { created: before.row.created_by.clone(), revoked });
        row.clone().into_active_model().reset_all().update(&self.transaction).await?;
        let (before, after) = (told(&before.row, &before.account), told(&row, next));
        self.record(action, next.id, None, Some(&before), Some(&after)).await
    }

    #[expect(clippy::disallowed_methods, reason = "the right over each place was checked")]
    async fn insert_places(&self, account: &ServiceAccount) -> Result<(), Failure> {
        let rows = account.plan.places.iter();
        let rows = rows.map(|place| to_place_row(new_uuid(self.now), account.id, *place).into_active_model());
        place::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    async fn insert_secret(
        &self,
        account: ServiceAccountId,
        secret: ClientSecret,
        token: SessionToken,
    ) -> Result<(), Failure> {
        let row = secret::Model {
            id: secret.id.uuid(),
            service_account_id: account.uuid(),
            secret_hash: token.hash,
            created_at: secret.created_at,
            expires_at: secret.expires_at,
            withdrawn_at: None,
            last_used_at: None,
        };
        row.into_active_model().insert(&self.transaction).await?;
        Ok(())
    }
}

fn within_places(invalid: Invalid, index: usize) -> Invalid {
    invalid.within(index).within("places")
}
