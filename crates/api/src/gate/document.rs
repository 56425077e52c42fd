//! A document that has been read: its text, parsed, within the limits and valid by the published schema.

use std::sync::atomic::{AtomicU64, Ordering};

use apollo_compiler::{
    ExecutableDocument, ast,
    diagnostic::ToCliReport,
    executable::Operation,
    introspection,
    parser::Parser,
    validation::{DiagnosticList, Valid},
};

use super::{
    arguments,
    contract::Contract,
    limits::{self, Limits},
    normalise,
    places::Places,
    refusal::{Fault, Refused},
    syntax,
};
use crate::graphql::ErrorCode;

/// How many documents have been read.
static READ: AtomicU64 = AtomicU64::new(0);

/// A valid document.
pub(crate) struct Document {
    pub(super) executable: Valid<ExecutableDocument>,
    pub(super) places: Places,
    /// What tells it from every other document that was read.
    pub(super) id: u64,
    /// What it weighs in the cache, in bytes of its text.
    pub(super) size: usize,
    /// Whether all who may see the same are told the same.
    pub(super) is_shared: bool,
}

impl Document {
    /// Reads a text; what is wrong with it is told with places.
    pub(super) fn read(contract: &Contract, limits: &Limits, text: &str) -> Result<Self, Refused> {
        if text.len() > limits.bytes {
            let message = format!("the document is larger than {} bytes", limits.bytes);
            return Err(Refused::one(ErrorCode::BadRequest, message));
        }
        let places = Places::of(text);
        let parsed = Parser::new()
            .token_limit(limits.tokens)
            .recursion_limit(DEEPEST_SYNTAX)
            .parse_ast(text, "document")
            .map_err(|refused| {
                // What follows the first fault of syntax follows from it.
                let mut refused = diagnosed(ErrorCode::GraphqlParseFailed, &refused.errors, &places);
                refused.faults.truncate(1);
                for fault in &mut refused.faults {
                    if fault.message.contains("token limit reached") {
                        let most = limits.tokens;
                        fault.message =
                            format!("the document has more than {most} tokens: ask for less at a time");
                    }
                }
                refused
            })?;
        if let Some(offset) = syntax::argument_without_value(text) {
            let message = "syntax error: expected a colon and a value after the name of an argument";
            let fault = Fault::at(places.at(offset), message.to_owned());
            return Err(Refused::many(ErrorCode::GraphqlParseFailed, vec![fault]));
        }
        check_definitions(&parsed)?;
        limits::check(&parsed, limits)
            .map_err(|message| Refused::one(ErrorCode::GraphqlValidationFailed, message))?;
        let executable = parsed
            .to_executable_validate(&contract.schema)
            .map_err(|refused| diagnosed(ErrorCode::GraphqlValidationFailed, &refused.errors, &places))?;
        let id = READ.fetch_add(1, Ordering::Relaxed);
        let document = Self { executable, places, id, size: text.len(), is_shared: true };
        document.check(contract)?;
        Ok(Self { is_shared: !document.asks_about_the_caller(), ..document })
    }

    /// Checks what the validator does not.
    fn check(&self, contract: &Contract) -> Result<(), Refused> {
        let mut faults = arguments::faults(contract, self);
        for operation in self.executable.operations.iter() {
            faults.extend(normalise::conflicts(contract, self, operation));
            if let Err(error) = introspection::check_max_depth(&self.executable, operation) {
                faults.push(Fault::at(self.places.find(error.location()), error.message().to_string()));
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Refused::many(ErrorCode::GraphqlValidationFailed, faults))
    }

    /// Whether an operation of it asks about the schema itself.
    pub(super) fn asks_about_the_schema(&self) -> bool {
        self.asks_for(&["__schema", "__type"])
    }

    /// Whether an operation of it asks for what each caller is told of its own.
    fn asks_about_the_caller(&self) -> bool {
        self.asks_for(&["rateLimit"])
    }

    /// Whether an operation of it asks for one of these root fields.
    fn asks_for(&self, names: &[&str]) -> bool {
        self.executable.operations.iter().any(|operation| {
            let mut fields = operation.root_fields(&self.executable);
            fields.any(|field| names.contains(&field.name.as_str()))
        })
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

fn diagnosed(code: ErrorCode, errors: &DiagnosticList, places: &Places) -> Refused {
    let faults = errors
        .iter()
        .map(|diagnostic| Fault::at(places.find(diagnostic.error.location()), diagnostic.error.to_string()));
    Refused::many(code, faults.collect())
}
