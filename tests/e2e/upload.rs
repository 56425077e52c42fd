//! Files by the GraphQL multipart request specification, and the one operation that takes one.

use std::time::Duration;

use hemicycle_api::ApiSettings;
use hemicycle_test_database::DatabaseKind::Sqlite;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    answer::Answer,
    app::{App, run, run_with},
    client::Client,
    each_database, known,
};

const IMPORT: &str = "mutation($file: Upload!) { importTerritories(input: { file: $file }) {
    territoryImport { addedCount changedCount unchangedCount entries { outcome territory { code name } } }
    errors { code message path ... on FileLineError { line column } } } }";

const DISTRICTS: &str = "code,kind,parent,name:en,name:ru
UZ-JI/arnasoy,district,UZ-JI,Arnasoy District,Арнасайский район
UZ-JI/arnasoy/1,precinct,UZ-JI/arnasoy,Precinct No. 1,Участок № 1
";

/// A form of the operation and one file.
fn form(file: &str) -> Form {
    let operations = json!({ "query": IMPORT, "variables": { "file": null } }).to_string();
    let file = Part::text(file.to_owned()).file_name("districts.csv");
    Form::new().text("operations", operations).text("map", r#"{"0":["variables.file"]}"#).part("0", file)
}

async fn send(client: &Client, form: Form) -> Answer {
    Answer::to(client.post().header("x-graphql-require-preflight", "true").multipart(form)).await
}

async fn import(client: &Client, file: &str) -> Answer {
    send(client, form(file)).await
}

each_database!(a_file_is_loaded_and_says_what_became_of_each_row);
async fn a_file_is_loaded_and_says_what_became_of_each_row(app: &App<'_>) {
    let administrator = app.administrator().await;
    let first = import(&administrator, DISTRICTS).await;
    assert_eq!(first.data("importTerritories.errors"), &json!([]));
    let district = json!({ "code": "UZ-JI/arnasoy", "name": "Arnasoy District" });
    let precinct = json!({ "code": "UZ-JI/arnasoy/1", "name": "Precinct No. 1" });
    assert_eq!(
        first.data("importTerritories.territoryImport"),
        &json!({ "addedCount": 2, "changedCount": 0, "unchangedCount": 0, "entries": [
            { "outcome": "ADDED", "territory": district },
            { "outcome": "ADDED", "territory": precinct },
        ] })
    );
    known::territory(&administrator, "UZ-JI/arnasoy/1").await;

    let before = app.database.row_counts().await.unwrap();
    let again = import(&administrator, DISTRICTS).await;
    assert_eq!(again.number("importTerritories.territoryImport.unchangedCount"), 2);
    assert_eq!(app.database.row_counts().await.unwrap(), before, "to load it again changes nothing");

    let renamed = import(&administrator, &DISTRICTS.replace("Precinct No. 1", "Precinct 1")).await;
    let report = renamed.data("importTerritories.territoryImport");
    assert_eq!((&report["changedCount"], &report["unchangedCount"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(report["entries"][1]["outcome"], "CHANGED");
    assert_eq!(report["entries"][1]["territory"]["name"], "Precinct 1");
}

each_database!(a_file_with_faults_is_refused_whole_with_their_lines);
async fn a_file_with_faults_is_refused_whole_with_their_lines(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let faulty = format!("{DISTRICTS}UZ-JI/other,region,UZ-JI,Other,\nUZ-ZZ,region,UZ,Nowhere,\n");
    let answer = import(&administrator, &faulty).await;
    assert_eq!(answer.data("importTerritories.territoryImport"), &Value::Null);
    let errors = answer.list("importTerritories.errors");
    let places: Vec<_> = errors.iter().map(|error| (&error["line"], &error["column"])).collect();
    assert_eq!(places, [(&json!(4), &json!("parent")), (&json!(5), &json!("code"))], "{}", answer.body);
    for error in errors {
        assert_eq!((&error["code"], &error["path"]), (&json!("INVALID_INPUT"), &json!(["file"])));
        assert!(error["message"].as_str().unwrap().starts_with("line "), "{error}");
    }
    for nothing in ["", "code,kind,parent,name:en\n", "a;b;c\n1;2;3\n"] {
        let answer = import(&administrator, nothing).await;
        assert!(!answer.list("importTerritories.errors").is_empty(), "{nothing}: {}", answer.body);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_file_that_fails_half_way_leaves_nothing);
async fn a_file_that_fails_half_way_leaves_nothing(app: &App<'_>) {
    let administrator = app.administrator().await;
    app.database.break_table("change").await.unwrap();
    let before = app.database.row_counts().await.unwrap();
    let answer = import(&administrator, DISTRICTS).await;
    assert_eq!(answer.error_codes(), ["INTERNAL_SERVER_ERROR"], "{}", answer.body);
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_file_of_too_many_territories_is_for_the_command_line);
async fn a_file_of_too_many_territories_is_for_the_command_line(app: &App<'_>) {
    let rows: Vec<_> = (0..=2_000).map(|n| format!("UZ-JI/{n},district,UZ-JI,District {n},")).collect();
    let file = format!("code,kind,parent,name:en,name:ru\n{}", rows.join("\n"));
    let answer = import(&app.administrator().await, &file).await;
    answer.assert_turned_down("importTerritories", "INVALID_INPUT", "file");
}

each_database!(only_those_who_may_edit_every_country_s_territories_load_a_file);
async fn only_those_who_may_edit_every_country_s_territories_load_a_file(app: &App<'_>) {
    let clients = [app.coordinator().await, app.officer().await, app.host().await, app.viewer().await];
    let before = app.database.row_counts().await.unwrap();
    for client in clients {
        let answer = import(&client, DISTRICTS).await;
        assert_eq!(answer.error_codes(), ["FORBIDDEN"], "{}", answer.body);
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

#[tokio::test]
async fn nobody_sends_files() {
    run(Sqlite, async |app| {
        import(&app.anonymous(), DISTRICTS).await.assert_refused(401, "UNAUTHENTICATED");
        import(&app.with_token("token"), DISTRICTS).await.assert_refused(401, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn a_form_without_the_header_that_no_page_can_send_is_refused_with_415() {
    run(Sqlite, async |app| {
        let administrator = app.administrator().await;
        let answer = Answer::to(administrator.post().multipart(form(DISTRICTS))).await;
        answer.assert_refused(415, "BAD_REQUEST");
        for header in ["x-graphql-require-preflight", "apollo-require-preflight"] {
            let request = administrator.post().header(header, "true").multipart(form(DISTRICTS));
            assert_eq!(Answer::to(request).await.data("importTerritories.errors"), &json!([]), "{header}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_malformed_form_is_refused_with_400() {
    run(Sqlite, async |app| {
        let administrator = app.administrator().await;
        let operations = || json!({ "query": IMPORT, "variables": { "file": null } }).to_string();
        let map = r#"{"0":["variables.file"]}"#;
        let file = || Part::text(DISTRICTS).file_name("a.csv");
        let begun = |map: &str| Form::new().text("operations", operations()).text("map", map.to_owned());
        for (about, form) in [
            ("nothing", Form::new().text("other", "a")),
            ("no map", Form::new().text("operations", operations()).part("0", file())),
            ("map first", Form::new().text("map", map).text("operations", operations()).part("0", file())),
            ("no file", begun(map)),
            ("another file", begun(map).part("1", file())),
            ("a file too many", begun(map).part("0", file()).part("1", file())),
            ("the same file twice", begun(map).part("0", file()).part("0", file())),
            ("no JSON", begun("{").part("0", file())),
            ("an empty map", begun("{}").part("0", file())),
            ("no list", begun(r#"{"0":"variables.file"}"#).part("0", file())),
            ("nowhere", begun(r#"{"0":["variables.none"]}"#).part("0", file())),
            ("into the document", begun(r#"{"0":["query"]}"#).part("0", file())),
            ("six files", begun(r#"{"0":["a"],"1":["a"],"2":["a"],"3":["a"],"4":["a"],"5":["a"]}"#)),
            ("a batch", Form::new().text("operations", "[]").text("map", r#"{"0":["0.variables.file"]}"#)),
        ] {
            let answer = send(&administrator, form).await;
            assert_eq!((answer.status.as_u16(), answer.error_codes()), (400, vec!["BAD_REQUEST"]), "{about}");
        }
        let cut = administrator.post().header("apollo-require-preflight", "1");
        let cut = cut.header("content-type", "multipart/form-data; boundary=a").body("--a\r\n");
        Answer::to(cut).await.assert_refused(400, "BAD_REQUEST");
    })
    .await;
}

#[tokio::test]
async fn a_place_of_one_s_own_making_is_no_file() {
    run(Sqlite, async |app| {
        let administrator = app.administrator().await;
        for place in ["upload:0", "upload:99999999999999999999", "#__graphql_file__:0", ""] {
            let answer = administrator.ask(IMPORT, json!({ "file": place })).await;
            answer.assert_turned_down("importTerritories", "INVALID_INPUT", "file");
        }
    })
    .await;
}

#[tokio::test]
async fn more_than_may_be_sent_is_refused_with_413() {
    let set = |settings| ApiSettings { largest_upload: 1_000, ..settings };
    run_with(Sqlite, set, async |app| {
        let administrator = app.administrator().await;
        let answer = import(&administrator, &"a".repeat(1_001)).await;
        answer.assert_refused(413, "BAD_REQUEST");
        let operations = "a".repeat(300 * 1024);
        let form = Form::new().text("operations", operations).text("map", "{}");
        send(&administrator, form).await.assert_refused(413, "BAD_REQUEST");
        assert_eq!(import(&administrator, DISTRICTS).await.data("importTerritories.errors"), &json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_file_too_many_at_once_is_refused_with_503() {
    let set = |settings| ApiSettings { uploads_at_once: 0, ..settings };
    run_with(Sqlite, set, async |app| {
        let answer = import(&app.administrator().await, DISTRICTS).await;
        answer.assert_refused(503, "RATE_LIMITED");
        assert_eq!(answer.header("retry-after"), "1");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_does_not_arrive_is_refused_with_408() {
    let set = |settings| ApiSettings { upload_time_limit: Duration::from_millis(50), ..settings };
    run_with(Sqlite, set, async |app| {
        let administrator = app.administrator().await;
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
             apollo-require-preflight: 1\r\ncontent-type: multipart/form-data; boundary=a\r\n\
             content-length: 1000\r\n\r\n--a\r\n",
            app.address,
            administrator.token().unwrap()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        assert!(answer.contains(r#""code":"TIMEOUT""#), "{answer}");
    })
    .await;
}
