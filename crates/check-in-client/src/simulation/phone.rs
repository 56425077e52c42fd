//! A phone of the simulation: a device of the reference client, to which happens what the plan says, and which hands in
//! as awkwardly as the protocol allows.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use rand::{
    RngExt, SeedableRng,
    rngs::ChaCha8Rng,
    seq::{IndexedRandom, SliceRandom},
};
use uuid::Uuid;

use super::{
    Simulation,
    log::{Fact, Guests, PartLog, Sent, TakenIn},
    plan::{Part, Passing, Presented, Step},
    world::Somebody,
};
use crate::{
    Answered, BackOff, Clock, Connection, Device, Door, EnrolmentCode, HeldScan, HeldWalkIn, Kept, KeptScan,
    LetThrough, Outcome, ScanAnswer, Shown, Trouble,
};

/// A phone.
pub(super) struct Phone {
    device: Device,
    network: Connection,
    clock: PhoneClock,
    back_off: BackOff,
    copy: Option<Kept>,
    /// Those whom it took in, by their place.
    taken_in: BTreeMap<usize, HeldWalkIn>,
    guests: Guests,
    log: PartLog,
}

/// The clock of a phone: off by something, and at a moment of yesterday while somebody passes.
#[derive(Clone)]
struct PhoneClock {
    truth: Clock,
    state: Arc<Mutex<ClockState>>,
}

struct ClockState {
    offset: TimeDelta,
    moment: Option<DateTime<Utc>>,
}

impl PhoneClock {
    fn new(truth: Clock) -> Self {
        let state = ClockState { offset: TimeDelta::zero(), moment: None };
        Self { truth, state: Arc::new(Mutex::new(state)) }
    }

    /// The clock as the application reads it.
    fn shown(&self) -> Clock {
        let Self { truth, state } = self.clone();
        Clock::from_fn(move || {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let now = state.moment.unwrap_or_else(|| truth.now());
            now.checked_add_signed(state.offset).unwrap_or(now)
        })
    }

