//! What happens, by chance: who passes which door when, which phone sees it, and what befalls the phones.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::world::{Standing, World};
use crate::Direction;

/// What happens to all phones.
pub(super) struct Plan {
    pub(super) phones: Vec<Part>,
}

/// What happens to one phone, in its order.
pub(super) struct Part {
    /// How far its clock is off at first.
    pub(super) offset: TimeDelta,
    pub(super) steps: Vec<Step>,
    /// Chance for what is decided while it plays: how batches are cut.
    pub(super) seed: u64,
}

/// One thing that happens to a phone.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Someone passes.
    Scan(Passing),
    /// Someone waits at the door, and the phone asks at once.
    Ask(Passing),
    /// The clock is set, or jumps: from now on it is off by this.
    SetClock(TimeDelta),
    /// The phone is switched off and on again.
    Restart,
    /// A copy of all that it holds is put aside.
    BackUp,
    /// All that it holds is replaced by the copy, after it has handed in what it had.
    Restore,
    /// There is a network, for so many batches, or until all is handed in.
    Online(Option<usize>),
}

/// Someone passes a door.
#[derive(Debug, Clone)]
pub(super) struct Passing {
    /// When it really was.
    pub(super) at: DateTime<Utc>,
    /// Where, among the doors of the world.
    pub(super) door: usize,
    pub(super) direction: Direction,
    pub(super) presented: Presented,
}

/// What is shown; people by their place in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presented {
    /// The badge that is good last, if any is.
    Badge(usize),
    /// The badge that was printed first.
    FirstBadge(usize),
    /// Nothing; the operator finds the name.
    Name(usize),
    /// A code that nobody is known by.
    UnknownCode(String),
    /// Someone who is on no list and whom the phone takes in, by their place among those.
    Guest(usize),
}

impl Plan {
    pub(super) fn make(world: &World, devices: usize, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut passings: Vec<Vec<Passing>> = vec![Vec::new(); devices.max(1)];
        let doors = world.doors().len();
        for (number, person) in world.people.iter().enumerate() {
            for _ in 0..chance.random_range(0..4) {
                let door = chance.random_range(0..doors);
                let comes_at = world.morning + TimeDelta::seconds(chance.random_range(-5_400..30_000));
                let goes_at = comes_at + TimeDelta::seconds(chance.random_range(60..12_000));
                // Some are not seen as they come, many not as they go, a few come twice.
                for (at, direction, share) in [
                    (comes_at, Direction::In, 0.95),
                    (goes_at, Direction::Out, 0.7),
                    (comes_at + TimeDelta::seconds(chance.random_range(1..900)), Direction::In, 0.15),
                ] {
                    if !chance.random_bool(share) {
                        continue;
                    }
                    let presented = present(number, person.standing, &mut chance);
                    let phone = chance.random_range(0..passings.len());
                    passings[phone].push(Passing { at, door, direction, presented });
                }
            }
        }
        // Chance of its own: who comes without being expected changes nothing for the others.
        let mut other = ChaCha8Rng::seed_from_u64(!seed);
        for guest in 0..world.guests.len() {
            let phone = other.random_range(0..passings.len());
            passings[phone].extend(visit(guest, world, doors, &mut other));
        }
        let phones = passings.into_iter().map(|of_phone| part(of_phone, &mut chance, &mut other)).collect();
        Self { phones }
    }
}

/// What is seen of someone who is on no list: the phone that takes them in sees them a few times.
fn visit(guest: usize, world: &World, doors: usize, chance: &mut ChaCha8Rng) -> Vec<Passing> {
    let mut seen = Vec::new();
    for _ in 0..chance.random_range(1..3) {
        let door = chance.random_range(0..doors);
        let comes_at = world.morning + TimeDelta::seconds(chance.random_range(-1_800..20_000));
        let goes_at = comes_at + TimeDelta::seconds(chance.random_range(600..9_000));
        for (at, direction, share) in [(comes_at, Direction::In, 1.0), (goes_at, Direction::Out, 0.6)] {
            if chance.random_bool(share) {
                seen.push(Passing { at, door, direction, presented: Presented::Guest(guest) });
            }
        }
    }
    seen
}

fn present(person: usize, standing: Standing, chance: &mut ChaCha8Rng) -> Presented {
    match chance.random_range(0..100) {
        0..3 => Presented::UnknownCode(format!("HMB:{}", chance.random_range(0..1_000_000))),
        3..6 => Presented::UnknownCode("https://example.org/menu".to_owned()),
        // Whoever is registered elsewhere stands on no list of this door.
        6..20 if standing != Standing::Elsewhere => Presented::Name(person),
        20..40 => Presented::FirstBadge(person),
        _ => Presented::Badge(person),
    }
}

/// Puts what befalls a phone between what it sees.
fn part(mut passings: Vec<Passing>, chance: &mut ChaCha8Rng, other: &mut ChaCha8Rng) -> Part {
    passings.sort_by_key(|passing| passing.at);
    let offset = wrong_by(chance);
    let mut steps = vec![Step::Online(None)];
    let mut has_copy = false;
    for passing in passings {
        // A guest is checked in by whoever took them in, which may still be offline.
        let asks = !matches!(passing.presented, Presented::Guest(_)) && other.random_bool(0.12);
        steps.push(if asks { Step::Ask(passing) } else { Step::Scan(passing) });
        match chance.random_range(0..100) {
            0..16 => steps.push(Step::Online(Some(chance.random_range(1..4)))),
            16..20 => steps.push(Step::Online(None)),
            20..24 => steps.push(Step::SetClock(wrong_by(chance))),
            24..30 => steps.push(Step::Restart),
            30..32 if !has_copy => {
                has_copy = true;
                steps.push(Step::BackUp);
            }
            32..35 if has_copy => {
                has_copy = false;
                steps.push(Step::Restore);
            }
            _ => {}
        }
    }
    steps.push(Step::Online(None));
    Part { offset, steps, seed: chance.random() }
}

/// How far a clock is off: mostly hardly, at times by minutes, days or years, to either side.
fn wrong_by(chance: &mut ChaCha8Rng) -> TimeDelta {
    let size = match chance.random_range(0..10) {
        0..4 => TimeDelta::zero(),
        4 => TimeDelta::seconds(chance.random_range(1..100)),
        5..7 => TimeDelta::minutes(chance.random_range(3..90)),
        7 => TimeDelta::hours(chance.random_range(2..20)),
        8 => TimeDelta::days(chance.random_range(2..300)),
        _ => TimeDelta::days(chance.random_range(500..15_000)),
    };
    if chance.random_bool(0.5) { size } else { -size }
}
