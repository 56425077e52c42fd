//! Why an operation was not executed.

use async_graphql::Pos;

use super::budget::Charge;
use crate::graphql::ErrorCode;

/// A request error: nothing of the operation was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: ErrorCode,
    pub(crate) faults: Vec<Fault>,
    /// After how many seconds the same could be let in.
    pub(crate) retry_after: Option<u64>,
    /// What it would have cost, and what is left, where that is why.
    pub(crate) charge: Option<Charge>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// Where in the document, if it is there.
    pub(crate) locations: Vec<Pos>,
    /// Where in the variables, if it is there: the name of the variable first.
    pub(crate) path: Vec<String>,
}

impl Fault {
    /// What is wrong at a place of the document.
    pub(crate) fn at(place: Pos, message: String) -> Self {
        Self { message, locations: vec![place], path: Vec::new() }
    }
}

impl Refused {
    pub(crate) fn one(code: ErrorCode, message: String) -> Self {
        Self::many(code, vec![Fault { message, locations: Vec::new(), path: Vec::new() }])
    }

    pub(crate) fn many(code: ErrorCode, faults: Vec<Fault>) -> Self {
        Self { code, faults, retry_after: None, charge: None }
    }
}
