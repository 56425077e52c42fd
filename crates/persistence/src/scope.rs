//! Where every select starts: the one place that turns what an actor may see into SQL.
//!
//! [`Scoped`] has no default, so an entity cannot be selected before someone has said who sees its rows.

use std::collections::BTreeSet;

use hemicycle_domain::{
    access::{Actor, Capability, Scope},
    filter::Filter,
    id::{Id, PartnerId},
};
use sea_orm::{
    Condition, DbBackend, EntityTrait, Order, QueryFilter, Select,
    sea_query::{Asterisk, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    dialect::{first_of_each, is_one_of},
    reference::Reference,
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
    rows.column((E::default(), Asterisk)).from(E::default()).cond_where(E::visible(sight)).cond_where(that);
    let order = order.map(|column| (column, direction.clone()));
    first_of_each(sight.backend, rows, E::default(), (owner, owners), order, count)
}

/// Starts a select inside a unit of work, for rows that a rule needs whoever acts: it answers nothing to the caller.
#[expect(clippy::disallowed_methods, reason = "rules weigh facts that the actor need not see")]
pub(crate) fn facts<E: EntityTrait>() -> Select<E> {
    E::find()
}

/// The columns of a table by which its rows belong to places.
pub(crate) struct PlaceColumns<C> {
    pub(crate) country: C,
    pub(crate) partner: C,
    pub(crate) program: C,
    pub(crate) event: C,
}

impl Sight<'_> {
    /// The places where the actor has a capability; partners with all their branches.
    pub(crate) fn scope(&self, capability: Capability) -> Scope {
        let scope = self.actor.scope(capability);
        let partners: BTreeSet<PartnerId> =
            scope.partners.iter().flat_map(|partner| self.reference.branches_of(*partner)).collect();
        Scope { partners, ..scope }
    }

    /// The condition that a row with these columns lies within the places where the actor has a capability.
    pub(crate) fn within<C>(&self, capability: Capability, columns: PlaceColumns<C>) -> Condition
    where
        C: IntoColumnRef,
    {
        let scope = self.scope(capability);
        if scope.everything {
            return everything();
        }
        let mut condition = self.at_home(capability, columns.country, columns.partner);
        if !scope.programs.is_empty() {
            let ids = scope.programs.iter().map(|id| id.uuid());
            condition = condition.add(is_one_of(self.backend, columns.program, ids));
        }
        if !scope.events.is_empty() {
            let ids = scope.events.iter().map(|id| id.uuid());
            condition = condition.add(is_one_of(self.backend, columns.event, ids));
        }
        condition
    }

    /// The condition under which a row stands within the countries and institutions of a capability.
    ///
    /// For rows that belong to no single event or program; those places add nothing here.
    pub(crate) fn at_home<C>(&self, capability: Capability, country: C, partner: C) -> Condition
    where
        C: IntoColumnRef,
    {
        let scope = self.scope(capability);
        if scope.everything {
            return everything();
        }
        let mut condition = nothing();
        if !scope.countries.is_empty() {
            let countries = scope.countries.iter().map(|country| country.as_str().to_owned());
            condition = condition.add(Expr::col(country).is_in(countries));
        }
        if !scope.partners.is_empty() {
            let ids = scope.partners.iter().map(|id| id.uuid());
            condition = condition.add(is_one_of(self.backend, partner, ids));
        }
        condition
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
