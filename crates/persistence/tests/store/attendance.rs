//! Attendance when what it follows from changes beside the scans, and the figures by checkpoint that it gives.

use std::{collections::BTreeSet, time::Duration};

use hemicycle_domain::{
    check_in::{DayRule, NewScan},
    event::EventChange,
    program::ProgramChange,
};
use hemicycle_persistence::Reading;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::Fixture,
    people::system,
    program::{new_program, set_up},
    submission::{Course, at, submit},
};

/// How long folding may take; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

each_database!(a_new_rule_of_days_is_applied_to_all_attendance_in_bounded_steps);
async fn a_new_rule_of_days_is_applied_to_all_attendance_in_bounded_steps(fixture: &Fixture<'_>) {
    // More than a step takes.
    const PEOPLE: usize = 520;
    let course = Course::prepare(fixture, PEOPLE).await;
    let program = set_up(fixture, new_program("A program")).await.id;
    let change = EventChange { program: Some(Some(program)), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(course.event, None, change).await).await;
    let scans: Vec<NewScan> = course
        .people
        .iter()
        .zip(1..)
        .map(|(person, id)| NewScan {
            checkpoint: Some(course.days[0]),
            // An hour before the day ends at five: an eighth of it.
            captured_at: Some(at(7 * 60)),
            ..coming_in(id, course.event, *person)
        })
        .collect();
    submit(fixture, &system(), &scans).await;
    let half_days = async || {
        let reading = fixture.reading(&system());
        let folded = reading.attendance_of_registrations(&course.people).await.unwrap();
        folded.values().map(|attendance| attendance.half_days).collect::<BTreeSet<_>>()
    };
    // The server folds by itself, too, and whoever has the turn does it.
    let all_come_to = async |expected: i32| {
        let folding = async {
            while half_days().await != BTreeSet::from([expected]) {
                fixture.store.fold_stale_attendance().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, folding)
            .await
            .unwrap_or_else(|_| panic!("not all come to {expected}"));
    };
    assert_eq!(half_days().await, BTreeSet::from([0]));
    let rule = DayRule::parse(5, 10, 480).unwrap();
    let change = ProgramChange { day_rule: Some(Some(rule)), ..ProgramChange::default() };
    fixture.prepare(async |work| work.update_program(program, None, change).await).await;
    all_come_to(2).await;
    // Scans that come later follow the new rule, and so does the event once it belongs to no program.
    let change = EventChange { program: Some(None), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(course.event, None, change).await).await;
    all_come_to(0).await;
}

each_database!(figures_by_checkpoint_take_as_many_statements_however_many_come);
async fn figures_by_checkpoint_take_as_many_statements_however_many_come(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 30).await;
    let scan = |person: usize, id: u128, day: usize, minute| NewScan {
        checkpoint: Some(course.days[day]),
        captured_at: Some(at(minute)),
        ..coming_in(id, course.event, course.people[person])
    };
    let live = async || {
        let found = fixture.reading(&system()).live_attendance(course.event).await.unwrap();
        found.unwrap().by_checkpoint.into_iter().map(|(_, figures)| (figures.attended, figures.inside))
    };
    let statements = async || {
        let question = async |reading: Reading| drop(reading.live_attendance(course.event).await.unwrap());
        fixture.statements(&system(), question).await
    };
    submit(fixture, &system(), &[scan(0, 1, 0, 0)]).await;
    assert_eq!(live().await.collect::<Vec<_>>(), [(1, 1), (0, 0)]);
    let few = statements().await;
    let many: Vec<NewScan> = (1..30).map(|n| scan(n, 100 + n as u128, 0, 5)).collect();
    submit(fixture, &system(), &many).await;
    let next_day: Vec<NewScan> = (0..10).map(|n| scan(n, 200 + n as u128, 1, 24 * 60)).collect();
    submit(fixture, &system(), &next_day).await;
    assert_eq!(live().await.collect::<Vec<_>>(), [(30, 20), (10, 10)]);
    assert_eq!(statements().await, few);
}
