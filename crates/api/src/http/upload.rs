//! Files by the GraphQL multipart request specification: `operations`, `map`, then the files.
//!
//! A form can be sent by any page without asking leave, so that a header is demanded which no form can have. Files are
//! held in memory: they are few and small, and of callers who have signed in.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use multer::{Constraints, Error as FormError, Field, Multipart, SizeLimit};
use serde_json::Value;

use super::{
    overload::{Share, Turn},
    request::from_json,
    request_id,
    response::Refusal,
};
use crate::{
    gate::Asked,
    graphql::{ApiError, ErrorCode, UploadedFile, upload_placeholder},
    server::Api,
};
use hemicycle_domain::account::Visitor;

/// The most files of one request.
const MOST_FILES: usize = 5;
/// The largest `map`, in bytes.
const LARGEST_MAP: u64 = 8 * 1024;
/// What may stand around the files: the two other parts, boundaries and headers.
const AROUND: usize = 64 * 1024;

/// An operation with its files.
pub(super) struct WithFiles {
    pub(super) asked: Asked,
    pub(super) files: Vec<UploadedFile>,
    /// As long as the files are held, they count among those that may be held at once.
    pub(super) turn: Option<Turn>,
    /// As long as a large operation is there, it counts among those that may be worked on at once.
    pub(super) share: Option<Share>,
}

impl WithFiles {
    /// An operation without any.
    pub(super) fn none(asked: Asked) -> Self {
        Self { asked, files: Vec::new(), turn: None, share: None }
    }
}

/// Whether a request brings files, or says so.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("multipart/form-data")
    })
}

/// Receives an operation and its files, from a caller who has signed in.
pub(super) async fn receive(api: &Api, headers: &HeaderMap, body: Body) -> Result<WithFiles, Refusal> {
    if !has_preflight_header(headers) {
        let message = "multipart/form-data is for files, and needs the header x-graphql-require-preflight";
        return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let boundary = content_type(headers).and_then(|value| multer::parse_boundary(value).ok());
    let boundary = boundary.ok_or_else(|| bad_request("the content type names no boundary"))?;
    check_caller(api, headers).await?;
    let turn = api.uploads.take().await?;
    let form = Form::new(api, body, boundary);
    let receiving = tokio::time::timeout(api.settings.upload_time_limit, form.read());
    let (asked, files) = receiving.await.unwrap_or_else(|_| {
        let message = "the files did not arrive in time";
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message))
    })?;
    Ok(WithFiles { files, turn: Some(turn), ..WithFiles::none(asked) })
}

/// Lets in who has signed in, before anything large is read.
pub(super) async fn check_caller(api: &Api, headers: &HeaderMap) -> Result<(), Refusal> {
    let id = request_id(headers);
    let at_the_door = |error: ApiError| Refusal::at_the_door(&error, &id);
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let authorization = authorization.ok_or(ApiError::Unauthenticated).map_err(at_the_door)?;
    let standing = api.door.stand(Some(authorization), Visitor::default()).await.map_err(at_the_door)?;
    standing.actor().await.map(drop).map_err(at_the_door)
}

/// A form that is being read.
struct Form {
    parts: Multipart<'static>,
    largest_document: usize,
    largest: usize,
}

impl Form {
    fn new(api: &Api, body: Body, boundary: String) -> Self {
        let (largest_document, largest) = (api.settings.largest_body, api.settings.largest_upload);
        let whole = largest + largest_document + AROUND;
        let limit = SizeLimit::new()
            .whole_stream(whole as u64)
            .per_field(largest as u64)
            .for_field("operations", largest_document as u64)
            .for_field("map", LARGEST_MAP);
        let constraints = Constraints::new().size_limit(limit);
        let parts = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
        Self { parts, largest_document, largest }
    }

    async fn read(mut self) -> Result<(Asked, Vec<UploadedFile>), Refusal> {
        let mut operations = self.json("operations").await?;
        let map = self.json("map").await?;
        let places = places(map)?;
        let mut contents: HashMap<String, UploadedFile> = HashMap::new();
        while let Some(field) = self.next().await? {
            let name = field.name().unwrap_or_default().to_owned();
            if !places.iter().any(|(known, _)| *known == name) {
                return Err(bad_request("a file is sent that map does not name"));
            }
            let content = field.bytes().await.map_err(|error| self.broken(&error))?;
            if contents.insert(name, UploadedFile { content }).is_some() {
                return Err(bad_request("a file is sent twice"));
            }
        }
        let mut files = Vec::with_capacity(places.len());
        for (name, paths) in places {
            let file = contents.remove(&name);
            let file = file.ok_or_else(|| bad_request("a file that map names is not sent"))?;
            for path in paths {
                put(&mut operations, &path, files.len())?;
            }
            files.push(file);
        }
        Ok((from_json(operations)?, files))
    }

