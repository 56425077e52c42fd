//! Breaking the glass: personal data of one program or event, opened to someone who ordinarily sees its figures, for a
//! stated time and reason, announced to the host.
//!
//! What is open at a moment is part of the actor; who is told, and how, belongs to `api`.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    access::{Actor, Capability, Place, Refusal, Subject, Whereabouts, actions, permit},
    country::CountryCode,
    event, id,
    id::{AccountId, EventId, GlassBreakId, ProgramId},
    problem::{Fault, Invalid, ProblemCode},
    program,
    text::Passage,
    vocabulary::vocabulary,
};

/// The longest time for which the glass is broken: a working day and the night after it. Whoever needs more states anew
/// what for.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);
/// How many may be open to one account at once, so that nobody opens the register event by event.
pub const MOST_OPEN: usize = 5;
/// The shortest reason, in characters: as much as it takes to say what happened and what is to be done.
pub const SHORTEST_REASON: usize = 30;

vocabulary! {
    /// A kind of personal data that can be opened.
    pub enum OpenedData {
        /// Names, positions, roles, registrations and attendance; opened with every other kind.
        People = "people",
        /// E-mail addresses and telephone numbers.
        Contacts = "contacts",
        /// Sex and birth years.
        Demographics = "demographics",
        /// What people said of disabilities.
        Disabilities = "disabilities",
        /// Test results.
        Results = "results",
        /// Officers' notes, and the sources that records of people rest on.
        Notes = "notes",
    }
}

impl OpenedData {
    /// The capability that is had while it is open.
    #[must_use]
    pub const fn capability(self) -> Capability {
        match self {
            Self::People => Capability::SeePeople,
            Self::Contacts => Capability::SeeContacts,
            Self::Demographics => Capability::SeeDemographics,
            Self::Disabilities => Capability::SeeDisabilities,
            Self::Results => Capability::SeeResults,
            Self::Notes => Capability::SeeNotes,
        }
    }
}

/// Whose people are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum OpenedPlace {
    /// Those of all events of a program.
    Program(ProgramId),
    /// Those of one event.
    Event(EventId),
}

impl From<OpenedPlace> for Place {
    fn from(place: OpenedPlace) -> Self {
        match place {
            OpenedPlace::Program(program) => Self::Program(program),
            OpenedPlace::Event(event) => Self::Event(event),
        }
    }
}

/// What is open to an account: a part of the actor until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGlass {
    /// By which record.
    pub id: GlassBreakId,
    /// Whose people.
    pub place: OpenedPlace,
    /// What of them.
    pub opens: Vec<OpenedData>,
    /// Until when; at this moment it is over.
    pub until: DateTime<Utc>,
}

impl OpenGlass {
    /// Whether the capability is had by it.
    #[must_use]
    pub fn opens(&self, capability: Capability) -> bool {
        self.opens.iter().any(|data| data.capability() == capability)
    }
}

/// A time for which the glass is, or was, broken.
#[derive(Debug, Clone, PartialEq)]
pub struct GlassBreak {
    /// Its identifier.
    pub id: GlassBreakId,
    /// To whom it opened something.
    pub account: AccountId,
    /// Whose people.
    pub place: OpenedPlace,
    /// What of them, each kind once.
    pub opens: Vec<OpenedData>,
    /// What for.
    pub reason: Passage,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Until when at the most.
    pub ends_at: DateTime<Utc>,
    /// When it was ended by hand, before that.
    pub ended_at: Option<DateTime<Utc>>,
}

impl GlassBreak {
    /// Whether it is open at this moment.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }

    /// What it looks like once it is ended by hand; one that was over stays as it was.
    #[must_use]
    pub fn ended(&self, now: DateTime<Utc>) -> Self {
        let ended_at = if self.is_open(now) { Some(now) } else { self.ended_at };
        Self { ended_at, ..self.clone() }
    }
}

actions! {
    on event::Event;
    /// Opens personal data of an event's people to oneself.
    BreakAtEvent "break the glass of" => BreakTheGlass;
}

actions! {
    on program::Program;
    /// Opens personal data of the people of a program to oneself.
    BreakAtProgram "break the glass of" => BreakTheGlass;
}

/// Refuses whoever has no right to break the glass of all events of a program: its coordinator in one of several
/// countries has not. `countries` are those of its events.
pub fn check_whole_program(
    actor: &Actor,
    program: &program::Program,
    countries: &[CountryCode],
) -> Result<(), Refusal> {
    permit::<BreakAtProgram>(actor, program)?;
    let planned = program.plan.countries.iter();
    let covers = |country: &CountryCode| {
        let there = Whereabouts {
            countries: vec![*country],
            program: Some(id::Id::uuid(program.id()).into()),
            ..Whereabouts::default()
        };
        actor.may(Capability::BreakTheGlass, &there)
    };
    if planned.chain(countries).all(covers) {
        return Ok(());
    }
    Err(Refusal {
        verb: "break the glass of all events of",
        subject: id::RecordKind::Program,
        capability: Capability::BreakTheGlass,
    })
}

/// A command: to break the glass.
#[derive(Debug, Clone)]
pub struct NewGlassBreak {
    /// Whose people.
    pub place: OpenedPlace,
    /// What of them.
    pub opens: Vec<OpenedData>,
    /// For how long.
    pub lifetime: TimeDelta,
    /// What for.
    pub reason: Passage,
}

