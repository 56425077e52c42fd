//! Lists of events: filters, orders, pages, counts.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    each_database,
    event::{advance, create, new_event},
    known,
};

/// The titles of the events that a filter finds, by first day.
async fn titles(client: &Client, filter: Value) -> Vec<String> {
    let document = "query($where: EventWhere) {
        events(where: $where, orderBy: [{ field: STARTS_ON }], first: 200) { nodes { title } totalCount } }";
    let answer = client.ask(document, json!({ "where": filter })).await;
    let titles: Vec<_> = answer.texts("events.nodes", "title").into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(answer.number("events.totalCount"), i64::try_from(titles.len()).unwrap());
    titles
}

/// The first words of titles, to compare them shortly.
fn short(titles: &[String]) -> Vec<String> {
    titles.iter().map(|title| title.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

each_database!(each_filter_finds_what_it_says);
async fn each_filter_finds_what_it_says(app: &App<'_>) {
    let viewer = app.viewer().await;
    let host = known::partner(&viewer, "election commission of india").await;
    let academy = known::partner(&viewer, "academy of public administration").await;
    let zhambyl = known::territory(&viewer, "KZ-31").await;
    let seminar = known::event(&viewer, known::ZHAMBYL_SEMINAR).await;
    let meetings = ["Similar working"; 3];

    for (filter, expected) in [
        (json!({ "id": { "eq": seminar } }), &["Seminar-meeting on"][..]),
        (json!({ "id": { "in": [seminar] } }), &["Seminar-meeting on"]),
        (json!({ "id": { "in": [] } }), &[]),
        (json!({ "kind": { "eq": "CONFERENCE" } }), &["International conference"]),
        (
            json!({ "kind": { "in": ["CONFERENCE", "WORKING_MEETING"] } }),
            &["Similar working", "Similar working", "Similar working", "International conference"],
        ),
        (json!({ "kind": { "eq": "CONFERENCE", "in": ["WORKING_MEETING"] } }), &[]),
        (json!({ "status": { "eq": "IN_PROGRESS" } }), &["Stage 2", "Two-day training"]),
        (json!({ "country": { "eq": "IN" } }), &["Bilateral meeting", "International conference"]),
        (json!({ "territoryWithin": zhambyl }), &["Seminar-meeting on", "Visit of"]),
        (json!({ "host": { "eq": host } }), &["International conference"]),
        (json!({ "involves": host }), &["International conference"]),
        (json!({ "involves": academy }), &["Refresher course"]),
        (json!({ "parent": seminar, "kind": { "eq": "WORKING_MEETING" } }), &meetings),
        (json!({ "named": "конференция" }), &["International conference"]),
        (json!({ "hasHost": true, "country": { "eq": "KZ" } }), &["Visit of"]),
        (json!({ "hasOrganiser": true, "country": { "eq": "KZ" } }), &["Two-day training"]),
        (json!({ "datesFullyStated": true, "country": { "eq": "IN" } }), &["International conference"]),
    ] {
        let mut found = short(&titles(&viewer, filter.clone()).await);
        let mut expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
}

each_database!(a_period_finds_every_event_that_can_have_been_in_it);
async fn a_period_finds_every_event_that_can_have_been_in_it(app: &App<'_>) {
    let viewer = app.viewer().await;
    // One event is known to be over by 4 June 2021, and not when it began.
    for (from, until, expected) in [
        (
            json!("2018-10-15"),
            json!("2018-10-15"),
            &["Further refresher", "Seminar-meeting on", "Visit of"][..],
        ),
        (
            json!("2018-10-20"),
            json!("2018-10-20"),
            &["Further refresher", "Similar working", "Similar working", "Similar working"],
        ),
        (json!("2021-05-21"), json!("2021-05-23"), &["Further refresher", "Stage 2"]),
        (json!("2021-06-04"), json!("2021-06-04"), &["Further refresher"]),
        (json!("2021-06-05"), json!("2023-12-31"), &[]),
        (json!("2024-07-01"), json!("2024-07-01"), &["Similar programmes"]),
        (json!("2026-01-01"), Value::Null, &["Bilateral meeting", "International conference"]),
    ] {
        let period = json!({ "during": { "from": from, "until": until } });
        let mut found = short(&titles(&viewer, period.clone()).await);
        found.sort_unstable();
        assert_eq!(found, expected, "{period}");
    }
}

each_database!(what_does_not_hold_includes_what_is_unknown);
async fn what_does_not_hold_includes_what_is_unknown(app: &App<'_>) {
    let viewer = app.viewer().await;
    let all = titles(&viewer, json!({})).await.len();
    let host = known::partner(&viewer, "election commission of india").await;
    for (filter, count) in [
        (json!({ "host": { "eq": host } }), 1),
        (json!({ "country": { "in": ["KZ", "UZ"] } }), all - 2),
        (json!({ "or": [{ "host": { "eq": host } }, { "kind": { "eq": "FIELD_VISIT" } }] }), 2),
        (json!({ "during": { "from": "2026-01-01" } }), 2),
    ] {
        assert_eq!(titles(&viewer, filter.clone()).await.len(), count, "{filter}");
        assert_eq!(titles(&viewer, json!({ "not": filter })).await.len(), all - count, "not {filter}");
        assert_eq!(
            titles(&viewer, json!({ "not": { "not": filter } })).await.len(),
            count,
            "not not {filter}"
        );
    }
}

each_database!(an_archived_event_is_listed_only_when_asked_for);
async fn an_archived_event_is_listed_only_when_asked_for(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = create(&administrator, new_event("Archivable seminar")).await;
    let archive = json!({ "id": id, "isArchived": true });
    administrator.mutate("updateEvent", archive, "event { id }").await.data("updateEvent.event.id");
    let named = |archived: Value| json!({ "named": "Archivable", "isArchived": archived });

    assert!(titles(&administrator, json!({ "named": "Archivable" })).await.is_empty());
    assert!(titles(&administrator, named(json!(false))).await.is_empty());
    assert_eq!(titles(&administrator, named(json!(true))).await.len(), 1);
    let step = advance(&administrator, &id, "PLAN").await;
    step.assert_turned_down("advanceEvent", "ARCHIVED", "");
}

/// A page of the events of one name, in an order.
async fn page(client: &Client, order: &str, arguments: &str) -> Answer {
    let document = format!(
        "{{ events(where: {{ named: \"Paged\" }}, orderBy: [{{ {order} }}], {arguments}) {{ edges {{ cursor node {{ id }} }}
            nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} totalCount }} }}"
    );
    client.query(&document).await
}

