//! The rules of check-in, without a database; and the fold, in any order.

use chrono::NaiveDate;
use proptest::prelude::*;
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::{
    access::Whereabouts,
    event::{EventKind, Particulars},
    imprecise_date::{EventDates, ImpreciseDate},
    language::Language,
    name::{Name, NameKind, Names},
    registration::{RegistrationDetails, RegistrationRole},
    text::Line,
};

fn event(status: EventStatus) -> Event {
    let name = Name {
        text: Line::parse("text", "Conference").unwrap(),
        language: Language::parse("language", "en").unwrap(),
        kind: NameKind::Official,
        valid_from: None,
        valid_until: None,
    };
    Event {
        id: Uuid::from_u128(1).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        kind: EventKind::Conference,
        format: None,
        status,
        status_reason: None,
        names: Names::parse(vec![name]).unwrap(),
        dates: EventDates::stated(ImpreciseDate::day(at(0).date_naive()).unwrap()),
        timetable: None,
        program: None,
        stage: None,
        cascade_level: None,
        parent: None,
        host: None,
        partners: Vec::new(),
        territory: None,
        country: None,
        venue: None,
        capacity: None,
        languages: Vec::new(),
        target_groups: Vec::new(),
        topics: None,
        particulars: Particulars::default(),
        is_archived: false,
        whereabouts: Whereabouts::default(),
    }
}

