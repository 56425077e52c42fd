//! Manifests: whatever changes between and during pages, a phone that takes them in ends up with the people who are
//! expected.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hemicycle_domain::{
    access::Actor,
    badge::{Badge, BadgeSecret, Issue, NewKey, Overlap},
    check_in::{NewScan, ScanFlag},
    event::EventChange,
    id::{EventId, Id, ParticipantId, RegistrationId},
    manifest::{ManifestNames, PageSize, RemovalReason},
    participant::{ParticipantChange, PersonNames},
    registration::{RegistrationChange, RegistrationRole},
    text::Passage,
};
use hemicycle_persistence::{ManifestPage, Recorded, RevocationPage};
use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::Fixture,
    people::{as_participant, manager, new_person, operator, system, viewer},
    submission::handed,
};

/// How long a change may take until it is settled; nothing waits for so long. Until then it is not told: another
/// transaction of the same server is open, be it another test's.
const PATIENCE: Duration = Duration::from_secs(20);

/// The people of an event as they should be known at its doors.
type People = BTreeMap<RegistrationId, (PersonNames, RegistrationRole)>;

/// What a phone holds of an event.
#[derive(Default)]
struct Phone {
    people: People,
    cursor: Option<String>,
    refused: BTreeMap<RegistrationId, (bool, i32)>,
    cursor_of_refused: Option<String>,
    resyncs: usize,
}

impl Phone {
    /// Takes in one page; whether there is more.
    fn take(&mut self, page: ManifestPage) -> bool {
        let Some(cursor) = page.cursor else {
            self.people.clear();
            self.cursor = None;
            self.resyncs += 1;
            return true;
        };
        for entry in page.entries {
            self.people.insert(entry.registration, (entry.names, entry.role));
        }
        for (registration, _) in page.removed {
            self.people.remove(&registration);
        }
        self.cursor = Some(cursor);
        page.has_more
    }

    fn refuse(&mut self, page: RevocationPage) -> bool {
        for one in page.revocations {
            self.refused.insert(one.registration, (one.is_cancelled, one.first_good_serial));
        }
        self.cursor_of_refused = page.cursor;
        page.has_more
    }

    /// Asks for one page of the people.
    async fn ask(&mut self, fixture: &Fixture<'_>, event: EventId, size: i32) -> bool {
        let reading = fixture.reading(&operator(event));
        let page = reading.check_in_manifest(event, self.cursor.as_deref(), page_of(size)).await;
        self.take(page.unwrap().unwrap())
    }

    /// Asks for one page of the revocations.
    async fn ask_refused(&mut self, fixture: &Fixture<'_>, event: EventId, size: i32) -> bool {
        let reading = fixture.reading(&operator(event));
        let after = self.cursor_of_refused.clone();
        let page = reading.check_in_revocations(event, after.as_deref(), page_of(size)).await;
        self.refuse(page.unwrap().unwrap())
    }

    /// Asks until there is no more.
    async fn catch_up(&mut self, fixture: &Fixture<'_>, event: EventId, size: i32) {
        while self.ask(fixture, event, size).await {}
        while self.ask_refused(fixture, event, size).await {}
    }

    /// Asks until it holds this.
    async fn until(
        &mut self,
        fixture: &Fixture<'_>,
        event: EventId,
        size: i32,
        holds: impl Fn(&Self) -> bool,
    ) {
        let asking = async {
            loop {
                self.catch_up(fixture, event, size).await;
                if holds(self) {
                    return;
                }
            }
        };
        let outcome = tokio::time::timeout(PATIENCE, asking).await;
        assert!(outcome.is_ok(), "the phone holds {:?} and refuses {:?}", self.people, self.refused);
    }
}

fn page_of(size: i32) -> PageSize {
    PageSize::parse(Some(size)).unwrap()
}

fn reason() -> Passage {
    Passage::parse("reason", "Fell ill.").unwrap()
}

/// An event with people to whom something happens.
struct Hall {
    event: EventId,
    standing: Vec<(RegistrationId, ParticipantId)>,
    cancelled: Vec<RegistrationId>,
    count: u32,
}

impl Hall {
    async fn open(fixture: &Fixture<'_>, name: &str) -> Self {
        let host = fixture.partner("UZ", name).await.id;
        let event = fixture.open_event(host, name).await;
        Self { event, standing: Vec::new(), cancelled: Vec::new(), count: 0 }
    }

