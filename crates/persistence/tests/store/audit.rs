//! The audit trail: rows are sealed behind the writers, nothing of it can be rewritten, and who does so all the same
//! is found out.

use hemicycle_domain::{
    access::{Place, Role},
    audit::{Finding, Report, TrailFilter, TrailTest},
    id::RecordKind,
    page::{Direction, PageRequest},
};
use hemicycle_migrations::{Migrator, MigratorTrait};
use hemicycle_persistence::MOST_UNNOTED;
use hemicycle_test_database::DatabaseKind;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::{
    each_database,
    fixture::{Fixture, first, new_partner, new_territory},
    people::person_of,
};

/// How often is looked before the trail is given up; each round asks the database.
const ROUNDS: u32 = 20_000;

/// A connection of someone who has more rights than the application should.
async fn by_hand(fixture: &Fixture<'_>) -> DatabaseConnection {
    Database::connect(fixture.database.url()).await.unwrap()
}

/// A database without any table.
async fn empty_database(fixture: &Fixture<'_>) -> DatabaseConnection {
    let url = match fixture.database.kind() {
        DatabaseKind::Sqlite => "sqlite::memory:".to_owned(),
        DatabaseKind::Postgres => {
            let database = by_hand(fixture).await;
            execute(&database, "CREATE SCHEMA empty").await;
            database.close().await.unwrap();
            format!("{}?options=-c%20search_path%3Dempty", fixture.database.url())
        }
    };
    Database::connect(ConnectOptions::new(url).max_connections(1).to_owned()).await.unwrap()
}

