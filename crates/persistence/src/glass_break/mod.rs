//! Who broke the glass, in the store: who sees it, questions, verbs, and who is to be told.

mod list;
mod row;
mod write;

pub use list::GlassBreakFilter;
pub(crate) use list::open_to;
pub use write::Announcement;

use hemicycle_domain::{access::Capability, id::Id};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    dialect::is_one_of,
    event,
    scope::{Scoped, Sight, everything, nothing},
};
use row::{COLUMN, Column, Entity};

impl Scoped for Entity {
    /// A time for which the glass is broken is seen by its holder, by whoever manages accounts at the host of an event
    /// that it opens, and by auditors.
    fn visible(sight: &Sight<'_>) -> Condition {
        if sight.scope(Capability::ReadAudit).everything {
            return everything();
        }
        concerned(sight)
    }
}

/// The condition that the actor is the holder, or manages accounts at the host of an event that is opened.
fn concerned(sight: &Sight<'_>) -> Condition {
    let own = sight.actor.account().map(|account| COLUMN.account_id.eq(account.uuid()));
    Condition::any().add(managed(sight)).add_option(own)
}

/// The condition that the actor manages accounts at the host of an event that is opened.
fn managed(sight: &Sight<'_>) -> Condition {
    let scope = sight.scope(Capability::ManageAccounts);
    if scope.everything {
        return everything();
    }
    if scope.is_empty() {
        return nothing();
    }
    // As at the store: the partners of the scope have their branches with them.
    let led = sight.reference.programs().filter(|program| scope.covers(&program.whereabouts));
    let led = led.map(|program| program.id.uuid());
    let hosted = Query::select()
        .expr(Expr::val(1))
        .from(event::Entity)
        .and_where(
            Expr::col((event::Entity, event::Column::ProgramId)).eq(Expr::col((Entity, Column::ProgramId))),
        )
        .cond_where(event::within(sight, Capability::ManageAccounts))
        .to_owned();
    nothing()
        .add(event::is_within(sight, Capability::ManageAccounts, (Entity, Column::EventId)))
        .add(is_one_of(sight.backend, (Entity, Column::ProgramId), led))
        .add(Expr::exists(hosted))
}