    /// Something happens to somebody.
    async fn happen(&mut self, fixture: &Fixture<'_>, random: &mut ChaCha8Rng) {
        let what = if self.standing.is_empty() { 0 } else { random.random_range(0..6) };
        let mut work = fixture.work(&system()).await;
        let at = random.random_range(0..self.standing.len().max(1));
        match what {
            0 | 1 => {
                self.count += 1;
                let person = new_person(&format!("Person {}", self.count));
                let entry =
                    work.register_new_participant(self.event, person, as_participant()).await.unwrap();
                self.standing.push((entry.registration.id, entry.participant.id));
            }
            2 => {
                let (registration, _) = self.standing.swap_remove(at);
                work.cancel_registration(registration, None, reason()).await.unwrap();
                self.cancelled.push(registration);
            }
            3 => {
                let role = if random.random_bool(0.5) {
                    RegistrationRole::Speaker
                } else {
                    RegistrationRole::Observer
                };
                let change = RegistrationChange { role: Some(role), ..RegistrationChange::default() };
                work.update_registration(self.standing[at].0, None, change).await.unwrap();
            }
            4 => {
                self.count += 1;
                let names = new_person(&format!("Renamed {}", self.count)).names;
                let change = ParticipantChange { names: Some(names), ..ParticipantChange::default() };
                work.update_participant(self.standing[at].1, None, change).await.unwrap();
            }
            _ => {
                // The same person under two records: one takes over the registrations of the other.
                let other = work.create_participant(new_person("Kept record")).await.unwrap();
                work.merge_participants(self.standing[at].1, other.id).await.unwrap();
                self.standing[at].1 = other.id;
            }
        }
        work.commit().await.unwrap();
    }

    /// The roster as it is.
    async fn roster(&self, fixture: &Fixture<'_>) -> People {
        let reading = fixture.reading(&manager(self.event));
        let mut people = People::new();
        for (registration, _) in &self.standing {
            let entry = reading.find_registration(*registration).await.unwrap().unwrap();
            let known = (entry.participant.names.clone(), entry.registration.details.role);
            people.insert(*registration, known);
        }
        people
    }

    /// The revocations as they are.
    fn refused(&self) -> BTreeMap<RegistrationId, (bool, i32)> {
        self.cancelled.iter().map(|registration| (*registration, (true, 1))).collect()
    }
}

each_database!(any_order_of_changes_and_pages_leaves_a_phone_with_the_people_who_are_expected);
async fn any_order_of_changes_and_pages_leaves_a_phone_with_the_people_who_are_expected(
    fixture: &Fixture<'_>,
) {
    for case in 0..40_u64 {
        let mut random = ChaCha8Rng::seed_from_u64(case);
        let mut hall = Hall::open(fixture, &format!("Hall {case}")).await;
        let mut phone = Phone::default();
        for _ in 0..random.random_range(0..6) {
            hall.happen(fixture, &mut random).await;
        }
        for _ in 0..random.random_range(4..16) {
            let size = random.random_range(1..4);
            match random.next_u32() % 5 {
                0 => drop(phone.ask_refused(fixture, hall.event, size).await),
                1 | 2 => drop(phone.ask(fixture, hall.event, size).await),
                _ => hall.happen(fixture, &mut random).await,
            }
        }
        let (roster, refused) = (hall.roster(fixture).await, hall.refused());
        let size = random.random_range(1..9);
        let is_right = |phone: &Phone| phone.people == roster && phone.refused == refused;
        phone.until(fixture, hall.event, size, is_right).await;
        assert_eq!(phone.resyncs, 0, "case {case}");
    }
}

