//! The fold: hours, days and imputed exits, place by place and over the event.

use super::*;
use crate::id::SessionId;

fn ground(checkpoints: &[Checkpoint]) -> Ground<'_> {
    Ground { checkpoints, ..Ground::default() }
}

fn at_day(number: u128, scan: Scan) -> Scan {
    at_checkpoint(day(number).id, scan)
}

const fn came(minutes: i32, half_days: i32, is_imputed: bool) -> (i32, i32, bool) {
    (minutes, half_days, is_imputed)
}

fn counted(checkpoints: &[Checkpoint], scans: &[Scan]) -> (i32, i32, bool) {
    let folded = attendance(&ground(checkpoints), counting(scans));
    (folded.minutes, folded.half_days, folded.is_imputed)
}

#[test]
fn hours_are_the_union_of_what_was_seen_clipped_to_the_hours_of_the_place() {
    use Direction::{In, Out};
    let days = [day(0)];
    let both = |scans: [(Direction, i64); 4]| {
        let scans = scans.iter().zip(1..).map(|((way, minute), id)| at_day(0, scan(id, *way, *minute)));
        counted(&days, &scans.collect::<Vec<_>>())
    };
    // Before nine and after five counts for nothing.
    assert_eq!(both([(In, -60), (Out, 60), (In, 420), (Out, 700)]), came(120, 1, false));
    // Two doors at once count once.
    assert_eq!(both([(In, 0), (In, 30), (Out, 240), (Out, 300)]), came(240, 2, false));
    assert_eq!(counted(&days, &[at_day(0, scan(1, Out, 60))]), came(0, 0, false));
}

#[test]
fn a_missing_exit_follows_the_rule_of_the_place_and_is_marked() {
    let came_at = |rules, minute| {
        let place = Checkpoint { rules, ..day(0) };
        counted(&[place], &[at_day(0, scan(1, Direction::In, minute))])
    };
    let rule = |missing_exit, missing_exit_minutes| CheckpointRules {
        missing_exit,
        missing_exit_minutes,
        ..day(0).rules
    };
    assert_eq!(came_at(rule(MissingExit::UntilEnd, None), 60), came(420, 2, true));
    assert_eq!(came_at(rule(MissingExit::AfterMinutes, Some(90)), 60), came(90, 0, true));
    assert_eq!(came_at(rule(MissingExit::AfterMinutes, Some(90)), 450), came(30, 0, true));
    assert_eq!(came_at(rule(MissingExit::Nothing, None), 60), came(0, 0, false));
    assert_eq!(came_at(rule(MissingExit::UntilEnd, None), 500), came(0, 0, false));
}

#[test]
fn a_place_that_does_not_scan_exits_takes_those_it_sees_all_the_same() {
    let days = |rule| [Checkpoint { rules: rule, ..day(0) }];
    let two = [at_day(0, scan(1, Direction::In, 0)), at_day(0, scan(2, Direction::In, 240))];
    let hour = days(without_exits(MissingExit::AfterMinutes, Some(60)));
    assert_eq!(counted(&hour, &two), came(120, 1, true));
    let until_end = days(without_exits(MissingExit::UntilEnd, None));
    assert_eq!(counted(&until_end, &two), came(480, 2, true));
    let left = [two[0].clone(), at_day(0, scan(3, Direction::Out, 30))];
    assert_eq!(counted(&until_end, &left), came(30, 0, false));
}

#[test]
fn days_count_half_or_whole_by_their_share() {
    let days = [day(0), day(1), day(2)];
    let stay = |number: u128, minutes: i64| {
        let start = i64::try_from(number).unwrap() * 24 * 60;
        let ids = number * 2 + 1;
        [
            at_day(number, scan(ids, Direction::In, start)),
            at_day(number, scan(ids + 1, Direction::Out, start + minutes)),
        ]
    };
    let scans = [stay(0, 240), stay(1, 120), stay(2, 119)].concat();
    assert_eq!(counted(&days, &scans), came(479, 3, false));
    let strict = DayRule { half_from: 40, whole_from: 90, nominal_minutes: 480 };
    let folded = attendance(&Ground { day_rule: strict, ..ground(&days) }, counting(&scans));
    assert_eq!(folded.half_days, 1);
}

