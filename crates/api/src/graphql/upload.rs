//! Files that come with a request, by the GraphQL multipart request specification.
//!
//! How they come in is the matter of `http/upload.rs`; here is how a resolver reaches them.

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use axum::body::Bytes;
use hemicycle_domain::problem::{Fault, Invalid};

use super::context::ContextExt;

/// What stands in the variables in the place of a file, before its number.
const PLACEHOLDER: &str = "upload:";

/// A file that came with a request.
#[derive(Debug, Clone)]
pub(crate) struct UploadedFile {
    /// What it holds.
    pub(crate) content: Bytes,
}

/// What stands in the variables in the place of the file of this number.
pub(crate) fn placeholder(number: usize) -> String {
    format!("{PLACEHOLDER}{number}")
}

/// A file that comes with the request, which is of the type `multipart/form-data` then. The variable is null in
/// `operations`, and `map` says which file stands in its place. Such a request needs the header
/// `x-graphql-require-preflight`, and an access token.
pub(crate) struct Upload(String);

impl Upload {
    /// The file, for the named field; a text of the client's own making names none.
    pub(crate) fn file<'a>(&self, field: &str, ctx: &'a Context<'_>) -> Result<&'a UploadedFile, Invalid> {
        let number = self.0.strip_prefix(PLACEHOLDER).and_then(|number| number.parse::<usize>().ok());
        let file = number.and_then(|number| ctx.request().files.get(number));
        file.ok_or_else(|| {
            let reason = "no file: send one as multipart/form-data".to_owned();
            Invalid::new(field, Fault::Malformed { reason })
        })
    }
}

/// A file that comes with the request, which is of the type `multipart/form-data` then. The variable is null in
/// `operations`, and `map` says which file stands in its place. Such a request needs the header
/// `x-graphql-require-preflight`, and an access token.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
