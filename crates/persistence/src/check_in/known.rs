//! What the store knows of scans that were handed in: read for all of them at once, in as many statements for a
//! thousand as for one.
//!
//! The registrations come first, locked in the order of their ids: what is read after them cannot change before the
//! work ends, and two batches that name the same people in another order wait for each other only once.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    badge::{self, Badge, BadgeKey, Issue},
    check_in::{CountedScan, DayRule, Direction, Enrolled, Scan, Sighting},
    checkpoint::Checkpoint,
    device::EnrolmentId,
    event::Event,
    id::{CheckpointId, EventId, Id, RegistrationId, ScanId, SessionId, WalkInId},
    registration::{Registration, RegistrationStatus},
};
use sea_orm::{
    Condition, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query},
};

use super::{
    counted::CountedRow,
    handed::Handed,
    names::{NamedRow, Names, number},
    row::{attendance_row, scan_row, to_scan, to_tallied_sightings},
};
use crate::{
    checkpoint::{checkpoint, to_checkpoint},
    dialect::{is_one_of, take_turns_with},
    event::{self as event_store, row::to_event},
    fault::{Failure, StoreFault},
    feed,
    json::from_word,
    manifest::has_heard_of,
    read_model::{all_of, each_of, read_model},
    registration::{RosterEntry, registration_row},
    scope::facts,
    walk_in::row as walk_in_row,
    work::Work,
};

/// Whom a scan shows, before anyone has looked whether there is such a registration.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shown {
    pub(super) registration: Option<RegistrationId>,
    /// The badge that was shown, if it is one of ours.
    pub(super) badge: Option<Badge>,
}

/// A walk-in, as far as its scans need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamedWalkIn {
    pub(super) registration: RegistrationId,
    pub(super) is_settled: bool,
}

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    pub(super) walk_ins: HashMap<WalkInId, NamedWalkIn>,
    pub(super) registrations: HashMap<RegistrationId, Enrolled>,
    /// The lines of the roster of those for whose answer someone waits, as they were before.
    pub(super) entries: HashMap<RegistrationId, RosterEntry>,
    pub(super) issues: HashMap<RegistrationId, Issue>,
    /// Of badges that are not good any more: from which change of the feed on, and the first serial that was good then.
    pub(super) revocations: HashMap<RegistrationId, Vec<(feed::Cursor, u32)>>,
    pub(super) events: HashMap<EventId, Arc<Event>>,
    pub(super) checkpoints: HashMap<EventId, Vec<Checkpoint>>,
    pub(super) day_rules: HashMap<EventId, DayRule>,
    pub(super) sessions: HashMap<SessionId, EventId>,
    /// The scans that count for a registration.
    pub(super) facts: HashMap<RegistrationId, Vec<CountedScan>>,
    /// The scans that came under an identifier, or under a number that is used again.
    pub(super) by_id: HashMap<ScanId, Vec<Scan>>,
    pub(super) sequences: HashSet<(EnrolmentId, i64)>,
    /// How many are in at checkpoints that can fill.
    pub(super) inside: HashMap<CheckpointId, i64>,
}

impl Known {
    /// Whether whoever had this cursor of a manifest had heard that a badge is not good any more.
    pub(super) fn knew_of_revocation(&self, badge: &Badge, event: EventId, manifest: Option<&str>) -> bool {
        let places = self.revocations.get(&badge.registration).map(Vec::as_slice).unwrap_or_default();
        let ended = places.iter().find(|(_, first_good)| u32::from(badge.serial) < *first_good);
        ended.zip(manifest).is_some_and(|((place, _), manifest)| has_heard_of(manifest, event, *place))
    }