#[test]
fn a_day_whose_hours_nobody_stated_was_attended_by_whoever_was_seen() {
    let unknown = Checkpoint { rules: CheckpointRules::default(), ..day(0) };
    let came_in = [at_day(0, scan(1, Direction::In, 0))];
    assert_eq!(counted(std::slice::from_ref(&unknown), &came_in), came(0, 2, true));
    let and_out = [came_in[0].clone(), at_day(0, scan(2, Direction::Out, 90))];
    assert_eq!(counted(&[unknown], &and_out), came(90, 0, false));
}

#[test]
fn the_door_of_the_event_is_the_day_whose_doors_are_open() {
    let days = [day(0), day(1)];
    // Nobody saw the person leave in the evening: each day ends by itself.
    let scans = [scan(1, Direction::In, 0), scan(2, Direction::In, 24 * 60 + 240)];
    assert_eq!(counted(&days, &scans), came(720, 4, true));
    assert_eq!(attendance(&ground(&days), counting(&scans)).inside_at, Some(days[1].id));
}

#[test]
fn an_exit_that_was_missed_does_not_make_days_of_presence() {
    let scans = [scan(1, Direction::In, 0), scan(2, Direction::Out, 3 * 24 * 60)];
    assert_eq!(counted(&[], &scans), came(0, 0, false));
    let short = [scan(1, Direction::In, 0), scan(2, Direction::Out, 960)];
    assert_eq!(counted(&[], &short).0, 960);
}

#[test]
fn leaving_a_session_is_not_leaving_the_event() {
    let session: SessionId = Uuid::from_u128(5).into();
    let of_session = |scan| Scan { session: Some(session), ..scan };
    let door = scan(10, Direction::In, 0);
    let visits = [of_session(scan(11, Direction::In, 10)), of_session(scan(12, Direction::Out, 50))];
    let both = attendance(&Ground::default(), counting([&door, &visits[0], &visits[1]]));
    assert!(both.is_inside);
    assert_eq!((both.first_in_at, both.last_out_at), (Some(at(0)), None));
    let session_only = attendance(&Ground::default(), counting(&visits));
    assert!(session_only.has_attended && !session_only.is_inside);
    assert_eq!((session_only.last_out_at, session_only.minutes), (Some(at(50)), 40));
}

#[test]
fn a_session_is_scanned_at_its_checkpoint_whether_or_not_the_scan_names_it() {
    let session: SessionId = Uuid::from_u128(5).into();
    let rules = CheckpointRules {
        hours: Window { from: Some(at(0)), until: Some(at(45)) },
        ..CheckpointRules::default()
    };
    let place = Checkpoint { session: Some(session), ..checkpoint(20, CheckpointKind::Session, rules) };
    let by_session = Scan { session: Some(session), ..scan(1, Direction::In, 15) };
    let by_checkpoint = at_checkpoint(place.id, scan(2, Direction::In, 15));
    for scans in [
        [by_session.clone()].as_slice(),
        std::slice::from_ref(&by_checkpoint),
        &[by_session, by_checkpoint.clone()],
    ] {
        assert_eq!(counted(std::slice::from_ref(&place), scans), came(30, 2, true));
    }
}

#[test]
fn a_meal_is_presence_and_no_time() {
    let meal = checkpoint(30, CheckpointKind::Meal, day(0).rules);
    let folded = attendance(
        &ground(std::slice::from_ref(&meal)),
        counting([&at_checkpoint(meal.id, scan(1, Direction::In, 0))]),
    );
    assert!(folded.has_attended);
    assert_eq!((folded.minutes, folded.half_days), (0, 0));
}

