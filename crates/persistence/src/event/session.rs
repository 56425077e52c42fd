//! Sessions of events in the store.

use std::collections::HashMap;

use hemicycle_domain::{
    access::permit,
    event::{self, NewSession, Session},
    id::{EventId, Id, SessionId},
    problem::{Fault, Invalid},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::row::{
    session::{COLUMN, Column, Entity, Model},
    to_session,
};
use crate::{dialect::is_one_of, fault::Failure, json::to_json, reading::Reading, scope::facts, work::Work};

impl Reading {
    /// Finds the sessions of events that the actor sees, by event, in order.
    pub async fn sessions_of_events(
        &self,
        events: &[EventId],
    ) -> Result<HashMap<EventId, Vec<Session>>, Failure> {
        let ids = events.iter().map(|id| id.uuid());
        let select = facts::<Entity>()
            .filter(is_one_of(self.backend(), Column::EventId, ids))
            .order_by_asc(COLUMN.event_id)
            .order_by_asc(COLUMN.number);
        let rows = self.all(select).await?;
        let mut found: HashMap<EventId, Vec<Session>> = HashMap::new();
        for row in rows {
            found.entry(row.event_id.into()).or_default().push(to_session(row)?);
        }
        Ok(found)
    }
}

impl Work {
    /// Finds the event that a session belongs to, seen or not.
    pub(crate) async fn event_of_session(&self, session: SessionId) -> Result<Option<EventId>, Failure> {
        let select = facts::<Entity>().filter(COLUMN.id.eq(session.uuid()));
        Ok(select.one(&self.transaction).await?.map(|session| session.event_id.into()))
    }

    /// Adds a session to an event.
    pub async fn create_session(&mut self, new: NewSession) -> Result<Session, Failure> {
        let event = self.load_event(new.event).await?;
        let permit = permit::<event::Edit>(&self.actor, &event)?;
        let new = new.checked(&event)?;
        let same = facts::<Entity>()
            .filter(COLUMN.event_id.eq(permit.id().uuid()))
            .filter(COLUMN.number.eq(new.number));
        if same.one(&self.transaction).await?.is_some() {
            return Err(Invalid::new("number", Fault::Repeated).into());
        }
        let row = Model {
            id: self.new_id::<SessionId>().uuid(),
            created_at: self.now,
            event_id: permit.id().uuid(),
            number: new.number,
            names: to_json(&new.names),
            dates: new.dates.as_ref().map(to_json),
            topics: new.topics.as_ref().map(to_json),
        };
        let row = row.into_active_model().insert(&self.transaction).await?;
        self.record("session.create", SessionId::from(row.id), Some(permit.id()), None, Some(&row)).await?;
        Ok(to_session(row)?)
    }
}
