//! The server of one case: the demonstration on a database of its own, behind a port of its own.

use std::{
    cell::Cell,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle::demo::{self, DemoAccount};
use hemicycle_api::{Api, ApiSettings, Clock, MailSettings};
use hemicycle_persistence::{Store, StoreSettings};
use hemicycle_test_database::{DatabaseKind, Template, TestDatabase};
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::oneshot};

use crate::client::Client;

/// The server of one case.
pub(crate) struct App<'a> {
    /// The database below it.
    pub(crate) database: &'a TestDatabase,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    store: Store,
    accounts: Vec<DemoAccount>,
    clock: TestClock,
    http: reqwest::Client,
    stop: Cell<Option<oneshot::Sender<()>>>,
}

/// The secret that signs the tokens of the tests.
pub(crate) const SECRET: &str = "a secret of the tests, 32 bytes or more";

/// Runs a case against a server on a database of this kind.
pub(crate) async fn run(kind: DatabaseKind, case: impl AsyncFnOnce(&App<'_>)) {
    run_with(kind, |settings| settings, case).await;
}

/// Runs a case against a server with other settings.
pub(crate) async fn run_with(
    kind: DatabaseKind,
    set: impl FnOnce(ApiSettings) -> ApiSettings,
    case: impl AsyncFnOnce(&App<'_>),
) {
    let template =
        Template::of_this_build(env!("CARGO_TARGET_TMPDIR")).expect("the binary that runs is a file");
    TestDatabase::run(kind, &template, load_demonstration, async |database| {
        let accounts = serde_json::from_str(database.note()).expect("the note is the list of accounts");
        let clock = TestClock::new();
        let store = Store::open(&StoreSettings::at(database.url())).await.expect("the copy opens");
        let api = Api::new(store.clone(), clock.clock(), set(settings())).await.expect("the API is made");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(hemicycle_api::serve(listener, api, async { drop(stopped.await) }));
        let http = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .build()
            .expect("the client needs nothing");
        case(&App { database, address, store, accounts, clock, http, stop: Cell::new(Some(stop)) }).await;
        server.await.expect("the server does not panic").expect("the server stops in peace");
    })
    .await;
}

/// Loads the documents and accounts of the demonstration into a new database, as `hemicycle demo` does.
async fn load_demonstration(url: String) -> String {
    let clock = TestClock::new().clock();
    let store = Store::open_and_migrate(&StoreSettings::at(url)).await.expect("migrations apply");
    let api = Api::new(store.clone(), clock.clone(), settings()).await.expect("the API is made");
    let accounts = demo::load(&store, &api, &clock).await.expect("the demonstration loads");
    serde_json::to_string(&accounts).expect("accounts are plain texts")
}

fn settings() -> ApiSettings {
    let folder = concat!("file://", env!("CARGO_TARGET_TMPDIR"), "/mail");
    let mail = MailSettings {
        url: folder.into(),
        from: "Hemicycle <no-reply@demo.example>".to_owned(),
        link_base: "https://app.demo.example".parse().expect("it is a URL"),
    };
    ApiSettings { mail: Some(mail), ..ApiSettings::with_secret(SecretString::from(SECRET)) }
}

impl App<'_> {
    /// Where GraphQL is served.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// A request to any path, with nothing set.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    /// A client that has not signed in.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.url(), None)
    }

    /// A client with this token, whatever it is.
    pub(crate) fn with_token(&self, token: &str) -> Client {
        Client::new(self.http.clone(), self.url(), Some(token.to_owned()))
    }

    /// The account of the demonstration that holds this role.
    pub(crate) fn account(&self, role: &str) -> &DemoAccount {
        let holder = self.accounts.iter().find(|account| account.role == role);
        holder.expect("the demonstration has an account for each role")
    }

    /// A client of the account that holds this role.
    pub(crate) async fn client(&self, role: &str) -> Client {
        let account = self.account(role);
        self.anonymous().sign_in(&account.email, &account.password).await
    }

    /// Runs the platform.
    pub(crate) async fn administrator(&self) -> Client {
        self.client("PLATFORM_ADMINISTRATOR").await
    }

    /// Runs programs for an international office.
    pub(crate) async fn officer(&self) -> Client {
        self.client("INTERNATIONAL_PROGRAM_OFFICER").await
    }

    /// Coordinates the work in Kazakhstan.
    pub(crate) async fn coordinator(&self) -> Client {
        self.client("COUNTRY_COORDINATOR").await
    }

    /// Runs the host institution in India.
    pub(crate) async fn host(&self) -> Client {
        self.client("PARTNER_ADMINISTRATOR").await
    }

    /// Runs the seminar in Jizzakh.
    pub(crate) async fn manager(&self) -> Client {
        self.client("EVENT_MANAGER").await
    }

    /// Checks people in at the conference in New Delhi.
    pub(crate) async fn operator(&self) -> Client {
        self.client("CHECK_IN_OPERATOR").await
    }

    /// Reads what is published.
    pub(crate) async fn viewer(&self) -> Client {
        self.client("VIEWER").await
    }

    /// Starts another server on the same database, which listens elsewhere until it is dropped.
    pub(crate) async fn another_server(&self) -> AnotherServer {
        let store = Store::open(&StoreSettings::at(self.database.url())).await.expect("the database opens");
        let api = Api::new(store, self.clock.clock(), settings()).await.expect("the API is made");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let served = tokio::spawn(hemicycle_api::serve(listener, api, std::future::pending()));
        AnotherServer { http: self.http.clone(), address, served }
    }

    /// The store of the server.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Another server on the same database, as another node of it.
    pub(crate) async fn beside(&self) -> App<'_> {
        self.beside_with(|settings| settings).await
    }

    /// Another server on the same database, with other settings.
    pub(crate) async fn beside_with(&self, set: impl FnOnce(ApiSettings) -> ApiSettings) -> App<'_> {
        let store = Store::open(&StoreSettings::at(self.database.url())).await.expect("the copy opens");
        let api = Api::new(store.clone(), self.clock.clock(), set(settings())).await;
        let api = api.expect("the keys are there");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(hemicycle_api::serve(listener, api, async { drop(stopped.await) }));
        App {
            database: self.database,
            address,
            store,
            accounts: self.accounts.clone(),
            clock: TestClock(Arc::clone(&self.clock.0)),
            http: self.http.clone(),
            stop: Cell::new(Some(stop)),
        }
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&self) {
        drop(self.stop.take());
    }

    /// How many SQL statements the server has sent so far.
    pub(crate) fn statements(&self) -> u64 {
        self.store.statements()
    }

    /// Lets time pass for the server.
    pub(crate) fn wait(&self, time: TimeDelta) {
        self.clock.0.fetch_add(time.num_seconds(), Ordering::Relaxed);
    }

    /// The time of the server.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.clock().now()
    }
}

/// Another server on the database of a case.
pub(crate) struct AnotherServer {
    http: reqwest::Client,
    address: SocketAddr,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl AnotherServer {
    /// A client of this server with this token, or without any.
    pub(crate) fn client(&self, token: Option<&str>) -> Client {
        let url = format!("http://{}/graphql", self.address);
        Client::new(self.http.clone(), url, token.map(ToOwned::to_owned))
    }
}

impl Drop for AnotherServer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// A clock that stands still unless it is told to go on.
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> Self {
        // 2026-11-01, after all the events of the documents.
        Self(Arc::new(AtomicI64::new(1_793_491_200)))
    }

    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::from_fn(move || {
            DateTime::from_timestamp(seconds.load(Ordering::Relaxed), 0)
                .expect("the tests stay in this century")
        })
    }
}
