//! Questions about check-in: scans, attendance, and the live figures of an event.

use std::collections::HashMap;

use hemicycle_domain::{
    access::Capability,
    check_in::{Attendance, Scan},
    id::{EventId, Id, RegistrationId},
};
use sea_orm::{
    Condition, FromQueryResult, QueryFilter, QueryOrder,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{attendance_row, scan_row, to_attendance, to_scan};
use crate::{dialect::is_one_of, event, fault::Failure, reading::Reading};

/// The live figures of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct EventAttendance {
    /// How many registrations stand, in every role.
    pub expected: i64,
    /// How many of them have attended.
    pub attended: i64,
    /// How many people are inside now, as far as the scans tell.
    pub inside: i64,
}

impl Reading {
    /// Finds the attendance of registrations; who was never scanned is missing from the answer.
    pub async fn attendance_of_registrations(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Attendance>, Failure> {
        use attendance_row::{Column, Entity};
        let ids = registrations.iter().map(|id| id.uuid());
        let select =
            self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::RegistrationId), ids));
        let rows = self.all(select).await?;
        Ok(rows.into_iter().map(|row| (row.registration_id.into(), to_attendance(&row))).collect())
    }

    /// Finds the scans of registrations, voided ones too, in the order they were captured in.
    pub async fn scans_of_registrations(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Vec<Scan>>, Failure> {
        use scan_row::{COLUMN, Column, Entity};
        let ids = registrations.iter().map(|id| id.uuid());
        let select = self
            .select::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, Column::RegistrationId), ids))
            .order_by_asc(COLUMN.captured_at)
            .order_by_asc(COLUMN.id);
        let rows = self.all(select).await?;
        let mut found: HashMap<RegistrationId, Vec<Scan>> = HashMap::new();
        for row in rows {
            let scan = to_scan(&row)?;
            if let Some(registration) = scan.registration {
                found.entry(registration).or_default().push(scan);
            }
        }
        Ok(found)
    }

    /// Finds the live figures of an event; none for an event whose people and figures the actor may not see.
    ///
    /// Those at the door see them as well as those who read figures.
    pub async fn attendance_of_event(&self, id: EventId) -> Result<Option<EventAttendance>, Failure> {
        use attendance_row::{Column, Entity};
        let sight = self.sight();
        let inside = Query::select()
            .expr(Expr::col((Entity, Column::RegistrationId)).count())
            .from(Entity)
            .and_where(Expr::col((Entity, Column::EventId)).eq(id.uuid()))
            .and_where(Expr::col((Entity, Column::IsInside)))
            .to_owned();
        let seen = Condition::any()
            .add(event::within(&sight, Capability::SeePeople))
            .add(event::within(&sight, Capability::SeeFigures));
        let figures = Query::select()
            .expr_as(event::total_registrations(id), "expected")
            .expr_as(event::total_attended(id), "attended")
            .expr_as(inside, "inside")
            .from(event::Entity)
            .and_where(Expr::col((event::Entity, event::Column::Id)).eq(id.uuid()))
            .cond_where(seen)
            .to_owned();
        let row = self.connection().query_one(&figures).await?;
        Ok(row.map(|row| EventAttendance::from_query_result(&row, "")).transpose()?)
    }
}
