//! Registrations: one a person and event, rosters, delegations, contributions.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    each_database,
    event::{advance, create as create_event, new_event},
    known,
    participant::{create as create_person, new_person},
    statements::fewest,
};

/// A registration that was made, and its person.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) participant: String,
}

/// Registers a person by what is given beside the event.
async fn register_with(client: &Client, event: &str, input: Value) -> Answer {
    let mut input = input;
    input["eventId"] = json!(event);
    let fields = "registration { id role status isDelegationHead participant { id } delegation { id } }";
    client.mutate("registerParticipant", input, fields).await
}

/// Adds and registers a person.
pub(crate) async fn register_new(client: &Client, event: &str, person: Value) -> Registered {
    let answer = register_with(client, event, json!({ "participant": { "new": person } })).await;
    Registered {
        id: answer.text("registerParticipant.registration.id").to_owned(),
        participant: answer.text("registerParticipant.registration.participant.id").to_owned(),
    }
}

/// Registers a known person and returns the registration.
pub(crate) async fn register(client: &Client, event: &str, person: &str) -> String {
    let answer = register_with(client, event, json!({ "participant": { "id": person } })).await;
    answer.text("registerParticipant.registration.id").to_owned()
}

/// Cancels a registration.
pub(crate) async fn cancel(client: &Client, id: &str) -> Answer {
    let input = json!({ "id": id, "reason": "Fell ill." });
    client.mutate("cancelRegistration", input, "registration { status statusReason version }").await
}

/// Plans an event of the Indian commission and opens it.
pub(crate) async fn open_event(client: &Client, name: &str) -> String {
    let host = known::partner(client, "election commission of india").await;
    let mut input = new_event(name);
    input["hostId"] = json!(host);
    let event = create_event(client, input).await;
    for step in ["PLAN", "OPEN"] {
        advance(client, &event, step).await.data("advanceEvent.event.status");
    }
    event
}

const ROSTER: &str = "query($id: ID!, $where: RegistrationWhere, $orderBy: [RegistrationOrder!]) { event(id: $id) {
    counts { registrations attended }
    registrations(where: $where, orderBy: $orderBy, first: 10) { totalCount nodes { id role participant { name } } } } }";

async fn names(client: &Client, event: &str, filter: Value) -> Vec<String> {
    let order = json!([{ "field": "NAME" }]);
    let answer = client.ask(ROSTER, json!({ "id": event, "where": filter, "orderBy": order })).await;
    let nodes = answer.list("event.registrations.nodes");
    assert_eq!(answer.number("event.registrations.totalCount"), i64::try_from(nodes.len()).unwrap());
    nodes.iter().map(|node| node["participant"]["name"].as_str().unwrap().to_owned()).collect()
}

each_database!(a_person_has_one_place_at_an_event);
async fn a_person_has_one_place_at_an_event(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let Registered { id, participant } = register_new(&host, &event, new_person("Guest", "Anna")).await;
    let again =
        register_with(&host, &event, json!({ "participant": { "id": participant }, "role": "SPEAKER" }))
            .await;
    again.assert_turned_down("registerParticipant", "ALREADY_REGISTERED", "");
    let cancelled = cancel(&host, &id).await;
    assert_eq!(
        cancelled.data("cancelRegistration.registration"),
        &json!({ "status": "CANCELLED", "statusReason": "Fell ill.", "version": 2 })
    );
    cancel(&host, &id).await.assert_turned_down("cancelRegistration", "ILLEGAL_STEP", "");
    register(&host, &event, &participant).await;
    let roster = host.ask(ROSTER, json!({ "id": event })).await;
    assert_eq!(roster.number("event.registrations.totalCount"), 1);
    assert_eq!(roster.data("event.counts"), &json!({ "registrations": 1, "attended": 0 }));
    let query = "query($id: ID!) { participant(id: $id) { registrations { status event { title } } } }";
    let both = host.ask(query, json!({ "id": participant })).await;
    assert_eq!(both.texts("participant.registrations", "status"), ["REGISTERED", "CANCELLED"]);
}

each_database!(a_roster_is_filtered_and_ordered);
async fn a_roster_is_filtered_and_ordered(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    for (family, role) in [("Nana", "PARTICIPANT"), ("Lana", "SPEAKER"), ("Mana", "PARTICIPANT")] {
        let input = json!({ "participant": { "new": new_person(family, "A") }, "role": role });
        register_with(&host, &event, input).await.data("registerParticipant.registration.id");
    }
    assert_eq!(names(&host, &event, Value::Null).await, ["A Lana", "A Mana", "A Nana"]);
    assert_eq!(names(&host, &event, json!({ "role": { "eq": "PARTICIPANT" } })).await, ["A Mana", "A Nana"]);
    assert_eq!(names(&host, &event, json!({ "named": "lana" })).await, ["A Lana"]);
    assert!(names(&host, &event, json!({ "status": { "eq": "CANCELLED" } })).await.is_empty());
    assert!(names(&host, &event, json!({ "hasAttended": true })).await.is_empty());
}