fn registration() -> Registration {
    Registration {
        id: Uuid::from_u128(2).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        event: Uuid::from_u128(1).into(),
        participant: Uuid::from_u128(3).into(),
        details: RegistrationDetails::in_role(RegistrationRole::Delegate),
        status: RegistrationStatus::Registered,
        status_reason: None,
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    let morning = NaiveDate::from_ymd_opt(2026, 1, 21).unwrap().and_hms_opt(9, 0, 0).unwrap().and_utc();
    morning + TimeDelta::minutes(minute)
}

fn new_scan(id: u128, direction: Direction, method: Method) -> NewScan {
    NewScan {
        id: Uuid::from_u128(id).into(),
        event: Some(Uuid::from_u128(1).into()),
        session: None,
        registration: Uuid::from_u128(2).into(),
        direction,
        method,
        captured_at: None,
    }
}

fn scan(id: u128, session: Option<u128>, direction: Direction, minute: i64) -> Scan {
    Scan {
        id: Uuid::from_u128(id).into(),
        event: Uuid::from_u128(1).into(),
        session: session.map(|id| Uuid::from_u128(id).into()),
        registration: Uuid::from_u128(2).into(),
        direction,
        method: Method::Qr,
        captured_at: at(minute),
        received_at: at(minute),
        operator: None,
        voided: None,
    }
}

fn voided(scan: &Scan) -> Scan {
    let reason = Passage::parse("reason", "Wrong badge.").unwrap();
    Scan { voided: Some(Voided { at: at(600), reason }), ..scan.clone() }
}

#[rstest]
#[case(EventStatus::Draft, Method::Qr, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Draft }))]
#[case(EventStatus::Planned, Method::List, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Planned }))]
#[case(EventStatus::Open, Method::Qr, None)]
#[case(EventStatus::InProgress, Method::Manual, None)]
#[case(EventStatus::Held, Method::List, None)]
#[case(EventStatus::Held, Method::Qr, Some(CheckInRefusal::Over { status: EventStatus::Held }))]
#[case(EventStatus::Closed, Method::List, Some(CheckInRefusal::Over { status: EventStatus::Closed }))]
#[case(EventStatus::Cancelled, Method::Qr, Some(CheckInRefusal::Over { status: EventStatus::Cancelled }))]
#[case(EventStatus::Postponed, Method::Qr, Some(CheckInRefusal::NotYetOpen { status: EventStatus::Postponed }))]
fn people_pass_while_the_event_is_open(
    #[case] status: EventStatus,
    #[case] method: Method,
    #[case] refusal: Option<CheckInRefusal>,
) {
    let new = new_scan(10, Direction::In, method);
    let decided = new.admitted(&event(status), &registration(), &[], None, at(0));
    assert_eq!(decided.err(), refusal.map(Problem::from));
}

#[test]
fn a_second_check_in_is_refused_until_the_person_went_out() {
    let (event, registration) = (event(EventStatus::InProgress), registration());
    let pass = |direction, scans: &[Scan]| {
        new_scan(20, direction, Method::Qr).admitted(&event, &registration, scans, None, at(60)).map(drop)
    };
    let came = scan(10, None, Direction::In, 0);
    let went = scan(11, None, Direction::Out, 30);
    assert_eq!(pass(Direction::In, std::slice::from_ref(&came)), Err(CheckInRefusal::AlreadyIn.into()));
    assert_eq!(pass(Direction::In, &[came.clone(), went.clone()]), Ok(()));
    assert_eq!(pass(Direction::Out, &[came.clone(), went]), Err(CheckInRefusal::NotIn.into()));
    assert_eq!(pass(Direction::In, &[voided(&came)]), Ok(()));
}

#[test]
fn the_door_of_a_session_is_another_door() {
    let (event, registration) = (event(EventStatus::InProgress), registration());
    let came = [scan(10, None, Direction::In, 0)];
    let session =
        NewScan { session: Some(Uuid::from_u128(5).into()), ..new_scan(20, Direction::In, Method::Qr) };
    assert!(session.admitted(&event, &registration, &came, None, at(60)).is_ok());
}

#[test]
fn a_cancelled_registration_and_one_of_another_event_do_not_pass() {
    let event = event(EventStatus::Open);
    let pass = |registration: &Registration| {
        new_scan(10, Direction::In, Method::Qr).admitted(&event, registration, &[], None, at(0)).unwrap_err()
    };
    let cancelled = Registration { status: RegistrationStatus::Cancelled, ..registration() };
    assert_eq!(pass(&cancelled), CheckInRefusal::Cancelled.into());
    let elsewhere = Registration { event: Uuid::from_u128(99).into(), ..registration() };
    assert_eq!(pass(&elsewhere), CheckInRefusal::WrongEvent.into());
    let unnamed = NewScan { event: None, ..new_scan(10, Direction::In, Method::Qr) };
    assert!(unnamed.admitted(&event, &registration(), &[], None, at(0)).is_ok());
}

#[test]
fn a_time_in_the_future_is_refused_beyond_the_tolerance() {
    let (event, registration) = (event(EventStatus::Open), registration());
    let pass = |minute| {
        let new = NewScan { captured_at: Some(at(minute)), ..new_scan(10, Direction::In, Method::Qr) };
        new.admitted(&event, &registration, &[], None, at(0)).is_ok()
    };
    assert!(pass(-600) && pass(5));
    assert!(!pass(6));
}

#[test]
fn a_repetition_is_known_and_another_content_under_the_same_id_is_refused() {
    let stored = scan(10, None, Direction::In, 0);
    let repeated = new_scan(10, Direction::In, Method::Qr);
    assert_eq!(stored.check_repeated(&repeated), Ok(()));
    let exact = NewScan { captured_at: Some(at(0)), ..repeated.clone() };
    assert_eq!(stored.check_repeated(&exact), Ok(()));
    for other in [
        NewScan { captured_at: Some(at(1)), ..repeated.clone() },
        NewScan { direction: Direction::Out, ..repeated.clone() },
        NewScan { registration: Uuid::from_u128(77).into(), ..repeated },
    ] {
        assert_eq!(stored.check_repeated(&other), Err(CheckInRefusal::IdReused));
    }
}

#[test]
fn a_check_in_is_undone_once_and_not_after_the_figures_are_final() {
    let reason = || Passage::parse("reason", "Wrong badge.").unwrap();
    let one = scan(10, None, Direction::In, 0);
    let undone = one.undone(&event(EventStatus::Held), reason(), at(9)).unwrap();
    assert_eq!(attendance([&undone]), Attendance::default());
    let again = undone.undone(&event(EventStatus::Held), reason(), at(9));
    assert_eq!(again, Err(CheckInRefusal::AlreadyUndone.into()));
    let late = one.undone(&event(EventStatus::Closed), reason(), at(9));
    assert_eq!(late, Err(CheckInRefusal::Over { status: EventStatus::Closed }.into()));
}

#[test]
fn leaving_a_session_is_not_leaving_the_event() {
    let door = scan(10, None, Direction::In, 0);
    let session = [scan(11, Some(5), Direction::In, 10), scan(12, Some(5), Direction::Out, 50)];
    let both = attendance([&door, &session[0], &session[1]]);
    assert!(both.is_inside);
    assert_eq!((both.first_in_at, both.last_out_at), (Some(at(0)), None));
    let session_only = attendance(&session);
    assert!(session_only.has_attended && !session_only.is_inside);
    assert_eq!(session_only.last_out_at, Some(at(50)));
}

prop_compose! {
    fn any_scan()(
        id in 0_u128..1_000_000,
        session in prop::option::of(1_u128..3),
        goes_in in any::<bool>(),
        minute in 0_i64..6,
        is_void in any::<bool>(),
    ) -> Scan {
        let scan = scan(id, session, if goes_in { Direction::In } else { Direction::Out }, minute);
        if is_void { voided(&scan) } else { scan }
    }
}

proptest! {
    #[test]
    fn attendance_does_not_depend_on_order_or_repetition(
        (scans, shuffled) in prop::collection::vec(any_scan(), 0..12)
            .prop_flat_map(|scans| (Just(scans.clone()), Just(scans).prop_shuffle())),
        repeated in 0_usize..12,
    ) {
        // One id is one scan: what comes twice is the same fact.
        let distinct = |scans: &[Scan]| -> Vec<Scan> {
            let mut by_id = std::collections::BTreeMap::new();
            for scan in scans { by_id.insert(scan.id, scan.clone()); }
            by_id.into_values().collect()
        };
        let facts = distinct(&scans);
        let mut arrived: Vec<Scan> =
            shuffled.iter().filter(|scan| facts.contains(scan)).cloned().collect();
        arrived.extend(facts.iter().take(repeated).cloned());
        prop_assert_eq!(attendance(&facts), attendance(&arrived));
    }

    #[test]
    fn whoever_came_in_anywhere_has_attended(scans in prop::collection::vec(any_scan(), 0..12)) {
        let came = scans.iter().any(|scan| scan.voided.is_none() && scan.direction == Direction::In);
        let attendance = attendance(&scans);
        prop_assert_eq!(attendance.has_attended, came);
        prop_assert!(!attendance.is_inside || attendance.has_attended);
    }
}
