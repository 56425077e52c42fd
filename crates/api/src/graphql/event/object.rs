//! The event as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use hemicycle_domain::{
    event::{self, EventPartner as DomainEventPartner, Session as DomainSession},
    id::{EventId, SessionId},
    text::{Line, Passage},
};
use hemicycle_persistence::{EventTally, EventsOf};

use super::{
    list,
    particulars::Particulars,
    words::{EventFormat, EventKind, EventStatus, EventStep, PartnerRole, Relation},
};
use crate::graphql::{
    check_in::{FlaggedScan, FlaggedScanWhere, flagged_of_event},
    checkpoint::{self, Checkpoint},
    connection::{Connection, cost, page},
    context::ContextExt,
    date::Dates,
    error::{ApiError, Nullable, nullable},
    headcount_report::{HeadcountMeasure, HeadcountReport, reports_of_event},
    id,
    input::order,
    loader::{loader, rekey},
    manifest::ManifestNames,
    name::{self, Name},
    partner::Partner,
    program::Program,
    registration::{self, Contribution, Delegation, Registration, RegistrationOrder, RegistrationWhere},
    rows::Rows,
    scalar::{CountryCode, DateTime, LanguageTag, TimeZone},
    source::{Citation, citations},
    territory::Territory,
    text::LocalizedText,
    walk_in::{self, WalkIn},
};

/// The exact times of an event.
#[derive(SimpleObject)]
pub(crate) struct Timetable {
    /// When it starts.
    starts_at: DateTime,
    /// When it ends.
    ends_at: DateTime,
    /// The zone in which its days are counted.
    zone: TimeZone,
}

/// An institution's role at an event.
pub(crate) struct EventPartner(DomainEventPartner);

/// An institution's role at an event.
#[Object]
impl EventPartner {
    /// What it is to the event.
    async fn role(&self) -> PartnerRole {
        self.0.role.into()
    }

    /// The institution.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable(ctx.reading().map(|reading| reading.find_partner(self.0.partner).map(Partner)))
    }
}

/// A session of an event.
pub(crate) struct Session(pub(crate) DomainSession);

/// A session of an event.
#[Object]
impl Session {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// Its number within the event, from 1.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Its title in the first of these languages that there is.
    async fn title(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// When it is; null where nothing is known beyond the event's own dates.
    async fn dates(&self) -> Option<Dates> {
        self.0.dates.clone().map(Dates)
    }

    /// What it is about; null where unknown.
    async fn topics(&self) -> Option<Vec<LocalizedText>> {
        self.0.topics.clone().map(|topics| topics.into_iter().map(LocalizedText).collect())
    }

    /// What registered people contribute to it; empty where you may not see people here.
    #[graphql(complexity = "5 * child_complexity")]
    async fn contributions(&self, ctx: &Context<'_>) -> Result<Rows<Contribution>, ApiError> {
        registration::of_session(ctx, self.0.id).await
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }
}

/// How many people an event counts by name. Figures without a list are reported apart and never mixed in.
#[derive(SimpleObject)]
pub(crate) struct EventCounts {
    /// Registrations that are neither cancelled nor parked, in every role.
    registrations: i64,
    /// Those of them with attendance.
    attended: i64,
}

/// An event: a training, a seminar, a course, a conference, a meeting, a visit.
#[derive(Clone)]
pub(crate) struct Event(pub(crate) Arc<event::Event>);

/// The key of an event's other partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PartnersOf(EventId);
/// The key of an event's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct SessionsOf(EventId);
/// The key of an event's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct TallyOf(EventId);

loader!(EventId => Arc<event::Event>, |reading, keys| reading.find_events(keys));
loader!(PartnersOf => Vec<DomainEventPartner>, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.partners_of_events(&ids).await, PartnersOf)
});
loader!(SessionsOf => Vec<DomainSession>, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.sessions_of_events(&ids).await, SessionsOf)
});
loader!(TallyOf => EventTally, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.tallies_of_events(&ids).await, TallyOf)
});

