//! The order, the repetition and the division of scans change nothing: thousands of cases, by chance.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::id::ScanId;

/// What a device hands in: its number, and the scan by the device's own clock.
#[derive(Debug, Clone, PartialEq)]
struct Handed {
    device: u128,
    sequence: i64,
    id: u128,
    direction: Direction,
    checkpoint: Option<u128>,
    minute: i64,
}

/// A server that knows no more than the rules.
#[derive(Default)]
struct Server {
    scans: BTreeMap<(ScanId, u32), Scan>,
    bodies: Vec<(ScanId, Handed)>,
}

const CHECKPOINTS: u128 = 3;
const END: i64 = 5 * 24 * 60;

fn checkpoints() -> Vec<Checkpoint> {
    let lunch = checkpoint(12, CheckpointKind::Meal, without_exits(MissingExit::AfterMinutes, Some(45)));
    vec![day(0), day(1), lunch]
}

/// How far the clock of a device is off, in minutes: not at all, a little, hours, years.
fn skew(device: u128) -> i64 {
    [0, 1, -95, 3_000_000][usize::try_from(device).unwrap() % 4]
}

impl Server {
    /// Takes a batch in that was sent at the end of the event.
    fn take_in(&mut self, batch: &[Handed]) {
        let (event, registration) = (event(EventStatus::InProgress), registration());
        let checkpoints = checkpoints();
        for handed in batch {
            let id: ScanId = Uuid::from_u128(handed.id).into();
            if self.bodies.iter().any(|(known, body)| *known == id && body == handed) {
                continue;
            }
            let others = self.bodies.iter().filter(|(known, _)| *known == id).count();
            self.bodies.push((id, handed.clone()));
            let before: Vec<CountedScan> = counting(self.scans.values());
            let captured_at = at(handed.minute + skew(handed.device));
            let checkpoint = handed.checkpoint.map(|number| &checkpoints[usize::try_from(number).unwrap()]);
            let fact = Scan {
                checkpoint: checkpoint.map(|checkpoint| checkpoint.id),
                origin: Some(device(handed.device)),
                sequence: Some(handed.sequence),
                captured_at,
                received_at: at(END),
                ..scan(handed.id, handed.direction, 0)
            };
            let facts = Facts {
                event: &event,
                checkpoint,
                walk_in: None,
                registration: Some(registration),
                revocation: None,
                before: &before,
                inside: None,
                clock: Clock {
                    captured_at,
                    sent_at: Some(at(END + skew(handed.device))),
                    received_at: at(END),
                    is_from_list: false,
                },
                runs_backwards: false,
                id_is_taken: others > 0,
                sequence_is_taken: false,
            };
            let said = Said {
                place: fact.place(),
                direction: handed.direction,
                method: Method::Qr,
                origin: fact.origin,
            };
            let kept = decide(said, &facts, Presence::Offline).expect("a fact is kept");
            let fact = Scan { counted_at: kept.counted_at, flags: kept.flags, ..fact };
            self.scans.insert((id, u32::try_from(others).unwrap()), fact);
        }
    }

    fn attendance(&self) -> Attendance {
        let checkpoints = checkpoints();
        attendance(&Ground { checkpoints: &checkpoints, ..Ground::default() }, counting(self.scans.values()))
    }
}

prop_compose! {
    fn any_handed()(
        device in 0_u128..4,
        sequence in 0_i64..100,
        // Few enough that devices make the same one now and then.
        id in 1_u128..60,
        goes_in in any::<bool>(),
        checkpoint in prop::option::of(0..CHECKPOINTS),
        minute in (-120_i64..1_000).prop_map(|minute| minute / 15 * 15),
    ) -> Handed {
        let direction = if goes_in { Direction::In } else { Direction::Out };
        Handed { device, sequence, id, direction, checkpoint, minute }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_order_repetition_and_division_of_any_scans_gives_the_same_attendance(
        (scans, arrived) in prop::collection::vec(any_handed(), 0..16)
            .prop_flat_map(|scans| (Just(scans.clone()), Just(scans).prop_shuffle())),
        repeated in prop::collection::vec(any::<Index>(), 0..8),
        cuts in prop::collection::vec(1_usize..6, 1..6),
    ) {
        let mut in_order = Server::default();
        in_order.take_in(&scans);
        let mut arrived = arrived;
        if !scans.is_empty() {
            arrived.extend(repeated.iter().map(|which| which.get(&scans).clone()));
        }
        let mut in_parts = Server::default();
        let mut cuts = cuts.iter().cycle();
        let mut rest = arrived.as_slice();
        while !rest.is_empty() {
            let (batch, after) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
            in_parts.take_in(batch);
            rest = after;
        }
        prop_assert_eq!(in_order.attendance(), in_parts.attendance());
        prop_assert_eq!(in_order.scans.len(), in_parts.scans.len());
    }

    #[test]
    fn whoever_came_in_anywhere_has_attended_and_nobody_longer_than_there_was_time(
        scans in prop::collection::vec(any_handed(), 0..16),
    ) {
        let mut server = Server::default();
        server.take_in(&scans);
        let folded = server.attendance();
        let came = server.scans.values().any(|scan| scan.direction == Direction::In);
        prop_assert_eq!(folded.has_attended, came);
        prop_assert!(!folded.is_inside || folded.has_attended);
        prop_assert!((0..=16 * 60).contains(&folded.minutes));
        prop_assert!((0..=4).contains(&folded.half_days));
    }
}
