//! Batches of scans: any order, repetition and division gives one attendance; flags, strays, and constant statements.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    access::Actor,
    check_in::{
        Attendance, CheckInRefusal, DayRule, Direction, Ground, Method, NewScan, Presence, Scan, ScanFlag,
        ScanReason, attendance,
    },
    checkpoint::{CheckpointChange, Window},
    device::{Duty, EnrolmentId},
    event::{EventStep, NewEvent, Timetable},
    id::{CheckpointId, EventId, Id, RegistrationId},
    problem::ProblemCode,
    text::Passage,
};
use hemicycle_persistence::{Failure, Handed, Recorded, Store, StoreSettings, Stray};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, code_of, dates, new_event},
    people::{as_participant, manager, new_person, operator, system, viewer},
};

/// An event of two days with as many people as a case needs, and the checkpoints of its days.
pub(crate) struct Course {
    pub(crate) event: EventId,
    pub(crate) people: Vec<RegistrationId>,
    pub(crate) days: Vec<CheckpointId>,
}

impl Course {
    pub(crate) async fn prepare(fixture: &Fixture<'_>, people: usize) -> Self {
        let timetable =
            Timetable { starts_at: at(0), ends_at: at(32 * 60), zone: "Asia/Tashkent".parse().unwrap() };
        let new = NewEvent {
            timetable: Some(timetable),
            dates: dates("2025-12-29/2025-12-30"),
            ..new_event("Course", "2025")
        };
        let event = fixture.open(new).await;
        let mut work = fixture.work(&system()).await;
        let mut ids = Vec::new();
        for number in 0..people {
            let person = new_person(&format!("Person {number}"));
            let entry = work.register_new_participant(event, person, as_participant()).await.unwrap();
            ids.push(entry.registration.id);
        }
        work.commit().await.unwrap();
        let checkpoints = fixture.reading(&system()).checkpoints_of_events(&[event]).await.unwrap();
        let days = checkpoints[&event].iter().map(|checkpoint| checkpoint.id).collect();
        Self { event, people: ids, days }
    }

    /// A phone that hands in what it scanned there.
    pub(crate) fn phone(&self, number: u128) -> Arc<Actor> {
        self.phone_at(number, Vec::new())
    }

    /// A phone that serves these checkpoints alone.
    pub(crate) fn phone_at(&self, number: u128, checkpoints: Vec<CheckpointId>) -> Arc<Actor> {
        Arc::new(Actor::Device {
            id: Uuid::from_u128(number).into(),
            enrolment: EnrolmentId(Uuid::from_u128(0xe000 + number)),
            events: vec![self.event],
            checkpoints,
            duty: Duty::Over,
        })
    }

    /// What the domain makes of these scans in their order, without any store.
    pub(crate) async fn expected(&self, fixture: &Fixture<'_>, scans: &[NewScan]) -> Attendance {
        let reading = fixture.reading(&system());
        let event = reading.find_event(self.event).await.unwrap().unwrap();
        let checkpoints = reading.checkpoints_of_events(&[self.event]).await.unwrap();
        let mut known = BTreeMap::new();
        for new in scans {
            known.insert(new.id, fact(new, self.event));
        }
        let ground = Ground::of(&event, &checkpoints[&self.event], DayRule::default());
        attendance(&ground, known.values().filter_map(Scan::counted))
    }
}

/// Minutes after nine in Tashkent on the first day.
pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    let morning: DateTime<Utc> = "2025-12-29T04:00:00Z".parse().unwrap();
    morning + TimeDelta::minutes(minute)
}

fn fact(new: &NewScan, event: EventId) -> Scan {
    Scan {
        id: new.id,
        event,
        checkpoint: new.checkpoint,
        session: new.session,
        registration: new.registration,
        walk_in: new.walk_in,
        credential: new.credential.clone(),
        direction: new.direction,
        method: new.method,
        captured_at: new.captured_at.unwrap(),
        counted_at: new.captured_at,
        sent_at: None,
        received_at: at(0),
        origin: None,
        sequence: None,
        operator: None,
        operator_name: None,
        local_verdict: None,
        manifest: None,
        flags: Vec::new(),
        resolution: None,
    }
}

/// Chance that is the same in each run.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

