//! Participants: people with names by script, and personal data for those who may see them.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    each_database,
    event::{advance, create as create_event, new_event},
    known, registration,
};

/// The input of a person of whom one written name is known.
pub(crate) fn new_person(family: &str, given: &str) -> Value {
    let name = json!({ "asWritten": format!("{given} {family}"), "family": family, "given": given, "language": "en" });
    json!({ "names": [name] })
}

/// Adds a person and returns the id.
pub(crate) async fn create(client: &Client, input: Value) -> String {
    let answer = client.mutate("createParticipant", input, "participant { id }").await;
    answer.text("createParticipant.participant.id").to_owned()
}

each_database!(a_person_is_added_with_all_that_is_known_and_found_in_both_scripts);
async fn a_person_is_added_with_all_that_is_known_and_found_in_both_scripts(app: &App<'_>) {
    let administrator = app.administrator().await;
    let home = known::partner(&administrator, "election commission of india").await;
    let input = json!({
        "names": [
            { "asWritten": "С. Жуманазаров", "family": "Жуманазаров", "initials": "С.", "language": "ru", "kind": "AS_WRITTEN" },
            { "asWritten": "S. Jumanazarov", "family": "Jumanazarov", "initials": "S.", "language": "en", "kind": "TRANSLITERATION" },
        ],
        "sex": "MALE", "sexBasis": "pronoun in the text", "birthYear": 1970,
        "email": " Someone@Example.org", "phone": "+998 (71) 239-15-63", "note": "Prefers Russian.",
        "homePartnerId": home, "position": [{ "language": "en", "text": "Deputy Chair" }],
    });
    let fields = "participant { id version name(languages: [\"en\"]) hasInitialsOnly country personalDataAccess
        names { asWritten family given initials hasInitialsOnly language script kind }
        sex sexBasis birthYear email phone note homePartner { id } position { text } territory { id } isArchived }";
    let answer = administrator.mutate("createParticipant", input, fields).await;
    let mut person = answer.data("createParticipant.participant").clone();
    let id = person["id"].take();
    assert_eq!(
        person,
        json!({
            "id": null, "version": 1, "name": "S. Jumanazarov", "hasInitialsOnly": true, "country": "IN",
            "personalDataAccess": "GRANTED",
            "names": [
                { "asWritten": "С. Жуманазаров", "family": "Жуманазаров", "given": null, "initials": "С.",
                  "hasInitialsOnly": true, "language": "ru", "script": "CYRILLIC", "kind": "AS_WRITTEN" },
                { "asWritten": "S. Jumanazarov", "family": "Jumanazarov", "given": null, "initials": "S.",
                  "hasInitialsOnly": true, "language": "en", "script": "LATIN", "kind": "TRANSLITERATION" },
            ],
            "sex": "MALE", "sexBasis": "pronoun in the text", "birthYear": 1970, "email": "someone@example.org",
            "phone": "+998712391563", "note": "Prefers Russian.", "homePartner": { "id": home },
            "position": { "text": "Deputy Chair" }, "territory": null, "isArchived": false,
        })
    );
    for words in ["Жуманазаров", "jumanazarov"] {
        let found = administrator
            .ask(
                "query($words: String!) { search(text: $words) { participants { id } } }",
                json!({ "words": words }),
            )
            .await;
        assert_eq!(found.data("search.participants"), &json!([{ "id": id }]), "{words}");
    }
    let node =
        administrator.ask("query($id: ID!) { node(id: $id) { id __typename } }", json!({ "id": id })).await;
    assert_eq!(node.data("node"), &json!({ "id": id, "__typename": "Participant" }));
}

each_database!(what_cannot_be_accepted_is_named);
async fn what_cannot_be_accepted_is_named(app: &App<'_>) {
    let administrator = app.administrator().await;
    for (field, value, path) in [
        ("names", json!([]), "names"),
        ("names", json!([{ "asWritten": " ", "language": "en" }]), "names.0.asWritten"),
        ("birthYear", json!(1850), "birthYear"),
        ("birthYear", json!(99_999), "birthYear"),
        ("email", json!("nobody"), "email"),
        ("phone", json!("12-34"), "phone"),
        ("sexBasis", json!("a guess"), "sex"),
        ("country", json!("XX"), "country"),
        ("accessNeeds", json!("x".repeat(1_001)), "accessNeeds"),
        ("homePartnerId", json!("AAAA"), "homePartnerId"),
    ] {
        let mut input = new_person("Guest", "Anna");
        input[field] = value;
        let answer = administrator.mutate("createParticipant", input, "participant { id }").await;
        answer.assert_turned_down("createParticipant", "INVALID_INPUT", path);
    }
}

