//! Where every select starts: the one place that turns what an actor may see into SQL.
//!
//! [`Scoped`] has no default, so an entity cannot be selected before someone has said who sees its rows.

use std::collections::BTreeSet;

use hemicycle_domain::{
    access::{Actor, Capability, Reach, Scope, Tie},
    event::PartnerRole,
    filter::Filter,
    id::{Id, PartnerId},
};
use sea_orm::{
    Condition, DbBackend, EntityTrait, Order, QueryFilter, Select,
    sea_query::{Asterisk, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    dialect::{first_of_each, is_one_of, stands_beside},
    event,
    reference::Reference,
    registration,
};

/// What an actor sees: the actor, and the tree of institutions that its partner grants reach down.
pub(crate) struct Sight<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) reference: &'a Reference,
    pub(crate) backend: DbBackend,
}

/// An entity whose rows are limited to what an actor may see.
pub(crate) trait Scoped: EntityTrait {
    /// The condition under which the actor sees a row.
    fn visible(sight: &Sight<'_>) -> Condition;

    /// The same condition for rows whose owner, named by this column of theirs, stands beside them as [`OWNER`](crate::dialect::OWNER): what
    /// is asked of the owner is asked once for all of its rows.
    fn visible_of_owner(sight: &Sight<'_>, _owner: Self::Column) -> Condition {
        Self::visible(sight)
    }
}

/// Starts a select of the rows that the actor may see.
#[expect(clippy::disallowed_methods, reason = "this is the one place where a scoped select starts")]
pub(crate) fn select<E: Scoped>(sight: &Sight<'_>) -> Select<E> {
    E::find().filter(E::visible(sight))
}

/// Some rows of each of many owners: the first in an order.
pub(crate) struct FirstOfEach<E: EntityTrait> {
    /// The column that names the owner.
    pub(crate) owner: E::Column,
    /// The owners.
    pub(crate) owners: Vec<Uuid>,
    /// Which rows.
    pub(crate) that: Condition,
    /// The order: a column, then the identifier.
    pub(crate) order: [E::Column; 2],
    /// Which way.
    pub(crate) direction: Order,
    /// How many of each owner.
    pub(crate) count: u64,
}

/// Starts a select of the first rows of each owner that the actor may see; it has no columns and no order yet.
///
/// The rows stand under the name of their table, so that others can be joined to them.
pub(crate) fn select_first_of_each<E: Scoped>(sight: &Sight<'_>, first: FirstOfEach<E>) -> SelectStatement {
    let FirstOfEach { owner, owners, that, order, direction, count } = first;
    let mut rows = Query::select();
    let visible =
        if stands_beside(sight.backend) { E::visible_of_owner(sight, owner) } else { E::visible(sight) };
    rows.column((E::default(), Asterisk)).from(E::default()).cond_where(visible).cond_where(that);
    let order = order.map(|column| (column, direction.clone()));
    first_of_each(sight.backend, rows, E::default(), (owner, owners), order, count)
}

/// Starts a select inside a unit of work, for rows that a rule needs whoever acts: it answers nothing to the caller.
#[expect(clippy::disallowed_methods, reason = "rules weigh facts that the actor need not see")]
pub(crate) fn facts<E: EntityTrait>() -> Select<E> {
    E::find()
}

/// The columns of a table by which its rows belong to places.
#[derive(Clone, Copy)]
pub(crate) struct PlaceColumns<C> {
    pub(crate) country: C,
    pub(crate) partner: C,
    pub(crate) program: C,
    pub(crate) event: C,
}

/// The columns of a table whose rows are about a person at an event.
#[derive(Clone, Copy)]
pub(crate) struct PersonColumns<C> {
    pub(crate) event: C,
    /// The institution that the person represents there.
    pub(crate) nominator: C,
    pub(crate) person: C,
}

impl Sight<'_> {
    /// What the actor has a capability over; partners with all their branches.
    pub(crate) fn scope(&self, capability: Capability) -> Scope {
        let scope = self.actor.scope(capability);
        let partners: BTreeSet<PartnerId> =
            scope.partners.iter().flat_map(|partner| self.reference.branches_of(*partner)).collect();
        Scope { partners, ..scope }
    }

    /// The condition that a row with these columns lies within the places where the actor has a capability.
    pub(crate) fn within<C>(&self, capability: Capability, columns: PlaceColumns<C>) -> Condition
    where
        C: IntoColumnRef + Copy,
    {
        let scope = self.scope(capability);
        if scope.everything {
            return everything();
        }
        let PlaceColumns { country, partner, program, event } = columns;
        let reached = scope.reaches().filter_map(|reach| match reach {
            Reach::InProgram(ids) => Some(self.one_of(program, ids)),
            Reach::AtEvent(ids) => Some(self.one_of(event, ids)),
            Reach::SharedBy(ids, tie @ (Tie::Organiser | Tie::Funder)) => {
                Some(Expr::col(event).in_subquery(self.events_shared_by(ids, tie)))
            }
            Reach::ServedBy(ids) => {
                Some(Expr::col(event).in_subquery(registration::events_served_by(self.backend, ids)))
            }
            Reach::Everything | Reach::InCountry(_) | Reach::RunBy(_) => self.home(reach, country, partner),
            // Opens people, not what they are at.
            Reach::SharedBy(_, Tie::Nominator) | Reach::Of(_) => None,
        });
        reached.fold(nothing(), Condition::add)
    }

