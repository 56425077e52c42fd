//! What a person asks for about the own data: all of it, and that it be forgotten while the figures stay.

use hemicycle_domain::{
    access::{Grant, Place, Role},
    account::{EmailAddress, NewAccount, PasswordHash},
    check_in::{NewScan, ScanReason},
    event::EventStep,
    id::{EventId, Id, ParticipantId, PartnerId, RegistrationId},
    participant::{AccessNeeds, Disability, DisabilityAnswer, NewParticipant, PhoneNumber},
    problem::ProblemCode,
    reach::{Question, Reach, ReachFilter},
    test_result::{NewTestResult, Score, TestStage},
    text::{Line, Passage},
};
use hemicycle_persistence::{Idempotency, Stray, Weighed};
use hemicycle_test_database::DatabaseKind;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::{
    audit::{report, sealed},
    check_in::{coming_in, pass},
    each_database,
    fixture::{Fixture, code_of, is_refused, new_event, words},
    people::{as_participant, new_person, person_of},
};

fn reason() -> Line {
    Line::parse("reason", "Letter 17 of 3 May").unwrap()
}

/// A person of whom everything is known that can be.
fn known_person(home: PartnerId, name: &str) -> NewParticipant {
    let mut person = person_of(home, name);
    person.personal.email = EmailAddress::parse("email", "zulfiya@example.org").ok();
    person.personal.phone = Some(PhoneNumber::parse("phone", "+998901234567").unwrap());
    person.personal.birth_year = Some(1984);
    person.personal.note = Some(Passage::parse("note", "Speaks with a stammer").unwrap());
    person.disability = Disability {
        answer: Some(DisabilityAnswer::Yes),
        needs: AccessNeeds::parse("accessNeeds", "An interpreter of sign language").ok(),
    };
    person.position = Some(crate::people::text("Secretary of the commission"));
    person
}

/// A person with a past: registered, changed, checked in, and merged with another record.
async fn person_with_a_past(fixture: &Fixture<'_>) -> (PartnerId, ParticipantId) {
    let home = fixture.partner("UZ", "Academy").await.id;
    let event = fixture.open(new_event("Seminar", "2026-01-01")).await;
    let person = fixture
        .prepare(async |work| {
            let person = work.create_participant(known_person(home, "Zulfiya Karimova")).await?;
            let once = Idempotency { key: "k".to_owned(), fingerprint: "of Zulfiya".to_owned() };
            work.remember(Some(once), person.id).await?;
            Ok(person.id)
        })
        .await;
    let double = fixture.person(person_of(home, "Z. Karimova")).await.id;
    let registration = fixture.register(event, person, as_participant()).await;
    pass(fixture, coming_in(1, event, registration)).await;
    score(fixture, event, registration).await;
    fixture.step(event, &[EventStep::Hold]).await;
    fixture.prepare(async |work| work.merge_participants(double, person).await).await;
    (home, person)
}

/// Records two test results of a registration, and removes one of them again.
async fn score(fixture: &Fixture<'_>, event: EventId, registration: RegistrationId) {
    let result = |stage, points| {
        let score = Score::parse(points, 9_973)?;
        Ok(NewTestResult { registration, stage, score, taken_on: fixture.now().date_naive() })
    };
    let results = vec![result(TestStage::PreTest, 4_001), result(TestStage::PostTest, 8_009)];
    let kept = fixture.prepare(async |work| work.record_test_results(event, results).await).await;
    let Weighed::Kept(kept) = kept else { panic!("{kept:?}") };
    fixture.prepare(async |work| work.remove_test_result(kept[0].id).await).await;
}

async fn reach(fixture: &Fixture<'_>) -> Reach {
    let question = Question::parse(ReachFilter::default(), Vec::new()).unwrap();
    let mut reach = fixture.reading(&fixture.system()).reach(&question, fixture.now()).await.unwrap();
    // The moment of the answer is no figure.
    reach.as_of = chrono::DateTime::UNIX_EPOCH;
    reach
}

/// Everything that the database holds, as one text.
async fn all_text(fixture: &Fixture<'_>) -> String {
    let database = Database::connect(fixture.database.url()).await.unwrap();
    let mut told = String::new();
    for table in fixture.database.row_counts().await.unwrap().into_keys() {
        let columns = match fixture.database.kind() {
            DatabaseKind::Postgres => "CAST(t AS text)".to_owned(),
            DatabaseKind::Sqlite => {
                let names =
                    texts(&database, &format!("SELECT name AS told FROM pragma_table_info('{table}')")).await;
                let names: Vec<_> = names
                    .iter()
                    .map(|name| format!("CASE typeof(\"{name}\") WHEN 'text' THEN \"{name}\" ELSE '' END"))
                    .collect();
                names.join(" || ' ' || ")
            }
        };
        told += &texts(&database, &format!("SELECT {columns} AS told FROM \"{table}\" t")).await.join("\n");
    }
    database.close().await.unwrap();
    told
}

