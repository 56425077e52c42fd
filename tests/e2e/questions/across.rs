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

const FIGURES: &str = r"{
    reach(where: { kind: { in: [
        TRAINING_OF_TRAINERS, TRAINING, REFRESHER_COURSE, SEMINAR_MEETING, FIELD_VISIT, SERIES
    ] } }) { whole { events reported {
        exactSum exact { nodes { value event { title } } }
        inexact { nodes { value qualifier asWritten event { title } } }
        competing { totalCount } setAside { totalCount }
        eventsWithoutFigure { totalCount nodes { title } } } } }
    inexact: headcountReports(where: { not: { qualifier: { eq: EXACT } } }) { nodes { value qualifier event { title } } }
    exact: headcountReports(where: { qualifier: { eq: EXACT } }) { nodes { value basis event { title } } }
}";

const COUNTRIES: &str = r#"
    query { uzbekistan: events(where: { country: { eq: "UZ" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } }
            kazakhstan: events(where: { country: { eq: "KZ" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } }
            india: events(where: { country: { eq: "IN" } }, orderBy: { field: CREATED_AT }) { nodes { ...of } } }
    fragment of on Event { title status sessions { title } }"#;

const DATES: &str = r"{
    events(where: { datesFullyStated: false }, orderBy: { field: CREATED_AT }) { nodes { title dates { gaps } } }
    stated: events(where: { datesFullyStated: true }, orderBy: { field: CREATED_AT }) { nodes {
        title sessions { title dates { gaps } } } }
    agreements { nodes { signed { edtf gaps } } }
    programs(orderBy: { field: NAME }) { nodes { began { gaps } bases { dates { edtf gaps } } } }
}";

const ORGANISERS: &str = r"{
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
}";

const JIZZAKH_SEMINAR: &str = "Stage 2 training seminar for regional trainers, Jizzakh";
const JIZZAKH_COURSE: &str =
    "Refresher course for deputy governors and specialists at Jizzakh Polytechnic Institute";
const FURTHER_COURSES: &str = "Further refresher courses for lower-level employees of local self-government";
const AKTOBE: &str = "Two-day training for maslikhat deputies and staff, Aktobe";
const SERIES_OF_2024: &str = "Similar programmes in all regions of Kazakhstan, 2024";
const NEW_DELHI: &str = "International conference on democracy and election management";
const BILATERAL: &str = "Bilateral meeting of the deputy chair of the Uzbek commission with the Chief Election Commissioner of India";
const ZHAMBYL: &str = "Seminar-meeting on the latest changes to election legislation, Zhambyl Region";
const ZHUALY: &str = "Visit of representatives of the Central Election Commission to Zhualy district";
const AGENCY_BRANCH: &str = "Jizzakh regional branch of the Civil Service Development Agency";

each_database!(the_five_documents_together);
async fn the_five_documents_together(app: &App<'_>) {
    let officer = app.officer().await;
    connections(&officer.query(COMMISSION).await);
    figures(&officer.query(FIGURES).await);
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
                "event": { "title": NEW_DELHI,
                    "dates": { "edtf": "2026-01-21/2026-01-23" } },
                "program": null, "basis": null, "agreement": null },
            { "kind": "DELEGATION_SENDER", "role": null,
                "event": { "title": NEW_DELHI, "dates": { "edtf": "2026-01-21/2026-01-23" } },
                "program": null, "basis": null, "agreement": null },
        ] } }]),
    );
}

fn figures(answer: &Answer) {
    let titled = |title: &str| json!({ "title": title });
    question(
        "What reach do the trainings have that report an exact number of participants?",
        answer.data("reach.whole"),
        &json!({ "events": 7, "reported": {
            "exactSum": 139,
            "exact": { "nodes": [
                { "value": 95, "event": titled(JIZZAKH_SEMINAR) },
                { "value": 44, "event": titled(AKTOBE) },
            ] },
            "inexact": { "nodes": [{ "value": 2000, "qualifier": "APPROXIMATE",
                "asWritten": "about 2,000 participants", "event": titled(SERIES_OF_2024) }] },
            "competing": { "totalCount": 0 }, "setAside": { "totalCount": 0 },
            "eventsWithoutFigure": { "totalCount": 4, "nodes": [
                titled(ZHAMBYL), titled(ZHUALY), titled(JIZZAKH_COURSE), titled(FURTHER_COURSES),
            ] },
        } }),
    );
    question(
        "Which figures are approximate?",
        &json!([answer.data("inexact.nodes"), answer.data("exact.nodes")]),
        &json!([
            [
                { "value": 2000, "qualifier": "APPROXIMATE", "event": titled(SERIES_OF_2024) },
                { "value": 1000, "qualifier": "APPROXIMATE", "event": titled(NEW_DELHI) },
            ],
            [
                { "value": 95, "basis": "REPORTED", "event": titled(JIZZAKH_SEMINAR) },
                { "value": 4, "basis": "REPORTED", "event": titled(JIZZAKH_SEMINAR) },
                { "value": 44, "basis": "REPORTED", "event": titled(AKTOBE) },
                { "value": 42, "basis": "REPORTED", "event": titled(NEW_DELHI) },
                { "value": 4, "basis": "DERIVED", "event": titled(ZHAMBYL) },
            ],
        ]),
    );
}

