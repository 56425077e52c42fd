//! The store: one writer and some readers on one database, and what it keeps in the process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use hemicycle_domain::access::Actor;
use hemicycle_migrations::{Migrator, MigratorTrait};
use sea_orm::{Database, DatabaseConnection, DbBackend};
use tokio::sync::{Notify, broadcast};

use crate::{
    audit,
    check_in::{self, Desk},
    dialect::{count_statements, migration_options, open_desk, open_readers, writer_options},
    fault::{Failure, StoreFault},
    feed,
    kept::Kept,
    notice::Notice,
    readers::Readers,
    reading::Reading,
    reference::{Reference, Renewed},
    work::Work,
};

/// Where the data is and how many connections may be open.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `sqlite:///path/to/file.db` or `postgres://user:password@host/database`.
    pub url: String,
    /// The same database for reading, where replicas have an address of their own.
    pub reader_url: Option<String>,
    /// How many connections may write at once; SQLite has one.
    pub writers: u32,
    /// How many connections may read at once.
    pub readers: u32,
    /// How long PostgreSQL may work on one statement; SQLite has no such limit. Migrations have none either.
    pub statement_time_limit: Duration,
}

impl StoreSettings {
    /// The settings for a database at this address, else by default.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        let statement_time_limit = Duration::from_secs(32);
        Self { url: url.into(), reader_url: None, writers: 8, readers: 8, statement_time_limit }
    }
}

/// The store. It answers no question itself: see [`Store::acting_as`] and [`Store::begin`].
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What the handles of one store share.
pub(crate) struct Inner {
    pub(crate) writer: DatabaseConnection,
    readers: Readers,
    reference: ArcSwap<Reference>,
    pub(crate) changes: broadcast::Sender<Notice>,
    pub(crate) kept: Kept,
    /// Tells who seals the audit trail that there is more of it.
    pub(crate) unsealed: Arc<Notify>,
    /// Tells who folds attendance anew that some of it is stale.
    stale: Arc<Notify>,
    desk: Desk,
    wake: Arc<Notify>,
    statements: Arc<AtomicU64>,
}

impl Inner {
    /// The connections from which the change feed is read: never SQLite's only writer, never a replica that lags.
    pub(crate) fn feed_source(&self) -> &DatabaseConnection {
        match self.writer.get_database_backend() {
            DbBackend::Sqlite => self.readers.snapshots(),
            _ => &self.writer,
        }
    }

    /// Takes records of the reference data in.
    pub(crate) fn renew_reference(&self, renewed: &[Renewed]) {
        self.reference.rcu(|current| {
            let mut next = Reference::clone(current);
            renewed.iter().cloned().for_each(|record| next.apply(record));
            next
        });
    }
}

/// How many changes a slow follower may fall behind before it is told that it missed some.
const FEED_CAPACITY: usize = 4_096;

impl Store {
    /// Opens the database, brings it to the newest migration and reads the reference data.
    pub async fn open_and_migrate(settings: &StoreSettings) -> Result<Self, StoreFault> {
        let migrating = Database::connect(migration_options(&settings.url)).await?;
        Migrator::up(&migrating, None).await?;
        migrating.close().await?;
        Self::with_connections(connect(settings).await?).await
    }

