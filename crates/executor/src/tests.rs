//! What is answered is what the specification says, whether a field waits or not.

use tokio::task::yield_now;

use crate::{
    EmptyMutation, EmptySubscription, Error, Interface, Object, Response, Schema, ServerError, Value, write,
    written,
};

struct Query;

struct Person {
    name: &'static str,
}

#[derive(Interface)]
#[graphql(crate = "crate::library", field(name = "name", ty = "String"))]
enum Named {
    Person(Person),
}

#[Object(crate = "crate")]
impl Query {
    async fn people(&self) -> Vec<Person> {
        ["Anna", "Boris"].map(|name| Person { name }).into()
    }

    async fn named(&self) -> Named {
        Named::Person(Person { name: "Clara" })
    }
}

#[Object(crate = "crate")]
impl Person {
    async fn name(&self) -> String {
        self.name.to_owned()
    }

    async fn late(&self) -> &str {
        yield_now().await;
        self.name
    }

    async fn friend(&self) -> Person {
        yield_now().await;
        Person { name: "Dora" }
    }

    async fn refused(&self, late: Option<bool>) -> Option<Result<String, Error>> {
        self.refusal(late).await
    }

    async fn required(&self, late: Option<bool>) -> Result<String, Error> {
        self.refusal(late).await.unwrap_or_else(|| Ok(String::new()))
    }
}

impl Person {
    async fn refusal(&self, late: Option<bool>) -> Option<Result<String, Error>> {
        if late == Some(true) {
            yield_now().await;
        }
        Some(Err(Error::new(format!("not {}'s", self.name))))
    }
}

async fn answered(document: &str) -> Response {
    Schema::new(Query, EmptyMutation, EmptySubscription).execute(document).await
}

fn data_of(answer: &Response) -> String {
    let mut text = Vec::new();
    write(&answer.data, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn fields_stand_in_the_order_in_which_they_are_asked_for_whichever_comes_first() {
    for (document, expected) in [
        (
            "{ people { name late } }",
            r#"{"people":[{"name":"Anna","late":"Anna"},{"name":"Boris","late":"Boris"}]}"#,
        ),
        (
            "{ people { l: late n: name __typename } }",
            r#"{"people":[{"l":"Anna","n":"Anna","__typename":"Person"},{"l":"Boris","n":"Boris","__typename":"Person"}]}"#,
        ),
        (
            "{ named { friend: name ... on Person { friend2: friend { late name } } } }",
            r#"{"named":{"friend":"Clara","friend2":{"late":"Dora","name":"Dora"}}}"#,
        ),
        (
            "{ named { ...F } } fragment F on Named { __typename name }",
            r#"{"named":{"__typename":"Person","name":"Clara"}}"#,
        ),
    ] {
        let answer = answered(document).await;
        assert_eq!(data_of(&answer), expected, "{document}");
        assert!(answer.errors.is_empty(), "{document}: {:?}", answer.errors);
    }
}

#[tokio::test]
async fn a_directive_decides_about_a_field() {
    let answer = answered("{ people { name @skip(if: true) late @include(if: true) } }").await;
    let expected = r#"{"people":[{"late":"Anna"},{"late":"Boris"}]}"#;
    assert_eq!(data_of(&answer), expected);
}

#[tokio::test]
async fn a_field_that_may_be_null_keeps_its_error_to_itself() {
    for document in
        ["{ named { name ... on Person { refused late } } }", "{ people { refused(late: true) name } }"]
    {
        let answer = answered(document).await;
        let data = data_of(&answer);
        assert!(data.contains(r#""refused":null"#) && data.contains(r#""name":"#), "{data}");
        assert!(!answer.errors.is_empty() && answer.errors.iter().all(|error| !error.path.is_empty()));
    }
}

#[tokio::test]
async fn a_field_that_must_not_be_null_takes_its_parents_with_it() {
    for document in ["{ people { late required name } }", "{ people { required(late: true) late } }"] {
        let answer = answered(document).await;
        assert_eq!(data_of(&answer), "null", "{document}");
        assert_eq!(answer.errors[0].message, "not Anna's", "{document}");
    }
}

#[tokio::test]
async fn a_response_is_written_as_the_library_writes_it() {
    let plain = |data: &str| serde_json::from_str::<Value>(data).unwrap();
    for data in ["null", r#"{"a":[1,null,{"b":"\"\u0001é"}],"c":{},"d":[],"e":1.5,"f":true}"#] {
        let mut response = Response::new(plain(data));
        assert_eq!(written(&response).unwrap(), serde_json::to_string(&response).unwrap());
        response.errors.push(ServerError::new("no", None));
        response = response.extension("cost", plain(r#"{"requested":1}"#));
        assert_eq!(written(&response).unwrap(), serde_json::to_string(&response).unwrap());
    }
}