async fn execute(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Takes away what refuses to rewrite the trail.
async fn drop_guards(database: &DatabaseConnection) {
    let guards: &[&str] = match database.get_database_backend() {
        DbBackend::Postgres => {
            &["ALTER TABLE change DISABLE TRIGGER USER", "ALTER TABLE change_seal DISABLE TRIGGER USER"]
        }
        _ => &[
            "DROP TRIGGER change_is_not_rewritten",
            "DROP TRIGGER change_is_not_removed",
            "DROP TRIGGER change_seal_is_not_rewritten",
            "DROP TRIGGER change_seal_is_not_removed",
        ],
    };
    for guard in guards {
        execute(database, guard).await;
    }
}

/// Makes this many changes and waits until they are sealed.
async fn changes(fixture: &Fixture<'_>, count: usize) {
    for number in 0..count {
        fixture.partner("UZ", &format!("Academy {number}")).await;
    }
    sealed(fixture).await;
}

/// Waits until nothing is left to be sealed; another transaction of the server can delay it.
pub(crate) async fn sealed(fixture: &Fixture<'_>) {
    for _ in 0..ROUNDS {
        fixture.store.seal_trail().await.unwrap();
        if report(fixture).await.tail.rows == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the trail is not sealed after many rounds");
}

/// What an examination of the whole trail comes to.
pub(crate) async fn report(fixture: &Fixture<'_>) -> Report {
    fixture.reading(&fixture.system()).examine_trail(Vec::new()).await.unwrap().unwrap()
}

/// The numbers of all rows, in their order.
async fn sequences(database: &DatabaseConnection) -> Vec<i64> {
    let select = Statement::from_string(
        database.get_database_backend(),
        "SELECT sequence FROM change_seal ORDER BY position",
    );
    let rows = database.query_all_raw(select).await.unwrap();
    rows.iter().map(|row| row.try_get("", "sequence").unwrap()).collect()
}

each_database!(each_change_is_sealed_in_its_order);
async fn each_change_is_sealed_in_its_order(fixture: &Fixture<'_>) {
    changes(fixture, 5).await;
    let Report { head, tail, findings } = report(fixture).await;
    assert_eq!((head.position, tail.rows, findings), (5, 0, vec![]));
    let found = fixture.reading(&fixture.system()).find_trail_head().await.unwrap();
    assert_eq!(found, Some((head, tail)));
    let database = by_hand(fixture).await;
    assert!(sequences(&database).await.is_sorted());
    database.close().await.unwrap();
}

each_database!(the_store_seals_by_itself);
async fn the_store_seals_by_itself(fixture: &Fixture<'_>) {
    fixture.partner("UZ", "Academy").await;
    for _ in 0..ROUNDS {
        if report(fixture).await.head.position == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the row is not sealed after many rounds");
}

each_database!(who_asked_for_a_change_stands_in_it);
async fn who_asked_for_a_change_stands_in_it(fixture: &Fixture<'_>) {
    let work = fixture.store.begin(&fixture.coordinator("UZ"), fixture.now()).await.unwrap();
    let mut work = work.for_request("request-7");
    work.create_partner(new_partner("UZ", "Academy")).await.unwrap();
    work.commit().await.unwrap();
    let database = by_hand(fixture).await;
    let backend = database.get_database_backend();
    let select = Statement::from_string(backend, "SELECT actor, action, request_id FROM change");
    let row = database.query_one_raw(select).await.unwrap().unwrap();
    let column = |name: &str| -> String { row.try_get("", name).unwrap() };
    assert!(column("actor").starts_with("account:"));
    assert_eq!((column("action").as_str(), column("request_id").as_str()), ("partner.create", "request-7"));
    database.close().await.unwrap();
}

each_database!(an_auditor_reads_the_trail_and_nobody_else_does);
async fn an_auditor_reads_the_trail_and_nobody_else_does(fixture: &Fixture<'_>) {
    changes(fixture, 3).await;
    let all = TrailFilter::All(Vec::new());
    let auditor = fixture.reading(&fixture.account(Role::Auditor, Place::Platform));
    let page = auditor.list_trail(&all, Direction::Descending, &first(2)).await.unwrap();
    let positions: Vec<_> = page.rows.iter().map(|(_, row)| row.seal.unwrap().position).collect();
    assert_eq!((positions, page.has_next), (vec![3, 2], true));
    let after = page.rows[1].0.to_string();
    let next = PageRequest::parse(Some(2), Some(after), None, None).unwrap();
    let page = auditor.list_trail(&all, Direction::Descending, &next).await.unwrap();
    assert_eq!((page.rows.len(), page.has_next), (1, false));
    let row = &page.rows[0].1;
    assert_eq!((row.entry.action.as_str(), row.is_blanked), ("partner.create", false));

    for (test, expected) in [
        (TrailTest::Actions(vec!["partner.create".to_owned()]), 3),
        (TrailTest::Actions(vec!["event.create".to_owned()]), 0),
        (TrailTest::Subjects(vec![row.entry.subject]), 1),
        (TrailTest::Before(row.entry.at), 0),
        (TrailTest::From(row.entry.at), 3),
        (TrailTest::Actors(vec![(RecordKind::Account, row.entry.subject)]), 0),
    ] {
        let counted = auditor.count_trail(&TrailFilter::Is(test.clone())).await.unwrap();
        assert_eq!(counted, expected, "{test:?}");
    }

    let coordinator = fixture.reading(&fixture.coordinator("UZ"));
    assert_eq!(coordinator.count_trail(&all).await.unwrap(), 0);
    assert_eq!(coordinator.find_trail_head().await.unwrap(), None);
    assert_eq!(coordinator.examine_trail(Vec::new()).await.unwrap(), None);
}

each_database!(who_reads_personal_data_of_many_people_at_once_leaves_a_row);
async fn who_reads_personal_data_of_many_people_at_once_leaves_a_row(fixture: &Fixture<'_>) {
    let home = fixture.partner("UZ", "Academy").await.id;
    let mut people = Vec::new();
    for number in 0..=MOST_UNNOTED {
        people.push(fixture.person(person_of(home, &format!("Anna Guest {number}"))).await.id);
    }
    let host = fixture.account(Role::PartnerAdministrator, Place::Partner(home));
    let read = async |count: usize| {
        let reading = fixture.reading(&host).in_request(fixture.now(), "request-9");
        let known = reading.personal_data_of_participants(&people[..count]).await.unwrap();
        assert_eq!(known.len(), count);
        let rows = TrailFilter::Is(TrailTest::Requests(vec!["request-9".to_owned()]));
        let auditor = fixture.reading(&fixture.account(Role::Auditor, Place::Platform));
        auditor.list_trail(&rows, Direction::Ascending, &first(10)).await.unwrap().rows
    };
    assert!(read(MOST_UNNOTED).await.is_empty());
    let rows = read(MOST_UNNOTED + 1).await;
    assert_eq!(rows.len(), 1);
    let entry = &rows[0].1.entry;
    assert_eq!((entry.action.as_str(), entry.subject_kind.as_str()), ("personal_data.read", "account"));
    let told = entry.after.as_ref().unwrap().value();
    assert_eq!(told["people"], MOST_UNNOTED + 1);
    assert!(told.to_string().contains(&people[0].to_string()) && !told.to_string().contains("Guest"));
}

each_database!(a_row_removed_by_hand_is_found);
async fn a_row_removed_by_hand_is_found(fixture: &Fixture<'_>) {
    changes(fixture, 5).await;
    let database = by_hand(fixture).await;
    drop_guards(&database).await;
    let third = sequences(&database).await[2];
    execute(&database, &format!("DELETE FROM change WHERE sequence = {third}")).await;
    assert_eq!(report(fixture).await.findings, [Finding::RowRemoved { position: 3, sequence: third }]);
    execute(&database, &format!("DELETE FROM change_seal WHERE sequence = {third}")).await;
    assert_eq!(report(fixture).await.findings, [Finding::SealsRemoved { from: 3, to: 3 }]);
    database.close().await.unwrap();
}

each_database!(a_row_changed_by_hand_is_found);
async fn a_row_changed_by_hand_is_found(fixture: &Fixture<'_>) {
    changes(fixture, 5).await;
    let database = by_hand(fixture).await;
    drop_guards(&database).await;
    let second = sequences(&database).await[1];
    for change in ["actor = 'account:another'", "action = 'partner.update'", "\"after\" = NULL"] {
        execute(&database, &format!("UPDATE change SET {change} WHERE sequence = {second}")).await;
        let findings = report(fixture).await.findings;
        assert_eq!(findings, [Finding::Changed { position: 2, sequence: second }], "{change}");
    }
    database.close().await.unwrap();
}

each_database!(a_row_inserted_in_the_middle_by_hand_is_found);
async fn a_row_inserted_in_the_middle_by_hand_is_found(fixture: &Fixture<'_>) {
    changes(fixture, 3).await;
    let database = by_hand(fixture).await;
    drop_guards(&database).await;
    let second = sequences(&database).await[1];
    // A number in the middle becomes free where a write is given up.
    execute(&database, &format!("UPDATE change SET sequence = 1000000 WHERE sequence = {second}")).await;
    let copy = format!(
        "INSERT INTO change (sequence, transaction_id, at, actor, action, subject_kind, subject_id)
         SELECT {second}, transaction_id, at, 'account:forged', action, subject_kind, subject_id
         FROM change WHERE sequence = 1000000"
    );
    execute(&database, &copy).await;
    execute(&database, "DELETE FROM change WHERE sequence = 1000000").await;
    let findings = report(fixture).await.findings;
    assert_eq!(findings, [Finding::Changed { position: 2, sequence: second }], "in the place of another");
    let copy = format!(
        "INSERT INTO change (sequence, transaction_id, at, actor, action, subject_kind, subject_id)
         SELECT 0, transaction_id, at, actor, action, subject_kind, subject_id
         FROM change WHERE sequence = {second}"
    );
    execute(&database, &copy).await;
    let findings = report(fixture).await.findings;
    let changed = Finding::Changed { position: 2, sequence: second };
    assert_eq!(findings, [changed, Finding::Inserted { sequence: 0 }], "between two others");
    database.close().await.unwrap();
}

each_database!(a_trail_cut_short_is_found_by_a_head_that_was_noted);
async fn a_trail_cut_short_is_found_by_a_head_that_was_noted(fixture: &Fixture<'_>) {
    changes(fixture, 4).await;
    let noted = report(fixture).await.head;
    let database = by_hand(fixture).await;
    drop_guards(&database).await;
    execute(&database, "DELETE FROM change WHERE sequence = (SELECT MAX(sequence) FROM change)").await;
    execute(&database, "DELETE FROM change_seal WHERE position = 4").await;
    assert_eq!(report(fixture).await.findings, []);
    let reading = fixture.reading(&fixture.system());
    let findings = reading.examine_trail(vec![noted]).await.unwrap().unwrap().findings;
    assert_eq!(findings, [Finding::AnotherChain { noted, found: None }]);
    // What comes after is sealed in its place, and is not what was noted.
    fixture.partner("UZ", "Another").await;
    sealed(fixture).await;
    let Report { head, findings, .. } = reading.examine_trail(vec![noted]).await.unwrap().unwrap();
    assert_eq!(findings, [Finding::AnotherChain { noted, found: Some(head.hash) }]);
    database.close().await.unwrap();
}

each_database!(the_database_refuses_to_rewrite_the_trail);
async fn the_database_refuses_to_rewrite_the_trail(fixture: &Fixture<'_>) {
    changes(fixture, 2).await;
    let database = by_hand(fixture).await;
    let mut refused = vec![
        "UPDATE change SET actor = 'account:another'",
        "UPDATE change SET personal = '{}'",
        "DELETE FROM change",
        "UPDATE change_seal SET position = position + 10",
        "DELETE FROM change_seal",
    ];
    if database.get_database_backend() == DbBackend::Postgres {
        refused.extend(["TRUNCATE change", "TRUNCATE change_seal"]);
    }
    for sql in refused {
        let outcome = database.execute_unprepared(sql).await;
        let text = outcome.expect_err(sql).to_string();
        assert!(text.contains("the audit trail is append-only"), "{sql}: {text}");
    }
    assert_eq!(report(fixture).await.findings, []);
    database.close().await.unwrap();
}

each_database!(the_role_of_the_server_cannot_rewrite_the_trail);
async fn the_role_of_the_server_cannot_rewrite_the_trail(fixture: &Fixture<'_>) {
    if fixture.database.kind() == DatabaseKind::Sqlite {
        // It has no roles.
        return;
    }
    changes(fixture, 1).await;
    // Roles belong to all databases of a server, so each needs its own name.
    let (_, database) = fixture.database.url().rsplit_once('/').unwrap();
    let role =
        format!("role_of_{}", database.replace(|character: char| !character.is_ascii_alphanumeric(), "_"));
    let script = include_str!("../../../../docs/application-role.sql").replace(":\"role\"", &role);
    let owner = by_hand(fixture).await;
    execute(&owner, &format!("CREATE ROLE {role}")).await;
    execute(&owner, &script).await;
    let server = Database::connect(ConnectOptions::new(fixture.database.url()).max_connections(1).to_owned());
    let server = server.await.unwrap();
    execute(&server, &format!("SET ROLE {role}")).await;
    for sql in [
        "UPDATE change SET actor = 'account:another'",
        "DELETE FROM change",
        "TRUNCATE change",
        "ALTER TABLE change DISABLE TRIGGER USER",
        "UPDATE change_seal SET position = 7",
        "DELETE FROM change_seal",
        "DELETE FROM seaql_migrations",
    ] {
        let text = server.execute_unprepared(sql).await.expect_err(sql).to_string();
        assert!(text.contains("permission denied") || text.contains("must be owner"), "{sql}: {text}");
    }
    execute(&server, "UPDATE change SET personal = NULL").await;
    execute(
        &server,
        "INSERT INTO change (at, action, subject_kind, subject_id) SELECT at, action, subject_kind, subject_id FROM change",
    )
    .await;
    execute(&server, "INSERT INTO change_seal VALUES (9, 9, 9, '')").await;
    execute(&server, "UPDATE partner SET version = version + 1").await;
    server.close().await.unwrap();
    execute(&owner, &format!("DROP OWNED BY {role}")).await;
    execute(&owner, &format!("DROP ROLE {role}")).await;
    owner.close().await.unwrap();
}

each_database!(a_row_that_is_committed_late_is_sealed_in_its_place);
async fn a_row_that_is_committed_late_is_sealed_in_its_place(fixture: &Fixture<'_>) {
    if fixture.database.kind() == DatabaseKind::Sqlite {
        // One writer at a time: no row is committed late.
        return;
    }
    let mut late = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    late.create_territory(new_territory("UZ", None)).await.unwrap();
    fixture.partner("KZ", "Academy").await;
    assert_eq!(fixture.store.seal_trail().await.unwrap(), 0, "it could still get a row before it");
    assert_eq!(report(fixture).await.tail.rows, 1);
    late.commit().await.unwrap();
    sealed(fixture).await;
    let Report { head, findings, .. } = report(fixture).await;
    assert_eq!((head.position, findings), (2, vec![]));
    let database = by_hand(fixture).await;
    assert!(sequences(&database).await.is_sorted());
    database.close().await.unwrap();
}

each_database!(what_old_rows_hold_of_people_moves_to_their_personal_part);
async fn what_old_rows_hold_of_people_moves_to_their_personal_part(fixture: &Fixture<'_>) {
    let database = empty_database(fixture).await;
    let before = Migrator::migrations().iter().position(|one| one.name() == "m0025_audit").unwrap();
    Migrator::up(&database, Some(u32::try_from(before).unwrap())).await.unwrap();
    for (kind, after) in [("participant", r#"{"names":"Anna Guest"}"#), ("event", r#"{"title":"Seminar"}"#)] {
        let insert = format!(
            "INSERT INTO change (at, action, subject_kind, subject_id, \"after\")
             VALUES ('2026-01-01T00:00:00Z', '{kind}.create', '{kind}', {}, '{after}')",
            match database.get_database_backend() {
                DbBackend::Postgres => "'00000000-0000-0000-0000-000000000007'",
                _ => "x'00000000000000000000000000000007'",
            }
        );
        execute(&database, &insert).await;
    }
    Migrator::up(&database, None).await.unwrap();
    let select = "SELECT CAST(\"after\" AS text) AS told, personal FROM change ORDER BY sequence";
    let select = Statement::from_string(database.get_database_backend(), select);
    let rows = database.query_all_raw(select).await.unwrap();
    let column = |row: usize, name: &str| -> Option<String> { rows[row].try_get("", name).unwrap() };
    assert_eq!(column(0, "told"), None);
    assert!(column(0, "personal").unwrap().contains("Anna Guest"));
    assert!(column(1, "told").unwrap().contains("Seminar"));
    assert_eq!(column(1, "personal"), None);
    database.close().await.unwrap();
}
