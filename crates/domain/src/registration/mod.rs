//! Registrations: a person's place at an event, with role, category, delegation and status.
//!
//! Position, institution, territory and country stand here as at the event; a later move of the person
//! does not change them. Who was really there follows from `check_in`.

mod contribution;
mod delegation;
mod list;
mod role;

pub use contribution::{Contribution, ContributionKind, NewContribution};
pub use delegation::{Delegation, DelegationChange, DelegationRoster, NewDelegation};
pub use list::{RegistrationFilter, RegistrationOrder, RegistrationOrderField, RegistrationTest};
pub use role::{RegistrationRole, RegistrationStatus};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    country::CountryCode,
    event::{Event, EventStatus},
    id::{
        DelegationId, EventId, ParticipantCategoryId, ParticipantId, PartnerId, ProgramId, RegistrationId,
        TerritoryId,
    },
    participant::Participant,
    problem::{Fault, Invalid, Problem, ProblemCode},
    text::{LocalizedText, Passage},
};

/// A person's place at an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// Its identifier.
    pub id: RegistrationId,
    /// How often it was changed.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The event.
    pub event: EventId,
    /// The person.
    pub participant: ParticipantId,
    /// What the person is there, and for whom.
    pub details: RegistrationDetails,
    /// Whether it stands.
    pub status: RegistrationStatus,
    /// Why it was cancelled.
    pub status_reason: Option<Passage>,
    /// The registration of the same person that its scans became facts of, where it ended by a merge.
    pub merged_into: Option<RegistrationId>,
}

/// What a person is at an event, and whom the person represents there.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistrationDetails {
    /// The role.
    pub role: RegistrationRole,
    /// The category of participants; one of the event's program.
    pub category: Option<ParticipantCategoryId>,
    /// The delegation the person belongs to.
    pub membership: Option<Membership>,
    /// The institution represented.
    pub partner: Option<PartnerId>,
    /// The position held at the time.
    pub position: Option<LocalizedText>,
    /// The territory served in at the time.
    pub territory: Option<TerritoryId>,
    /// The country represented.
    pub country: Option<CountryCode>,
}

/// A place in a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The delegation.
    pub delegation: DelegationId,
    /// Whether the person leads it.
    pub is_head: bool,
}

impl Membership {
    /// Accepts a place in a delegation; nobody leads none.
    pub fn parse(delegation: Option<DelegationId>, is_head: bool) -> Result<Option<Self>, Invalid> {
        match delegation {
            Some(delegation) => Ok(Some(Self { delegation, is_head })),
            None if is_head => {
                Err(Invalid::new("delegationId", Fault::NeededBy { other: "isDelegationHead" }))
            }
            None => Ok(None),
        }
    }
}

/// A command: a known person to be registered at an event.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// The event.
    pub event: EventId,
    /// The person.
    pub participant: ParticipantId,
    /// What the person is there.
    pub details: RegistrationDetails,
}

/// A command: what to change about a registration. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct RegistrationChange {
    /// Another role.
    pub role: Option<RegistrationRole>,
    /// Another category.
    pub category: Option<Option<ParticipantCategoryId>>,
    /// Another delegation.
    pub delegation: Option<Option<DelegationId>>,
    /// Whether the person leads it.
    pub is_delegation_head: Option<bool>,
    /// Another institution.
    pub partner: Option<Option<PartnerId>>,
    /// Another position.
    pub position: Option<Option<LocalizedText>>,
    /// Another territory.
    pub territory: Option<Option<TerritoryId>>,
    /// Another country.
    pub country: Option<Option<CountryCode>>,
}

/// Why a command on registrations or delegations is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistrationRefusal {
    /// The person has a registration at the event that stands.
    #[error("the person is registered at this event already")]
    AlreadyRegistered {
        /// That registration.
        registration: RegistrationId,
    },
    /// Every seat is taken.
    #[error("the event is full: all of its {capacity} seats are taken")]
    EventFull {
        /// How many there are.
        capacity: i32,
    },
    /// The people of a closed or cancelled event no longer change.
    #[error("the people of an event that is {status} cannot be changed")]
    EventFinished {
        /// Where the event is in its life.
        status: EventStatus,
    },
    /// The category is one of another program, or the event has no program.
    #[error("the participant category does not belong to the event's program")]
    CategoryOfOtherProgram,
    /// A cancelled registration is not changed; the person is registered anew.
    #[error("the registration was cancelled; register the person anew")]
    Cancelled,
    /// Someone who was there cannot be taken off the list.
    #[error("the person has attended; undo the check-ins before the registration is cancelled")]
    HasAttended,
    /// The delegation was sent to another event.
    #[error("the delegation was sent to another event")]
    DelegationOfOtherEvent,
    /// A delegation has one head.
    #[error("the delegation has a head already")]
    DelegationHasHead,
    /// As many people as the delegation counts are registered.
    #[error("the delegation counts {size} people, and as many are registered")]
    DelegationFull {
        /// How many people it counts.
        size: i32,
    },
    /// More people are registered than the delegation would count.
    #[error("the delegation cannot count {size} people: {members} are registered")]
    SizeBelowMembers {
        /// The size given.
        size: i32,
        /// How many are registered.
        members: i64,
    },
    /// The session belongs to another event.
    #[error("the session belongs to another event than the registration")]
    SessionOfOtherEvent,
}

