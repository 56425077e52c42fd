//! An empty, migrated store for one case, with actors, a clock and the records that most cases begin with.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hemicycle_domain::{
    access::{Actor, Grant, Place, Role},
    country::CountryCode,
    event::{Event, EventKind, NewEvent, Particulars},
    fold,
    id::{AccountId, PartnerId, TerritoryId},
    imprecise_date::{EventDates, EventDatesDraft},
    language::Language,
    name::{Name, NameKind, Names},
    page::PageRequest,
    partner::{NewPartner, Partner, PartnerKind, Seat},
    problem::{Problem, ProblemCode},
    territory::{NewTerritory, Territory, TerritoryCode, TerritoryKind},
    text::{Line, LocalizedText},
};
use hemicycle_persistence::{Failure, Reading, Store, StoreSettings, Work};
use hemicycle_test_database::{DatabaseKind, Template, TestDatabase};
use uuid::Uuid;

/// A store for one case.
pub(crate) struct Fixture<'a> {
    /// The store, empty but for what the case puts there.
    pub(crate) store: Store,
    /// The database below it.
    pub(crate) database: &'a TestDatabase,
    seconds: AtomicI64,
}

/// Runs a case on a database of this kind.
pub(crate) async fn run(kind: DatabaseKind, case: impl AsyncFnOnce(&Fixture<'_>)) {
    let template =
        Template::of_this_build(env!("CARGO_TARGET_TMPDIR")).expect("the binary that runs is a file");
    let migrate = async |url: String| {
        Store::open_and_migrate(&StoreSettings::at(url))
            .await
            .expect("migrations apply to an empty database");
        String::new()
    };
    TestDatabase::run(kind, &template, migrate, async |database| {
        let store = Store::open(&StoreSettings::at(database.url())).await.expect("the copy opens");
        Box::pin(case(&Fixture { store, database, seconds: AtomicI64::new(0) })).await;
    })
    .await;
}

impl Fixture<'_> {
    /// The program itself, which may do everything.
    #[expect(clippy::unused_self, reason = "cases ask the fixture for all that they begin with")]
    pub(crate) fn system(&self) -> Arc<Actor> {
        Arc::new(Actor::System { reason: "prepare a test" })
    }

    /// An account with one role at one place.
    #[expect(clippy::unused_self, reason = "cases ask the fixture for all that they begin with")]
    pub(crate) fn account(&self, role: Role, place: Place) -> Arc<Actor> {
        assert!(role.is_held_at(place), "{role} is not held at {place:?}");
        let id = AccountId::from(Uuid::from_u128(0xacc0_0000 + u128::from(role as u8)));
        Arc::new(Actor::Account { id, grants: vec![Grant { role, place }], person: None, glass: Vec::new() })
    }

    /// An account that reads what is published, and no more.
    pub(crate) fn viewer(&self) -> Arc<Actor> {
        self.account(Role::Viewer, Place::Platform)
    }

    /// The time; each call is a second later than the one before, so that records have an order.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_767_225_600, 0).expect("2026-01-01 is a date");
        start + TimeDelta::seconds(self.seconds.fetch_add(1, Ordering::Relaxed))
    }

    /// Begins a read.
    pub(crate) fn reading(&self, actor: &Arc<Actor>) -> Reading {
        self.store.acting_as(actor).expect("the actor has signed in")
    }

    /// Does one thing as this actor and keeps it if it succeeds.
    pub(crate) async fn act<T>(
        &self,
        actor: &Arc<Actor>,
        verb: impl AsyncFnOnce(&mut Work) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut work = self.store.begin(actor, self.now()).await?;
        // In a box: the largest verb is many kilobytes, and stands in the future of every case that uses it.
        let done = Box::pin(verb(&mut work)).await?;
        work.commit().await?;
        Ok(done)
    }

    /// Tries one thing as the program itself, which no missing right keeps from it.
    pub(crate) async fn attempt<T>(
        &self,
        verb: impl AsyncFnOnce(&mut Work) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.act(&self.system(), verb).await
    }

    /// Does one thing as the program itself; it must succeed.
    pub(crate) async fn prepare<T>(&self, verb: impl AsyncFnOnce(&mut Work) -> Result<T, Failure>) -> T {
        self.attempt(verb).await.expect("the preparation succeeds")
    }

    /// A coordinator of a country.
    pub(crate) fn coordinator(&self, code: &str) -> Arc<Actor> {
        self.account(Role::CountryCoordinator, Place::Country(country(code)))
    }

    /// Opens the same database anew, as another process would.
    pub(crate) async fn reopened(&self) -> Store {
        Store::open(&StoreSettings::at(self.database.url())).await.expect("the database is there")
    }

    /// Adds a territory: `territory("UZ-JI", Some(uz))`.
    pub(crate) async fn territory(&self, code: &str, parent: Option<TerritoryId>) -> Arc<Territory> {
        self.prepare(async |work| work.create_territory(new_territory(code, parent)).await).await
    }

    /// Adds an institution of a country.
    pub(crate) async fn partner(&self, country: &str, name: &str) -> Arc<Partner> {
        self.prepare(async |work| work.create_partner(new_partner(country, name)).await).await
    }

    /// Adds institutions of a country: `partners("UZ", ["Commission", "Academy"])`.
    pub(crate) async fn partners<const N: usize>(&self, country: &str, names: [&str; N]) -> [PartnerId; N] {
        let mut ids = Vec::with_capacity(N);
        for name in names {
            ids.push(self.partner(country, name).await.id);
        }
        ids.try_into().expect("each name gave one id")
    }

    /// Adds an event; it is a draft.
    pub(crate) async fn event(&self, new: NewEvent) -> Arc<Event> {
        self.prepare(async |work| work.create_event(new).await).await
    }
}

