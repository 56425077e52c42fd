//! A document that has been read: its text, parsed, within the limits and valid by the published schema.

use std::sync::atomic::{AtomicU64, Ordering};

use apollo_compiler::{
    ExecutableDocument, ast,
    executable::Operation,
    introspection,
    parser::Parser,
    request::RequestError,
    validation::{DiagnosticList, Valid},
};
use async_graphql::Pos;

use super::{
    arguments,
    contract::Contract,
    limits::{self, Limits},
    refusal::{Fault, Refused},
    syntax,
};
use crate::graphql::ErrorCode;

/// How many documents have been read.
static READ: AtomicU64 = AtomicU64::new(0);

/// A valid document.
pub(crate) struct Document {
    pub(super) executable: Valid<ExecutableDocument>,
    /// What tells it from every other document that was read.
    pub(super) id: u64,
    /// What it weighs in the cache, in bytes of its text.
    pub(super) size: usize,
}

impl Document {
    /// Reads a text; what is wrong with it is told with places.
    pub(super) fn read(contract: &Contract, limits: &Limits, text: &str) -> Result<Self, Refused> {
        if text.len() > limits.bytes {
            let message = format!("the document is larger than {} bytes", limits.bytes);
            return Err(Refused::one(ErrorCode::BadRequest, message));
        }
        let parsed = Parser::new()
            .token_limit(limits.tokens)
            .recursion_limit(DEEPEST_SYNTAX)
            .parse_ast(text, "document")
            .map_err(|refused| {
                // What follows the first fault of syntax follows from it.
                let mut refused = diagnosed(ErrorCode::GraphqlParseFailed, &refused.errors);
                refused.faults.truncate(1);
                refused
            })?;
        if let Some(place) = syntax::argument_without_value(text) {
            let message =
                "syntax error: expected a colon and a value after the name of an argument".to_owned();
            let fault = Fault { message, locations: vec![place], path: Vec::new() };
            return Err(Refused::many(ErrorCode::GraphqlParseFailed, vec![fault]));
        }
        check_definitions(&parsed)?;
        limits::check(&parsed, limits)
            .map_err(|message| Refused::one(ErrorCode::GraphqlValidationFailed, message))?;
        let executable = parsed
            .to_executable_validate(&contract.schema)
            .map_err(|refused| diagnosed(ErrorCode::GraphqlValidationFailed, &refused.errors))?;
        arguments::check(contract, &executable)?;
        for operation in executable.operations.iter() {
            introspection::check_max_depth(&executable, operation)
                .map_err(|error| located(ErrorCode::GraphqlValidationFailed, &error, &executable))?;
        }
        let id = READ.fetch_add(1, Ordering::Relaxed);
        Ok(Self { executable, id, size: text.len() })
    }

    /// The operation that a name selects.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&Operation, Refused> {
        let found = self.executable.operations.get(name);
        found.map(|operation| &**operation).map_err(|_| {
            let message = match name {
                Some(_) => "the document has no operation of this name",
                None => "the document has several operations: say which one in operationName",
            };
            Refused::one(ErrorCode::GraphqlValidationFailed, message.to_owned())
        })
    }
}

/// How deep brackets may stand in brackets before the parser gives up.
const DEEPEST_SYNTAX: usize = 64;

/// Refuses a document without an operation, which validation would let pass.
fn check_definitions(parsed: &ast::Document) -> Result<(), Refused> {
    let is_operation =
        |definition: &ast::Definition| matches!(definition, ast::Definition::OperationDefinition(_));
    if parsed.definitions.iter().any(is_operation) {
        return Ok(());
    }
    Err(Refused::one(ErrorCode::GraphqlValidationFailed, "the document has no operation".to_owned()))
}

fn diagnosed(code: ErrorCode, errors: &DiagnosticList) -> Refused {
    let faults = errors.iter().map(|diagnostic| {
        let error = diagnostic.to_json();
        let places = error.locations.iter();
        Fault {
            message: error.message.clone(),
            locations: places.map(|place| Pos { line: place.line, column: place.column }).collect(),
            path: Vec::new(),
        }
    });
    Refused::many(code, faults.collect())
}

pub(super) fn located(code: ErrorCode, error: &RequestError, document: &ExecutableDocument) -> Refused {
    let error = error.to_graphql_error(&document.sources);
    let locations = error.locations.iter().map(|place| Pos { line: place.line, column: place.column });
    let fault = Fault { message: error.message.clone(), locations: locations.collect(), path: Vec::new() };
    Refused::many(code, vec![fault])
}
