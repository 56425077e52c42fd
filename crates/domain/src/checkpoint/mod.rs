//! Checkpoints of an event: the days, sessions, meals and doors at which people are scanned, and their rules.
//!
//! What a scan at one of them means is decided in `check_in`; which checkpoints an event has by itself, in
//! `defaults.rs`.

mod command;
mod defaults;
#[cfg(test)]
mod tests;

pub use command::{CheckpointChange, NewCheckpoint};
pub use defaults::{DefaultDay, Followed, default_days, follow_timetable};

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::{
    id::{CheckpointId, EventId, SessionId},
    problem::ProblemCode,
    text::LocalizedText,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What people are scanned at.
    pub enum CheckpointKind {
        /// A day of the event.
        Day = "day",
        /// A session of the event.
        Session = "session",
        /// A meal; what counts is that someone came, not for how long.
        Meal = "meal",
        /// A door that is neither a day's nor a session's.
        Door = "door",
    }
}

vocabulary! {
    /// Until when someone who came in and was never seen to go out is taken to have stayed.
    pub enum MissingExit {
        /// Until the hours of the checkpoint end.
        UntilEnd = "until_end",
        /// For a stated number of minutes, and no longer than the hours last.
        AfterMinutes = "after_minutes",
        /// Not at all: presence is counted, time is not.
        Nothing = "nothing",
    }
}

/// From when until when; the end is not included. Either side may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// From when.
    pub from: Option<DateTime<Utc>>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

impl Window {
    /// Whether an instant lies within it.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether it has both ends, in their order or together.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        match (self.from, self.until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        }
    }
}

/// The rules by which scans at a checkpoint are judged and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointRules {
    /// While people are let through: a scan outside is flagged, or refused where someone waits for the answer.
    pub doors: Window,
    /// What of the time someone was in counts as attended.
    pub hours: Window,
    /// How many may be in at once; none where it does not matter.
    pub capacity: Option<i32>,
    /// Whether people are scanned as they go out.
    pub scans_exits: bool,
    /// What a missing exit means.
    pub missing_exit: MissingExit,
    /// How many minutes, where a missing exit stands for some.
    pub missing_exit_minutes: Option<i32>,
}

impl Default for CheckpointRules {
    /// Doors that are always open, exits scanned, and whoever is not seen to go out stays until the hours end.
    fn default() -> Self {
        Self {
            doors: Window::default(),
            hours: Window::default(),
            capacity: None,
            scans_exits: true,
            missing_exit: MissingExit::UntilEnd,
            missing_exit_minutes: None,
        }
    }
}

/// A checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Its identifier.
    pub id: CheckpointId,
    /// How often it was changed.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The event.
    pub event: EventId,
    /// What people are scanned at.
    pub kind: CheckpointKind,
    /// Its name; a day and a session have theirs without one.
    pub name: Option<LocalizedText>,
    /// The day, of a day's checkpoint.
    pub day: Option<NaiveDate>,
    /// The session, of a session's checkpoint.
    pub session: Option<SessionId>,
    /// Its rules.
    pub rules: CheckpointRules,
    /// Whether it is as the event's timetable makes it, and follows the timetable; a manager's change ends that.
    pub is_default: bool,
    /// Whether it was taken away; what was scanned there stays.
    pub is_removed: bool,
}

/// Why a command on checkpoints is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointRefusal {
    /// People were scanned there.
    #[error("people were scanned at the checkpoint: it cannot be removed, only closed by its door times")]
    HasScans,
    /// It was removed before.
    #[error("the checkpoint was removed")]
    Removed,
    /// The session belongs to another event.
    #[error("the session belongs to another event than the checkpoint")]
    SessionOfOtherEvent,
    /// The event has as many as it can have.
    #[error("the event has {maximum} checkpoints already, and can have no more")]
    TooMany {
        /// How many it can have.
        maximum: usize,
    },
}

impl CheckpointRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::HasScans => ProblemCode::InUse,
            Self::Removed => ProblemCode::IllegalStep,
            Self::SessionOfOtherEvent | Self::TooMany { .. } => ProblemCode::InvalidInput,
        }
    }
}
