//! The live view of an event: its figures, by category too, and what its devices told of themselves.

use hemicycle_domain::{
    access::{Shares, Tie, Whereabouts},
    device::Device,
    event::Event,
    id::{EventId, Id, ParticipantCategoryId},
    registration::RegistrationRole,
};
use sea_orm::{
    ConnectionTrait, JoinType, QueryFilter, QuerySelect,
    entity::prelude::*,
    sea_query::{Asterisk, Expr, ExprTrait, Func, Query, SimpleExpr},
};

use super::{list::EventAttendance, row::attendance_row};
use crate::{fault::Failure, reading::Reading, registration::registration_row, scope::facts};

/// The live view of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveAttendance {
    /// Where the event stands: who may see what of it follows from that.
    pub whereabouts: Whereabouts,
    /// The figures of the event.
    pub figures: EventAttendance,
    /// The same by participant category, in the order of the categories' ids; those without one first.
    pub by_category: Vec<(Option<ParticipantCategoryId>, EventAttendance)>,
    /// The devices that serve it and were not revoked, the oldest first.
    pub devices: Vec<Device>,
}

impl Reading {
    /// Reads the live view of an event; none for an event whose people and figures the actor may not see.
    pub async fn live_attendance(&self, id: EventId) -> Result<Option<LiveAttendance>, Failure> {
        let Some(event) = self.find_event(id).await? else { return Ok(None) };
        let Some(figures) = self.attendance_of_event(id).await? else { return Ok(None) };
        Ok(Some(LiveAttendance {
            whereabouts: self.whereabouts_with_shares(&event).await?,
            figures,
            by_category: self.attendance_by_category(id).await?,
            devices: self.devices_in_use(id).await?,
        }))
    }

    /// Where an event stands, with those who have a part in it: its organisers, its funders, its trainers.
    async fn whereabouts_with_shares(&self, event: &Event) -> Result<Whereabouts, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let partners = self.partners_of_events(&[event.id]).await?.remove(&event.id).unwrap_or_default();
        let with = |tie| {
            let tied = partners.iter().filter(|partner| partner.role.tie() == Some(tie));
            tied.flat_map(|partner| self.reference.partner_with_parents(partner.partner)).collect()
        };
        let roles = RegistrationRole::ALL.iter().filter(|role| role.trains()).map(|role| role.as_str());
        let trainers: Vec<Uuid> = facts::<Entity>()
            .select_only()
            .column(Column::ParticipantId)
            .filter(COLUMN.event_id.eq(event.id.uuid()))
            .filter(COLUMN.role.is_in(roles))
            .filter(registration_row::stands())
            .into_tuple()
            .all(self.connection())
            .await?;
        let shares = Shares {
            organisers: with(Tie::Organiser),
            funders: with(Tie::Funder),
            trainers: trainers.into_iter().map(Into::into).collect(),
            ..Shares::default()
        };
        Ok(Whereabouts { shares, ..event.whereabouts.clone() })
    }

    /// Counts the people of an event by category, for an actor who may see its figures.
    async fn attendance_by_category(
        &self,
        event: EventId,
    ) -> Result<Vec<(Option<ParticipantCategoryId>, EventAttendance)>, Failure> {
        use attendance_row::{Column as Attended, Entity as Attendance};
        use registration_row::{Column, Entity};
        let of_registration =
            Expr::col((Attendance, Attended::RegistrationId)).eq(Expr::col((Entity, Column::Id)));
        let sum = |flag| -> SimpleExpr {
            let counted = Expr::case(Expr::col((Attendance, flag)), Expr::cust("1")).finally(Expr::cust("0"));
            Func::coalesce([Func::sum(counted).into(), Expr::cust("0")]).into()
        };
        let counts = Query::select()
            .column((Entity, Column::CategoryId))
            .expr(Func::count(Expr::col(Asterisk)))
            .expr(sum(Attended::HasAttended))
            .expr(sum(Attended::IsInside))
            .from(Entity)
            .join(JoinType::LeftJoin, Attendance, of_registration)
            .and_where(Expr::col((Entity, Column::EventId)).eq(event.uuid()))
            .and_where(registration_row::stands())
            .group_by_col((Entity, Column::CategoryId))
            .to_owned();
        let rows = self.connection().query_all(&counts).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let category: Option<Uuid> = row.try_get_by_index(0)?;
            let [expected, attended, inside] =
                [row.try_get_by_index(1)?, row.try_get_by_index(2)?, row.try_get_by_index(3)?];
            found.push((category.map(Into::into), EventAttendance { expected, attended, inside }));
        }
        found.sort_by_key(|(category, _)| *category);
        Ok(found)
    }
}
