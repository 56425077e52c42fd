//! The door at which a service account is known: by its secret, then by the token that it got for it.
//!
//! These questions are asked before there is an actor. What was read is kept in the process until word of a change
//! comes through the feed, some seconds at most.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::{
    access::{Actor, Place, ServiceScopes},
    id::{ClientSecretId, Id, ServiceAccountId},
    service_account::{ClientSecret, Uses},
};
use sea_orm::{
    QueryFilter, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{place, secret, service_account, to_place, to_scopes, to_secret};
use crate::{account::SessionToken, dialect::is_one_of, fault::Failure, scope::facts, store::Store};

/// What is known at the door of a service account that stands.
#[derive(Debug)]
pub(crate) struct KnownServiceAccount {
    scopes: ServiceScopes,
    places: Vec<Place>,
    secrets: Vec<KnownSecret>,
}

/// A secret that was not withdrawn, and when it was used last as far as this process knows.
#[derive(Debug)]
struct KnownSecret {
    secret: ClientSecret,
    /// In seconds since 1970; what is kept is never newer than what is written down, or about to be.
    used: AtomicI64,
}

impl KnownSecret {
    fn new(secret: ClientSecret) -> Self {
        let used = AtomicI64::new(secret.last_used_at.map_or(i64::MIN, |at| at.timestamp()));
        Self { secret, used }
    }

    /// Whether it falls to the caller to write down that the secret is used now.
    fn is_to_be_noted(&self, now: DateTime<Utc>) -> bool {
        let used = self.used.load(Ordering::Relaxed);
        let last = Uses { last: DateTime::from_timestamp(used, 0) };
        last.are_stale(now) && {
            let now = now.timestamp();
            self.used.compare_exchange(used, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        }
    }
}

impl KnownServiceAccount {
    fn good_secret(&self, id: ClientSecretId, now: DateTime<Utc>) -> Option<&KnownSecret> {
        self.secrets.iter().find(|one| one.secret.id == id && one.secret.is_good(now))
    }
}

/// A service account that showed a good secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenClient {
    /// The secret.
    pub secret: ClientSecretId,
    /// Until when the secret is good.
    pub until: DateTime<Utc>,
    /// What the service account may.
    pub scopes: ServiceScopes,
}

impl Store {
    /// Finds what a service account may that shows this secret; none where the secret is not one of its own that is good
    /// at this moment, or where it was revoked.
    pub async fn prove_client(
        &self,
        id: ServiceAccountId,
        presented: &SessionToken,
        now: DateTime<Utc>,
    ) -> Result<Option<ProvenClient>, Failure> {
        let Some(known) = self.known_service_account(id).await? else { return Ok(None) };
        let select = facts::<secret::Entity>()
            .filter(secret::COLUMN.secret_hash.eq(&presented.hash))
            .filter(secret::COLUMN.service_account_id.eq(id.uuid()))
            .limit(1);
        // Not from a replica: it may not know a new secret yet.
        let found = select.all(self.feed_source()).await?.pop().map(|row| to_secret(&row));
        let Some(secret) = found.filter(|secret| secret.is_good(now)) else { return Ok(None) };
        if let Some(known) = known.good_secret(secret.id, now) {
            self.note_use(known, now).await;
        }
        Ok(Some(ProvenClient { secret: secret.id, until: secret.expires_at, scopes: known.scopes }))
    }

    /// Reads what the holder of a token may at this moment, which it got for this secret and that names these scopes.
    /// None where the service account was revoked, or the secret is good no more.
    pub async fn find_service_account_actor(
        &self,
        id: ServiceAccountId,
        secret: ClientSecretId,
        scopes: ServiceScopes,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Actor>>, Failure> {
        let Some(mut known) = self.known_service_account(id).await? else { return Ok(None) };
        if known.good_secret(secret, now).is_none() {
            // Another node may have given it since this one read them.
            let Some(anew) = self.read_and_keep(id).await? else { return Ok(None) };
            known = anew;
        }
        let Some(secret) = known.good_secret(secret, now) else { return Ok(None) };
        self.note_use(secret, now).await;
        let (scopes, places) = (scopes.and(known.scopes), known.places.clone());
        Ok(Some(Arc::new(Actor::ServiceAccount { id, scopes, places })))
    }

    /// Which of these secrets are good at this moment, and of service accounts that were not revoked.
    pub async fn client_secrets_that_go_on(
        &self,
        secrets: impl IntoIterator<Item = ClientSecretId>,
        now: DateTime<Utc>,
    ) -> Result<HashSet<ClientSecretId>, Failure> {
        let source = self.feed_source();
        let asked = secrets.into_iter().map(Id::uuid);
        let standing = Query::select()
            .column(service_account::Column::Id)
            .from(service_account::Entity)
            .and_where(Expr::col(service_account::Column::RevokedAt).is_null())
            .to_owned();
        let going_on: Vec<Uuid> = facts::<secret::Entity>()
            .select_only()
            .column(secret::Column::Id)
            .filter(is_one_of(source.get_database_backend(), secret::Column::Id, asked))
            .filter(secret::COLUMN.withdrawn_at.is_null())
            .filter(secret::COLUMN.expires_at.gt(now))
            .filter(secret::Column::ServiceAccountId.in_subquery(standing))
            .into_tuple()
            .all(source)
            .await?;
        Ok(going_on.into_iter().map(Into::into).collect())
    }

    async fn known_service_account(
        &self,
        id: ServiceAccountId,
    ) -> Result<Option<Arc<KnownServiceAccount>>, Failure> {
        match self.kept().service_accounts.get(&id) {
            Some(known) => Ok(Some(known)),
            None => self.read_and_keep(id).await,
        }
    }

    async fn read_and_keep(&self, id: ServiceAccountId) -> Result<Option<Arc<KnownServiceAccount>>, Failure> {
        let kept = &self.kept().service_accounts;
        let moment = kept.moment();
        let known = self.read_service_account(id).await?.map(Arc::new);
        if let Some(known) = &known {
            kept.keep(id, Arc::clone(known), moment);
        }
        Ok(known)
    }

    async fn read_service_account(
        &self,
        id: ServiceAccountId,
    ) -> Result<Option<KnownServiceAccount>, Failure> {
        use service_account::{COLUMN, Entity};
        // Not from a replica: it could give back rights that were just taken.
        let source = self.feed_source();
        let standing = facts::<Entity>()
            .filter(COLUMN.id.eq(id.uuid()))
            .filter(COLUMN.revoked_at.is_null())
            .limit(1)
            .all(source)
            .await?;
        let Some(row) = standing.into_iter().next() else { return Ok(None) };
        let places = facts::<place::Entity>().filter(place::COLUMN.service_account_id.eq(id.uuid()));
        let mut places = places.all(source).await?.iter().map(to_place).collect::<Result<Vec<Place>, _>>()?;
        places.sort_unstable();
        let secrets = facts::<secret::Entity>()
            .filter(secret::COLUMN.service_account_id.eq(id.uuid()))
            .filter(secret::COLUMN.withdrawn_at.is_null());
        let secrets = secrets.all(source).await?.iter().map(|row| KnownSecret::new(to_secret(row))).collect();
        Ok(Some(KnownServiceAccount { scopes: to_scopes(&row.scopes)?, places, secrets }))
    }

    /// Writes down that a secret is used, once a minute at most. That it could not be written keeps nobody out.
    #[expect(
        clippy::disallowed_methods,
        reason = "that a secret is used changes nothing that anyone decides about"
    )]
    async fn note_use(&self, known: &KnownSecret, now: DateTime<Utc>) {
        if !known.is_to_be_noted(now) {
            return;
        }
        let written = secret::Entity::update_many()
            .col_expr(secret::Column::LastUsedAt, Expr::val(now.trunc_subsecs(6)))
            .filter(secret::COLUMN.id.eq(known.secret.id.uuid()))
            .exec(self.writer())
            .await;
        if let Err(failure) = written {
            tracing::warn!(?failure, "that a secret was used could not be written down");
        }
    }
}
