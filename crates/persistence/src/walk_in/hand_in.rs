//! What a door without a network hands in: the walk-ins that it took in, and the scans, which may name them.
//!
//! However many there are, they take as many statements. A scan that comes before the walk-in that it names waits, and
//! is attached when the walk-in comes: in whatever order and in however many batches, the same people have attended.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use hemicycle_domain::{
    check_in::ScanReason,
    event::Event,
    id::{EventId, Id, ParticipantId, RecordKind, WalkInId},
    participant::Participant,
    problem::{Fault, Invalid},
    registration::{Registration, RegistrationDetails, RegistrationRole},
    text::Passage,
    walk_in::{LeftOut, NewWalkIn, WalkIn, amiss},
};
use sea_orm::{
    ConnectionTrait, Iterable, QueryFilter,
    entity::prelude::*,
    sea_query::{Asterisk, Expr, Func, Query},
};
use serde::Serialize;

use super::{
    row::{Column, Entity, Model},
    to_row, to_walk_in,
};
use crate::{
    change::Change,
    check_in::{Handed, Recorded, check_handing_in, in_turn, scan_row, to_scan},
    dialect::{insert_all, is_one_of, take_turns_with},
    event::{self as event_store, row::to_event},
    fault::Failure,
    json::to_json,
    participant,
    read_model::all_of,
    registration::{registration_row, to_registration_row},
    scope::facts,
    search,
    work::Work,
};

/// What became of a walk-in that was handed in.
#[derive(Debug)]
pub enum RecordedWalkIn {
    /// It is kept.
    Kept {
        /// The walk-in as it is kept.
        walk_in: Box<WalkIn>,
        /// What of it could not be taken as it is; it stands in the note about the person.
        left_out: Vec<LeftOut>,
        /// Whether it was before; nothing was written then.
        is_replay: bool,
    },
    /// It can never be kept as it is; nothing was written.
    Rejected(ScanReason),
}

/// The records of walk-ins that are about to be written.
#[derive(Default)]
struct Entries {
    walk_ins: Vec<WalkIn>,
    people: Vec<(Arc<Participant>, participant::Model)>,
    registrations: Vec<registration_row::Model>,
}

/// Why a scan counts for a walk-in that came after it.
const CAME_LATER: &str = "The walk-in that the scan names came later.";

impl Work {
    /// Records what a door without a network hands in: walk-ins first, then scans.
    ///
    /// The answers stand in the order of what was handed in; none touches the others.
    pub async fn hand_in(
        &mut self,
        walk_ins: Vec<NewWalkIn>,
        scans: Vec<Handed>,
    ) -> Result<(Vec<RecordedWalkIn>, Vec<Recorded>), Failure> {
        let named = scans.iter().filter_map(|one| one.scan.walk_in);
        let named: Vec<WalkInId> = walk_ins.iter().map(|new| new.id).chain(named).collect();
        self.wait_for_walk_ins(&named).await?;
        let recorded = self.record_walk_ins(walk_ins).await?;
        Ok((recorded, self.record_scans(scans).await?))
    }

    /// Waits until no other work brings one of these walk-ins, or a scan that names one: neither shall pass by the other.
    pub(super) async fn wait_for_walk_ins(&self, ids: &[WalkInId]) -> Result<(), Failure> {
        let things = ids.iter().map(|id| id.uuid()).collect();
        Ok(take_turns_with(&self.transaction, "walk-in", things).await?)
    }

