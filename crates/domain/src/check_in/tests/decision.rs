//! The decision: what is refused where someone waits, and flagged where the door has decided.

use rstest::rstest;

use super::*;
use crate::{id::SessionId, problem::Problem};

fn said(direction: Direction, method: Method) -> Said {
    Said { place: Place::Event, direction, method, origin: Some(device(1)) }
}

fn facts<'a>(event: &'a Event, registration: Option<Enrolled>, before: &'a [CountedScan]) -> Facts<'a> {
    Facts {
        event,
        checkpoint: None,
        registration,
        walk_in: None,
        revocation: None,
        before,
        inside: None,
        clock: Clock { captured_at: at(60), sent_at: None, received_at: at(60), is_from_list: false },
        runs_backwards: false,
        id_is_taken: false,
        sequence_is_taken: false,
    }
}

/// How a scan is refused while someone waits, and flagged when nobody does.
fn both(said: Said, facts: &Facts<'_>) -> (Option<Problem>, Vec<ScanFlag>) {
    let refused = decide(said, facts, Presence::Online).err();
    (refused, decide(said, facts, Presence::Offline).expect("a fact is a fact").flags)
}

#[rstest]
#[case(EventStatus::Draft, Method::Qr, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Draft }), &[ScanFlag::OutsideWindow])]
#[case(EventStatus::Planned, Method::List, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Planned }), &[ScanFlag::OutsideWindow])]
#[case(EventStatus::Open, Method::Qr, None, &[])]
#[case(EventStatus::InProgress, Method::Manual, None, &[])]
#[case(EventStatus::Held, Method::List, None, &[])]
#[case(EventStatus::Held, Method::Qr, Some(CheckInRefusal::Over { status: EventStatus::Held }), &[])]
#[case(EventStatus::Closed, Method::List, Some(CheckInRefusal::Over { status: EventStatus::Closed }), &[ScanFlag::LateAfterLock])]
#[case(EventStatus::Cancelled, Method::Qr, Some(CheckInRefusal::Over { status: EventStatus::Cancelled }), &[ScanFlag::LateAfterLock])]
#[case(EventStatus::Postponed, Method::Qr, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Postponed }), &[ScanFlag::OutsideWindow])]
fn people_pass_while_the_event_is_open(
    #[case] status: EventStatus,
    #[case] method: Method,
    #[case] refusal: Option<CheckInRefusal>,
    #[case] flags: &[ScanFlag],
) {
    let (event, registration) = (event(status), registration());
    let decided = both(said(Direction::In, method), &facts(&event, Some(registration), &[]));
    assert_eq!(decided, (refusal.map(Problem::from), flags.to_vec()));
}

#[test]
fn a_second_check_in_is_refused_until_the_person_went_out() {
    let (event, registration) = (event(EventStatus::InProgress), registration());
    let pass = |direction, scans: &[Scan]| {
        let before = counting(scans);
        decide(said(direction, Method::Qr), &facts(&event, Some(registration), &before), Presence::Online)
            .map(drop)
    };
    let came = scan(10, Direction::In, 0);
    let went = scan(11, Direction::Out, 30);
    assert_eq!(pass(Direction::In, std::slice::from_ref(&came)), Err(CheckInRefusal::AlreadyIn.into()));
    assert_eq!(pass(Direction::In, &[came.clone(), went.clone()]), Ok(()));
    assert_eq!(pass(Direction::Out, &[came.clone(), went]), Err(CheckInRefusal::NotIn.into()));
    assert_eq!(pass(Direction::In, &[resolved(ResolutionKind::Undone, &came)]), Ok(()));
}

#[test]
fn what_two_devices_let_in_is_flagged_in_whichever_order_they_tell() {
    let (event, registration) = (event(EventStatus::InProgress), registration());
    let flags = |before: &[Scan]| {
        let before = counting(before);
        let facts = facts(&event, Some(registration), &before);
        decide(said(Direction::In, Method::Qr), &facts, Presence::Offline).unwrap().flags
    };
    let by = |number, minute| Scan { origin: Some(device(number)), ..scan(10, Direction::In, minute) };
    let went = scan(11, Direction::Out, 55);
    assert_eq!(flags(&[by(2, 50)]), [ScanFlag::DuplicateOtherDevice]);
    assert_eq!(flags(&[by(2, 70)]), [ScanFlag::DuplicateOtherDevice]);
    assert!(flags(&[by(1, 50)]).is_empty(), "one device that reads a badge twice");
    assert!(flags(&[by(2, 50), went]).is_empty(), "they had gone out");
}

#[test]
fn the_door_of_a_session_is_another_door() {
    let (event, registration) = (event(EventStatus::InProgress), registration());
    let came = counting(&[scan(10, Direction::In, 0)]);
    let session: SessionId = Uuid::from_u128(5).into();
    let elsewhere = Said { place: Place::Session(session), ..said(Direction::In, Method::Qr) };
    assert!(decide(elsewhere, &facts(&event, Some(registration), &came), Presence::Online).is_ok());
}