pub(crate) async fn submit(fixture: &Fixture<'_>, actor: &Arc<Actor>, scans: &[NewScan]) -> Vec<Recorded> {
    let mut work = fixture.work(actor).await;
    let recorded = work.record_scans(handed(actor, scans)).await.unwrap();
    work.commit().await.unwrap();
    recorded
}

pub(crate) fn handed(actor: &Arc<Actor>, scans: &[NewScan]) -> Vec<Handed> {
    let hand = |scan: &NewScan| Handed {
        request: None,
        actor: Arc::clone(actor),
        presence: Presence::Offline,
        is_told: false,
        sent_at: None,
        scan: scan.clone(),
    };
    scans.iter().map(hand).collect()
}

pub(crate) fn flags(recorded: &Recorded) -> &[ScanFlag] {
    match recorded {
        Recorded::Kept { scan, is_replay: false } => &scan.flags,
        other => panic!("not a new fact: {other:?}"),
    }
}

each_database!(any_order_repetition_and_division_gives_what_the_domain_says);
async fn any_order_repetition_and_division_gives_what_the_domain_says(fixture: &Fixture<'_>) {
    // Each person is a case of their own: the batches mix and cut all of them.
    const CASES: usize = 300;
    let course = Course::prepare(fixture, CASES).await;
    let mut chance = Chance(0x5eed);
    let mut of_person: Vec<Vec<NewScan>> = Vec::new();
    let mut all: Vec<NewScan> = Vec::new();
    for person in &course.people {
        let scans: Vec<NewScan> = (0..chance.below(8))
            .map(|_| {
                let day = chance.below(3);
                let minute = i64::try_from(chance.below(2 * 24 * 4)).unwrap() * 15;
                NewScan {
                    checkpoint: course.days.get(day).copied(),
                    captured_at: Some(at(minute)),
                    direction: if chance.below(2) == 0 { Direction::In } else { Direction::Out },
                    ..coming_in(1, course.event, *person)
                }
            })
            .enumerate()
            .map(|(number, scan)| {
                let id = Uuid::from_u128(0x1000 + (of_person.len() * 100 + number) as u128).into();
                NewScan { id, ..scan }
            })
            .collect();
        all.extend(scans.iter().cloned());
        of_person.push(scans);
    }
    let repeated: Vec<NewScan> = (0..all.len() / 3).map(|_| all[chance.below(all.len())].clone()).collect();
    let mut arrived = all.clone();
    arrived.extend(repeated);
    chance.shuffle(&mut arrived);
    let mut taken = BTreeSet::new();
    let mut rest = arrived.as_slice();
    let senders = [system(), course.phone(1), course.phone(2), course.phone(3)];
    while !rest.is_empty() {
        let (batch, after) = rest.split_at((1 + chance.below(120)).min(rest.len()));
        let sender = &senders[chance.below(senders.len())];
        for (scan, recorded) in batch.iter().zip(submit(fixture, sender, batch).await) {
            let Recorded::Kept { is_replay, .. } = recorded else { panic!("{recorded:?}") };
            assert_eq!(is_replay, !taken.insert(scan.id));
        }
        rest = after;
    }
    let reading = fixture.reading(&system());
    let folded = reading.attendance_of_registrations(&course.people).await.unwrap();
    for (person, scans) in course.people.iter().zip(&of_person) {
        let expected = course.expected(fixture, scans).await;
        assert_eq!(folded.get(person).copied().unwrap_or_default(), expected, "{scans:?}");
    }
    let attended = folded.values().filter(|attendance| attendance.has_attended).count();
    let figures = reading.attendance_of_event(course.event).await.unwrap().unwrap();
    assert_eq!(figures.attended, i64::try_from(attended).unwrap());
}

