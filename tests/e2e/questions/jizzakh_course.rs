//! The refresher course for deputy governors and specialists in Jizzakh, May 2021.

use serde_json::json;

use super::question;
use crate::{app::App, each_database};

const COURSE: &str = r#"{ events(where: { named: "refresher course for deputy governors" }) { nodes {
    dates { earliest latest asWritten startCertainty endCertainty yearCertainty alternatives { date } }
    host { name } territory { name }
    partners { role partner { name parent { name } } }
    particulars {
        modules { number title { text } }
        test certificate assessmentNote
        funding { source { text } amount { amount currency } isStatedForEvent }
        trainerGroups { description { text } provider { name } } }
    parts { nodes {
        kind status relation targetGroups { text } dates { earliest latest asWritten startCertainty yearCertainty gaps }
        particulars { test certificate } } }
} } }"#;

const NAMED: &str = r#"{ events(where: { named: "refresher course for deputy governors" }) { nodes {
    registrations { nodes { role participant { name hasInitialsOnly } position { text } partner { name } } }
} } }"#;

const FIGURES: &str = r#"{
    events(where: { named: "refresher course for deputy governors" }) { nodes { headcountReports { value } } }
    reach(where: { kind: { eq: REFRESHER_COURSE } }) { whole {
        events reported { exactSum inexact { totalCount } eventsWithoutFigure { totalCount nodes { title } } } } }
}"#;

const ACADEMY: &str = r#"{ partners(where: { named: "Academy of Public Administration" }) { nodes {
    connections { isCut entries {
        kind role event { title } program { name } agreement { signed { earliest } }
        cascadeLevel { name { text } } } }
} } }"#;

each_database!(the_refresher_course_in_jizzakh);
async fn the_refresher_course_in_jizzakh(app: &App<'_>) {
    let officer = app.officer().await;
    let answer = officer.query(COURSE).await;
    let event = answer.data("events.nodes.0");
    let particulars = &event["particulars"];
    question(
        "Which modules does the course have, in order?",
        &particulars["modules"],
        &json!([
            { "number": 1, "title": { "text": "Effective organisation of the implementation of legislation" } },
            { "number": 2, "title": { "text": "Knowledge of information and communication technologies" } },
            { "number": 3, "title": { "text": "Basic and sector specialties" } },
            { "number": 4, "title": { "text": "Ethics and culture of civil servants" } },
            { "number": 5, "title": { "text": "General literacy" } },
        ]),
    );
    question(
        "When is the course, and where?",
        &json!([event["dates"], event["host"], event["territory"]]),
        &json!([
            { "earliest": "2021-05-24", "latest": "2021-05-25", "asWritten": "On May 24-5",
                "startCertainty": "STATED", "endCertainty": "PROBABLE", "yearCertainty": "INFERRED",
                "alternatives": [{ "date": "?2021-05-24/?2021-06-05" }] },
            { "name": "Jizzakh Polytechnic Institute" },
            { "name": "Jizzakh Region" },
        ]),
    );
    let follow_up = &event["parts"]["nodes"][0];
    question(
        "Are a test and a certificate planned, how many, and when?",
        &json!([
            particulars["test"],
            particulars["certificate"],
            particulars["assessmentNote"],
            follow_up["particulars"]["test"],
            follow_up["particulars"]["certificate"],
            follow_up["dates"]["latest"],
        ]),
        &json!([
            "PLANNED",
            "PLANNED",
            "Test and certificate are announced for after the trainings, which run until 4 June 2021. Number, result \
                and issuer are not stated.",
            "PLANNED",
            "PLANNED",
            "2021-06-04",
        ]),
    );
    question(
        "Who funds it and how much?",
        &particulars["funding"],
        &json!([{ "source": { "text": "state budget" }, "amount": null, "isStatedForEvent": true }]),
    );
    question(
        "Who organises, who hosts, who teaches?",
        &json!([event["partners"], event["host"], particulars["trainerGroups"]]),
        &json!([
            [
                { "role": "ORGANISER", "partner": {
                    "name": "Jizzakh regional branch of the Civil Service Development Agency",
                    "parent": { "name": "Civil Service Development Agency" } } },
                { "role": "TRAINER_PROVIDER", "partner": {
                    "name": "Academy of Public Administration", "parent": null } },
                { "role": "NEEDS_ASSESSOR", "partner": {
                    "name": "Jizzakh regional branch of the Civil Service Development Agency",
                    "parent": { "name": "Civil Service Development Agency" } } },
            ],
            { "name": "Jizzakh Polytechnic Institute" },
            [
                { "description": { "text": "professors and teachers of the Academy of Public Administration" },
                    "provider": { "name": "Academy of Public Administration" } },
                { "description": { "text": "professors and teachers of regional universities" }, "provider": null },
                { "description": {
                    "text": "qualified practitioners of regional government bodies and organisations" },
                    "provider": null },
            ],
        ]),
    );
    let named = app.administrator().await.query(NAMED).await;
    question(
        "Who is named, and is it anybody who teaches or learns?",
        named.data("events.nodes.0.registrations.nodes"),
        &json!([{
            "role": "QUOTED_OFFICIAL", "participant": { "name": "B. Yakhshibaev", "hasInitialsOnly": true },
            "position": { "text": "deputy head of the regional branch" },
            "partner": { "name": "Jizzakh regional branch of the Civil Service Development Agency" },
        }]),
    );
    question(
        "What is planned next?",
        &event["parts"]["nodes"],
        &json!([{
            "kind": "SERIES", "status": "PLANNED", "relation": "FOLLOW_UP",
            "targetGroups": [{ "text": "all lower-level employees of local self-government bodies" }],
            "dates": { "earliest": null, "latest": "2021-06-04", "asWritten": "Until June 4 of this year",
                "startCertainty": "STATED", "yearCertainty": "INFERRED", "gaps": ["YEAR", "START_UNKNOWN"] },
            "particulars": { "test": "PLANNED", "certificate": "PLANNED" },
        }]),
    );

    let answer = officer.query(FIGURES).await;
    question(
        "How many participants did the course have?",
        &json!([answer.data("events.nodes.0.headcountReports"), answer.data("reach.whole")]),
        &json!([
            [],
            { "events": 1, "reported": {
                "exactSum": null, "inexact": { "totalCount": 0 },
                "eventsWithoutFigure": { "totalCount": 1, "nodes": [{ "title":
                    "Refresher course for deputy governors and specialists at Jizzakh Polytechnic Institute" }] } } },
        ]),
    );

    let answer = officer.query(ACADEMY).await;
    let program = "Training of members of election commissions and other organisers of the electoral process";
    question(
        "Everything the Academy of Public Administration is connected with?",
        answer.data("partners.nodes"),
        &json!([{ "connections": { "isCut": false, "entries": [
            { "kind": "AGREEMENT_PARTY", "role": "PARTY", "event": null, "program": null,
                "agreement": { "signed": { "earliest": "2021-04-27" } }, "cascadeLevel": null },
            { "kind": "PROGRAM_PARTNER", "role": "TRAINER_OF_TRAINERS", "event": null,
                "program": { "name": program }, "agreement": null, "cascadeLevel": null },
            { "kind": "CASCADE_LEVEL_TRAINED_AT", "role": null, "event": null, "program": { "name": program },
                "agreement": null, "cascadeLevel": { "name": { "text": "national trainers" } } },
            { "kind": "EVENT_PARTNER", "role": "TRAINER_PROVIDER", "event": { "title":
                "Refresher course for deputy governors and specialists at Jizzakh Polytechnic Institute" },
                "program": null, "agreement": null, "cascadeLevel": null },
        ] } }]),
    );
}