    /// The scans that count for a registration.
    pub(super) fn facts_of(&self, registration: RegistrationId) -> &[CountedScan] {
        self.facts.get(&registration).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn checkpoint(&self, id: CheckpointId) -> Option<&Checkpoint> {
        self.checkpoints.values().flatten().find(|checkpoint| checkpoint.id == id)
    }
}

/// The columns of a registration that the decision needs.
struct EnrolledRow {
    id: Uuid,
    event_id: Uuid,
    status: String,
    merged_into_id: Option<Uuid>,
}

read_model!(EnrolledRow, registration_row::Entity => id, event_id, status, merged_into_id);

/// The columns of a walk-in that tell whom a scan shows that names it.
struct WalkInRow {
    id: Uuid,
    registration_id: Uuid,
    settled_at: Option<DateTime<Utc>>,
}

read_model!(WalkInRow, walk_in_row::Entity => id, registration_id, settled_at);

/// A scan, as far as attendance follows from it, with what it is called.
struct MetRow {
    named: NamedRow,
    counted: CountedRow,
}

read_model!(MetRow = named: NamedRow, counted: CountedRow);

/// An event with one of its checkpoints, if it has any.
struct PlaceRow {
    event: event_store::row::event::Model,
    checkpoint: Option<checkpoint::Model>,
}

read_model!(PlaceRow = event: event_store::row::event::Model, checkpoint: Option<checkpoint::Model>);

/// The columns of a session that tell where it belongs.
struct SessionRow {
    id: Uuid,
    event_id: Uuid,
}

read_model!(SessionRow, event_store::row::session::Entity => id, event_id);

/// Reads whom each scan shows: whoever it names, else the bearer of the badge.
pub(super) fn shown(handed: &[Handed], keys: &[BadgeKey], now: DateTime<Utc>) -> Vec<Shown> {
    let read = |one: &Handed| {
        let nowhere = EventId::from(Uuid::nil());
        // The event is compared later, when it is known at whose door the scan was made.
        let badge = one.scan.credential.as_deref().and_then(|text| {
            let verified = badge::verify(text, keys, one.scan.event.unwrap_or(nowhere), now);
            verified.map_or_else(badge::BadgeRefusal::genuine, Some)
        });
        let registration = one.scan.registration.or(badge.map(|badge| badge.registration));
        Shown { registration, badge }
    };
    handed.iter().map(read).collect()
}

impl Work {
    /// Reads all that is known of these scans, and whom those show that name a walk-in, or a registration that was
    /// merged.
    pub(super) async fn look_up(&self, handed: &[Handed], shown: &mut [Shown]) -> Result<Known, Failure> {
        let mut known = Known::default();
        // Two batches of one device go one after the other, so that none meets the other's sequence numbers half-way.
        let enrolments: Vec<Uuid> =
            handed.iter().filter_map(|one| one.origin().map(|origin| origin.enrolment.0)).collect();
        take_turns_with(&self.transaction, "enrolment", enrolments).await?;
        self.look_up_walk_ins(&mut known, handed, shown).await?;
        let wanted: BTreeSet<RegistrationId> = shown.iter().filter_map(|shown| shown.registration).collect();
        let is_told = handed.iter().any(|one| one.is_told);
        let unread =
            if is_told { self.look_up_entries(&mut known, wanted.clone()).await? } else { wanted.clone() };
        let merged = self.look_up_registrations(&mut known, &unread, None).await?;
        if !merged.is_empty() {
            let targets: BTreeSet<RegistrationId> = merged.values().copied().collect();
            // Those that come before one that is locked are not waited for: whoever has them may wait for that one.
            let in_order = targets.difference(&wanted).next() > wanted.last();
            let no_waiting = (!in_order).then_some(LockBehavior::Nowait);
            self.look_up_registrations(&mut known, &targets, no_waiting).await?;
            for shown in shown.iter_mut() {
                if let Some(into) = shown.registration.and_then(|named| merged.get(&named)) {
                    shown.registration = Some(*into);
                }
            }
        }
        self.look_up_scans(&mut known, handed).await?;
        self.look_up_places(&mut known, handed).await?;
        let badges: Vec<RegistrationId> =
            shown.iter().filter_map(|shown| shown.badge.map(|badge| badge.registration)).collect();
        if !badges.is_empty() {
            known.issues = self.issues_of_badges(&badges).await?;
            self.look_up_revocations(&mut known, handed, shown).await?;
        }
        self.look_into_rooms(&mut known, handed).await?;
        Ok(known)
    }

    /// Counts who is in where a checkpoint can fill and someone wants in.
    ///
    /// Those who want into the same room at the same moment wait for each other, and count anew: else all would find the
    /// last place free. It is a turn and no lock of the checkpoint's row, which whoever changes the rules of the room holds
    /// while waiting for its people.
    async fn look_into_rooms(&self, known: &mut Known, handed: &[Handed]) -> Result<(), Failure> {
        let can_fill = |id: &CheckpointId| {
            known.checkpoint(*id).is_some_and(|checkpoint| checkpoint.rules.capacity.is_some())
        };
        let wants_in = handed.iter().filter(|one| one.scan.direction == Direction::In);
        let rooms: BTreeSet<CheckpointId> =
            wants_in.filter_map(|one| one.scan.checkpoint).filter(can_fill).collect();
        if rooms.is_empty() {
            return Ok(());
        }
        take_turns_with(&self.transaction, "room", rooms.iter().map(|id| id.uuid()).collect()).await?;
        let events = rooms.iter().filter_map(|id| known.checkpoint(*id)).map(|found| found.event);
        known.inside = self.inside_of(&rooms, &events.collect()).await?;
        Ok(())
    }