each_database!(a_change_that_is_kept_late_is_not_missed);
async fn a_change_that_is_kept_late_is_not_missed(fixture: &Fixture<'_>) {
    let hall = Hall::open(fixture, "Hall").await;
    let [anna, boris, clara] = fixture.crowd(hall.event, ["Anna A", "Boris B", "Clara C"]).await;
    let mut phone = Phone::default();
    phone.catch_up(fixture, hall.event, 2).await;
    assert_eq!(phone.people.len(), 3);
    // The snapshot may have shown people whose registration is not settled yet. Once a later change is told, that is too,
    // and Boris is told again only when something happens to him.
    let role = Some(RegistrationRole::Observer);
    let change = RegistrationChange { role, ..RegistrationChange::default() };
    fixture.prepare(async |work| work.update_registration(clara, None, change).await).await;
    let observes = |phone: &Phone| phone.people[&clara].1 == RegistrationRole::Observer;
    phone.until(fixture, hall.event, 2, observes).await;
    let speaks = |phone: &Phone| phone.people[&boris].1 == RegistrationRole::Speaker;
    // One unit of work begins to change the roster, and is kept after the phone has heard of what came later. SQLite
    // has one writer: there, nobody can come later before the first is done.
    let mut early = fixture.work(&system()).await;
    early.cancel_registration(anna, None, reason()).await.unwrap();
    if fixture.database.kind() == hemicycle_test_database::DatabaseKind::Postgres {
        // It moves no counter, for which it might have to wait until the first is done.
        let role = Some(RegistrationRole::Speaker);
        let change = RegistrationChange { role, ..RegistrationChange::default() };
        fixture.prepare(async |work| work.update_registration(boris, None, change).await).await;
        phone.catch_up(fixture, hall.event, 2).await;
        // What is not settled is not told yet, rather than told past the one that is still open.
        assert!(!speaks(&phone));
        let mut another = Phone::default();
        another.catch_up(fixture, hall.event, 2).await;
        assert!(speaks(&another) && another.people.contains_key(&anna));
        early.commit().await.unwrap();
        another.until(fixture, hall.event, 2, |phone| !phone.people.contains_key(&anna)).await;
        phone.until(fixture, hall.event, 2, speaks).await;
    } else {
        early.commit().await.unwrap();
    }
    let is_told = |phone: &Phone| phone.people.len() == 2 && phone.refused.contains_key(&anna);
    phone.until(fixture, hall.event, 2, is_told).await;
    assert!(!phone.people.contains_key(&anna));
}

each_database!(a_cursor_of_another_kind_or_of_another_database_begins_anew);
async fn a_cursor_of_another_kind_or_of_another_database_begins_anew(fixture: &Fixture<'_>) {
    let (hall, other) = (Hall::open(fixture, "Hall").await, Hall::open(fixture, "Other").await);
    fixture.crowd(hall.event, ["Anna A", "Boris B"]).await;
    let mut phone = Phone::default();
    phone.catch_up(fixture, hall.event, 10).await;
    let ask = async |event: EventId, after: Option<String>| {
        let reading = fixture.reading(&system());
        reading.check_in_manifest(event, after.as_deref(), page_of(10)).await.unwrap().unwrap().cursor
    };
    assert!(ask(hall.event, phone.cursor.clone()).await.is_some());
    assert_eq!(ask(other.event, phone.cursor.clone()).await, None);
    assert_eq!(ask(hall.event, phone.cursor_of_refused.clone()).await, None);
    // The event lets its devices hold less: what they hold must go.
    let change = EventChange { manifest_names: Some(ManifestNames::Initials), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(hall.event, None, change).await).await;
    assert_eq!(ask(hall.event, phone.cursor.clone()).await, None);
    assert!(phone.ask(fixture, hall.event, 10).await);
    phone.catch_up(fixture, hall.event, 10).await;
    assert_eq!((phone.resyncs, phone.people.len()), (1, 2));
    // A backup was restored that knows nothing of what the phone has read.
    let cursor = phone.cursor.clone().unwrap();
    let mut written: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    written["sequence"] = 1_000_000.into();
    let ahead = URL_SAFE_NO_PAD.encode(written.to_string());
    assert_eq!(ask(hall.event, Some(ahead)).await, None);
    let reading = fixture.reading(&system());
    for wrong in ["x", "e30"] {
        let outcome = reading.check_in_manifest(hall.event, Some(wrong), page_of(10)).await;
        assert!(outcome.is_err(), "{wrong}");
    }
}

