//! Programs: set up with all their lists, changed list by list, and read with their events in a fixed number of statements.

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, known, statements::fewest};

const COMMISSION: &str = "central election commission republic of uzbekistan";

/// A text in English.
fn text(text: &str) -> Value {
    json!([{ "language": "en", "text": text }])
}

/// The input of a program with nothing but what it must have.
fn new_program(name: &str) -> Value {
    json!({ "names": [{ "text": name, "language": "en" }], "countries": ["KZ"] })
}

async fn create(client: &Client, input: Value) -> String {
    let answer = client.mutate("createProgram", input, "program { id }").await;
    answer.text("createProgram.program.id").to_owned()
}

/// The names of the programs that a filter finds.
async fn found(client: &Client, filter: Value) -> Vec<String> {
    let document = "query($where: ProgramWhere) { programs(where: $where, first: 200) { nodes { name } } }";
    let answer = client.ask(document, json!({ "where": filter })).await;
    answer.texts("programs.nodes", "name").into_iter().map(ToOwned::to_owned).collect()
}

/// The program of the Jizzakh seminar.
async fn cascade(client: &Client) -> String {
    let answer = client.query(
        r#"{ programs(where: { country: { eq: "UZ" }, named: "members commissions" }) { nodes { id } } }"#,
    );
    answer.await.text("programs.nodes.0.id").to_owned()
}

each_database!(a_program_is_set_up_with_all_its_lists);
async fn a_program_is_set_up_with_all_its_lists(app: &App<'_>) {
    let officer = app.officer().await;
    let lead = known::partner(&officer, COMMISSION).await;
    let agreement = officer.query("{ agreements { nodes { id } } }").await;
    let agreement = agreement.text("agreements.nodes.0.id");
    let mut input = new_program("New program");
    input["countries"] = json!(["UZ", "KZ"]);
    input["leadId"] = json!(lead);
    input["partners"] = json!([{ "partnerId": lead, "role": "FUNDER" }]);
    input["began"] = json!({ "edtf": "2024-04" });
    input["purpose"] = text("organisers of elections");
    input["stages"] = json!([{ "number": 2, "description": text("regions") }, { "number": 1 }]);
    input["cascadeLevels"] = json!([
        { "number": 1, "name": text("national trainers"), "trainedAtId": lead, "peopleTotal": 56 },
        { "number": 2, "name": text("regional trainers") }]);
    input["categories"] =
        json!([{ "code": "regional-trainer", "name": text("regional trainers"), "cascadeLevel": 2 }]);
    input["bases"] = json!([{ "kind": "AGREEMENT", "agreementId": agreement },
        { "kind": "CONCEPT", "issuerId": lead, "title": text("Concept"), "dates": { "edtf": "2024" } }]);
    let fields = "program { name countries version lead { id } partners { role partner { id } } began { edtf precision }
        ended { edtf } purpose { text } stages { number description { text } }
        cascadeLevels { number name { text } trainedAt { id } peopleTotal }
        categories { code cascadeLevel { number } program { name } }
        bases { kind agreement { id } issuer { id } title { text } dates { edtf } } }";
    let answer = officer.mutate("createProgram", input, fields).await;

    let expected = json!({
        "name": "New program", "countries": ["UZ", "KZ"], "version": 1, "lead": { "id": lead },
        "partners": [{ "role": "FUNDER", "partner": { "id": lead } }],
        "began": { "edtf": "2024-04", "precision": "MONTH" }, "ended": null,
        "purpose": { "text": "organisers of elections" },
        "stages": [{ "number": 1, "description": null }, { "number": 2, "description": { "text": "regions" } }],
        "cascadeLevels": [
            { "number": 1, "name": { "text": "national trainers" }, "trainedAt": { "id": lead }, "peopleTotal": 56 },
            { "number": 2, "name": { "text": "regional trainers" }, "trainedAt": null, "peopleTotal": null }],
        "categories": [{ "code": "regional-trainer", "cascadeLevel": { "number": 2 }, "program": { "name": "New program" } }],
        "bases": [
            { "kind": "AGREEMENT", "agreement": { "id": agreement }, "issuer": null, "title": null, "dates": null },
            { "kind": "CONCEPT", "agreement": null, "issuer": { "id": lead }, "title": { "text": "Concept" },
              "dates": { "edtf": "2024" } }],
    });
    assert_eq!(answer.data("createProgram.program"), &expected);
}

