//! Bad input: each is answered by a typed error that names the field, and nothing is half written.

use serde_json::{Value, json};

use crate::{
    answer::Answer, app::App, client::Client, each_database, event::new_event, known, partner::new_partner,
};

/// The input of an event with one field set.
fn event_with(field: &str, value: Value) -> Value {
    let mut input = new_event("Seminar");
    input[field] = value;
    input
}

fn name(text: &str) -> Value {
    json!({ "text": text, "language": "en" })
}

each_database!(each_bad_field_of_an_event_is_named_and_nothing_is_written);
#[expect(clippy::too_many_lines, reason = "one table, read line by line")]
async fn each_bad_field_of_an_event_is_named_and_nothing_is_written(app: &App<'_>) {
    let administrator = app.administrator().await;
    let partner = known::partner(&administrator, "international idea").await;
    let seminar = known::event(&administrator, known::JIZZAKH_SEMINAR).await;
    let before = app.database.row_counts().await.unwrap();
    let twice = json!({ "partnerId": partner, "role": "FUNDER" });
    let times =
        |starts: &str, ends: &str, zone: &str| json!({ "startsAt": starts, "endsAt": ends, "zone": zone });
    let day = |edtf: &str| json!({ "edtf": edtf });
    let mut wrong = Vec::new();
    for (field, value, code, path) in [
        ("names", json!([]), "INVALID_INPUT", "names"),
        ("names", json!([name("")]), "INVALID_INPUT", "names.0.text"),
        ("names", json!([name("A"), name(&"x".repeat(501))]), "INVALID_INPUT", "names.1.text"),
        ("names", json!([name("A"), name("A")]), "INVALID_INPUT", "names.1"),
        (
            "names",
            json!([{ "text": "A", "language": "english language" }]),
            "INVALID_INPUT",
            "names.0.language",
        ),
        ("names", json!(vec![name("A"); 51]), "INVALID_INPUT", "names"),
        ("dates", day("2026-02-30"), "INVALID_INPUT", "dates.edtf"),
        ("dates", day("2026-13"), "INVALID_INPUT", "dates.edtf"),
        ("dates", day("2026-12-02/2026-12-01"), "INVALID_INPUT", "dates.edtf"),
        ("dates", day("tomorrow"), "INVALID_INPUT", "dates.edtf"),
        ("dates", day(""), "INVALID_INPUT", "dates.edtf"),
        ("dates", day(&"2".repeat(10_000)), "INVALID_INPUT", "dates.edtf"),
        ("capacity", json!(0), "INVALID_INPUT", "capacity"),
        ("capacity", json!(-1), "INVALID_INPUT", "capacity"),
        ("capacity", json!(1_000_001), "INVALID_INPUT", "capacity"),
        ("stage", json!(1), "INVALID_INPUT", "stage"),
        ("venue", json!(" "), "INVALID_INPUT", "venue"),
        ("venue", json!("x".repeat(501)), "INVALID_INPUT", "venue"),
        ("languages", json!(["en", "not a tag"]), "INVALID_INPUT", "languages.1"),
        ("territoryId", json!("x"), "INVALID_INPUT", "territoryId"),
        ("territoryId", json!(""), "INVALID_INPUT", "territoryId"),
        ("territoryId", json!(partner), "INVALID_INPUT", "territoryId"),
        ("territoryId", json!(unknown(&seminar, 16)), "REFERENCE_NOT_FOUND", "territoryId"),
        ("hostId", json!(seminar), "INVALID_INPUT", "hostId"),
        ("hostId", json!(unknown(&seminar, 9)), "REFERENCE_NOT_FOUND", "hostId"),
        ("programId", json!(unknown(&seminar, 10)), "REFERENCE_NOT_FOUND", "programId"),
        (
            "partners",
            json!([twice, { "partnerId": "x", "role": "FUNDER" }]),
            "INVALID_INPUT",
            "partners.1.partnerId",
        ),
        (
            "partners",
            json!([{ "partnerId": unknown(&seminar, 9), "role": "FUNDER" }]),
            "REFERENCE_NOT_FOUND",
            "partners.0.partnerId",
        ),
        ("partners", json!([twice, twice]), "INVALID_INPUT", "partners.1"),
        (
            "parent",
            json!({ "eventId": unknown(&seminar, 4), "relation": "PART_OF" }),
            "REFERENCE_NOT_FOUND",
            "parent.eventId",
        ),
        (
            "timetable",
            times("2026-12-01T18:00:00+05:00", "2026-12-01T09:00:00+05:00", "Asia/Tashkent"),
            "INVALID_INPUT",
            "timetable.endsAt",
        ),
        (
            "timetable",
            times("2026-12-01T09:00:00", "2026-12-01T18:00:00Z", "Asia/Tashkent"),
            "INVALID_INPUT",
            "timetable.startsAt",
        ),
        (
            "timetable",
            times("2026-12-01T09:00:00Z", "2026-12-01T18:00:00Z", "Asia/Nowhere"),
            "INVALID_INPUT",
            "timetable.zone",
        ),
        (
            "timetable",
            times("2027-12-01T09:00:00Z", "2027-12-01T18:00:00Z", "Asia/Tashkent"),
            "INVALID_INPUT",
            "timetable",
        ),
        ("targetGroups", json!([[]]), "INVALID_INPUT", "targetGroups.0"),
        ("topics", json!([[name("ethics"), name("again")]]), "INVALID_INPUT", "topics.0.1.language"),
        (
            "particulars",
            json!({ "funding": [{ "source": [name("Budget")], "isStatedForEvent": true,
            "amount": { "amount": "-1", "currency": "USD" } }] }),
            "INVALID_INPUT",
            "particulars.funding.0.amount.amount",
        ),
        (
            "particulars",
            json!({ "modules": [[{ "text": "", "language": "en" }]] }),
            "INVALID_INPUT",
            "particulars.modules.0.0.text",
        ),
        ("idempotencyKey", json!(""), "INVALID_INPUT", "idempotencyKey"),
        ("idempotencyKey", json!("x".repeat(501)), "INVALID_INPUT", "idempotencyKey"),
    ] {
        let shown: String = value.to_string().chars().take(60).collect();
        let answer = administrator.mutate("createEvent", event_with(field, value), "event { id }").await;
        let got: Vec<_> = answer.list("createEvent.errors").iter().map(fault).collect();
        if got != [(code.to_owned(), path.to_owned())] {
            wrong.push(format!("{field} {shown}: expected {code} at {path}, got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

/// The code and the path of an error in a payload; its message begins with the path.
fn fault(error: &Value) -> (String, String) {
    let path: Vec<_> = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (path, message) = (path.join("."), error["message"].as_str().unwrap_or_default());
    assert!(message.starts_with(&path) && message.len() < 400, "{message}");
    (error["code"].as_str().unwrap_or_default().to_owned(), path)
}

/// The id of a record of another kind that does not exist, in the form of ids.
fn unknown(id: &str, kind: u8) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    let mut bytes = BASE64.decode(id).expect("ids are base64");
    bytes[0] = kind;
    bytes[16] ^= 0xff;
    BASE64.encode(bytes)
}

each_database!(each_bad_argument_of_a_question_is_named);
async fn each_bad_argument_of_a_question_is_named(app: &App<'_>) {
    let viewer = app.viewer().await;
    let partner = known::partner(&viewer, "international idea").await;
    let wheres = |filter: &str| format!("{{ events(where: {{ {filter} }}) {{ nodes {{ id }} }} }}");
    for (document, path) in [
        (format!("{{ event(id: \"{partner}\") {{ id }} }}"), json!(["id"])),
        ("{ event(id: \"x\") { id } }".to_owned(), json!(["id"])),
        ("{ event(id: 42) { id } }".to_owned(), json!(["id"])),
        ("{ territory(id: \"\") { id } }".to_owned(), json!(["id"])),
        (format!("{{ nodes(ids: [\"{partner}\", \"x\"]) {{ id }} }}"), json!(["ids", "1"])),
        (wheres("id: { in: [\"x\"] }"), json!(["id", "in", "0"])),
        (wheres("territoryWithin: \"x\""), json!(["territoryWithin"])),
        (wheres(&format!("territoryWithin: \"{partner}\"")), json!(["territoryWithin"])),
        (wheres("country: { eq: \"Narnia\" }"), json!(["country", "eq"])),
        (wheres("country: { in: [\"UZ\", \"uzb\"] }"), json!(["country", "in", "1"])),
        (wheres("during: { from: \"2026-02-30\" }"), json!(["during", "from"])),
        (wheres("during: { from: \"2026-02-02\", until: \"2026-02-01\" }"), json!(["during", "until"])),
        (wheres("named: \"a\""), json!(["named"])),
        (wheres("not: { host: { eq: \"x\" } }"), json!(["not", "host", "eq"])),
        (wheres("or: [{}, { named: \"\" }]"), json!(["or", "1", "named"])),
        ("{ partner(id: \"x\") { name(languages: [\"not a tag\"]) } }".to_owned(), json!(["id"])),
        (
            "{ territories(where: { validOn: \"yesterday\" }) { nodes { id } } }".to_owned(),
            json!(["validOn"]),
        ),
    ] {
        let answer = viewer.query(&document).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{document}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["extensions"]["path"], path, "{document}");
    }
    let many = format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"x\" ".repeat(101));
    assert_eq!(viewer.query(&many).await.error_codes(), ["BAD_USER_INPUT"]);
}

each_database!(what_the_schema_does_not_know_is_refused_before_it_is_executed);
async fn what_the_schema_does_not_know_is_refused_before_it_is_executed(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let typed = |field: &str, value: Value| {
        let mut input = new_partner("UZ", "A");
        input[field] = value;
        input
    };
    for (input, word) in [
        (typed("unknown", json!(1)), "unknown"),
        (typed("kind", json!("UNHEARD_OF")), "UNHEARD_OF"),
        (typed("kind", Value::Null), "kind"),
        (typed("names", json!("A")), "NameInput"),
        (typed("names", json!([{ "text": 1, "language": "en" }])), "text"),
        (typed("names", json!([{ "language": "en" }])), "text"),
        (typed("isInternational", json!("yes")), "isInternational"),
        (typed("note", json!(["A"])), "note"),
    ] {
        let answer = administrator.mutate("createPartner", input.clone(), "partner { id }").await;
        let codes = answer.error_codes();
        assert!(
            codes == ["GRAPHQL_VALIDATION_FAILED"] || codes == ["BAD_USER_INPUT"],
            "{input}: {}",
            answer.body
        );
        assert!(answer.error_message().contains(word), "{input}: {}", answer.error_message());
    }
    for document in [
        "{ unknown }",
        "{ events(unknown: 1) { nodes { id } } }",
        "{ events(where: { unknown: 1 }) { nodes { id } } }",
        "{ events(first: \"ten\") { nodes { id } } }",
        "{ events(first: 99999999999) { nodes { id } } }",
        "{ events(first: 1.5) { nodes { id } } }",
        "{ events { nodes } }",
        "{ me { email { x } } }",
        "{ node(id: \"x\") { ... on Unknown { id } } }",
        "{ ...Missing }",
        "query($x: Unknown) { me { id } }",
        "query { me @unknown { id } }",
        "mutation { unknown }",
    ] {
        let answer = administrator.query(document).await;
        assert!(answer.body.get("data").is_none(), "{document}: {}", answer.body);
        let codes = answer.error_codes();
        assert!(codes.iter().all(|code| *code == "GRAPHQL_VALIDATION_FAILED"), "{document}: {}", answer.body);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_text_of_a_megabyte_is_refused);
async fn a_text_of_a_megabyte_is_refused(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let send = async |input: Value| -> Answer {
        administrator.mutate("createPartner", input, "partner { id }").await
    };
    let megabyte = "ж".repeat(512 * 1024);
    let anonymous = app.anonymous();
    let refused = anonymous.mutate("createPartner", new_partner("UZ", &megabyte), "partner { id }").await;
    refused.assert_refused(413, "BAD_REQUEST");
    // Who has signed in may send batches of scans, and learns what is too long.
    send(new_partner("UZ", &megabyte)).await.assert_turned_down(
        "createPartner",
        "INVALID_INPUT",
        "names.0.text",
    );
    let fitting = "x".repeat(200 * 1024);
    send(new_partner("UZ", &fitting)).await.assert_turned_down(
        "createPartner",
        "INVALID_INPUT",
        "names.0.text",
    );
    let mut noted = new_partner("UZ", "A");
    noted["note"] = json!(fitting);
    send(noted).await.assert_turned_down("createPartner", "INVALID_INPUT", "note");
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(each_bad_field_of_an_account_is_named);
async fn each_bad_field_of_an_account_is_named(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let seminar = known::event(&administrator, known::JIZZAKH_SEMINAR).await;
    let platform = json!({ "role": "VIEWER", "placeKind": "PLATFORM" });
    let account = |field: &str, value: Value| {
        let mut input = json!({
            "email": "new@demo.example", "displayName": "New", "password": "seven quiet herons", "grants": [platform],
        });
        input[field] = value;
        input
    };
    for (field, value, code, path) in [
        ("email", json!("no address"), "INVALID_INPUT", "email"),
        ("email", json!("viewer@demo.example"), "ALREADY_TAKEN", ""),
        ("displayName", json!(" "), "INVALID_INPUT", "displayName"),
        ("password", json!("short"), "INVALID_INPUT", "password"),
        ("password", json!("passwordpassword"), "INVALID_INPUT", "password"),
        ("password", json!("x".repeat(257)), "INVALID_INPUT", "password"),
        ("grants", json!([]), "INVALID_INPUT", "grants"),
        (
            "grants",
            json!([platform, { "role": "VIEWER", "placeKind": "COUNTRY" }]),
            "INVALID_INPUT",
            "grants.1.country",
        ),
        (
            "grants",
            json!([{ "role": "VIEWER", "placeKind": "PARTNER" }]),
            "INVALID_INPUT",
            "grants.0.placeId",
        ),
        (
            "grants",
            json!([{ "role": "VIEWER", "placeKind": "PARTNER", "placeId": seminar }]),
            "INVALID_INPUT",
            "grants.0.placeId",
        ),
        (
            "grants",
            json!([{ "role": "VIEWER", "placeKind": "EVENT", "placeId": unknown(&seminar, 4) }]),
            "REFERENCE_NOT_FOUND",
            "grants.0.placeId",
        ),
        (
            "grants",
            json!([{ "role": "PLATFORM_ADMINISTRATOR", "placeKind": "COUNTRY", "country": "UZ" }]),
            "INVALID_INPUT",
            "grants.0.placeKind",
        ),
    ] {
        let answer =
            administrator.mutate("createAccount", account(field, value.clone()), "account { id }").await;
        assert_eq!(answer.text("createAccount.errors.0.code"), code, "{field} {value}");
        answer.assert_turned_down("createAccount", code, path);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(each_bad_field_of_a_territory_is_named);
async fn each_bad_field_of_a_territory_is_named(app: &App<'_>) {
    let administrator = app.administrator().await;
    let region = known::territory(&administrator, "UZ-JI").await;
    let before = app.database.row_counts().await.unwrap();
    let territory = |field: &str, value: Value| {
        let names = json!([{ "text": "A", "language": "en" }]);
        let mut input =
            json!({ "kind": "DISTRICT", "code": "UZ-JI/new", "parentId": region, "names": names });
        input[field] = value;
        input
    };
    for (field, value, code, path) in [
        ("code", json!(""), "INVALID_INPUT", "code"),
        ("code", json!("ЖЖ"), "INVALID_INPUT", "code"),
        ("code", json!("x".repeat(41)), "INVALID_INPUT", "code"),
        ("code", json!("a.b"), "INVALID_INPUT", "code"),
        ("parentId", json!(unknown(&region, 16)), "REFERENCE_NOT_FOUND", "parentId"),
        ("validFrom", json!("2026-02-29"), "INVALID_INPUT", "validFrom"),
        ("validUntil", json!("soon"), "INVALID_INPUT", "validUntil"),
    ] {
        let answer =
            administrator.mutate("createTerritory", territory(field, value), "territory { id }").await;
        answer.assert_turned_down("createTerritory", code, path);
    }
    let mut turned = territory("validFrom", json!("2026-02-02"));
    turned["validUntil"] = json!("2026-02-01");
    let answer = administrator.mutate("createTerritory", turned, "territory { id }").await;
    answer.assert_turned_down("createTerritory", "INVALID_INPUT", "validUntil");
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

/// Asks who a client is, to see that the server still answers.
async fn is_alive(client: &Client) -> bool {
    client.query("{ me { id } }").await.data("me.id").is_string()
}

each_database!(a_document_that_is_too_deep_or_too_dear_is_refused);
async fn a_document_that_is_too_deep_or_too_dear_is_refused(app: &App<'_>) {
    let viewer = app.viewer().await;
    let deep = format!("{{ events {{ nodes {{ {} id {} }} }} }}", "parent { ".repeat(30), "} ".repeat(30));
    viewer.query(&deep).await.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
    let dear = "{ events(first: 200) { nodes { parts(first: 200) { nodes { parts(first: 200) { nodes { id } } } } } } }";
    viewer.query(dear).await.assert_refused(200, "COST_EXCEEDED");
    assert!(is_alive(&viewer).await);
}
