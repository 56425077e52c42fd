//! What reach answers: the whole, its groups, and for each the two ledgers side by side.

use async_graphql::{Context, Enum, Object, SimpleObject};
use hemicycle_domain::{
    id::PartnerId,
    reach::{self, GroupKey, Listed, ReportedFigure as DomainFigure, SetAside},
};

use super::question::ReachDimension;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::{Event, EventKind, EventStatus},
    headcount_report::{HeadcountQualifier, HeadcountReport, HeadcountState},
    partner::Partner,
    program::{ParticipantCategory, Program},
    rows::Rows,
    scalar::{CountryCode, DateTime},
    territory::Territory,
};

/// Which of the selected events the counted numbers cover.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "reach::CountedScope", name = "ReachCountedScope")]
pub(crate) enum CountedScope {
    /// All of them.
    Everything,
    /// Those within the places where you may read figures.
    Limited,
    /// None: you may read counted figures nowhere.
    Nothing,
}

/// Why a reported figure of participants is left out of the sum and of the list beside it.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "SetAside", name = "ReachSetAsideReason")]
pub(crate) enum SetAsideReason {
    /// It is about people who are planned for or expected.
    NotYetReached,
    /// It is contained in another figure of the event.
    Subset,
    /// It adds up earlier events too.
    RunningTotal,
    /// Another figure of the event is nearer to attendance.
    OtherState,
    /// It gives the same number as the figure that is summed.
    Agrees,
    /// It is rounded or a bound, and the event has an exact figure.
    BesideExact,
    /// It does not say how many are of the categories asked for.
    NotSplitByCategory,
}

/// How many people were reached.
pub(crate) struct Reach(pub(crate) reach::Reach);

/// How many people were reached.
#[Object]
impl Reach {
    /// The moment the answer is true for.
    async fn as_of(&self) -> DateTime {
        self.0.as_of.into()
    }

    /// Which events the counted numbers cover. Reported figures cover every event that you see.
    async fn counted_scope(&self) -> CountedScope {
        self.0.counted_scope.into()
    }

    /// The whole selection. Its unique participants are not the sum of the groups'.
    async fn whole(&self) -> ReachRow<'_> {
        ReachRow(&self.0.whole)
    }

    /// The groups, in the order of their keys, unknown keys last; empty where no grouping was asked for.
    #[graphql(complexity = "20 * child_complexity")]
    async fn groups(&self) -> Vec<ReachRow<'_>> {
        self.0.groups.iter().map(ReachRow).collect()
    }

    /// Whether an event stands in more than one group, so that not even events can be summed over them.
    async fn rows_overlap(&self) -> bool {
        self.0.rows_overlap
    }
}

/// The numbers of one selection of events.
pub(crate) struct ReachRow<'a>(&'a reach::ReachRow);

/// The numbers of one selection of events.
#[Object]
impl ReachRow<'_> {
    /// What the events have in common, one key for each dimension asked for; empty for the whole.
    async fn keys(&self) -> Vec<ReachKey> {
        self.0.keys.iter().copied().map(ReachKey).collect()
    }

    /// How many events there are; null in a grouping by category, which events do not have.
    async fn events(&self) -> Option<i64> {
        self.0.events
    }

    /// The counted ledger, from named people; null for those who may read no counted figure, which is not zero.
    async fn counted(&self) -> Option<CountedReach> {
        self.0.counted.map(|counted| CountedReach {
            events: counted.events,
            registrations: counted.registrations,
            registered_participants: counted.registered_participants,
            participations: counted.participations,
            unique_participants: counted.unique_participants,
        })
    }

    /// The reported ledger, from figures without lists of names.
    async fn reported(&self) -> ReportedReach<'_> {
        ReportedReach(&self.0.reported)
    }
}

/// What the events of a group have in common. The field that fits the dimension is filled, unless it is unknown.
pub(crate) struct ReachKey(GroupKey);