each_database!(a_program_that_cannot_be_is_turned_down_at_its_field);
async fn a_program_that_cannot_be_is_turned_down_at_its_field(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let gone = "CQAAAAAAAAAAAAAAAAAAAAA";
    for (field, value, code, path) in [
        ("countries", json!(["XX"]), "INVALID_INPUT", "countries.0"),
        ("countries", json!(["KZ", "KZ"]), "INVALID_INPUT", "countries.1"),
        ("leadId", json!(gone), "REFERENCE_NOT_FOUND", "leadId"),
        (
            "partners",
            json!([{ "partnerId": gone, "role": "HOST" }]),
            "REFERENCE_NOT_FOUND",
            "partners.0.partnerId",
        ),
        ("stages", json!([{ "number": 0 }]), "INVALID_INPUT", "stages.0.number"),
        ("stages", json!([{ "number": 1 }, { "number": 1 }]), "INVALID_INPUT", "stages.1"),
        ("cascadeLevels", json!([{ "number": 1, "name": [] }]), "INVALID_INPUT", "cascadeLevels.0.name"),
        (
            "cascadeLevels",
            json!([{ "number": 1, "name": text("x"), "peopleTotal": -1 }]),
            "INVALID_INPUT",
            "cascadeLevels.0.peopleTotal",
        ),
        (
            "categories",
            json!([{ "code": "Regional Trainer", "name": text("x") }]),
            "INVALID_INPUT",
            "categories.0.code",
        ),
        (
            "categories",
            json!([{ "code": "a", "name": text("x"), "cascadeLevel": 1 }]),
            "REFERENCE_NOT_FOUND",
            "categories.0.cascadeLevel",
        ),
        ("bases", json!([{ "kind": "AGREEMENT" }]), "INVALID_INPUT", "bases.0.agreementId"),
        ("bases", json!([{ "kind": "MANDATE" }]), "INVALID_INPUT", "bases.0.title"),
        ("ended", json!({ "edtf": "yesterday" }), "INVALID_INPUT", "ended.edtf"),
    ] {
        let mut input = new_program("New program");
        input[field] = value;
        let answer = administrator.mutate("createProgram", input, "program { id }").await;
        answer.assert_turned_down("createProgram", code, path);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_list_that_is_given_replaces_the_old_one_and_known_parts_stay);
async fn a_list_that_is_given_replaces_the_old_one_and_known_parts_stay(app: &App<'_>) {
    let officer = app.officer().await;
    let id = cascade(&officer).await;
    let document = "query($id: ID!) { program(id: $id) { version purpose { text } categories { id code } bases { id kind agreement { id } } } }";
    let before = officer.ask(document, json!({ "id": id })).await;
    let category = |code: &str| json!({ "code": code, "name": text(code) });
    let basis = &before.list("program.bases")[0];
    let change = json!({
        "id": id,
        "categories": [category("city-district-official"), category("regional-reserve-trainer"), category("regional-staff"),
            category("regional-trainer"), category("observer")],
        "bases": [{ "id": basis["id"], "kind": "AGREEMENT", "agreementId": basis["agreement"]["id"] }],
    });
    let answer = officer
        .mutate(
            "updateProgram",
            change,
            "program { version purpose { text } categories { id code } bases { id } }",
        )
        .await;

    let after = answer.list("updateProgram.program.categories");
    assert_eq!(after.len(), 5);
    for known in before.list("program.categories") {
        assert!(after.contains(known), "{known} is another one now: {after:?}");
    }
    assert_eq!(answer.data("updateProgram.program.bases"), &json!([{ "id": basis["id"] }]));
    assert_eq!(answer.data("updateProgram.program.purpose"), before.data("program.purpose"));
    let stages = json!({ "id": id, "stages": [{ "number": 1 }] });
    let in_use = officer.mutate("updateProgram", stages, "program { id }").await;
    in_use.assert_turned_down("updateProgram", "IN_USE", "");
    let categories = json!({ "id": id, "categories": [category("regional-trainer")] });
    let in_use = officer.mutate("updateProgram", categories, "program { id }").await;
    in_use.assert_turned_down("updateProgram", "IN_USE", "");
}

each_database!(a_program_is_seen_by_everyone_and_changed_where_it_stands);
async fn a_program_is_seen_by_everyone_and_changed_where_it_stands(app: &App<'_>) {
    let coordinator = app.coordinator().await;
    let own = create(&coordinator, new_program("Coordinated")).await;
    let foreign = cascade(&coordinator).await;
    let note = |id: &str| json!({ "id": id, "note": "Read again." });
    let changed = coordinator.mutate("updateProgram", note(&own), "program { note }").await;
    assert_eq!(changed.text("updateProgram.program.note"), "Read again.");
    let refused = coordinator.mutate("updateProgram", note(&foreign), "program { note }").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    let mut elsewhere = new_program("Elsewhere");
    elsewhere["countries"] = json!(["UZ"]);
    let refused = coordinator.mutate("createProgram", elsewhere, "program { id }").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    for role in ["VIEWER", "PARTNER_ADMINISTRATOR", "EVENT_MANAGER", "CHECK_IN_OPERATOR"] {
        let client = app.client(role).await;
        let refused = client.mutate("updateProgram", note(&own), "program { note }").await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"], "{role}");
        assert_eq!(found(&client, json!({ "named": "coordinated" })).await, ["Coordinated"], "{role}");
    }
    let anonymous = app.anonymous().query("{ programs { nodes { id } } }").await;
    assert_eq!(anonymous.error_codes(), ["UNAUTHENTICATED"]);
}

each_database!(programs_are_found_by_country_institution_and_agreement);
async fn programs_are_found_by_country_institution_and_agreement(app: &App<'_>) {
    let viewer = app.viewer().await;
    let academy = known::partner(&viewer, "academy of public administration").await;
    let answer = viewer.query("{ agreements { nodes { id programs { name } } } }").await;
    let agreement = answer.text("agreements.nodes.0.id");
    let name = "Training of members of election commissions and other organisers of the electoral process";
    assert_eq!(found(&viewer, json!({ "restsOn": agreement })).await, [name]);
    assert_eq!(found(&viewer, json!({ "involves": academy })).await, [name]);
    assert_eq!(answer.text("agreements.nodes.0.programs.0.name"), name);
    assert_eq!(found(&viewer, json!({ "country": { "eq": "IN" } })).await, Vec::<String>::new());
    let both = json!({ "or": [{ "country": { "eq": "KZ" } }, { "country": { "eq": "UZ" } }] });
    assert_eq!(found(&viewer, both).await, found(&viewer, json!({})).await);
}

each_database!(a_program_its_categories_and_its_bases_are_nodes);
async fn a_program_its_categories_and_its_bases_are_nodes(app: &App<'_>) {
    let viewer = app.viewer().await;
    let id = cascade(&viewer).await;
    let document = "query($id: ID!) { program(id: $id) { categories { id } bases { id } } }";
    let answer = viewer.ask(document, json!({ "id": id })).await;
    let ids = [
        json!(id),
        answer.data("program.categories.0.id").clone(),
        answer.data("program.bases.0.id").clone(),
        json!("CgAAAAAAAAAAAAAAAAAAAAA"),
    ];
    let answer =
        viewer.ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", json!({ "ids": ids })).await;
    let expected = json!([
        { "__typename": "Program", "id": ids[0] },
        { "__typename": "ParticipantCategory", "id": ids[1] },
        { "__typename": "ProgramBasis", "id": ids[2] },
        null,
    ]);
    assert_eq!(answer.data("nodes"), &expected);
}

each_database!(programs_with_their_events_take_as_many_statements_for_many_as_for_one);
async fn programs_with_their_events_take_as_many_statements_for_many_as_for_one(app: &App<'_>) {
    let administrator = app.administrator().await;
    let document = "query($ids: [ID!]) { programs(where: { id: { in: $ids } }) { nodes { name lead { name } stages { number }
        bases { agreement { title parties { partner { name } } } issuer { name } }
        events(first: 2) { nodes { title host { name } territory { name } partners { partner { name } } counts { attended } } } } } }";
    let answer = administrator.query("{ programs { nodes { id } } }").await;
    let ids = answer.texts("programs.nodes", "id");
    assert!(ids.len() >= 3);
    let cascade = cascade(&administrator).await;
    let mut counts = Vec::new();
    for asked in [json!([cascade]), json!(ids)] {
        let ask = async || {
            let answer = administrator.ask(document, json!({ "ids": asked })).await;
            assert!(!answer.list("programs.nodes.0.events.nodes").is_empty());
        };
        counts.push(fewest(app, ask).await);
    }
    assert_eq!(counts[0], counts[1]);
}