impl RegistrationRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::AlreadyRegistered { .. } => ProblemCode::AlreadyRegistered,
            Self::EventFull { .. } => ProblemCode::EventFull,
            Self::EventFinished { .. } | Self::Cancelled | Self::HasAttended => ProblemCode::IllegalStep,
            Self::DelegationHasHead => ProblemCode::AlreadyTaken,
            Self::DelegationFull { .. } => ProblemCode::DelegationFull,
            Self::CategoryOfOtherProgram
            | Self::DelegationOfOtherEvent
            | Self::SizeBelowMembers { .. }
            | Self::SessionOfOtherEvent => ProblemCode::InvalidInput,
        }
    }
}

impl RegistrationDetails {
    /// A role and nothing else that is known.
    #[must_use]
    pub fn in_role(role: RegistrationRole) -> Self {
        Self {
            role,
            category: None,
            membership: None,
            partner: None,
            position: None,
            territory: None,
            country: None,
        }
    }

    /// Accepts the details: a head of delegation leads the delegation it belongs to, and belongs to one.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        if self.role == RegistrationRole::HeadOfDelegation {
            match &mut self.membership {
                Some(membership) => membership.is_head = true,
                None => return Err(Invalid::new("delegationId", Fault::Empty)),
            }
        }
        Ok(self)
    }

    /// Takes what is not given from the person as it is now, where the event is still to come.
    ///
    /// Of an event that has been held nothing is known by looking at the person today.
    #[must_use]
    pub fn completed_from(self, person: &Participant, event: &Event) -> Self {
        if matches!(event.status, EventStatus::Held | EventStatus::Closed | EventStatus::Cancelled) {
            return self;
        }
        Self {
            partner: self.partner.or(person.home_partner),
            position: self.position.or_else(|| person.position.clone()),
            territory: self.territory.or(if self.country.is_none() { person.territory } else { None }),
            country: self.country.or(if self.territory.is_none() { person.country } else { None }),
            ..self
        }
    }

    /// Refuses a category of another program than the event's.
    pub fn check_category(
        &self,
        event: &Event,
        program_of_category: Option<ProgramId>,
    ) -> Result<(), RegistrationRefusal> {
        match self.category {
            Some(_) if program_of_category.is_none() || event.program != program_of_category => {
                Err(RegistrationRefusal::CategoryOfOtherProgram)
            }
            _ => Ok(()),
        }
    }
}

impl Registration {
    /// Decides what the registration looks like after a change.
    pub fn changed(&self, change: RegistrationChange) -> Result<Self, Problem> {
        if self.status == RegistrationStatus::Cancelled {
            return Err(RegistrationRefusal::Cancelled.into());
        }
        let now = &self.details;
        let role = change.role.unwrap_or(now.role);
        let delegation =
            change.delegation.unwrap_or_else(|| now.membership.map(|membership| membership.delegation));
        // Who gives up the role of the head, or moves to another delegation, gives up leading.
        let keeps_place = delegation == now.membership.map(|membership| membership.delegation)
            && (role == now.role || now.role != RegistrationRole::HeadOfDelegation);
        let leads = keeps_place && now.membership.is_some_and(|membership| membership.is_head);
        let is_head = change.is_delegation_head.unwrap_or(leads);
        let details = RegistrationDetails {
            role,
            category: change.category.unwrap_or(now.category),
            membership: Membership::parse(delegation, is_head)?,
            partner: change.partner.unwrap_or(now.partner),
            position: change.position.unwrap_or_else(|| now.position.clone()),
            territory: change.territory.unwrap_or(now.territory),
            country: change.country.unwrap_or(now.country),
        };
        Ok(Self { version: self.version + 1, details: details.checked()?, ..self.clone() })
    }

    /// Decides what the registration looks like once someone has accepted it; none where it was not parked.
    #[must_use]
    pub fn accepted(&self) -> Option<Self> {
        let status = RegistrationStatus::Registered;
        (self.status == RegistrationStatus::Parked).then(|| Self {
            version: self.version + 1,
            status,
            ..self.clone()
        })
    }

    /// Decides what the registration looks like after it was given up.
    pub fn cancelled(&self, reason: Passage, has_attended: bool) -> Result<Self, RegistrationRefusal> {
        if self.status == RegistrationStatus::Cancelled {
            return Err(RegistrationRefusal::Cancelled);
        }
        if has_attended {
            return Err(RegistrationRefusal::HasAttended);
        }
        Ok(Self {
            version: self.version + 1,
            status: RegistrationStatus::Cancelled,
            status_reason: Some(reason),
            ..self.clone()
        })
    }
}

impl Registration {
    /// Decides what the registration looks like after its scans became facts of another one of the same person.
    pub fn merged(&self, into: &Self, reason: Passage) -> Result<Self, RegistrationRefusal> {
        if self.status == RegistrationStatus::Cancelled || into.status == RegistrationStatus::Cancelled {
            return Err(RegistrationRefusal::Cancelled);
        }
        Ok(Self {
            version: self.version + 1,
            status: RegistrationStatus::Cancelled,
            status_reason: Some(reason),
            merged_into: Some(into.id),
            ..self.clone()
        })
    }
}

/// Refuses to change the people of an event that is archived, closed or cancelled.
pub fn check_open(event: &Event) -> Result<(), Problem> {
    if event.is_archived {
        return Err(Problem::Archived);
    }
    if event.status.is_finished() {
        return Err(RegistrationRefusal::EventFinished { status: event.status }.into());
    }
    Ok(())
}

/// Refuses one more person in this role where all seats are taken.
pub fn check_capacity(
    capacity: Option<i32>,
    role: RegistrationRole,
    seats_taken: i64,
) -> Result<(), RegistrationRefusal> {
    match capacity {
        Some(capacity) if role.takes_a_seat() && seats_taken >= i64::from(capacity) => {
            Err(RegistrationRefusal::EventFull { capacity })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