each_database!(the_first_page_goes_on_where_it_ended);
async fn the_first_page_goes_on_where_it_ended(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    for family in ["Nana", "Lana", "Mana"] {
        register_new(&host, &event, new_person(family, "A")).await;
        app.wait(chrono::TimeDelta::seconds(1));
    }
    let query = "query($id: ID!, $after: String) { event(id: $id) { registrations(first: 2, after: $after) {
        nodes { participant { name } } pageInfo { endCursor hasNextPage hasPreviousPage } } } }";
    let page = host.ask(query, json!({ "id": event })).await;
    let shown = |page: &Answer| -> Vec<String> {
        let nodes = page.list("event.registrations.nodes").iter();
        nodes.map(|node| node["participant"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(shown(&page), ["A Nana", "A Lana"]);
    assert_eq!(page.data("event.registrations.pageInfo.hasNextPage"), &json!(true));
    let after = page.text("event.registrations.pageInfo.endCursor");
    let rest = host.ask(query, json!({ "id": event, "after": after })).await;
    assert_eq!(shown(&rest), ["A Mana"]);
    assert_eq!(rest.data("event.registrations.pageInfo.hasNextPage"), &json!(false));
}

each_database!(rosters_of_one_event_and_of_many_are_as_many_statements);
async fn rosters_of_one_event_and_of_many_are_as_many_statements(app: &App<'_>) {
    let host = app.host().await;
    for number in 0..4 {
        let event = open_event(&host, &format!("Zebra {number}")).await;
        for family in ["Lana", "Mana", "Nana"] {
            register_new(&host, &event, new_person(family, "A")).await;
        }
    }
    let query = "query($first: Int!) { events(where: { named: \"zebra\" }, first: $first) { nodes {
        title host { name } counts { registrations } delegations { id }
        registrations(first: 2) { nodes {
            role participant { name email } partner { name } attendance { hasAttended } contributions { kind } } } } } }";
    let statements = async |first: usize| {
        let ask = async || {
            let answer = host.ask(query, json!({ "first": first })).await;
            let events = answer.list("events.nodes");
            assert_eq!(events.len(), first);
            assert!(
                events.iter().all(|event| event["registrations"]["nodes"].as_array().unwrap().len() == 2)
            );
        };
        fewest(app, ask).await
    };
    let one = statements(1).await;
    assert_eq!((one, statements(4).await), (one, one));
    assert!(one <= 6, "{one} statements");
}

each_database!(a_delegation_has_a_sender_a_head_and_members);
async fn a_delegation_has_a_sender_a_head_and_members(app: &App<'_>) {
    let (administrator, officer) = (app.administrator().await, app.officer().await);
    let event = open_event(&administrator, "Conference").await;
    let sender =
        known::partner(&administrator, "central election commission of the republic of uzbekistan").await;
    let input = json!({ "eventId": event, "senderId": sender, "note": "Members are not counted." });
    let answer = administrator.mutate("createDelegation", input, "delegation { id size country }").await;
    assert_eq!(answer.data("createDelegation.delegation.size"), &Value::Null);
    assert_eq!(answer.text("createDelegation.delegation.country"), "UZ");
    let delegation = answer.text("createDelegation.delegation.id").to_owned();

    let head = |family: &str| json!({ "participant": { "new": new_person(family, "B") }, "role": "HEAD_OF_DELEGATION", "delegationId": delegation });
    let first = register_with(&administrator, &event, head("Kuchkarov")).await;
    assert_eq!(first.data("registerParticipant.registration.isDelegationHead"), &json!(true));
    let second = register_with(&administrator, &event, head("Second")).await;
    second.assert_turned_down("registerParticipant", "ALREADY_TAKEN", "");
    let lonely = json!({ "participant": { "new": new_person("Lonely", "A") }, "role": "HEAD_OF_DELEGATION" });
    let lonely = register_with(&administrator, &event, lonely).await;
    lonely.assert_turned_down("registerParticipant", "INVALID_INPUT", "delegationId");

    let size = json!({ "id": delegation, "expectedVersion": 1, "size": 1 });
    administrator
        .mutate("updateDelegation", size, "delegation { size }")
        .await
        .data("updateDelegation.delegation.size");
    let member = json!({ "participant": { "new": new_person("Member", "A") }, "role": "DELEGATE", "delegationId": delegation });
    let full = register_with(&administrator, &event, member).await;
    full.assert_turned_down("registerParticipant", "DELEGATION_FULL", "");

    let query = "query($id: ID!) { event(id: $id) { delegations { size sender { id } head { participant { name } } members { role } } } }";
    let seen = administrator.ask(query, json!({ "id": event })).await;
    assert_eq!(
        seen.data("event.delegations"),
        &json!([{ "size": 1, "sender": { "id": sender }, "head": { "participant": { "name": "B Kuchkarov" } },
                  "members": [{ "role": "HEAD_OF_DELEGATION" }] }])
    );
    let public = officer.ask(query, json!({ "id": event })).await;
    assert_eq!(
        public.data("event.delegations"),
        &json!([{ "size": 1, "sender": { "id": sender }, "head": null, "members": [] }])
    );
}

