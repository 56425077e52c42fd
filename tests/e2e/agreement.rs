//! Agreements: recorded with their parties, found by them, changed by whoever is responsible for one.

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, known};

const ACADEMY: &str = "academy of public administration";
const COMMISSION: &str = "central election commission republic of uzbekistan";

/// The input of an agreement with nothing but what it must have.
fn new_agreement(name: &str, parties: &[&str]) -> Value {
    let parties: Vec<Value> = parties.iter().map(|partner| json!({ "partnerId": partner })).collect();
    json!({ "kind": "MEMORANDUM", "names": [{ "text": name, "language": "en" }], "parties": parties })
}

/// Two institutions of the documents.
async fn parties(client: &Client) -> [String; 2] {
    [known::partner(client, COMMISSION).await, known::partner(client, ACADEMY).await]
}

/// The titles of the agreements that a filter finds, by the day they were signed on.
async fn found(client: &Client, filter: Value) -> Vec<String> {
    let document = "query($where: AgreementWhere) { agreements(where: $where, first: 200,
        orderBy: { field: SIGNED_ON }) { totalCount nodes { title } } }";
    let answer = client.ask(document, json!({ "where": filter })).await;
    let titles: Vec<String> =
        answer.texts("agreements.nodes", "title").into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(answer.number("agreements.totalCount"), i64::try_from(titles.len()).unwrap());
    titles
}

each_database!(an_agreement_is_recorded_with_all_that_is_known_of_it);
async fn an_agreement_is_recorded_with_all_that_is_known_of_it(app: &App<'_>) {
    let officer = app.officer().await;
    let [commission, academy] = parties(&officer).await;
    let mut input = new_agreement("Memorandum", &[&commission, &academy]);
    input["parties"][1]["role"] = json!("DEPOSITARY");
    input["signed"] = json!({ "edtf": "2024-03-05", "asWritten": "5 March", "yearCertainty": "INFERRED" });
    input["validUntil"] = json!({ "edtf": "2027" });
    input["place"] = json!(" Tashkent ");
    input["signatories"] = json!([{ "name": "A. Karimov", "partnerId": academy,
        "position": [{ "language": "en", "text": "rector" }] }]);
    input["purposes"] =
        json!([[{ "language": "en", "text": "training" }, { "language": "ru", "text": "обучение" }]]);
    let fields = r#"agreement { kind version title isArchived signed { edtf asWritten yearCertainty } effective { edtf }
        validUntil { edtf latest } place note signatories { name position { text } partner { id } }
        purposes { text(languages: ["ru"]) } parties { role partner { id } } programs { name } }"#;
    let answer = officer.mutate("createAgreement", input, fields).await;

    let expected = json!({
        "kind": "MEMORANDUM", "version": 1, "title": "Memorandum", "isArchived": false,
        "signed": { "edtf": "2024-03-05", "asWritten": "5 March", "yearCertainty": "INFERRED" },
        "effective": null, "validUntil": { "edtf": "2027", "latest": "2027-12-31" }, "place": "Tashkent", "note": null,
        "signatories": [{ "name": "A. Karimov", "position": { "text": "rector" }, "partner": { "id": academy } }],
        "purposes": [{ "text": "обучение" }],
        "parties": [{ "role": "PARTY", "partner": { "id": commission } },
            { "role": "DEPOSITARY", "partner": { "id": academy } }],
        "programs": [],
    });
    assert_eq!(answer.data("createAgreement.agreement"), &expected);
    assert_eq!(answer.data("createAgreement.errors"), &json!([]));
}

