//! Commands on events: what to plan, what to change, and what both must satisfy.

use super::{
    Event, EventFormat, EventKind, EventPartner, EventRefusal, EventStatus, Particulars, Relation, Timetable,
    Topics,
};
use crate::{
    id::{EventId, PartnerId, ProgramId, TerritoryId},
    imprecise_date::EventDates,
    language::Language,
    manifest::ManifestNames,
    name::Names,
    problem::{Fault, Invalid, Problem},
    text::{Line, LocalizedText},
};

/// A command: an event to be planned. It starts as a draft.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What kind of event it is.
    pub kind: EventKind,
    /// How people take part.
    pub format: Option<EventFormat>,
    /// Its names and titles.
    pub names: Names,
    /// When it is.
    pub dates: EventDates,
    /// Its exact times.
    pub timetable: Option<Timetable>,
    /// The program.
    pub program: Option<ProgramId>,
    /// The stage of the program; needs a program.
    pub stage: Option<i32>,
    /// The cascade level whose people it trains; needs a program.
    pub cascade_level: Option<i32>,
    /// The event it belongs to, and how.
    pub parent: Option<(EventId, Relation)>,
    /// The host.
    pub host: Option<PartnerId>,
    /// Other institutions and their roles.
    pub partners: Vec<EventPartner>,
    /// Where it takes place.
    pub territory: Option<TerritoryId>,
    /// The house or room.
    pub venue: Option<Line>,
    /// How many fit in.
    pub capacity: Option<i32>,
    /// The working languages.
    pub languages: Vec<Language>,
    /// Who it is for.
    pub target_groups: Vec<LocalizedText>,
    /// What it is about.
    pub topics: Topics,
    /// What else its sources say.
    pub particulars: Particulars,
}

/// A command: what to change about an event. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventChange {
    /// Another kind.
    pub kind: Option<EventKind>,
    /// Another format.
    pub format: Option<Option<EventFormat>>,
    /// New names in place of all old ones.
    pub names: Option<Names>,
    /// Other dates.
    pub dates: Option<EventDates>,
    /// Other times.
    pub timetable: Option<Option<Timetable>>,
    /// Another program.
    pub program: Option<Option<ProgramId>>,
    /// Another stage.
    pub stage: Option<Option<i32>>,
    /// Another cascade level.
    pub cascade_level: Option<Option<i32>>,
    /// Another event it belongs to.
    pub parent: Option<Option<(EventId, Relation)>>,
    /// Another host.
    pub host: Option<Option<PartnerId>>,
    /// New partners in place of all old ones.
    pub partners: Option<Vec<EventPartner>>,
    /// Another territory.
    pub territory: Option<Option<TerritoryId>>,
    /// Another venue.
    pub venue: Option<Option<Line>>,
    /// Another capacity.
    pub capacity: Option<Option<i32>>,
    /// Other languages.
    pub languages: Option<Vec<Language>>,
    /// Other target groups.
    pub target_groups: Option<Vec<LocalizedText>>,
    /// Other topics; the inner `None` makes them unknown.
    pub topics: Option<Topics>,
    /// Other particulars in place of all old ones.
    pub particulars: Option<Particulars>,
    /// How much of people's names the devices at its doors hold.
    pub manifest_names: Option<ManifestNames>,
    /// Archives (`true`) or restores (`false`).
    pub is_archived: Option<bool>,
}

impl NewEvent {
    /// Accepts the command, or names the field that it fails on.
    pub fn checked(self) -> Result<Self, Invalid> {
        check_numbers(self.program.is_some(), self.stage, self.cascade_level, self.capacity)?;
        check_timetable(self.timetable.as_ref(), &self.dates)?;
        check_partners(&self.partners)?;
        check_lists(&self.languages, &self.target_groups, &self.topics)?;
        Ok(Self { particulars: self.particulars.checked().map_err(|e| e.within("particulars"))?, ..self })
    }
}

