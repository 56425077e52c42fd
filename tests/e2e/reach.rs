//! Reach: two ledgers that never mix, for those who may read them; and questions that are turned down.

use serde_json::{Value, json};

use crate::{app::App, each_database};

const REACH: &str = "query($where: ReachWhere, $groupBy: [ReachDimension!]) { reach(where: $where, groupBy: $groupBy) {
    asOf countedScope rowsOverlap
    whole { ...row }
    groups { keys { dimension isUnknown country eventKind year month territory { code } partner { name } } ...row }
} }
fragment row on ReachRow { events
    counted { events registrations registeredParticipants participations uniqueParticipants }
    reported { exactSum exact { totalCount } inexact { nodes { value } } competing { nodes { value } }
        eventsWithoutFigure { totalCount nodes { status } } } }";

each_database!(each_role_reads_the_counted_ledger_as_far_as_it_reaches);
async fn each_role_reads_the_counted_ledger_as_far_as_it_reaches(app: &App<'_>) {
    for (role, scope) in [
        ("PLATFORM_ADMINISTRATOR", "EVERYTHING"),
        ("INTERNATIONAL_PROGRAM_OFFICER", "EVERYTHING"),
        ("COUNTRY_COORDINATOR", "LIMITED"),
        ("PARTNER_ADMINISTRATOR", "LIMITED"),
        ("EVENT_MANAGER", "LIMITED"),
        ("CHECK_IN_OPERATOR", "NOTHING"),
        ("VIEWER", "NOTHING"),
    ] {
        let answer = app.client(role).await.ask(REACH, json!({})).await;
        assert_eq!(answer.text("reach.countedScope"), scope, "{role}");
        assert_eq!(answer.data("reach.whole.counted").is_null(), scope == "NOTHING", "{role}");
        assert_eq!(answer.number("reach.whole.reported.exactSum"), 139, "{role}");
        if scope == "EVERYTHING" {
            let counted = answer.number("reach.whole.counted.events");
            assert_eq!(counted, answer.number("reach.whole.events"), "{role}");
        }
    }
    let nobody = app.anonymous().ask(REACH, json!({})).await;
    assert_eq!(nobody.error_codes(), ["UNAUTHENTICATED"]);
}

each_database!(groups_come_in_order_and_those_of_organisers_overlap);
async fn groups_come_in_order_and_those_of_organisers_overlap(app: &App<'_>) {
    let officer = app.officer().await;
    let answer = officer.ask(REACH, json!({ "groupBy": ["COUNTRY"] })).await;
    let rows: Vec<Value> = answer
        .list("reach.groups")
        .iter()
        .map(|row| json!([row["keys"][0]["country"], row["reported"]["exactSum"]]))
        .collect();
    assert_eq!(json!(rows), json!([["IN", null], ["KZ", 44], ["UZ", 95]]));
    assert_eq!(answer.data("reach.rowsOverlap"), false);

    let training = json!({ "where": { "kind": { "eq": "TRAINING" } }, "groupBy": ["ORGANISER", "YEAR"] });
    let answer = officer.ask(REACH, training).await;
    assert_eq!(answer.data("reach.rowsOverlap"), true);
    assert_eq!(answer.number("reach.whole.reported.exactSum"), 44);
    let sums: Vec<_> =
        answer.list("reach.groups").iter().map(|row| row["reported"]["exactSum"].clone()).collect();
    assert_eq!(sums, [json!(44), json!(44), json!(44)]);
    assert_eq!(answer.list("reach.groups")[0]["keys"][1]["year"], 2025);
}

each_database!(a_filter_without_any_match_answers_with_unknown_and_not_with_zero);
async fn a_filter_without_any_match_answers_with_unknown_and_not_with_zero(app: &App<'_>) {
    let viewer = app.viewer().await;
    for filter in [
        json!({ "country": { "in": [] } }),
        json!({ "country": { "eq": "FR" } }),
        json!({ "status": { "in": [] } }),
        json!({ "status": { "eq": "CANCELLED", "in": ["HELD"] } }),
        json!({ "during": { "from": "2099-01-01", "until": "2099-12-31" } }),
    ] {
        let answer = viewer.ask(REACH, json!({ "where": filter })).await;
        assert_eq!(answer.number("reach.whole.events"), 0, "{filter}");
        assert!(answer.data("reach.whole.reported.exactSum").is_null(), "{filter}");
    }
}

each_database!(a_question_that_cannot_be_answered_names_its_field);
async fn a_question_that_cannot_be_answered_names_its_field(app: &App<'_>) {
    let viewer = app.viewer().await;
    for (variables, path) in [
        (json!({ "groupBy": ["HOST", "HOST"] }), json!(["groupBy"])),
        (json!({ "groupBy": ["HOST", "YEAR", "COUNTRY"] }), json!(["groupBy"])),
        (json!({ "where": { "host": { "eq": "nothing" } } }), json!(["where", "host", "eq"])),
        (json!({ "where": { "country": { "eq": "kz" } } }), json!(["where", "country", "eq"])),
        (
            json!({ "where": { "during": { "from": "2021-06-01", "until": "2021-05-01" } } }),
            json!(["where", "during", "until"]),
        ),
    ] {
        let answer = viewer.ask(REACH, variables.clone()).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{variables}");
        assert_eq!(answer.body["errors"][0]["extensions"]["path"], path, "{variables}");
    }
}
