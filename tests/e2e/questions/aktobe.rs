//! The training for deputies of district maslikhats and their staff in Aktobe, June 2025.

use serde_json::json;

use super::question;
use crate::{answer::Answer, app::App, each_database};

const TRAINING: &str = r#"{ events(where: { named: "two-day training" }) { nodes {
    host { name } territory { code } partners { role partner { name isInternational } }
    dates { earliest latest days asWritten startCertainty endCertainty yearCertainty }
    sessions { number topics { text } }
    program { bases { kind title { text } dates { edtf } agreement { id } issuer { name } } }
    particulars { modules { number } test certificate funding { source { text } } }
} } }"#;

const FIGURES: &str = r#"{
    events(where: { named: "two-day training" }) { nodes { headcountReports {
        measure label { text } value qualifier basis
        breakdown {
            dimension isComplete partsSum partsMatch { outcome reason }
            parts { label { text } territory { name parent { name } } value } } } } }
    series: events(where: { named: "similar programmes" }) { nodes {
        dates { edtf precision } territory { code }
        headcountReports { measure value qualifier basis asWritten subsetOf { value } } } }
    reach(where: { country: { eq: "KZ" }, kind: { in: [TRAINING, SERIES] } }, groupBy: [YEAR]) {
        whole { reported { exactSum inexact { nodes { value qualifier } } } }
        groups { keys { year } reported { exactSum inexact { nodes { value qualifier } } } } }
}"#;

const SPEAKERS: &str = r#"{ events(where: { named: "two-day training" }) { nodes {
    territory { code }
    registrations { nodes {
        role participant { name } position { text } partner { name territory { code } } territory { code name } } }
    citations { field reading }
} } }"#;

each_database!(the_training_in_aktobe);
async fn the_training_in_aktobe(app: &App<'_>) {
    let officer = app.officer().await;
    let answer = officer.query(TRAINING).await;
    let event = answer.data("events.nodes.0");
    question(
        "Who organised the training?",
        &json!([event["host"], event["partners"]]),
        &json!([
            null,
            [
                { "role": "CO_ORGANISER",
                    "partner": { "name": "Institute of Parliamentarism", "isInternational": false } },
                { "role": "CO_ORGANISER", "partner": {
                    "name": "Foundation for the Development of Parliamentarism", "isInternational": false } },
                { "role": "CO_ORGANISER",
                    "partner": { "name": "OSCE Programme Office in Astana", "isInternational": true } },
            ],
        ]),
    );
    question(
        "When was the training?",
        &event["dates"],
        &json!({
            "earliest": "2025-06-26", "latest": "2025-06-27", "days": 2,
            "asWritten": "On June 26, a two-day training … started",
            "startCertainty": "STATED", "endCertainty": "DERIVED", "yearCertainty": "INFERRED",
        }),
    );
    question(
        "What were the topics of day one and day two?",
        &event["sessions"],
        &json!([
            { "number": 1, "topics": [
                { "text": "communication" },
                { "text": "ethics" },
                { "text": "legislative literacy" },
                { "text": "work with the public" },
                { "text": "interaction with Public Councils" },
            ] },
            { "number": 2, "topics": null },
        ]),
    );
    question(
        "Under which agreement did it take place?",
        &event["program"]["bases"],
        &json!([{
            "kind": "FRAMEWORK",
            "title": { "text": "Cooperation between the Senate of Parliament and local representative bodies" },
            "dates": null, "agreement": null,
            "issuer": { "name": "Senate of the Parliament of the Republic of Kazakhstan" },
        }]),
    );
    question(
        "Which modules, certificates and funding did it have?",
        &event["particulars"],
        &json!({ "modules": [], "test": "NOT_MENTIONED", "certificate": "NOT_MENTIONED", "funding": [] }),
    );
    speakers(&app.coordinator().await.query(SPEAKERS).await);
    figures(&officer.query(FIGURES).await);
}

