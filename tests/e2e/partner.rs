//! Partners: added, changed, archived and merged; look-alikes stay apart.

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, known};

/// The input of an institution with nothing but what it must have.
pub(crate) fn new_partner(country: &str, name: &str) -> Value {
    json!({ "kind": "NGO", "country": country, "names": [{ "text": name, "language": "en" }] })
}

/// Adds an institution and returns its id.
async fn create(client: &Client, country: &str, name: &str) -> String {
    let answer = client.mutate("createPartner", new_partner(country, name), "partner { id }").await;
    answer.text("createPartner.partner.id").to_owned()
}

/// The names of the partners that a filter finds.
async fn found(client: &Client, filter: Value) -> Vec<String> {
    let document = "query($where: PartnerWhere) { partners(where: $where, first: 200) { nodes { name } } }";
    let answer = client.ask(document, json!({ "where": filter })).await;
    answer.texts("partners.nodes", "name").into_iter().map(ToOwned::to_owned).collect()
}

each_database!(a_partner_is_added_with_all_that_is_known_of_it);
async fn a_partner_is_added_with_all_that_is_known_of_it(app: &App<'_>) {
    let administrator = app.administrator().await;
    let territory = known::territory(&administrator, "UZ-JI").await;
    let parent = known::partner(&administrator, "civil service development agency jizzakh").await;
    let input = json!({
        "kind": "UNIVERSITY", "country": "UZ", "territoryId": territory, "parentId": parent,
        "note": " Opened in spring. ",
        "names": [
            { "text": "  New Institute  ", "language": "en" },
            { "text": "Янги институт", "language": "uz-Cyrl", "kind": "TRANSLITERATION" },
            { "text": "Old Institute", "language": "en", "kind": "FORMER", "validFrom": "1990-01-01", "validUntil": "2001-12-31" },
        ],
    });
    let fields =
        "partner { kind country isInternational isArchived version name note territory { code } parent { id }
        names { text language kind script validFrom validUntil } }";
    let answer = administrator.mutate("createPartner", input, fields).await;

    let expected = json!({
        "kind": "UNIVERSITY", "country": "UZ", "isInternational": false, "isArchived": false, "version": 1,
        "name": "New Institute", "note": "Opened in spring.", "territory": { "code": "UZ-JI" }, "parent": { "id": parent },
        "names": [
            { "text": "New Institute", "language": "en", "kind": "OFFICIAL", "script": "LATIN",
              "validFrom": null, "validUntil": null },
            { "text": "Янги институт", "language": "uz-Cyrl", "kind": "TRANSLITERATION", "script": "CYRILLIC",
              "validFrom": null, "validUntil": null },
            { "text": "Old Institute", "language": "en", "kind": "FORMER", "script": "LATIN",
              "validFrom": "1990-01-01", "validUntil": "2001-12-31" },
        ],
    });
    assert_eq!(answer.data("createPartner.partner"), &expected);
    assert_eq!(answer.data("createPartner.errors"), &json!([]));
}

each_database!(look_alikes_stay_apart);
async fn look_alikes_stay_apart(app: &App<'_>) {
    let viewer = app.viewer().await;
    let administrator = app.administrator().await;
    assert_eq!(found(&viewer, json!({ "named": "Central Election Commission" })).await.len(), 2);
    let again =
        create(&administrator, "UZ", "Central Election Commission of the Republic of Uzbekistan").await;
    let names =
        found(&viewer, json!({ "named": "Central Election Commission", "country": { "eq": "UZ" } })).await;
    assert_eq!(names, ["Central Election Commission of the Republic of Uzbekistan"; 2], "{again}");
}

each_database!(a_command_that_is_repeated_with_its_key_is_done_once);
async fn a_command_that_is_repeated_with_its_key_is_done_once(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_partner("UZ", "Once");
    input["idempotencyKey"] = json!("key-1");
    let first = administrator.mutate("createPartner", input.clone(), "partner { id }").await;
    let before = app.database.row_counts().await.unwrap();
    let second = administrator.mutate("createPartner", input.clone(), "partner { id }").await;

    assert_eq!(first.data("createPartner"), second.data("createPartner"));
    assert_eq!(app.database.row_counts().await.unwrap(), before);
    assert_eq!(found(&administrator, json!({ "named": "Once" })).await.len(), 1);

    input["names"][0]["text"] = json!("Another");
    let other = administrator.mutate("createPartner", input, "partner { id }").await;
    other.assert_turned_down("createPartner", "IDEMPOTENCY_KEY_REUSED", "");
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_key_belongs_to_the_account_that_made_it);
async fn a_key_belongs_to_the_account_that_made_it(app: &App<'_>) {
    let (administrator, coordinator) = (app.administrator().await, app.coordinator().await);
    let mut input = new_partner("KZ", "Once");
    input["idempotencyKey"] = json!("key-1");
    let first = administrator.mutate("createPartner", input.clone(), "partner { id }").await;
    let second = coordinator.mutate("createPartner", input, "partner { id }").await;
    assert_ne!(first.text("createPartner.partner.id"), second.text("createPartner.partner.id"));
}