each_database!(personal_data_are_withheld_from_those_who_may_only_see_people);
async fn personal_data_are_withheld_from_those_who_may_only_see_people(app: &App<'_>) {
    let manager = app.manager().await;
    let seminar = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let mut person = new_person("Guest", "Anna");
    person["email"] = json!("anna@example.org");
    person["country"] = json!("KZ");
    let id = registration::register_new(&manager, &seminar, person).await.participant;
    let query = "query($id: ID!) { participant(id: $id) { name personalDataAccess email birthYear } }";
    let ask = async |client: Client| {
        let answer = client.ask(query, json!({ "id": id })).await;
        answer.data("participant").clone()
    };
    let granted = json!({ "name": "Anna Guest", "personalDataAccess": "GRANTED", "email": "anna@example.org", "birthYear": null });
    let withheld =
        json!({ "name": "Anna Guest", "personalDataAccess": "WITHHELD", "email": null, "birthYear": null });
    assert_eq!(ask(app.manager().await).await, granted);
    assert_eq!(ask(app.administrator().await).await, granted);
    assert_eq!(ask(app.coordinator().await).await, withheld);
    for client in [app.viewer().await, app.officer().await, app.host().await, app.operator().await] {
        assert_eq!(ask(client).await, Value::Null);
    }
}

each_database!(what_is_said_of_disabilities_is_withheld_with_its_reason);
async fn what_is_said_of_disabilities_is_withheld_with_its_reason(app: &App<'_>) {
    let manager = app.manager().await;
    let seminar = known::event(&manager, known::JIZZAKH_SEMINAR).await;
    let mut person = new_person("Guest", "Anna");
    person["country"] = json!("KZ");
    person["disability"] = json!("PREFER_NOT_TO_SAY");
    person["accessNeeds"] = json!("An interpreter of sign language.");
    let id = registration::register_new(&manager, &seminar, person).await.participant;
    let query = "query($id: ID!) { participant(id: $id) { disability accessNeeds withheldPersonalData { kind reason } } }";
    let ask =
        async |client: &Client| client.ask(query, json!({ "id": id })).await.data("participant").clone();
    let said = json!({
        "disability": "PREFER_NOT_TO_SAY", "accessNeeds": "An interpreter of sign language.",
        "withheldPersonalData": [],
    });
    assert_eq!(ask(&manager).await, said);
    let kinds = ["CONTACTS", "DEMOGRAPHICS", "DISABILITIES", "NOTES"];
    let withheld = kinds.map(|kind| json!({ "kind": kind, "reason": "NOT_PERMITTED" }));
    let nothing = json!({ "disability": null, "accessNeeds": null, "withheldPersonalData": withheld });
    assert_eq!(ask(&app.coordinator().await).await, nothing);
    let change = json!({ "id": id, "disability": null, "accessNeeds": null });
    let fields = "participant { disability accessNeeds }";
    let changed = manager.mutate("updateParticipant", change, fields).await;
    let unknown = json!({ "disability": null, "accessNeeds": null });
    assert_eq!(changed.data("updateParticipant.participant"), &unknown);
    // The trail tells that it changed, and not what was said.
    let trail = "{ auditTrail(where: { action: { eq: \"participant.disability\" } }) { totalCount nodes { before after } } }";
    let trail = app.administrator().await.query(trail).await;
    assert_eq!(trail.number("auditTrail.totalCount"), 2);
    let told = trail.body.to_string();
    assert!(!told.contains("sign language") && !told.contains("prefer_not"), "{told}");
}

