//! Recording scans: one function for one online scan and for a batch of a thousand, in as many statements.
//!
//! Rows are written in one order (registrations, scans by id, attendance, counters), so that no two batches deadlock.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::{
    access::{Actor, Capability, permit},
    badge::KeptKey,
    check_in::{
        CheckInRefusal, Clock, Direction, Facts, Folded, Ground, Kept, Method, NewScan, Origin, Presence,
        Revocation, Said, Scan, ScanReason, decide, fold, run_backwards,
    },
    event::{self, Event},
    id::{EventId, Id, RecordKind, RegistrationId, ScanId},
    problem::{Fault, Invalid},
};
use sea_orm::{Iterable, JsonValue, QueryFilter, entity::prelude::*, sea_query::OnConflict};

use super::{
    known::{Known, Shown, shown},
    row::{attendance_row, scan_row, to_attendance_row},
};
use crate::{
    change::{Author, Change},
    dialect::{insert_all, is_one_of},
    fault::Failure,
    json::to_json,
    read_model::all_of,
    scope::facts,
    work::{Work, new_uuid},
};

/// A scan that was handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Who handed it in.
    pub actor: Arc<Actor>,
    /// The request that it came with, where that is not the one of the whole work.
    pub request: Option<String>,
    /// Whether someone waits at the door.
    pub presence: Presence,
    /// When the batch was sent, by the clock that made the scan.
    pub sent_at: Option<DateTime<Utc>>,
    /// The scan.
    pub scan: NewScan,
}

/// What became of a scan that was handed in.
#[derive(Debug)]
pub enum Recorded {
    /// It is kept.
    Kept {
        /// The scan as it is kept.
        scan: Box<Scan>,
        /// Whether it was before; nothing was written then.
        is_replay: bool,
    },
    /// Someone waits, and is not let through; nothing was written.
    Refused(Failure),
    /// It can never be kept as it is, or not now; nothing was written.
    Rejected(ScanReason),
}

impl Handed {
    /// The device that made the scan, if a device handed it in.
    pub(super) fn origin(&self) -> Option<Origin> {
        match &*self.actor {
            Actor::Device { id, enrolment, .. } => Some(Origin { device: *id, enrolment: *enrolment }),
            Actor::Account { .. }
            | Actor::ServiceAccount { .. }
            | Actor::Anonymous
            | Actor::System { .. } => None,
        }
    }
}

/// What the scans of a batch come to, before any of it is written.
struct Book {
    known: Known,
    now: DateTime<Utc>,
    rows: Vec<scan_row::Model>,
    /// How many of the facts of each person were there before.
    before: BTreeMap<RegistrationId, usize>,
}

/// Why a scan does not become a fact.
enum No {
    Refused(Failure),
    Rejected(ScanReason),
}

impl<F: Into<Failure>> From<F> for No {
    fn from(failure: F) -> Self {
        Self::Refused(failure.into())
    }
}

impl Work {
    /// Records scans, of one caller or of many, and the attendance that follows from them.
    ///
    /// The answers stand in the order of the scans. What one scan is refused for does not touch the others.
    pub async fn record_scans(&mut self, handed: Vec<Handed>) -> Result<Vec<Recorded>, Failure> {
        let keys: Vec<_> = self.badge_keys().into_iter().map(|key: KeptKey| key.key).collect();
        let mut shown = shown(&handed, &keys, self.now);
        let known = self.look_up(&handed, &mut shown).await?;
        let backwards = backwards(&handed, self.now);
        let mut book = Book { known, now: self.now, rows: Vec::new(), before: BTreeMap::new() };
        let mut recorded: Vec<Recorded> = handed
            .iter()
            .zip(shown)
            .zip(backwards)
            .map(|((one, shown), runs_backwards)| match book.enter(one, shown, runs_backwards) {
                Ok(recorded) => recorded,
                Err(No::Refused(failure)) => Recorded::Refused(failure),
                Err(No::Rejected(reason)) => Recorded::Rejected(reason),
            })
            .collect();
        let lost = self.insert_scans(&handed, &mut book).await?;
        if !lost.is_empty() {
            for one in &mut recorded {
                if matches!(one, Recorded::Kept { scan, is_replay: false } if lost.contains(&scan.id)) {
                    *one = Recorded::Rejected(ScanReason::Busy);
                }
            }
        }
        self.keep_attendance(&book).await?;
        Ok(recorded)
    }

