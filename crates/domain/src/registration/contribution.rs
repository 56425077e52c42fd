//! Contributions: what a registered person does at an event beyond being there.

use crate::{
    id::{ContributionId, EventId, RegistrationId, SessionId},
    text::LocalizedText,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a contribution is.
    pub enum ContributionKind {
        /// Words of welcome.
        WelcomeAddress = "welcome_address",
        /// A presentation or a report.
        Presentation = "presentation",
        /// A lecture.
        Lecture = "lecture",
        /// The moderation of a session.
        Moderation = "moderation",
        /// Anything else.
        Other = "other",
    }
}

/// What a registered person contributes to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Its identifier.
    pub id: ContributionId,
    /// Whose it is.
    pub registration: RegistrationId,
    /// The event.
    pub event: EventId,
    /// The session; none where the source names no session.
    pub session: Option<SessionId>,
    /// What it is.
    pub kind: ContributionKind,
    /// Its title or subject.
    pub title: Option<LocalizedText>,
}

/// A command: a contribution to be recorded.
#[derive(Debug, Clone)]
pub struct NewContribution {
    /// Whose it is.
    pub registration: RegistrationId,
    /// The session of the same event, where one is known.
    pub session: Option<SessionId>,
    /// What it is.
    pub kind: ContributionKind,
    /// Its title or subject.
    pub title: Option<LocalizedText>,
}
