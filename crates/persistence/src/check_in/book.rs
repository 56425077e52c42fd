//! The book: what the scans of a batch come to, each judged with those before it, before any of it is written.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::{
    access::{Actor, Capability, permit},
    check_in::{
        CheckInRefusal, Clock, Facts, Ground, Kept, Method, Presence, Revocation, Said, Scan, ScanFlag,
        ScanReason, Sighting, decide, fold,
    },
    device::EnrolmentId,
    event::{self, Event},
    id::{CheckpointId, EventId, Id, RecordKind, RegistrationId},
    problem::{Fault, Invalid},
};
use sea_orm::entity::prelude::*;

use super::{
    attended::Attended,
    handed::{Handed, Recorded},
    known::{Known, Shown},
    row::{scan_row, to_scan},
};
use crate::{
    change::Author,
    fault::{Failure, StoreFault},
    json::to_json,
    registration::RosterEntry,
    work::new_uuid,
};

/// What the scans of a batch come to, before any of it is written.
pub(super) struct Book {
    pub(super) known: Known,
    pub(super) now: DateTime<Utc>,
    pub(super) rows: Vec<scan_row::Model>,
    /// How many of the facts of each person were there before.
    before: BTreeMap<RegistrationId, usize>,
}

/// Why a scan does not become a fact.
pub(super) enum No {
    Refused(Failure),
    Rejected(ScanReason),
}

impl<F: Into<Failure>> From<F> for No {
    fn from(failure: F) -> Self {
        Self::Refused(failure.into())
    }
}

impl Book {
    pub(super) fn new(known: Known, now: DateTime<Utc>) -> Self {
        Self { known, now, rows: Vec::new(), before: BTreeMap::new() }
    }