    /// Inserts scans in the order of their ids; tells those whose id or number another work took at the same moment.
    async fn insert_scans(&mut self, handed: &[Handed], book: &mut Book) -> Result<Vec<ScanId>, Failure> {
        use scan_row::{Column, Entity};
        book.rows.sort_by_key(|row| row.id);
        let expected = book.rows.len() as u64;
        let columns: Vec<Column> = Column::iter().collect();
        let nothing = OnConflict::new().do_nothing().to_owned();
        let inserted =
            insert_all::<Entity>(&self.transaction, &columns, book.rows.clone(), Some(nothing)).await?;
        let mut lost = Vec::new();
        if inserted < expected {
            let ids = book.rows.iter().map(|row| row.id);
            let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
            let there: Vec<scan_row::Model> = all_of(&self.transaction, select).await?;
            let there: HashMap<Uuid, scan_row::Model> = there.into_iter().map(|row| (row.id, row)).collect();
            let (ours, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut book.rows).into_iter().partition(|row| there.get(&row.id) == Some(row));
            book.rows = ours;
            lost = others.iter().map(|row| row.claimed_id.unwrap_or(row.id).into()).collect();
            for facts in book.known.facts.values_mut() {
                facts.retain(|scan| !lost.contains(&scan.id) || scan.received_at != book.now);
            }
        }
        self.record_scans_in_feed(handed, book).await?;
        Ok(lost)
    }

    /// Writes into the change feed who recorded which scans.
    async fn record_scans_in_feed(&mut self, handed: &[Handed], book: &Book) -> Result<(), Failure> {
        let callers: HashMap<ScanId, &Handed> = handed.iter().map(|one| (one.scan.id, one)).collect();
        let change_of = |row: &scan_row::Model| {
            let change = Change {
                action: "check_in.scan".to_owned(),
                subject_kind: RecordKind::Scan,
                subject_id: row.id,
                event: Some(row.event_id.into()),
                before: None,
                after: Some(told(row)),
            };
            let caller = callers.get(&ScanId::from(row.claimed_id.unwrap_or(row.id)));
            (caller.map(|one| (&*one.actor, one.request.clone())), change)
        };
        self.record_all_by(book.rows.iter().map(change_of)).await
    }

    /// Writes the attendance that follows, and moves the counters.
    async fn keep_attendance(&mut self, book: &Book) -> Result<(), Failure> {
        let mut attendances = Vec::new();
        for (registration, before) in &book.before {
            let Some(enrolled) = book.known.registrations.get(registration) else { continue };
            let facts = book.known.facts.get(registration).map(Vec::as_slice).unwrap_or_default();
            let ground = book.ground(enrolled.event);
            let was = fold(&ground, &facts[..(*before).min(facts.len())]);
            let is = fold(&ground, facts);
            attendances.push((enrolled.event, *registration, was, is));
        }
        self.write_attendance(attendances).await
    }

    /// Writes attendance, and moves the counters of who attends for the first time, or no longer.
    pub(super) async fn write_attendance(
        &mut self,
        attendances: Vec<(EventId, RegistrationId, Folded, Folded)>,
    ) -> Result<(), Failure> {
        use attendance_row::{Column, Entity};
        let changed = || attendances.iter().filter(|(_, _, was, is)| was != is);
        let rows =
            changed().map(|(event, registration, _, is)| to_attendance_row(event.uuid(), *registration, is));
        let columns: Vec<Column> = Column::iter().collect();
        let replaced = columns
            .iter()
            .copied()
            .filter(|column| !matches!(column, Column::RegistrationId | Column::EventId));
        let replace = OnConflict::column(Column::RegistrationId).update_columns(replaced).to_owned();
        insert_all::<Entity>(&self.transaction, &columns, rows.collect(), Some(replace)).await?;
        for (event, registration, was, is) in changed() {
            let (was, is) = (was.attendance.has_attended, is.attendance.has_attended);
            self.count(*event, registration.uuid(), 0, i32::from(is) - i32::from(was));
        }
        Ok(())
    }
}

