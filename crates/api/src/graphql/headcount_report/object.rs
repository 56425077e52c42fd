//! The headcount report as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use hemicycle_domain::{
    headcount_report::{self, PartsMatch as DomainPartsMatch},
    id::{EventId, HeadcountReportId},
    text::Passage,
};

use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    partner::Partner,
    program::ParticipantCategory,
    rows::Rows,
    scalar::DateTime,
    source::{Citation, citations},
    territory::Territory,
    text::LocalizedText,
};

/// What a figure counts.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::Measure")]
pub(crate) enum HeadcountMeasure {
    /// People who take part to learn. Only these are trainees.
    Participants,
    /// People who train them; they stand outside the participants.
    Trainers,
    /// Delegates of a conference; never trainees.
    Delegates,
    /// Representatives of an institution who are present; not participants.
    Representatives,
    /// Countries that are represented.
    CountriesRepresented,
    /// Women among the participants.
    Women,
    /// Participants who took the test.
    Tested,
    /// Certificates that were issued.
    Certificates,
    /// Anything else; the label says what.
    Other,
}

/// What one of the counted things is. Figures of different units are never added.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::Unit")]
pub(crate) enum HeadcountUnit {
    /// Persons.
    Persons,
    /// Seats that were filled: one person in two courses fills two.
    Seats,
    /// Countries.
    Countries,
    /// Institutions.
    Institutions,
    /// Certificates.
    Certificates,
    /// Whole per cent of a total that the label or the wording names.
    Percent,
}

/// How a reported number is meant.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::Qualifier")]
pub(crate) enum HeadcountQualifier {
    /// As it stands.
    Exact,
    /// "About", "around": a round number near the true one.
    Approximate,
    /// "More than", "at least".
    AtLeast,
    /// "Up to", "at most".
    AtMost,
    /// The source says that there were some, and not how many. It is not zero.
    Unknown,
}

/// In which state the counted people are.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::ReportState")]
pub(crate) enum HeadcountState {
    /// They are planned for.
    Planned,
    /// They are expected.
    Expected,
    /// They have registered.
    Registered,
    /// They have attended.
    Attended,
    /// They have completed it.
    Completed,
    /// They have been certified.
    Certified,
}

/// How a figure came about.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::Basis")]
pub(crate) enum HeadcountBasis {
    /// A source gives it about its own event.
    Reported,
    /// A source gives it later, looking back.
    ReportedRetrospectively,
    /// An officer worked it out, such as by counting the names listed. It is nobody's report.
    Derived,
}

/// What a total is split by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::BreakdownDimension", name = "HeadcountBreakdownDimension")]
pub(crate) enum BreakdownDimension {
    /// By category of participants.
    Category,
    /// By where they come from.
    Territory,
    /// By whom they represent.
    Institution,
    /// By sex.
    Sex,
    /// By anything else; the labels say what.
    Other,
}

/// Whether the parts of a breakdown add up to its total.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartsOutcome {
    /// They do.
    Matches,
    /// They do not.
    Differs,
    /// That cannot be said; `reason` says why.
    NotComparable,
}

/// Why parts and total cannot be compared.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::NotComparable", name = "PartsNotComparable")]
pub(crate) enum NotComparable {
    /// The total is unknown.
    UnknownTotal,
    /// At least one part has no number.
    UnknownPart,
    /// The source leaves the list of parts open.
    OpenList,
    /// The total is approximate or a bound.
    InexactTotal,
}

/// How the parts of a breakdown compare with its total. It is computed; nothing corrects the reported total.
#[derive(SimpleObject)]
pub(crate) struct PartsMatch {
    /// Whether they add up to it.
    outcome: PartsOutcome,
    /// How much the parts exceed the total; negative where they fall short. Null unless they differ.
    difference: Option<i64>,
    /// Why they cannot be compared. Null where they can.
    reason: Option<NotComparable>,
}

impl From<DomainPartsMatch> for PartsMatch {
    fn from(answer: DomainPartsMatch) -> Self {
        let (outcome, difference, reason) = match answer {
            DomainPartsMatch::Matches => (PartsOutcome::Matches, None, None),
            DomainPartsMatch::Differs { difference } => (PartsOutcome::Differs, Some(difference), None),
            DomainPartsMatch::NotComparable(reason) => {
                (PartsOutcome::NotComparable, None, Some(reason.into()))
            }
        };
        Self { outcome, difference, reason }
    }
}

/// How a total splits up by one dimension.
pub(crate) struct Breakdown(Arc<headcount_report::HeadcountReport>);

/// How a total splits up by one dimension.
#[Object(name = "HeadcountBreakdown")]
impl Breakdown {
    /// What it is split by.
    async fn dimension(&self) -> Option<BreakdownDimension> {
        self.get().map(|breakdown| breakdown.dimension.into())
    }

    /// The parts, in the order of the source.
    async fn parts(&self) -> Vec<Part> {
        self.get().map(|breakdown| breakdown.parts.iter().cloned().map(Part).collect()).unwrap_or_default()
    }

    /// Whether the source names every part; an "and others" leaves the list open.
    async fn is_complete(&self) -> bool {
        self.get().is_some_and(|breakdown| breakdown.is_complete)
    }

    /// What the parts add up to; null where at least one has no number.
    async fn parts_sum(&self) -> Option<i64> {
        self.get().and_then(headcount_report::Breakdown::parts_sum)
    }

