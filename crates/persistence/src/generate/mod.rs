//! A large made-up data set, for reading query plans and for benchmarks: the same for the same seed.
//!
//! It writes rows in bulk, past the verbs and the change feed, into a store that holds reference data and nothing
//! else; no server may run on it meanwhile.

mod rows;
mod words;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hemicycle_domain::territory::TerritoryKind;
use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use sea_orm::{ConnectionTrait, sea_query::InsertStatement};
use uuid::Uuid;

use crate::{dialect::begin, fault::StoreFault, store::Store};
use rows::{Event, Participant, Partner, Place, Program, Registration, Table};

/// How much to make, from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataSet {
    /// How many events.
    pub events: u32,
    /// How many registrations; three in ten are persons of their own.
    pub registrations: u32,
    /// Where the random numbers start.
    pub seed: u64,
}

/// How many partners, programs, and persons per ten registrations.
const PARTNERS: u32 = 500;
const PROGRAMS: u32 = 50;
/// How many rows go into one statement; SQLite binds some 32,000 values.
const ROWS: usize = 500;
/// How many rows are committed at once.
const COMMIT: usize = 20_000;

impl Store {
    /// Fills the store with a made-up data set.
    pub async fn generate(&self, data: DataSet) -> Result<(), StoreFault> {
        let mut maker = Maker::new(data, self.places());
        let partners: Vec<Partner> = (0..PARTNERS).map(|number| maker.partner(number)).collect();
        let programs: Vec<Program> = (0..PROGRAMS).map(|number| maker.program(number, &partners)).collect();
        self.write(&partners).await?;
        self.write(&programs).await?;
        let events: Vec<Event> =
            (0..data.events).map(|number| maker.event(number, &partners, &programs)).collect();
        self.write(&events).await?;
        let people: Vec<Participant> = (0..(data.registrations * 3).div_ceil(10))
            .map(|number| maker.participant(number, &partners))
            .collect();
        self.write(&people).await?;
        let mut registrations = Vec::with_capacity(COMMIT);
        for (event, seats) in events.iter().zip(maker.seats(&events)) {
            maker.registrations(event, seats, &people, &mut registrations);
            // All of an event come at once, so that its counters are complete.
            if registrations.len() >= COMMIT {
                self.write_registrations(&registrations).await?;
                registrations.clear();
            }
        }
        self.write_registrations(&registrations).await?;
        self.renew_from_database().await
    }

    fn places(&self) -> Vec<Place> {
        let reference = self.reference();
        let mut places: Vec<Place> = reference
            .all_territories()
            .filter(|territory| territory.kind != TerritoryKind::Country)
            .map(|territory| Place::from(&**territory))
            .collect();
        places.sort_by(|left, right| left.path.cmp(&right.path));
        places
    }

