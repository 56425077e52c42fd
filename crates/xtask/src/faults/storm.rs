//! What befalls the server and its database during one run, and when: by chance, the same for the same seed.
//!
//! The moments are those of the requests: a blow waits until the server works at one, most of the time.

use std::time::{Duration, Instant};

use super::chance::Chance;
use super::proxy::Cuts;
use super::stand::Stand;
use crate::failure::Failure;

/// What befalls the server and its database during one run.
pub(super) struct Storm {
    pub(super) blows: Blows,
    chance: Chance,
    /// How many blows are to come.
    left: u64,
    state: State,
}

enum State {
    /// No scan was handed in yet.
    Calm,
    /// The next blow comes at this time, or as soon after it as the server works at a request.
    Gathering { at: Instant, waits_for_request: bool },
    /// The server was killed, and is started again at this time.
    Down { until: Instant },
}

/// What befell the server, its database and its connections.
#[derive(Clone, Copy, Default)]
pub(super) struct Blows {
    /// How often the server was killed.
    kills: usize,
    /// How often PostgreSQL was restarted as after a crash.
    restarts: usize,
    /// How many of both came while the server worked at a request.
    under_way: usize,
    cuts: Cuts,
}

/// How long a blow waits for a request at most.
const PATIENCE: Duration = Duration::from_millis(300);

impl Storm {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed ^ 0x5707);
        let left = 1 + chance.below(3);
        Self { blows: Blows::default(), chance, left, state: State::Calm }
    }

    /// Strikes, if it is time.
    pub(super) fn rage(&mut self, stand: &mut Stand) -> Result<(), Failure> {
        let now = Instant::now();
        match self.state {
            State::Calm if stand.proxy.has_seen_scans() => self.gather(),
            State::Down { until } if now >= until => {
                stand.start()?;
                self.gather();
            }
            State::Calm | State::Down { .. } => {}
            State::Gathering { at, waits_for_request } => {
                let is_under_way = stand.proxy.under_way() > 0;
                let is_time = now >= at && (is_under_way || !waits_for_request || now >= at + PATIENCE);
                if is_time && self.left > 0 {
                    self.left -= 1;
                    self.blows.under_way += usize::from(is_under_way);
                    return self.strike(stand);
                }
                stand.start()?;
            }
        }
        Ok(())
    }

    /// Ends the storm: a server that is down is started by whoever puts things right.
    pub(super) fn end(&mut self) {
        self.left = 0;
        self.state = State::Calm;
    }

    fn gather(&mut self) {
        let at = Instant::now() + Duration::from_millis(self.chance.below(120));
        self.state = State::Gathering { at, waits_for_request: self.chance.percent(80) };
    }

    fn strike(&mut self, stand: &mut Stand) -> Result<(), Failure> {
        if stand.has_postgres() && self.chance.percent(40) {
            stand.crash_postgres()?;
            self.blows.restarts += 1;
            self.gather();
            return Ok(());
        }
        self.blows.kills += usize::from(stand.kill());
        self.state = State::Down { until: Instant::now() + Duration::from_millis(self.chance.below(150)) };
        Ok(())
    }
}

impl Blows {
    pub(super) fn with_cuts(self, cuts: Cuts) -> Self {
        Self { cuts, ..self }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.restarts += other.restarts;
        self.under_way += other.under_way;
        for (sum, count) in self.cuts.0.iter_mut().zip(other.cuts.0) {
            *sum += count;
        }
    }

    pub(super) fn spell(&self) -> String {
        let Self { kills, restarts, under_way, cuts: Cuts([request, at_once, unanswered, answer]) } = self;
        format!(
            "{kills} kills and {restarts} restarts of PostgreSQL, {under_way} of them amid a request; cut within {request} \
             requests, right after {at_once}, before {unanswered} answers, within {answer}"
        )
    }
}