each_database!(what_someone_says_in_a_session_is_recorded);
async fn what_someone_says_in_a_session_is_recorded(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let session =
        json!({ "eventId": event, "number": 1, "names": [{ "text": "Opening", "language": "en" }] });
    let session = host.mutate("createSession", session, "session { id }").await;
    let session = session.text("createSession.session.id").to_owned();
    let speaker = register_new(&host, &event, new_person("Kuchkarov", "B")).await.id;
    let input = json!({ "registrationId": speaker, "sessionId": session, "kind": "WELCOME_ADDRESS",
                        "title": [{ "language": "en", "text": "Welcome" }] });
    let added = host.mutate("addContribution", input, "contribution { id }").await;
    let contribution = added.text("addContribution.contribution.id").to_owned();
    let query = "query($id: ID!) { event(id: $id) { sessions { title contributions {
        kind title { text } registration { participant { name } } session { title } } } } }";
    let told = host.ask(query, json!({ "id": event })).await;
    assert_eq!(
        told.data("event.sessions"),
        &json!([{ "title": "Opening", "contributions": [{ "kind": "WELCOME_ADDRESS", "title": { "text": "Welcome" },
            "registration": { "participant": { "name": "B Kuchkarov" } }, "session": { "title": "Opening" } }] }])
    );
    host.mutate("removeContribution", json!({ "id": contribution }), "contribution { id }")
        .await
        .data("removeContribution.contribution.id");
    let told = host.ask(query, json!({ "id": event })).await;
    assert_eq!(told.data("event.sessions.0.contributions"), &json!([]));
}

each_database!(a_full_event_takes_speakers_only);
async fn a_full_event_takes_speakers_only(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let capacity = json!({ "id": event, "capacity": 1 });
    host.mutate("updateEvent", capacity, "event { capacity }").await.data("updateEvent.event.capacity");
    register_new(&host, &event, new_person("First", "A")).await;
    let second = json!({ "participant": { "new": new_person("Second", "A") } });
    register_with(&host, &event, second).await.assert_turned_down("registerParticipant", "EVENT_FULL", "");
    let speaker = json!({ "participant": { "new": new_person("Speaker", "A") }, "role": "SPEAKER" });
    register_with(&host, &event, speaker).await.data("registerParticipant.registration.id");
}

each_database!(who_may_not_register_is_told_so_and_who_sees_nothing_finds_nothing);
async fn who_may_not_register_is_told_so_and_who_sees_nothing_finds_nothing(app: &App<'_>) {
    let (host, viewer) = (app.host().await, app.viewer().await);
    let event = open_event(&host, "Seminar").await;
    let Registered { id, .. } = register_new(&host, &event, new_person("Guest", "Anna")).await;
    let person = json!({ "participant": { "new": new_person("Other", "A") } });
    assert_eq!(register_with(&viewer, &event, person).await.error_codes(), ["FORBIDDEN"]);
    assert_eq!(cancel(&viewer, &id).await.error_codes(), ["NOT_FOUND"]);
    let roster = viewer.ask(ROSTER, json!({ "id": event })).await;
    assert_eq!(roster.data("event.registrations.nodes"), &json!([]));
    let found = viewer.ask("query($id: ID!) { registration(id: $id) { id } }", json!({ "id": id })).await;
    assert_eq!(found.data("registration"), &Value::Null);
    let anonymous = app.anonymous().query("{ participants { nodes { id } } }").await;
    assert_eq!(anonymous.error_codes(), ["UNAUTHENTICATED"]);
}

each_database!(what_cannot_be_accepted_is_named_within_the_new_person);
async fn what_cannot_be_accepted_is_named_within_the_new_person(app: &App<'_>) {
    let (host, administrator) = (app.host().await, app.administrator().await);
    let event = open_event(&host, "Seminar").await;
    let mut person = new_person("Guest", "Anna");
    person["birthYear"] = json!(2090);
    let wrong = register_with(&host, &event, json!({ "participant": { "new": person } })).await;
    wrong.assert_turned_down("registerParticipant", "INVALID_INPUT", "participant.new.birthYear");
    let wrong = register_with(&host, &event, json!({ "participant": { "id": event } })).await;
    wrong.assert_turned_down("registerParticipant", "INVALID_INPUT", "participant.id");
    let stranger = create_person(&administrator, new_person("Stranger", "A")).await;
    let unseen = register_with(&host, &event, json!({ "participant": { "id": stranger } })).await;
    unseen.assert_turned_down("registerParticipant", "REFERENCE_NOT_FOUND", "participantId");
}