    async fn record_walk_ins(&mut self, all: Vec<NewWalkIn>) -> Result<Vec<RecordedWalkIn>, Failure> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let mut known = self.known_walk_ins(&all).await?;
        let events = self.events_of_walk_ins(&all).await?;
        let mut seats = self.seats_taken_at(&events).await?;
        let mut entries = Entries::default();
        let mut answers = Vec::with_capacity(all.len());
        for new in all {
            let Some(event) = events.get(&new.event) else {
                answers.push(RecordedWalkIn::Rejected(ScanReason::UnknownEvent));
                continue;
            };
            if let Err(reason) = check_handing_in(&self.actor, event) {
                answers.push(RecordedWalkIn::Rejected(reason));
                continue;
            }
            if let Some(walk_in) = known.get(&new.id) {
                answers.push(match walk_in.check_repeated(&new) {
                    Ok(()) => RecordedWalkIn::Kept {
                        walk_in: Box::new(walk_in.clone()),
                        left_out: Vec::new(),
                        is_replay: true,
                    },
                    Err(_) => RecordedWalkIn::Rejected(ScanReason::IdReused),
                });
                continue;
            }
            let taken = seats.entry(event.id).or_default();
            let (walk_in, left_out) = self.take_in(new, event, *taken, &mut entries)?;
            *taken += i64::from(!walk_in.is_late());
            known.insert(walk_in.id, walk_in.clone());
            answers.push(RecordedWalkIn::Kept { walk_in: Box::new(walk_in), left_out, is_replay: false });
        }
        self.insert_walk_ins(&entries).await?;
        // What waits for a late one waits on, until someone accepts it.
        entries.walk_ins.retain(|walk_in| !walk_in.is_late());
        self.attach_waiting_scans(&entries.walk_ins).await?;
        Ok(answers)
    }

    /// Makes the records of one walk-in. Nobody is turned away for what the operator got wrong beside the name.
    fn take_in(
        &self,
        mut new: NewWalkIn,
        event: &Event,
        seats_taken: i64,
        entries: &mut Entries,
    ) -> Result<(WalkIn, Vec<LeftOut>), Failure> {
        let fingerprint = Some(new.fingerprint());
        let details = self.details_of_walk_in(&mut new, event)?;
        let (id, left_out) = (new.id, new.left_out.clone());
        let (person, personal) = self.new_participant(new.noted_person())?;
        let walk_in = WalkIn {
            id,
            event: event.id,
            registration: self.new_id(),
            participant: person.id,
            made_at: self.now,
            flags: amiss(event, details.role, seats_taken),
            fingerprint,
            settlement: None,
        };
        let registration = Registration {
            id: walk_in.registration,
            version: 1,
            created_at: self.now,
            event: event.id,
            participant: person.id,
            details,
            status: walk_in.registration_status(),
            status_reason: None,
            merged_into: None,
        };
        entries.registrations.push(to_registration_row(&registration, person.names.sort_name()));
        let row = participant::to_row(&person, &personal, None);
        entries.people.push((Arc::new(person), row));
        entries.walk_ins.push(walk_in.clone());
        Ok((walk_in, left_out))
    }

    /// What the person is there, as far as it can be; the rest is left out.
    fn details_of_walk_in(&self, new: &mut NewWalkIn, event: &Event) -> Result<RegistrationDetails, Failure> {
        let mut details = new.details.clone();
        let mut leave_out = |text: String, invalid| new.left_out.push(LeftOut { text, invalid });
        if let Err(invalid) = details.clone().checked() {
            leave_out(details.role.to_string(), Invalid { path: vec!["role".to_owned()], ..invalid });
            details.role = RegistrationRole::Participant;
        }
        if let Some(partner) = details.partner.filter(|id| self.reference.partner(*id).is_none()) {
            leave_out(partner.to_string(), Invalid::new("partnerId", Fault::NotFound));
            details.partner = None;
        }
        if let Some(category) = details.category {
            let program = self.reference.program_of_category(category).map(|program| program.id);
            if details.check_category(event, program).is_err() {
                leave_out(category.to_string(), Invalid::new("categoryId", Fault::NotFound));
                details.category = None;
            }
        }
        details.country = self.country_of(details.country, None, details.partner)?;
        Ok(details)
    }

    async fn known_walk_ins(&self, all: &[NewWalkIn]) -> Result<HashMap<WalkInId, WalkIn>, Failure> {
        let ids = is_one_of(self.backend(), (Entity, Column::Id), all.iter().map(|new| new.id.uuid()));
        let rows: Vec<Model> = all_of(&self.transaction, facts::<Entity>().filter(ids)).await?;
        rows.iter().map(|row| Ok((row.id.into(), to_walk_in(row)?))).collect()
    }

    async fn events_of_walk_ins(&self, all: &[NewWalkIn]) -> Result<HashMap<EventId, Event>, Failure> {
        let ids: BTreeSet<EventId> = all.iter().map(|new| new.event).collect();
        let ids = ids.into_iter().map(Id::uuid);
        let which = is_one_of(self.backend(), (event_store::Entity, event_store::Column::Id), ids);
        let rows: Vec<event_store::row::event::Model> =
            all_of(&self.transaction, facts::<event_store::Entity>().filter(which)).await?;
        rows.into_iter().map(|row| Ok((row.id.into(), to_event(row, &self.reference)?))).collect()
    }

    /// How many seats are taken at those of these events that have a number of them.
    ///
    /// Nobody is turned away, so that nobody is kept from registering meanwhile.
    async fn seats_taken_at(
        &self,
        events: &HashMap<EventId, Event>,
    ) -> Result<HashMap<EventId, i64>, Failure> {
        use registration_row::{COLUMN, Column, Entity, stands};
        let limited: Vec<Uuid> =
            events.values().filter(|event| event.capacity.is_some()).map(|event| event.id.uuid()).collect();
        if limited.is_empty() {
            return Ok(HashMap::new());
        }
        let seated = RegistrationRole::seated().map(RegistrationRole::as_str);
        let taken = Query::select()
            .column((Entity, Column::EventId))
            .expr(Func::count(Expr::col(Asterisk)))
            .from(Entity)
            .and_where(is_one_of(self.backend(), (Entity, Column::EventId), limited))
            .and_where(COLUMN.role.is_in(seated))
            .and_where(stands())
            .group_by_col((Entity, Column::EventId))
            .to_owned();
        let rows = self.transaction.query_all(&taken).await?;
        let taken = rows
            .iter()
            .map(|row| Ok((row.try_get_by_index::<Uuid>(0)?.into(), row.try_get_by_index(1)?)))
            .collect::<Result<_, DbErr>>();
        Ok(taken?)
    }

    async fn insert_walk_ins(&mut self, entries: &Entries) -> Result<(), Failure> {
        if entries.walk_ins.is_empty() {
            return Ok(());
        }
        let transaction = &self.transaction;
        let people = || entries.people.iter();
        let rows = people().map(|(_, row)| row.clone()).collect();
        let columns: Vec<_> = participant::Column::iter().collect();
        insert_all::<participant::Entity>(transaction, &columns, rows, None).await?;
        let columns: Vec<_> = registration_row::Column::iter().collect();
        let rows = entries.registrations.clone();
        insert_all::<registration_row::Entity>(transaction, &columns, rows, None).await?;
        let walk_ins: Vec<Model> = entries.walk_ins.iter().map(to_row).collect();
        let columns: Vec<Column> = Column::iter().collect();
        insert_all::<Entity>(transaction, &columns, walk_ins.clone(), None).await?;
        let terms = people().map(|(person, _)| (person.id, person.names.search_terms())).collect();
        search::index_new(transaction, terms).await?;
        let created =
            people().map(|(_, row)| made("participant.create", ParticipantId::KIND, row.id, None, row));
        let registered = entries.registrations.iter().map(|row| {
            made("registration.create", RecordKind::Registration, row.id, Some(row.event_id), row)
        });
        let walked_in = walk_ins
            .iter()
            .map(|row| made("walk_in.register", RecordKind::WalkIn, row.id, Some(row.event_id), row));
        let changes = created.chain(registered).chain(walked_in).collect();
        for walk_in in entries.walk_ins.iter().filter(|walk_in| !walk_in.is_late()) {
            self.count(walk_in.event, walk_in.registration.uuid(), 1, 0);
        }
        self.record_all(changes).await
    }

    /// Attaches the scans that came before the walk-in that they name; gives way to whoever decides about one just now.
    pub(super) async fn attach_waiting_scans(&mut self, walk_ins: &[WalkIn]) -> Result<(), Failure> {
        use scan_row::{Column, Entity};
        let known: HashMap<WalkInId, &WalkIn> =
            walk_ins.iter().map(|walk_in| (walk_in.id, walk_in)).collect();
        if known.is_empty() {
            return Ok(());
        }
        let named = is_one_of(self.backend(), (Entity, Column::WalkInId), known.keys().map(|id| id.uuid()));
        let waiting = in_turn(facts::<Entity>().filter(named));
        let rows: Vec<scan_row::Model> = all_of(&self.transaction, waiting).await?;
        let reason = Passage::parse("reason", CAME_LATER)?;
        let mut attached = Vec::new();
        for row in rows {
            let scan = to_scan(&row)?;
            let walk_in = scan.walk_in.and_then(|id| known.get(&id));
            if let Some(walk_in) = walk_in.filter(|walk_in| scan.waited_for(walk_in.id, walk_in.event)) {
                let next = scan.attached(walk_in.registration, self.decided(&reason));
                attached.push((row, next));
            }
        }
        self.keep_resolutions("check_in.attach", attached).await
    }
}

fn made(
    action: &str,
    subject_kind: RecordKind,
    subject_id: Uuid,
    event: Option<Uuid>,
    row: &impl Serialize,
) -> Change {
    Change {
        action: action.to_owned(),
        subject_kind,
        subject_id,
        event: event.map(Into::into),
        before: None,
        after: Some(to_json(row)),
    }
}