each_database!(an_agreement_that_cannot_be_is_turned_down_at_its_field);
async fn an_agreement_that_cannot_be_is_turned_down_at_its_field(app: &App<'_>) {
    let administrator = app.administrator().await;
    let [commission, academy] = parties(&administrator).await;
    let event = known::event(&administrator, known::DELHI_CONFERENCE).await;
    let before = app.database.row_counts().await.unwrap();
    let good = || new_agreement("Memorandum", &[&commission, &academy]);
    let with = |field: &str, value: Value| {
        let mut input = good();
        input[field] = value;
        input
    };
    for (input, code, path) in [
        (new_agreement("Memorandum", &[&commission]), "INVALID_INPUT", "parties"),
        (new_agreement("Memorandum", &[&commission, &commission]), "INVALID_INPUT", "parties.1.partnerId"),
        (new_agreement("Memorandum", &[&commission, &event]), "INVALID_INPUT", "parties.1.partnerId"),
        (
            new_agreement("Memorandum", &[&commission, "CQAAAAAAAAAAAAAAAAAAAAA"]),
            "REFERENCE_NOT_FOUND",
            "parties.1.partnerId",
        ),
        (new_agreement(" ", &[&commission, &academy]), "INVALID_INPUT", "names.0.text"),
        (with("names", json!([])), "INVALID_INPUT", "names"),
        (with("signed", json!({ "edtf": "2021-02-30" })), "INVALID_INPUT", "signed.edtf"),
        (
            with("purposes", json!([[{ "language": "??", "text": "x" }]])),
            "INVALID_INPUT",
            "purposes.0.0.language",
        ),
        (with("note", json!("x".repeat(10_001))), "INVALID_INPUT", "note"),
    ] {
        let answer = administrator.mutate("createAgreement", input, "agreement { id }").await;
        answer.assert_turned_down("createAgreement", code, path);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(agreements_are_found_by_party_day_and_name);
async fn agreements_are_found_by_party_day_and_name(app: &App<'_>) {
    let (viewer, administrator) = (app.viewer().await, app.administrator().await);
    let [commission, academy] = parties(&administrator).await;
    let other = known::partner(&administrator, "election commission of india").await;
    let mut input = new_agreement("Меморандум о взаимопонимании", &[&commission, &other]);
    input["signed"] = json!({ "edtf": "2024" });
    administrator.mutate("createAgreement", input, "agreement { id }").await;
    let first = "Cooperation agreement on training participants in the electoral process";
    let second = "Меморандум о взаимопонимании";

    assert_eq!(found(&viewer, json!({})).await, [first, second]);
    assert_eq!(found(&viewer, json!({ "party": academy })).await, [first]);
    assert_eq!(found(&viewer, json!({ "party": other })).await, [second]);
    assert_eq!(found(&viewer, json!({ "named": "memorandum o vzaimo" })).await, [second]);
    assert_eq!(found(&viewer, json!({ "kind": { "in": ["COOPERATION_AGREEMENT"] } })).await, [first]);
    let period = json!({ "signedDuring": { "from": "2024-05-01", "until": "2024-05-31" } });
    assert_eq!(found(&viewer, period).await, [second]);
    assert_eq!(found(&viewer, json!({ "not": { "party": academy } })).await, [second]);
    let wrong =
        viewer.query(r#"{ agreements(where: { party: "CgAAAAAAAAAAAAAAAAAAAAA" }) { nodes { id } } }"#).await;
    assert_eq!(wrong.error_codes(), ["BAD_USER_INPUT"]);
}

each_database!(an_agreement_is_changed_by_whoever_is_responsible_for_a_party);
async fn an_agreement_is_changed_by_whoever_is_responsible_for_a_party(app: &App<'_>) {
    let administrator = app.administrator().await;
    let answer = app.viewer().await.query("{ agreements { nodes { id } } }").await;
    let id = answer.text("agreements.nodes.0.id").to_owned();
    let input = || json!({ "id": id, "expectedVersion": 1, "note": "Read again." });
    for role in
        ["VIEWER", "COUNTRY_COORDINATOR", "PARTNER_ADMINISTRATOR", "EVENT_MANAGER", "CHECK_IN_OPERATOR"]
    {
        let client = app.client(role).await;
        let refused = client.mutate("updateAgreement", input(), "agreement { id }").await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"], "{role}");
    }
    let anonymous = app.anonymous().mutate("updateAgreement", input(), "agreement { id }").await;
    assert_eq!(anonymous.error_codes(), ["UNAUTHENTICATED"]);
    let changed = administrator.mutate("updateAgreement", input(), "agreement { note version }").await;
    let expected = json!({ "note": "Read again.", "version": 2 });
    assert_eq!(changed.data("updateAgreement.agreement"), &expected);
    let again = administrator.mutate("updateAgreement", input(), "agreement { note }").await;
    again.assert_turned_down("updateAgreement", "STALE", "");
}

each_database!(an_archived_agreement_is_left_out_of_lists_and_still_found);
async fn an_archived_agreement_is_left_out_of_lists_and_still_found(app: &App<'_>) {
    let administrator = app.administrator().await;
    let answer = administrator.query("{ agreements { nodes { id } } }").await;
    let id = answer.text("agreements.nodes.0.id");
    let archive = json!({ "id": id, "isArchived": true });
    administrator.mutate("updateAgreement", archive, "agreement { id }").await;
    assert_eq!(found(&administrator, json!({})).await, Vec::<String>::new());
    assert_eq!(found(&administrator, json!({ "isArchived": true })).await.len(), 1);
    let document = "query($id: ID!) { agreement(id: $id) { isArchived } node(id: $id) { __typename id } }";
    let answer = administrator.ask(document, json!({ "id": id })).await;
    assert_eq!(answer.data("agreement.isArchived"), &json!(true));
    assert_eq!(answer.data("node"), &json!({ "__typename": "Agreement", "id": id }));
    let note = json!({ "id": id, "note": "More." });
    let refused = administrator.mutate("updateAgreement", note, "agreement { id }").await;
    refused.assert_turned_down("updateAgreement", "ARCHIVED", "");
}

each_database!(an_institution_shows_all_it_has_to_do_with);
async fn an_institution_shows_all_it_has_to_do_with(app: &App<'_>) {
    let viewer = app.viewer().await;
    let academy = known::partner(&viewer, ACADEMY).await;
    let document = "query($id: ID!, $kinds: [InvolvementKind!]) { partner(id: $id) { connections(kinds: $kinds) { isCut
        entries { kind role recordId agreement { id } program { name } cascadeLevel { number } event { title } } } } }";
    let answer = viewer
        .ask(document, json!({ "id": academy, "kinds": ["AGREEMENT_PARTY", "CASCADE_LEVEL_TRAINED_AT"] }))
        .await;
    let entries = answer.list("partner.connections.entries");
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["role"], "PARTY");
    assert_eq!(entries[0]["recordId"], entries[0]["agreement"]["id"]);
    assert_eq!(entries[1]["cascadeLevel"]["number"], 1);
    assert!(entries[1]["program"]["name"].is_string());
    let all = viewer.ask(document, json!({ "id": academy })).await;
    assert!(all.list("partner.connections.entries").len() > 2);
    assert_eq!(all.data("partner.connections.isCut"), &json!(false));
}