each_database!(a_program_sets_how_much_of_a_day_counts);
async fn a_program_sets_how_much_of_a_day_counts(app: &App<'_>) {
    let officer = app.officer().await;
    let mut input = new_program("New program");
    input["dayRule"] = json!({ "halfFrom": 40, "wholeFrom": 80 });
    let id = create(&officer, input).await;
    let rule = async || {
        let document =
            "query($id: ID!) { program(id: $id) { dayRule { halfFrom wholeFrom nominalMinutes } } }";
        officer.ask(document, json!({ "id": id })).await.data("program.dayRule").clone()
    };
    assert_eq!(rule().await, json!({ "halfFrom": 40, "wholeFrom": 80, "nominalMinutes": 480 }));
    let change = |rule: Value| json!({ "id": id, "dayRule": rule });
    let wrong = change(json!({ "halfFrom": 60, "wholeFrom": 50 }));
    let wrong = officer.mutate("updateProgram", wrong, "program { id }").await;
    wrong.assert_turned_down("updateProgram", "INVALID_INPUT", "dayRule.halfFrom");
    officer
        .mutate("updateProgram", change(Value::Null), "program { id }")
        .await
        .data("updateProgram.program.id");
    assert_eq!(rule().await, json!({ "halfFrom": 25, "wholeFrom": 50, "nominalMinutes": 480 }));
}