    /// Reads the next part, which has to be the JSON of this name.
    async fn json(&mut self, name: &'static str) -> Result<Value, Refusal> {
        let missing = || bad_request(&format!("the part {name} is missing, or not where it belongs"));
        let field = self.next().await?.ok_or_else(missing)?;
        if field.name() != Some(name) {
            return Err(missing());
        }
        let bytes = field.bytes().await.map_err(|error| self.broken(&error))?;
        serde_json::from_slice(&bytes).map_err(|_| bad_request(&format!("{name} is not valid JSON")))
    }

    async fn next(&mut self) -> Result<Option<Field<'static>>, Refusal> {
        self.parts.next_field().await.map_err(|error| self.broken(&error))
    }

    fn broken(&self, error: &FormError) -> Refusal {
        let too_large = |limit: usize| {
            refusal(StatusCode::PAYLOAD_TOO_LARGE, &format!("more than {limit} bytes are sent"))
        };
        match error {
            FormError::FieldSizeExceeded { field_name: Some(name), .. } if name == "operations" => {
                too_large(self.largest_document)
            }
            FormError::FieldSizeExceeded { .. } | FormError::StreamSizeExceeded { .. } => {
                too_large(self.largest)
            }
            _ => bad_request("the body is no whole multipart/form-data"),
        }
    }
}

/// Which file stands where, by the part `map`: names of parts, and paths into the operation.
fn places(map: Value) -> Result<Vec<(String, Vec<String>)>, Refusal> {
    let malformed =
        || bad_request("map must be an object of lists of paths, such as {\"0\": [\"variables.file\"]}");
    let Value::Object(map) = map else { return Err(malformed()) };
    if map.is_empty() || map.len() > MOST_FILES {
        return Err(bad_request(&format!("at least one file and at most {MOST_FILES} can be sent")));
    }
    let list = |paths: Value| -> Option<Vec<String>> {
        let paths: Vec<String> = serde_json::from_value(paths).ok()?;
        (!paths.is_empty() && paths.len() <= MOST_FILES).then_some(paths)
    };
    map.into_iter().map(|(name, paths)| Ok((name, list(paths).ok_or_else(malformed)?))).collect()
}

/// Puts the number of a file where the operation has null for it.
fn put(operations: &mut Value, path: &str, number: usize) -> Result<(), Refusal> {
    let mut steps = path.split('.');
    let mut place = match (steps.next(), operations) {
        (Some("variables"), Value::Object(operation)) => operation.get_mut("variables"),
        _ => None,
    };
    for step in steps {
        place = place.and_then(|value| match value {
            Value::Object(fields) => fields.get_mut(step),
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
            _ => None,
        });
    }
    match place {
        Some(value @ Value::Null) if path.contains('.') => {
            *value = Value::String(upload_placeholder(number));
            Ok(())
        }
        _ => Err(bad_request("map names a place in the variables that is not null")),
    }
}

/// Whether the request has a header that a form cannot have, by the name that several servers agree on.
fn has_preflight_header(headers: &HeaderMap) -> bool {
    ["x-graphql-require-preflight", "apollo-require-preflight"]
        .iter()
        .any(|name| headers.get(*name).is_some_and(|value| !value.is_empty()))
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

fn bad_request(message: &str) -> Refusal {
    refusal(StatusCode::BAD_REQUEST, message)
}

fn refusal(status: StatusCode, message: &str) -> Refusal {
    Refusal::new(status, ErrorCode::BadRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_put_where_the_variables_have_null() {
        let mut operations =
            json!({ "query": "a", "variables": { "file": null, "input": { "files": [null, 1, null] } } });
        for (number, path) in
            ["variables.file", "variables.input.files.0", "variables.input.files.2"].into_iter().enumerate()
        {
            assert!(put(&mut operations, path, number).is_ok(), "{path}");
        }
        let expected = json!({ "file": "upload:0", "input": { "files": ["upload:1", 1, "upload:2"] } });
        assert_eq!(operations["variables"], expected);
    }

    #[test]
    fn a_file_is_put_nowhere_else() {
        for path in [
            "",
            "variables",
            "query",
            "variables.none",
            "variables.a.b",
            "variables.list.9",
            "variables.list.x",
        ] {
            let mut operations = json!({ "query": null, "variables": { "a": 1, "list": [null] } });
            let before = operations.clone();
            assert!(put(&mut operations, path, 0).is_err(), "{path}");
            assert_eq!(operations, before, "{path}");
        }
    }

    #[test]
    fn a_map_is_an_object_of_lists_of_paths() {
        for map in [
            json!([]),
            json!({}),
            json!({ "0": "variables.file" }),
            json!({ "0": [] }),
            json!({ "0": [1] }),
            json!({ "0": ["a"], "1": ["a"], "2": ["a"], "3": ["a"], "4": ["a"], "5": ["a"] }),
        ] {
            assert!(places(map.clone()).is_err(), "{map}");
        }
        let found = places(json!({ "0": ["variables.a", "variables.b"] })).ok();
        let paths = vec!["variables.a".to_owned(), "variables.b".to_owned()];
        assert_eq!(found, Some(vec![("0".to_owned(), paths)]));
    }
}