    /// Enters one scan, or says why not.
    pub(super) fn enter(&mut self, one: &Handed, shown: Shown, runs_backwards: bool) -> Result<Recorded, No> {
        if let Some(scan) = self.own_repetition(one, shown) {
            return Ok(Recorded::Kept { scan: Box::new(scan.clone()), is_replay: true });
        }
        let new = &one.scan;
        let enrolled = shown.registration.and_then(|id| self.known.registrations.get(&id).copied());
        let registration = shown.registration.filter(|_| enrolled.is_some());
        let stated = one.stated_event().or_else(|| {
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
        // One that is kept at another event is not told to those whose access there was not looked at.
        if let Some(scan) =
            self.repeated(one, shown).find(|scan| scan.event == event.id && may_show(one, scan))
        {
            return Ok(Recorded::Kept { scan: Box::new(scan.clone()), is_replay: true });
        }
        let id_is_taken = self.known.by_id.contains_key(&new.id);
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
            before: registration.map_or(&[], |id| self.known.facts_of(id)),
            inside: new.checkpoint.and_then(|id| self.inside_beside(registration, id)),
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

    /// The scan that this one repeats.
    fn repeated(&self, one: &Handed, shown: Shown) -> impl Iterator<Item = &Scan> {
        let known = shown.registration.filter(|id| self.known.registrations.contains_key(id));
        let same = self.known.by_id.get(&one.scan.id).into_iter().flatten();
        same.filter(move |scan| scan.check_repeated(&one.scan, known).is_ok())
    }

    /// The scan that this one repeats, where the same sender handed it in: what the sender may do by now, and what the
    /// place is by now, does not matter. Nobody else is told of it without having access.
    ///
    /// The answer to whoever waits shows the person: it takes that the sender still sees the people of the event.
    fn own_repetition(&self, one: &Handed, shown: Shown) -> Option<&Scan> {
        let sees_people_at = |event: EventId| {
            let event = self.known.events.get(&event);
            event.is_some_and(|event| one.actor.may(Capability::SeePeople, &event.whereabouts))
        };
        let mut own = self.repeated(one, shown).filter(|scan| scan.was_handed_in_by(&one.actor));
        own.find(|scan| {
            one.presence == Presence::Offline || (sees_people_at(scan.event) && may_show(one, scan))
        })
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
        }
        // Whoever serves some checkpoints alone has to name one of them: what names none counts at that of the day.
        if let Actor::Device { checkpoints, .. } = &*one.actor
            && !checkpoints.is_empty()
            && !new.checkpoint.is_some_and(|id| checkpoints.contains(&id))
        {
            return Err(no(not_found("checkpointId"), ScanReason::NotPermitted));
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
            credential: one.scan.kept_credential(registration),
            direction: one.scan.direction,
            method: one.scan.method,
            captured_at,
            counted_at: kept.counted_at.map(|at| at.trunc_subsecs(6)),
            sent_at: one.sent_at.map(|at| at.trunc_subsecs(6)),
            received_at: self.now,
            origin: one.origin(),
            sequence: one.scan.sequence,
            operator: one.actor.account(),
            operator_name: one.scan.operator_name.clone(),
            local_verdict: one.scan.local_verdict.clone(),
            manifest: one.scan.manifest.clone(),
            flags: kept.flags,
            resolution: None,
        }
    }

    /// Takes a new scan in, so that those after it are judged with it.
    fn take_in(&mut self, scan: &Scan, sequence: Option<(EnrolmentId, i64)>) {
        self.known.by_id.entry(scan.id).or_default().push(scan.clone());
        self.known.sequences.extend(sequence);
        let before = self.rooms_of(scan.counts_for());
        self.count(scan);
        let after = self.rooms_of(scan.counts_for());
        for (rooms, more) in [(before, -1), (after, 1)] {
            for room in rooms {
                self.known.inside.entry(room).and_modify(|inside| *inside += more);
            }
        }
    }

    /// How many are in at a checkpoint that can fill; none where this person is one of them.
    fn inside_beside(&self, person: Option<RegistrationId>, checkpoint: CheckpointId) -> Option<i64> {
        let inside = self.known.inside.get(&checkpoint).copied();
        inside.filter(|_| !self.rooms_of(person).contains(&checkpoint))
    }

    /// The checkpoints where someone is in, by the scans so far; none where no room can fill.
    fn rooms_of(&self, person: Option<RegistrationId>) -> Vec<CheckpointId> {
        let person = person.filter(|_| !self.known.inside.is_empty());
        let enrolled = person.and_then(|id| Some((id, self.known.registrations.get(&id)?)));
        let Some((person, enrolled)) = enrolled else { return Vec::new() };
        let folded = fold(&self.ground(enrolled.event), self.known.facts_of(person).iter().copied());
        folded.sightings.iter().filter_map(Sighting::checkpoint_inside).collect()
    }

    /// Adds a new scan to the facts of whom it counts for.
    fn count(&mut self, scan: &Scan) {
        if let Some((registration, counted)) = scan.counts_for().zip(scan.counted()) {
            let facts = self.known.facts.entry(registration).or_default();
            self.before.entry(registration).or_insert(facts.len());
            facts.push(counted);
        }
    }

    /// Keeps these rows alone of those that were entered.
    pub(super) fn keep_only(&mut self, rows: Vec<scan_row::Model>) -> Result<(), StoreFault> {
        for (registration, before) in &self.before {
            self.known.facts.entry(*registration).or_default().truncate(*before);
        }
        for row in &rows {
            self.count(&to_scan(row)?);
        }
        self.rows = rows;
        Ok(())
    }

    /// The line of the roster of whoever was shown, as it is after the scans; none where it was not read with them.
    pub(super) fn entry(&self, registration: RegistrationId) -> Option<RosterEntry> {
        let entry = self.known.entries.get(&registration)?;
        let facts = self.known.facts_of(registration);
        let attendance = fold(&self.ground(entry.registration.event), facts.iter().copied()).attendance;
        Some(RosterEntry { attendance: Some(attendance), ..entry.clone() })
    }

    /// The attendance of those who were scanned anew, before and after.
    pub(super) fn attendances(&self) -> Vec<Attended> {
        let attended = |(registration, before): (&RegistrationId, &usize)| {
            let event = self.known.registrations.get(registration)?.event;
            let facts = self.known.facts_of(*registration);
            let ground = self.ground(event);
            let was = fold(&ground, facts.iter().copied().take(*before));
            let is = fold(&ground, facts.iter().copied());
            Some(Attended { event, registration: *registration, was, is })
        };
        self.before.iter().filter_map(attended).collect()
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

/// Whether the answer may show the person of a scan that is repeated: whoever waits is shown nobody of another event.
fn may_show(one: &Handed, scan: &Scan) -> bool {
    one.presence == Presence::Offline || !scan.flags.contains(&ScanFlag::WrongEvent)
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

/// Writes a scan as its row.
fn row(one: &Handed, scan: &Scan, id: Uuid, has_own_sequence: bool) -> scan_row::Model {
    let (sequence, claimed_sequence) =
        if has_own_sequence { (scan.sequence, None) } else { (None, scan.sequence) };
    scan_row::Model {
        id,
        event_id: scan.event.uuid(),
        session_id: scan.session.map(Id::uuid),
        registration_id: scan.registration.map(Id::uuid),
        direction: scan.direction.as_str().to_owned(),
        method: scan.method.as_str().to_owned(),
        credential: scan.credential.clone(),
        operator: Author::new(&one.actor, scan.received_at).actor,
        device_id: scan.origin.map(|origin| origin.device.uuid()),
        device_sequence: sequence,
        local_verdict: scan.local_verdict.clone(),
        captured_at: scan.captured_at,
        sent_at: scan.sent_at,
        received_at: scan.received_at,
        flags: to_json(&scan.flags),
        checkpoint_id: scan.checkpoint.map(Id::uuid),
        enrolment_id: scan.origin.map(|origin| origin.enrolment.0),
        manifest_cursor: scan.manifest.clone(),
        operator_name: scan.operator_name.clone(),
        claimed_id: (id != scan.id.uuid()).then(|| scan.id.uuid()),
        claimed_sequence,
        counted_at: scan.counted_at,
        counted_for: scan.counts_for().map(Id::uuid),
        resolution: None,
        walk_in_id: scan.walk_in.map(Id::uuid),
    }
}