#[test]
fn each_thing_that_is_amiss_has_a_refusal_and_a_flag() {
    let (open, known) = (event(EventStatus::Open), registration());
    let cancelled = Enrolled { status: RegistrationStatus::Cancelled, ..known };
    let elsewhere = Enrolled { event: Uuid::from_u128(99).into(), ..known };
    let archived = Event { is_archived: true, ..open.clone() };
    let passing = said(Direction::In, Method::Qr);
    let fine = || facts(&open, Some(known), &[]);
    let late = Clock { captured_at: at(70), ..fine().clock };
    let revoked = |was_known| Facts { revocation: Some(Revocation { was_known }), ..fine() };
    for (facts, refusal, flag) in [
        (
            facts(&open, None, &[]),
            Some(CheckInRefusal::UnknownCredential.into()),
            Some(ScanFlag::UnknownCredential),
        ),
        (
            facts(&open, Some(elsewhere), &[]),
            Some(CheckInRefusal::WrongEvent.into()),
            Some(ScanFlag::WrongEvent),
        ),
        (
            facts(&open, Some(cancelled), &[]),
            Some(CheckInRefusal::Cancelled.into()),
            Some(ScanFlag::Cancelled),
        ),
        (facts(&archived, Some(known), &[]), Some(Problem::Archived), Some(ScanFlag::LateAfterLock)),
        (revoked(true), Some(CheckInRefusal::Revoked.into()), Some(ScanFlag::RevokedKnown)),
        (revoked(false), Some(CheckInRefusal::Revoked.into()), Some(ScanFlag::RevokedUnknown)),
        (
            Facts { id_is_taken: true, ..fine() },
            Some(CheckInRefusal::IdReused.into()),
            Some(ScanFlag::IdReused),
        ),
        (
            Facts { sequence_is_taken: true, ..fine() },
            Some(CheckInRefusal::SequenceReused.into()),
            Some(ScanFlag::SequenceReused),
        ),
        (Facts { runs_backwards: true, ..fine() }, None, Some(ScanFlag::ClockSuspect)),
        (fine(), None, None),
    ] {
        assert_eq!(both(passing, &facts), (refusal, flag.into_iter().collect()));
    }
    let (refused, flags) = both(passing, &Facts { clock: late, ..fine() });
    assert!(matches!(refused, Some(Problem::Invalid(_))));
    assert_eq!(flags, [ScanFlag::ClockSuspect]);
}

#[test]
fn a_checkpoint_opens_closes_and_fills() {
    let (event, registration) = (event(EventStatus::Open), registration());
    let limited = CheckpointRules { capacity: Some(2), ..day(0).rules };
    let checkpoint = checkpoint(10, CheckpointKind::Door, limited);
    let door = Place::Checkpoint(checkpoint.id);
    let pass = |direction, minute, inside| {
        let clock =
            Clock { captured_at: at(minute), sent_at: None, received_at: at(minute), is_from_list: false };
        let facts = Facts {
            checkpoint: Some(&checkpoint),
            inside: Some(inside),
            clock,
            ..facts(&event, Some(registration), &[])
        };
        both(Said { place: door, ..said(direction, Method::Qr) }, &facts)
    };
    let opens_at = limited.doors.from.unwrap();
    assert_eq!(pass(Direction::In, 0, 1), (None, Vec::new()));
    assert_eq!(
        pass(Direction::In, -600, 0),
        (Some(CheckInRefusal::CheckpointNotYetOpen { opens_at }.into()), vec![ScanFlag::OutsideWindow])
    );
    assert_eq!(
        pass(Direction::In, 901, 0),
        (Some(CheckInRefusal::CheckpointClosed.into()), vec![ScanFlag::OutsideWindow])
    );
    assert_eq!(
        pass(Direction::In, 0, 2),
        (Some(CheckInRefusal::CheckpointFull { capacity: 2 }.into()), vec![ScanFlag::CapacityExceeded])
    );
}

#[test]
fn a_door_opens_by_the_clock_of_the_server_for_whoever_waits_but_for_a_list() {
    let (event, registration) = (event(EventStatus::Open), registration());
    let checkpoint = checkpoint(10, CheckpointKind::Door, day(0).rules);
    let pass = |is_from_list| {
        // Said of a time when the door was open, while it is closed.
        let clock = Clock { captured_at: at(60), sent_at: None, received_at: at(1_000), is_from_list };
        let facts = Facts { checkpoint: Some(&checkpoint), clock, ..facts(&event, Some(registration), &[]) };
        let said = Said { place: Place::Checkpoint(checkpoint.id), ..said(Direction::In, Method::Manual) };
        both(said, &facts)
    };
    assert_eq!(pass(false), (Some(CheckInRefusal::CheckpointClosed.into()), Vec::new()));
    assert_eq!(pass(true), (None, Vec::new()));
}

#[test]
fn a_check_in_is_undone_once_and_not_after_the_figures_are_final() {
    let one = scan(10, Direction::In, 0);
    let undone = one.undone(&event(EventStatus::Held), decided()).unwrap();
    assert_eq!(attendance(&Ground::default(), counting([&undone])), Attendance::default());
    let again = undone.undone(&event(EventStatus::Held), decided());
    assert_eq!(again, Err(CheckInRefusal::AlreadyUndone.into()));
    let late = one.undone(&event(EventStatus::Closed), decided());
    assert_eq!(late, Err(CheckInRefusal::Over { status: EventStatus::Closed }.into()));
}

#[test]
fn what_is_parked_counts_once_a_person_says_so() {
    let flagged = |flag| Scan { flags: vec![flag], ..scan(10, Direction::In, 0) };
    for flag in ScanFlag::ALL.iter().copied() {
        let scan = flagged(flag);
        assert_eq!(scan.counts(), !flag.parks(), "{flag}");
        assert!(!resolved(ResolutionKind::Rejected, &scan).counts(), "{flag}");
        let accepted = resolved(ResolutionKind::Accepted, &scan);
        assert_eq!(accepted.counts(), flag != ScanFlag::WrongEvent, "{flag}");
    }
    let other: RegistrationId = Uuid::from_u128(77).into();
    let mut attached = resolved(ResolutionKind::Attached, &flagged(ScanFlag::WrongEvent));
    attached.resolution.as_mut().unwrap().registration = Some(other);
    assert_eq!(attached.counts_for(), Some(other));
}
