//! Commands that are sent more than once and done once: the key a client chose, and what came of it.

use chrono::{DateTime, Utc};
use hemicycle_domain::{access::Actor, id::Id, problem::Problem};
use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryFilter, entity::prelude::*};

use crate::{fault::Failure, scope::facts, work::Work};

/// The key a client chose for a command, and the fingerprint of that command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key; unique among those of one actor.
    pub key: String,
    /// Tells the command from any other.
    pub fingerprint: String,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub fingerprint: String,
    pub subject_id: Uuid,
    pub at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Work {
    /// What the same command made before, if it came before with this key.
    pub async fn repeated<I: Id>(&self, once: Option<&Idempotency>) -> Result<Option<I>, Failure> {
        let Some(once) = once else { return Ok(None) };
        let select =
            facts::<Entity>().filter(COLUMN.actor.eq(holder(&self.actor))).filter(COLUMN.key.eq(&once.key));
        match select.one(&self.transaction).await? {
            None => Ok(None),
            Some(row) if row.fingerprint == once.fingerprint => Ok(Some(row.subject_id.into())),
            Some(_) => Err(Problem::IdempotencyKeyReused.into()),
        }
    }

    /// Keeps what this command made, for when it comes again.
    pub async fn remember<I: Id>(&self, once: Option<Idempotency>, made: I) -> Result<(), Failure> {
        if let Some(once) = once {
            let row = Model {
                actor: holder(&self.actor),
                key: once.key,
                fingerprint: once.fingerprint,
                subject_id: made.uuid(),
                at: self.now,
            };
            row.into_active_model().insert(&self.transaction).await?;
        }
        Ok(())
    }
}

fn holder(actor: &Actor) -> String {
    match actor.account() {
        Some(account) => account.to_string(),
        None => "system".to_owned(),
    }
}