each_database!(a_delta_takes_as_many_statements_for_a_large_roster_as_for_a_small_one);
async fn a_delta_takes_as_many_statements_for_a_large_roster_as_for_a_small_one(fixture: &Fixture<'_>) {
    let mut feed = fixture.store.follow();
    let hall = Hall::open(fixture, "Hall").await;
    // Before the first change is told of, which others' transactions delay, a cursor names none, and none is looked for.
    feed.recv().await.expect("the feed goes on");
    let mut counts = Vec::new();
    for (more, changes) in [(3, 1), (60, 1), (0, 20)] {
        let mut ids = Vec::new();
        let mut work = fixture.work(&system()).await;
        for number in 0..more {
            let person = new_person(&format!("Person {number}"));
            let entry = work.register_new_participant(hall.event, person, as_participant()).await.unwrap();
            ids.push(entry.registration.id);
        }
        work.commit().await.unwrap();
        let mut phone = Phone::default();
        phone.catch_up(fixture, hall.event, 500).await;
        let chosen: Vec<_> = phone.people.keys().copied().take(changes).collect();
        let mut work = fixture.work(&system()).await;
        for registration in chosen {
            let change =
                RegistrationChange { role: Some(RegistrationRole::Speaker), ..RegistrationChange::default() };
            work.update_registration(registration, None, change).await.unwrap();
        }
        work.commit().await.unwrap();
        let cursor = phone.cursor.clone();
        let mut told = Phone { cursor: cursor.clone(), ..Phone::default() };
        told.until(fixture, hall.event, 500, |phone| phone.people.len() >= changes).await;
        let operator = operator(hall.event);
        let statements = fixture.statements(&operator, async |reading| {
            let page = reading.check_in_manifest(hall.event, cursor.as_deref(), page_of(500)).await;
            assert!(page.unwrap().unwrap().entries.len() >= changes);
        });
        counts.push(statements.await);
    }
    assert_eq!(counts, [4, 4, 4]);
}

each_database!(revocations_are_read_past_whatever_else_has_happened);
async fn revocations_are_read_past_whatever_else_has_happened(fixture: &Fixture<'_>) {
    let hall = Hall::open(fixture, "Hall").await;
    let [anna, boris, clara] = fixture.crowd(hall.event, ["Anna A", "Boris B", "Clara C"]).await;
    let mut phone = Phone::default();
    phone.catch_up(fixture, hall.event, 10).await;
    let renamed = async |role| {
        let change = RegistrationChange { role: Some(role), ..RegistrationChange::default() };
        fixture.prepare(async |work| work.update_registration(clara, None, change).await).await;
    };
    for role in [RegistrationRole::Speaker, RegistrationRole::Observer].into_iter().cycle().take(20) {
        renamed(role).await;
    }
    fixture.prepare(async |work| work.reissue_badge(anna).await).await;
    renamed(RegistrationRole::Moderator).await;
    fixture.prepare(async |work| work.cancel_registration(boris, None, reason()).await).await;
    fixture.prepare(async |work| work.revoke_badge(clara, reason()).await).await;
    let mut told = Phone {
        cursor: phone.cursor.clone(),
        cursor_of_refused: phone.cursor_of_refused.clone(),
        ..Phone::default()
    };
    told.until(fixture, hall.event, 10, |phone| phone.refused.len() == 3).await;
    let reading = fixture.reading(&operator(hall.event));
    let (mut told, mut cursor) = (Vec::new(), phone.cursor_of_refused);
    for _ in 0..3 {
        let page = reading.check_in_revocations(hall.event, cursor.as_deref(), page_of(1)).await;
        let page = page.unwrap().unwrap();
        told.extend(page.revocations.iter().map(|one| (one.registration, one.is_cancelled)));
        cursor = page.cursor;
    }
    assert_eq!(told, [(anna, false), (boris, true), (clara, false)]);
    let page = reading.check_in_revocations(hall.event, cursor.as_deref(), page_of(1)).await;
    let page = page.unwrap().unwrap();
    assert!(page.revocations.is_empty() && !page.has_more);
}

each_database!(whoever_does_not_stand_at_the_doors_has_no_manifest);
async fn whoever_does_not_stand_at_the_doors_has_no_manifest(fixture: &Fixture<'_>) {
    let (hall, other) = (Hall::open(fixture, "Hall").await, Hall::open(fixture, "Other").await);
    let device = fixture.enrolled(hall.event, 7).await;
    let can = async |actor: &Arc<Actor>, event: EventId| {
        let reading = fixture.reading(actor);
        let people = reading.check_in_manifest(event, None, page_of(1)).await.unwrap().is_some();
        let revocations = reading.check_in_revocations(event, None, page_of(1)).await.unwrap().is_some();
        assert_eq!(people, revocations);
        people
    };
    assert!(can(&device, hall.event).await);
    assert!(!can(&device, other.event).await);
    assert!(can(&operator(hall.event), hall.event).await);
    assert!(!can(&operator(other.event), hall.event).await);
    assert!(!can(&viewer(), hall.event).await);
    assert!(!can(&system(), Uuid::from_u128(1).into()).await);
}

