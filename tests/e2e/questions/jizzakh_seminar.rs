//! The seminar for regional election trainers in Jizzakh, May 2021.

use serde_json::{Value, json};

use super::question;
use crate::{answer::Answer, app::App, each_database};

const SEMINAR: &str = r#"{ events(where: { named: "stage 2 training seminar" }) { nodes {
    dates { earliest latest days yearCertainty startCertainty endCertainty asWritten }
    country territory { code name } host { name }
    partners(roles: [LEAD_ORGANISER, ORGANISER, CO_ORGANISER]) { partner { name } }
    stage cascadeLevel
    particulars { qualityMonitoring { text } }
    program {
        name began { edtf precision asWritten yearCertainty }
        bases { kind title { text } issuer { name } dates { edtf } agreement { id } }
        cascadeLevels { number name { text } peopleTotal trainedAt { name } }
        categories { code cascadeLevel { number } } }
} } }"#;

const FIGURES: &str = r#"{
    events(where: { named: "stage 2 training seminar" }) { nodes {
        headcountReports {
            measure label { text } unit value qualifier state basis subsetOf { value }
            breakdown {
                dimension isComplete partsSum partsMatch { outcome difference }
                parts { label { text } value category { code cascadeLevel { number } } } } }
        unknown: headcountReports(measures: [WOMEN, TESTED, CERTIFICATES]) { value }
        particulars { test certificate } } }
    headcountReports { nodes { value } }
}"#;

const AGREEMENT: &str = r#"{ programs(where: { named: "training of members of election commissions organisers" }) { nodes {
    bases { agreement {
        parties { role partner { name country } }
        signed { earliest latest asWritten startCertainty yearCertainty }
        place signatories { name } effective { edtf } validUntil { edtf } } }
} } }"#;

each_database!(the_seminar_of_trainers_in_jizzakh);
async fn the_seminar_of_trainers_in_jizzakh(app: &App<'_>) {
    let officer = app.officer().await;
    let answer = officer.query(AGREEMENT).await;
    question(
        "Which institutions are parties to the agreement the program rests on, and when was it signed?",
        answer.data("programs.nodes.0.bases.0.agreement"),
        &json!({
            "parties": [
                { "role": "PARTY", "partner":
                    { "name": "Central Election Commission of the Republic of Uzbekistan", "country": "UZ" } },
                { "role": "PARTY", "partner": { "name": "Academy of Public Administration", "country": "UZ" } },
                { "role": "PARTY", "partner": { "name": "Tashkent State University of Law", "country": "UZ" } },
                { "role": "PARTY", "partner":
                    { "name": "Academy of the General Prosecutor's Office", "country": "UZ" } },
                { "role": "PARTY", "partner":
                    { "name": "Academy of the Ministry of Internal Affairs", "country": "UZ" } },
            ],
            "signed": { "earliest": "2021-04-27", "latest": "2021-04-27", "asWritten": "On April 27",
                "startCertainty": "STATED", "yearCertainty": "INFERRED" },
            "place": null, "signatories": null, "effective": null, "validUntil": null,
        }),
    );

    let answer = officer.query(SEMINAR).await;
    let event = answer.data("events.nodes.0");
    question(
        "When and where was the seminar, who hosted it, who organised it?",
        &json!([event["dates"], event["country"], event["territory"], event["host"], event["partners"]]),
        &json!([
            { "earliest": "2021-05-17", "latest": "2021-05-21", "days": 5, "yearCertainty": "INFERRED",
                "startCertainty": "STATED", "endCertainty": "STATED", "asWritten": "from May 17 to May 21" },
            "UZ",
            { "code": "UZ-JI", "name": "Jizzakh Region" },
            { "name": "Jizzakh State Pedagogical Institute" },
            [],
        ]),
    );
    let program = &event["program"];
    question(
        "Which program and stage does it belong to, on what basis, since when?",
        &json!([program["name"], event["stage"], program["bases"][1], program["began"]]),
        &json!([
            "Training of members of election commissions and other organisers of the electoral process",
            2,
            { "kind": "CONCEPT", "title": { "text": "Concept of training members of election commissions" },
                "issuer": { "name": "Central Election Commission of the Republic of Uzbekistan" },
                "dates": null, "agreement": null },
            { "edtf": "?2021-04", "precision": "MONTH", "asWritten": "in April this year",
                "yearCertainty": "INFERRED" },
        ]),
    );
    question(
        "Show the cascade: who trains whom, and how many are there on each level?",
        &json!([program["cascadeLevels"], event["cascadeLevel"], program["categories"]]),
        &json!([
            [
                { "number": 1, "name": { "text": "national trainers" }, "peopleTotal": null,
                    "trainedAt": { "name": "Academy of Public Administration" } },
                { "number": 2, "name": { "text": "regional trainers" }, "peopleTotal": null, "trainedAt": null },
                { "number": 3, "name": { "text": "members of election commissions and other responsible organisers" },
                    "peopleTotal": null, "trainedAt": null },
            ],
            2,
            [
                { "code": "city-district-official", "cascadeLevel": null },
                { "code": "regional-reserve-trainer", "cascadeLevel": { "number": 2 } },
                { "code": "regional-staff", "cascadeLevel": null },
                { "code": "regional-trainer", "cascadeLevel": { "number": 2 } },
            ],
        ]),
    );
    question(
        "Is quality monitoring recorded?",
        &event["particulars"]["qualityMonitoring"],
        &json!({ "text": "Groups exist in the regions that give methodological assistance and monitor the quality of \
            training; their size and members are not stated." }),
    );
    figures(&officer.query(FIGURES).await);
}

fn figures(answer: &Answer) {
    let event = answer.data("events.nodes.0");
    let part = |label: &str, value: i64, code: &str, level: Value| json!({ "label": { "text": label }, "value": value, "category": { "code": code, "cascadeLevel": level } });
    let regional = json!({ "number": 2 });
    question(
        "How many people of which category took part?",
        &event["headcountReports"][0],
        &json!({
            "measure": "PARTICIPANTS", "label": { "text": "participants from the region" }, "unit": "PERSONS",
            "value": 95, "qualifier": "EXACT", "state": "ATTENDED", "basis": "REPORTED", "subsetOf": null,
            "breakdown": {
                "dimension": "CATEGORY", "isComplete": true, "partsSum": 95,
                "partsMatch": { "outcome": "MATCHES", "difference": null },
                "parts": [
                    part("regional trainers", 52, "regional-trainer", regional.clone()),
                    part("regional reserve trainers", 8, "regional-reserve-trainer", regional),
                    part("regional staff members", 9, "regional-staff", Value::Null),
                    part("officials from cities and districts", 26, "city-district-official", Value::Null),
                ],
            },
        }),
    );
    question(
        "How many national trainers took part, and are they inside the 95?",
        &event["headcountReports"][1],
        &json!({
            "measure": "TRAINERS", "label": { "text": "national trainers" }, "unit": "PERSONS", "value": 4,
            "qualifier": "EXACT", "state": "ATTENDED", "basis": "REPORTED", "subsetOf": null, "breakdown": null,
        }),
    );
    let numbers: Vec<_> =
        answer.list("headcountReports.nodes").iter().map(|report| &report["value"]).collect();
    question("Is 99 a number that anybody reported?", &json!(numbers.contains(&&json!(99))), &json!(false));
    question(
        "How many women took part, how many were tested, how many certificates were issued?",
        &json!([event["unknown"], event["particulars"]]),
        &json!([[], { "test": "NOT_MENTIONED", "certificate": "NOT_MENTIONED" }]),
    );
}