#[test]
fn a_scan_without_a_time_is_presence_and_no_time() {
    let untimed = Scan { counted_at: None, ..at_day(0, scan(1, Direction::In, 0)) };
    let folded = attendance(&ground(&[day(0)]), counting([&untimed]));
    assert!(folded.has_attended && !folded.is_inside);
    assert_eq!((folded.minutes, folded.first_in_at), (0, None));
}

#[test]
fn a_person_is_in_at_the_day_that_saw_them_last_and_in_a_session_besides() {
    let session = Checkpoint { session: None, ..checkpoint(30, CheckpointKind::Session, day(0).rules) };
    let checkpoints = [day(0), day(1), session.clone()];
    let ground = Ground { checkpoints: &checkpoints, ..Ground::default() };
    let at_day = |number: usize, scan| at_checkpoint(checkpoints[number].id, scan);
    let next_day = 24 * 60;
    let scans = [
        at_day(0, scan(1, Direction::In, 0)),
        at_day(1, scan(2, Direction::In, next_day)),
        at_checkpoint(session.id, scan(3, Direction::In, next_day + 5)),
    ];
    let seen = |scans: &[Scan]| {
        let folded = fold(&ground, counting(scans));
        folded.sightings.into_iter().map(|seen| (seen.spot, seen.is_inside)).collect::<Vec<_>>()
    };
    let ids = [checkpoints[0].id, checkpoints[1].id, session.id].map(Spot::Checkpoint);
    assert_eq!(seen(&scans), [(ids[0], false), (ids[1], true), (ids[2], true)]);
    let mut gone = scans.to_vec();
    gone.push(at_day(1, scan(4, Direction::Out, next_day + 60)));
    assert_eq!(seen(&gone), [(ids[0], false), (ids[1], false), (ids[2], false)]);
    assert_eq!(fold(&ground, counting(&gone)).attendance, attendance(&ground, counting(&gone)));
}

#[test]
fn a_session_without_a_checkpoint_is_where_people_were_seen_too() {
    let [talk, workshop] = [40, 41].map(|number| Uuid::from_u128(number).into());
    let own = Checkpoint { session: Some(workshop), ..checkpoint(30, CheckpointKind::Session, day(0).rules) };
    let checkpoints = [day(0), own.clone()];
    let ground = Ground { checkpoints: &checkpoints, ..Ground::default() };
    let at_session = |session, scan| Scan { session: Some(session), ..scan };
    let scans = [
        at_checkpoint(checkpoints[0].id, scan(1, Direction::In, 0)),
        at_session(talk, scan(2, Direction::In, 10)),
        at_session(workshop, scan(3, Direction::In, 90)),
    ];
    let seen = |scans: &[Scan]| {
        let folded = fold(&ground, counting(scans));
        folded.sightings.into_iter().map(|seen| (seen.spot, seen.is_inside)).collect::<Vec<_>>()
    };
    let spots = [Spot::Session(talk), Spot::Checkpoint(own.id), Spot::Checkpoint(checkpoints[0].id)];
    let mut told = seen(&scans);
    told.sort_by_key(|(spot, _)| spots.iter().position(|known| known == spot));
    assert_eq!(told, spots.map(|spot| (spot, true)));
    // Whoever has left the event is in none of its sessions.
    let mut gone = scans.to_vec();
    gone.push(at_checkpoint(checkpoints[0].id, scan(4, Direction::Out, 120)));
    assert!(seen(&gone).iter().all(|(_, is_inside)| !is_inside));
}

#[test]
fn where_people_were_seen_is_written_as_it_was_and_read_again() {
    let [one, other] = [7, 8].map(Uuid::from_u128);
    let seen = [
        Sighting { spot: Spot::Checkpoint(one.into()), is_inside: true },
        Sighting { spot: Spot::Session(other.into()), is_inside: false },
    ];
    let written = serde_json::to_value(seen).unwrap();
    assert_eq!(written, serde_json::json!([{ "at": one, "in": true }, { "session": other, "in": false }]));
    assert_eq!(serde_json::from_value::<Vec<Sighting>>(written).unwrap(), seen);
}