each_database!(a_batch_of_one_and_of_five_hundred_are_as_many_statements);
async fn a_batch_of_one_and_of_five_hundred_are_as_many_statements(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 100).await;
    let store = Store::open(&StoreSettings::at(fixture.database.url())).await.unwrap();
    let statements = async |first: u128, count: usize| {
        let scans: Vec<NewScan> = (0..count)
            .map(|number| NewScan {
                checkpoint: Some(course.days[0]),
                captured_at: Some(at(i64::try_from(number).unwrap())),
                direction: if number < 100 { Direction::In } else { Direction::Out },
                ..coming_in(first + number as u128, course.event, course.people[number % 100])
            })
            .collect();
        let before = store.statements();
        let mut work = store.begin(&system(), fixture.now()).await.unwrap();
        let recorded = work.record_scans(handed(&system(), &scans)).await.unwrap();
        assert!(recorded.iter().all(|one| matches!(one, Recorded::Kept { is_replay: false, .. })));
        work.commit().await.unwrap();
        store.statements() - before
    };
    let of_one = statements(1, 1).await;
    let of_many = statements(1_000, 500).await;
    assert_eq!(of_one, of_many);
    assert!(of_one <= 12, "{of_one}");
}

each_database!(batches_of_the_same_people_in_another_order_do_not_stand_in_each_others_way);
async fn batches_of_the_same_people_in_another_order_do_not_stand_in_each_others_way(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 60).await;
    let mut chance = Chance(0xd00d);
    let scans: Vec<NewScan> = course
        .people
        .iter()
        .zip(1..)
        .map(|(person, id)| NewScan { captured_at: Some(at(0)), ..coming_in(id, course.event, *person) })
        .collect();
    let batches = (0..8).map(|_| {
        let mut batch = scans.clone();
        chance.shuffle(&mut batch);
        let (store, now) = (fixture.store.clone(), fixture.now());
        tokio::spawn(async move {
            let mut work = store.begin(&system(), now).await?;
            let recorded = work.record_scans(handed(&system(), &batch)).await?;
            work.commit().await?;
            let is_new = |one: &&Recorded| matches!(one, Recorded::Kept { is_replay: false, .. });
            Ok::<_, Failure>(recorded.iter().filter(is_new).count())
        })
    });
    let mut taken = 0;
    for batch in batches.collect::<Vec<_>>() {
        taken += batch.await.unwrap().unwrap();
    }
    assert_eq!(taken, scans.len());
    let figures = fixture.reading(&system()).attendance_of_event(course.event).await.unwrap().unwrap();
    assert_eq!((figures.attended, figures.inside), (60, 60));
}

each_database!(both_bodies_under_one_identifier_are_kept);
async fn both_bodies_under_one_identifier_are_kept(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let actor = operator(course.event);
    let one = NewScan { captured_at: Some(at(0)), ..coming_in(7, course.event, course.people[0]) };
    let other = NewScan { registration: Some(course.people[1]), ..one.clone() };
    assert!(flags(&submit(fixture, &actor, std::slice::from_ref(&one)).await[0]).is_empty());
    assert_eq!(flags(&submit(fixture, &actor, std::slice::from_ref(&other)).await[0]), [ScanFlag::IdReused]);
    for again in submit(fixture, &actor, &[other, one]).await {
        assert!(matches!(again, Recorded::Kept { is_replay: true, .. }));
    }
    let figures = fixture.reading(&actor).attendance_of_event(course.event).await.unwrap().unwrap();
    assert_eq!(figures.attended, 2);
    let scans = fixture.reading(&system()).scans_of_registrations(&course.people).await.unwrap();
    assert_eq!(scans.values().map(Vec::len).sum::<usize>(), 2);
}