    /// The condition under which a row stands within the countries and institutions of a capability.
    ///
    /// For rows that belong to no single event or program; those places add nothing here.
    pub(crate) fn at_home<C>(&self, capability: Capability, country: C, partner: C) -> Condition
    where
        C: IntoColumnRef + Copy,
    {
        let scope = self.scope(capability);
        if scope.everything {
            return everything();
        }
        scope.reaches().filter_map(|reach| self.home(reach, country, partner)).fold(nothing(), Condition::add)
    }

    /// The condition under which a row about a person at an event is the actor's to see: by its event, by the
    /// institution that nominated the person, or because the person is the actor.
    pub(crate) fn about<C>(&self, capability: Capability, columns: PersonColumns<C>) -> Condition
    where
        C: IntoColumnRef + Copy,
    {
        self.about_at(columns.event, capability, columns)
    }

    /// The same where the event stands in another column than the row's own, which is equal to it.
    pub(crate) fn about_at<C>(
        &self,
        event: impl IntoColumnRef,
        capability: Capability,
        columns: PersonColumns<C>,
    ) -> Condition
    where
        C: IntoColumnRef + Copy,
    {
        let at_event = event::is_within(self, capability, event);
        match self.in_person(capability, columns) {
            Some(in_person) => in_person.add(at_event),
            // Nothing stands beside it, so that the database can make a join of it.
            None => Condition::all().add(at_event),
        }
    }

    /// The same without what the actor sees by the event: what it sees of some people wherever they are. None where
    /// there can be no such people.
    pub(crate) fn in_person<C>(&self, capability: Capability, columns: PersonColumns<C>) -> Option<Condition>
    where
        C: IntoColumnRef + Copy,
    {
        let scope = self.scope(capability);
        let reached = scope.reaches().filter_map(|reach| match reach {
            Reach::SharedBy(ids, Tie::Nominator) => {
                let organised = self.events_shared_by(ids, Tie::Organiser);
                let organised = Expr::col(columns.event).in_subquery(organised);
                Some(self.one_of(columns.nominator, ids).and(organised))
            }
            Reach::Of(ids) => Some(self.one_of(columns.person, ids)),
            Reach::Everything
            | Reach::InCountry(_)
            | Reach::RunBy(_)
            | Reach::SharedBy(_, Tie::Organiser | Tie::Funder)
            | Reach::InProgram(_)
            | Reach::AtEvent(_)
            | Reach::ServedBy(_) => None,
        });
        reached.fold(None, |any: Option<Condition>, one| Some(any.unwrap_or_else(Condition::any).add(one)))
    }

    /// The condition under which a row belongs to a country or an institution.
    fn home<C: IntoColumnRef>(&self, reach: Reach<'_>, country: C, partner: C) -> Option<SimpleExpr> {
        match reach {
            Reach::Everything => Some(Expr::cust("1 = 1")),
            Reach::InCountry(countries) => {
                Some(Expr::col(country).is_in(countries.iter().map(|country| country.as_str().to_owned())))
            }
            Reach::RunBy(ids) => Some(self.one_of(partner, ids)),
            Reach::SharedBy(..)
            | Reach::InProgram(_)
            | Reach::AtEvent(_)
            | Reach::ServedBy(_)
            | Reach::Of(_) => None,
        }
    }

    fn one_of<'i, C: IntoColumnRef, I: Id + 'i>(
        &self,
        column: C,
        ids: impl IntoIterator<Item = &'i I>,
    ) -> SimpleExpr {
        is_one_of(self.backend, column, ids.into_iter().map(|id| id.uuid()))
    }

    /// Selects the events in which these institutions have a part.
    fn events_shared_by(&self, partners: &BTreeSet<PartnerId>, tie: Tie) -> SelectStatement {
        let roles = PartnerRole::ALL.iter().copied().filter(|role| role.tie() == Some(tie));
        event::with_partners_as(self.backend, partners.iter().map(|id| id.uuid()), roles)
    }
}

/// Turns a nested filter into a condition, test by test.
pub(crate) fn condition<T>(filter: &Filter<T>, test: &dyn Fn(&T) -> SimpleExpr) -> Condition {
    match filter {
        Filter::Is(one) => Condition::all().add(test(one)),
        Filter::All(parts) => parts.iter().fold(Condition::all(), |all, part| all.add(condition(part, test))),
        Filter::Any(parts) => parts.iter().fold(nothing(), |any, part| any.add(condition(part, test))),
        // A test on an unknown value is neither true nor false, and what is not true does not hold.
        Filter::Not(part) => {
            let holds = Func::coalesce([Expr::from(condition(part, test)), Expr::val(false)]);
            Condition::all().add(Expr::from(holds).not())
        }
    }
}

/// The condition that every row meets.
pub(crate) fn everything() -> Condition {
    Condition::all()
}

/// The condition that no row meets; alternatives can be added to it.
pub(crate) fn nothing() -> Condition {
    // Not a parameter: the planner shall see that it can be left out.
    Condition::any().add(Expr::cust("1 = 0"))
}
