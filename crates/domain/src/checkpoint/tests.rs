//! The rules of checkpoints, without a database.

use chrono::TimeZone;
use chrono_tz::Tz;
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::{
    event::{Event, EventRefusal, EventStatus, Timetable, sample},
    imprecise_date::{EventDates, EventDatesDraft},
    problem::{Fault, Invalid, Problem},
};

fn event(dates: &str, timetable: Option<Timetable>) -> Event {
    let draft = EventDatesDraft { date: dates.to_owned(), ..EventDatesDraft::default() };
    Event { dates: EventDates::parse("dates", draft).unwrap(), timetable, ..sample::event() }
}

fn timetable(zone: Tz, from: &str, until: &str) -> Timetable {
    let at = |text: &str| {
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        zone.from_local_datetime(&local).unwrap().with_timezone(&Utc)
    };
    Timetable { starts_at: at(from), ends_at: at(until), zone }
}

/// The days with their doors and hours, in the zone of the event.
fn days(event: &Event) -> Vec<String> {
    let zone = event.timetable.map_or(Tz::UTC, |timetable| timetable.zone);
    let text = |at: Option<DateTime<Utc>>| {
        at.map_or_else(|| "…".to_owned(), |at| at.with_timezone(&zone).format("%d %H:%M").to_string())
    };
    let window = |window: Window| format!("{}–{}", text(window.from), text(window.until));
    let day =
        |day: &DefaultDay| format!("{}: {} ({})", day.day, window(day.rules.hours), window(day.rules.doors));
    default_days(event).iter().map(day).collect()
}

fn checkpoint(kind: CheckpointKind) -> Checkpoint {
    Checkpoint {
        id: Uuid::from_u128(2).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        event: Uuid::from_u128(1).into(),
        kind,
        name: LocalizedText::parse("name", [("en", "Main door")]).ok(),
        day: (kind == CheckpointKind::Day).then(|| "2026-03-02".parse().unwrap()),
        session: (kind == CheckpointKind::Session).then(|| Uuid::from_u128(3).into()),
        rules: CheckpointRules::default(),
        is_default: true,
        is_removed: false,
    }
}

#[test]
fn a_timetable_gives_each_day_its_hours_and_doors_in_the_zone_of_the_event() {
    let zone = Tz::Asia__Tashkent;
    let course =
        event("2026-03-02/2026-03-04", Some(timetable(zone, "2026-03-02 09:00", "2026-03-04 17:30")));
    assert_eq!(
        days(&course),
        [
            "2026-03-02: 02 09:00–02 17:30 (02 00:00–03 00:00)",
            "2026-03-03: 03 09:00–03 17:30 (03 00:00–04 00:00)",
            "2026-03-04: 04 09:00–04 17:30 (04 00:00–05 00:00)",
        ]
    );
}

#[test]
fn what_lasts_through_the_night_counts_all_of_it() {
    let zone = Tz::Asia__Almaty;
    let count = event("2026-03-02/2026-03-03", Some(timetable(zone, "2026-03-02 20:00", "2026-03-03 06:00")));
    assert_eq!(
        days(&count),
        [
            "2026-03-02: 02 20:00–03 00:00 (02 00:00–03 00:00)",
            "2026-03-03: 03 00:00–03 06:00 (03 00:00–04 00:00)"
        ]
    );
    let until_midnight =
        event("2026-03-02/2026-03-03", Some(timetable(zone, "2026-03-02 20:00", "2026-03-03 00:00")));
    assert_eq!(days(&until_midnight), ["2026-03-02: 02 20:00–03 00:00 (02 00:00–03 00:00)"]);
}

#[test]
fn a_day_on_which_clocks_change_is_as_long_as_it_is() {
    let zone = Tz::Europe__Berlin;
    let spring = event("2026-03-29", Some(timetable(zone, "2026-03-29 09:00", "2026-03-29 17:00")));
    let doors = default_days(&spring)[0].rules.doors;
    assert_eq!(doors.until.unwrap() - doors.from.unwrap(), chrono::TimeDelta::hours(23));
}

#[rstest]
#[case("2026-03-02", 1)]
#[case("2026-03-02/2026-03-06", 5)]
#[case("2026-03", 0)]
#[case("[2026-03-02..2026-03-06]", 0)]
#[case("/2026-03-06", 0)]
#[case("2026-01-01/2026-12-31", 0)]
fn dates_that_are_known_to_the_day_give_days_that_close_nothing(
    #[case] dates: &str,
    #[case] expected: usize,
) {
    let days = default_days(&event(dates, None));
    assert_eq!(days.len(), expected);
    assert!(days.iter().all(|day| day.rules == CheckpointRules::default()));
}

#[test]
fn a_manager_changes_the_rules_and_the_timetable_no_longer_does() {
    let event = event("2026-03-02", None);
    let change = CheckpointChange {
        capacity: Some(Some(40)),
        scans_exits: Some(false),
        ..CheckpointChange::default()
    };
    let changed = checkpoint(CheckpointKind::Day).changed(&event, change).unwrap();
    assert_eq!((changed.version, changed.rules.capacity, changed.is_default), (2, Some(40), false));
    let finished = Event { status: EventStatus::Closed, ..event };
    let refused = changed.changed(&finished, CheckpointChange::default());
    assert_eq!(refused, Err(EventRefusal::Finished { status: EventStatus::Closed }.into()));
}

