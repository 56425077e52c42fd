//! The closed lists of events: kinds, formats, points and steps of their life, roles, relations.

use async_graphql::Enum;
use hemicycle_domain::event;

/// What kind of event it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::EventKind")]
pub(crate) enum EventKind {
    /// Trainers are trained.
    TrainingOfTrainers,
    /// Participants are trained.
    Training,
    /// Officials bring their knowledge up to date.
    RefresherCourse,
    /// A seminar-meeting: instruction and deliberation in one.
    SeminarMeeting,
    /// A conference.
    Conference,
    /// A meeting of two institutions.
    BilateralMeeting,
    /// A working meeting.
    WorkingMeeting,
    /// A visit on the spot.
    FieldVisit,
    /// Several events that a source reports as one.
    Series,
    /// Any other event.
    Other,
}

/// How people take part.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::EventFormat")]
pub(crate) enum EventFormat {
    /// Everyone is in the room.
    InPerson,
    /// Everyone is connected from afar.
    Remote,
    /// Some are in the room, some are not.
    Hybrid,
}

/// Where an event is in its life.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::EventStatus")]
pub(crate) enum EventStatus {
    /// Being prepared; seen only by those who prepare it.
    Draft,
    /// Announced.
    Planned,
    /// Open for registration.
    Open,
    /// Has begun.
    InProgress,
    /// Has taken place; its figures can still change.
    Held,
    /// Its figures are final.
    Closed,
    /// Will not take place.
    Cancelled,
    /// Will take place later.
    Postponed,
}

/// A step in the life of an event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::EventStep")]
pub(crate) enum EventStep {
    /// Announces a draft, or a postponed event anew.
    Plan,
    /// Opens the registration.
    Open,
    /// Begins.
    Start,
    /// States that it has taken place; also from `PLANNED`, for what is recorded only afterwards.
    Hold,
    /// Makes its figures final.
    Close,
    /// Calls it off for good; needs a reason.
    Cancel,
    /// Puts it off to a later time; needs a reason.
    Postpone,
}

/// What an institution is to an event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::PartnerRole", name = "EventPartnerRole")]
pub(crate) enum PartnerRole {
    /// Leads the organising.
    LeadOrganiser,
    /// Organises.
    Organiser,
    /// Organises together with others.
    CoOrganiser,
    /// Pays.
    Funder,
    /// Sends people.
    Sender,
    /// Provides trainers.
    TrainerProvider,
    /// Assessed the needs beforehand.
    NeedsAssessor,
}

/// How an event belongs to the event it names.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::Relation", name = "EventRelation")]
pub(crate) enum Relation {
    /// It is a part of it.
    PartOf,
    /// It is a meeting on its margins.
    OnTheMargins,
    /// It took place on the same day, with the same people.
    SameDay,
    /// It follows from it, elsewhere or later.
    FollowUp,
}
