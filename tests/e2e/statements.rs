//! The number of SQL statements of a question does not depend on how many rows it answers with.

use hemicycle_test_database::fewest_statements;
use serde_json::json;

use crate::{
    app::App,
    client::Client,
    each_database,
    event::{advance, create, new_event},
    known,
};

/// How many statements a question takes.
pub(crate) async fn statements(app: &App<'_>, client: &Client, document: &str) -> u64 {
    let ask = async || {
        let answer = client.query(document).await;
        assert!(answer.body.get("errors").is_none(), "{document}: {}", answer.body);
    };
    fewest(app, ask).await
}

/// How many statements something takes, once all that is read once per process has been read.
///
/// The word of a sign-in may come through the change feed between two questions, and who asks is read anew then: so it is
/// asked several times, and the least counts.
pub(crate) async fn fewest(app: &App<'_>, ask: impl AsyncFn()) -> u64 {
    ask().await;
    fewest_statements(|| app.statements(), ask).await
}

/// Plans events with all that an event can have beside it: host, partners, parent, territory, sessions.
async fn plan(client: &Client, count: usize) {
    let host = known::partner(client, "jizzakh state pedagogical institute").await;
    let funder = known::partner(client, "international idea").await;
    let territory = known::territory(client, "UZ-JI").await;
    let parent = known::event(client, known::JIZZAKH_SEMINAR).await;
    for number in 0..count {
        let mut input = new_event(&format!("Counted {number}"));
        input["hostId"] = json!(host);
        input["territoryId"] = json!(territory);
        input["partners"] = json!([{ "partnerId": funder, "role": "FUNDER" }]);
        input["parent"] = json!({ "eventId": parent, "relation": "FOLLOW_UP" });
        let id = create(client, input).await;
        let names = json!([{ "text": "Session", "language": "en" }]);
        let session = json!({ "eventId": id, "number": 1, "names": names });
        client.mutate("createSession", session, "session { id }").await.data("createSession.session.id");
        advance(client, &id, "PLAN").await.data("advanceEvent.event.status");
    }
}

each_database!(a_list_of_fifty_takes_as_many_statements_as_a_list_of_one);
async fn a_list_of_fifty_takes_as_many_statements_as_a_list_of_one(app: &App<'_>) {
    let administrator = app.administrator().await;
    plan(&administrator, 50).await;
    for (about, fields, expected) in [
        ("own fields", "title status kind dates { edtf } possibleSteps", 1),
        ("host and territory", "host { name parent { name } } territory { name parent { name } }", 1),
        ("partners", "partners { role partner { name } }", 2),
        ("sessions", "sessions { number title }", 2),
        // An event that was read before is held in the process.
        ("parent", "parent { title host { name } }", 1),
        ("counts", "counts { registrations attended }", 2),
        (
            "all of it",
            "title host { name } territory { name } partners { role partner { name } }
            sessions { title } parent { title } counts { attended }",
            4,
        ),
    ] {
        let ask = |first: i64| {
            format!(
                "{{ events(where: {{ named: \"Counted\" }}, first: {first}) {{ nodes {{ id {fields} }} }} }}"
            )
        };
        let counts =
            [statements(app, &administrator, &ask(1)).await, statements(app, &administrator, &ask(50)).await];
        assert_eq!(counts, [expected, expected], "{about}, with one and with fifty");
    }
}

