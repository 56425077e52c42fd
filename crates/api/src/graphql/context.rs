//! What every resolver can reach: the services of the process, and the request it belongs to.

use std::{hash::Hash, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use hemicycle_domain::{access::Actor, account::Visitor, id::AccountSessionId, language::Language};
use hemicycle_persistence::{Attempt, Failure, Reading, Store, Work};

use super::{check_in::Live, error::ApiError, loader::Batch, scalar::LanguageTag, upload::UploadedFile};
use crate::{
    badge_press::BadgePress,
    clock::Clock,
    sign_in::{AccessTokens, Attempts, Mail, Passwords, Providers, Seal, Throttle, Vigil},
};

/// The services of the process, the same for every request.
pub(crate) struct Services {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) tokens: AccessTokens,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    /// Where this server sends mail, if it does.
    pub(crate) mail: Option<Arc<Mail>>,
    pub(crate) vigil: Arc<Vigil>,
    pub(crate) attempts: Attempts,
    /// By which providers one can sign in beside the password.
    pub(crate) providers: Providers,
    /// How often people are sent to providers, from where.
    pub(crate) provider_starts: Attempts,
    pub(crate) badges: BadgePress,
    /// Seals what the database keeps and only servers may read.
    pub(crate) seal: Seal,
    /// Whether who holds a role that opens people has to have a second factor.
    pub(crate) second_factor_required: bool,
    pub(crate) live: Arc<Live>,
}

/// One request: who asks, in which languages, with its own loaders.
pub(crate) struct RequestContext {
    pub(crate) services: Arc<Services>,
    pub(crate) actor: Arc<Actor>,
    pub(crate) languages: Vec<Language>,
    pub(crate) batch: DataLoader<Batch>,
    /// Where it comes from.
    pub(crate) visitor: Visitor,
    /// The session in which its account acts.
    pub(crate) session: Option<AccountSessionId>,
    /// The files that came with it.
    pub(crate) files: Vec<UploadedFile>,
    /// Its id, as its client or the server named it.
    pub(crate) id: String,
}

impl RequestContext {
    pub(crate) fn new(services: Arc<Services>, actor: Arc<Actor>, languages: Vec<Language>) -> Self {
        let batch = loaders(&services, &actor, String::new());
        let visitor = Visitor::default();
        let (files, id) = (Vec::new(), String::new());
        Self { services, actor, languages, batch, visitor, session: None, files, id }
    }

    /// The same request under this id, which its changes will bear.
    pub(crate) fn named(self, id: String) -> Self {
        let batch = loaders(&self.services, &self.actor, id.clone());
        Self { batch, id, ..self }
    }

    /// The same request as one that comes from there, in this session.
    pub(crate) fn coming_from(self, visitor: Visitor, session: Option<AccountSessionId>) -> Self {
        Self { visitor, session, ..self }
    }

    /// The same request with files.
    pub(crate) fn with_files(self, files: Vec<UploadedFile>) -> Self {
        Self { files, ..self }
    }
}

/// What a loader is about to answer for one key.
type Loading<'a, K> = BoxFuture<'a, Result<Option<<Batch as Loader<K>>::Value>, <Batch as Loader<K>>::Error>>;

/// The loaders of one request.
fn loaders(services: &Services, actor: &Arc<Actor>, request: String) -> DataLoader<Batch> {
    Batch::new(services.store.clone(), Arc::clone(actor), services.clock.now(), request).into_loader()
}

/// What resolvers ask of their context.
pub(crate) trait ContextExt {
    /// The request.
    fn request(&self) -> &RequestContext;

    /// The services of the process.
    fn services(&self) -> &Services {
        &self.request().services
    }

    /// The time of this moment.
    fn now(&self) -> DateTime<Utc> {
        self.services().clock.now()
    }

    /// A read as the actor; refused where nobody has signed in.
    fn reading(&self) -> Result<Reading, ApiError> {
        let request = self.request();
        let reading = self.services().store.acting_as(&request.actor)?;
        Ok(reading.in_request(self.now(), request.id.as_str()))
    }

    /// The loaders of this request.
    fn batch(&self) -> &DataLoader<Batch> {
        &self.request().batch
    }

    /// What a loader finds for one key, together with those that other fields ask for.
    ///
    /// A field's future is part of that of its object, which is made anew for each of its fields, for most of which
    /// nothing is loaded: so the loading stands in a box of its own.
    fn load<K>(&self, key: K) -> Loading<'_, K>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Batch: Loader<K>,
    {
        Box::pin(self.batch().load_one(key))
    }

    /// What a loader finds for one key, at once: for the field that begins an operation there is nothing to gather, and
    /// to wait for others would be most of the time it takes.
    fn find_now<K>(&self, key: K) -> Loading<'_, K>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Batch: Loader<K>,
    {
        let loader = self.batch().loader();
        Box::pin(async move { Ok(loader.load(std::slice::from_ref(&key)).await?.remove(&key)) })
    }

    /// The languages in which to answer: those of the argument, else those of the request.
    fn languages(&self, argument: Option<Vec<LanguageTag>>) -> Result<Vec<Language>, ApiError> {
        match argument {
            None => Ok(self.request().languages.clone()),
            Some(tags) => {
                let tags = tags.iter().map(|tag| Language::parse("languages", &tag.0));
                Ok(tags.collect::<Result<_, _>>()?)
            }
        }
    }

    /// Does a unit of work and keeps it if it succeeds.
    async fn write<T>(&self, verb: impl AsyncFnOnce(&mut Work) -> Result<T, Failure>) -> Result<T, Failure> {
        // In a box, as what is loaded: a mutation's future is as large as the largest verb.
        Box::pin(async {
            let request = self.request();
            let work = self.services().store.begin(&request.actor, self.now()).await?;
            let mut work = work.for_request(request.id.as_str());
            let done = verb(&mut work).await?;
            work.commit().await?;
            Ok(done)
        })
        .await
    }

    /// Does a unit of work as [`ContextExt::write`] does, and begins it anew where it crossed another one: for verbs that
    /// change many records at once.
    async fn attempt<T: Send>(
        &self,
        verb: impl for<'w> Fn(&'w mut Work) -> Attempt<'w, T> + Sync,
    ) -> Result<T, Failure> {
        let request = self.request();
        let (store, now) = (&self.services().store, self.now());
        Box::pin(store.attempt(&request.actor, now, Some(request.id.as_str()), verb)).await
    }
}

impl ContextExt for Context<'_> {
    fn request(&self) -> &RequestContext {
        self.data_unchecked::<RequestContext>()
    }
}
