//! Many devices against one server, and an oracle that knows what must have become of it.
//!
//! A manager makes an event with people and devices (`world.rs`); a plan says by chance who passes which door when, and
//! which phone is where (`plan.rs`); phones play it, offline and online, with wrong clocks, in batches that are repeated
//! and out of order (`phone.rs`), while the manager finds out who walk-ins are and decides about flagged scans
//! (`office.rs`). Every scan ever made is a fact in a log (`log.rs`). From the facts alone the oracle
//! reckons flags and attendance (`oracle.rs`); what the server says is compared with it (`compare.rs`). The same seed
//! makes the same plan.

mod compare;
mod log;
mod manager;
mod office;
mod oracle;
mod phone;
mod plan;
mod summary;
mod world;

use std::time::Duration;

use indicatif::ProgressBar;
use tokio::{sync::watch, task::JoinSet};

use crate::{BackOff, Clock, Connection, Trouble};
use log::{Guests, Log};
use manager::Manager;
use phone::Phone;
use plan::Plan;
pub use summary::{Difference, Summary};
use world::World;

/// What is simulated, and where.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// The address of the server.
    pub server: String,
    /// The address by which devices reach it, where that is another one: a network that fails.
    pub devices_through: Option<String>,
    /// Who runs the event.
    pub manager: Credentials,
    /// How many devices.
    pub devices: usize,
    /// How many people.
    pub participants: usize,
    /// Where chance begins.
    pub seed: u64,
    /// The event, by its global id; one is made where none is named.
    pub event: Option<String>,
    /// The institution that hosts the event that is made, by its global id.
    pub host: Option<String>,
    /// The program of the event that is made, by its global id.
    pub program: Option<String>,
    /// The right time.
    pub clock: Clock,
    /// How phones wait.
    pub back_off: BackOff,
}

/// How the manager is known.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// By an access token, which must outlive the simulation.
    Token(String),
    /// By address and password.
    Password {
        /// The address.
        email: String,
        /// The password.
        password: String,
    },
}

impl Simulation {
    /// How long somebody waits who simulates: long enough for a server to be started again.
    pub const PATIENT: BackOff = BackOff {
        shortest: Duration::from_millis(50),
        longest: Duration::from_secs(1),
        give_up_after: Some(Duration::from_mins(2)),
    };

    /// Plays the whole of it; the bar moves by one for each step of a phone.
    pub async fn run(&self, bar: &ProgressBar) -> Result<Summary, Trouble> {
        let connection = Connection::to(&self.server)?;
        let network = Connection::to(self.devices_through.as_ref().unwrap_or(&self.server))?;
        let mut manager = Manager::sign_in(connection, self.manager.clone(), self.back_off).await?;
        let mut world = World::make(&mut manager, self).await?;
        let plan = Plan::make(&world, self.devices, self.seed);
        bar.set_message("");
        bar.set_length(plan.phones.iter().map(|phone| phone.steps.len() as u64).sum());
        let codes = world.prepare_devices(&mut manager, self.devices).await?;
        let guests = Guests::default();
        let mut phones = Vec::new();
        for (number, code) in codes.into_iter().enumerate() {
            phones.push(Phone::enrol(number, &network, &code, self, Guests::clone(&guests)).await?);
        }
        // They hold everyone now; what is not good any more they have to hear of.
        world.disturb(&mut manager).await?;
        let connection = Connection::to(&self.server)?;
        let office = Manager::sign_in(connection, self.manager.clone(), self.back_off).await?;
        let (open, doors) = watch::channel(());
        let playing = async {
            let log = self.play(phones, plan, &world, bar).await;
            drop(open);
            log
        };
        let (log, decisions) = tokio::join!(playing, office::work(office, &world, &guests, doors));
        let (log, decisions) = (log?, decisions?);
        bar.finish_and_clear();
        let expected = oracle::reckon(&world, &log, &decisions);
        let differences = compare::compare(&mut manager, &world, &log, &decisions, &expected).await?;
        Ok(Summary::of(self, &world, &log, &decisions, differences))
    }

    /// Lets all phones play their parts at once.
    async fn play(
        &self,
        phones: Vec<Phone>,
        plan: Plan,
        world: &World,
        bar: &ProgressBar,
    ) -> Result<Log, Trouble> {
        let doors = world.doors();
        let mut playing = JoinSet::new();
        for (phone, part) in phones.into_iter().zip(plan.phones) {
            let (bar, doors, people) = (bar.clone(), doors.clone(), world.people.clone());
            playing.spawn(phone.play(part, doors, people, bar));
        }
        let mut log = Log::default();
        while let Some(played) = playing.join_next().await {
            // A task that panicked has said so itself; its phone has no log.
            log.parts.push(played.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?);
        }
        log.parts.sort_by_key(|part| part.phone);
        Ok(log)
    }
}
