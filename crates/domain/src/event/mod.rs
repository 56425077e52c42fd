//! Events: who trains whom, when and where, with whom; their parts, their partners and their life cycle.
//!
//! People at an event are `registration`s; figures without a list are `headcount_report`s.

mod command;
mod life_cycle;
mod list;
mod particulars;
#[cfg(test)]
pub(crate) mod sample;
mod session;

pub use command::{EventChange, NewEvent};
pub use life_cycle::{EventStatus, EventStep};
pub use list::{EventFilter, EventOrder, EventOrderField, EventTest};
pub use particulars::{Election, FollowUp, Funding, Intention, Module, Particulars, Practice, TrainerGroup};
pub use session::{NewSession, Session, Topics};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use thiserror::Error;

use crate::{
    access::{Subject, Tie, Whereabouts, actions},
    country::CountryCode,
    id::{EventId, PartnerId, ProgramId, TerritoryId},
    imprecise_date::EventDates,
    language::Language,
    manifest::ManifestNames,
    name::Names,
    problem::ProblemCode,
    text::{Line, LocalizedText, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What kind of event it is.
    pub enum EventKind {
        /// Trainers are trained.
        TrainingOfTrainers = "training_of_trainers",
        /// Participants are trained.
        Training = "training",
        /// Officials bring their knowledge up to date.
        RefresherCourse = "refresher_course",
        /// A seminar-meeting: instruction and deliberation in one.
        SeminarMeeting = "seminar_meeting",
        /// A conference.
        Conference = "conference",
        /// A meeting of two institutions.
        BilateralMeeting = "bilateral_meeting",
        /// A working meeting.
        WorkingMeeting = "working_meeting",
        /// A visit on the spot.
        FieldVisit = "field_visit",
        /// Several events that a source reports as one.
        Series = "series",
        /// Any other event.
        Other = "other",
    }
}

vocabulary! {
    /// How people take part.
    pub enum EventFormat {
        /// Everyone is in the room.
        InPerson = "in_person",
        /// Everyone is connected from afar.
        Remote = "remote",
        /// Some are in the room, some are not.
        Hybrid = "hybrid",
    }
}

vocabulary! {
    /// What an institution is to an event. The host is not among them: it is a field of the event.
    pub enum PartnerRole {
        /// Leads the organising.
        LeadOrganiser = "lead_organiser",
        /// Organises.
        Organiser = "organiser",
        /// Organises together with others.
        CoOrganiser = "co_organiser",
        /// Pays.
        Funder = "funder",
        /// Sends people.
        Sender = "sender",
        /// Provides trainers.
        TrainerProvider = "trainer_provider",
        /// Assessed the needs beforehand.
        NeedsAssessor = "needs_assessor",
    }
}

vocabulary! {
    /// How an event belongs to the event it names.
    pub enum Relation {
        /// It is a part of it.
        PartOf = "part_of",
        /// It is a meeting on its margins.
        OnTheMargins = "on_the_margins",
        /// It took place on the same day, with the same people.
        SameDay = "same_day",
        /// It follows from it, elsewhere or later.
        FollowUp = "follow_up",
    }
}

impl PartnerRole {
    /// What part in the event the role gives to those who act for the institution; none where it only did something
    /// for it.
    #[must_use]
    pub const fn tie(self) -> Option<Tie> {
        match self {
            Self::LeadOrganiser | Self::Organiser | Self::CoOrganiser => Some(Tie::Organiser),
            Self::Funder => Some(Tie::Funder),
            Self::Sender | Self::TrainerProvider | Self::NeedsAssessor => None,
        }
    }
}

/// An institution's role at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPartner {
    /// The institution.
    pub partner: PartnerId,
    /// What it is to the event.
    pub role: PartnerRole,
}

