//! Verbs: to break the glass, and to end that; and who is told of it.

use std::collections::BTreeSet;

use hemicycle_domain::{
    access::{Capability, Refusal, permit},
    account::Addressee,
    country::CountryCode,
    glass_break::{
        BreakAtEvent, GlassBreak, GlassBreakRefusal, MOST_OPEN, NewGlassBreak, OpenedPlace,
        check_whole_program,
    },
    id::{GlassBreakId, Id, PartnerId, ProgramId, RecordKind},
    name::Names,
    problem::{Fault, Invalid},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QuerySelect, entity::prelude::*, sea_query::LockType,
};

use super::{
    list::open_to,
    managed,
    row::{COLUMN, Entity, to_glass_break, to_row},
};
use crate::{
    account::{addressees, administrators_of},
    event,
    fault::{Failure, StoreFault},
    json::parsed,
    scope::facts,
    work::Work,
};

/// That the glass was broken, for those who are to be told.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// What was opened.
    pub glass: GlassBreak,
    /// Who opened it.
    pub by: Addressee,
    /// What the event or the program is called.
    pub names: Names,
    /// The administrators of the hosts.
    pub to: Vec<Addressee>,
}

impl Work {
    /// Opens personal data of one program or event to the account that acts, for a stated time, and says who is to be
    /// told.
    pub async fn break_glass(&mut self, new: NewGlassBreak) -> Result<Announcement, Failure> {
        let (names, hosts) = match new.place {
            OpenedPlace::Event(event) => {
                let event = self.load_event(event).await.map_err(|failure| missing("eventId", failure))?;
                permit::<BreakAtEvent>(&self.actor, &event)?;
                (event.names, event.whereabouts.partners)
            }
            OpenedPlace::Program(program) => {
                let found = self.load_program(program).map_err(|failure| missing("programId", failure))?;
                let countries = self.countries_of_events(program).await?;
                check_whole_program(&self.actor, &found, &countries)?;
                let mut hosts = found.whereabouts.partners.clone();
                hosts.extend(self.hosts_of_events(program).await?);
                (found.plan.names.clone(), hosts)
            }
        };
        let new = new.checked()?;
        let account = self.actor.account().ok_or(Failure::Unauthenticated)?;
        if open_to(&self.transaction, account, self.now).await?.len() >= MOST_OPEN {
            return Err(GlassBreakRefusal::TooManyOpen.into());
        }
        let glass = GlassBreak {
            id: self.new_id(),
            account,
            place: new.place,
            opens: new.opens,
            reason: new.reason,
            opened_at: self.now,
            ends_at: self.now + new.lifetime,
            ended_at: None,
        };
        let row = to_row(&glass, None);
        row.clone().into_active_model().insert(&self.transaction).await?;
        self.record("glass_break.open", glass.id, event_of(&glass), None, Some(&row)).await?;
        let by = addressees(&self.transaction, &[account]).await?.pop();
        let by = by.ok_or(Failure::NotFound(RecordKind::Account))?;
        let to = administrators_of(&self.transaction, hosts.into_iter().collect()).await?;
        Ok(Announcement { glass, by, names, to })
    }

    /// Ends a time for which the glass is broken, before it is over: its holder does, or whoever manages accounts at the
    /// host of an event that it opens.
    pub async fn end_glass_break(&mut self, id: GlassBreakId) -> Result<GlassBreak, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        let row = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::GlassBreak))?;
        let before = to_glass_break(row.clone())?;
        if self.actor.account() != Some(before.account) {
            let select = facts::<Entity>().filter(COLUMN.id.eq(id.uuid())).filter(managed(&self.sight()));
            if select.one(&self.transaction).await?.is_none() {
                let capability = Capability::ManageAccounts;
                return Err(Refusal { verb: "end", subject: RecordKind::GlassBreak, capability }.into());
            }
        }
        let next = before.ended(self.now);
        if next == before {
            return Ok(next);
        }
        let ended = to_row(&next, self.actor_name());
        ended.clone().into_active_model().reset_all().update(&self.transaction).await?;
        self.record("glass_break.end", id, event_of(&next), Some(&row), Some(&ended)).await?;
        Ok(next)
    }

    /// The countries in which a program has events.
    async fn countries_of_events(&self, program: ProgramId) -> Result<Vec<CountryCode>, Failure> {
        let found: Vec<Option<String>> = facts::<event::Entity>()
            .select_only()
            .column(event::Column::Country)
            .distinct()
            .filter(event::Column::ProgramId.eq(program.uuid()))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let parse = |code: String| parsed("event", "country", CountryCode::parse("country", &code));
        Ok(found.into_iter().flatten().map(parse).collect::<Result<_, StoreFault>>()?)
    }

    /// The institutions that host events of a program, with their parents.
    async fn hosts_of_events(&self, program: ProgramId) -> Result<BTreeSet<PartnerId>, Failure> {
        let found: Vec<Option<Uuid>> = facts::<event::Entity>()
            .select_only()
            .column(event::Column::HostId)
            .distinct()
            .filter(event::Column::ProgramId.eq(program.uuid()))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let hosts = found.into_iter().flatten().map(PartnerId::from);
        Ok(hosts.flat_map(|host| self.reference.partner_with_parents(host)).collect())
    }
}

/// The event that is opened, where it is one alone.
fn event_of(glass: &GlassBreak) -> Option<hemicycle_domain::id::EventId> {
    match glass.place {
        OpenedPlace::Event(event) => Some(event),
        OpenedPlace::Program(_) => None,
    }
}

fn missing(field: &'static str, failure: Failure) -> Failure {
    match failure {
        Failure::NotFound(_) => Invalid::new(field, Fault::NotFound).within("place").into(),
        other => other,
    }
}
