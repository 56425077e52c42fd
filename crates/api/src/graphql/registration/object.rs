//! A person's place at an event, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    check_in::{Attendance as DomainAttendance, Scan as DomainScan},
    id::RegistrationId,
    registration::{self, Contribution as DomainContribution},
    text::Passage,
};
use hemicycle_persistence::RosterEntry;

use super::{contribution::Contribution, delegation::Delegation};
use crate::graphql::{
    badge::{self, Badge},
    check_in::{Attendance, Scan},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    participant::Participant,
    partner::Partner,
    program::ParticipantCategory,
    rows::Rows,
    scalar::{CountryCode, DateTime},
    source::{Citation, citations},
    territory::Territory,
    test_result::{self, TestResult},
    text::LocalizedText,
    walk_in::{self, WalkIn},
};

/// What a person is at an event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "registration::RegistrationRole")]
pub(crate) enum RegistrationRole {
    /// Is trained or instructed.
    Participant,
    /// Trains or facilitates; never counted as a participant of the event served.
    Facilitator,
    /// Speaks.
    Speaker,
    /// Leads a discussion.
    Moderator,
    /// Watches.
    Observer,
    /// Organises.
    Organiser,
    /// Belongs to a delegation.
    Delegate,
    /// Leads a delegation.
    HeadOfDelegation,
    /// Represents an institution.
    Representative,
    /// Is quoted about the event; that the person was there is not said.
    QuotedOfficial,
}

/// Where a registration is in its life.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "registration::RegistrationStatus")]
pub(crate) enum RegistrationStatus {
    /// The person has a place at the event.
    Registered,
    /// The place was given up.
    Cancelled,
    /// The person came after the figures of the event were final: the place counts once someone says who the walk-in is, or
    /// accepts a scan of it.
    Parked,
}

/// A person's place at an event. Position, institution, territory and country are those at the time of the event.
#[derive(Clone)]
pub(crate) struct Registration(pub(crate) Arc<RosterEntry>);

/// The key of a registration's attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AttendanceOf(RegistrationId);
/// The key of a registration's scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ScansOf(RegistrationId);
/// The key of a registration's contributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ContributionsOf(RegistrationId);

loader!(RegistrationId => Arc<RosterEntry>, |reading, keys| reading.find_registrations(keys));
loader!(AttendanceOf => DomainAttendance, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.attendance_of_registrations(&ids).await, AttendanceOf)
});
loader!(ScansOf => Vec<DomainScan>, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.scans_of_registrations(&ids).await, ScansOf)
});
loader!(ContributionsOf => Vec<DomainContribution>, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.contributions_of_registrations(&ids).await, ContributionsOf)
});

/// A person's place at an event. Position, institution, territory and country are those at the time of the event.
#[Object]
impl Registration {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.registration.id)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.registration.id).await
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.registration.version
    }

    /// When the person was registered.
    async fn created_at(&self) -> DateTime {
        self.0.registration.created_at.into()
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.0.registration.event).await.map(|event| event.map(Event)))
    }

    /// The person.
    async fn participant(&self) -> Participant {
        Participant(Arc::clone(&self.0.participant))
    }

    /// What the person is there.
    async fn role(&self) -> RegistrationRole {
        self.0.registration.details.role.into()
    }

    /// The participant category, one of the event's program.
    async fn category(&self, ctx: &Context<'_>) -> Nullable<ParticipantCategory> {
        let id = self.0.registration.details.category?;
        nullable(ctx.reading().map(|reading| {
            let program = reading.find_program_of_category(id)?;
            let category = program.category(id)?.clone();
            Some(ParticipantCategory { program, category })
        }))
    }

    /// The delegation the person belongs to.
    async fn delegation(&self, ctx: &Context<'_>) -> Nullable<Delegation> {
        let membership = self.0.registration.details.membership?;
        let delegation = ctx.load(membership.delegation).await;
        nullable(delegation.map(|delegation| delegation.map(Delegation)))
    }

    /// Whether the person leads the delegation.
    async fn is_delegation_head(&self) -> bool {
        self.0.registration.details.membership.is_some_and(|membership| membership.is_head)
    }

    /// The institution the person represents.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let partner = self.0.registration.details.partner?;
        nullable(ctx.reading().map(|reading| reading.find_partner(partner).map(Partner)))
    }

    /// The position held at the time.
    async fn position(&self) -> Option<LocalizedText> {
        self.0.registration.details.position.clone().map(LocalizedText)
    }

    /// The territory served in at the time.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let territory = self.0.registration.details.territory?;
        nullable(ctx.reading().map(|reading| reading.find_territory(territory).map(Territory)))
    }

    /// The country represented.
    async fn country(&self) -> Option<CountryCode> {
        self.0.registration.details.country.map(Into::into)
    }

    /// Whether it stands.
    async fn status(&self) -> RegistrationStatus {
        self.0.registration.status.into()
    }

    /// Why it was cancelled.
    async fn status_reason(&self) -> Option<&str> {
        self.0.registration.status_reason.as_ref().map(Passage::as_str)
    }

    /// The registration of the same person that goes on in its place, where it ended because a walk-in turned out to be
    /// someone on the list; its scans are facts of that one. Null otherwise.
    async fn merged_into(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let into = self.0.registration.merged_into?;
        nullable(ctx.batch().load_one(into).await.map(|entry| entry.map(Registration)))
    }

    /// The badge; null for those who may not register people at the event.
    #[graphql(complexity = "5 + child_complexity")]
    async fn badge(&self, ctx: &Context<'_>) -> Nullable<Badge> {
        nullable(badge::of_registration(ctx, &self.0).await)
    }

    /// How it was made at the door, where the person came without being on a list.
    #[graphql(complexity = "5 + child_complexity")]
    async fn walk_in(&self, ctx: &Context<'_>) -> Nullable<WalkIn> {
        nullable(walk_in::of_registration(ctx, self.0.registration.id).await)
    }

    /// Whether the person was there, and is there now, as far as the scans tell.
    async fn attendance(&self, ctx: &Context<'_>) -> Result<Attendance, ApiError> {
        let attendance = match self.0.attendance {
            Some(attendance) => attendance,
            None => ctx.load(AttendanceOf(self.0.registration.id)).await?.unwrap_or_default(),
        };
        Ok(attendance.into())
    }

    /// What was seen at the doors, in the order it was captured in; what was undone too.
    #[graphql(complexity = "5 * child_complexity")]
    async fn scans(&self, ctx: &Context<'_>) -> Result<Vec<Scan>, ApiError> {
        let scans = ctx.load(ScansOf(self.0.registration.id)).await?.unwrap_or_default();
        Ok(scans.into_iter().map(Scan).collect())
    }

    /// What the person scored at the tests of the event, in the order in which the tests were taken. Null where results
    /// are withheld from you, empty where none is recorded.
    #[graphql(complexity = "5 * child_complexity")]
    async fn test_results(&self, ctx: &Context<'_>) -> Nullable<Rows<TestResult>> {
        nullable(test_result::of_registration(ctx, self.0.registration.id).await)
    }

    /// What the person contributes to the event.
    #[graphql(complexity = "5 * child_complexity")]
    async fn contributions(&self, ctx: &Context<'_>) -> Result<Rows<Contribution>, ApiError> {
        let contributions = ctx.load(ContributionsOf(self.0.registration.id)).await?;
        Ok(contributions.unwrap_or_default().into_iter().map(Contribution).collect())
    }
}