/// The exact times of an event that has a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends; not before it starts.
    pub ends_at: DateTime<Utc>,
    /// The zone in which its days are counted.
    pub zone: Tz,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its identifier.
    pub id: EventId,
    /// How often it was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// What kind of event it is.
    pub kind: EventKind,
    /// How people take part; none where unknown.
    pub format: Option<EventFormat>,
    /// Where it is in its life.
    pub status: EventStatus,
    /// Why it was cancelled or postponed.
    pub status_reason: Option<Passage>,
    /// Its names and titles.
    pub names: Names,
    /// When it is, as far as is known.
    pub dates: EventDates,
    /// Its exact times, where it has a timetable.
    pub timetable: Option<Timetable>,
    /// The program it belongs to.
    pub program: Option<ProgramId>,
    /// The numbered stage of the program.
    pub stage: Option<i32>,
    /// The cascade level whose people it trains.
    pub cascade_level: Option<i32>,
    /// The event it belongs to, and how.
    pub parent: Option<(EventId, Relation)>,
    /// The institution in whose house it takes place and who runs it.
    pub host: Option<PartnerId>,
    /// The other institutions and their roles.
    pub partners: Vec<EventPartner>,
    /// Where it takes place.
    pub territory: Option<TerritoryId>,
    /// The country of that territory.
    pub country: Option<CountryCode>,
    /// The house or room.
    pub venue: Option<Line>,
    /// How many fit in.
    pub capacity: Option<i32>,
    /// The working languages; empty where unknown.
    pub languages: Vec<Language>,
    /// Who it is for, as described.
    pub target_groups: Vec<LocalizedText>,
    /// What it is about; none where unknown.
    pub topics: Topics,
    /// What else its sources say.
    pub particulars: Particulars,
    /// How much of people's names the devices at its doors hold.
    pub manifest_names: ManifestNames,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Where it stands for access: itself, its host with its parents, its program, its country.
    pub whereabouts: Whereabouts,
}

impl Event {
    /// The first day it can have been on; none where open or unknown.
    #[must_use]
    pub fn earliest(&self) -> Option<NaiveDate> {
        self.dates.earliest()
    }

    /// The last day it can have been on; none where open or unknown.
    #[must_use]
    pub fn latest(&self) -> Option<NaiveDate> {
        self.dates.latest()
    }
}

impl Subject for Event {
    type Id = EventId;

    fn id(&self) -> EventId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Event;
    /// Changes an event, its sessions or its partners; moves it through its life.
    Edit "edit" => EditEvents;
    /// Registers people at it, forms delegations.
    Register "register people at" => EditRegistrations;
    /// Checks people in at it.
    CheckIn "check people in at" => CheckIn;
    /// Decides about the flagged scans of it.
    ReviewScans "review the scans of" => ReviewScans;
    /// Prepares devices for its doors, and revokes them.
    PrepareDevices "prepare devices for" => ManageDevices;
    /// Reports a headcount of it.
    ReportHeadcount "report a headcount of" => ReportHeadcounts;
}

/// Why an event command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventRefusal {
    /// The life cycle has no such step from here.
    #[error("an event that is {from} cannot {step}; from there it can {}", possible(*.from))]
    IllegalStep {
        /// Where it is.
        from: EventStatus,
        /// What was tried.
        step: EventStep,
    },
    /// A closed or cancelled event is no longer changed.
    #[error("an event that is {status} cannot be changed")]
    Finished {
        /// Where it is.
        status: EventStatus,
    },
    /// It would be a part of itself.
    #[error("an event cannot belong to itself or to one of its own parts")]
    BelongsToItself,
}

fn possible(from: EventStatus) -> String {
    let steps: Vec<&str> = from.steps().map(EventStep::as_str).collect();
    if steps.is_empty() { "do nothing more".to_owned() } else { steps.join(", ") }
}

impl EventRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::IllegalStep { .. } | Self::Finished { .. } => ProblemCode::IllegalStep,
            Self::BelongsToItself => ProblemCode::Circular,
        }
    }
}