each_database!(a_program_of_fifty_events_takes_as_many_statements_as_one_of_one);
async fn a_program_of_fifty_events_takes_as_many_statements_as_one_of_one(app: &App<'_>) {
    let administrator = app.administrator().await;
    let program = json!({ "names": [{ "text": "Counted program", "language": "en" }], "countries": ["UZ"] });
    let program = administrator.mutate("createProgram", program, "program { id }").await;
    let program = program.text("createProgram.program.id");
    let host = known::partner(&administrator, "jizzakh state pedagogical institute").await;
    let territory = known::territory(&administrator, "UZ-JI").await;
    for number in 0..50 {
        let mut input = new_event(&format!("Counted {number}"));
        input["programId"] = json!(program);
        input["hostId"] = json!(host);
        input["territoryId"] = json!(territory);
        let event = create(&administrator, input).await;
        for person in ["First, A", "Second, B"] {
            let names = json!([{ "asWritten": format!("{person} {number}"), "language": "en" }]);
            let input = json!({ "eventId": event, "participant": { "new": { "names": names } } });
            let made = administrator.mutate("registerParticipant", input, "registration { id }").await;
            made.data("registerParticipant.registration.id");
        }
        advance(&administrator, &event, "PLAN").await.data("advanceEvent.event.status");
    }
    // One person of each: the personal data of more than fifty would leave a row in the audit trail.
    let ask = |first: i64| {
        format!(
            "{{ program(id: \"{program}\") {{ name lead {{ name }} events(first: {first}) {{ nodes {{
                title status host {{ name }} territory {{ name parent {{ name }} }} counts {{ registrations attended }}
                registrations(first: 1) {{ nodes {{ role participant {{ name email }} partner {{ name }}
                    territory {{ name }} attendance {{ hasAttended }} }} }} }} }} }} }}"
        )
    };
    let answer = administrator.query(&ask(50)).await;
    assert_eq!(answer.list("program.events.nodes").len(), 50);
    assert_eq!(answer.list("program.events.nodes.49.registrations.nodes").len(), 1);
    let counts =
        [statements(app, &administrator, &ask(1)).await, statements(app, &administrator, &ask(50)).await];
    assert_eq!(counts[0], counts[1], "with one and with fifty");
    assert!(counts[0] <= 5, "{} statements", counts[0]);
}

each_database!(what_is_held_in_the_process_takes_no_statement);
async fn what_is_held_in_the_process_takes_no_statement(app: &App<'_>) {
    let viewer = app.viewer().await;
    let territory = known::territory(&viewer, "KZ-31").await;
    let partner = known::partner(&viewer, "international idea").await;
    let document = format!(
        "{{ territory(id: \"{territory}\") {{ name parent {{ name }} }} partner(id: \"{partner}\") {{ name }} }}"
    );
    assert_eq!(statements(app, &viewer, &document).await, 0);
}

each_database!(a_total_is_counted_only_when_it_is_asked_for);
async fn a_total_is_counted_only_when_it_is_asked_for(app: &App<'_>) {
    let viewer = app.viewer().await;
    for list in ["events", "partners", "territories"] {
        let without = statements(app, &viewer, &format!("{{ {list} {{ nodes {{ id }} }} }}")).await;
        let with = statements(app, &viewer, &format!("{{ {list} {{ totalCount nodes {{ id }} }} }}")).await;
        assert_eq!((without, with), (1, 2), "{list}");
    }
}

each_database!(many_nodes_are_fetched_together);
async fn many_nodes_are_fetched_together(app: &App<'_>) {
    let administrator = app.administrator().await;
    let answer = administrator.query("{ participants(first: 20) { nodes { id } } }").await;
    let ids: Vec<_> = answer.texts("participants.nodes", "id").iter().map(|id| format!("\"{id}\"")).collect();
    assert!(ids.len() > 1, "{}", answer.body);
    let ask = |ids: &[String]| {
        format!("{{ nodes(ids: [{}]) {{ id ... on Participant {{ name }} }} }}", ids.join(" "))
    };
    assert_eq!(statements(app, &administrator, &ask(&ids[..1])).await, 1);
    assert_eq!(statements(app, &administrator, &ask(&ids)).await, 1);
}

each_database!(a_field_that_is_asked_for_twice_is_fetched_once);
async fn a_field_that_is_asked_for_twice_is_fetched_once(app: &App<'_>) {
    let viewer = app.viewer().await;
    let once = "{ events(first: 5) { nodes { sessions { title } } } }";
    let aliased = "{ events(first: 5) { nodes { a: sessions { title } b: sessions { number } } } }";
    assert_eq!(statements(app, &viewer, once).await, statements(app, &viewer, aliased).await);
}
