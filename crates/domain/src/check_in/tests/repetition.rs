//! Repetitions: the same scan again, and another one under the same identifier.

use super::*;
use crate::{
    access::Actor,
    device::{Duty, EnrolmentId},
    id::AccountId,
};

const BADGE: &str = "HMB:A";

/// A scan of somebody's badge, as it is kept.
fn kept() -> Scan {
    Scan { credential: Some(BADGE.to_owned()), ..scan(10, Direction::In, 0) }
}

/// The same as it is handed in.
fn handed() -> NewScan {
    NewScan {
        id: kept().id,
        event: None,
        checkpoint: None,
        session: None,
        registration: None,
        walk_in: None,
        credential: Some(BADGE.to_owned()),
        direction: Direction::In,
        method: Method::Qr,
        captured_at: None,
        sequence: None,
        manifest: None,
        local_verdict: None,
        operator_name: None,
    }
}

fn other() -> RegistrationId {
    Uuid::from_u128(77).into()
}

fn repeats(kept: &Scan, new: &NewScan, known: Option<RegistrationId>) -> bool {
    let checked = kept.check_repeated(new, known);
    assert!(matches!(checked, Ok(()) | Err(CheckInRefusal::IdReused)));
    checked.is_ok()
}

#[test]
fn a_repetition_is_known_and_another_content_under_the_same_id_is_not_one() {
    let (kept, same) = (kept(), handed());
    assert!(repeats(&kept, &same, None));
    for same in [
        NewScan { captured_at: Some(at(0)), ..same.clone() },
        NewScan { event: Some(kept.event), ..same.clone() },
    ] {
        assert!(repeats(&kept, &same, None));
    }
    for other in [
        NewScan { captured_at: Some(at(1)), ..same.clone() },
        NewScan { event: Some(Uuid::from_u128(9).into()), ..same.clone() },
        NewScan { direction: Direction::Out, ..same.clone() },
        NewScan { method: Method::Manual, ..same.clone() },
        NewScan { sequence: Some(1), ..same.clone() },
        NewScan { checkpoint: Some(Uuid::from_u128(9).into()), ..same.clone() },
        NewScan { walk_in: Some(Uuid::from_u128(9).into()), ..same.clone() },
        NewScan { credential: Some("HMB:B".to_owned()), ..same.clone() },
        NewScan { credential: None, registration: Some(other()), ..same },
    ] {
        assert!(!repeats(&kept, &other, other.registration), "{other:?}");
    }
}

#[test]
fn what_a_code_stands_for_by_now_does_not_matter() {
    // The key was retired: nobody is known by the badge any more, and it is the same badge all the same.
    assert!(repeats(&kept(), &handed(), None));
    let unknown = Scan { registration: None, ..kept() };
    assert!(repeats(&unknown, &handed(), None));
    assert!(!repeats(&unknown, &NewScan { credential: Some("HMB:B".to_owned()), ..handed() }, None));
}

#[test]
fn who_is_named_is_compared_with_whom_the_name_stands_for() {
    let by_name = Scan { credential: None, ..kept() };
    let naming = |registration| NewScan { credential: None, registration: Some(registration), ..handed() };
    assert!(repeats(&by_name, &naming(somebody()), Some(somebody())));
    assert!(!repeats(&by_name, &naming(other()), Some(other())));
    // Merged after the scan, and before it.
    assert!(repeats(&by_name, &naming(somebody()), Some(other())));
    assert!(repeats(&by_name, &naming(other()), Some(somebody())));
    // Of whom nobody knows the name is kept.
    let unknown = Scan { registration: None, credential: Some(other().to_string()), ..kept() };
    assert!(repeats(&unknown, &naming(other()), None));
    assert!(!repeats(&unknown, &naming(somebody()), None));
    assert!(!repeats(&unknown, &naming(somebody()), Some(somebody())));
    assert_eq!(naming(other()).kept_credential(None), unknown.credential);
    assert_eq!(naming(other()).kept_credential(Some(other())), None);
}

#[test]
fn a_code_and_a_name_are_both_compared() {
    let naming = NewScan { registration: Some(somebody()), ..handed() };
    assert!(repeats(&kept(), &naming, Some(somebody())));
    assert!(!repeats(&kept(), &NewScan { registration: Some(other()), ..naming.clone() }, Some(other())));
    assert!(!repeats(&Scan { registration: None, ..kept() }, &naming, Some(somebody())));
}

#[test]
fn a_walk_in_that_came_in_between_changes_nothing() {
    let guest = Some(Uuid::from_u128(9).into());
    let before = Scan { walk_in: guest, registration: None, credential: None, ..kept() };
    let new = NewScan { walk_in: guest, credential: None, ..handed() };
    assert!(repeats(&before, &new, Some(somebody())));
    assert!(repeats(&Scan { registration: Some(somebody()), ..before }, &new, None));
}

#[test]
fn what_was_blanked_with_its_person_repeats_any_code() {
    let blanked = Scan { credential: Some(String::new()), ..kept() };
    assert!(repeats(&blanked, &handed(), None));
    assert!(!repeats(&blanked, &NewScan { direction: Direction::Out, ..handed() }, None));
}

#[test]
fn remarks_of_the_device_make_no_other_scan() {
    let remarked = NewScan {
        manifest: Some("cursor".to_owned()),
        local_verdict: Some("VALID".to_owned()),
        operator_name: Some("Anna at the north door".to_owned()),
        ..handed()
    };
    assert!(repeats(&kept(), &remarked, None));
}

#[test]
fn who_handed_a_scan_in_is_one_enrolment_or_one_account() {
    let phone = |number: u128, enrolment: u128| Actor::Device {
        id: Uuid::from_u128(number).into(),
        enrolment: EnrolmentId(Uuid::from_u128(enrolment)),
        events: Vec::new(),
        checkpoints: Vec::new(),
        duty: Duty::Over,
    };
    let account = |number: u128| Actor::Account {
        id: Uuid::from_u128(number).into(),
        grants: Vec::new(),
        person: None,
        glass: Vec::new(),
    };
    let of_phone = Scan { origin: Some(device(1)), ..kept() };
    assert!(of_phone.was_handed_in_by(&phone(1, 1_001)));
    for someone_else in [phone(1, 1_002), phone(2, 1_001), account(1), Actor::System { reason: "test" }] {
        assert!(!of_phone.was_handed_in_by(&someone_else), "{someone_else:?}");
    }
    let of_account = Scan { operator: Some(AccountId::from(Uuid::from_u128(1))), ..kept() };
    assert!(of_account.was_handed_in_by(&account(1)));
    for someone_else in [phone(1, 1_001), account(2), Actor::Anonymous, Actor::System { reason: "test" }] {
        assert!(!of_account.was_handed_in_by(&someone_else), "{someone_else:?}");
    }
}