each_database!(whose_badge_is_not_good_is_told_with_the_reason_of_the_removal);
async fn whose_badge_is_not_good_is_told_with_the_reason_of_the_removal(fixture: &Fixture<'_>) {
    let hall = Hall::open(fixture, "Hall").await;
    let [anna, _] = fixture.crowd(hall.event, ["Anna A", "Boris B"]).await;
    let mut phone = Phone::default();
    phone.catch_up(fixture, hall.event, 10).await;
    fixture.prepare(async |work| work.cancel_registration(anna, None, reason()).await).await;
    let reading = fixture.reading(&operator(hall.event));
    let cursor = phone.cursor.clone();
    phone.until(fixture, hall.event, 10, |phone| phone.people.len() == 1).await;
    let page = reading.check_in_manifest(hall.event, cursor.as_deref(), page_of(10)).await;
    assert_eq!(page.unwrap().unwrap().removed, [(anna, RemovalReason::Cancelled)]);
    // Whoever begins now hears of the revocation, and of nobody else's.
    let mut late = Phone::default();
    late.catch_up(fixture, hall.event, 10).await;
    assert_eq!(late.refused.keys().map(|id| id.uuid()).collect::<Vec<_>>(), [anna.uuid()]);
    assert!(!late.people.contains_key(&anna));
}

each_database!(a_device_is_told_what_it_could_have_known_of_a_badge);
async fn a_device_is_told_what_it_could_have_known_of_a_badge(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Conference").await;
    let [anna] = fixture.crowd(event, ["Anna A"]).await;
    let secret = BadgeSecret::from_seed(&[7; 32]);
    let key = NewKey { id: Uuid::from_u128(7).into(), key: secret.key(), sealed: "sealed".to_owned() };
    let overlap = Overlap::of_days(400);
    fixture.prepare(async |work| work.rotate_badge_key(key, overlap).await).await;
    let reading = fixture.reading(&system());
    let entry = reading.find_registration(anna).await.unwrap().unwrap();
    let at = reading.find_event(event).await.unwrap().unwrap();
    let badge = secret.issue(&Badge::of(&entry.registration, &at, &Issue::default()));
    let mut phone = Phone::default();
    phone.catch_up(fixture, event, 10).await;
    let before = phone.cursor_of_refused.clone();
    fixture.prepare(async |work| work.reissue_badge(anna).await).await;
    phone.until(fixture, event, 10, |phone| phone.refused.get(&anna) == Some(&(false, 2))).await;
    // The people were asked after before, when it may not have been settled yet.
    phone.catch_up(fixture, event, 10).await;
    let known = [phone.cursor.clone(), phone.cursor_of_refused.clone()];
    // Something else that happened later is not what it is about.
    fixture.prepare(async |work| work.reissue_badge(anna).await).await;
    let cursors = [None, before, Some("no cursor".to_owned())].into_iter().chain(known);
    let scans: Vec<NewScan> = cursors
        .zip(1..)
        .map(|(manifest, id)| NewScan {
            registration: None,
            credential: Some(badge.as_str().to_owned()),
            captured_at: Some(fixture.now()),
            manifest,
            ..coming_in(id, event, anna)
        })
        .collect();
    let mut work = fixture.work(&operator(event)).await;
    let recorded = work.record_scans(handed(&operator(event), &scans)).await.unwrap();
    let flags = recorded.iter().map(|one| match one {
        Recorded::Kept { scan, .. } => scan.flags.clone(),
        other => panic!("{other:?}"),
    });
    let (unknown, known) = (vec![ScanFlag::RevokedUnknown], vec![ScanFlag::RevokedKnown]);
    assert_eq!(flags.collect::<Vec<_>>(), [unknown.clone(), unknown.clone(), unknown, known.clone(), known]);
}
