//! The statements of reach. Each gives the whole and the groups at once.

use hemicycle_domain::{
    access::Capability,
    event::PartnerRole,
    headcount_report::{Basis, Qualifier, ReportState},
    id::Id,
    reach::{BASES, Dimension, Listed, Question, REACHED, WEIGHED},
    registration::RegistrationRole,
};
use sea_orm::{
    Condition, DbBackend,
    sea_query::{
        CaseStatement, Expr, ExprTrait, Func, IntoColumnRef, JoinType, Order, Query, SelectStatement,
        SimpleExpr, UnionType,
    },
};

use crate::{
    dialect::{is_one_of, second_part},
    event::{seen, within},
    reading::Reading,
    registration::registration_row,
};

/// The aliases of the two keys of a group.
pub(super) const KEYS: [&str; 2] = ["key_1", "key_2"];

/// What the rows of a statement are.
#[derive(Clone, Copy)]
enum Of {
    /// Events, or what belongs to them; they have no category.
    Events,
    /// People, with the tables of their registrations joined in.
    People,
}

/// The events asked about, and how they are grouped.
pub(super) struct Selection<'a> {
    question: &'a Question,
    backend: DbBackend,
    events: Condition,
    counted: Condition,
}

impl<'a> Selection<'a> {
    pub(super) fn new(reading: &Reading, question: &'a Question) -> Self {
        let sight = reading.sight();
        Self {
            question,
            backend: reading.backend(),
            events: Condition::all().add(seen(&sight)).add(reading.events_that(&question.events())),
            counted: within(&sight, Capability::SeeFigures),
        }
    }

    /// Counts events; in a grouping by category only of the whole.
    pub(super) fn events(&self) -> SelectStatement {
        let mut select = self.of_events();
        select
            .expr_as(Func::count(Expr::cust("*")), "all_events")
            .expr_as(count_where(self.counted.clone()), "counted_events")
            .expr_as(count_where(Condition::all().add(has_figure().not())), "without_figure");
        if self.question.splits_by_category() {
            whole(select)
        } else {
            self.whole_and_groups(select, Of::Events)
        }
    }

    /// Counts people.
    pub(super) fn people(&self) -> SelectStatement {
        let role = Expr::col(("registration", "role")).eq(RegistrationRole::Participant.as_str());
        let has_attended = role.clone().and(Expr::col(("attendance", "has_attended")).eq(true));
        let person = Expr::col(("registration", "participant_id"));
        // A merge moves the registrations of a person to the record that is kept.
        let attendee = CaseStatement::new().case(has_attended.clone(), person);
        let mut select = self.of_events();
        select
            .join(JoinType::InnerJoin, "registration", same(("registration", "event_id"), ("event", "id")))
            .join(
                JoinType::LeftJoin,
                "attendance",
                same(("attendance", "registration_id"), ("registration", "id")),
            )
            .cond_where(self.counted.clone())
            .and_where(registration_row::stands())
            .expr_as(Func::count(Expr::cust("*")), "registrations")
            .expr_as(count_where(Condition::all().add(role)), "registered_participants")
            .expr_as(count_where(Condition::all().add(has_attended)), "participations")
            .expr_as(Func::count_distinct(attendee), "unique_participants");
        if let Some(categories) = self.question.categories() {
            let ids = categories.iter().map(|id| id.uuid());
            select.and_where(is_one_of(self.backend, ("registration", "category_id"), ids));
        }
        self.whole_and_groups(select, Of::People)
    }

    /// Selects the reported figures of participants, by date of their events.
    pub(super) fn reports(&self) -> SelectStatement {
        let asks_for_categories = self.question.splits_by_category() || self.question.categories().is_some();
        let breakdown: SimpleExpr = if asks_for_categories {
            Expr::col(("headcount_report", "breakdown"))
        } else {
            Expr::cust("NULL")
        };
        let mut select = self.of_events();
        select
            .join(
                JoinType::InnerJoin,
                "headcount_report",
                same(("headcount_report", "event_id"), ("event", "id")),
            )
            .cond_where(is_weighed())
            .expr_as(Expr::col(("headcount_report", "id")), "report_id")
            .expr_as(breakdown, "breakdown")
            .columns([("event", "status")])
            .columns(
                ["event_id", "value", "qualifier", "state", "as_written", "subset_of_id", "is_running_total"]
                    .map(|column| ("headcount_report", column)),
            )
            .order_by(("event", "sort_date"), Order::Asc)
            .order_by(("headcount_report", "id"), Order::Asc);
        self.with_keys(select, Of::Events)
    }

    /// Selects the first events without a figure, by date.
    pub(super) fn without_figure(&self) -> SelectStatement {
        let mut select = self.of_events();
        select
            .expr_as(Expr::col(("event", "id")), "event_id")
            .columns([("event", "status")])
            .and_where(has_figure().not())
            .order_by(("event", "sort_date"), Order::Asc)
            .order_by(("event", "id"), Order::Asc)
            .limit(Listed::<()>::MAXIMUM as u64);
        self.with_keys(select, Of::Events)
    }

