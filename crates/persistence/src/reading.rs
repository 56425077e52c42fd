//! A read: an actor at the store. Each noun adds its questions in its own file.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::access::Actor;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Select};

use crate::{
    fault::Failure,
    read_model::{ReadModel, all_of},
    readers::Reader,
    reference::Reference,
    scope::{Scoped, Sight, select},
    store::Store,
};

/// An actor at the store, with questions to ask. Every answer is limited to what the actor may see.
#[derive(Clone)]
pub struct Reading {
    pub(crate) store: Store,
    pub(crate) actor: Arc<Actor>,
    pub(crate) reference: Arc<Reference>,
    purpose: Purpose,
    pub(crate) occasion: Option<Occasion>,
}

/// When and in which request is read.
#[derive(Debug, Clone)]
pub(crate) struct Occasion {
    pub(crate) at: DateTime<Utc>,
    pub(crate) request: String,
}

/// What is read for: it decides over which connections.
#[derive(Clone, Copy)]
enum Purpose {
    Questions,
    Keys,
}

impl Reading {
    pub(crate) fn begin(store: Store, actor: Arc<Actor>) -> Self {
        let reference = store.reference();
        Self { store, actor, reference, purpose: Purpose::Questions, occasion: None }
    }

    /// The same read in a request: where personal data of many people are read, the audit trail tells of it.
    #[must_use]
    pub fn in_request(self, at: DateTime<Utc>, request: impl Into<String>) -> Self {
        Self { occasion: Some(Occasion { at: at.trunc_subsecs(6), request: request.into() }), ..self }
    }

    /// The same read for looking records up by their ids, or the first ones by those of their owners: PostgreSQL does
    /// not think anew how to do that.
    #[must_use]
    pub fn by_key(self) -> Self {
        Self { purpose: Purpose::Keys, ..self }
    }

    /// Who asks.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn connection(&self) -> &Reader {
        let readers = self.store.readers();
        match self.purpose {
            Purpose::Questions => readers.questions(),
            Purpose::Keys => readers.keys(),
        }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }

    pub(crate) fn sight(&self) -> Sight<'_> {
        Sight { actor: &self.actor, reference: &self.reference, backend: self.backend() }
    }

    pub(crate) fn select<E: Scoped>(&self) -> Select<E> {
        select(&self.sight())
    }

    /// Reads the rows of a select.
    pub(crate) async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, Failure>
    where
        E: EntityTrait<Model: ReadModel>,
    {
        self.all_as(select).await
    }

    /// Reads the rows of a select as a read model that leaves columns out, or joins some in.
    pub(crate) async fn all_as<R: ReadModel, E: EntityTrait>(
        &self,
        select: Select<E>,
    ) -> Result<Vec<R>, Failure> {
        Ok(all_of(self.connection(), select).await?)
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reading").field("actor", &self.actor).finish_non_exhaustive()
    }
}
