//! The loaders of one request: what many objects ask for one by one is fetched once for all.
//!
//! They are made with the actor and ask scoped questions; none is ever shared between requests.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::{
    dataloader::DataLoader,
    runtime::{TokioSpawner, TokioTimer},
};
use chrono::{DateTime, Utc};
use hemicycle_domain::access::Actor;
use hemicycle_persistence::{Failure, Reading, Store};

/// The largest batch: it must fit into one statement on every database.
const LARGEST_BATCH: usize = 1_000;

/// What the loaders of a request read with. Each noun adds its `Loader` in its own file.
pub(crate) struct Batch {
    store: Store,
    actor: Arc<Actor>,
    at: DateTime<Utc>,
    request: String,
}

impl Batch {
    pub(crate) fn new(store: Store, actor: Arc<Actor>, at: DateTime<Utc>, request: String) -> Self {
        Self { store, actor, at, request }
    }

    pub(crate) fn into_loader(self) -> DataLoader<Self> {
        DataLoader::new(self, TokioSpawner::current(), TokioTimer::default()).max_batch_size(LARGEST_BATCH)
    }

    /// A read by keys as the actor of the request.
    pub(crate) fn reading(&self) -> Result<Reading, Failure> {
        let reading = self.store.acting_as(&self.actor)?.by_key();
        Ok(reading.in_request(self.at, self.request.as_str()))
    }
}

/// Gives the answers of a batch question the keys of a loader.
pub(crate) fn rekey<I, K: Hash + Eq, V, E>(
    found: Result<HashMap<I, V>, E>,
    key: impl Fn(I) -> K,
) -> Result<HashMap<K, V>, E> {
    Ok(found?.into_iter().map(|(id, value)| (key(id), value)).collect())
}

/// Declares a loader: `loader!(EventId => Arc<Event>, find_events)`, a batch question of [`Reading`].
macro_rules! loader {
    ($key:ty => $value:ty, |$reading:ident, $keys:ident| $ask:expr) => {
        impl async_graphql::dataloader::Loader<$key> for $crate::graphql::loader::Batch {
            type Value = $value;
            type Error = $crate::graphql::ApiError;

            async fn load(
                &self,
                $keys: &[$key],
            ) -> Result<std::collections::HashMap<$key, Self::Value>, Self::Error> {
                let $reading = self.reading()?;
                Ok($ask.await?)
            }
        }
    };
}

pub(crate) use loader;