fn countries(answer: &Answer) {
    let event = |event: &Value| json!([event["title"], event["status"], event["sessions"]]);
    let of_country = |path| answer.list(path).iter().map(event).collect::<Vec<_>>();
    question(
        "Which events were there in each country?",
        &json!({
            "uzbekistan": of_country("uzbekistan.nodes"),
            "kazakhstan": of_country("kazakhstan.nodes"),
            "india": of_country("india.nodes"),
        }),
        &json!({
            "uzbekistan": [
                [JIZZAKH_SEMINAR, "IN_PROGRESS", []],
                [JIZZAKH_COURSE, "PLANNED", []],
                [FURTHER_COURSES, "PLANNED", []],
            ],
            "kazakhstan": [
                [AKTOBE, "IN_PROGRESS", [{ "title": "Day one" }, { "title": "Day two" }]],
                [SERIES_OF_2024, "HELD", []],
                [ZHAMBYL, "HELD", []],
                [ZHUALY, "HELD", []],
                ["Similar working meeting, Almaty city", "PLANNED", []],
                ["Similar working meeting, Almaty Region", "PLANNED", []],
                ["Similar working meeting, North Kazakhstan Region", "PLANNED", []],
            ],
            "india": [
                [NEW_DELHI, "HELD", [
                    { "title": "Opening ceremony" },
                    { "title": "Session on integrated technology platforms for election management" },
                ]],
                [BILATERAL, "HELD", []],
            ],
        }),
    );
}

fn dates(answer: &Answer) {
    let gaps = |event: &Value| json!([event["title"], event["dates"]["gaps"]]);
    let sessions =
        answer.list("stated.nodes").iter().filter_map(|event| event["sessions"].as_array()).flatten();
    question(
        "Which dates of events are not fully stated by their source?",
        &json!([
            answer.list("events.nodes").iter().map(gaps).collect::<Vec<_>>(),
            sessions.map(gaps).collect::<Vec<_>>()
        ]),
        &json!([
            [
                [JIZZAKH_SEMINAR, ["YEAR"]],
                [JIZZAKH_COURSE, ["YEAR", "END"]],
                [FURTHER_COURSES, ["YEAR", "START_UNKNOWN"]],
                [AKTOBE, ["YEAR", "END"]],
                [BILATERAL, ["WINDOW_ONLY"]],
                ["Similar working meeting, Almaty city", ["WINDOW_ONLY"]],
                ["Similar working meeting, Almaty Region", ["WINDOW_ONLY"]],
                ["Similar working meeting, North Kazakhstan Region", ["WINDOW_ONLY"]],
            ],
            [
                ["Opening ceremony", ["WINDOW_ONLY"]],
                ["Session on integrated technology platforms for election management", ["WINDOW_ONLY"]],
            ],
        ]),
    );
    let known: Vec<_> = answer.list("stated.nodes").iter().map(|event| &event["title"]).collect();
    question(
        "Which dates of events does the source state in full?",
        &json!(known),
        &json!([SERIES_OF_2024, NEW_DELHI, ZHAMBYL, ZHUALY]),
    );
    question(
        "Which dates of agreements and programs are not fully stated by their source?",
        &json!([answer.data("agreements.nodes"), answer.data("programs.nodes")]),
        &json!([
            [{ "signed": { "edtf": "?2021-04-27", "gaps": ["YEAR"] } }],
            [
                { "began": null, "bases": [{ "dates": { "edtf": "2020-12-29", "gaps": [] } }] },
                { "began": null, "bases": [] },
                { "began": { "gaps": ["YEAR"] }, "bases": [{ "dates": null }, { "dates": null }] },
                { "began": null, "bases": [{ "dates": null }] },
            ],
        ]),
    );
}

fn hosts_and_organisers(answer: &Answer) {
    let partner = |of: &Value| json!([of["role"], of["partner"]["name"]]);
    let partners =
        |event: &Value| event["partners"].as_array().into_iter().flatten().map(partner).collect::<Vec<_>>();
    let event = |event: &Value| json!([event["title"], event["host"]["name"], partners(event)]);
    let events = |path| answer.list(path).iter().map(event).collect::<Vec<_>>();
    question(
        "Where was the host different from the organiser, or one of the two unknown?",
        &json!({
            "organiserUnknown": events("organiserUnknown.nodes"),
            "hostUnknown": events("hostUnknown.nodes"),
            "bothKnown": events("bothKnown.nodes"),
            "bothUnknown": events("bothUnknown.nodes"),
        }),
        &json!({
            "organiserUnknown": [
                [JIZZAKH_SEMINAR, "Jizzakh State Pedagogical Institute", []],
                [ZHUALY, "Office of the akim of Zhualy district", []],
            ],
            "hostUnknown": [
                [FURTHER_COURSES, null, [["ORGANISER", AGENCY_BRANCH]]],
                [AKTOBE, null, [
                    ["CO_ORGANISER", "Institute of Parliamentarism"],
                    ["CO_ORGANISER", "Foundation for the Development of Parliamentarism"],
                    ["CO_ORGANISER", "OSCE Programme Office in Astana"],
                ]],
            ],
            "bothKnown": [
                [JIZZAKH_COURSE, "Jizzakh Polytechnic Institute", [["ORGANISER", AGENCY_BRANCH]]],
                [NEW_DELHI, "Election Commission of India", [
                    ["LEAD_ORGANISER", "Election Commission of India"],
                    ["CO_ORGANISER", "India International Institute of Democracy and Election Management"],
                    ["CO_ORGANISER", "International Institute for Democracy and Electoral Assistance"],
                ]],
            ],
            "bothUnknown": [
                [SERIES_OF_2024, null, []],
                [BILATERAL, null, []],
                [ZHAMBYL, null, []],
                ["Similar working meeting, Almaty city", null, []],
                ["Similar working meeting, Almaty Region", null, []],
                ["Similar working meeting, North Kazakhstan Region", null, []],
            ],
        }),
    );
}