    fn of_events(&self) -> SelectStatement {
        Query::select().from("event").cond_where(self.events.clone()).to_owned()
    }

    /// The same counts once for all and once for each group. Unique people can be counted in no other way.
    fn whole_and_groups(&self, select: SelectStatement, of: Of) -> SelectStatement {
        let mut whole = whole(select.clone());
        if self.question.group_by().is_empty() {
            return whole;
        }
        let mut groups = self.with_keys(select, of);
        groups.expr_as(Expr::cust("1"), "is_group");
        for (_, key) in self.question.group_by().iter().zip(KEYS) {
            groups.add_group_by([Expr::col(key)]);
        }
        // One more than an answer may have, and the whole.
        whole.union(UnionType::All, groups).limit(Question::MAXIMUM_GROUPS as u64 + 2);
        whole
    }

    fn with_keys(&self, mut select: SelectStatement, of: Of) -> SelectStatement {
        let group_by = self.question.group_by();
        if group_by.contains(&Dimension::Organiser) {
            let roles = [PartnerRole::LeadOrganiser, PartnerRole::Organiser, PartnerRole::CoOrganiser];
            // One row for each organiser, whatever number of roles it has.
            let organisers = Query::select()
                .distinct()
                .columns(["event_id", "partner_id"])
                .from("event_partner")
                .and_where(Expr::col("role").is_in(roles.map(PartnerRole::as_str)))
                .to_owned();
            let of_event = same(("organiser", "event_id"), ("event", "id"));
            select.join_subquery(JoinType::LeftJoin, organisers, "organiser", of_event);
        }
        for (index, alias) in KEYS.into_iter().enumerate() {
            let key = group_by.get(index).map(|dimension| self.key(*dimension, of));
            select.expr_as(key.unwrap_or_else(|| Expr::cust("NULL")), alias);
        }
        select
    }

    fn key(&self, dimension: Dimension, of: Of) -> SimpleExpr {
        match dimension {
            Dimension::Country => Expr::col(("event", "country")),
            Dimension::Region => second_part(self.backend, "\"event\".\"territory_path\""),
            Dimension::Program => Expr::col(("event", "program_id")),
            Dimension::EventKind => Expr::col(("event", "kind")),
            Dimension::Host => Expr::col(("event", "host_id")),
            Dimension::Organiser => Expr::col(("organiser", "partner_id")),
            Dimension::Category => match of {
                Of::People => Expr::col(("registration", "category_id")),
                Of::Events => Expr::cust("NULL"),
            },
            Dimension::Year => one_period(4),
            Dimension::Month => one_period(7),
        }
    }
}

/// The beginning of an event's first day, where its last day begins alike; its timetable settles it too.
///
/// Both databases write a day as `2021-05-17`: four characters are its year, seven its month.
fn one_period(length: u8) -> SimpleExpr {
    let part = |column: &str| format!("substr(CAST(\"event\".\"{column}\" AS text), 1, {length})");
    let (first, last) = (part("earliest"), part("latest"));
    Expr::cust(format!("CASE WHEN {first} = {last} OR \"event\".\"starts_at\" IS NOT NULL THEN {first} END"))
}

/// The row of the whole: its keys are null.
fn whole(mut select: SelectStatement) -> SelectStatement {
    for key in KEYS {
        select.expr_as(Expr::cust("NULL"), key);
    }
    select.expr_as(Expr::cust("0"), "is_group");
    select
}

fn count_where(condition: Condition) -> SimpleExpr {
    Func::coalesce([
        Func::sum(CaseStatement::new().case(condition, Expr::cust("1")).finally(Expr::cust("0"))).into(),
        Expr::cust("0"),
    ])
    .into()
}

/// That a report is weighed in the reported ledger at all.
fn is_weighed() -> Condition {
    let (measure, unit) = WEIGHED;
    let column = |name| Expr::col(("headcount_report", name));
    Condition::all()
        .add(column("measure").eq(measure.as_str()))
        .add(column("unit").eq(unit.as_str()))
        .add(column("basis").is_in(BASES.map(Basis::as_str)))
        .add(column("withdrawn_at").is_null())
}

/// That an event has a figure of its own: a number of people who were reached, whole and not running.
fn has_figure() -> SimpleExpr {
    let column = |name| Expr::col(("headcount_report", name));
    let figures = Query::select()
        .expr(Expr::cust("1"))
        .from("headcount_report")
        .and_where(column("event_id").eq(Expr::col(("event", "id"))))
        .cond_where(is_weighed())
        .and_where(column("state").is_in(REACHED.map(ReportState::as_str)))
        .and_where(column("qualifier").ne(Qualifier::Unknown.as_str()))
        .and_where(column("subset_of_id").is_null())
        .and_where(column("is_running_total").eq(false))
        .to_owned();
    Expr::exists(figures)
}

fn same(one: impl IntoColumnRef, other: impl IntoColumnRef) -> SimpleExpr {
    Expr::col(one).eq(Expr::col(other))
}