    async fn write_registrations(&self, registrations: &[Registration<'_>]) -> Result<(), StoreFault> {
        self.write(registrations).await?;
        self.write(&rows::tallies(registrations)).await
    }

    async fn write<T: Table>(&self, rows: &[T]) -> Result<(), StoreFault> {
        for kept_at_once in rows.chunks(COMMIT) {
            let transaction = begin(self.writer()).await?;
            for batch in kept_at_once.chunks(ROWS) {
                for mut target in T::tables() {
                    if fill(&mut target, batch) {
                        transaction.execute(&target.insert).await?;
                    }
                }
            }
            transaction.commit().await?;
        }
        Ok(())
    }
}

fn fill<T: Table>(target: &mut rows::Target<T>, batch: &[T]) -> bool {
    let mut any = false;
    for row in batch {
        for values in (target.values)(row) {
            target.insert.values_panic(values.into_iter().map(Into::into));
            any = true;
        }
    }
    any
}

/// Makes rows from random numbers, in an order that depends on nothing else.
struct Maker {
    random: ChaCha8Rng,
    data: DataSet,
    places: Vec<Place>,
    /// How many registrations there are so far.
    registered: u32,
}

impl Maker {
    fn new(data: DataSet, places: Vec<Place>) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(data.seed), data, places, registered: 0 }
    }

    /// An id of version 7 whose time is the number's place in a made-up row of milliseconds.
    fn id(&mut self, number: u32) -> Uuid {
        let milliseconds = 1_600_000_000_000 + u64::from(number);
        let mut random = [0; 10];
        self.random.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }

    fn created_at(number: u32) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(18_000) + TimeDelta::seconds(number.into())
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.random.random_range(0..from.len());
        &from[index]
    }

    fn place(&mut self) -> Place {
        let index = self.random.random_range(0..self.places.len());
        self.places[index].clone()
    }

    fn partner(&mut self, number: u32) -> Partner {
        let place = self.place();
        let kind = *self.pick(words::PARTNER_KINDS);
        let name = format!("{} of {} No. {number}", words::title(kind), place.name);
        Partner { id: self.id(number), created_at: Self::created_at(number), kind, place, name }
    }

    fn program(&mut self, number: u32, partners: &[Partner]) -> Program {
        let lead = self.pick(partners).clone();
        let name = format!("Training program No. {number} of the {}", lead.name);
        let id = self.id(number);
        let categories = std::array::from_fn(|_| self.id(number));
        Program { id, created_at: Self::created_at(number), lead, name, categories }
    }

    fn event(&mut self, number: u32, partners: &[Partner], programs: &[Program]) -> Event {
        let first = NaiveDate::from_ymd_opt(2018, 1, 1).unwrap_or_default();
        let starts_on = first + TimeDelta::days(self.random.random_range(0..3_000));
        let days = self.random.random_range(1..=5);
        let place = self.place();
        let (kind, topic) = (*self.pick(words::EVENT_KINDS), *self.pick(words::TOPICS));
        let program = self.pick(programs);
        Event {
            id: self.id(number),
            created_at: Self::created_at(number),
            kind,
            starts_on,
            ends_on: starts_on + TimeDelta::days(days - 1),
            program: program.id,
            categories: program.categories,
            host: self.pick(partners).id,
            organiser: self.pick(partners).id,
            name: format!("{} on {topic} in {}, No. {number}", words::title(kind), place.name),
            place,
        }
    }

    fn participant(&mut self, number: u32, partners: &[Partner]) -> Participant {
        let (family, given) = (self.pick(words::FAMILIES), self.pick(words::GIVEN));
        let family = format!("{family}{}", words::ENDINGS[self.random.random_range(0..words::ENDINGS.len())]);
        Participant {
            id: self.id(number),
            created_at: Self::created_at(number),
            family,
            given: (*given).to_owned(),
            is_woman: self.random.random_bool(0.5),
            birth_year: self.random.random_range(1950..2005),
            home: self.pick(partners).clone(),
        }
    }

    /// How many registrations each event has: most are small, one in a hundred fills a hall, together as many as
    /// asked for.
    fn seats(&mut self, events: &[Event]) -> Vec<u32> {
        let mut weight = || {
            let hall = if self.random.random_ratio(1, 100) { 15.0 } else { 1.0 };
            hall * self.random.random_range(0.1..1.0_f64).powi(3)
        };
        let weights: Vec<f64> = events.iter().map(|_| weight()).collect();
        let whole: f64 = weights.iter().sum();
        let mut seats = Vec::with_capacity(weights.len());
        let (mut sum, mut given) = (0.0, 0);
        for weight in weights {
            sum += weight;
            let due = share(self.data.registrations, sum / whole);
            seats.push(due - given);
            given = due;
        }
        seats
    }

    fn registrations<'a>(
        &mut self,
        event: &Event,
        seats: u32,
        people: &'a [Participant],
        out: &mut Vec<Registration<'a>>,
    ) {
        // Neighbours in the list of people, from a random start: nobody comes twice.
        let start = self.random.random_range(0..people.len());
        for offset in 0..(seats as usize).min(people.len()) {
            let number = self.registered;
            self.registered += 1;
            out.push(Registration {
                id: self.id(number),
                created_at: Self::created_at(number),
                event: event.id,
                starts_on: event.starts_on,
                person: &people[(start + offset) % people.len()],
                category: *self.pick(&event.categories),
                role: if offset == 0 { "facilitator" } else { "participant" },
                has_attended: self.random.random_bool(0.9),
                scan: self.id(number),
            });
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count is a count")]
fn share(of: u32, part: f64) -> u32 {
    (f64::from(of) * part).round() as u32
}

/// A statement that is being filled; here so that the parts agree on its type.
type Insert = InsertStatement;
