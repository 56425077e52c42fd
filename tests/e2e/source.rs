//! Sources: recorded, found in both scripts, cited with the reading of an unclear wording.

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, known};

async fn record(client: &Client, input: Value) -> String {
    let answer = client.mutate("createSource", input, "source { id }").await;
    answer.text("createSource.source.id").to_owned()
}

each_database!(a_document_comes_back_and_is_found_by_its_words_and_its_date);
async fn a_document_comes_back_and_is_found_by_its_words_and_its_date(app: &App<'_>) {
    let administrator = app.administrator().await;
    let publisher = known::partner(&administrator, "jizzakh polytechnic").await;
    let input = json!({
        "document": "Register 17", "headline": "Семинар тренеров начался", "language": "ru",
        "address": "https://example.org/news?id=17", "publisherId": publisher, "publisherAsWritten": "Институт",
        "published": { "edtf": "2021-05-18" }, "note": "Read in the archive.",
    });
    let fields = "source { document headline language address publisher { id } publisherAsWritten
        published { edtf } note version }";
    let answer = administrator.mutate("createSource", input, fields).await;
    let expected = json!({
        "document": "Register 17", "headline": "Семинар тренеров начался", "language": "ru",
        "address": "https://example.org/news?id=17", "publisher": { "id": publisher }, "publisherAsWritten": "Институт",
        "published": { "edtf": "2021-05-18" }, "note": "Read in the archive.", "version": 1,
    });
    assert_eq!(answer.data("createSource.source"), &expected);
    let found = app
        .viewer()
        .await
        .query(
            r#"{
        latin: sources(where: { named: "trenerov seminar" }) { totalCount }
        cyrillic: sources(where: { named: "тренеров" }) { totalCount }
        then: sources(where: { publishedDuring: { from: "2021-05-01", until: "2021-05-31" } }) { totalCount }
        later: sources(where: { publishedDuring: { from: "2021-06-01", until: "2021-06-30" } }) { totalCount }
    }"#,
        )
        .await;
    let counts =
        ["latin", "cyrillic", "then", "later"].map(|list| found.number(&format!("{list}.totalCount")));
    assert_eq!(counts, [1, 1, 1, 0]);
}

each_database!(a_document_that_leads_nowhere_is_turned_down);
async fn a_document_that_leads_nowhere_is_turned_down(app: &App<'_>) {
    let administrator = app.administrator().await;
    let event = known::event(&administrator, known::JIZZAKH_SEMINAR).await;
    for (input, path) in [
        (json!({ "note": "Nothing else." }), "document"),
        (json!({ "headline": "A", "address": "javascript:alert(1)" }), "address"),
        (json!({ "headline": "A", "address": "https://user:secret@example.org/" }), "address"),
        (json!({ "headline": "A", "language": "no language" }), "language"),
        (json!({ "headline": "A", "published": { "edtf": "2021-13" } }), "published.date"),
        (json!({ "headline": "A", "publisherId": event }), "publisherId"),
    ] {
        let answer = administrator.mutate("createSource", input.clone(), "source { id }").await;
        let errors = answer.list("createSource.errors");
        let found = errors[0]["path"][0].as_str().unwrap_or_default();
        assert_eq!(found, path.split('.').next().unwrap_or_default(), "{input}: {}", answer.body);
    }
}

each_database!(an_ambiguity_is_cited_read_and_removed);
async fn an_ambiguity_is_cited_read_and_removed(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let source = record(&manager, json!({ "headline": "The seminar began today" })).await;
    let input = json!({
        "sourceId": source, "subjectId": event, "field": "dates", "certainty": "INFERRED",
        "wording": "from May 17", "reading": "17 May 2021", "note": "No year anywhere.",
    });
    let answer = manager.mutate("citeSource", input.clone(), "citation { id subjectId source { id } }").await;
    assert_eq!(answer.text("citeSource.citation.subjectId"), event);
    assert_eq!(answer.text("citeSource.citation.source.id"), source);
    let citation = answer.text("citeSource.citation.id").to_owned();

    let query = format!(
        r#"{{ event(id: "{event}") {{ citations {{ id field certainty wording reading note }} }} }}"#
    );
    let viewer = app.viewer().await;
    let read = async || -> Vec<Value> {
        let answer = viewer.query(&query).await;
        answer.list("event.citations").iter().filter(|one| one["id"] == json!(citation)).cloned().collect()
    };
    let expected = json!({
        "id": citation, "field": "dates", "certainty": "INFERRED", "wording": "from May 17",
        "reading": "17 May 2021", "note": "No year anywhere.",
    });
    assert_eq!(read().await, [expected]);
    let refused = viewer.mutate("removeCitation", json!({ "id": citation }), "citation { id }").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    manager
        .mutate("removeCitation", json!({ "id": citation }), "citation { id }")
        .await
        .data("removeCitation.citation.id");
    assert!(read().await.is_empty());
}

each_database!(a_citation_without_a_record_a_source_or_a_reading_is_turned_down);
async fn a_citation_without_a_record_a_source_or_a_reading_is_turned_down(app: &App<'_>) {
    let manager = app.manager().await;
    let event = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let partner = known::partner(&manager, "jizzakh state pedagogical").await;
    let source = record(&manager, json!({ "headline": "A" })).await;
    for (input, code, path) in [
        (json!({ "sourceId": source, "subjectId": source }), "INVALID_INPUT", "subjectId"),
        (json!({ "sourceId": event, "subjectId": event }), "INVALID_INPUT", "sourceId"),
        (json!({ "sourceId": source, "subjectId": "nothing" }), "INVALID_INPUT", "subjectId"),
        (json!({ "sourceId": source, "subjectId": event, "field": "no field" }), "INVALID_INPUT", "field"),
        (
            json!({ "sourceId": source, "subjectId": event, "certainty": "DISPUTED" }),
            "INVALID_INPUT",
            "reading",
        ),
    ] {
        let answer = manager.mutate("citeSource", input, "citation { id }").await;
        answer.assert_turned_down("citeSource", code, path);
    }
    let elsewhere = json!({ "sourceId": source, "subjectId": partner });
    let answer = manager.mutate("citeSource", elsewhere, "citation { id }").await;
    assert_eq!(answer.error_codes(), ["FORBIDDEN"]);
}