fn ids(answer: &Answer) -> Vec<String> {
    answer.texts("events.nodes", "id").into_iter().map(ToOwned::to_owned).collect()
}

/// Plans events in groups of one day each, so that many rows are alike in the order.
async fn plan(client: &Client, count: usize) -> Vec<String> {
    let mut made = Vec::with_capacity(count);
    for number in 0..count {
        let mut input = new_event(&format!("Paged {number}"));
        input["dates"]["edtf"] = json!(format!("2026-12-{:02}", 1 + (number * 7) % 5));
        made.push(create(client, input).await);
    }
    made
}

each_database!(pages_show_every_row_once_in_either_direction);
async fn pages_show_every_row_once_in_either_direction(app: &App<'_>) {
    const COUNT: usize = 23;
    let administrator = app.administrator().await;
    let mut made = plan(&administrator, COUNT).await;
    made.sort_unstable();
    for order in ["field: STARTS_ON", "field: STARTS_ON, direction: DESCENDING", "field: CREATED_AT"] {
        let whole = ids(&page(&administrator, order, "first: 200").await);
        let mut sorted = whole.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, made, "{order}");

        let mut forward: Vec<String> = Vec::new();
        let mut arguments = "first: 5".to_owned();
        loop {
            let answer = page(&administrator, order, &arguments).await;
            assert_eq!(answer.data("events.pageInfo.hasPreviousPage"), &json!(!forward.is_empty()));
            assert_eq!(answer.number("events.totalCount"), i64::try_from(COUNT).unwrap());
            forward.extend(ids(&answer));
            if answer.data("events.pageInfo.hasNextPage") == &json!(false) {
                break;
            }
            arguments = format!("first: 5, after: \"{}\"", answer.text("events.pageInfo.endCursor"));
        }
        assert_eq!(forward, whole, "{order} forward");

        let mut backward: Vec<String> = Vec::new();
        let mut arguments = "last: 5".to_owned();
        loop {
            let answer = page(&administrator, order, &arguments).await;
            assert_eq!(answer.data("events.pageInfo.hasNextPage"), &json!(!backward.is_empty()));
            backward.splice(0..0, ids(&answer));
            if answer.data("events.pageInfo.hasPreviousPage") == &json!(false) {
                break;
            }
            arguments = format!("last: 5, before: \"{}\"", answer.text("events.pageInfo.startCursor"));
        }
        assert_eq!(backward, whole, "{order} backward");
    }
}