/// What the events of a group have in common. The field that fits the dimension is filled, unless it is unknown.
#[Object]
impl ReachKey {
    /// The dimension.
    async fn dimension(&self) -> ReachDimension {
        match self.0 {
            GroupKey::Country(_) => ReachDimension::Country,
            GroupKey::Region(_) => ReachDimension::Region,
            GroupKey::Program(_) => ReachDimension::Program,
            GroupKey::EventKind(_) => ReachDimension::EventKind,
            GroupKey::Host(_) => ReachDimension::Host,
            GroupKey::Organiser(_) => ReachDimension::Organiser,
            GroupKey::Category(_) => ReachDimension::Category,
            GroupKey::Year(_) => ReachDimension::Year,
            GroupKey::Month(_) => ReachDimension::Month,
        }
    }

    /// Whether it stands for what is unknown, none, or several at once.
    async fn is_unknown(&self) -> bool {
        self.0.is_unknown()
    }

    /// By country: the country.
    async fn country(&self) -> Option<CountryCode> {
        match self.0 {
            GroupKey::Country(country) => country.map(Into::into),
            _ => None,
        }
    }

    /// By region: the territory directly below the country.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let GroupKey::Region(Some(region)) = self.0 else { return None };
        nullable(ctx.reading().map(|reading| reading.find_territory(region).map(Territory)))
    }

    /// By program: the program.
    async fn program(&self, ctx: &Context<'_>) -> Nullable<Program> {
        let GroupKey::Program(Some(program)) = self.0 else { return None };
        nullable(ctx.reading().map(|reading| reading.find_program(program).map(Program)))
    }

    /// By kind: the kind of the events.
    async fn event_kind(&self) -> Option<EventKind> {
        match self.0 {
            GroupKey::EventKind(kind) => Some(kind.into()),
            _ => None,
        }
    }

    /// By host or organiser: the institution.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let partner: PartnerId = match self.0 {
            GroupKey::Host(partner) | GroupKey::Organiser(partner) => partner?,
            _ => return None,
        };
        nullable(ctx.reading().map(|reading| reading.find_partner(partner).map(Partner)))
    }

    /// By category: the category of the people.
    async fn category(&self, ctx: &Context<'_>) -> Nullable<ParticipantCategory> {
        let GroupKey::Category(Some(id)) = self.0 else { return None };
        nullable(ctx.reading().map(|reading| ParticipantCategory::find(&reading, id)))
    }

    /// By year or month: the year.
    async fn year(&self) -> Option<i32> {
        match self.0 {
            GroupKey::Year(year) => year,
            GroupKey::Month(month) => month.map(|(year, _)| year),
            _ => None,
        }
    }

    /// By month: the month, 1 to 12.
    async fn month(&self) -> Option<u32> {
        match self.0 {
            GroupKey::Month(month) => month.map(|(_, month)| month),
            _ => None,
        }
    }
}

/// Numbers from named people. None of them is ever added to a reported figure.
#[derive(SimpleObject)]
pub(crate) struct CountedReach {
    /// The events whose people are counted here; null in a grouping by category.
    events: Option<i64>,
    /// Registrations that are neither cancelled nor parked, in every role.
    registrations: i64,
    /// Those of them in the role of a participant.
    registered_participants: i64,
    /// Participants who have attended, once for each event: person × event.
    participations: i64,
    /// Distinct persons among them, duplicates merged. It can be summed over nothing.
    unique_participants: i64,
}

/// Figures that sources report of events, without lists of names.
pub(crate) struct ReportedReach<'a>(&'a reach::Reported);