each_database!(a_command_that_failed_can_be_corrected_under_the_same_key);
async fn a_command_that_failed_can_be_corrected_under_the_same_key(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_partner("UZ", " ");
    input["idempotencyKey"] = json!("key-1");
    let failed = administrator.mutate("createPartner", input.clone(), "partner { id }").await;
    failed.assert_turned_down("createPartner", "INVALID_INPUT", "names.0.text");
    input["names"][0]["text"] = json!("Corrected");
    let corrected = administrator.mutate("createPartner", input, "partner { id }").await;
    assert!(corrected.data("createPartner.partner.id").is_string());
}

each_database!(two_equal_commands_at_once_make_one_partner);
async fn two_equal_commands_at_once_make_one_partner(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_partner("UZ", "Once");
    input["idempotencyKey"] = json!("key-1");
    let send = || administrator.mutate("createPartner", input.clone(), "partner { id }");
    let (left, right) = tokio::join!(send(), send());
    assert_eq!(left.text("createPartner.partner.id"), right.text("createPartner.partner.id"));
}

each_database!(a_change_leaves_alone_what_it_does_not_name);
async fn a_change_leaves_alone_what_it_does_not_name(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_partner("UZ", "First");
    input["note"] = json!("A note.");
    let fields = "partner { id name note kind version }";
    let created = administrator.mutate("createPartner", input, fields).await;
    let id = created.text("createPartner.partner.id");

    let changed =
        administrator.mutate("updatePartner", json!({ "id": id, "kind": "MINISTRY" }), fields).await;
    let expected = json!({ "id": id, "name": "First", "note": "A note.", "kind": "MINISTRY", "version": 2 });
    assert_eq!(changed.data("updatePartner.partner"), &expected);
    let emptied = administrator.mutate("updatePartner", json!({ "id": id, "note": null }), fields).await;
    assert_eq!(emptied.data("updatePartner.partner.note"), &Value::Null);
}

each_database!(a_change_of_an_older_version_is_stale);
async fn a_change_of_an_older_version_is_stale(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, "UZ", "First").await;
    let change = |note: &str| json!({ "id": id, "expectedVersion": 1, "note": note });
    administrator
        .mutate("updatePartner", change("One"), "partner { version }")
        .await
        .data("updatePartner.partner.version");
    let stale = administrator.mutate("updatePartner", change("Two"), "partner { version }").await;
    stale.assert_turned_down("updatePartner", "STALE", "");
}

each_database!(an_archived_partner_is_kept_and_no_longer_offered);
async fn an_archived_partner_is_kept_and_no_longer_offered(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, "UZ", "Archivable Institute").await;
    let archive = async |is: bool| {
        administrator
            .mutate("updatePartner", json!({ "id": id, "isArchived": is }), "partner { isArchived }")
            .await
    };
    assert_eq!(archive(true).await.data("updatePartner.partner.isArchived"), &json!(true));

    assert!(found(&administrator, json!({ "named": "Archivable" })).await.is_empty());
    assert_eq!(found(&administrator, json!({ "named": "Archivable", "isArchived": true })).await.len(), 1);
    let search = administrator.query("{ search(text: \"Archivable\") { partners { id } } }").await;
    assert_eq!(search.data("search.partners"), &json!([]));
    let by_id =
        administrator.ask("query($id: ID!) { partner(id: $id) { isArchived } }", json!({ "id": id })).await;
    assert_eq!(by_id.data("partner.isArchived"), &json!(true));
    let changed =
        administrator.mutate("updatePartner", json!({ "id": id, "note": "A" }), "partner { id }").await;
    changed.assert_turned_down("updatePartner", "ARCHIVED", "");

    archive(false).await;
    assert_eq!(found(&administrator, json!({ "named": "Archivable" })).await.len(), 1);
}

