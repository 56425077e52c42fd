//! The rules of registrations, without a database.

use uuid::Uuid;

use super::*;

fn registration(role: RegistrationRole, membership: Option<Membership>) -> Registration {
    let details = RegistrationDetails { membership, ..RegistrationDetails::in_role(role) };
    Registration {
        id: Uuid::from_u128(1).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        event: Uuid::from_u128(2).into(),
        participant: Uuid::from_u128(3).into(),
        details: details.checked().unwrap(),
        status: RegistrationStatus::Registered,
        status_reason: None,
        merged_into: None,
    }
}

fn reason() -> Passage {
    Passage::parse("reason", "Fell ill.").unwrap()
}

#[test]
fn a_head_of_delegation_belongs_to_one_and_leads_it() {
    let lonely = RegistrationDetails::in_role(RegistrationRole::HeadOfDelegation);
    assert_eq!(lonely.clone().checked().unwrap_err().path, ["delegationId"]);
    let member = Membership { delegation: Uuid::from_u128(4).into(), is_head: false };
    let head = RegistrationDetails { membership: Some(member), ..lonely }.checked().unwrap();
    assert!(head.membership.unwrap().is_head);
}

#[test]
fn who_gives_up_the_role_of_head_gives_up_leading() {
    let head = Membership { delegation: Uuid::from_u128(4).into(), is_head: true };
    let registration = registration(RegistrationRole::HeadOfDelegation, Some(head));
    let change =
        RegistrationChange { role: Some(RegistrationRole::Delegate), ..RegistrationChange::default() };
    let next = registration.changed(change).unwrap();
    assert_eq!(next.details.membership, Some(Membership { is_head: false, ..head }));
    assert_eq!(next.version, 2);
}

#[test]
fn who_moves_to_another_delegation_does_not_lead_it() {
    let head = Membership { delegation: Uuid::from_u128(4).into(), is_head: true };
    let registration = registration(RegistrationRole::Speaker, Some(head));
    let moved = |is_delegation_head| {
        let delegation = Some(Some(Uuid::from_u128(5).into()));
        let change = RegistrationChange { delegation, is_delegation_head, ..RegistrationChange::default() };
        registration.changed(change).unwrap().details.membership.unwrap().is_head
    };
    assert!(!moved(None));
    assert!(moved(Some(true)));
    let kept = registration.changed(RegistrationChange::default()).unwrap();
    assert_eq!(kept.details.membership, Some(head));
    let left = RegistrationChange { delegation: Some(None), ..RegistrationChange::default() };
    assert_eq!(registration.changed(left).unwrap().details.membership, None);
    let lonely = RegistrationChange {
        delegation: Some(None),
        is_delegation_head: Some(true),
        ..RegistrationChange::default()
    };
    assert!(registration.changed(lonely).is_err());
}

#[test]
fn a_registration_is_cancelled_once_and_then_left_alone() {
    let registration = registration(RegistrationRole::Participant, None);
    let cancelled = registration.cancelled(reason(), false).unwrap();
    assert_eq!(cancelled.status_reason, Some(reason()));
    assert_eq!(cancelled.cancelled(reason(), false), Err(RegistrationRefusal::Cancelled));
    let change = RegistrationChange::default();
    assert_eq!(cancelled.changed(change), Err(RegistrationRefusal::Cancelled.into()));
}

#[test]
fn who_has_attended_is_not_taken_off_the_list() {
    let registration = registration(RegistrationRole::Participant, None);
    assert_eq!(registration.cancelled(reason(), true), Err(RegistrationRefusal::HasAttended));
}

#[test]
fn seats_are_taken_by_those_who_sit_in_the_room() {
    let full = Err(RegistrationRefusal::EventFull { capacity: 30 });
    assert_eq!(check_capacity(Some(30), RegistrationRole::Participant, 29), Ok(()));
    assert_eq!(check_capacity(Some(30), RegistrationRole::Participant, 30), full);
    assert_eq!(check_capacity(Some(30), RegistrationRole::Speaker, 30), Ok(()));
    assert_eq!(check_capacity(None, RegistrationRole::Participant, 1_000_000), Ok(()));
}
