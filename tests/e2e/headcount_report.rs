//! Headcount reports: reported, corrected, withdrawn, listed; and what is turned down by the field at fault.

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, known};

fn exact(event: &str, value: i64) -> Value {
    json!({
        "eventId": event, "measure": "PARTICIPANTS", "state": "ATTENDED",
        "amount": { "value": value, "qualifier": "EXACT" },
    })
}

fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

async fn report(client: &Client, input: Value) -> String {
    let answer = client.mutate("reportHeadcount", input, "headcountReport { id }").await;
    answer.text("reportHeadcount.headcountReport.id").to_owned()
}

fn part(label: &str, value: Option<i64>) -> Value {
    json!({ "label": [{ "text": label, "language": "en" }], "value": value })
}

each_database!(parts_are_compared_with_the_total_and_correct_nothing);
async fn parts_are_compared_with_the_total_and_correct_nothing(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let fields = "headcountReport { value unit basis breakdown {
        isComplete partsSum parts { value } partsMatch { outcome difference reason } } }";
    for (parts, is_complete, sum, expected) in [
        (vec![part("a", Some(52)), part("b", Some(43))], true, json!(95), json!(["MATCHES", null, null])),
        (vec![part("a", Some(52)), part("b", Some(40))], true, json!(92), json!(["DIFFERS", -3, null])),
        (
            vec![part("a", Some(52)), part("b", None)],
            true,
            json!(null),
            json!(["NOT_COMPARABLE", null, "UNKNOWN_PART"]),
        ),
        (vec![part("a", Some(52))], false, json!(52), json!(["NOT_COMPARABLE", null, "OPEN_LIST"])),
    ] {
        let breakdown = json!({ "dimension": "OTHER", "parts": parts, "isComplete": is_complete });
        let input = with(exact(&event, 95), "breakdown", breakdown);
        let answer = manager.mutate("reportHeadcount", input, fields).await;
        let found = answer.data("reportHeadcount.headcountReport");
        let compared = &found["breakdown"]["partsMatch"];
        assert_eq!(
            json!([found["value"], found["unit"], found["basis"]]),
            json!([95, "PERSONS", "REPORTED"])
        );
        assert_eq!(found["breakdown"]["partsSum"], sum);
        assert_eq!(json!([compared["outcome"], compared["difference"], compared["reason"]]), expected);
    }
}