    fn set<T>(&self, change: impl FnOnce(&mut ClockState) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How often it asks about someone who waits before it goes on.
const MOST_QUESTIONS: usize = 3;
/// The most scans of one batch: few, so that there are many batches.
const LARGEST_BATCH: usize = 12;

impl Phone {
    /// Enrols a phone, and lets it take in everyone who is expected.
    pub(super) async fn enrol(
        number: usize,
        network: &Connection,
        code: &EnrolmentCode,
        simulation: &Simulation,
        guests: Guests,
    ) -> Result<Self, Trouble> {
        let clock = PhoneClock::new(simulation.clock.clone());
        let back_off = simulation.back_off;
        let device = Device::enrol(network, code, clock.shown(), back_off).await?;
        let log = PartLog { phone: number, ..PartLog::default() };
        let (network, taken_in) = (network.clone(), BTreeMap::new());
        let mut phone = Self { device, network, clock, back_off, copy: None, taken_in, guests, log };
        phone.refresh().await?;
        Ok(phone)
    }

    /// Plays a part to its end; whatever was scanned has an answer then.
    pub(super) async fn play(
        mut self,
        part: Part,
        doors: Vec<Door>,
        people: Vec<Somebody>,
        bar: ProgressBar,
    ) -> Result<PartLog, Trouble> {
        let mut chance = ChaCha8Rng::seed_from_u64(part.seed);
        self.clock.set(|clock| clock.offset = part.offset);
        for step in part.steps {
            match step {
                Step::Scan(passing) => {
                    self.scan(passing, &doors, &people);
                }
                Step::Ask(passing) => self.ask(passing, &doors, &people).await?,
                Step::SetClock(offset) => {
                    self.log.counts.clocks_set += 1;
                    self.clock.set(|clock| clock.offset = offset);
                }
                Step::Restart => {
                    self.log.counts.restarts += 1;
                    self.go_on_with(written(self.device.kept()));
                }
                Step::BackUp => self.copy = Some(written(self.device.kept())),
                Step::Restore => {
                    self.hand_in(None, &mut chance).await?;
                    if let Some(copy) = self.copy.take() {
                        self.log.counts.restored += 1;
                        self.go_on_with(copy);
                    }
                }
                Step::Online(batches) => {
                    self.refresh().await?;
                    self.hand_in(batches, &mut chance).await?;
                }
            }
            bar.inc(1);
        }
        Ok(self.log)
    }

    fn go_on_with(&mut self, kept: Kept) {
        self.device = Device::resume(&self.network, kept, self.clock.shown());
    }

    fn scan(&mut self, passing: Passing, doors: &[Door], people: &[Somebody]) -> HeldScan {
        let Passing { at, door, direction, presented } = passing;
        self.clock.set(|clock| clock.moment = Some(at));
        let shown = match &presented {
            Presented::Badge(person) => {
                let somebody = &people[*person];
                Shown::Code(somebody.replaced_by.as_ref().unwrap_or(&somebody.badge).clone())
            }
            Presented::FirstBadge(person) => Shown::Code(people[*person].badge.clone()),
            Presented::Name(person) => Shown::Registration(people[*person].registration.clone()),
            Presented::UnknownCode(code) => Shown::Code(code.clone()),
            Presented::Guest(guest) => Shown::WalkIn(self.take_in(*guest)),
        };
        let scan = self.device.scan(shown, doors[door].clone(), direction).clone();
        self.clock.set(|clock| clock.moment = None);
        let fact = Fact { scan: scan.clone(), presented, door, direction, answer: None, was_asked: false };
        self.log.facts.insert(scan.scan_id, fact);
        scan
    }

    /// Takes in someone who is on no list, once.
    fn take_in(&mut self, guest: usize) -> Uuid {
        if let Some(held) = self.taken_in.get(&guest) {
            return held.walk_in_id;
        }
        self.log.counts.walk_ins += 1;
        let held = self.device.take_in(&format!("Unexpected Guest {guest}"));
        let id = held.walk_in_id;
        self.taken_in.insert(guest, held);
        id
    }

    /// Asks at once about someone who waits. Where no answer comes it asks again, and at last hands the scan in with the
    /// others: whether it was taken before or not, it counts once.
    async fn ask(&mut self, passing: Passing, doors: &[Door], people: &[Somebody]) -> Result<(), Trouble> {
        let offset = self.clock.set(|clock| std::mem::replace(&mut clock.offset, TimeDelta::zero()));
        let scan = self.scan(passing, doors, people);
        self.clock.set(|clock| clock.offset = offset);
        if let Some(fact) = self.log.facts.get_mut(&scan.scan_id) {
            fact.was_asked = true;
        }
        let mut waits = self.back_off.begin();
        for _ in 0..MOST_QUESTIONS {
            match self.device.check_in(&scan).await {
                Ok(LetThrough { scan: KeptScan { times, flags }, is_replay }) => {
                    self.log.counts.let_through += 1;
                    let outcome = if is_replay { Outcome::Replay } else { Outcome::Accepted };
                    let answer = ScanAnswer {
                        scan_id: Some(scan.scan_id),
                        outcome,
                        reason: None,
                        message: None,
                        flags,
                        scan: Some(times),
                    };
                    if let Some(fact) = self.log.facts.get_mut(&scan.scan_id) {
                        fact.answer = Some(answer);
                    }
                    return Ok(());
                }
                Err(Trouble::Refused { code, .. }) => {
                    self.log.counts.turned_away += 1;
                    if let Some(fact) = self.log.facts.remove(&scan.scan_id) {
                        self.log.refused.push((fact.presented, fact.direction, code));
                    }
                    return Ok(());
                }
                Err(trouble) => {
                    self.log.counts.asked_unanswered += 1;
                    waits.after(trouble).await?;
                }
            }
        }
        Ok(())
    }

    async fn refresh(&mut self) -> Result<(), Trouble> {
        self.log.counts.refreshed += 1;
        let mut waits = self.back_off.begin();
        while let Err(trouble) = self.device.refresh().await {
            self.log.counts.refresh_unanswered += 1;
            waits.after(trouble).await?;
        }
        Ok(())
    }

    /// Hands in so many batches, or all that is held: in any order, cut anyhow, with some scans twice and some again.
    async fn hand_in(&mut self, most: Option<usize>, chance: &mut ChaCha8Rng) -> Result<(), Trouble> {
        let mut sent = 0;
        let mut waits = self.back_off.begin();
        while !self.device.queue().is_empty() && most.is_none_or(|most| sent < most) {
            let scans = self.some_scans(chance);
            let walk_ins = self.some_walk_ins(chance);
            let answered = self.send(&walk_ins, &scans).await?;
            if chance.random_bool(0.1) {
                self.log.counts.repeated += 1;
                self.send(&walk_ins, &scans).await?;
            }
            sent += 1;
            if answered.is_to_come_again() {
                let (code, message) = ("RETRY_LATER".to_owned(), "a scan was busy".to_owned());
                waits.after(Trouble::Later { code, message, after: None }).await?;
            }
        }
        Ok(())
    }

    fn some_scans(&self, chance: &mut ChaCha8Rng) -> Vec<HeldScan> {
        let mut scans = self.device.queue().first(Device::MOST_SCANS);
        if chance.random_bool(0.5) {
            scans.shuffle(chance);
        }
        scans.truncate(chance.random_range(1..=LARGEST_BATCH));
        if let Some(twice) = scans.choose(chance).filter(|_| chance.random_bool(0.2)).cloned() {
            scans.push(twice);
        }
        let made: Vec<&Fact> = self.log.facts.values().collect();
        if chance.random_bool(0.2) {
            scans.extend(made.sample(chance, 3).map(|fact| fact.scan.clone()));
        }
        scans
    }

    /// Some of those whom it took in: before the scans that name them, with them or after, and at times again.
    fn some_walk_ins(&self, chance: &mut ChaCha8Rng) -> Vec<HeldWalkIn> {
        let mut some = self.device.queue().first_walk_ins(Device::MOST_WALK_INS);
        // Where scans wait beside them, they may come later.
        some.retain(|_| self.device.queue().first(1).is_empty() || chance.random_bool(0.6));
        let known: Vec<&HeldWalkIn> = self.taken_in.values().collect();
        if let Some(again) = known.choose(chance).filter(|_| chance.random_bool(0.3)) {
            some.push((*again).clone());
        }
        some.shuffle(chance);
        some
    }

    /// Sends walk-ins and scans until they are answered, and notes down each attempt and the answer.
    async fn send(&mut self, walk_ins: &[HeldWalkIn], scans: &[HeldScan]) -> Result<Answered, Trouble> {
        let mut waits = self.back_off.begin();
        loop {
            let batch = self.device.batch(scans.to_vec()).with_walk_ins(walk_ins.to_vec());
            let told = |scan: &HeldScan| (scan.scan_id, scan.sequence, scan.captured_at);
            self.log.counts.batches += 1;
            self.log.sent.push(Sent {
                left_at: self.clock.truth.now(),
                shown_at: batch.sent_at,
                scans: scans.iter().map(told).collect(),
            });
            match self.device.send(&batch).await {
                Ok(answered) => {
                    self.note_walk_ins(walk_ins, &answered);
                    self.note(scans, &answered);
                    return Ok(answered);
                }
                Err(trouble) => {
                    match trouble {
                        Trouble::NoAnswer(_) => self.log.counts.unanswered += 1,
                        _ => self.log.counts.asked_to_come_again += 1,
                    }
                    waits.after(trouble).await?;
                }
            }
        }
    }

    /// Notes down how the server took in those who are on no list.
    fn note_walk_ins(&mut self, walk_ins: &[HeldWalkIn], answered: &Answered) {
        let log = &mut self.log;
        if answered.walk_in_results.len() != walk_ins.len() {
            let answers = answered.walk_in_results.len();
            log.surprises.push(format!("{} walk-ins had {answers} answers", walk_ins.len()));
        }
        for (held, answer) in walk_ins.iter().zip(&answered.walk_in_results) {
            log.counts.walk_in_replays += u64::from(answer.outcome == Outcome::Replay);
            let guest = self.taken_in.iter().find(|(_, known)| known.walk_in_id == held.walk_in_id);
            let kept = answer.walk_in.as_ref();
            let kept = kept.and_then(|kept| Some((&kept.id, &kept.registration.as_ref()?.id)));
            let (Some((guest, _)), Some((walk_in, registration))) = (guest, kept) else {
                // Of one that turned out to be someone else the device may not see the registration any more.
                if !matches!(answer.outcome, Outcome::Replay | Outcome::RetryLater) {
                    log.surprises.push(format!("{held:?} was answered with {answer:?}"));
                }
                continue;
            };
            let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = TakenIn { walk_in: walk_in.clone(), registration: registration.clone() };
            guests.entry(*guest).or_insert(taken);
        }
    }

    /// Notes an answer down. A scan that was answered before must be answered alike.
    fn note(&mut self, scans: &[HeldScan], answered: &Answered) {
        let log = &mut self.log;
        if answered.results.len() != scans.len() {
            log.surprises.push(format!("{} scans had {} answers", scans.len(), answered.results.len()));
        }
        for (scan, answer) in scans.iter().zip(&answered.results) {
            match answer.outcome {
                Outcome::Accepted => log.counts.accepted += 1,
                Outcome::AcceptedFlagged => log.counts.flagged += 1,
                Outcome::Replay => log.counts.replays += 1,
                Outcome::RetryLater => log.counts.retry_later += 1,
                Outcome::RejectedFinal => {}
            }
            if answer.scan_id != Some(scan.scan_id) || answer.outcome == Outcome::RejectedFinal {
                log.surprises.push(format!("{scan:?} was answered with {answer:?}"));
                continue;
            }
            let Some(fact) = log.facts.get_mut(&scan.scan_id) else { continue };
            match &fact.answer {
                _ if answer.outcome == Outcome::RetryLater => {}
                None => fact.answer = Some(answer.clone()),
                Some(first) => {
                    let is_same = (&first.flags, &first.scan) == (&answer.flags, &answer.scan);
                    if !is_same || answer.outcome != Outcome::Replay {
                        let text = format!("{scan:?} was answered with {first:?} and then {answer:?}");
                        log.surprises.push(text);
                    }
                }
            }
        }
        log.lost.clone_from(&answered.lost_sequences);
    }
}

/// What comes back from the disk.
fn written(kept: &Kept) -> Kept {
    let text = serde_json::to_string(kept);
    text.and_then(|text| serde_json::from_str(&text)).unwrap_or_else(|_| kept.clone())
}