impl NewGlassBreak {
    /// Accepts the command, or names the field that it fails on.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        let minutes = self.lifetime.num_minutes();
        if minutes < 1 || self.lifetime > LONGEST {
            let fault = Fault::OutOfRange { actual: minutes, minimum: 1, maximum: LONGEST.num_minutes() };
            return Err(Invalid::new("minutes", fault));
        }
        if self.opens.is_empty() {
            return Err(Invalid::new("opens", Fault::Empty));
        }
        let length = self.reason.as_str().chars().count();
        if length < SHORTEST_REASON {
            let reason = format!(
                "it has {length} characters where at least {SHORTEST_REASON} are needed: say what happened and what \
                 the data are needed for"
            );
            return Err(Invalid::new("reason", Fault::Malformed { reason }));
        }
        // Nothing can be read of people who are not seen.
        self.opens.push(OpenedData::People);
        self.opens.sort_unstable();
        self.opens.dedup();
        Ok(self)
    }
}

/// Why a command to break the glass is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GlassBreakRefusal {
    /// As many are open as may be at once.
    #[error("{MOST_OPEN} are open to you already: end one of them first")]
    TooManyOpen,
}

impl GlassBreakRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::TooManyOpen => ProblemCode::IllegalStep,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::{Grant, Role};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const REASON: &str = "A bus with participants had an accident; relatives ask.";

    fn officer(glass: Vec<OpenGlass>) -> Actor {
        let program = Uuid::from_u128(3).into();
        let grants = vec![Grant { role: Role::InternationalProgramOfficer, place: Place::Program(program) }];
        Actor::Account { id: Uuid::from_u128(9).into(), grants, person: None, glass }
    }

    fn open(place: OpenedPlace, opens: &[OpenedData], hours: i64) -> OpenGlass {
        let until = START + TimeDelta::hours(hours);
        OpenGlass { id: Uuid::from_u128(1).into(), place, opens: opens.to_vec(), until }
    }

    fn at(event: u128) -> Whereabouts {
        Whereabouts {
            program: Some(Uuid::from_u128(3).into()),
            event: Some(Uuid::from_u128(event).into()),
            ..Whereabouts::default()
        }
    }

    #[test]
    fn what_is_open_is_seen_there_and_nothing_else_anywhere() {
        let event = OpenedPlace::Event(Uuid::from_u128(7).into());
        let closed = officer(Vec::new());
        let opened = officer(vec![open(event, &[OpenedData::People, OpenedData::Contacts], 1)]);
        for capability in Capability::ALL {
            let is_opened = matches!(capability, Capability::SeePeople | Capability::SeeContacts);
            assert_eq!(
                opened.may(*capability, &at(7)),
                closed.may(*capability, &at(7)) || is_opened,
                "{capability}"
            );
            assert_eq!(opened.may(*capability, &at(8)), closed.may(*capability, &at(8)), "{capability}");
        }
    }

    #[test]
    fn what_is_open_ends_at_the_stated_second() {
        let program = OpenedPlace::Program(Uuid::from_u128(3).into());
        let actor =
            officer(vec![open(program, &[OpenedData::People], 1), open(program, &[OpenedData::Notes], 2)]);
        let hour = START + TimeDelta::hours(1);
        assert_eq!(actor.at(hour - TimeDelta::nanoseconds(1)), None);
        let later = actor.at(hour).unwrap();
        assert!(!later.may(Capability::SeePeople, &at(7)) && later.may(Capability::SeeNotes, &at(7)));
        assert_eq!(later.at(hour + TimeDelta::hours(1)), Some(officer(Vec::new())));
    }

    fn new() -> NewGlassBreak {
        NewGlassBreak {
            place: OpenedPlace::Event(Uuid::from_u128(7).into()),
            opens: vec![OpenedData::Contacts, OpenedData::Contacts],
            lifetime: TimeDelta::hours(2),
            reason: Passage::parse("reason", REASON).unwrap(),
        }
    }

    #[test]
    fn a_command_has_an_end_a_reason_and_something_to_open() {
        assert_eq!(new().checked().unwrap().opens, [OpenedData::People, OpenedData::Contacts]);
        let path = |new: NewGlassBreak| new.checked().unwrap_err().path;
        assert_eq!(path(NewGlassBreak { opens: Vec::new(), ..new() }), ["opens"]);
        for lifetime in [TimeDelta::zero(), TimeDelta::minutes(-1), LONGEST + TimeDelta::seconds(1)] {
            assert_eq!(path(NewGlassBreak { lifetime, ..new() }), ["minutes"]);
        }
        let reason = Passage::parse("reason", "I need it.").unwrap();
        assert_eq!(path(NewGlassBreak { reason, ..new() }), ["reason"]);
    }

    #[test]
    fn one_that_is_over_is_not_ended_again() {
        let glass = GlassBreak {
            id: Uuid::from_u128(1).into(),
            account: Uuid::from_u128(9).into(),
            place: new().place,
            opens: vec![OpenedData::People],
            reason: new().reason,
            opened_at: START,
            ends_at: START + TimeDelta::hours(1),
            ended_at: None,
        };
        let ended = glass.ended(START + TimeDelta::minutes(5));
        assert!(!ended.is_open(START + TimeDelta::minutes(5)));
        assert_eq!(ended.ended(START + TimeDelta::minutes(6)), ended);
        assert_eq!(glass.ended(START + TimeDelta::hours(1)), glass);
    }
}