    /// Reads when badges stopped being good, where a scan tells what its device knew.
    async fn look_up_revocations(
        &self,
        known: &mut Known,
        handed: &[Handed],
        shown: &[Shown],
    ) -> Result<(), Failure> {
        let mut revoked = BTreeSet::new();
        for (one, shown) in handed.iter().zip(shown) {
            let badge = shown.badge.filter(|_| one.scan.manifest.is_some());
            let issue = badge.and_then(|badge| Some((badge, known.issues.get(&badge.registration)?)));
            if let Some((badge, _)) = issue.filter(|(badge, issue)| issue.check(badge).is_err()) {
                revoked.insert(badge.registration);
            }
        }
        if !revoked.is_empty() {
            known.revocations = self.places_of_badge_changes(&revoked).await?;
        }
        Ok(())
    }

    async fn look_up_walk_ins(
        &self,
        known: &mut Known,
        handed: &[Handed],
        shown: &mut [Shown],
    ) -> Result<(), Failure> {
        use walk_in_row::{Column, Entity};
        let named: BTreeSet<WalkInId> = handed.iter().filter_map(|one| one.scan.walk_in).collect();
        if named.is_empty() {
            return Ok(());
        }
        let ids = named.iter().map(|id| id.uuid());
        let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let rows: Vec<WalkInRow> = all_of(&self.transaction, select).await?;
        for row in rows {
            let is_settled = row.settled_at.is_some();
            let walk_in = NamedWalkIn { registration: row.registration_id.into(), is_settled };
            known.walk_ins.insert(row.id.into(), walk_in);
        }
        for (one, shown) in handed.iter().zip(shown) {
            let walk_in = one.scan.walk_in.and_then(|id| known.walk_ins.get(&id));
            shown.registration =
                one.scan.registration.or(walk_in.map(|walk_in| walk_in.registration)).or(shown.registration);
        }
        Ok(())
    }

    /// Reads the roster's lines of registrations; tells those that are to be read without: who was merged, and whose
    /// person was just exchanged for another.
    async fn look_up_entries(
        &self,
        known: &mut Known,
        mut wanted: BTreeSet<RegistrationId>,
    ) -> Result<BTreeSet<RegistrationId>, Failure> {
        for (merged_into, entry) in self.lock_roster_entries(&wanted).await? {
            let Registration { id, event, status, .. } = entry.registration;
            if merged_into.is_none() {
                wanted.remove(&id);
                known.registrations.insert(id, Enrolled { event, status });
                known.entries.insert(id, entry);
            }
        }
        Ok(wanted)
    }