each_database!(a_figure_that_says_nothing_possible_is_turned_down_at_its_field);
async fn a_figure_that_says_nothing_possible_is_turned_down_at_its_field(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let amount = |value: Value, qualifier: &str| json!({ "value": value, "qualifier": qualifier });
    let base = || exact(&event, 95);
    let breakdown = |parts: Value| json!({ "dimension": "OTHER", "parts": parts, "isComplete": true });
    let foreign = known::territory(&manager, "UZ-JI").await;
    let linked = json!([{ "label": [{ "text": "a", "language": "en" }], "territoryId": foreign }]);
    let before = app.database.row_counts().await.unwrap();
    for (input, code, path) in [
        (with(base(), "amount", amount(json!(-1), "EXACT")), "INVALID_INPUT", "amount.value"),
        (with(base(), "amount", amount(json!(null), "EXACT")), "INVALID_INPUT", "amount.value"),
        (with(base(), "amount", amount(json!(5), "UNKNOWN")), "INVALID_INPUT", "amount.value"),
        (with(base(), "unit", json!("COUNTRIES")), "INVALID_INPUT", "unit"),
        (with(base(), "measure", json!("OTHER")), "INVALID_INPUT", "label"),
        (with(base(), "asWritten", json!("x".repeat(10_001))), "INVALID_INPUT", "asWritten"),
        (with(base(), "subsetOfId", json!(event)), "INVALID_INPUT", "subsetOfId"),
        (with(base(), "breakdown", breakdown(json!([]))), "INVALID_INPUT", "breakdown.parts"),
        (with(base(), "breakdown", breakdown(linked)), "INVALID_INPUT", "breakdown.parts.0.territoryId"),
    ] {
        let answer = manager.mutate("reportHeadcount", input, "headcountReport { id }").await;
        answer.assert_turned_down("reportHeadcount", code, path);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_report_is_corrected_by_version_and_withdrawn_for_good);
async fn a_report_is_corrected_by_version_and_withdrawn_for_good(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let id = report(&manager, exact(&event, 59)).await;
    let correct = |version: i64| json!({ "id": id, "expectedVersion": version, "amount": { "value": 95, "qualifier": "EXACT" } });
    let fields = "headcountReport { value version isWithdrawn withdrawnReason }";

    let answer = manager.mutate("correctHeadcount", correct(1), fields).await;
    let expected = json!({ "value": 95, "version": 2, "isWithdrawn": false, "withdrawnReason": null });
    assert_eq!(answer.data("correctHeadcount.headcountReport"), &expected);
    manager.mutate("correctHeadcount", correct(1), fields).await.assert_turned_down(
        "correctHeadcount",
        "STALE",
        "",
    );
    let withdraw = json!({ "id": id, "reason": "It was typed twice." });
    let answer = manager.mutate("withdrawHeadcount", withdraw.clone(), fields).await;
    let expected =
        json!({ "value": 95, "version": 3, "isWithdrawn": true, "withdrawnReason": "It was typed twice." });
    assert_eq!(answer.data("withdrawHeadcount.headcountReport"), &expected);
    let again = manager.mutate("withdrawHeadcount", withdraw, fields).await;
    again.assert_turned_down("withdrawHeadcount", "ILLEGAL_STEP", "");

    let lists = format!(
        r#"{{ node(id: "{id}") {{ ... on HeadcountReport {{ value }} }}
        events(where: {{ id: {{ eq: "{event}" }} }}) {{ nodes {{
            without: headcountReports(measures: [PARTICIPANTS]) {{ id }}
            all: headcountReports(measures: [PARTICIPANTS], includeWithdrawn: true) {{ id }} }} }} }}"#
    );
    let answer = app.viewer().await.query(&lists).await;
    assert_eq!(answer.number("node.value"), 95);
    assert!(!answer.texts("events.nodes.0.without", "id").contains(&id.as_str()));
    assert!(answer.texts("events.nodes.0.all", "id").contains(&id.as_str()));
}

each_database!(the_same_report_with_the_same_key_is_made_once);
async fn the_same_report_with_the_same_key_is_made_once(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let input = with(exact(&event, 95), "idempotencyKey", json!("one"));
    assert_eq!(report(&manager, input.clone()).await, report(&manager, input).await);
    let other = with(exact(&event, 96), "idempotencyKey", json!("one"));
    let answer = manager.mutate("reportHeadcount", other, "headcountReport { id }").await;
    answer.assert_turned_down("reportHeadcount", "IDEMPOTENCY_KEY_REUSED", "");
}

each_database!(whoever_sees_an_event_reads_its_figures_and_its_own_people_report_them);
async fn whoever_sees_an_event_reads_its_figures_and_its_own_people_report_them(app: &App<'_>) {
    let viewer = app.viewer().await;
    let event = known::event(&viewer, known::JIZZAKH_SEMINAR).await;
    let draft = crate::event::create(&app.administrator().await, crate::event::new_event("Draft")).await;
    let of_draft = report(&app.administrator().await, exact(&draft, 10)).await;
    for client in [viewer, app.coordinator().await, app.host().await, app.operator().await] {
        let answer = client.mutate("reportHeadcount", exact(&event, 95), "headcountReport { id }").await;
        assert_eq!(answer.error_codes(), ["FORBIDDEN"]);
        let hidden = json!({ "id": of_draft, "reason": "It is a draft." });
        let answer = client.mutate("withdrawHeadcount", hidden, "headcountReport { id }").await;
        assert_eq!(answer.error_codes(), ["NOT_FOUND"]);
        let seen = client.query(&format!(r#"{{ headcountReport(id: "{of_draft}") {{ id }} }}"#)).await;
        assert!(seen.data("headcountReport").is_null());
    }
    let nobody = app.anonymous().mutate("reportHeadcount", exact(&event, 95), "headcountReport { id }").await;
    assert_eq!(nobody.error_codes(), ["UNAUTHENTICATED"]);
}