each_database!(what_is_amiss_is_flagged_and_only_some_of_it_waits_for_a_person);
async fn what_is_amiss_is_flagged_and_only_some_of_it_waits_for_a_person(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 3).await;
    let actor = manager(course.event);
    let [anna, boris, clara] = [course.people[0], course.people[1], course.people[2]];
    let reason = Passage::parse("reason", "Ill.").unwrap();
    fixture.prepare(async |work| work.cancel_registration(boris, None, reason).await).await;
    let scan = |id, person| NewScan { captured_at: Some(at(0)), ..coming_in(id, course.event, person) };
    let unknown = NewScan { registration: None, credential: Some("HC1:?".to_owned()), ..scan(3, anna) };
    let far = "9999-12-31T23:59:59Z".parse().unwrap();
    let batch = [
        scan(1, anna),
        scan(2, boris),
        unknown,
        scan(4, Uuid::from_u128(99).into()),
        NewScan { captured_at: Some(far), ..scan(5, clara) },
        NewScan { checkpoint: Some(course.days[1]), ..scan(6, anna) },
    ];
    let recorded = submit(fixture, &actor, &batch).await;
    let expected: [&[ScanFlag]; 6] = [
        &[],
        &[ScanFlag::Cancelled],
        &[ScanFlag::UnknownCredential],
        &[ScanFlag::UnknownCredential],
        &[ScanFlag::ClockSuspect],
        &[ScanFlag::OutsideWindow],
    ];
    assert_eq!(recorded.iter().map(flags).collect::<Vec<_>>(), expected);
    let folded = fixture.reading(&actor).attendance_of_registrations(&course.people).await.unwrap();
    assert!(folded[&anna].has_attended && !folded.contains_key(&boris));
    assert_eq!((folded[&clara].has_attended, folded[&clara].minutes), (true, 0));
    // Late, after the figures are final: it is there, and counts for nothing yet.
    fixture.step(course.event, &[EventStep::Hold, EventStep::Close]).await;
    let late = NewScan { direction: Direction::Out, captured_at: Some(at(60)), ..scan(8, anna) };
    assert_eq!(flags(&submit(fixture, &actor, &[late]).await[0]), [ScanFlag::LateAfterLock]);
    let after = fixture.reading(&actor).attendance_of_registrations(&course.people).await.unwrap();
    assert_eq!(after[&anna], folded[&anna]);
    assert_eq!(fixture.reading(&actor).scans_of_registrations(&[anna]).await.unwrap()[&anna].len(), 3);
}

each_database!(a_scan_that_cannot_be_placed_does_not_harm_the_others);
async fn a_scan_that_cannot_be_placed_does_not_harm_the_others(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let other = Course::prepare(fixture, 1).await;
    let actor = operator(course.event);
    let good = NewScan { captured_at: Some(at(0)), ..coming_in(1, course.event, course.people[0]) };
    let numbered = |id: u128| NewScan { id: Uuid::from_u128(id).into(), ..good.clone() };
    let batch = [
        NewScan { event: Some(Uuid::from_u128(5).into()), ..numbered(2) },
        NewScan { checkpoint: Some(Uuid::from_u128(5).into()), ..numbered(3) },
        NewScan { checkpoint: Some(other.days[0]), ..numbered(4) },
        NewScan { session: Some(Uuid::from_u128(5).into()), ..numbered(5) },
        NewScan { event: Some(other.event), ..numbered(6) },
        good.clone(),
    ];
    let recorded = submit(fixture, &actor, &batch).await;
    let reasons = recorded.iter().map(|one| match one {
        Recorded::Rejected(reason) => Some(*reason),
        _ => None,
    });
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            Some(ScanReason::UnknownEvent),
            Some(ScanReason::UnknownCheckpoint),
            Some(ScanReason::UnknownCheckpoint),
            Some(ScanReason::UnknownCheckpoint),
            Some(ScanReason::NotPermitted),
            None
        ]
    );
    assert!(flags(&recorded[5]).is_empty());
    let refused = submit(fixture, &viewer(), &[numbered(9)]).await;
    assert!(matches!(refused[0], Recorded::Rejected(ScanReason::NotPermitted)));
    // What comes twice is kept once.
    let stray = |digest: &str| Stray {
        sequence: None,
        reason: ScanReason::Malformed,
        registration: None,
        credential: None,
        body: "scanId: ?".to_owned(),
        digest: digest.to_owned(),
    };
    let before = fixture.database.row_counts().await.unwrap();
    for _ in 0..2 {
        let strays = vec![stray("a"), stray("b"), stray("a")];
        fixture.act(&actor, async |work| work.keep_strays(strays).await).await.unwrap();
    }
    let after = fixture.database.row_counts().await.unwrap();
    let strays = |counts: &BTreeMap<String, i64>| counts["stray_scan"];
    assert_eq!(strays(&after) - strays(&before), 2);
}