/// Figures that sources report of events, without lists of names. Only participants counted in persons are among
/// them: delegates of a conference, trainers and countries never are.
#[Object]
impl ReportedReach<'_> {
    /// The sum of the exact figures; null where there is none, which is not zero.
    async fn exact_sum(&self) -> Option<i64> {
        self.0.exact_sum
    }

    /// The figures that the sum adds up, one for each event.
    async fn exact(&self) -> ReportedFigures {
        ReportedFigures::of(&self.0.exact)
    }

    /// Approximate figures and bounds of events without an exact figure. Nothing adds them up.
    async fn inexact(&self) -> ReportedFigures {
        ReportedFigures::of(&self.0.inexact)
    }

    /// Exact figures that contradict one another about the same event. None of them is taken.
    async fn competing(&self) -> ReportedFigures {
        ReportedFigures::of(&self.0.competing)
    }

    /// Figures that are left out, each with the reason.
    async fn set_aside(&self) -> ReportedFigures {
        let nodes = self.0.set_aside.first.iter();
        let nodes = nodes.map(|(figure, reason)| ReportedFigure::new(figure, Some((*reason).into())));
        ReportedFigures { total_count: self.0.set_aside.total, nodes: nodes.collect() }
    }

    /// The events of which nobody reported how many took part; null in a grouping by category.
    async fn events_without_figure(&self) -> Option<EventsWithoutFigure<'_>> {
        let total_count = self.0.events_without_figure?;
        Some(EventsWithoutFigure { total_count, first: &self.0.without_figure })
    }
}

/// The beginning of a list of figures, and how long all of it is.
#[derive(SimpleObject)]
pub(crate) struct ReportedFigures {
    /// How many there are.
    total_count: usize,
    /// The first 100 of them by date of the event.
    nodes: Vec<ReportedFigure>,
}

impl ReportedFigures {
    fn of(listed: &Listed<DomainFigure>) -> Self {
        let nodes = listed.first.iter().map(|figure| ReportedFigure::new(figure, None)).collect();
        Self { total_count: listed.total, nodes }
    }
}

/// A figure as it stands in an answer.
pub(crate) struct ReportedFigure {
    figure: DomainFigure,
    reason: Option<SetAsideReason>,
}

impl ReportedFigure {
    fn new(figure: &DomainFigure, reason: Option<SetAsideReason>) -> Self {
        Self { figure: figure.clone(), reason }
    }
}

/// A figure as it stands in an answer.
#[Object]
impl ReportedFigure {
    /// The number: of the whole report, or of its parts in the categories asked for.
    async fn value(&self) -> i64 {
        self.figure.value
    }

    /// How it is meant.
    async fn qualifier(&self) -> HeadcountQualifier {
        self.figure.qualifier.into()
    }

    /// In which state the people are.
    async fn state(&self) -> HeadcountState {
        self.figure.state.into()
    }

    /// The words of the source.
    async fn as_written(&self) -> Option<&str> {
        self.figure.as_written.as_deref()
    }

    /// Why it is left out; null where it is not.
    async fn reason(&self) -> Option<SetAsideReason> {
        self.reason
    }

    /// Where its event is in its life.
    async fn event_status(&self) -> EventStatus {
        self.figure.event_status.into()
    }

    /// The event it speaks of.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.figure.event).await.map(|event| event.map(Event)))
    }

    /// The report.
    async fn headcount_report(&self, ctx: &Context<'_>) -> Nullable<HeadcountReport> {
        let report = ctx.load(self.figure.report).await;
        nullable(report.map(|report| report.map(HeadcountReport)))
    }
}

/// Events of which nobody reported how many took part.
pub(crate) struct EventsWithoutFigure<'a> {
    total_count: i64,
    first: &'a [reach::EventWithoutFigure],
}

/// Events of which nobody reported how many took part. They add nothing to a sum, not even zero.
#[Object]
impl EventsWithoutFigure<'_> {
    /// How many there are.
    async fn total_count(&self) -> i64 {
        self.total_count
    }

    /// The first of them by date, at most 100 in the whole answer; of a planned one a number cannot be known yet.
    /// Under a filter by category only their number is given.
    #[graphql(complexity = "20 * child_complexity")]
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Rows<Event>, ApiError> {
        let ids: Vec<_> = self.first.iter().map(|one| one.event).collect();
        let mut found = ctx.batch().load_many(ids.iter().copied()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(Event).collect())
    }
}