each_database!(a_page_goes_on_behind_a_row_that_is_gone);
async fn a_page_goes_on_behind_a_row_that_is_gone(app: &App<'_>) {
    let administrator = app.administrator().await;
    plan(&administrator, 6).await;
    let order = "field: STARTS_ON";
    let whole = ids(&page(&administrator, order, "first: 200").await);
    let first = page(&administrator, order, "first: 3").await;
    let archive = json!({ "id": whole[2], "isArchived": true });
    administrator.mutate("updateEvent", archive, "event { id }").await.data("updateEvent.event.id");

    let after = format!("first: 3, after: \"{}\"", first.text("events.pageInfo.endCursor"));
    assert_eq!(ids(&page(&administrator, order, &after).await), whole[3..]);
}

each_database!(edges_and_nodes_say_the_same);
async fn edges_and_nodes_say_the_same(app: &App<'_>) {
    let administrator = app.administrator().await;
    plan(&administrator, 3).await;
    let answer = page(&administrator, "field: STARTS_ON", "first: 2").await;
    for (index, node) in answer.list("events.nodes").iter().enumerate() {
        assert_eq!(answer.data(&format!("events.edges.{index}.node")), node);
    }
    assert_eq!(answer.text("events.edges.0.cursor"), answer.text("events.pageInfo.startCursor"));
    assert_eq!(answer.text("events.edges.1.cursor"), answer.text("events.pageInfo.endCursor"));
}

each_database!(an_empty_page_has_no_cursors);
async fn an_empty_page_has_no_cursors(app: &App<'_>) {
    let administrator = app.administrator().await;
    for arguments in ["first: 10", "last: 10", "first: 0"] {
        let answer = page(&administrator, "field: STARTS_ON", arguments).await;
        let expected =
            json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
        assert_eq!(answer.data("events.pageInfo"), &expected, "{arguments}");
    }
}

each_database!(a_cursor_of_another_order_is_refused);
async fn a_cursor_of_another_order_is_refused(app: &App<'_>) {
    let administrator = app.administrator().await;
    plan(&administrator, 2).await;
    let of = async |order: &str| {
        page(&administrator, order, "first: 1").await.text("events.pageInfo.endCursor").to_owned()
    };
    let by_day = of("field: STARTS_ON").await;
    let descending = of("field: STARTS_ON, direction: DESCENDING").await;
    let by_making = of("field: CREATED_AT").await;
    let partners = administrator.query("{ partners(first: 1) { pageInfo { endCursor } } }").await;
    let of_partners = partners.text("partners.pageInfo.endCursor");
    for cursor in
        [descending.as_str(), by_making.as_str(), of_partners, "", "cursor", "ж", &"x".repeat(5_000)]
    {
        for (arguments, field) in [("first: 1, after", "after"), ("last: 1, before", "before")] {
            let answer =
                page(&administrator, "field: STARTS_ON", &format!("{arguments}: \"{cursor}\"")).await;
            assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{cursor}");
            assert_eq!(answer.body["errors"][0]["extensions"]["path"], json!([field]));
        }
    }
    assert_eq!(
        page(&administrator, "field: STARTS_ON", &format!("after: \"{by_day}\"")).await.error_codes(),
        [""; 0]
    );
}

each_database!(a_page_is_bounded_and_goes_one_way);
async fn a_page_is_bounded_and_goes_one_way(app: &App<'_>) {
    let viewer = app.viewer().await;
    for (arguments, field) in [
        ("first: 201", "first"),
        ("first: -1", "first"),
        ("last: 201", "last"),
        ("last: -1", "last"),
        ("first: 1, last: 1", "last"),
        ("first: 1, before: \"x\"", "before"),
        ("last: 1, after: \"x\"", "last"),
        ("orderBy: [{ field: STARTS_ON }, { field: CREATED_AT }]", "orderBy"),
    ] {
        let answer = viewer.query(&format!("{{ events({arguments}) {{ nodes {{ id }} }} }}")).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{arguments}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["extensions"]["path"], json!([field]), "{arguments}");
    }
    let default = app.administrator().await;
    plan(&default, 21).await;
    assert_eq!(default.query("{ events { nodes { id } } }").await.list("events.nodes").len(), 20);
}