    /// Opens the database as it is and reads the reference data; its migrations must be applied.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreFault> {
        let connections = connect(settings).await?;
        match Migrator::get_pending_migrations_read_only(&connections.writer).await?.len() {
            0 => Self::with_connections(connections).await,
            pending => Err(StoreFault::Outdated(pending)),
        }
    }

    async fn with_connections(connections: Connections) -> Result<Self, StoreFault> {
        let Connections { writer, at_the_desk, readers, has_replica, statements } = connections;
        let reference = ArcSwap::from_pointee(Reference::load(&writer).await?);
        let (changes, _) = broadcast::channel(FEED_CAPACITY);
        let (wake, unsealed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let stale = Arc::new(Notify::new());
        let end = feed::end(&writer).await?;
        let (desk, line) = Desk::open(at_the_desk);
        let backend = writer.get_database_backend();
        let inner = Arc::new(Inner {
            writer,
            readers,
            reference,
            changes,
            kept: Kept::empty(has_replica),
            unsealed: Arc::clone(&unsealed),
            stale: Arc::clone(&stale),
            desk,
            wake: Arc::clone(&wake),
            statements,
        });
        tokio::spawn(feed::follow(Arc::downgrade(&inner), wake, end));
        tokio::spawn(audit::keep_sealing(Arc::downgrade(&inner), unsealed));
        tokio::spawn(check_in::keep_folding(Arc::downgrade(&inner), stale));
        line.serve(&inner, backend);
        Ok(Self { inner })
    }

    /// Begins a read for this actor.
    pub fn acting_as(&self, actor: &Arc<Actor>) -> Result<Reading, Failure> {
        if actor.is_anonymous() {
            return Err(Failure::Unauthenticated);
        }
        Ok(Reading::begin(self.clone(), Arc::clone(actor)))
    }

    /// Begins a unit of work for this actor; nothing of it is kept before [`Work::commit`].
    ///
    /// `now` is the time that its records will bear.
    pub async fn begin(&self, actor: &Arc<Actor>, now: DateTime<Utc>) -> Result<Work, Failure> {
        self.begin_over(self.writer(), actor, now).await
    }

    /// The same over these connections.
    pub(crate) async fn begin_over(
        &self,
        connections: &DatabaseConnection,
        actor: &Arc<Actor>,
        now: DateTime<Utc>,
    ) -> Result<Work, Failure> {
        if actor.is_anonymous() {
            return Err(Failure::Unauthenticated);
        }
        Work::begin(self.clone(), connections, Arc::clone(actor), now).await
    }

    /// The names of the migrations that are not applied yet.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreFault> {
        use hemicycle_migrations::MigratorTrait as _;
        let pending = Migrator::get_pending_migrations_read_only(&self.inner.writer).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// Follows what happens from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Notice> {
        self.inner.changes.subscribe()
    }

    /// How many SQL statements this store has sent for its callers since it was opened; what it does in the
    /// background is not among them.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// How often word came that the keys which sign access tokens were changed, by whichever node.
    #[must_use]
    pub fn signing_key_changes(&self) -> u64 {
        self.inner.kept.signing_key_changes.load(Ordering::Acquire)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.writer
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    pub(crate) fn feed_source(&self) -> &DatabaseConnection {
        self.inner.feed_source()
    }

    pub(crate) fn reference(&self) -> Arc<Reference> {
        self.inner.reference.load_full()
    }

    /// Whether these are the reference data as they are now.
    pub(crate) fn is_current(&self, reference: &Arc<Reference>) -> bool {
        Arc::ptr_eq(&self.inner.reference.load(), reference)
    }

    pub(crate) fn renew_reference(&self, renewed: &[Renewed]) {
        self.inner.renew_reference(renewed);
    }

    /// Reads the reference data anew, after rows were written past the change feed.
    pub(crate) async fn renew_from_database(&self) -> Result<(), StoreFault> {
        self.inner.reference.store(Arc::new(Reference::load(self.writer()).await?));
        self.inner.kept.forget_all_places();
        Ok(())
    }

    /// What the process keeps of records that were used last.
    pub(crate) fn kept(&self) -> &Kept {
        &self.inner.kept
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    pub(crate) fn wake_feed(&self) {
        self.inner.wake.notify_one();
    }

    /// Says that there is attendance to be folded anew.
    pub(crate) fn wake_folding(&self) {
        self.inner.stale.notify_one();
    }
}

impl From<Arc<Inner>> for Store {
    fn from(inner: Arc<Inner>) -> Self {
        Self { inner }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

/// The connections of a store, and the count of what it asks over them.
struct Connections {
    writer: DatabaseConnection,
    at_the_desk: DatabaseConnection,
    readers: Readers,
    has_replica: bool,
    statements: Arc<AtomicU64>,
}

async fn connect(settings: &StoreSettings) -> Result<Connections, StoreFault> {
    let statements = Arc::new(AtomicU64::new(0));
    let limit = settings.statement_time_limit;
    let mut writer = Database::connect(writer_options(&settings.url, settings.writers, limit)).await?;
    count_statements(&mut writer, &statements);
    let at_the_desk = open_desk(&writer, settings, &statements).await?;
    let url = settings.reader_url.as_ref().unwrap_or(&settings.url);
    let readers = open_readers(url, settings.readers, limit, &statements).await?;
    Ok(Connections { writer, at_the_desk, readers, has_replica: settings.reader_url.is_some(), statements })
}