    /// How the parts compare with the total.
    async fn parts_match(&self) -> Option<PartsMatch> {
        self.get().map(|breakdown| breakdown.parts_match(self.0.figure.amount).into())
    }
}

impl Breakdown {
    fn get(&self) -> Option<&headcount_report::Breakdown> {
        self.0.figure.breakdown.as_ref()
    }
}

/// One part of a total.
pub(crate) struct Part(headcount_report::Part);

/// One part of a total.
#[Object(name = "HeadcountPart")]
impl Part {
    /// What the source calls it.
    async fn label(&self) -> LocalizedText {
        LocalizedText(self.0.label.clone())
    }

    /// The participant category it is, in a breakdown by category.
    async fn category(&self, ctx: &Context<'_>) -> Nullable<ParticipantCategory> {
        let category = self.0.category?;
        nullable(ctx.reading().map(|reading| ParticipantCategory::find(&reading, category)))
    }

    /// The territory it is, in a breakdown by territory.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let territory = self.0.territory?;
        nullable(ctx.reading().map(|reading| reading.find_territory(territory).map(Territory)))
    }

    /// The institution it is, in a breakdown by institution.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let partner = self.0.partner?;
        nullable(ctx.reading().map(|reading| reading.find_partner(partner).map(Partner)))
    }

    /// How many; null where the source names the part without a number, which is not zero.
    async fn value(&self) -> Option<i64> {
        self.0.value
    }
}

/// A figure that a source gives of an event without a list of names. Several may stand side by side.
#[derive(Clone)]
pub(crate) struct HeadcountReport(pub(crate) Arc<headcount_report::HeadcountReport>);

/// A figure that a source gives of an event without a list of names. Several may stand side by side.
#[Object]
impl HeadcountReport {
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

    /// The event it speaks of.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.0.event).await.map(|event| event.map(Event)))
    }

    /// What it counts.
    async fn measure(&self) -> HeadcountMeasure {
        self.0.figure.measure.into()
    }

    /// What the source calls the counted.
    async fn label(&self) -> Option<LocalizedText> {
        self.0.figure.label.clone().map(LocalizedText)
    }

    /// What one of the counted things is.
    async fn unit(&self) -> HeadcountUnit {
        self.0.figure.unit.into()
    }

    /// How many; null exactly where the qualifier is `UNKNOWN`, which is not zero.
    async fn value(&self) -> Option<i64> {
        self.0.figure.amount.value()
    }

    /// How the number is meant.
    async fn qualifier(&self) -> HeadcountQualifier {
        self.0.figure.amount.qualifier().into()
    }

    /// In which state the counted people are.
    async fn state(&self) -> HeadcountState {
        self.0.figure.state.into()
    }

    /// How the figure came about.
    async fn basis(&self) -> HeadcountBasis {
        self.0.figure.basis.into()
    }

    /// The words of the source.
    async fn as_written(&self) -> Option<&str> {
        self.0.figure.as_written.as_ref().map(Passage::as_str)
    }

    /// How it splits up; null where the source does not say.
    async fn breakdown(&self) -> Option<Breakdown> {
        self.0.figure.breakdown.as_ref().map(|_| Breakdown(Arc::clone(&self.0)))
    }

    /// The figure of the same event that this one is contained in; nothing adds the two.
    async fn subset_of(&self, ctx: &Context<'_>) -> Nullable<HeadcountReport> {
        let container = self.0.figure.subset_of?;
        nullable(ctx.load(container).await.map(|report| report.map(HeadcountReport)))
    }

    /// Whether it adds up everything so far, earlier events included; nothing sums it.
    async fn is_running_total(&self) -> bool {
        self.0.figure.is_running_total
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.figure.note.as_ref().map(Passage::as_str)
    }

    /// Whether it was withdrawn; it stays readable and nothing counts it.
    async fn is_withdrawn(&self) -> bool {
        self.0.withdrawn.is_some()
    }

    /// Why it was withdrawn.
    async fn withdrawn_reason(&self) -> Option<&str> {
        self.0.withdrawn.as_ref().map(Passage::as_str)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }
}

/// The key of an event's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ReportsOf(EventId);

loader!(HeadcountReportId => Arc<headcount_report::HeadcountReport>, |reading, keys| {
    reading.find_headcount_reports(keys)
});
loader!(ReportsOf => Vec<Arc<headcount_report::HeadcountReport>>, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.headcount_reports_of_events(&ids).await, ReportsOf)
});

/// The reports of an event, oldest first; withdrawn ones only if wanted.
pub(crate) async fn reports_of_event(
    ctx: &Context<'_>,
    event: EventId,
    measures: Option<Vec<HeadcountMeasure>>,
    include_withdrawn: bool,
) -> Result<Vec<HeadcountReport>, ApiError> {
    let reports = ctx.load(ReportsOf(event)).await?.unwrap_or_default();
    let is_wanted = |report: &Arc<headcount_report::HeadcountReport>| {
        let measure = report.figure.measure.into();
        (include_withdrawn || report.withdrawn.is_none())
            && measures.as_ref().is_none_or(|measures| measures.contains(&measure))
    };
    Ok(reports.into_iter().filter(is_wanted).map(HeadcountReport).collect())
}
