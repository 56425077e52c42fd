//! The delegation from Uzbekistan to the conference on democracy and election management in New Delhi, January 2026.

use serde_json::json;

use super::question;
use crate::{answer::Answer, app::App, each_database};

const CONFERENCE: &str = r#"{ events(where: { named: "international conference on democracy" }) { nodes {
    host { name }
    partners(roles: [LEAD_ORGANISER, ORGANISER, CO_ORGANISER]) { role partner { name country isInternational } }
    dates { earliest latest }
    parts { nodes {
        kind relation status dates { edtf precision isWindow asWritten } topics { text }
        particulars { outcome { text } } } }
} } }"#;

const FIGURES: &str = r#"{
    events(where: { named: "international conference on democracy" }) { nodes {
        headcountReports { measure label { text } unit value qualifier }
        citations { source { headline language publisher { name(languages: ["en"]) } published { edtf precision } } } } }
    reach(where: { kind: { eq: CONFERENCE } }) { whole { reported { exactSum inexact { totalCount } } } }
    everything: headcountReports(first: 200) { nodes { value } }
}"#;

const SCRIPTS: &str = r#"{
    russian: search(text: "Центральная избирательная комиссия Республики Узбекистан") { partners { id } }
    short: partners(where: { named: "ЦИК", country: { eq: "UZ" } }) { nodes { id } }
    english: search(text: "Central Election Commission of the Republic of Uzbekistan") { partners { id } }
    signed: agreements(where: { signedDuring: { from: "2021-04-27", until: "2021-04-27" } }) { nodes {
        parties { partner { id } } } }
}"#;

const DELEGATION: &str = r#"{ events(where: { named: "international conference on democracy" }) { nodes {
    delegations {
        sender { name } country invitedBy { name } size
        head { participant { name(languages: ["en"]) hasInitialsOnly } position { text } }
        members { participant { name(languages: ["ru"]) } } }
    parts { nodes { registrations { nodes {
        participant { name(languages: ["en"]) } position { text } partner { name } } } } }
} } }"#;

const HEAD: &str = r#"{
    participants(where: { named: "Kuchkarov" }) { nodes {
        id registrations { role isDelegationHead event { kind } contributions { kind title { text } session { title } } } } }
    cyrillic: search(text: "Кучкаров") { participants { id } }
    latin: search(text: "Kuchkarov") { participants { id } }
}"#;

each_database!(the_delegation_to_new_delhi);
async fn the_delegation_to_new_delhi(app: &App<'_>) {
    let officer = app.officer().await;
    let answer = officer.query(CONFERENCE).await;
    let event = answer.data("events.nodes.0");
    question(
        "Who organised the conference, in what role?",
        &json!([event["host"], event["partners"]]),
        &json!([
            { "name": "Election Commission of India" },
            [
                { "role": "LEAD_ORGANISER", "partner":
                    { "name": "Election Commission of India", "country": "IN", "isInternational": false } },
                { "role": "CO_ORGANISER", "partner": {
                    "name": "India International Institute of Democracy and Election Management",
                    "country": "IN", "isInternational": false } },
                { "role": "CO_ORGANISER", "partner": {
                    "name": "International Institute for Democracy and Electoral Assistance",
                    "country": null, "isInternational": true } },
            ],
        ]),
    );
    question(
        "Which side meetings took place?",
        &event["parts"]["nodes"],
        &json!([{
            "kind": "BILATERAL_MEETING", "relation": "ON_THE_MARGINS", "status": "HELD",
            "dates": { "edtf": "[2026-01-21..2026-01-23]", "precision": "WINDOW", "isWindow": true,
                "asWritten": "На полях конференции" },
            "topics": [
                { "text": "state of cooperation between the two commissions" },
                { "text": "exchange of experience in digitalisation" },
                { "text": "exchange of experience in staff training" },
            ],
            "particulars": { "outcome": { "text":
                "Both sides noted a positive development and discussed promising areas. No document was signed." } },
        }]),
    );

    let answer = officer.query(SCRIPTS).await;
    let commission = answer.data("signed.nodes.0.parties.0.partner.id");
    question(
        "Can the commission be found in both scripts?",
        &json!([
            answer.data("russian.partners"),
            answer.data("short.nodes"),
            answer.data("english.partners")
        ]),
        &json!([[{ "id": commission }], [{ "id": commission }], [{ "id": commission }]]),
    );
    let administrator = app.administrator().await;
    delegation(&administrator.query(DELEGATION).await);
    head_of_delegation(&administrator.query(HEAD).await);
    figures(&officer.query(FIGURES).await);
}

