//! Inputs by which events are planned and changed, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use hemicycle_domain::{
    event::{self, EventChange, EventPartner, NewEvent, NewSession, Timetable},
    id::EventId,
    language::Language,
    problem::Invalid,
    text::Line,
};

use super::{
    particulars_input::ParticularsInput,
    words::{EventFormat, EventKind, PartnerRole, Relation},
};
use crate::graphql::{
    date::{ImpreciseDateInput, dates, dates_opt},
    id,
    input::change,
    manifest::ManifestNames,
    name::{self, NameInput},
    scalar::{DateTime, LanguageTag, TimeZone},
    text::{TranslationInput, texts},
};

/// The exact times of an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct TimetableInput {
    /// When it starts.
    pub starts_at: DateTime,
    /// When it ends.
    pub ends_at: DateTime,
    /// The zone in which its days are counted.
    pub zone: TimeZone,
}

/// An institution's role at an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct EventPartnerInput {
    /// The institution.
    pub partner_id: ID,
    /// What it is to the event.
    pub role: PartnerRole,
}

/// The event that another one belongs to.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct EventParentInput {
    /// The event.
    pub event_id: ID,
    /// How the other belongs to it.
    pub relation: Relation,
}

/// An event to be planned; it starts as a draft.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateEventInput {
    /// What kind of event it is.
    pub kind: EventKind,
    /// How people take part.
    pub format: Option<EventFormat>,
    /// Its names and titles; at least one.
    pub names: Vec<NameInput>,
    /// When it is, as precisely as its sources say.
    pub dates: ImpreciseDateInput,
    /// Its exact times, where it has a timetable.
    pub timetable: Option<TimetableInput>,
    /// The program it belongs to.
    pub program_id: Option<ID>,
    /// The number of the program's stage.
    pub stage: Option<i32>,
    /// The cascade level whose people it trains.
    pub cascade_level: Option<i32>,
    /// The event it belongs to.
    pub parent: Option<EventParentInput>,
    /// The institution in whose house it takes place and who runs it.
    pub host_id: Option<ID>,
    /// The other institutions and their roles.
    #[graphql(default)]
    pub partners: Vec<EventPartnerInput>,
    /// Where it takes place.
    pub territory_id: Option<ID>,
    /// The house or room.
    pub venue: Option<String>,
    /// How many fit in.
    pub capacity: Option<i32>,
    /// The working languages.
    #[graphql(default)]
    pub languages: Vec<LanguageTag>,
    /// Who it is for, each in one or more languages.
    #[graphql(default)]
    pub target_groups: Vec<Vec<TranslationInput>>,
    /// What it is about, each in one or more languages; absent or null where unknown.
    pub topics: Option<Vec<Vec<TranslationInput>>>,
    /// What else its sources say.
    pub particulars: Option<ParticularsInput>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about an event; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateEventInput {
    /// The event.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another kind.
    pub kind: Option<EventKind>,
    /// Another format; null makes it unknown.
    pub format: MaybeUndefined<EventFormat>,
    /// New names in place of all old ones.
    pub names: Option<Vec<NameInput>>,
    /// Other dates.
    pub dates: Option<ImpreciseDateInput>,
    /// Other times; null removes them.
    pub timetable: MaybeUndefined<TimetableInput>,
    /// Another program; null removes it.
    pub program_id: MaybeUndefined<ID>,
    /// Another stage; null removes it.
    pub stage: MaybeUndefined<i32>,
    /// Another cascade level; null removes it.
    pub cascade_level: MaybeUndefined<i32>,
    /// Another event it belongs to; null removes it.
    pub parent: MaybeUndefined<EventParentInput>,
    /// Another host; null removes it.
    pub host_id: MaybeUndefined<ID>,
    /// New partners in place of all old ones.
    pub partners: Option<Vec<EventPartnerInput>>,
    /// Another territory; null makes it unknown.
    pub territory_id: MaybeUndefined<ID>,
    /// Another venue; null makes it unknown.
    pub venue: MaybeUndefined<String>,
    /// Another capacity; null makes it unlimited.
    pub capacity: MaybeUndefined<i32>,
    /// Other working languages.
    pub languages: Option<Vec<LanguageTag>>,
    /// Other target groups in place of all old ones.
    pub target_groups: Option<Vec<Vec<TranslationInput>>>,
    /// Other topics in place of all old ones; null makes them unknown.
    pub topics: MaybeUndefined<Vec<Vec<TranslationInput>>>,
    /// Other particulars in place of all old ones.
    pub particulars: Option<ParticularsInput>,
    /// How much of people's names the devices at its doors hold. Those that hold more begin anew.
    pub manifest_names: Option<ManifestNames>,
    /// Archives the event, or restores it.
    pub is_archived: Option<bool>,
}

