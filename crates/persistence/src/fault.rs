//! What can go wrong in the store, kept apart: the caller's business, and the store's own faults.

use hemicycle_domain::{
    id::RecordKind,
    problem::{Invalid, Problem},
};
use sea_orm::{
    DbErr, RuntimeErr, SqlErr, SqlxError,
    sqlx::{error::DatabaseError, postgres::PgDatabaseError},
};
use thiserror::Error;

/// Why a read or a write did not succeed.
#[derive(Debug, Error)]
pub enum Failure {
    /// Nobody has signed in.
    #[error("nobody has signed in")]
    Unauthenticated,
    /// The record does not exist, or the actor may not see it; the two are not told apart.
    #[error("the {0} was not found")]
    NotFound(RecordKind),
    /// The command was turned down; nothing was written.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The store is at fault; nothing was written.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

/// A fault of the store itself. Its text may name tables and values: it is for the log alone.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// The database serves nobody now: it cannot be reached, has no connection or no room to spare, is busy, or did not
    /// find the time. The same may succeed later.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// The database lacks migrations.
    #[error("the database lacks {0} migrations")]
    Outdated(usize),
    /// A row breaks a uniqueness that no rule had foreseen.
    #[error("a row breaks a unique constraint: {0}")]
    Taken(String),
    /// A row refers to one that does not exist.
    #[error("a row refers to one that does not exist: {0}")]
    Dangling(String),
    /// A stored value is not what the domain allows.
    #[error("column {column} of a {table} row cannot be read: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What the parser said.
        reason: String,
    },
    /// Another work stood in the way of this one, and this one in its way, or it changed what this one was about to
    /// change. Nothing is wrong with either: begun again, it can succeed.
    #[error("the work crossed another one")]
    Crossed(#[source] Option<DbErr>),
    /// Anything else that the database refused.
    #[error("the database refused a statement")]
    Failed(#[source] DbErr),
}

impl StoreFault {
    /// A stored value that the domain does not allow.
    pub(crate) fn corrupt(table: &'static str, column: &'static str, reason: impl Into<String>) -> Self {
        Self::Corrupt { table, column, reason: reason.into() }
    }
}

impl From<DbErr> for StoreFault {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(what)) => return Self::Taken(what),
            Some(SqlErr::ForeignKeyConstraintViolation(what)) => return Self::Dangling(what),
            _ => {}
        }
        if is_crossing(&error) {
            return Self::Crossed(Some(error));
        }
        if is_unavailable(&error) { Self::Unavailable(error) } else { Self::Failed(error) }
    }
}

/// Whether PostgreSQL ended a work for the sake of another: a serialization failure, a deadlock, a lock that was not to be
/// waited for.
fn is_crossing(error: &DbErr) -> bool {
    let code = driver_error(error).and_then(SqlxError::as_database_error).and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"))
}

/// Whether the database serves nobody now, or did not find the time: what was asked may be asked again later.
fn is_unavailable(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    match driver_error(error) {
        Some(
            SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed,
        ) => true,
        Some(SqlxError::Database(error)) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<PgDatabaseError>() {
                // By their classes: the connection, resources, an operator; the time limit of a statement is among these.
                // What breaks the protocol is no better the next time.
                Some(_) => code != "08P01" && ["08", "53", "57"].iter().any(|class| code.starts_with(class)),
                // The lower byte: busy, locked, a disk that fails, a disk that is full.
                None => code.parse().is_ok_and(|code: u32| matches!(code & 0xff, 5 | 6 | 10 | 13)),
            }
        }
        _ => false,
    }
}

/// What the driver says, where a statement failed.
fn driver_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Query(RuntimeErr::SqlxError(inner)) | DbErr::Exec(RuntimeErr::SqlxError(inner)) => Some(inner),
        _ => None,
    }
}

impl Failure {
    /// The failure of a work that has crossed another one.
    pub(crate) fn crossed() -> Self {
        Self::Fault(StoreFault::Crossed(None))
    }

    /// Whether the work crossed another one, so that it can succeed when it is begun again.
    #[must_use]
    pub fn has_crossed(&self) -> bool {
        matches!(self, Self::Fault(StoreFault::Crossed(_)))
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Problem(invalid.into())
    }
}

/// Lets `?` lift a noun's own refusal to a failure.
macro_rules! refusals {
    ($($refusal:ty),+) => {$(
        impl From<$refusal> for Failure {
            fn from(refusal: $refusal) -> Self { Self::Problem(refusal.into()) }
        }
    )+};
}

refusals!(
    hemicycle_domain::access::Refusal,
    hemicycle_domain::account::AccountRefusal,
    hemicycle_domain::badge::IssueRefusal,
    hemicycle_domain::check_in::CheckInRefusal,
    hemicycle_domain::check_in::ReviewRefusal,
    hemicycle_domain::device::DeviceRefusal,
    hemicycle_domain::checkpoint::CheckpointRefusal,
    hemicycle_domain::event::EventRefusal,
    hemicycle_domain::glass_break::GlassBreakRefusal,
    hemicycle_domain::headcount_report::HeadcountRefusal,
    hemicycle_domain::participant::ParticipantRefusal,
    hemicycle_domain::partner::PartnerRefusal,
    hemicycle_domain::program::ProgramRefusal,
    hemicycle_domain::registration::RegistrationRefusal,
    hemicycle_domain::service_account::ServiceAccountRefusal,
    hemicycle_domain::territory::TerritoryRefusal,
    hemicycle_domain::test_result::TestResultRefusal,
    hemicycle_domain::walk_in::WalkInRefusal
);
