//! Events: planned, changed, moved through their lives, with sessions and parts.

use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database, known};

/// The input of an event with nothing but what it must have.
pub(crate) fn new_event(name: &str) -> Value {
    json!({
        "kind": "TRAINING",
        "names": [{ "text": name, "language": "en" }],
        "dates": { "edtf": "2026-12-01" },
    })
}

/// Adds an event and returns its id.
pub(crate) async fn create(client: &Client, input: Value) -> String {
    let answer = client.mutate("createEvent", input, "event { id }").await;
    answer.text("createEvent.event.id").to_owned()
}

/// Takes a step in the life of an event.
pub(crate) async fn advance(client: &Client, id: &str, step: &str) -> Answer {
    let mut input = json!({ "id": id, "step": step });
    if matches!(step, "CANCEL" | "POSTPONE") {
        input["reason"] = json!("The hall was flooded.");
    }
    client.mutate("advanceEvent", input, "event { status statusReason possibleSteps version }").await
}

each_database!(an_event_is_planned_with_all_that_is_known_of_it);
async fn an_event_is_planned_with_all_that_is_known_of_it(app: &App<'_>) {
    let administrator = app.administrator().await;
    let host = known::partner(&administrator, "jizzakh state pedagogical").await;
    let funder = known::partner(&administrator, "international idea").await;
    let territory = known::territory(&administrator, "UZ-JI").await;
    let input = json!({
        "kind": "SEMINAR_MEETING", "format": "HYBRID", "hostId": host, "territoryId": territory,
        "venue": " Hall 2 ", "capacity": 40, "languages": ["uz-Cyrl", "ru"],
        "names": [{ "text": "Seminar", "language": "en" }, { "text": "Семинар", "language": "ru" }],
        "dates": { "edtf": "2026-12-01/2026-12-02", "asWritten": "1-2 December" },
        "timetable": { "startsAt": "2026-12-01T09:00:00+05:00", "endsAt": "2026-12-02T17:30:00+05:00", "zone": "Asia/Tashkent" },
        "partners": [{ "partnerId": funder, "role": "FUNDER" }, { "partnerId": funder, "role": "CO_ORGANISER" }],
        "targetGroups": [[{ "text": "trainers", "language": "en" }]],
        "topics": [[{ "text": "ethics", "language": "en" }, { "text": "этика", "language": "ru" }]],
        "particulars": {
            "test": "PLANNED", "modules": [[{ "text": "First module", "language": "en" }]],
            "funding": [{ "source": [{ "text": "State budget", "language": "en" }], "isStatedForEvent": true,
                          "amount": { "amount": "1250.50", "currency": "USD" } }],
        },
    });
    let fields = "event { status version kind format country venue capacity languages title(languages: [\"ru\"])
        dates { edtf asWritten earliest latest days precision gaps } timetable { startsAt endsAt zone }
        host { id } territory { code } partners { role partner { id } } isArchived
        targetGroups { text } topics { text translations { language text } }
        particulars { test certificate modules { number title { text } } funding { amount { amount currency } } } }";
    let answer = administrator.mutate("createEvent", input, fields).await;

    let expected = json!({
        "status": "DRAFT", "version": 1, "kind": "SEMINAR_MEETING", "format": "HYBRID", "country": "UZ",
        "venue": "Hall 2", "capacity": 40, "languages": ["uz-Cyrl", "ru"], "title": "Семинар",
        "dates": { "edtf": "2026-12-01/2026-12-02", "asWritten": "1-2 December", "earliest": "2026-12-01",
                   "latest": "2026-12-02", "days": 2, "precision": "DAY", "gaps": [] },
        "timetable": { "startsAt": "2026-12-01T04:00:00Z", "endsAt": "2026-12-02T12:30:00Z", "zone": "Asia/Tashkent" },
        "host": { "id": host }, "territory": { "code": "UZ-JI" }, "isArchived": false,
        "partners": [{ "role": "CO_ORGANISER", "partner": { "id": funder } }, { "role": "FUNDER", "partner": { "id": funder } }],
        "targetGroups": [{ "text": "trainers" }],
        "topics": [{ "text": "ethics", "translations": [
            { "language": "en", "text": "ethics" }, { "language": "ru", "text": "этика" }] }],
        "particulars": { "test": "PLANNED", "certificate": "NOT_MENTIONED",
            "modules": [{ "number": 1, "title": { "text": "First module" } }],
            "funding": [{ "amount": { "amount": "1250.50", "currency": "USD" } }] },
    });
    assert_eq!(answer.data("createEvent.event"), &expected);
}

each_database!(what_is_unknown_is_null_and_not_empty_or_zero);
async fn what_is_unknown_is_null_and_not_empty_or_zero(app: &App<'_>) {
    let administrator = app.administrator().await;
    let fields = "event { format topics { text } host { id } territory { id } country venue capacity timetable { zone }
        stage cascadeLevel parent { id } relation statusReason particulars { occasion { text } election { description { text } } } }";
    let answer = administrator.mutate("createEvent", new_event("Bare"), fields).await;
    let event = answer.data("createEvent.event").as_object().unwrap();
    for (field, value) in event {
        let is_null =
            value.is_null() || value.as_object().is_some_and(|fields| fields.values().all(Value::is_null));
        assert!(is_null, "{field}: {value}");
    }
}