impl Event {
    /// Decides what the event looks like after a change; its whereabouts are left to the store.
    ///
    /// `parents_of_new` are the new parent event and all its parents, where a new parent is given.
    pub fn changed(&self, change: EventChange, parents_of_new: &[EventId]) -> Result<Self, Problem> {
        if self.is_archived && change.is_archived != Some(false) {
            return Err(Problem::Archived);
        }
        let only_archives = EventChange { is_archived: change.is_archived, ..EventChange::default() };
        if self.status.is_finished() && change != only_archives {
            return Err(EventRefusal::Finished { status: self.status }.into());
        }
        if parents_of_new.contains(&self.id) {
            return Err(EventRefusal::BelongsToItself.into());
        }
        let mut next = self.clone();
        next.version += 1;
        next.kind = change.kind.unwrap_or(next.kind);
        next.format = change.format.unwrap_or(next.format);
        next.names = change.names.unwrap_or(next.names);
        next.dates = change.dates.unwrap_or(next.dates);
        next.timetable = change.timetable.unwrap_or(next.timetable);
        next.program = change.program.unwrap_or(next.program);
        next.stage = change.stage.unwrap_or(next.stage);
        next.cascade_level = change.cascade_level.unwrap_or(next.cascade_level);
        next.parent = change.parent.unwrap_or(next.parent);
        next.host = change.host.unwrap_or(next.host);
        next.partners = change.partners.unwrap_or(next.partners);
        next.territory = change.territory.unwrap_or(next.territory);
        next.venue = change.venue.unwrap_or(next.venue);
        next.capacity = change.capacity.unwrap_or(next.capacity);
        next.languages = change.languages.unwrap_or(next.languages);
        next.target_groups = change.target_groups.unwrap_or(next.target_groups);
        next.topics = change.topics.unwrap_or(next.topics);
        next.manifest_names = change.manifest_names.unwrap_or(next.manifest_names);
        next.is_archived = change.is_archived.unwrap_or(next.is_archived);
        if let Some(particulars) = change.particulars {
            next.particulars = particulars.checked().map_err(|e| e.within("particulars"))?;
        }
        check_numbers(next.program.is_some(), next.stage, next.cascade_level, next.capacity)?;
        check_timetable(next.timetable.as_ref(), &next.dates)?;
        check_partners(&next.partners)?;
        check_lists(&next.languages, &next.target_groups, &next.topics)?;
        Ok(next)
    }

    /// Decides where the event is after a step of its life.
    pub fn stepped(
        &self,
        step: super::EventStep,
        reason: Option<crate::text::Passage>,
    ) -> Result<Self, Problem> {
        if self.is_archived {
            return Err(Problem::Archived);
        }
        let status: EventStatus = self.status.step(step, reason.as_ref())?;
        Ok(Self { status, status_reason: reason, version: self.version + 1, ..self.clone() })
    }
}

fn check_numbers(
    has_program: bool,
    stage: Option<i32>,
    cascade_level: Option<i32>,
    capacity: Option<i32>,
) -> Result<(), Invalid> {
    for (field, value) in [("stage", stage), ("cascadeLevel", cascade_level)] {
        let Some(value) = value else { continue };
        if !has_program {
            let reason = "it is a number within a program, and no program is given".to_owned();
            return Err(Invalid::new(field, Fault::Malformed { reason }));
        }
        if !(1..=99).contains(&value) {
            return Err(Invalid::new(
                field,
                Fault::OutOfRange { actual: value.into(), minimum: 1, maximum: 99 },
            ));
        }
    }
    match capacity {
        Some(value) if !(1..=1_000_000).contains(&value) => Err(Invalid::new(
            "capacity",
            Fault::OutOfRange { actual: value.into(), minimum: 1, maximum: 1_000_000 },
        )),
        _ => Ok(()),
    }
}

fn check_timetable(timetable: Option<&Timetable>, dates: &EventDates) -> Result<(), Invalid> {
    let Some(timetable) = timetable else { return Ok(()) };
    if timetable.ends_at < timetable.starts_at {
        let reason = "it ends before it starts".to_owned();
        return Err(Invalid::new("endsAt", Fault::Malformed { reason }).within("timetable"));
    }
    let first = timetable.starts_at.with_timezone(&timetable.zone).date_naive();
    let last = timetable.ends_at.with_timezone(&timetable.zone).date_naive();
    let outside =
        dates.earliest().is_some_and(|day| first < day) || dates.latest().is_some_and(|day| last > day);
    if outside {
        let reason = format!("{first} to {last} lies outside the event's dates");
        return Err(Invalid::new("timetable", Fault::Malformed { reason }));
    }
    Ok(())
}

fn check_partners(partners: &[EventPartner]) -> Result<(), Invalid> {
    check_length("partners", partners.len())?;
    for (index, partner) in partners.iter().enumerate() {
        if partners[..index].contains(partner) {
            return Err(Invalid::new(&index.to_string(), Fault::Repeated).within("partners"));
        }
    }
    Ok(())
}

fn check_lists(languages: &[Language], groups: &[LocalizedText], topics: &Topics) -> Result<(), Invalid> {
    check_length("languages", languages.len())?;
    check_length("targetGroups", groups.len())?;
    check_length("topics", topics.as_ref().map_or(0, Vec::len))
}

fn check_length(field: &str, actual: usize) -> Result<(), Invalid> {
    let maximum = Particulars::MAXIMUM;
    if actual > maximum { Err(Invalid::new(field, Fault::TooMany { actual, maximum })) } else { Ok(()) }
}