async fn texts(database: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows =
        database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "told").unwrap()).collect()
}

const TRACES: [&str; 8] = [
    "Zulfiya",
    "Karimova",
    "example.org",
    "998901234567",
    "stammer",
    "Secretary of",
    "interpreter of sign",
    // Of a test result, as the trail tells it.
    ":9973",
];

each_database!(an_erased_person_is_gone_from_everywhere);
async fn an_erased_person_is_gone_from_everywhere(fixture: &Fixture<'_>) {
    let (_, person) = person_with_a_past(fixture).await;
    let before = all_text(fixture).await;
    let folded = words("Karimova");
    let traces = || TRACES.into_iter().chain(folded.iter().map(String::as_str));
    for trace in traces() {
        assert!(before.contains(trace), "{trace} is there to be erased");
    }
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    let after = all_text(fixture).await;
    for trace in traces() {
        assert!(!after.contains(trace), "{trace} is left");
    }
    let found = fixture.reading(&fixture.system()).find_participant(person).await.unwrap().unwrap();
    assert_eq!((found.names.display(&[]), found.is_archived), ("Anonymised", true));
    let rows = fixture.database.row_counts().await.unwrap();
    assert_eq!((rows["disability"], rows["test_result"]), (0, 0));
}

each_database!(an_erasure_leaves_every_figure_as_it_was);
async fn an_erasure_leaves_every_figure_as_it_was(fixture: &Fixture<'_>) {
    let (_, person) = person_with_a_past(fixture).await;
    let before = reach(fixture).await;
    assert_eq!(before.whole.counted.unwrap().unique_participants, 1);
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    assert_eq!(reach(fixture).await, before);
}

each_database!(a_badge_that_was_revoked_stays_revoked_when_its_bearer_is_erased);
async fn a_badge_that_was_revoked_stays_revoked_when_its_bearer_is_erased(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Seminar", "2026-01-01")).await;
    let person = fixture.person(new_person("Zulfiya Karimova")).await.id;
    let registration = fixture.register(event, person, as_participant()).await;
    let lost = Passage::parse("reason", "Zulfiya lost it").unwrap();
    fixture.prepare(async |work| work.revoke_badge(registration, lost).await).await;
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    let database = Database::connect(fixture.database.url()).await.unwrap();
    let left = texts(&database, "SELECT revoke_reason AS told FROM badge WHERE revoked_at IS NOT NULL");
    assert_eq!(left.await, ["Anonymised"]);
    database.close().await.unwrap();
}

each_database!(the_trail_keeps_that_a_person_was_erased_and_still_proves_itself);
async fn the_trail_keeps_that_a_person_was_erased_and_still_proves_itself(fixture: &Fixture<'_>) {
    let (_, person) = person_with_a_past(fixture).await;
    sealed(fixture).await;
    let noted = report(fixture).await.head;
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    sealed(fixture).await;
    let reading = fixture.reading(&fixture.system());
    let report = reading.examine_trail(vec![noted]).await.unwrap().unwrap();
    assert_eq!(report.findings, []);
    assert!(report.head.position > noted.position);
}

each_database!(a_person_is_erased_once_and_by_who_may);
async fn a_person_is_erased_once_and_by_who_may(fixture: &Fixture<'_>) {
    let (home, person) = person_with_a_past(fixture).await;
    let coordinator = fixture.coordinator("UZ");
    let erase =
        async |actor| fixture.act(actor, async |work| work.erase_participant(person, &reason()).await).await;
    assert!(is_refused(erase(&coordinator).await));
    let host = fixture.account(Role::PartnerAdministrator, Place::Partner(home));
    assert!(erase(&host).await.is_ok());
    assert_eq!(code_of(erase(&fixture.system()).await), Some(ProblemCode::Archived));
}

