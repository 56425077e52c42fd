//! Territories: the tree, codes and names, dates, and who changes them.

use serde_json::{Value, json};

use crate::{app::App, each_database, known};

/// The codes of the territories that a filter finds, in their order.
async fn codes(client: &crate::client::Client, filter: Value) -> Vec<String> {
    let document = "query($where: TerritoryWhere) { territories(where: $where, first: 200) { nodes { code } totalCount } }";
    let answer = client.ask(document, json!({ "where": filter })).await;
    let codes: Vec<_> =
        answer.texts("territories.nodes", "code").into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(answer.number("territories.totalCount"), i64::try_from(codes.len()).unwrap());
    codes
}

fn district(code: &str, parent: &str) -> Value {
    json!({ "kind": "DISTRICT", "code": code, "parentId": parent, "names": [{ "text": "Zomin", "language": "en" }] })
}

each_database!(a_territory_knows_its_parents_and_children);
async fn a_territory_knows_its_parents_and_children(app: &App<'_>) {
    let viewer = app.viewer().await;
    let id = known::territory(&viewer, "KZ-31").await;
    let document = "query($id: ID!) { territory(id: $id) { code kind country
        parent { code kind parent { code } } children { nodes { code parent { id } } totalCount } } }";
    let answer = viewer.ask(document, json!({ "id": id })).await;

    assert_eq!(answer.text("territory.kind"), "REGION");
    assert_eq!(answer.text("territory.country"), "KZ");
    assert_eq!(answer.data("territory.parent"), &json!({ "code": "KZ", "kind": "COUNTRY", "parent": null }));
    assert!(answer.texts("territory.children.nodes", "code").contains(&"KZ-31/zhualy"));
    assert_eq!(answer.text("territory.children.nodes.0.parent.id"), id);
}

each_database!(what_lies_within_a_territory_is_found_at_any_depth);
async fn what_lies_within_a_territory_is_found_at_any_depth(app: &App<'_>) {
    let viewer = app.viewer().await;
    let (kz, region) = (known::territory(&viewer, "KZ").await, known::territory(&viewer, "KZ-31").await);

    let of_region = codes(&viewer, json!({ "within": region })).await;
    assert_eq!(of_region[0], "KZ-31");
    assert!(of_region.iter().all(|code| code.starts_with("KZ-31")), "{of_region:?}");
    let of_country = codes(&viewer, json!({ "within": kz })).await;
    assert!(of_region.iter().all(|code| of_country.contains(code)));
    let directly = codes(&viewer, json!({ "parent": kz })).await;
    assert!(directly.contains(&"KZ-31".to_owned()) && !directly.contains(&"KZ-31/zhualy".to_owned()));
    let districts = codes(&viewer, json!({ "within": kz, "kind": { "eq": "DISTRICT" } })).await;
    assert!(districts.contains(&"KZ-31/zhualy".to_owned()) && !districts.contains(&"KZ-31".to_owned()));
}

each_database!(filters_are_combined_with_and_or_and_not);
async fn filters_are_combined_with_and_or_and_not(app: &App<'_>) {
    let viewer = app.viewer().await;
    let filter = json!({ "kind": { "eq": "COUNTRY" }, "or": [{ "code": "UZ" }, { "code": "KZ" }, { "code": "UZ-JI" }] });
    assert_eq!(codes(&viewer, filter.clone()).await, ["KZ", "UZ"]);
    assert_eq!(
        codes(&viewer, json!({ "and": [filter, { "not": { "country": { "eq": "UZ" } } }] })).await,
        ["KZ"]
    );
    let deep = json!({ "not": { "not": { "not": { "not": { "code": "UZ" } } } } });
    let document = "query($where: TerritoryWhere) { territories(where: $where) { nodes { id } } }";
    assert_eq!(viewer.ask(document, json!({ "where": deep })).await.error_codes(), ["BAD_USER_INPUT"]);
}

