//! The seminar-meeting on election law in Zhambyl Region and the visit of the same day, October 2018.

use serde_json::{Value, json};

use super::question;
use crate::{answer::Answer, app::App, each_database, known};

const REGION: &str = r#"query($region: ID!) { events(
    where: { territoryWithin: $region, during: { from: "2018-10-15", until: "2018-10-15" } },
    orderBy: { field: CREATED_AT }
) { nodes {
    kind territory { code name kind } venue dates { edtf } parent { kind } relation topics { text }
    particulars {
        test certificate trainerGroups { description { text } provider { name } }
        funding { source { text } amount { amount } isStatedForEvent }
        election { description { text } dates { edtf asWritten } } }
} } }"#;

const PLANNED: &str = r#"{ events(
    where: { country: { eq: "KZ" }, status: { eq: PLANNED } }, orderBy: { field: CREATED_AT }
) { nodes {
    kind status relation parent { kind } territory { code name kind }
    dates { earliest latest precision isWindow asWritten }
} } }"#;

const FIGURES: &str = r#"query($region: ID!) {
    reach(where: { territoryWithin: $region, during: { from: "2018-10-15", until: "2018-10-15" } }) { whole {
        events reported { exactSum eventsWithoutFigure { totalCount nodes { kind headcountReports(measures: [PARTICIPANTS]) { value } } } } } }
}"#;

const DELEGATION: &str = r#"{ events(where: { named: "seminar-meeting zhambyl" }) { nodes {
    delegations {
        sender { name } size head { id }
        members {
            role participant { name(languages: ["en"]) names { asWritten initials given } }
            position { text } partner { name parent { name } } contributions { kind title { text } } } }
} } }"#;

each_database!(the_seminar_in_zhambyl);
async fn the_seminar_in_zhambyl(app: &App<'_>) {
    let officer = app.officer().await;
    let region = known::territory(&officer, "KZ-31").await;
    let answer = officer.ask(REGION, json!({ "region": region })).await;
    let (seminar, visit) = (answer.data("events.nodes.0"), answer.data("events.nodes.1"));
    let happened = |event: &Value| {
        json!([
            event["kind"],
            event["territory"],
            event["venue"],
            event["dates"],
            event["parent"],
            event["relation"]
        ])
    };
    question(
        "What happened on 15 October 2018, and where?",
        &json!(answer.list("events.nodes").iter().map(happened).collect::<Vec<_>>()),
        &json!([
            ["SEMINAR_MEETING", { "code": "KZ-31", "name": "Zhambyl Region", "kind": "REGION" }, null,
                { "edtf": "2018-10-15" }, null, null],
            ["FIELD_VISIT", { "code": "KZ-31/zhualy", "name": "Zhualy District", "kind": "DISTRICT" }, null,
                { "edtf": "2018-10-15" }, { "kind": "SEMINAR_MEETING" }, "SAME_DAY"],
        ]),
    );
    let reach = officer.ask(FIGURES, json!({ "region": region })).await;
    question(
        "How many people took part?",
        reach.data("reach.whole"),
        &json!({ "events": 2, "reported": { "exactSum": null, "eventsWithoutFigure": { "totalCount": 2, "nodes": [
            { "kind": "SEMINAR_MEETING", "headcountReports": [] },
            { "kind": "FIELD_VISIT", "headcountReports": [] },
        ] } } }),
    );
    let particulars = &seminar["particulars"];
    question(
        "Were certificates issued?",
        &json!([particulars["certificate"], particulars["test"], particulars["trainerGroups"]]),
        &json!([
            "NOT_MENTIONED", "NOT_MENTIONED",
            [{ "description": {
                "text": "certified trainers of electoral training; their number and the certification are not stated" },
                "provider": null }],
        ]),
    );
    question(
        "Was it paid from the local budget?",
        &particulars["funding"],
        &json!([{ "source": { "text": "local budget" }, "amount": null, "isStatedForEvent": false }]),
    );
    question(
        "Which election was being prepared in Zhualy?",
        &visit["particulars"]["election"],
        &json!({
            "description": { "text": "Election to the regional maslikhat" },
            "dates": { "edtf": "2018-10-28", "asWritten": "28 октября т.г." },
        }),
    );
    question(
        "What were the topics?",
        &seminar["topics"],
        &json!([
            { "text": "proportional formation of maslikhats" },
            { "text": "electoral rights of citizens with disabilities" },
            { "text": "cascade training of commission members" },
            { "text": "financing of training from the local budget" },
            { "text": "accuracy of voter lists with information technology" },
        ]),
    );

    delegation(&app.coordinator().await.query(DELEGATION).await);
    let answer = officer.query(PLANNED).await;
    let meeting = |code: &str, name: &str| {
        json!({
            "kind": "WORKING_MEETING", "status": "PLANNED", "relation": "FOLLOW_UP",
            "parent": { "kind": "SEMINAR_MEETING" },
            "territory": { "code": code, "name": name, "kind": "REGION" },
            "dates": { "earliest": "2018-10-16", "latest": "2018-10-31", "precision": "HALF_MONTH",
                "isWindow": true, "asWritten": "во 2ой половине октября" },
        })
    };
    question(
        "Which further meetings were planned?",
        answer.data("events.nodes"),
        &json!([
            meeting("KZ-75", "Almaty"),
            meeting("KZ-19", "Almaty Region"),
            meeting("KZ-59", "North Kazakhstan Region"),
        ]),
    );
}

fn delegation(answer: &Answer) {
    let commission = "Central Election Commission of the Republic of Kazakhstan";
    let member = |name: &str, written: &str, initials: &str, of_latin: &str, position: &str| {
        json!({
            "role": "REPRESENTATIVE",
            "participant": { "name": name, "names": [
                { "asWritten": written, "initials": initials, "given": null },
                { "asWritten": name, "initials": of_latin, "given": null },
            ] },
            "position": { "text": position }, "partner": { "name": commission, "parent": null }, "contributions": [],
        })
    };
    question(
        "Who represented the election commission?",
        answer.data("events.nodes.0.delegations"),
        &json!([{
            "sender": { "name": commission }, "size": 4, "head": null,
            "members": [
                member("Meldeshov B.S.", "Мельдешов Б.С.", "Б.С.", "B.S.", "member of the commission"),
                member("Iskakov D.T.", "Искаков Д.Т.", "Д.Т.", "D.T.",
                    "head of the department for organising the electoral process"),
                member("Konaeva A.B.", "Конаева А.Б.", "А.Б.", "A.B.",
                    "chief expert of the department for organising electoral training"),
                {
                    "role": "REPRESENTATIVE",
                    "participant": { "name": "Yerlan Kosmuratov", "names": [
                        { "asWritten": "Космуратов Е.С.", "initials": "Е.С.", "given": null },
                        { "asWritten": "Ерлан Космуратов", "initials": null, "given": "Ерлан" },
                        { "asWritten": "Yerlan Kosmuratov", "initials": null, "given": "Yerlan" },
                    ] },
                    "position": { "text": "director" },
                    "partner": { "name": "State enterprise 'Information and Technology Centre of the CEC'",
                        "parent": { "name": commission } },
                    "contributions": [{ "kind": "PRESENTATION",
                        "title": { "text": "Analysis of voter data of Zhambyl Region" } }],
                },
            ],
        }]),
    );
}