/// A session to be added to an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateSessionInput {
    /// The event.
    pub event_id: ID,
    /// Its number within the event, from 1.
    pub number: i32,
    /// Its titles; at least one.
    pub names: Vec<NameInput>,
    /// When it is, where that is known beyond the event's own dates.
    pub dates: Option<ImpreciseDateInput>,
    /// What it is about, each in one or more languages; absent or null where unknown.
    pub topics: Option<Vec<Vec<TranslationInput>>>,
}

impl CreateEventInput {
    pub(super) fn parse(&self) -> Result<NewEvent, Invalid> {
        Ok(NewEvent {
            kind: self.kind.into(),
            format: self.format.map(Into::into),
            names: name::parse(&self.names)?,
            dates: dates("dates", &self.dates)?,
            timetable: self.timetable.as_ref().map(timetable).transpose()?,
            program: self.program_id.as_ref().map(|id| id::parse("programId", id)).transpose()?,
            stage: self.stage,
            cascade_level: self.cascade_level,
            parent: self.parent.as_ref().map(parent).transpose()?,
            host: self.host_id.as_ref().map(|id| id::parse("hostId", id)).transpose()?,
            partners: partners(&self.partners)?,
            territory: self.territory_id.as_ref().map(|id| id::parse("territoryId", id)).transpose()?,
            venue: self.venue.as_ref().map(|venue| Line::parse("venue", venue)).transpose()?,
            capacity: self.capacity,
            languages: languages(&self.languages)?,
            target_groups: texts("targetGroups", &self.target_groups)?,
            topics: self.topics.as_ref().map(|topics| texts("topics", topics)).transpose()?,
            particulars: self
                .particulars
                .as_ref()
                .map(ParticularsInput::parse)
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

impl UpdateEventInput {
    pub(super) fn parse(self) -> Result<EventChange, Invalid> {
        let number = |value| change(value, Ok);
        Ok(EventChange {
            kind: self.kind.map(Into::into),
            format: change(self.format, |format| Ok(format.into()))?,
            names: self.names.as_deref().map(name::parse).transpose()?,
            dates: dates_opt("dates", self.dates.as_ref())?,
            timetable: change(self.timetable, |input| timetable(&input))?,
            program: change(self.program_id, |id| id::parse("programId", &id))?,
            stage: number(self.stage)?,
            cascade_level: number(self.cascade_level)?,
            parent: change(self.parent, |input| parent(&input))?,
            host: change(self.host_id, |id| id::parse("hostId", &id))?,
            partners: self.partners.as_deref().map(partners).transpose()?,
            territory: change(self.territory_id, |id| id::parse("territoryId", &id))?,
            venue: change(self.venue, |venue| Line::parse("venue", &venue))?,
            capacity: number(self.capacity)?,
            languages: self.languages.as_deref().map(languages).transpose()?,
            target_groups: self.target_groups.as_deref().map(|all| texts("targetGroups", all)).transpose()?,
            topics: change(self.topics, |all| texts("topics", &all))?,
            particulars: self.particulars.as_ref().map(ParticularsInput::parse).transpose()?,
            manifest_names: self.manifest_names.map(Into::into),
            is_archived: self.is_archived,
        })
    }
}

impl CreateSessionInput {
    pub(super) fn parse(&self) -> Result<NewSession, Invalid> {
        Ok(NewSession {
            event: id::parse("eventId", &self.event_id)?,
            number: self.number,
            names: name::parse(&self.names)?,
            dates: dates_opt("dates", self.dates.as_ref())?,
            topics: self.topics.as_ref().map(|topics| texts("topics", topics)).transpose()?,
        })
    }
}

fn timetable(input: &TimetableInput) -> Result<Timetable, Invalid> {
    let read = || {
        Ok(Timetable {
            starts_at: input.starts_at.instant("startsAt")?,
            ends_at: input.ends_at.instant("endsAt")?,
            zone: input.zone.zone("zone")?,
        })
    };
    read().map_err(|fault: Invalid| fault.within("timetable"))
}

fn parent(input: &EventParentInput) -> Result<(EventId, event::Relation), Invalid> {
    let event = id::parse("eventId", &input.event_id).map_err(|fault| fault.within("parent"))?;
    Ok((event, input.relation.into()))
}

fn partners(all: &[EventPartnerInput]) -> Result<Vec<EventPartner>, Invalid> {
    let partners = all.iter().enumerate().map(|(index, input)| {
        let partner =
            id::parse("partnerId", &input.partner_id).map_err(|e| e.within(index).within("partners"))?;
        Ok(EventPartner { partner, role: input.role.into() })
    });
    partners.collect()
}

fn languages(tags: &[LanguageTag]) -> Result<Vec<Language>, Invalid> {
    let tags = tags.iter().enumerate();
    tags.map(|(index, tag)| Language::parse(&index.to_string(), &tag.0).map_err(|e| e.within("languages")))
        .collect()
}
