//! Service accounts in the store: who sees them, questions, verbs, and the door at which each is known again.

mod door;
mod list;
mod row;
mod write;

pub(crate) use door::KnownServiceAccount;
pub use door::ProvenClient;

use hemicycle_domain::{
    access::{Actor, Capability},
    id::Id,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    event,
    scope::{PlaceColumns, Scoped, Sight, everything},
};
use row::{place, service_account};

impl Scoped for service_account::Entity {
    /// A service account is seen by itself, and by whoever manages service accounts at one of its places.
    fn visible(sight: &Sight<'_>) -> Condition {
        use place::{Column, Entity};
        if let Actor::ServiceAccount { id, .. } = sight.actor {
            return Condition::all().add(service_account::COLUMN.id.eq(id.uuid()));
        }
        if sight.scope(Capability::ManageServiceAccounts).everything {
            return everything();
        }
        let within = sight.within(
            Capability::ManageServiceAccounts,
            PlaceColumns {
                country: (Entity, Column::Country),
                partner: (Entity, Column::PartnerId),
                program: (Entity, Column::ProgramId),
                event: (Entity, Column::EventId),
            },
        );
        let at_event = event::is_within(sight, Capability::ManageServiceAccounts, (Entity, Column::EventId));
        let own = Expr::col((service_account::Entity, service_account::Column::Id));
        let managed = Query::select()
            .expr(Expr::val(1))
            .from(Entity)
            .and_where(Expr::col((Entity, Column::ServiceAccountId)).eq(own))
            .cond_where(Condition::any().add(within).add(at_event))
            .to_owned();
        Condition::all().add(Expr::exists(managed))
    }
}