/// Lets another task run as far as it can while this work is open, then keeps the work.
///
/// However far the other comes by then, the outcome must be the same.
pub(crate) fn keep_while<'a, T>(
    work: Work,
    other: impl Future<Output = T> + 'a,
) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    const TURNS: u32 = 2_000;
    let keep = async {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        work.commit().await.expect("the first of two is kept");
    };
    Box::pin(async { tokio::join!(keep, other).1 })
}

/// A country of the tests.
pub(crate) fn country(code: &str) -> CountryCode {
    CountryCode::parse("country", code).expect("the test writes countries that exist")
}

/// Official names; Cyrillic ones are Russian, all others English.
pub(crate) fn names(texts: &[&str]) -> Names {
    let name = |text: &&str| {
        let tag = if text.is_ascii() { "en" } else { "ru" };
        Name {
            text: Line::parse("text", text).expect("the test writes names that fit"),
            language: Language::parse("language", tag).expect("the tag exists"),
            kind: NameKind::Official,
            valid_from: None,
            valid_until: None,
        }
    };
    Names::parse(texts.iter().map(name).collect()).expect("the test writes names that fit")
}

/// A territory that is named as its code; the level follows from the form of the code.
pub(crate) fn new_territory(code: &str, parent: Option<TerritoryId>) -> NewTerritory {
    let kind = match (code.len(), code.contains('/')) {
        (2, _) => TerritoryKind::Country,
        (_, true) => TerritoryKind::District,
        (_, false) => TerritoryKind::Region,
    };
    NewTerritory {
        kind,
        code: TerritoryCode::parse("code", code).expect("the test writes codes that fit"),
        parent,
        names: names(&[code]),
        valid_from: None,
        valid_until: None,
    }
}

/// An institution of a country, to be added or to be made more of.
pub(crate) fn new_partner(country_code: &str, name: &str) -> NewPartner {
    NewPartner {
        kind: PartnerKind::ElectionCommission,
        seat: Seat::National(country(country_code)),
        territory: None,
        parent: None,
        names: names(&[name]),
        note: None,
    }
}

/// A training on a date in EDTF, to be added or to be made more of.
pub(crate) fn new_event(name: &str, date: &str) -> NewEvent {
    NewEvent {
        kind: EventKind::Training,
        format: None,
        names: names(&[name]),
        dates: dates(date),
        timetable: None,
        program: None,
        stage: None,
        cascade_level: None,
        parent: None,
        host: None,
        partners: Vec::new(),
        territory: None,
        venue: None,
        capacity: None,
        languages: Vec::new(),
        target_groups: Vec::new(),
        topics: None,
        particulars: Particulars::default(),
    }
}

/// Dates that a source states as they are.
pub(crate) fn dates(edtf: &str) -> EventDates {
    let draft = EventDatesDraft { date: edtf.to_owned(), ..EventDatesDraft::default() };
    EventDates::parse("dates", draft).expect("the test writes dates that exist")
}

/// A text in English.
pub(crate) fn text(text: &str) -> LocalizedText {
    LocalizedText::parse("text", [("en", text)]).expect("the test writes texts that fit")
}

/// A day: `2021-04-27`.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("the test writes days that exist")
}

/// The folded words of a search by name.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold::query_terms(text).expect("the test searches for words that are long enough")
}

/// A page of this size, from the start.
pub(crate) fn first(size: i32) -> PageRequest {
    PageRequest::parse(Some(size), None, None, None).expect("the page is not too large")
}

/// Why a command was turned down; none where it succeeded or failed otherwise.
pub(crate) fn code_of<T>(outcome: Result<T, Failure>) -> Option<ProblemCode> {
    match outcome {
        Err(Failure::Problem(problem)) => Some(problem.code()),
        Err(_) | Ok(_) => None,
    }
}

/// Whether the actor sees the record and may not do this with it.
#[expect(clippy::needless_pass_by_value, reason = "it takes what a verb returned, as it comes")]
pub(crate) fn is_refused<T>(outcome: Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Problem(Problem::Refused(_))))
}

/// Whether there is no such record, or none that the actor sees.
#[expect(clippy::needless_pass_by_value, reason = "it takes what a verb returned, as it comes")]
pub(crate) fn is_not_found<T>(outcome: Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::NotFound(_)))
}
