//! Test results over the API: recorded all or none, withheld from who may not see them, opened for a time.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    each_database,
    glass_break::REASON,
    known,
    participant::new_person,
    registration::{Registered, open_event, register_new},
    service_account::{at, enter, open},
};

fn result(registration: &str, stage: &str, score: i32) -> Value {
    json!({ "registrationId": registration, "stage": stage, "score": score, "maximum": 20, "takenOn": "2021-05-17" })
}

/// An event of the Indian commission with one person.
async fn prepared(host: &Client) -> (String, Registered) {
    let event = open_event(host, "Course").await;
    let mut person = new_person("Karimova", "Amina");
    person["disability"] = json!("YES");
    let registered = register_new(host, &event, person).await;
    (event, registered)
}

/// What someone reads of a registration: the scores, and the answer about disabilities.
async fn read(client: &Client, registered: &Registered) -> Value {
    let query = "query($id: ID!) { registration(id: $id) { testResults { stage score maximum takenOn }
        participant { disability } } }";
    client.ask(query, json!({ "id": registered.id })).await.data("registration").clone()
}

each_database!(results_are_recorded_all_or_none_and_each_says_what_to_correct);
async fn results_are_recorded_all_or_none_and_each_says_what_to_correct(app: &App<'_>) {
    let host = app.host().await;
    let (event, person) = prepared(&host).await;
    let fields = "testResults { id version stage score } refused { index errors { code path message } } errors { code path }";
    let record = async |results: Vec<Value>| {
        let answer =
            host.mutate("recordTestResults", json!({ "eventId": event, "results": results }), fields).await;
        answer.data("recordTestResults").clone()
    };
    let mut late = result(&person.id, "REASSESSMENT", 3);
    late["takenOn"] = json!("yesterday");
    let refused = record(vec![
        result(&person.id, "PRE_TEST", 9),
        result(&person.id, "POST_TEST", 21),
        result("AAAA", "POST_TEST", 20),
        late,
        result(&person.id, "PRE_TEST", 9),
    ])
    .await;
    assert_eq!((&refused["testResults"], &refused["errors"]), (&Value::Null, &json!([])));
    let told: Vec<_> = refused["refused"].as_array().unwrap().iter().collect();
    let told: Vec<_> =
        told.iter().map(|one| (one["index"].clone(), one["errors"][0]["path"].clone())).collect();
    let at = |index: i32, field: &str| (json!(index), json!(["results", index.to_string(), field]));
    assert_eq!(told, [at(1, "score"), at(2, "registrationId"), at(3, "takenOn"), at(4, "stage")]);
    assert_eq!(read(&host, &person).await["testResults"], json!([]));

    let both = || vec![result(&person.id, "PRE_TEST", 9), result(&person.id, "POST_TEST", 17)];
    let kept = record(both()).await;
    assert_eq!(kept["testResults"].as_array().unwrap().len(), 2);
    assert_eq!(record(both()).await, kept, "sent again, it is answered as it stands");
    let other = record(vec![result(&person.id, "PRE_TEST", 8)]).await;
    assert_eq!(other["refused"][0]["errors"][0]["code"], "ALREADY_TAKEN");
    let id = &kept["testResults"][0]["id"];
    let correction = json!({ "id": id, "expectedVersion": 1, "score": 8 });
    let corrected =
        host.mutate("correctTestResult", correction.clone(), "testResult { score version }").await;
    assert_eq!(corrected.data("correctTestResult.testResult"), &json!({ "score": 8, "version": 2 }));
    host.mutate("correctTestResult", correction, "testResult { id }").await.assert_turned_down(
        "correctTestResult",
        "STALE",
        "",
    );
    let removed = host.mutate("removeTestResult", json!({ "id": id }), "testResult { score }").await;
    assert_eq!(removed.number("removeTestResult.testResult.score"), 8);
    let left = json!([{ "stage": "POST_TEST", "score": 17, "maximum": 20, "takenOn": "2021-05-17" }]);
    assert_eq!(read(&host, &person).await["testResults"], left);
}

each_database!(results_and_disabilities_are_opened_by_what_names_them);
async fn results_and_disabilities_are_opened_by_what_names_them(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let (event, person) = prepared(&host).await;
    let input = json!({ "eventId": event, "results": [result(&person.id, "POST_TEST", 17)] });
    host.mutate("recordTestResults", input, "testResults { id }")
        .await
        .data("recordTestResults.testResults.0");
    let results = json!([{ "stage": "POST_TEST", "score": 17, "maximum": 20, "takenOn": "2021-05-17" }]);
    let seen = |results: Value, disability: Value| json!({ "testResults": results, "participant": { "disability": disability } });
    assert_eq!(read(&host, &person).await, seen(results.clone(), json!("YES")));
    assert_eq!(read(&officer, &person).await, Value::Null);
    let door = app.coordinator().await;
    assert_eq!(read(&door, &person).await, Value::Null);

    let break_at = async |opens: &str| {
        let input =
            json!({ "place": { "eventId": event }, "opens": [opens], "minutes": 60, "reason": REASON });
        let broken = officer.mutate("breakTheGlass", input, "glassBreak { id }").await;
        broken.text("breakTheGlass.glassBreak.id").to_owned()
    };
    let results_open = break_at("RESULTS").await;
    assert_eq!(read(&officer, &person).await, seen(results.clone(), Value::Null));
    let read_before = reads(app).await;
    read(&officer, &person).await;
    assert!(reads(app).await > read_before, "what is read through broken glass leaves a row");
    officer.mutate("endGlassBreak", json!({ "glassBreakId": results_open }), "glassBreak { id }").await;
    break_at("DISABILITIES").await;
    assert_eq!(read(&officer, &person).await, seen(Value::Null, json!("YES")));

    let eci = known::partner(&host, "election commission of india").await;
    let administrator = app.administrator().await;
    for (name, scopes, expected) in [
        ("grades", &["RESULTS_READ"][..], seen(results, Value::Null)),
        ("roster", &["REGISTRATIONS_READ", "CONTACTS_READ"], seen(Value::Null, Value::Null)),
    ] {
        let opened = open(&administrator, name, scopes, at("PARTNER", &eci)).await;
        assert_eq!(read(&enter(app, &opened).await, &person).await, expected, "{name}");
    }
}

/// How often reading of people was noted.
async fn reads(app: &App<'_>) -> i64 {
    let trail = "{ auditTrail(where: { action: { eq: \"personal_data.read\" } }) { totalCount } }";
    app.administrator().await.query(trail).await.number("auditTrail.totalCount")
}