fn figures(answer: &Answer) {
    let district = |label: &str, name: &str| {
        let territory = json!({ "name": format!("{name} District"), "parent": { "name": "Aktobe Region" } });
        json!({ "label": { "text": label }, "territory": territory, "value": null })
    };
    question(
        "How many took part and from where?",
        answer.data("events.nodes.0.headcountReports"),
        &json!([{
            "measure": "PARTICIPANTS", "label": { "text": "representatives of maslikhats" },
            "value": 44, "qualifier": "EXACT", "basis": "REPORTED",
            "breakdown": {
                "dimension": "TERRITORY", "isComplete": false, "partsSum": null,
                "partsMatch": { "outcome": "NOT_COMPARABLE", "reason": "UNKNOWN_PART" },
                "parts": [
                    district("Alginsky", "Alga"),
                    district("Bayganinsky", "Bayganin"),
                    district("Kargalinsky", "Kargaly"),
                    district("Martuksky", "Martuk"),
                    district("Shalkarsky", "Shalkar"),
                    district("Kobdinsky", "Kobda"),
                    district("Khromtaussky", "Khromtau"),
                    district("Yrgizsky", "Yrgyz"),
                    district("Oyylsky", "Oiyl"),
                    district("Aitekebysky", "Aiteke Bi"),
                ],
            },
        }]),
    );
    let about = json!({ "nodes": [{ "value": 2000, "qualifier": "APPROXIMATE" }] });
    question(
        "How many people did such programs reach in 2024, and may that be added to the 44?",
        &json!([answer.data("series.nodes"), answer.data("reach")]),
        &json!([
            [{
                "dates": { "edtf": "2024", "precision": "YEAR" }, "territory": { "code": "KZ" },
                "headcountReports": [{ "measure": "PARTICIPANTS", "value": 2000, "qualifier": "APPROXIMATE",
                    "basis": "REPORTED_RETROSPECTIVELY", "asWritten": "about 2,000 participants", "subsetOf": null }],
            }],
            {
                "whole": { "reported": { "exactSum": 44, "inexact": about } },
                "groups": [
                    { "keys": [{ "year": 2024 }], "reported": { "exactSum": null, "inexact": about } },
                    { "keys": [{ "year": 2025 }], "reported": { "exactSum": 44, "inexact": { "nodes": [] } } },
                ],
            },
        ]),
    );
}

fn speakers(answer: &Answer) {
    let event = answer.data("events.nodes.0");
    let speaker = |name: &str, position: &str, partner: &str| {
        json!({
            "role": "SPEAKER", "participant": { "name": name }, "position": { "text": position },
            "partner": { "name": partner, "territory": null }, "territory": null,
        })
    };
    let mut of_another_region = speaker("Murat Mukayev", "Chairman", "Maslikhat of West Kazakhstan Region");
    of_another_region["partner"]["territory"] = json!({ "code": "KZ-27" });
    of_another_region["territory"] = json!({ "code": "KZ-27", "name": "West Kazakhstan Region" });
    question(
        "Who spoke, in what position, from which institution and territory?",
        &json!([event["registrations"]["nodes"], event["territory"]]),
        &json!([
            [
                speaker("Lyazzat Suleimenov", "Deputy Director", "Institute of Parliamentarism"),
                speaker("Zauresh Battalova", "President", "Foundation for the Development of Parliamentarism"),
                of_another_region,
                speaker("Yuri Fenopetov", "Acting head", "OSCE Programme Office in Astana"),
                speaker("Meruer Kabylbayeva", "expert", "Institute of Parliamentarism"),
            ],
            { "code": "KZ-15/aktobe" },
        ]),
    );
    let of_roster = event["citations"].as_array().into_iter().flatten();
    let of_roster = of_roster.filter(|citation| citation["field"] == "registrations");
    question(
        "Is the list of speakers complete?",
        &json!(of_roster.map(|citation| &citation["reading"]).collect::<Vec<_>>()),
        &json!(["The list of five speakers is not complete."]),
    );
}