impl Book {
    /// Enters one scan, or says why not.
    fn enter(&mut self, one: &Handed, shown: Shown, runs_backwards: bool) -> Result<Recorded, No> {
        let new = &one.scan;
        let enrolled = shown.registration.and_then(|id| self.known.registrations.get(&id).copied());
        let registration = shown.registration.filter(|_| enrolled.is_some());
        let stated = new.event.or_else(|| {
            let checkpoint = new.checkpoint.and_then(|id| self.known.checkpoint(id));
            checkpoint.map(|checkpoint| checkpoint.event).or(enrolled.map(|enrolled| enrolled.event))
        });
        let event = stated.and_then(|id| self.known.events.get(&id)).map(Arc::clone);
        let Some(event) = event else {
            return Err(match one.presence {
                Presence::Online => Failure::NotFound(RecordKind::Registration).into(),
                Presence::Offline => No::Rejected(ScanReason::UnknownEvent),
            });
        };
        self.check_access(one, &event, enrolled.map(|enrolled| enrolled.event))?;
        self.check_place(one, &event)?;
        let same = self.known.by_id.get(&new.id);
        // A scan that came before the registration was merged shows the one that it names.
        let repeats = |scan: &&Scan| {
            [registration, shown.named].into_iter().any(|shown| scan.check_repeated(new, shown).is_ok())
        };
        let repeated = same.and_then(|scans| scans.iter().find(repeats));
        if let Some(scan) = repeated {
            return Ok(Recorded::Kept { scan: Box::new(scan.clone()), is_replay: true });
        }
        let id_is_taken = same.is_some();
        let sequence = one.origin().zip(new.sequence).map(|(origin, number)| (origin.enrolment, number));
        // Numbers count from one.
        let sequence_is_taken =
            sequence.is_some_and(|number| number.1 < 1 || self.known.sequences.contains(&number));
        let captured_at = new.captured_at.unwrap_or(self.now).trunc_subsecs(6);
        let issue = shown.badge.and_then(|badge| self.known.issues.get(&badge.registration));
        let revoked = shown.badge.zip(issue).filter(|(badge, issue)| issue.check(badge).is_err());
        let revocation = revoked.map(|(badge, _)| Revocation {
            was_known: self.known.knew_of_revocation(&badge, event.id, new.manifest.as_deref()),
        });
        let settled = |id| self.known.walk_ins.get(&id).is_some_and(|walk_in| walk_in.is_settled);
        let facts = Facts {
            event: &event,
            checkpoint: new.checkpoint.and_then(|id| self.known.checkpoint(id)),
            registration: enrolled,
            walk_in: new.walk_in.filter(|id| !settled(*id)),
            revocation,
            before: registration.and_then(|id| self.known.facts.get(&id)).map_or(&[], Vec::as_slice),
            inside: new.checkpoint.and_then(|id| self.known.inside.get(&id)).copied().unwrap_or_default(),
            clock: Clock {
                captured_at,
                sent_at: one.sent_at,
                received_at: self.now,
                is_from_list: new.method == Method::List,
            },
            runs_backwards,
            id_is_taken,
            sequence_is_taken,
        };
        let said =
            Said { place: new.place(), direction: new.direction, method: new.method, origin: one.origin() };
        let kept = decide(said, &facts, one.presence)?;
        let scan = self.scan(one, &event, registration, captured_at, kept);
        let row_id = if id_is_taken { new_uuid(self.now) } else { new.id.uuid() };
        self.rows.push(row(one, &scan, row_id, !sequence_is_taken));
        self.take_in(&scan, sequence.filter(|_| !sequence_is_taken));
        Ok(Recorded::Kept { scan: Box::new(scan), is_replay: false })
    }

