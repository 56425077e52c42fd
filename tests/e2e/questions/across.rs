//! Questions to all five documents at once.

use serde_json::{Value, json};

use super::question;
use crate::{answer::Answer, app::App, each_database};

const COMMISSION: &str = r#"{ partners(
    where: { named: "Central Election Commission of the Republic of Uzbekistan" }
) { nodes {
    connections { isCut entries {
        kind role event { title dates { edtf } } program { name } basis { kind title { text } }
        agreement { signed { earliest } } } }
} } }"#;

const COUNTRIES: &str = r#"
    query { uzbekistan: events(where: { country: { eq: "UZ" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } }
            kazakhstan: events(where: { country: { eq: "KZ" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } }
            india: events(where: { country: { eq: "IN" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } } }
    fragment of on Event { title status sessions { title } }"#;

const DATES: &str = r#"{
    events(where: { datesFullyStated: false }, orderBy: { field: CREATED_AT }) { nodes { title dates { gaps } } }
    stated: events(where: { datesFullyStated: true }, orderBy: { field: CREATED_AT }) { nodes {
        title sessions { title dates { gaps } } } }
    agreements { nodes { signed { edtf gaps } } }
    programs { nodes { name began { gaps } bases { dates { edtf gaps } } } }
}"#;

const ORGANISERS: &str = r#"{
    organiserUnknown: events(where: { hasHost: true, hasOrganiser: false }, orderBy: { field: CREATED_AT }) {
        nodes { ...of } }
    hostUnknown: events(where: { hasHost: false, hasOrganiser: true }, orderBy: { field: CREATED_AT }) {
        nodes { ...of } }
    bothKnown: events(where: { hasHost: true, hasOrganiser: true }, orderBy: { field: CREATED_AT }) { nodes { ...of } }
    bothUnknown: events(where: { hasHost: false, hasOrganiser: false }, orderBy: { field: CREATED_AT }) {
        nodes { ...of } }
}
fragment of on Event {
    title host { name } partners(roles: [LEAD_ORGANISER, ORGANISER, CO_ORGANISER]) { role partner { name } }
}"#;

each_database!(the_five_documents_together);
async fn the_five_documents_together(app: &App<'_>) {
    let officer = app.officer().await;
    connections(&officer.query(COMMISSION).await);
    countries(&officer.query(COUNTRIES).await);
    dates(&officer.query(DATES).await);
    hosts_and_organisers(&officer.query(ORGANISERS).await);
}

fn connections(answer: &Answer) {
    let program = "Training of members of election commissions and other organisers of the electoral process";
    question(
        "What is the Central Election Commission of Uzbekistan connected with?",
        answer.data("partners.nodes"),
        &json!([{ "connections": { "isCut": false, "entries": [
            { "kind": "AGREEMENT_PARTY", "role": "PARTY", "event": null, "program": null, "basis": null,
                "agreement": { "signed": { "earliest": "2021-04-27" } } },
            { "kind": "PROGRAM_PARTNER", "role": "APPROVER", "event": null, "program": { "name": program },
                "basis": null, "agreement": null },
            { "kind": "PROGRAM_BASIS_ISSUER", "role": "CONCEPT", "event": null, "program": { "name": program },
                "basis": { "kind": "CONCEPT",
                    "title": { "text": "Concept of training members of election commissions" } },
                "agreement": null },
            { "kind": "EVENT_PARTNER", "role": "SENDER",
                "event": { "title": "International conference on democracy and election management",
                    "dates": { "edtf": "2026-01-21/2026-01-23" } },
                "program": null, "basis": null, "agreement": null },
        ] } }]),
    );
}

fn countries(answer: &Answer) {
    question(
        "Which events were there in each country?",
        answer.data("uzbekistan.nodes"),
        &json!([]),
    );
}

fn dates(answer: &Answer) {
    question(
        "Which dates are not fully stated by their source?",
        &answer.body["data"],
        &json!([]),
    );
}

fn hosts_and_organisers(answer: &Answer) {
    question(
        "Where was the host different from the organiser, or one of the two unknown?",
        &answer.body["data"],
        &Value::Null,
    );
}