each_database!(a_whole_life_leads_from_draft_to_closed);
async fn a_whole_life_leads_from_draft_to_closed(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    for (version, (step, status, next)) in (2..).zip([
        ("PLAN", "PLANNED", json!(["OPEN", "START", "HOLD", "CANCEL", "POSTPONE"])),
        ("POSTPONE", "POSTPONED", json!(["PLAN", "CANCEL"])),
        ("PLAN", "PLANNED", json!(["OPEN", "START", "HOLD", "CANCEL", "POSTPONE"])),
        ("OPEN", "OPEN", json!(["START", "HOLD", "CANCEL", "POSTPONE"])),
        ("START", "IN_PROGRESS", json!(["HOLD", "CANCEL"])),
        ("HOLD", "HELD", json!(["CLOSE"])),
        ("CLOSE", "CLOSED", json!([])),
    ]) {
        let answer = advance(&administrator, &id, step).await;
        let reason = if step == "POSTPONE" { json!("The hall was flooded.") } else { Value::Null };
        let expected =
            json!({ "status": status, "statusReason": reason, "possibleSteps": next, "version": version });
        assert_eq!(answer.data("advanceEvent.event"), &expected, "{step}");
    }
}

each_database!(an_illegal_step_is_turned_down_with_its_reason);
async fn an_illegal_step_is_turned_down_with_its_reason(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    for (reach, illegal) in [
        (None, &["OPEN", "START", "HOLD", "CLOSE", "POSTPONE"][..]),
        (Some("PLAN"), &["PLAN", "CLOSE"]),
        (Some("OPEN"), &["PLAN", "OPEN", "CLOSE"]),
        (Some("START"), &["PLAN", "OPEN", "START", "CLOSE", "POSTPONE"]),
        (Some("HOLD"), &["PLAN", "OPEN", "START", "HOLD", "CANCEL", "POSTPONE"]),
        (Some("CLOSE"), &["PLAN", "OPEN", "START", "HOLD", "CLOSE", "CANCEL", "POSTPONE"]),
    ] {
        if let Some(step) = reach {
            advance(&administrator, &id, step).await.data("advanceEvent.event.status");
        }
        for step in illegal {
            let answer = advance(&administrator, &id, step).await;
            answer.assert_turned_down("advanceEvent", "ILLEGAL_STEP", "");
            let message = answer.text("advanceEvent.errors.0.message");
            assert!(message.contains("from there it can"), "{message}");
        }
    }
}

each_database!(cancelling_and_postponing_need_a_reason);
async fn cancelling_and_postponing_need_a_reason(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    advance(&administrator, &id, "PLAN").await.data("advanceEvent.event.status");
    for step in ["CANCEL", "POSTPONE"] {
        let bare =
            administrator.mutate("advanceEvent", json!({ "id": id, "step": step }), "event { status }").await;
        bare.assert_turned_down("advanceEvent", "INVALID_INPUT", "reason");
        let blank = json!({ "id": id, "step": step, "reason": " \t " });
        let blank = administrator.mutate("advanceEvent", blank, "event { status }").await;
        blank.assert_turned_down("advanceEvent", "INVALID_INPUT", "reason");
    }
}

each_database!(a_finished_event_is_no_longer_changed);
async fn a_finished_event_is_no_longer_changed(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    advance(&administrator, &id, "CANCEL").await.data("advanceEvent.event.status");
    let change = json!({ "id": id, "venue": "Elsewhere" });
    let changed = administrator.mutate("updateEvent", change, "event { venue }").await;
    changed.assert_turned_down("updateEvent", "ILLEGAL_STEP", "");
    let smuggled = json!({ "id": id, "venue": "Elsewhere", "isArchived": false });
    let smuggled = administrator.mutate("updateEvent", smuggled, "event { venue }").await;
    smuggled.assert_turned_down("updateEvent", "ILLEGAL_STEP", "");
    let archived = json!({ "id": id, "isArchived": true });
    let archived = administrator.mutate("updateEvent", archived, "event { isArchived }").await;
    assert_eq!(archived.data("updateEvent.event.isArchived"), &json!(true));
}

each_database!(a_change_leaves_alone_what_it_does_not_name);
async fn a_change_leaves_alone_what_it_does_not_name(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_event("Seminar");
    input["venue"] = json!("Hall 2");
    input["capacity"] = json!(40);
    let id = create(&administrator, input).await;
    let fields = "event { venue capacity title version partners { role } topics { text } }";

    let change = json!({ "id": id, "capacity": null, "topics": [] });
    let changed = administrator.mutate("updateEvent", change, fields).await;
    let expected = json!({ "venue": "Hall 2", "capacity": null, "title": "Seminar", "version": 2, "partners": [], "topics": [] });
    assert_eq!(changed.data("updateEvent.event"), &expected);
    let unknown = administrator.mutate("updateEvent", json!({ "id": id, "topics": null }), fields).await;
    assert_eq!(unknown.data("updateEvent.event.topics"), &Value::Null);
}