each_database!(a_name_is_shown_in_the_language_that_is_asked_for);
async fn a_name_is_shown_in_the_language_that_is_asked_for(app: &App<'_>) {
    let viewer = app.viewer().await;
    let administrator = app.administrator().await;
    let id = known::territory(&viewer, "UZ-JI").await;
    let names = json!([
        { "text": "Jizzakh Region", "language": "en" },
        { "text": "Джизакская область", "language": "ru" },
        { "text": "Jizzax viloyati", "language": "uz" },
    ]);
    administrator.mutate("updateTerritory", json!({ "id": id, "names": names }), "territory { id }").await;

    let document = "query($id: ID!) { territory(id: $id) { name ru: name(languages: [\"ru-RU\", \"en\"])
        none: name(languages: [\"fr\"]) names { text script language } } }";
    let answer = viewer.ask(document, json!({ "id": id })).await;
    assert_eq!(answer.text("territory.name"), "Jizzakh Region");
    assert_eq!(answer.text("territory.ru"), "Джизакская область");
    assert_eq!(answer.text("territory.none"), "Jizzakh Region");
    assert_eq!(answer.text("territory.names.1.script"), "CYRILLIC");

    let body = json!({ "query": document, "variables": { "id": id } });
    let request = viewer.post().header("accept-language", "kk, uz;q=0.8, *;q=0.1").json(&body);
    let answer = crate::answer::Answer::to(request).await;
    assert_eq!(answer.text("territory.name"), "Jizzax viloyati");
}

each_database!(an_administrator_adds_a_territory_below_another);
async fn an_administrator_adds_a_territory_below_another(app: &App<'_>) {
    let administrator = app.administrator().await;
    let region = known::territory(&administrator, "UZ-JI").await;
    let new = district("UZ-JI/zaamin-test", &region);

    let answer =
        administrator.mutate("createTerritory", new.clone(), "territory { code country version }").await;
    let expected = json!({ "code": "UZ-JI/zaamin-test", "country": "UZ", "version": 1 });
    assert_eq!(answer.data("createTerritory.territory"), &expected);
    assert!(
        codes(&administrator, json!({ "within": region })).await.contains(&"UZ-JI/zaamin-test".to_owned())
    );

    let again = administrator.mutate("createTerritory", new, "territory { id }").await;
    again.assert_turned_down("createTerritory", "ALREADY_TAKEN", "");
}

each_database!(a_level_must_fit_below_its_parent);
async fn a_level_must_fit_below_its_parent(app: &App<'_>) {
    let administrator = app.administrator().await;
    let district_id = known::territory(&administrator, "KZ-31/zhualy").await;
    let new = |kind: &str, parent: Value| json!({ "kind": kind, "code": "XX-1", "parentId": parent, "names": [{ "text": "A", "language": "en" }] });
    for (kind, parent) in
        [("REGION", json!(district_id)), ("COUNTRY", json!(district_id)), ("REGION", Value::Null)]
    {
        let answer = administrator.mutate("createTerritory", new(kind, parent), "territory { id }").await;
        assert_eq!(answer.text("createTerritory.errors.0.code"), "INVALID_INPUT");
    }
}

each_database!(a_coordinator_changes_the_territories_of_one_country);
async fn a_coordinator_changes_the_territories_of_one_country(app: &App<'_>) {
    let coordinator = app.coordinator().await;
    let names = json!([{ "text": "Renamed", "language": "en" }]);
    let rename = async |code: &str| {
        let id = known::territory(&coordinator, code).await;
        coordinator.mutate("updateTerritory", json!({ "id": id, "names": names }), "territory { name }").await
    };
    assert_eq!(rename("KZ-31").await.text("updateTerritory.territory.name"), "Renamed");
    let refused = rename("UZ-JI").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    assert_eq!(refused.partial_data("updateTerritory"), &Value::Null);
}

each_database!(a_change_of_an_older_version_is_stale_and_changes_nothing);
async fn a_change_of_an_older_version_is_stale_and_changes_nothing(app: &App<'_>) {
    let administrator = app.administrator().await;
    let id = known::territory(&administrator, "UZ-JI").await;
    let change = |name: &str, version: i64| json!({ "id": id, "expectedVersion": version, "names": [{ "text": name, "language": "en" }] });
    let first = administrator.mutate("updateTerritory", change("First", 1), "territory { version }").await;
    assert_eq!(first.number("updateTerritory.territory.version"), 2);
    let second = administrator.mutate("updateTerritory", change("Second", 1), "territory { version }").await;
    second.assert_turned_down("updateTerritory", "STALE", "");
    let shown = administrator
        .ask("query($id: ID!) { territory(id: $id) { name version } }", json!({ "id": id }))
        .await;
    assert_eq!(shown.data("territory"), &json!({ "name": "First", "version": 2 }));
}

each_database!(a_territory_that_has_ended_is_not_found_on_a_later_day);
async fn a_territory_that_has_ended_is_not_found_on_a_later_day(app: &App<'_>) {
    let administrator = app.administrator().await;
    let region = known::territory(&administrator, "UZ-JI").await;
    let mut new = district("UZ-JI/ended", &region);
    new["validFrom"] = json!("1990-01-01");
    new["validUntil"] = json!("2020-06-30");
    administrator
        .mutate("createTerritory", new, "territory { id }")
        .await
        .data("createTerritory.territory.id");

    let on = async |day: &str| {
        let found = codes(&administrator, json!({ "within": region, "validOn": day })).await;
        found.contains(&"UZ-JI/ended".to_owned())
    };
    let found =
        [on("1989-12-31").await, on("1990-01-01").await, on("2020-06-30").await, on("2020-07-01").await];
    assert_eq!(found, [false, true, true, false]);
}
