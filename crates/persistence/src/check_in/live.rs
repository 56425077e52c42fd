//! The live view of an event: its figures, by category too, and what its devices told of themselves.

use std::collections::BTreeMap;

use hemicycle_domain::{
    access::{Shares, Tie, Whereabouts},
    check_in::{Sighting, Spot},
    checkpoint::Checkpoint,
    event::{Event, Session},
    id::{CheckpointId, EventId, Id, ParticipantCategoryId, SessionId},
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
    /// Its sessions in their order, each with how many were let in there and are in there now: by a checkpoint of the
    /// session, be it removed, or at its door without one.
    pub by_session: Vec<(SessionId, EventAttendance)>,
    /// The devices that serve it and were not revoked, the oldest first.
    pub devices: Vec<DeviceInUse>,
}

/// The figures of an event by place.
struct ByPlace {
    checkpoints: Vec<(CheckpointId, EventAttendance)>,
    sessions: Vec<(SessionId, EventAttendance)>,
}

/// People counted by where they were seen.
struct Tally {
    checkpoints: BTreeMap<CheckpointId, EventAttendance>,
    sessions: BTreeMap<SessionId, EventAttendance>,
    /// The session that a checkpoint is one of, or was.
    session_of: BTreeMap<CheckpointId, SessionId>,
}

impl Reading {
    /// Reads the live view of an event; none for an event whose people and figures the actor may not see.
    pub async fn live_attendance(&self, id: EventId) -> Result<Option<LiveAttendance>, Failure> {
        let Some(event) = self.find_event(id).await? else { return Ok(None) };
        let Some(figures) = self.attendance_of_event(id).await? else { return Ok(None) };
        let by_place = self.attendance_by_place(id, figures.expected).await?;
        Ok(Some(LiveAttendance {
            whereabouts: self.whereabouts_with_shares(&event).await?,
            figures,
            by_category: self.attendance_by_category(id).await?,
            by_checkpoint: by_place.checkpoints,
            by_session: by_place.sessions,
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

    /// Counts the people of an event by checkpoint and by session, for an actor who may see its figures: in three
    /// statements.
    ///
    /// Where people were seen stands beside their attendance, the same text for the same places: how many texts there are
    /// does not grow with the scans, and hardly with the people.
    async fn attendance_by_place(&self, event: EventId, expected: i64) -> Result<ByPlace, Failure> {
        use attendance_row::{Column as Attended, Entity as Attendance};
        use registration_row::{Column, Entity};
        let checkpoints = self.checkpoints_ever_of(event).await?;
        let sessions = self.sessions_of_events(&[event]).await?.remove(&event).unwrap_or_default();
        let mut tally = Tally::of(&checkpoints, &sessions, expected);
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
        for (sightings, count) in to_tallied_sightings(&self.connection().query_all(&counts).await?)? {
            tally.count(&sightings, count);
        }
        Ok(tally.into_places(&sessions))
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

impl Tally {
    /// Nobody at any of these places yet, where so many are expected.
    fn of(checkpoints: &[Checkpoint], sessions: &[Session], expected: i64) -> Self {
        let none = EventAttendance { expected, attended: 0, inside: 0 };
        let standing = checkpoints.iter().filter(|checkpoint| !checkpoint.is_removed);
        Self {
            checkpoints: standing.map(|checkpoint| (checkpoint.id, none)).collect(),
            sessions: sessions.iter().map(|session| (session.id, none)).collect(),
            session_of: checkpoints.iter().filter_map(|one| Some((one.id, one.session?))).collect(),
        }
    }

    /// Counts so many people who were all seen at these places.
    fn count(&mut self, sightings: &[Sighting], people: i64) {
        // Whoever was seen at two doors of a session was there once.
        let mut at_session: BTreeMap<SessionId, bool> = BTreeMap::new();
        for Sighting { spot, is_inside } in sightings {
            let session = match spot {
                Spot::Checkpoint(checkpoint) => {
                    self.checkpoints.entry(*checkpoint).and_modify(|figures| figures.add(people, *is_inside));
                    self.session_of.get(checkpoint).copied()
                }
                Spot::Session(session) => Some(*session),
            };
            if let Some(session) = session {
                *at_session.entry(session).or_default() |= is_inside;
            }
        }
        for (session, is_inside) in at_session {
            self.sessions.entry(session).and_modify(|figures| figures.add(people, is_inside));
        }
    }

    /// The checkpoints in the order of their ids, the sessions in theirs.
    fn into_places(self, sessions: &[Session]) -> ByPlace {
        let figures = |session: &Session| Some((session.id, *self.sessions.get(&session.id)?));
        ByPlace {
            sessions: sessions.iter().filter_map(figures).collect(),
            checkpoints: self.checkpoints.into_iter().collect(),
        }
    }
}

impl EventAttendance {
    fn add(&mut self, people: i64, are_inside: bool) {
        self.attended += people;
        self.inside += if are_inside { people } else { 0 };
    }
}
