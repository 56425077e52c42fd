//! The training for deputies of district maslikhats and their staff in Aktobe, June 2025.

use serde_json::json;

use super::question;
use crate::{app::App, each_database};

const TRAINING: &str = r#"{ events(where: { named: "two-day training" }) { nodes {
    host { name } territory { code } partners { role partner { name isInternational } }
    dates { earliest latest days asWritten startCertainty endCertainty yearCertainty }
    sessions { number topics { text } }
    program { bases { kind title { text } dates { edtf } agreement { id } issuer { name } } }
    particulars { modules { number } test certificate funding { source { text } } }
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
}