#[test]
fn rules_that_contradict_themselves_are_refused_by_their_field() {
    let event = event("2026-03-02", None);
    let at = |hour| Some(DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour));
    let minutes = |minutes| CheckpointChange {
        missing_exit: Some(MissingExit::AfterMinutes),
        missing_exit_minutes: Some(minutes),
        ..CheckpointChange::default()
    };
    let none = CheckpointChange::default;
    for (change, field) in [
        (CheckpointChange { doors: Some(Window { from: at(2), until: at(1) }), ..none() }, "closesAt"),
        (CheckpointChange { hours: Some(Window { from: at(2), until: at(2) }), ..none() }, "endsAt"),
        (CheckpointChange { capacity: Some(Some(0)), ..none() }, "capacity"),
        (CheckpointChange { missing_exit_minutes: Some(Some(5)), ..none() }, "missingExitMinutes"),
        (minutes(None), "missingExitMinutes"),
        (minutes(Some(1_441)), "missingExitMinutes"),
        (CheckpointChange { name: Some(None), ..none() }, "name"),
    ] {
        let Err(Problem::Invalid(invalid)) = checkpoint(CheckpointKind::Door).changed(&event, change) else {
            panic!("{field} was accepted");
        };
        assert_eq!(invalid.path, [field]);
    }
    let accepted = checkpoint(CheckpointKind::Door).changed(&event, minutes(Some(90))).unwrap();
    let back = CheckpointChange { missing_exit: Some(MissingExit::UntilEnd), ..none() };
    assert_eq!(accepted.changed(&event, back).unwrap().rules.missing_exit_minutes, None);
}

#[test]
fn each_kind_names_what_it_is_of_and_nothing_else() {
    let event = event("2026-03-02", None);
    let new = |kind, name: bool, day: bool, session: bool| NewCheckpoint {
        event: event.id,
        kind,
        name: LocalizedText::parse("name", [("en", "Lunch")]).ok().filter(|_| name),
        day: day.then(|| "2026-03-02".parse().unwrap()),
        session: session.then(|| Uuid::from_u128(3).into()),
        rules: CheckpointRules::default(),
    };
    for accepted in [
        new(CheckpointKind::Day, false, true, false),
        new(CheckpointKind::Session, false, false, true),
        new(CheckpointKind::Meal, true, false, false),
        new(CheckpointKind::Door, true, false, false),
    ] {
        assert!(accepted.checked(&event).is_ok());
    }
    for (refused, field) in [
        (new(CheckpointKind::Day, true, false, false), "day"),
        (new(CheckpointKind::Meal, true, true, false), "day"),
        (new(CheckpointKind::Session, true, false, false), "sessionId"),
        (new(CheckpointKind::Door, true, false, true), "sessionId"),
        (new(CheckpointKind::Door, false, false, false), "name"),
    ] {
        let Err(Problem::Invalid(Invalid { path, fault: Fault::Empty | Fault::Excludes { .. } })) =
            refused.checked(&event)
        else {
            panic!("{field} was accepted");
        };
        assert_eq!(path, [field]);
    }
}

#[test]
fn a_checkpoint_where_people_were_scanned_is_not_removed() {
    let event = event("2026-03-02", None);
    let door = checkpoint(CheckpointKind::Door);
    assert_eq!(door.removed(&event, true), Err(CheckpointRefusal::HasScans.into()));
    let removed = door.removed(&event, false).unwrap();
    assert!(removed.is_removed);
    assert_eq!(removed.changed(&event, CheckpointChange::default()), Err(CheckpointRefusal::Removed.into()));
}

#[test]
fn checkpoints_follow_the_timetable_until_a_manager_or_a_scan_keeps_them() {
    let first = event("2026-03-02/2026-03-03", None);
    let made: Vec<Checkpoint> = follow_timetable(&first, &[], |_| false)
        .added
        .iter()
        .enumerate()
        .map(|(number, day)| Checkpoint {
            id: Uuid::from_u128(10 + number as u128).into(),
            name: None,
            day: Some(day.day),
            rules: day.rules,
            ..checkpoint(CheckpointKind::Day)
        })
        .collect();
    assert_eq!(made.len(), 2);
    assert_eq!(follow_timetable(&first, &made, |_| false), Followed::default());

    let moved = event("2026-03-03/2026-03-04", None);
    let followed = follow_timetable(&moved, &made, |_| false);
    assert_eq!(followed.added.iter().map(|day| day.day.to_string()).collect::<Vec<_>>(), ["2026-03-04"]);
    assert_eq!(followed.changed.len(), 1);
    assert!(followed.changed[0].is_removed && followed.changed[0].id == made[0].id);
    assert!(follow_timetable(&moved, &made, |_| true).changed.is_empty());

    let back = [followed.changed[0].clone(), made[1].clone()];
    let followed = follow_timetable(&first, &back, |_| false);
    assert!(followed.added.is_empty() && !followed.changed[0].is_removed);

    let by_hand = [Checkpoint { is_default: false, is_removed: true, ..made[0].clone() }, made[1].clone()];
    assert_eq!(follow_timetable(&first, &by_hand, |_| false), Followed::default());
}
