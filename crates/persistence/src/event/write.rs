//! Verbs on events: plan, change, move through the life cycle.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Whereabouts, permit},
    event::{self, Event, EventChange, EventPartner, EventStatus, EventStep, NewEvent},
    id::{EventId, Id, RecordKind},
    manifest::ManifestNames,
    problem::{Fault, Invalid, Problem},
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, SelectStatement},
};

use super::row::{
    event::{COLUMN, Entity, Model},
    event_partner, to_event, to_event_partner, to_row,
};
use crate::{fault::Failure, scope::facts, search, work::Work};

/// How far up the chain of events a parent may lie.
const DEEPEST: usize = 10;

impl Work {
    /// Plans an event; it starts as a draft. It takes the right to edit events where the new one stands.
    pub async fn create_event(&mut self, new: NewEvent) -> Result<Arc<Event>, Failure> {
        let new = new.checked()?;
        let mut event = Event {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            kind: new.kind,
            format: new.format,
            status: EventStatus::Draft,
            status_reason: None,
            names: new.names,
            dates: new.dates,
            timetable: new.timetable,
            program: new.program,
            stage: new.stage,
            cascade_level: new.cascade_level,
            parent: new.parent,
            host: new.host,
            partners: new.partners,
            territory: new.territory,
            country: new.territory.and_then(|territory| self.reference.country_of(territory)),
            venue: new.venue,
            capacity: new.capacity,
            languages: new.languages,
            target_groups: new.target_groups,
            topics: new.topics,
            particulars: new.particulars,
            manifest_names: ManifestNames::Full,
            is_archived: false,
            whereabouts: Whereabouts::default(),
        };
        self.check_event_references(&event).await?;
        self.place_event(&mut event);
        let permit = permit::<event::Edit>(&self.actor, &event)?;
        let row = to_row(&event, None, &self.reference).into_active_model().insert(&self.transaction).await?;
        self.write_event_partners(permit.id(), &event.partners).await?;
        self.keep_event("event.create", event, None, &row).await
    }

    /// Changes an event. It takes the right to edit events where it stood and where it stands afterwards.
    pub async fn update_event(
        &mut self,
        id: EventId,
        expected_version: Option<i64>,
        change: EventChange,
    ) -> Result<Arc<Event>, Failure> {
        let (before, event) = self.load_event_to_change(id).await?;
        permit::<event::Edit>(&self.actor, &event)?;
        Problem::check_version(expected_version, event.version)?;
        let replaces_partners = change.partners.is_some();
        let parents = match change.parent.flatten() {
            Some((parent, _)) => self.event_with_parents(parent).await?,
            None => Vec::new(),
        };
        let mut next = event.changed(change, &parents)?;
        next.country = next.territory.and_then(|territory| self.reference.country_of(territory));
        self.check_event_references(&next).await?;
        self.place_event(&mut next);
        let permit = permit::<event::Edit>(&self.actor, &next)?;
        if replaces_partners {
            self.write_event_partners(permit.id(), &next.partners).await?;
        }
        let archived_at = if next.is_archived { before.archived_at.or(Some(self.now)) } else { None };
        let row = to_row(&next, archived_at, &self.reference).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        let has_new_ground = next.timetable != event.timetable || next.program != event.program;
        let kept = self.keep_event("event.update", next, Some(&before), &row).await?;
        if has_new_ground {
            self.fold_anew(kept.id).await?;
        }
        Ok(kept)
    }

    /// Moves an event through its life: plans, opens, starts, holds, closes, cancels or postpones it.
    pub async fn advance_event(
        &mut self,
        id: EventId,
        expected_version: Option<i64>,
        step: EventStep,
        reason: Option<Passage>,
    ) -> Result<Arc<Event>, Failure> {
        let (before, event) = self.load_event_to_change(id).await?;
        permit::<event::Edit>(&self.actor, &event)?;
        Problem::check_version(expected_version, event.version)?;
        let next = event.stepped(step, reason)?;
        let row = to_row(&next, before.archived_at, &self.reference).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.keep_event(action(step), next, Some(&before), &row).await
    }

    /// Loads an event that the actor sees.
    pub async fn load_event(&self, id: EventId) -> Result<Event, Failure> {
        Ok(self.read_event(self.select::<Entity>().filter(COLUMN.id.eq(id.uuid()))).await?.1)
    }

    /// Loads an event whether the actor sees it or not: for what follows from facts that were permitted.
    pub(crate) async fn load_event_of_facts(&self, id: EventId) -> Result<Event, Failure> {
        Ok(self.read_event(facts::<Entity>().filter(COLUMN.id.eq(id.uuid()))).await?.1)
    }

    /// Keeps an event's row from changing until the work ends; others who want the same wait.
    ///
    /// SQLite has one writer at a time and needs no lock.
    pub(crate) async fn lock_event(&self, id: EventId) -> Result<(), Failure> {
        let select = facts::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        select.one(&self.transaction).await?;
        Ok(())
    }