/// Finds a session of an event that the caller sees.
pub(crate) async fn find_session(
    ctx: &Context<'_>,
    event: EventId,
    session: SessionId,
) -> Result<Option<Session>, ApiError> {
    let sessions = ctx.load(SessionsOf(event)).await?.unwrap_or_default();
    Ok(sessions.into_iter().find(|known| known.id == session).map(Session))
}

/// An event: a training, a seminar, a course, a conference, a meeting, a visit.
#[Object]
impl Event {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// What kind of event it is.
    async fn kind(&self) -> EventKind {
        self.0.kind.into()
    }

    /// How people take part; null where unknown.
    async fn format(&self) -> Option<EventFormat> {
        self.0.format.map(Into::into)
    }

    /// Where it is in its life.
    async fn status(&self) -> EventStatus {
        self.0.status.into()
    }

    /// Why it was cancelled or postponed.
    async fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_ref().map(Passage::as_str)
    }

    /// The steps its life allows from here.
    async fn possible_steps(&self) -> Vec<EventStep> {
        self.0.status.steps().map(Into::into).collect()
    }

    /// Its title in the first of these languages that there is.
    async fn title(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// All its names and titles.
    async fn names(&self) -> Vec<Name> {
        name::all(&self.0.names)
    }

    /// When it is, as precisely as its sources say.
    async fn dates(&self) -> Dates {
        Dates(self.0.dates.clone())
    }

    /// Its exact times; null where it has no timetable.
    async fn timetable(&self) -> Option<Timetable> {
        self.0.timetable.map(|timetable| Timetable {
            starts_at: timetable.starts_at.into(),
            ends_at: timetable.ends_at.into(),
            zone: TimeZone(timetable.zone.name().to_owned()),
        })
    }

    /// The program it belongs to; null where it belongs to none.
    async fn program(&self, ctx: &Context<'_>) -> Nullable<Program> {
        let program = self.0.program?;
        nullable(ctx.reading().map(|reading| reading.find_program(program).map(Program)))
    }

    /// The number of the program's stage it belongs to.
    async fn stage(&self) -> Option<i32> {
        self.0.stage
    }

    /// The cascade level whose people it trains.
    async fn cascade_level(&self) -> Option<i32> {
        self.0.cascade_level
    }

    /// The event it belongs to.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<Event> {
        let (parent, _) = self.0.parent?;
        nullable(ctx.load(parent).await.map(|parent| parent.map(Event)))
    }

    /// How it belongs to its parent.
    async fn relation(&self) -> Option<Relation> {
        self.0.parent.map(|(_, relation)| relation.into())
    }

    /// The events that belong to it: its parts, meetings on its margins, visits of the same day, follow-ups.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn parts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Event>, ApiError> {
        let own = EventsOf::Event(self.0.id);
        Box::pin(list::list_of(ctx, own, None, None, page(first, after, last, before)?)).await
    }

    /// The institution in whose house it takes place and who runs it; null where none is named.
    async fn host(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let host = self.0.host?;
        nullable(ctx.reading().map(|reading| reading.find_partner(host).map(Partner)))
    }

    /// The other institutions and their roles: organisers, funders, senders. Empty where none is named.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these roles.")] roles: Option<Vec<PartnerRole>>,
    ) -> Result<Vec<EventPartner>, ApiError> {
        let partners = ctx.load(PartnersOf(self.0.id)).await?.unwrap_or_default();
        let wanted = |partner: &DomainEventPartner| {
            roles.as_ref().is_none_or(|roles| roles.contains(&partner.role.into()))
        };
        Ok(partners.into_iter().filter(wanted).map(EventPartner).collect())
    }

    /// Where it takes place; null where unknown or nowhere in particular.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let territory = self.0.territory?;
        nullable(ctx.reading().map(|reading| reading.find_territory(territory).map(Territory)))
    }

    /// The country in which it takes place.
    async fn country(&self) -> Option<CountryCode> {
        self.0.country.map(Into::into)
    }

    /// The house or room; null where unknown.
    async fn venue(&self) -> Option<&str> {
        self.0.venue.as_ref().map(Line::as_str)
    }

    /// How many fit in; null where unlimited or unknown.
    async fn capacity(&self) -> Option<i32> {
        self.0.capacity
    }

    /// How much of people's names the devices at its doors hold.
    async fn manifest_names(&self) -> ManifestNames {
        self.0.manifest_names.into()
    }

    /// The working languages; empty where unknown.
    async fn languages(&self) -> Vec<LanguageTag> {
        self.0.languages.iter().map(Into::into).collect()
    }

    /// Who it is for, as described.
    async fn target_groups(&self) -> Vec<LocalizedText> {
        self.0.target_groups.iter().cloned().map(LocalizedText).collect()
    }

    /// What it is about; null where unknown, which is not the same as nothing.
    async fn topics(&self) -> Option<Vec<LocalizedText>> {
        self.0.topics.clone().map(|topics| topics.into_iter().map(LocalizedText).collect())
    }

    /// Its sessions, in order.
    #[graphql(complexity = "5 * child_complexity")]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Rows<Session>, ApiError> {
        let sessions = ctx.load(SessionsOf(self.0.id)).await?.unwrap_or_default();
        Ok(sessions.into_iter().map(Session).collect())
    }

    /// Its checkpoints, where people are scanned: the days in their order, then sessions, meals and doors.
    #[graphql(complexity = "5 * child_complexity")]
    async fn checkpoints(&self, ctx: &Context<'_>) -> Result<Rows<Checkpoint>, ApiError> {
        checkpoint::of_event(ctx, self.0.id).await
    }

    /// Its roster: who is registered. Empty where you may not see people here.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which registrations. Default: those that stand.")] filter: Option<
            RegistrationWhere,
        >,
        #[graphql(desc = "In which order; one field at most. Default: as they were registered.")]
        order_by: Option<Vec<RegistrationOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Registration>, ApiError> {
        let page = page(first, after, last, before)?;
        Box::pin(registration::list_of_event(ctx, self.0.id, filter, order(order_by)?, page)).await
    }

    /// The people who came without being on a list, the newest first. Empty where you may not see people here.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn walk_ins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether it was said who they are; left out for all.")] is_settled: Option<bool>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<WalkIn>, ApiError> {
        walk_in::of_event(ctx, self.0.id, is_settled, page(first, after, last, before)?).await
    }

    /// The scans that were kept with something amiss, the oldest first: the queue of what a person has to look at. Empty
    /// where you may not see people here.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn flagged_scans(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which ones. Default: all.")] filter: Option<FlaggedScanWhere>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<FlaggedScan>, ApiError> {
        flagged_of_event(ctx, self.0.id, filter, page(first, after, last, before)?).await
    }

    /// The delegations to it.
    #[graphql(complexity = "5 * child_complexity")]
    async fn delegations(&self, ctx: &Context<'_>) -> Result<Rows<Delegation>, ApiError> {
        registration::of_event(ctx, self.0.id).await
    }

    /// How many people it counts by name; null for those who may not see figures here.
    async fn counts(&self, ctx: &Context<'_>) -> Nullable<EventCounts> {
        let tally = ctx.load(TallyOf(self.0.id)).await;
        nullable(tally.map(|tally| {
            tally.map(|EventTally { registrations, attended }| EventCounts { registrations, attended })
        }))
    }

    /// The figures that sources give of it without lists of names, oldest first; several may stand side by side.
    #[graphql(complexity = "5 * child_complexity")]
    async fn headcount_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only figures that count one of these.")] measures: Option<Vec<HeadcountMeasure>>,
        #[graphql(desc = "Whether withdrawn ones are among them.", default)] include_withdrawn: bool,
    ) -> Result<Vec<HeadcountReport>, ApiError> {
        reports_of_event(ctx, self.0.id, measures, include_withdrawn).await
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// What else its sources say: modules, trainers, tests, money, plans.
    async fn particulars(&self) -> Particulars {
        Particulars(Arc::clone(&self.0))
    }

    /// Whether it is archived.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }
}