    /// Reads registrations; tells those that were merged, and into which.
    async fn look_up_registrations(
        &self,
        known: &mut Known,
        wanted: &BTreeSet<RegistrationId>,
        behaviour: Option<LockBehavior>,
    ) -> Result<HashMap<RegistrationId, RegistrationId>, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let mut merged = HashMap::new();
        if wanted.is_empty() {
            return Ok(merged);
        }
        let ids = wanted.iter().map(|id| id.uuid());
        let select = facts::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, Column::Id), ids))
            .order_by_asc(COLUMN.id);
        let select = match behaviour {
            Some(behaviour) => select.lock_with_behavior(LockType::NoKeyUpdate, behaviour),
            None => select.lock(LockType::NoKeyUpdate),
        };
        let rows: Vec<EnrolledRow> = all_of(&self.transaction, select).await?;
        for row in rows {
            let status = from_word("registration", "status", &row.status, RegistrationStatus::from_word)?;
            known.registrations.insert(row.id.into(), Enrolled { event: row.event_id.into(), status });
            if let Some(into) = row.merged_into_id {
                merged.insert(row.id.into(), into.into());
            }
        }
        Ok(merged)
    }

    /// Reads the events at whose doors scans were made, those of the people shown, and those of scans that came under the
    /// same identifiers, with their checkpoints.
    async fn look_up_places(&self, known: &mut Known, handed: &[Handed]) -> Result<(), Failure> {
        let mut events: BTreeSet<EventId> =
            known.registrations.values().map(|registration| registration.event).collect();
        events.extend(handed.iter().filter_map(Handed::stated_event));
        events.extend(known.by_id.values().flatten().map(|scan| scan.event));
        let named: BTreeSet<CheckpointId> = handed.iter().filter_map(|one| one.scan.checkpoint).collect();
        let ids = events.iter().map(|id| id.uuid());
        let mut wanted = Condition::any().add(is_one_of(
            self.backend(),
            (event_store::Entity, event_store::Column::Id),
            ids,
        ));
        if !named.is_empty() {
            use checkpoint::{Column, Entity};
            let ids = named.iter().map(|id| id.uuid());
            let of_named = Query::select()
                .column(Column::EventId)
                .from(Entity)
                .and_where(is_one_of(self.backend(), (Entity, Column::Id), ids))
                .take();
            wanted =
                wanted.add(Expr::col((event_store::Entity, event_store::Column::Id)).in_subquery(of_named));
        }
        let mut select = facts::<event_store::Entity>().filter(wanted);
        let of_event = Expr::col((checkpoint::Entity, checkpoint::Column::EventId))
            .eq(Expr::col((event_store::Entity, event_store::Column::Id)));
        QueryTrait::query(&mut select).join(JoinType::LeftJoin, checkpoint::Entity, of_event);
        let rows: Vec<PlaceRow> = all_of(&self.transaction, select).await?;
        for PlaceRow { event, checkpoint } in rows {
            if let Some(checkpoint) = checkpoint {
                let checkpoint = to_checkpoint(checkpoint)?;
                known.checkpoints.entry(checkpoint.event).or_default().push(checkpoint);
            }
            if !known.events.contains_key(&event.id.into()) {
                let event = to_event(event, &self.reference)?;
                known.day_rules.insert(event.id, self.day_rule_of(&event));
                known.events.insert(event.id, Arc::new(event));
            }
        }
        let sessions: BTreeSet<SessionId> = handed.iter().filter_map(|one| one.scan.session).collect();
        if !sessions.is_empty() {
            use event_store::row::session::{Column, Entity};
            let ids = sessions.iter().map(|id| id.uuid());
            let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
            let rows: Vec<SessionRow> = all_of(&self.transaction, select).await?;
            known.sessions = rows.into_iter().map(|row| (row.id.into(), row.event_id.into())).collect();
        }
        Ok(())
    }

    /// Reads the scans that count for the people shown, and those that came under the same identifiers or numbers.
    ///
    /// Hardly any did: whether there are such is asked together with the others, and only then are they read whole.
    async fn look_up_scans(&self, known: &mut Known, handed: &[Handed]) -> Result<(), Failure> {
        use scan_row::{Column, Entity};
        let backend = self.backend();
        let names = Names::of(handed);
        let mut wanted = names.condition(backend);
        if !known.registrations.is_empty() {
            let people = known.registrations.keys().map(|id| id.uuid());
            wanted = wanted.add(is_one_of(backend, (Entity, Column::CountedFor), people));
        }
        let mut has_namesakes = false;
        let take = |row: MetRow| {
            has_namesakes |= names.include(&row.named);
            if let Some((registration, scan)) = row.counted.read()?
                && known.registrations.contains_key(&registration)
            {
                known.facts.entry(registration).or_default().push(scan);
            }
            Ok(())
        };
        each_of(&self.transaction, facts::<Entity>().filter(wanted), take).await?;
        if has_namesakes {
            let namesakes = facts::<Entity>().filter(names.condition(backend));
            let rows: Vec<scan_row::Model> = all_of(&self.transaction, namesakes).await?;
            for row in rows {
                let scan = to_scan(&row)?;
                known.sequences.extend(number(row.enrolment_id, row.device_sequence));
                known.by_id.entry(scan.id).or_default().push(scan);
            }
        }
        Ok(())
    }

    /// How many people are in at each of these checkpoints of some events.
    ///
    /// It counts by where people were seen: who sits in a session is in at the door of the day as well.
    async fn inside_of(
        &self,
        checkpoints: &BTreeSet<CheckpointId>,
        events: &BTreeSet<EventId>,
    ) -> Result<HashMap<CheckpointId, i64>, StoreFault> {
        use attendance_row::{Column, Entity};
        let counts = Query::select()
            .column((Entity, Column::SeenAt))
            .expr(Expr::col((Entity, Column::RegistrationId)).count())
            .from(Entity)
            .and_where(is_one_of(
                self.backend(),
                (Entity, Column::EventId),
                events.iter().map(|event| event.uuid()),
            ))
            .and_where(Expr::col((Entity, Column::SeenAt)).is_not_null())
            .group_by_col((Entity, Column::SeenAt))
            .to_owned();
        let mut inside: HashMap<CheckpointId, i64> = checkpoints.iter().map(|id| (*id, 0)).collect();
        for (sightings, count) in to_tallied_sightings(&self.transaction.query_all(&counts).await?)? {
            for checkpoint in sightings.iter().filter_map(Sighting::checkpoint_inside) {
                inside.entry(checkpoint).and_modify(|inside| *inside += count);
            }
        }
        Ok(inside)
    }
}