    /// Tells where each of the selected events stands, seen or not: for rules that weigh all of them.
    pub(crate) async fn whereabouts_of_events(
        &self,
        ids: SelectStatement,
    ) -> Result<Vec<Whereabouts>, Failure> {
        let rows = facts::<Entity>().filter(COLUMN.id.in_subquery(ids)).all(&self.transaction).await?;
        rows.into_iter().map(|row| Ok(to_event(row, &self.reference)?.whereabouts)).collect()
    }

    /// Loads an event and keeps others from changing it until this work ends: who comes second sees what the
    /// first has made of it.
    async fn load_event_to_change(&self, id: EventId) -> Result<(Model, Event), Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid()));
        self.read_event(select.lock(LockType::NoKeyUpdate)).await
    }

    async fn read_event(&self, select: Select<Entity>) -> Result<(Model, Event), Failure> {
        let row = select.one(&self.transaction).await?;
        let row = row.ok_or(Failure::NotFound(RecordKind::Event))?;
        let mut event = to_event(row.clone(), &self.reference)?;
        let partners = facts::<event_partner::Entity>()
            .filter(event_partner::COLUMN.event_id.eq(row.id))
            .order_by_asc(event_partner::COLUMN.role)
            .all(&self.transaction)
            .await?;
        event.partners = partners.iter().map(to_event_partner).collect::<Result<_, _>>()?;
        Ok((row, event))
    }

    /// Refuses references to records that do not exist or that the actor may not see.
    async fn check_event_references(&self, event: &Event) -> Result<(), Failure> {
        self.check_territory("territoryId", event.territory)?;
        self.check_partner("hostId", event.host)?;
        self.check_place_in_program(event)?;
        for (index, partner) in event.partners.iter().enumerate() {
            self.check_partner("partnerId", Some(partner.partner))
                .map_err(|_| Invalid::new("partnerId", Fault::NotFound).within(index).within("partners"))?;
        }
        if let Some((parent, _)) = event.parent {
            let found =
                self.select::<Entity>().filter(COLUMN.id.eq(parent.uuid())).one(&self.transaction).await?;
            if found.is_none() {
                return Err(Invalid::new("eventId", Fault::NotFound).within("parent").into());
            }
        }
        Ok(())
    }

    /// Refuses a program that does not exist, and a stage or a cascade level that the program does not have.
    fn check_place_in_program(&self, event: &Event) -> Result<(), Failure> {
        self.check_program("programId", event.program)?;
        let program = event.program.and_then(|program| self.reference.program(program));
        let has_stage = |number| program.is_some_and(|program| program.stage(number).is_some());
        let has_level = |number| program.is_some_and(|program| program.cascade_level(number).is_some());
        if event.stage.is_some_and(|number| !has_stage(number)) {
            return Err(Invalid::new("stage", Fault::NotFound).into());
        }
        if event.cascade_level.is_some_and(|number| !has_level(number)) {
            return Err(Invalid::new("cascadeLevel", Fault::NotFound).into());
        }
        Ok(())
    }

    /// Says where an event stands: itself, its host with its parents, its program, its country.
    fn place_event(&self, event: &mut Event) {
        let mut whereabouts =
            event.host.map(|host| self.reference.whereabouts_of_partner(host)).unwrap_or_default();
        whereabouts.countries = event.country.into_iter().collect();
        whereabouts.program = event.program;
        whereabouts.event = Some(event.id);
        event.whereabouts = whereabouts;
    }

    async fn event_with_parents(&self, id: EventId) -> Result<Vec<EventId>, Failure> {
        let mut chain = vec![id];
        while chain.len() < DEEPEST {
            let last = chain[chain.len() - 1];
            let row = facts::<Entity>().filter(COLUMN.id.eq(last.uuid())).one(&self.transaction).await?;
            match row.and_then(|row| row.parent_id) {
                Some(parent) if !chain.contains(&parent.into()) => chain.push(parent.into()),
                _ => break,
            }
        }
        Ok(chain)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the partners of an event change with the event that was permitted"
    )]
    async fn write_event_partners(&self, event: EventId, partners: &[EventPartner]) -> Result<(), Failure> {
        event_partner::Entity::delete_many()
            .filter(event_partner::COLUMN.event_id.eq(event.uuid()))
            .exec(&self.transaction)
            .await?;
        let rows = partners.iter().map(|partner| {
            let role = partner.role.as_str().to_owned();
            event_partner::Model { event_id: event.uuid(), partner_id: partner.partner.uuid(), role }
                .into_active_model()
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            event_partner::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    async fn keep_event(
        &mut self,
        action: &'static str,
        event: Event,
        before: Option<&Model>,
        row: &Model,
    ) -> Result<Arc<Event>, Failure> {
        search::index_terms(&self.transaction, event.id, event.names.search_terms()).await?;
        self.record(action, event.id, Some(event.id), before, Some(row)).await?;
        self.follow_timetable(&event).await?;
        Ok(Arc::new(event))
    }
}

fn action(step: EventStep) -> &'static str {
    match step {
        EventStep::Plan => "event.plan",
        EventStep::Open => "event.open",
        EventStep::Start => "event.start",
        EventStep::Hold => "event.hold",
        EventStep::Close => "event.close",
        EventStep::Cancel => "event.cancel",
        EventStep::Postpone => "event.postpone",
    }
}
