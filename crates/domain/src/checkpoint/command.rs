//! Commands on checkpoints: what to set up, what to change, and what both must satisfy.

use chrono::NaiveDate;

use super::{Checkpoint, CheckpointKind, CheckpointRefusal, CheckpointRules, MissingExit, Window};
use crate::{
    event::{Event, EventRefusal},
    id::{EventId, SessionId},
    problem::{Fault, Invalid, Problem},
    text::LocalizedText,
};

/// A command: a checkpoint to be set up.
#[derive(Debug, Clone)]
pub struct NewCheckpoint {
    /// The event.
    pub event: EventId,
    /// What people are scanned at.
    pub kind: CheckpointKind,
    /// Its name; a meal and a door need one.
    pub name: Option<LocalizedText>,
    /// The day; needed for a day, and for nothing else.
    pub day: Option<NaiveDate>,
    /// The session; needed for a session, and for nothing else.
    pub session: Option<SessionId>,
    /// Its rules.
    pub rules: CheckpointRules,
}

/// A command: what to change about a checkpoint. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct CheckpointChange {
    /// Another name.
    pub name: Option<Option<LocalizedText>>,
    /// Other door times.
    pub doors: Option<Window>,
    /// Other hours.
    pub hours: Option<Window>,
    /// Another capacity.
    pub capacity: Option<Option<i32>>,
    /// Whether exits are scanned.
    pub scans_exits: Option<bool>,
    /// What a missing exit means.
    pub missing_exit: Option<MissingExit>,
    /// For how many minutes it stands.
    pub missing_exit_minutes: Option<Option<i32>>,
}

impl NewCheckpoint {
    /// The most checkpoints that an event can have.
    pub const MOST: usize = 200;

    /// Accepts the command for this event, or names the field that it fails on.
    pub fn checked(self, event: &Event) -> Result<Self, Problem> {
        check_open(event)?;
        check_bearer(self.kind, self.name.as_ref(), self.day.is_some(), self.session.is_some())?;
        self.rules.checked()?;
        Ok(self)
    }
}

impl CheckpointRules {
    /// The most people that a capacity can name.
    pub const LARGEST_CAPACITY: i32 = 1_000_000;
    /// The most minutes that a missing exit can stand for: a day.
    pub const MOST_MINUTES: i32 = 1_440;

    /// Accepts the rules, or names the field that they fail on.
    pub fn checked(&self) -> Result<(), Invalid> {
        for (field, window) in [("closesAt", self.doors), ("endsAt", self.hours)] {
            if !window.is_ordered() {
                let reason = "it does not lie after the beginning".to_owned();
                return Err(Invalid::new(field, Fault::Malformed { reason }));
            }
        }
        check_range("capacity", self.capacity, Self::LARGEST_CAPACITY)?;
        check_range("missingExitMinutes", self.missing_exit_minutes, Self::MOST_MINUTES)?;
        match (self.missing_exit, self.missing_exit_minutes) {
            (MissingExit::AfterMinutes, None) => Err(Invalid::new(
                "missingExitMinutes",
                Fault::NeededBy { other: "missingExit: AFTER_MINUTES" },
            )),
            (MissingExit::UntilEnd | MissingExit::Nothing, Some(_)) => {
                Err(Invalid::new("missingExitMinutes", Fault::Excludes { other: "this missingExit" }))
            }
            _ => Ok(()),
        }
    }
}

impl Checkpoint {
    /// Decides what the checkpoint looks like after a change; from then on it follows the timetable no longer.
    pub fn changed(&self, event: &Event, change: CheckpointChange) -> Result<Self, Problem> {
        self.check_changeable(event)?;
        let now = self.rules;
        let missing_exit = change.missing_exit.unwrap_or(now.missing_exit);
        // A number of minutes goes with the rule that it belongs to.
        let minutes = now.missing_exit_minutes.filter(|_| missing_exit == MissingExit::AfterMinutes);
        let rules = CheckpointRules {
            doors: change.doors.unwrap_or(now.doors),
            hours: change.hours.unwrap_or(now.hours),
            capacity: change.capacity.unwrap_or(now.capacity),
            scans_exits: change.scans_exits.unwrap_or(now.scans_exits),
            missing_exit,
            missing_exit_minutes: change.missing_exit_minutes.unwrap_or(minutes),
        };
        rules.checked()?;
        let name = change.name.unwrap_or_else(|| self.name.clone());
        check_bearer(self.kind, name.as_ref(), self.day.is_some(), self.session.is_some())?;
        Ok(Self { version: self.version + 1, name, rules, is_default: false, ..self.clone() })
    }

    /// Decides whether the checkpoint may be taken away; where people were scanned it stays.
    pub fn removed(&self, event: &Event, has_scans: bool) -> Result<Self, Problem> {
        self.check_changeable(event)?;
        if has_scans {
            return Err(CheckpointRefusal::HasScans.into());
        }
        Ok(Self { version: self.version + 1, is_default: false, is_removed: true, ..self.clone() })
    }

    fn check_changeable(&self, event: &Event) -> Result<(), Problem> {
        check_open(event)?;
        if self.is_removed { Err(CheckpointRefusal::Removed.into()) } else { Ok(()) }
    }
}

/// Refuses to change anything about an event that is archived, or whose figures are final.
fn check_open(event: &Event) -> Result<(), Problem> {
    if event.is_archived {
        return Err(Problem::Archived);
    }
    if event.status.is_finished() {
        return Err(EventRefusal::Finished { status: event.status }.into());
    }
    Ok(())
}

/// A day names its day, a session its session, a meal and a door themselves; none names what another does.
fn check_bearer(
    kind: CheckpointKind,
    name: Option<&LocalizedText>,
    has_day: bool,
    has_session: bool,
) -> Result<(), Invalid> {
    let (is_day, is_session) = (kind == CheckpointKind::Day, kind == CheckpointKind::Session);
    for (field, has, takes, other) in [
        ("day", has_day, is_day, "this kind of checkpoint"),
        ("sessionId", has_session, is_session, "this kind of checkpoint"),
    ] {
        match (has, takes) {
            (true, false) => return Err(Invalid::new(field, Fault::Excludes { other })),
            (false, true) => return Err(Invalid::new(field, Fault::Empty)),
            _ => {}
        }
    }
    if name.is_none() && !is_day && !is_session {
        return Err(Invalid::new("name", Fault::Empty));
    }
    Ok(())
}

fn check_range(field: &str, value: Option<i32>, maximum: i32) -> Result<(), Invalid> {
    match value {
        Some(actual) if !(1..=maximum).contains(&actual) => {
            let (actual, maximum) = (actual.into(), maximum.into());
            Err(Invalid::new(field, Fault::OutOfRange { actual, minimum: 1, maximum }))
        }
        _ => Ok(()),
    }
}