each_database!(a_person_is_changed_by_whoever_answers_for_the_home);
async fn a_person_is_changed_by_whoever_answers_for_the_home(app: &App<'_>) {
    let (administrator, host, viewer) = (app.administrator().await, app.host().await, app.viewer().await);
    let home = known::partner(&administrator, "election commission of india").await;
    let mut person = new_person("Kumar", "G");
    person["homePartnerId"] = json!(home);
    let id = create(&host, person).await;
    let change = json!({ "id": id, "expectedVersion": 1, "birthYear": 1965, "position": [{ "language": "en", "text": "Chief" }] });
    let fields = "participant { version birthYear position { text } }";
    let answer = host.mutate("updateParticipant", change.clone(), fields).await;
    let expected = json!({ "version": 2, "birthYear": 1965, "position": { "text": "Chief" } });
    assert_eq!(answer.data("updateParticipant.participant"), &expected);
    host.mutate("updateParticipant", change.clone(), fields).await.assert_turned_down(
        "updateParticipant",
        "STALE",
        "",
    );
    let hidden = viewer.mutate("updateParticipant", change, fields).await;
    assert_eq!(hidden.error_codes(), ["NOT_FOUND"]);
    let foreign = host.mutate("createParticipant", new_person("Stranger", "A"), "participant { id }").await;
    assert_eq!(foreign.error_codes(), ["FORBIDDEN"]);
}

each_database!(the_same_command_with_the_same_key_adds_one_person);
async fn the_same_command_with_the_same_key_adds_one_person(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut person = new_person("Once", "Anna");
    person["idempotencyKey"] = json!("a key");
    let first = create(&administrator, person.clone()).await;
    assert_eq!(create(&administrator, person.clone()).await, first);
    person["country"] = json!("UZ");
    let other = administrator.mutate("createParticipant", person, "participant { id }").await;
    other.assert_turned_down("createParticipant", "IDEMPOTENCY_KEY_REUSED", "");
}

each_database!(two_records_of_one_person_become_one);
async fn two_records_of_one_person_become_one(app: &App<'_>) {
    let administrator = app.administrator().await;
    let double = create(&administrator, new_person("Kosmuratov", "Y S")).await;
    let kept = create(&administrator, new_person("Kosmuratov", "Yerlan")).await;
    let event = create_event(&administrator, new_event("Seminar")).await;
    advance(&administrator, &event, "PLAN").await;
    let extra = registration::register(&administrator, &event, &double).await;
    registration::register(&administrator, &event, &kept).await;
    let merge = json!({ "fromId": double, "intoId": kept });
    let fields = "participant { id names { asWritten } }";
    let both = administrator.mutate("mergeParticipants", merge.clone(), fields).await;
    both.assert_turned_down("mergeParticipants", "ALREADY_REGISTERED", "");
    registration::cancel(&administrator, &extra).await;
    let merged = administrator.mutate("mergeParticipants", merge, fields).await;
    assert_eq!(merged.list("mergeParticipants.participant.names").len(), 2);
    let old =
        administrator.ask("query($id: ID!) { participant(id: $id) { id } }", json!({ "id": double })).await;
    assert_eq!(old.text("participant.id"), kept);
}

each_database!(people_are_listed_with_filters_and_pages);
async fn people_are_listed_with_filters_and_pages(app: &App<'_>) {
    let administrator = app.administrator().await;
    let home = known::partner(&administrator, "election commission of india").await;
    for (family, given) in [("Lana", "A"), ("Mana", "B"), ("Nana", "C")] {
        let mut person = new_person(family, given);
        person["homePartnerId"] = json!(home);
        create(&administrator, person).await;
    }
    let query = "query($home: ID!, $after: String) {
        participants(where: { homePartner: $home, or: [{ named: \"lana\" }, { named: \"mana\" }, { named: \"nana\" }] },
                     orderBy: [{ field: NAME, direction: DESCENDING }], first: 2, after: $after) {
            totalCount nodes { name } pageInfo { endCursor hasNextPage } } }";
    let page = administrator.ask(query, json!({ "home": home })).await;
    assert_eq!(page.texts("participants.nodes", "name"), ["C Nana", "B Mana"]);
    assert_eq!(page.number("participants.totalCount"), 3);
    let after = page.text("participants.pageInfo.endCursor");
    let rest = administrator.ask(query, json!({ "home": home, "after": after })).await;
    assert_eq!(rest.texts("participants.nodes", "name"), ["A Lana"]);
    assert_eq!(rest.data("participants.pageInfo.hasNextPage"), &json!(false));
    let short = administrator.query("{ participants(where: { named: \"a\" }) { nodes { id } } }").await;
    assert_eq!(short.error_codes(), ["BAD_USER_INPUT"]);
}
