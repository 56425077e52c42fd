//! The live view of an event: its figures, by category too, and what its devices told of themselves.

use std::collections::BTreeMap;

use hemicycle_domain::{
    access::{Shares, Tie, Whereabouts},
    event::Event,
    id::{CheckpointId, EventId, Id, ParticipantCategoryId},
    registration::RegistrationRole,
};
use sea_orm::{
    ConnectionTrait, JoinType, QueryFilter, QuerySelect,
    entity::prelude::*,
    sea_query::{Asterisk, Expr, ExprTrait, Func, Query, SimpleExpr},
};

use super::{
    list::EventAttendance,
    row::{attendance_row, to_tallied_sightings},
};
use crate::{
    device::DeviceInUse, fault::Failure, reading::Reading, registration::registration_row, scope::facts,
};

/// The live view of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveAttendance {
    /// Where the event stands: who may see what of it follows from that.
    pub whereabouts: Whereabouts,
    /// The figures of the event.
    pub figures: EventAttendance,
    /// The same by participant category, in the order of the categories' ids; those without one first.
    pub by_category: Vec<(Option<ParticipantCategoryId>, EventAttendance)>,
    /// Those of its checkpoints that were not removed, in the order of their ids, each with how many were let in there and
    /// are in there now.
    pub by_checkpoint: Vec<(CheckpointId, EventAttendance)>,
    /// The devices that serve it and were not revoked, the oldest first.
    pub devices: Vec<DeviceInUse>,
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
            by_checkpoint: self.attendance_by_checkpoint(id, figures.expected).await?,
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

    /// Counts the people of an event by checkpoint, for an actor who may see its figures: in two statements.
    ///
    /// Where people were seen stands beside their attendance, the same text for the same places: how many texts there are
    /// does not grow with the scans, and hardly with the people.
    async fn attendance_by_checkpoint(
        &self,
        event: EventId,
        expected: i64,
    ) -> Result<Vec<(CheckpointId, EventAttendance)>, Failure> {
        use attendance_row::{Column as Attended, Entity as Attendance};
        use registration_row::{Column, Entity};
        let none = EventAttendance { expected, attended: 0, inside: 0 };
        let checkpoints = self.checkpoints_of_events(&[event]).await?.remove(&event).unwrap_or_default();
        let standing = checkpoints.iter().filter(|checkpoint| !checkpoint.is_removed);
        let mut found: BTreeMap<CheckpointId, EventAttendance> =
            standing.map(|checkpoint| (checkpoint.id, none)).collect();
        let of_registration =
            Expr::col((Attendance, Attended::RegistrationId)).eq(Expr::col((Entity, Column::Id)));
        let counts = Query::select()
            .column((Attendance, Attended::SeenAt))
            .expr(Func::count(Expr::col(Asterisk)))
            .from(Attendance)
            .join(JoinType::InnerJoin, Entity, of_registration)
            .and_where(Expr::col((Attendance, Attended::EventId)).eq(event.uuid()))
            .and_where(Expr::col((Attendance, Attended::SeenAt)).is_not_null())
            .and_where(registration_row::stands())
            .group_by_col((Attendance, Attended::SeenAt))
            .to_owned();
        for (sighting, count) in to_tallied_sightings(&self.connection().query_all(&counts).await?)? {
            if let Some(figures) = found.get_mut(&sighting.checkpoint) {
                figures.attended += count;
                figures.inside += if sighting.is_inside { count } else { 0 };
            }
        }
        Ok(found.into_iter().collect())
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
