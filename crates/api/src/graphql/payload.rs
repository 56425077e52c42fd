//! Payloads of mutations: the changed object, or the errors that say what to correct.
//!
//! Who is not signed in, may not, or cannot see the record gets a top-level error; everything else that a
//! caller can correct stands in the payload.

use async_graphql::{Enum, Interface, SimpleObject};
use hemicycle_domain::{
    account::AccountRefusal,
    problem::{self, Problem},
    reference::TerritoryFault,
};
use hemicycle_persistence::Failure;

use super::error::ApiError;

/// The closed list of reasons for which a command is turned down.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "problem::ProblemCode")]
pub(crate) enum UserErrorCode {
    /// A field cannot be accepted as it is; `path` names it.
    InvalidInput,
    /// A field refers to a record that does not exist or that you may not see; `path` names it.
    ReferenceNotFound,
    /// You see the record but may not do this with it.
    NotPermitted,
    /// Another record already has this name, code or address.
    AlreadyTaken,
    /// The record was changed by someone else since you read it: read it again and repeat the change.
    Stale,
    /// The person has a registration at the event, or both records of the person have one.
    AlreadyRegistered,
    /// Every seat of the event is taken.
    EventFull,
    /// As many people as the delegation counts are registered.
    DelegationFull,
    /// The person is inside already.
    AlreadyIn,
    /// The person is not inside.
    NotIn,
    /// The registration was cancelled.
    RegistrationCancelled,
    /// The event does not take check-ins yet.
    NotYetOpen,
    /// The event takes no check-ins any more.
    Over,
    /// The badge was revoked or replaced.
    BadgeRevoked,
    /// Nobody is known by the code that was shown.
    UnknownCredential,
    /// As many people as the checkpoint holds are in.
    CheckpointFull,
    /// The device has used the sequence number for another scan.
    SequenceReused,
    /// The registration is one of another event.
    WrongEvent,
    /// The identifier of the scan came before with another content.
    IdReused,
    /// The record's state does not allow this step.
    IllegalStep,
    /// The record is archived; restore it first.
    Archived,
    /// A record cannot contain, follow or be merged into itself.
    Circular,
    /// Other records refer to what would be gone.
    InUse,
    /// The same idempotency key came before with another command.
    IdempotencyKeyReused,
    /// The address or the password is wrong.
    WrongCredentials,
    /// The session has ended; sign in again.
    SessionEnded,
    /// The link is unknown, was used, or is past its time: ask for a new one.
    LinkSpent,
    /// The code of the second factor is wrong, or was used before: give the next one.
    WrongCode,
    /// The challenge of the sign-in is unknown, was used, or is past its time: sign in anew.
    ChallengeSpent,
    /// This server sends no mail.
    NoMail,
    /// Too many attempts were wrong: try again later.
    RateLimited,
    /// The enrolment code is unknown, or a newer one took its place.
    EnrolmentCodeUnknown,
    /// The enrolment code is past its time.
    EnrolmentCodeExpired,
    /// The enrolment code was used before.
    EnrolmentCodeUsed,
    /// The device was revoked.
    DeviceRevoked,
    /// Too many attempts were made; wait before the next.
    TooManyAttempts,
}

/// Why a command was turned down. Nothing was written.
#[derive(Interface, Debug, Clone)]
#[graphql(
    crate = "async_graphql::library",
    field(name = "message", ty = "&String", desc = "What is wrong and what to correct, in English."),
    field(name = "code", ty = "&UserErrorCode", desc = "The reason, from a closed list."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The way to the field at fault within `input`; empty where no single field is."
    )
)]
pub(crate) enum UserError {
    InvalidInput(InvalidInputError),
    Rule(RuleError),
    FileLine(FileLineError),
    TooManyAttempts(TooManyAttemptsError),
}

/// A field of the input cannot be accepted.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct InvalidInputError {
    /// What is wrong and what to correct, in English.
    message: String,
    /// The reason, from a closed list.
    code: UserErrorCode,
    /// The way to the field at fault within `input`.
    path: Vec<String>,
}

/// A rule of the field stands against the command.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct RuleError {
    /// What stands against it, in English.
    message: String,
    /// The reason, from a closed list.
    code: UserErrorCode,
    /// Empty: no single field is at fault.
    path: Vec<String>,
}

/// Too many attempts were wrong.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct TooManyAttemptsError {
    /// What to do, in English.
    message: String,
    /// The reason, from a closed list.
    code: UserErrorCode,
    /// Empty: no single field is at fault.
    path: Vec<String>,
    /// How many seconds to wait until the next attempt.
    retry_after_seconds: i64,
}

/// A line of an uploaded file cannot be accepted.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct FileLineError {
    /// What is wrong and what to correct, in English.
    message: String,
    /// The reason, from a closed list.
    code: UserErrorCode,
    /// The way to the file within `input`.
    path: Vec<String>,
    /// The line of the file, counted from 1.
    line: i64,
    /// The column by its heading; null where the whole line is at fault.
    column: Option<String>,
}

impl From<TerritoryFault> for UserError {
    fn from(fault: TerritoryFault) -> Self {
        Self::FileLine(FileLineError {
            message: fault.to_string(),
            code: UserErrorCode::InvalidInput,
            path: vec!["file".to_owned()],
            line: i64::try_from(fault.line).unwrap_or(i64::MAX),
            column: fault.column,
        })
    }
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let (code, path) = (problem.code().into(), problem.path().to_vec());
        if let Problem::Account(AccountRefusal::TooManyAttempts { seconds }) = problem {
            let (message, retry_after_seconds) = (problem.to_string(), seconds);
            return Self::TooManyAttempts(TooManyAttemptsError { message, code, path, retry_after_seconds });
        }
        if path.is_empty() {
            return Self::Rule(RuleError { message: problem.to_string(), code, path });
        }
        let message = format!("{} {problem}", path.join("."));
        Self::InvalidInput(InvalidInputError { message, code, path })
    }
}

/// Splits the outcome of a verb into the payload's two halves, or a top-level error.
pub(crate) fn settle<T>(outcome: Result<T, Failure>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match outcome {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(Failure::Problem(problem)) if !matches!(problem, Problem::Refused(_)) => {
            Ok((None, vec![problem.into()]))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Declares a payload: the changed object, nullable, and the errors.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $object:ty }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_meta])*
            $field: Option<$object>,
            /// Why the command was turned down; empty if it was done.
            errors: Vec<$crate::graphql::payload::UserError>,
        }

        impl $name {
            /// Makes the payload from the outcome of the verb.
            fn from_outcome<T>(
                outcome: Result<T, hemicycle_persistence::Failure>,
                wrap: impl FnOnce(T) -> $object,
            ) -> $crate::graphql::error::Nullable<Self> {
                let settled = $crate::graphql::payload::settle(outcome);
                Some(settled.map(|(done, errors)| Self { $field: done.map(wrap), errors }))
            }
        }
    };
}

pub(crate) use payload;