each_database!(a_merge_leaves_one_institution_with_the_names_of_both);
async fn a_merge_leaves_one_institution_with_the_names_of_both(app: &App<'_>) {
    let administrator = app.administrator().await;
    let (from, into) = (
        create(&administrator, "UZ", "Doubled Institute").await,
        create(&administrator, "UZ", "Kept One").await,
    );
    let mut event = crate::event::new_event("Hosted");
    event["hostId"] = json!(from);
    event["partners"] = json!([{ "partnerId": from, "role": "FUNDER" }]);
    let event = administrator.mutate("createEvent", event, "event { id }").await;
    let event = event.text("createEvent.event.id");
    let mut branch = new_partner("UZ", "Branch");
    branch["parentId"] = json!(from);
    let branch = administrator.mutate("createPartner", branch, "partner { id }").await;
    let branch = branch.text("createPartner.partner.id");

    let merge = json!({ "fromId": from, "intoId": into });
    let merged = administrator.mutate("mergePartners", merge.clone(), "partner { id names { text } }").await;
    let names = json!([{ "text": "Kept One" }, { "text": "Doubled Institute" }]);
    assert_eq!(merged.data("mergePartners.partner"), &json!({ "id": into, "names": names }));

    let document = "query($from: ID!, $event: ID!, $branch: ID!) { old: partner(id: $from) { id }
        event(id: $event) { host { id } partners { role partner { id } } } branch: partner(id: $branch) { parent { id } }
        byName: partners(where: { named: \"Doubled\" }) { nodes { id } } }";
    let answer = administrator.ask(document, json!({ "from": from, "event": event, "branch": branch })).await;
    assert_eq!(answer.text("old.id"), into);
    assert_eq!(answer.text("event.host.id"), into);
    assert_eq!(answer.data("event.partners"), &json!([{ "role": "FUNDER", "partner": { "id": into } }]));
    assert_eq!(answer.text("branch.parent.id"), into);
    assert_eq!(answer.data("byName.nodes"), &json!([{ "id": into }]));

    let involved = "query($id: ID!) { events(where: { involves: $id }) { nodes { id } } }";
    let involved = administrator.ask(involved, json!({ "id": into })).await;
    assert_eq!(involved.data("events.nodes"), &json!([{ "id": event }]));
    let again = administrator.mutate("mergePartners", merge, "partner { id }").await;
    again.assert_turned_down("mergePartners", "ARCHIVED", "");
}

each_database!(an_institution_is_not_merged_into_itself);
async fn an_institution_is_not_merged_into_itself(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, "UZ", "Alone").await;
    let answer =
        administrator.mutate("mergePartners", json!({ "fromId": id, "intoId": id }), "partner { id }").await;
    answer.assert_turned_down("mergePartners", "CIRCULAR", "");
}

each_database!(partners_are_filtered_by_what_they_are_and_where);
async fn partners_are_filtered_by_what_they_are_and_where(app: &App<'_>) {
    let viewer = app.viewer().await;
    let jizzakh = known::territory(&viewer, "UZ-JI").await;
    let agency = json!({ "named": "civil service development agency", "parent": null });
    assert_eq!(found(&viewer, agency).await.len(), 2, "null asks for nothing");

    let international = found(&viewer, json!({ "isInternational": true })).await;
    assert!(
        international.contains(&"International Institute for Democracy and Electoral Assistance".to_owned())
    );
    assert!(international.contains(&"OSCE Programme Office in Astana".to_owned()));
    let indian = found(&viewer, json!({ "country": { "eq": "IN" } })).await;
    assert!(indian.contains(&"Election Commission of India".to_owned()));
    assert!(!indian.contains(&"International Institute for Democracy and Electoral Assistance".to_owned()));
    let in_jizzakh =
        found(&viewer, json!({ "territoryWithin": jizzakh, "kind": { "in": ["UNIVERSITY"] } })).await;
    assert_eq!(in_jizzakh, ["Jizzakh Polytechnic Institute", "Jizzakh State Pedagogical Institute"]);
    let nothing = found(&viewer, json!({ "kind": { "in": [] } })).await;
    assert!(nothing.is_empty(), "one of none is nothing");
    let elsewhere = found(&viewer, json!({ "not": { "country": { "in": ["UZ", "KZ", "IN"] } } })).await;
    assert_eq!(elsewhere, ["International Institute for Democracy and Electoral Assistance"]);
}