    /// Refuses whoever may not check people in there. Who does not see the event is told that it does not exist.
    fn check_access(&self, one: &Handed, event: &Event, home: Option<EventId>) -> Result<(), No> {
        let actor = &*one.actor;
        let sees_people = |event: &Event| actor.may(Capability::SeePeople, &event.whereabouts);
        if one.presence == Presence::Online {
            // Whoever names a registration must be one who sees it; a badge shows itself.
            let home = home.and_then(|id| self.known.events.get(&id));
            let is_seen = one.scan.registration.is_none() || home.is_some_and(|home| sees_people(home));
            if !is_seen {
                return Err(Failure::NotFound(RecordKind::Registration).into());
            }
            permit::<event::CheckIn>(actor, event)?;
            return Ok(());
        }
        check_handing_in(actor, event).map_err(No::Rejected)
    }

    /// Refuses a checkpoint or a session that is not one of the event, and a checkpoint that the device does not serve.
    fn check_place(&self, one: &Handed, event: &Event) -> Result<(), No> {
        let new = &one.scan;
        let no = |refusal: Failure, reason| match one.presence {
            Presence::Online => No::Refused(refusal),
            Presence::Offline => No::Rejected(reason),
        };
        let not_found = |field: &str| Invalid::new(field, Fault::NotFound).into();
        if let Some(id) = new.checkpoint {
            match self.known.checkpoint(id) {
                None => return Err(no(not_found("checkpointId"), ScanReason::UnknownCheckpoint)),
                Some(checkpoint) if checkpoint.event != event.id => {
                    let refusal = CheckInRefusal::CheckpointOfOtherEvent.into();
                    return Err(no(refusal, ScanReason::UnknownCheckpoint));
                }
                Some(_) => {}
            }
            if let Actor::Device { checkpoints, .. } = &*one.actor
                && !checkpoints.is_empty()
                && !checkpoints.contains(&id)
            {
                return Err(no(not_found("checkpointId"), ScanReason::NotPermitted));
            }
        }
        match new.session.map(|session| self.known.sessions.get(&session)) {
            Some(None) => Err(no(not_found("sessionId"), ScanReason::UnknownCheckpoint)),
            Some(Some(other)) if *other != event.id => {
                Err(no(CheckInRefusal::SessionOfOtherEvent.into(), ScanReason::UnknownCheckpoint))
            }
            Some(Some(_)) | None => Ok(()),
        }
    }

    fn scan(
        &self,
        one: &Handed,
        event: &Event,
        registration: Option<RegistrationId>,
        captured_at: DateTime<Utc>,
        kept: Kept,
    ) -> Scan {
        Scan {
            id: one.scan.id,
            event: event.id,
            checkpoint: one.scan.checkpoint,
            session: one.scan.session,
            registration,
            walk_in: one.scan.walk_in,
            direction: one.scan.direction,
            method: one.scan.method,
            captured_at,
            counted_at: kept.counted_at.map(|at| at.trunc_subsecs(6)),
            received_at: self.now,
            origin: one.origin(),
            sequence: one.scan.sequence,
            operator: one.actor.account(),
            flags: kept.flags,
            resolution: None,
        }
    }

    /// Takes a new scan in, so that those after it are judged with it.
    fn take_in(&mut self, scan: &Scan, sequence: Option<(hemicycle_domain::device::EnrolmentId, i64)>) {
        self.known.by_id.entry(scan.id).or_default().push(scan.clone());
        self.known.sequences.extend(sequence);
        if let Some(checkpoint) = scan.checkpoint
            && let Some(inside) = self.known.inside.get_mut(&checkpoint)
        {
            *inside += if scan.direction == Direction::In { 1 } else { -1 };
        }
        if let Some(registration) = scan.counts_for() {
            let facts = self.known.facts.entry(registration).or_default();
            self.before.entry(registration).or_insert(facts.len());
            facts.push(scan.clone());
        }
    }

