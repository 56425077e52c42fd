//! The audit trail through the API: auditors read who did what in which request, and nobody's personal data.

use serde_json::json;

use crate::{
    app::App,
    client::Client,
    each_database,
    participant::{create, new_person},
};

/// Someone who reads the trail and nothing of people.
async fn auditor(app: &App<'_>) -> Client {
    let (email, password) = ("auditor-of-the-trail@demo.example", "a rather long pass phrase 7");
    let account = json!({
        "email": email, "displayName": "An auditor", "password": password,
        "grants": [{ "role": "AUDITOR", "placeKind": "PLATFORM" }],
    });
    app.administrator()
        .await
        .mutate("createAccount", account, "account { id }")
        .await
        .data("createAccount.account.id");
    let anonymous = app.anonymous();
    let signed_in =
        anonymous.mutate("signIn", json!({ "email": email, "password": password }), "accessToken").await;
    app.with_token(signed_in.text("signIn.accessToken"))
}

each_database!(an_auditor_reads_what_was_done_and_nothing_personal);
async fn an_auditor_reads_what_was_done_and_nothing_personal(app: &App<'_>) {
    let administrator = app.administrator().await;
    let person = create(&administrator, new_person("Karimova", "Zulfiya")).await;
    let auditor = auditor(app).await;
    let document = format!(
        "{{ auditTrail(where: {{ subject: {{ eq: \"{person}\" }} }}) {{
            totalCount
            nodes {{ action actorId requestId subjectKind subjectId eventId before after isBlanked }} }} }}"
    );
    let answer = auditor.query(&document).await;
    let row = answer.data("auditTrail.nodes.0");
    assert_eq!(answer.data("auditTrail.totalCount"), &json!(1));
    assert_eq!(row["action"], "participant.create");
    assert_eq!(row["subjectId"], json!(person));
    assert_eq!(row["before"], json!(null));
    assert_eq!(row["after"]["names"], "[personal]");
    assert_eq!(row["isBlanked"], false);
    assert!(row["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{row}");
    assert!(row["actorId"].is_string());
    assert!(!row.to_string().contains("Karimova"));

    let hidden = auditor.query(&format!("{{ participant(id: \"{person}\") {{ id }} }}")).await;
    assert_eq!(hidden.data("participant"), &json!(null));
    let head = auditor.query("{ auditHead { head unsealed } }").await;
    assert!(head.text("auditHead.head").contains(':'));
    let others = app.viewer().await.query(&document).await;
    assert_eq!(others.data("auditTrail.totalCount"), &json!(0));
}

each_database!(the_trail_is_found_by_what_was_done_and_who_did_it);
async fn the_trail_is_found_by_what_was_done_and_who_did_it(app: &App<'_>) {
    let administrator = app.administrator().await;
    create(&administrator, new_person("Karimova", "Zulfiya")).await;
    let me = administrator.query("{ me { id } }").await.text("me.id").to_owned();
    let count = async |condition: String| {
        let answer =
            administrator.query(&format!("{{ auditTrail(where: {condition}) {{ totalCount }} }}")).await;
        answer.data("auditTrail.totalCount").as_i64().unwrap()
    };
    let by_me = format!("actor: {{ eq: \"{me}\" }}");
    assert!(count(format!("{{ {by_me} }}")).await >= 1);
    assert_eq!(count(format!("{{ {by_me}, action: {{ eq: \"event.cancel\" }} }}")).await, 0);
    assert!(count(format!("{{ {by_me}, action: {{ in: [\"participant.create\"] }} }}")).await >= 1);
    assert_eq!(count("{ before: \"2000-01-01T00:00:00Z\" }".to_owned()).await, 0);
    let wrong =
        administrator.query("{ auditTrail(where: { subject: { eq: \"nothing\" } }) { totalCount } }").await;
    assert_eq!(wrong.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

each_database!(a_person_is_taken_out_and_then_forgotten);
async fn a_person_is_taken_out_and_then_forgotten(app: &App<'_>) {
    let administrator = app.administrator().await;
    let person = create(&administrator, new_person("Karimova", "Zulfiya")).await;
    let input = json!({ "id": person, "reason": "Letter 17 of 3 May" });
    let answer = administrator.mutate("exportParticipant", input.clone(), "export").await;
    assert!(answer.data("exportParticipant.export").to_string().contains("Zulfiya Karimova"));
    let fields = "participant { name isArchived } errors { code }";
    let answer = administrator.mutate("eraseParticipant", input.clone(), fields).await;
    let forgotten = json!({ "name": "Anonymised", "isArchived": true });
    assert_eq!(answer.data("eraseParticipant.participant"), &forgotten);
    let document = format!(
        "{{ auditTrail(where: {{ subject: {{ eq: \"{person}\" }} }}) {{ nodes {{ action isBlanked after }} }} }}"
    );
    let trail = administrator.query(&document).await;
    assert_eq!(trail.data("auditTrail.nodes.0.action"), &json!("participant.erase"));
    assert_eq!(trail.data("auditTrail.nodes.0.after.reason"), &json!("Letter 17 of 3 May"));
    assert_eq!(trail.data("auditTrail.nodes.2.isBlanked"), &json!(true));
    let again = administrator.mutate("eraseParticipant", input, fields).await;
    assert_eq!(again.data("eraseParticipant.errors.0.code"), &json!("ARCHIVED"));
}