each_database!(an_export_holds_everything_and_leaves_a_row);
async fn an_export_holds_everything_and_leaves_a_row(fixture: &Fixture<'_>) {
    let (home, person) = person_with_a_past(fixture).await;
    let host = fixture.account(Role::PartnerAdministrator, Place::Partner(home));
    let export =
        async |actor| fixture.act(actor, async |work| work.export_participant(person, &reason()).await).await;
    let known = export(&host).await.unwrap();
    for (part, count) in [
        ("people", 2),
        ("registrations", 1),
        ("events", 1),
        ("attendance", 1),
        ("scans", 1),
        ("disabilities", 1),
        ("test_results", 1),
    ] {
        assert_eq!(known[part].as_array().unwrap().len(), count, "{part}");
    }
    let told = known.to_string();
    for trace in [
        "Zulfiya Karimova",
        "zulfiya@example.org",
        "+998901234567",
        "1984",
        "stammer",
        "Seminar",
        "interpreter",
        "9973",
    ] {
        assert!(told.contains(trace), "{trace}");
    }
    let changes = known["changes"].to_string();
    assert!(
        changes.contains("zulfiya@example.org") && !changes.contains("salt") && !changes.contains("personal")
    );
    assert!(is_refused(export(&fixture.coordinator("UZ")).await));

    let database = Database::connect(fixture.database.url()).await.unwrap();
    let sql = "SELECT CAST(subject_id AS text) AS told FROM change WHERE action = 'participant.export'";
    let sql = match fixture.database.kind() {
        DatabaseKind::Sqlite => sql.replace("CAST(subject_id AS text)", "hex(subject_id)"),
        DatabaseKind::Postgres => sql.to_owned(),
    };
    let rows = texts(&database, &sql).await;
    database.close().await.unwrap();
    let row = rows[0].replace('-', "").to_lowercase();
    assert_eq!((rows.len(), row), (1, person.uuid().simple().to_string()));
}

each_database!(what_a_device_told_its_operator_of_a_person_is_erased);
async fn what_a_device_told_its_operator_of_a_person_is_erased(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Seminar", "2026-01-01")).await;
    let [person, other] = ["Zulfiya Karimova", "Anna Guest"].map(new_person);
    let [person, other] = [fixture.person(person).await.id, fixture.person(other).await.id];
    let mut registrations = Vec::new();
    for (number, person) in [(1, person), (2, other)] {
        let registration = fixture.register(event, person, as_participant()).await;
        let greeted = Some(format!("Welcome, number {number}!"));
        pass(fixture, NewScan { local_verdict: greeted, ..coming_in(number, event, registration) }).await;
        registrations.push(registration);
    }
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    let scans = fixture.reading(&fixture.system()).scans_of_registrations(&registrations).await.unwrap();
    let told = registrations.iter().map(|id| scans[id][0].local_verdict.as_deref().unwrap());
    let [erased, kept] = told.collect::<Vec<_>>()[..] else { panic!("two scans") };
    assert!(!erased.contains("Welcome"), "{erased}");
    assert_eq!(kept, "Welcome, number 2!");
}

each_database!(what_doors_could_not_hand_in_is_erased_and_the_account_untied);
async fn what_doors_could_not_hand_in_is_erased_and_the_account_untied(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Seminar", "2026-01-01")).await;
    let person = fixture.person(new_person("Zulfiya Karimova")).await.id;
    let registration = fixture.register(event, person, as_participant()).await;
    let account = NewAccount {
        email: EmailAddress::parse("email", "office@example.org").unwrap(),
        display_name: Line::parse("displayName", "An officer").unwrap(),
        password: PasswordHash("hash".to_owned()),
        grants: vec![Grant { role: Role::Viewer, place: Place::Platform }],
    };
    let account = fixture.prepare(async |work| work.create_account(account).await).await.id;
    fixture.prepare(async |work| work.link_account(account, Some(person)).await).await;
    let stray = |digest: &str, body: &str, registration| Stray {
        sequence: None,
        reason: ScanReason::Malformed,
        registration,
        credential: None,
        body: body.to_owned(),
        digest: digest.to_owned(),
    };
    let strays = vec![
        stray("a", "scanId: 7\noperator: at the north door", Some(registration)),
        stray("b", "walkInId: 8\nname: Zulfiya Karimova", None),
        stray("c", "walkInId: 9\nname: Zulfiya Karimovaeva", None),
    ];
    fixture.prepare(async |work| work.keep_strays(strays).await).await;
    fixture.prepare(async |work| work.erase_participant(person, &reason()).await).await;
    let told = all_text(fixture).await;
    assert!(!told.contains("north door") && !told.contains("name: Zulfiya Karimova\n"));
    assert!(told.contains("name: Zulfiya Karimovaeva"), "somebody else's is theirs");
    let rows = fixture.database.row_counts().await.unwrap();
    assert_eq!((rows["account_person"], rows["stray_scan"]), (0, 3));
}