    fn ground(&self, event: EventId) -> Ground<'_> {
        let checkpoints = self.known.checkpoints.get(&event).map(Vec::as_slice).unwrap_or_default();
        match self.known.events.get(&event) {
            Some(event) => {
                let rule = self.known.day_rules.get(&event.id).copied().unwrap_or_default();
                Ground::of(event, checkpoints, rule)
            }
            None => Ground { checkpoints, ..Ground::default() },
        }
    }
}

/// Rejects what is handed in by whoever may not check people in at the event. Who does not see it is told that it does
/// not exist.
pub(crate) fn check_handing_in(actor: &Actor, event: &Event) -> Result<(), ScanReason> {
    if actor.may(Capability::CheckIn, &event.whereabouts) {
        return Ok(());
    }
    let is_seen = actor.may(Capability::SeePeople, &event.whereabouts)
        || (event.status.is_published() && actor.sees_published_everywhere());
    Err(if is_seen { ScanReason::NotPermitted } else { ScanReason::UnknownEvent })
}

/// Which scans their device's clock runs backwards at, device by device.
fn backwards(handed: &[Handed], now: DateTime<Utc>) -> Vec<bool> {
    let mut places: HashMap<Origin, Vec<usize>> = HashMap::new();
    for (place, one) in handed.iter().enumerate() {
        if let Some(origin) = one.origin() {
            places.entry(origin).or_default().push(place);
        }
    }
    let mut backwards = vec![false; handed.len()];
    for places in places.values() {
        let times = places.iter().map(|place| &handed[*place].scan);
        let times: Vec<_> = times.map(|scan| (scan.sequence, scan.captured_at.unwrap_or(now))).collect();
        for (place, runs_backwards) in places.iter().zip(run_backwards(&times)) {
            backwards[*place] = runs_backwards;
        }
    }
    backwards
}

/// Writes a scan as its row.
fn row(one: &Handed, scan: &Scan, id: Uuid, has_own_sequence: bool) -> scan_row::Model {
    let (sequence, claimed_sequence) =
        if has_own_sequence { (scan.sequence, None) } else { (None, scan.sequence) };
    // What names nobody is kept as it was named.
    let named = one.scan.registration.filter(|_| scan.registration.is_none());
    scan_row::Model {
        id,
        event_id: scan.event.uuid(),
        session_id: scan.session.map(Id::uuid),
        registration_id: scan.registration.map(Id::uuid),
        direction: scan.direction.as_str().to_owned(),
        method: scan.method.as_str().to_owned(),
        credential: one.scan.credential.clone().or(named.map(|id| id.to_string())),
        operator: Author::new(&one.actor, scan.received_at).actor,
        device_id: scan.origin.map(|origin| origin.device.uuid()),
        device_sequence: sequence,
        local_verdict: one.scan.local_verdict.clone(),
        captured_at: scan.captured_at,
        sent_at: one.sent_at.map(|at| at.trunc_subsecs(6)),
        received_at: scan.received_at,
        flags: to_json(&scan.flags),
        checkpoint_id: scan.checkpoint.map(Id::uuid),
        enrolment_id: scan.origin.map(|origin| origin.enrolment.0),
        manifest_cursor: one.scan.manifest.clone(),
        operator_name: one.scan.operator_name.clone(),
        claimed_id: (id != scan.id.uuid()).then(|| scan.id.uuid()),
        claimed_sequence,
        counted_at: scan.counted_at,
        counted_for: scan.counts_for().map(Id::uuid),
        resolution: None,
        walk_in_id: scan.walk_in.map(Id::uuid),
    }
}

/// What the change feed tells of a scan: what it has. Most of what it could have it has not.
fn told(row: &scan_row::Model) -> JsonValue {
    let mut told = to_json(row);
    if let Some(fields) = told.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    told
}