each_database!(a_change_of_an_older_version_is_stale);
async fn a_change_of_an_older_version_is_stale(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    let change = |venue: &str| json!({ "id": id, "expectedVersion": 1, "venue": venue });
    let send =
        |venue: &'static str| administrator.mutate("updateEvent", change(venue), "event { venue version }");
    let (left, right) = tokio::join!(send("One"), send("Two"));
    let codes: Vec<_> =
        [&left, &right].into_iter().flat_map(|answer| answer.texts("updateEvent.errors", "code")).collect();
    assert_eq!(codes, ["STALE"], "one of two comes too late");
    let step = json!({ "id": id, "expectedVersion": 1, "step": "PLAN" });
    let step = administrator.mutate("advanceEvent", step, "event { status }").await;
    step.assert_turned_down("advanceEvent", "STALE", "");
}

each_database!(a_repeated_command_answers_with_the_event_it_made);
async fn a_repeated_command_answers_with_the_event_it_made(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_event("Once");
    input["idempotencyKey"] = json!("key-1");
    let first = create(&administrator, input.clone()).await;
    advance(&administrator, &first, "PLAN").await.data("advanceEvent.event.status");
    let second = administrator.mutate("createEvent", input.clone(), "event { id status }").await;
    assert_eq!(second.data("createEvent.event"), &json!({ "id": first, "status": "PLANNED" }));

    let mut partner = crate::partner::new_partner("UZ", "Once");
    partner["idempotencyKey"] = json!("key-1");
    let other = administrator.mutate("createPartner", partner, "partner { id }").await;
    other.assert_turned_down("createPartner", "IDEMPOTENCY_KEY_REUSED", "");
}

each_database!(sessions_stand_in_the_order_of_their_numbers);
async fn sessions_stand_in_the_order_of_their_numbers(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Seminar")).await;
    let session = |number: i64| {
        let names = json!([{ "text": format!("Session {number}"), "language": "en" }]);
        json!({ "eventId": id, "number": number, "names": names })
    };
    for number in [3, 1, 2] {
        administrator
            .mutate("createSession", session(number), "session { id }")
            .await
            .data("createSession.session.id");
    }
    let document =
        "query($id: ID!) { event(id: $id) { sessions { number title dates { edtf } topics { text } } } }";
    let answer = administrator.ask(document, json!({ "id": id })).await;
    assert_eq!(answer.texts("event.sessions", "title"), ["Session 1", "Session 2", "Session 3"]);

    let taken = administrator.mutate("createSession", session(2), "session { id }").await;
    taken.assert_turned_down("createSession", "INVALID_INPUT", "number");
    advance(&administrator, &id, "CANCEL").await.data("advanceEvent.event.status");
    let late = administrator.mutate("createSession", session(4), "session { id }").await;
    late.assert_turned_down("createSession", "ILLEGAL_STEP", "");
    let id = create(&administrator, new_event("Another")).await;
    let session = |number: i64| json!({ "eventId": id, "number": number, "names": [{ "text": "Session", "language": "en" }] });
    for number in [0, -1, 1_001] {
        let answer = administrator.mutate("createSession", session(number), "session { id }").await;
        answer.assert_turned_down("createSession", "INVALID_INPUT", "number");
    }
}

each_database!(parts_are_found_from_the_whole_and_the_whole_from_its_parts);
async fn parts_are_found_from_the_whole_and_the_whole_from_its_parts(app: &App<'_>) {
    let viewer = app.viewer().await;
    let id = known::event(&viewer, known::ZHAMBYL_SEMINAR).await;
    let document =
        "query($id: ID!) { event(id: $id) { parts { nodes { relation parent { id } } totalCount } } }";
    let answer = viewer.ask(document, json!({ "id": id })).await;
    let mut relations = answer.texts("event.parts.nodes", "relation");
    relations.sort_unstable();
    assert_eq!(relations, ["FOLLOW_UP", "FOLLOW_UP", "FOLLOW_UP", "SAME_DAY"]);
    assert_eq!(answer.number("event.parts.totalCount"), 4);
    assert_eq!(answer.text("event.parts.nodes.0.parent.id"), id);
}

each_database!(an_event_does_not_belong_to_itself_or_its_part);
async fn an_event_does_not_belong_to_itself_or_its_part(app: &App<'_>) {
    let administrator = app.administrator().await;
    let whole = create(&administrator, new_event("Whole")).await;
    let mut part = new_event("Part");
    part["parent"] = json!({ "eventId": whole, "relation": "PART_OF" });
    let part = create(&administrator, part).await;
    for parent in [&whole, &part] {
        let change = json!({ "id": whole, "parent": { "eventId": parent, "relation": "PART_OF" } });
        let answer = administrator.mutate("updateEvent", change, "event { id }").await;
        answer.assert_turned_down("updateEvent", "CIRCULAR", "");
    }
}