each_database!(an_online_scan_is_refused_at_a_checkpoint_that_is_full_or_closed);
async fn an_online_scan_is_refused_at_a_checkpoint_that_is_full_or_closed(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let actor = manager(course.event);
    let day = course.days[0];
    let set = async |change| {
        fixture.act(&actor, async |work| work.update_checkpoint(day, None, change).await).await.unwrap();
    };
    let pass = async |id, person: RegistrationId| {
        let new = NewScan { checkpoint: Some(day), ..coming_in(id, course.event, person) };
        fixture.act(&actor, async |work| work.check_in(new).await).await.map(|passed| passed.scan)
    };
    assert_eq!(code_of(pass(1, course.people[0]).await), Some(ProblemCode::Over));
    set(CheckpointChange {
        doors: Some(Window::default()),
        capacity: Some(Some(1)),
        ..CheckpointChange::default()
    })
    .await;
    assert!(pass(2, course.people[0]).await.is_ok());
    assert_eq!(code_of(pass(3, course.people[1]).await), Some(ProblemCode::CheckpointFull));
    let nobody = NewScan {
        registration: None,
        credential: Some("somebody else's code".to_owned()),
        ..coming_in(4, course.event, course.people[0])
    };
    let unknown = fixture.act(&actor, async |work| work.check_in(nobody).await).await;
    assert_eq!(unknown.unwrap_err().to_string(), CheckInRefusal::UnknownCredential.to_string());
    let manual = NewScan { method: Method::Manual, ..coming_in(5, course.event, course.people[1]) };
    assert!(fixture.act(&actor, async |work| work.check_in(manual).await).await.is_ok());
}

each_database!(new_rules_of_a_checkpoint_are_applied_to_what_was_scanned);
async fn new_rules_of_a_checkpoint_are_applied_to_what_was_scanned(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let actor = manager(course.event);
    let came = NewScan {
        checkpoint: Some(course.days[0]),
        captured_at: Some(at(60)),
        ..coming_in(1, course.event, course.people[0])
    };
    submit(fixture, &actor, &[came]).await;
    let minutes = async || {
        let folded = fixture.reading(&actor).attendance_of_registrations(&course.people).await.unwrap();
        folded[&course.people[0]].minutes
    };
    assert_eq!(minutes().await, 420);
    let shorter = Window { from: Some(at(0)), until: Some(at(120)) };
    let change = CheckpointChange { hours: Some(shorter), ..CheckpointChange::default() };
    fixture
        .act(&actor, async |work| work.update_checkpoint(course.days[0], None, change).await)
        .await
        .unwrap();
    assert_eq!(minutes().await, 60);
    assert_eq!(course.people[0].uuid().get_version_num(), 7);
}

each_database!(numbers_of_a_device_betray_a_copy_and_tell_what_is_lost);
async fn numbers_of_a_device_betray_a_copy_and_tell_what_is_lost(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 4).await;
    let phone = |number| course.phone(number);
    let scan = |id: u128, sequence: i64, person: usize| NewScan {
        sequence: Some(sequence),
        captured_at: Some(at(0)),
        ..coming_in(id, course.event, course.people[person])
    };
    let batch = [scan(1, 1, 0), scan(2, 2, 1), scan(3, 5, 2), scan(4, 2, 3), scan(5, -7, 3)];
    let recorded = submit(fixture, &phone(1), &batch).await;
    let expected: [&[ScanFlag]; 5] =
        [&[], &[], &[], &[ScanFlag::SequenceReused], &[ScanFlag::SequenceReused]];
    assert_eq!(recorded.iter().map(flags).collect::<Vec<_>>(), expected);
    let lost = async |number: u128| {
        let enrolment = EnrolmentId(Uuid::from_u128(0xe000 + number));
        let looked = fixture.act(&system(), async |work| work.numbers_of_enrolment(enrolment).await).await;
        looked.unwrap().gaps().iter().map(|gap| (gap.first, gap.last)).collect::<Vec<_>>()
    };
    assert_eq!(lost(1).await, [(3, 4)]);
    // Another phone counts for itself; whom the first let in, it lets in a second time.
    let other = submit(fixture, &phone(2), &[scan(6, 3, 0)]).await;
    assert_eq!(flags(&other[0]), [ScanFlag::DuplicateOtherDevice]);
    assert_eq!(lost(2).await, [(1, 2)]);
    for again in submit(fixture, &phone(1), &batch).await {
        assert!(matches!(again, Recorded::Kept { is_replay: true, .. }));
    }
}
