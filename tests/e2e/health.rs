//! Whether the process runs, whether it can serve, and what stands where nothing is.

use crate::{app::App, each_database};

each_database!(a_server_with_its_database_is_live_and_ready);
async fn a_server_with_its_database_is_live_and_ready(app: &App<'_>) {
    for (path, text) in [("/health/live", "live\n"), ("/health/ready", "ready\n")] {
        let response = app.request(reqwest::Method::GET, path).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (200, text));
    }
}

each_database!(a_server_that_cannot_read_its_migrations_is_live_but_not_ready);
async fn a_server_that_cannot_read_its_migrations_is_live_but_not_ready(app: &App<'_>) {
    app.database.break_table("seaql_migrations").await.unwrap();

    let live = app.request(reqwest::Method::GET, "/health/live").send().await.unwrap();
    assert_eq!(live.status(), 200);
    let ready = app.request(reqwest::Method::GET, "/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let text = ready.text().await.unwrap();
    assert!(!text.contains("seaql") && !text.to_lowercase().contains("select"), "{text}");
}

each_database!(a_path_where_nothing_is_answers_404_with_a_request_id);
async fn a_path_where_nothing_is_answers_404_with_a_request_id(app: &App<'_>) {
    let response = app.request(reqwest::Method::GET, "/nothing").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(response.headers().contains_key("x-request-id"));
}