fn figures(answer: &Answer) {
    question(
        "How many people and how many countries?",
        &json!([answer.data("events.nodes.0.headcountReports"), answer.data("reach.whole.reported")]),
        &json!([
            [
                { "measure": "DELEGATES", "label": { "text": "national and international delegates" },
                    "unit": "PERSONS", "value": 1000, "qualifier": "APPROXIMATE" },
                { "measure": "COUNTRIES_REPRESENTED",
                    "label": { "text": "countries whose election bodies were represented" },
                    "unit": "COUNTRIES", "value": 42, "qualifier": "EXACT" },
            ],
            { "exactSum": null, "inexact": { "totalCount": 0 } },
        ]),
    );
    let numbers: Vec<_> = answer.list("everything.nodes").iter().map(|report| &report["value"]).collect();
    question(
        "When was it published and in what language?",
        &json!([answer.data("events.nodes.0.citations.0.source"), numbers.contains(&&json!(57))]),
        &json!([
            {
                "headline": "Делегация ЦИК Республики Узбекистан приняла участие в международной конференции",
                "language": "ru",
                "publisher": { "name": "Central Election Commission of the Republic of Uzbekistan" },
                "published": { "edtf": "2026-01-25", "precision": "DAY" },
            },
            false,
        ]),
    );
}

fn delegation(answer: &Answer) {
    let event = answer.data("events.nodes.0");
    question(
        "Which delegation took part, who headed it, how large was it?",
        &event["delegations"],
        &json!([{
            "sender": { "name": "Central Election Commission of the Republic of Uzbekistan" }, "country": "UZ",
            "invitedBy": { "name": "Election Commission of India" }, "size": null,
            "head": { "participant": { "name": "B. Kuchkarov", "hasInitialsOnly": true },
                "position": { "text": "Deputy Chair" } },
            "members": [{ "participant": { "name": "Б. Кучкаров" } }],
        }]),
    );
    question(
        "Who met on the margins?",
        &event["parts"]["nodes"],
        &json!([{ "registrations": { "nodes": [
            { "participant": { "name": "B. Kuchkarov" }, "position": { "text": "Deputy Chair" },
                "partner": { "name": "Central Election Commission of the Republic of Uzbekistan" } },
            { "participant": { "name": "G. Kumar" },
                "position": { "text": "Chief Election Commissioner of India" },
                "partner": { "name": "Election Commission of India" } },
        ] } }]),
    );
}

fn head_of_delegation(answer: &Answer) {
    question(
        "What did B. Kuchkarov do there?",
        answer.data("participants.nodes.0.registrations"),
        &json!([
            { "role": "REPRESENTATIVE", "isDelegationHead": false, "event": { "kind": "BILATERAL_MEETING" },
                "contributions": [] },
            { "role": "HEAD_OF_DELEGATION", "isDelegationHead": true, "event": { "kind": "CONFERENCE" },
                "contributions": [
                    { "kind": "WELCOME_ADDRESS", "title": null, "session": { "title": "Opening ceremony" } },
                    { "kind": "PRESENTATION",
                        "title": { "text":
                            "Digital transformation of the electoral system of Uzbekistan: E-saylov" },
                        "session": { "title":
                            "Session on integrated technology platforms for election management" } },
                ] },
        ]),
    );
    let person = answer.data("participants.nodes.0.id");
    question(
        "Can the person be found in both scripts?",
        &json!([answer.data("cyrillic.participants"), answer.data("latin.participants")]),
        &json!([[{ "id": person }], [{ "id": person }]]),
    );
}
