//! The one error type of the resolvers, and the closed list of its codes.
//!
//! It does not implement `Display`: the library would turn such a type into text for the client, and a `?`
//! on a database error would leak SQL. What is not of this type is blanked in front of the schema.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions};
use hemicycle_domain::problem::{Invalid, Problem};
use hemicycle_persistence::{Failure, StoreFault};

use crate::sign_in::{FactorFault, KeyFault, PasswordFault};

/// The closed list of top-level error codes, as they stand in `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    BadRequest,
    GraphqlParseFailed,
    GraphqlValidationFailed,
    BadUserInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    RateLimited,
    CostExceeded,
    PersistedQueryNotFound,
    Timeout,
    InternalServerError,
}

impl ErrorCode {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::RateLimited => "RATE_LIMITED",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Timeout => "TIMEOUT",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// Why a field has no answer.
#[derive(Debug, Clone)]
pub(crate) enum ApiError {
    /// Nobody has signed in.
    Unauthenticated,
    /// The device was revoked or enrolled anew, or its time is over.
    EnrolmentEnded,
    /// The caller sees the record but may not do this.
    Forbidden(String),
    /// The record does not exist, or the caller may not see it.
    NotFound(String),
    /// An argument cannot be accepted.
    BadUserInput { message: String, path: Vec<String> },
    /// The state of a record stands against it.
    Conflict(String),
    /// The database serves nobody now: the text is for the log alone.
    Unavailable(Arc<str>),
    /// Our fault: the text is for the log alone.
    Internal(Arc<str>),
}

/// Marks an error as one of ours on its way through the library.
pub(crate) struct Ours(pub(crate) ApiError);

impl ApiError {
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated | Self::EnrolmentEnded => ErrorCode::Unauthenticated,
            Self::Forbidden(_) => ErrorCode::Forbidden,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::BadUserInput { .. } => ErrorCode::BadUserInput,
            Self::Conflict(_) => ErrorCode::Conflict,
            Self::Unavailable(_) => ErrorCode::Timeout,
            Self::Internal(_) => ErrorCode::InternalServerError,
        }
    }

    pub(crate) fn public_message(&self) -> &str {
        match self {
            Self::Unauthenticated => "sign in first: this needs an access token in the Authorization header",
            Self::EnrolmentEnded => {
                "the enrolment of this device has ended: wipe what it holds of people, and enrol it anew"
            }
            Self::Forbidden(message)
            | Self::NotFound(message)
            | Self::Conflict(message)
            | Self::BadUserInput { message, .. } => message,
            Self::Unavailable(_) => "the database does not answer now: try again",
            Self::Internal(_) => "internal server error",
        }
    }

    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::Internal(with_causes(error))
    }

    /// What is at fault, for the log alone; none where the caller is.
    pub(crate) fn fault(&self) -> Option<&str> {
        match self {
            Self::Unavailable(fault) | Self::Internal(fault) => Some(fault),
            Self::Unauthenticated
            | Self::EnrolmentEnded
            | Self::Forbidden(_)
            | Self::NotFound(_)
            | Self::BadUserInput { .. }
            | Self::Conflict(_) => None,
        }
    }
}

/// What an error says, with all that caused it.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> Arc<str> {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text.into()
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        let mut out = Self::new(error.public_message()).extend_with(|_, extensions| {
            extensions.set("code", error.code().as_str());
            if let ApiError::BadUserInput { path, .. } = &error
                && !path.is_empty()
            {
                extensions.set("path", path.clone());
            }
        });
        out.source = Some(Arc::new(Ours(error)));
        out
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unauthenticated => Self::Unauthenticated,
            Failure::NotFound(kind) => Self::NotFound(format!("the {kind} was not found")),
            Failure::Problem(Problem::Refused(refusal)) => Self::Forbidden(refusal.to_string()),
            Failure::Problem(Problem::Invalid(invalid)) => invalid.into(),
            Failure::Problem(problem) => Self::Conflict(problem.to_string()),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::BadUserInput { message: format!("{} {invalid}", invalid.path.join(".")), path: invalid.path }
    }
}

impl From<StoreFault> for ApiError {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::Crossed(_) => Self::Conflict(
                "others changed the same at this moment; nothing was done: send it again".to_owned(),
            ),
            fault @ StoreFault::Unavailable(_) => Self::Unavailable(with_causes(&fault)),
            fault => Self::internal(&fault),
        }
    }
}

impl From<PasswordFault> for ApiError {
    fn from(fault: PasswordFault) -> Self {
        Self::internal(&fault)
    }
}

impl From<FactorFault> for ApiError {
    fn from(fault: FactorFault) -> Self {
        Self::internal(&fault)
    }
}

impl From<KeyFault> for ApiError {
    fn from(fault: KeyFault) -> Self {
        Self::internal(&fault)
    }
}

/// The answer of a field that may be null: an error of its own, not of its parent.
pub(crate) type Nullable<T> = Option<Result<T, ApiError>>;

/// Turns an answer that may be absent into a nullable field.
pub(crate) fn nullable<T, E: Into<ApiError>>(answer: Result<Option<T>, E>) -> Nullable<T> {
    answer.map_err(Into::into).transpose()
}
