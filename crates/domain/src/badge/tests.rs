//! The rules of badges; the published vectors are read in `vectors.rs`.

use chrono::TimeZone;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::imprecise_date::ImpreciseDate;

pub(super) fn secret(fill: u8) -> BadgeSecret {
    BadgeSecret::from_seed(&[fill; 32])
}

pub(super) fn event(n: u128) -> EventId {
    Uuid::from_u128(n).into()
}

fn at(day: &str) -> DateTime<Utc> {
    let day: NaiveDate = day.parse().unwrap();
    Utc.from_utc_datetime(&day.and_hms_opt(12, 0, 0).unwrap())
}

fn day(day: &str) -> Day {
    Day::nearest(day.parse().unwrap())
}

fn badge() -> Badge {
    Badge {
        event: event(7).into(),
        registration: Uuid::from_u128(8).into(),
        category: RegistrationRole::Delegate.into(),
        serial: 3,
        validity: Validity { from: day("2026-12-01"), until: day("2026-12-31") },
    }
}

fn dates(text: &str) -> EventDates {
    let date: ImpreciseDate = serde_json::from_value(text.into()).unwrap();
    EventDates::stated(date)
}

#[test]
fn a_badge_is_read_as_it_was_issued() {
    let secret = secret(1);
    let credential = secret.issue(&badge());
    assert_eq!(credential.as_str().len(), TEXT_LENGTH);
    assert_eq!(verify(credential.as_str(), &[secret.key()], event(7), at("2026-12-10")), Ok(badge()));
}

#[test]
fn a_badge_is_issued_alike_each_time() {
    assert_eq!(secret(1).issue(&badge()), secret(1).issue(&badge()));
}

#[test]
fn both_its_days_belong_to_a_badges_validity() {
    let text = secret(1).issue(&badge());
    let on = |day| verify(text.as_str(), &[secret(1).key()], event(7), at(day));
    assert_eq!(on("2026-11-30"), Err(BadgeRefusal::NotYetValid(badge())));
    assert_eq!(on("2026-12-01"), Ok(badge()));
    assert_eq!(on("2026-12-31"), Ok(badge()));
    assert_eq!(on("2027-01-01"), Err(BadgeRefusal::Expired(badge())));
}

#[test]
fn a_badge_of_another_event_is_genuine_and_refused() {
    let text = secret(1).issue(&badge());
    let refusal = verify(text.as_str(), &[secret(1).key()], event(9), at("2026-12-10")).unwrap_err();
    assert_eq!(refusal, BadgeRefusal::WrongEvent(badge()));
    assert_eq!(refusal.genuine(), Some(badge()));
}

#[test]
fn a_key_that_only_shares_the_name_has_not_signed() {
    let text = secret(1).issue(&badge());
    let other = secret(2).key();
    assert_eq!(verify(text.as_str(), &[other], event(7), at("2026-12-10")), Err(BadgeRefusal::UnknownKey));
    // The bytes name the key of someone else, under which the signature does not hold.
    let content = bytes::content(other.id(), &badge());
    let forged = Credential::of(&content, &[7; 64]);
    let refused = verify(forged.as_str(), &[other], event(7), at("2026-12-10"));
    assert_eq!(refused, Err(BadgeRefusal::BadSignature));
}

#[test]
fn what_is_no_badge_is_told_from_a_damaged_one() {
    let refused = |text: &str| verify(text, &[secret(1).key()], event(7), at("2026-12-10")).unwrap_err();
    assert_eq!(refused("https://example.org/a"), BadgeRefusal::NotABadge);
    assert_eq!(refused(""), BadgeRefusal::NotABadge);
    assert_eq!(refused("HMB:"), BadgeRefusal::Malformed);
    assert_eq!(refused(&format!("HMB:{}", "é".repeat(75))), BadgeRefusal::Malformed);
    assert_eq!(refused(&format!("HMB:{}", ":".repeat(150))), BadgeRefusal::Malformed);
    assert_eq!(refused(&format!("HMB:{}", "0".repeat(10_000_000))), BadgeRefusal::Malformed);
    assert_eq!(refused(&format!("HMB:{}", "0".repeat(150))), BadgeRefusal::UnknownVersion);
    let text = secret(1).issue(&badge());
    assert_eq!(refused(&text.as_str().to_lowercase()), BadgeRefusal::NotABadge);
    assert_eq!(refused(&format!("{}\n", text.as_str())), BadgeRefusal::Malformed);
}

#[test]
fn every_role_has_a_code_of_its_own() {
    for role in RegistrationRole::ALL {
        assert_eq!(CategoryCode::from(*role).role(), Some(*role));
    }
    assert_eq!(CategoryCode(0).role(), None);
}

#[test]
fn a_badge_is_good_from_its_registration_until_a_month_after_the_event() {
    let validity = Validity::of(at("2026-11-22"), &dates("2026-12-10/2026-12-12"));
    assert_eq!(validity, Validity { from: day("2026-11-21"), until: day("2027-01-11") });
}

#[test]
fn a_badge_of_an_event_whose_end_says_nothing_is_good_for_a_year() {
    let a_year = Validity { from: day("2026-11-21"), until: day("2027-11-23") };
    assert_eq!(Validity::of(at("2026-11-22"), &dates("2026-12-10/..")), a_year);
    assert_eq!(Validity::of(at("2026-11-22"), &dates("2019-05")), a_year);
}

#[test]
fn days_beyond_those_a_badge_can_name_become_the_nearest() {
    assert_eq!(day("1969-12-31").date().to_string(), "1970-01-01");
    assert_eq!(day("2999-01-01").date().to_string(), "2149-06-06");
}

#[test]
fn a_key_that_would_prove_nothing_is_not_accepted() {
    assert_eq!(BadgeKey::parse(&[0; 31]), Err(MalformedKey));
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(BadgeKey::parse(&neutral), Err(MalformedKey));
    assert_eq!(BadgeKey::parse(secret(1).key().bytes()), Ok(secret(1).key()));
}

#[test]
fn neither_a_secret_nor_a_credential_shows_itself() {
    assert_eq!(format!("{:?}", secret(1)), format!("BadgeSecret({})", secret(1).key().id()));
    assert_eq!(format!("{:?}", secret(1).issue(&badge())), "Credential(..)");
}

prop_compose! {
    fn any_badge()(
        registration: u128, event_number: u128, category: u8, serial: u16, from: u16, until: u16,
    ) -> Badge {
        Badge {
            event: event(event_number).into(),
            registration: Uuid::from_u128(registration).into(),
            category: CategoryCode(category),
            serial,
            validity: Validity { from: Day(from), until: Day(until) },
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_badge_says_is_read_as_it_was_written(badge in any_badge()) {
        let read = bytes::read(secret(1).issue(&badge).as_str()).unwrap();
        prop_assert_eq!(read.badge, badge);
        prop_assert_eq!(read.key, secret(1).key().id());
    }

    #[test]
    fn a_badge_with_any_bit_altered_is_refused(badge in any_badge(), bit in 0..TEXT_LENGTH * 8) {
        let mut text = secret(1).issue(&badge).as_str().as_bytes().to_vec();
        text[bit / 8] ^= 1 << (bit % 8);
        if let Ok(text) = String::from_utf8(text) {
            let refusal = verify(&text, &[secret(1).key()], event(7), at("2026-12-10")).unwrap_err();
            prop_assert_eq!(refusal.genuine(), None);
        }
    }
}
