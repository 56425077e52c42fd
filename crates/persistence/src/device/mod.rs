//! Devices in the store: who sees them, questions, verbs, and the door at which a phone becomes one.

mod enrolment;
mod list;
mod row;
mod write;

pub use enrolment::CodeHash;
pub use list::DeviceInUse;
pub(crate) use row::{device as device_row, device_event};

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
    scope::{Scoped, Sight},
};
use row::device;

impl Scoped for device::Entity {
    /// A device is seen by itself, and by whoever prepares devices or checks people in at one of its events.
    fn visible(sight: &Sight<'_>) -> Condition {
        use device_event::{Column, Entity};
        if let Actor::Device { id, .. } = sight.actor {
            return Condition::all().add(device::COLUMN.id.eq(id.uuid()));
        }
        let at = |capability| event::is_within(sight, capability, (Entity, Column::EventId));
        let served = Query::select()
            .expr(Expr::val(1))
            .from(Entity)
            .and_where(
                Expr::col((Entity, Column::DeviceId)).eq(Expr::col((device::Entity, device::Column::Id))),
            )
            .cond_where(Condition::any().add(at(Capability::ManageDevices)).add(at(Capability::CheckIn)))
            .to_owned();
        Condition::all().add(Expr::exists(served))
    }
}
