//! Verbs of check-in: let someone in or out, and undo it; and what could not be read, kept all the same.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use hemicycle_domain::{
    access::{Doer, permit},
    check_in::{CheckInRefusal, Decided, Folded, Ground, NewScan, Presence, Resolution, Scan, fold},
    event::{self, Event},
    id::{EventId, Id, RecordKind, RegistrationId, ScanId},
    text::Passage,
};
use sea_orm::{
    Iterable, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{CaseStatement, Expr, ExprTrait, LockBehavior, LockType},
};

use super::{
    attended::Attended,
    handed::{Handed, Recorded},
    record::Counting,
    row::{kept_resolution, resolution_row, scan_row, to_scan},
};
use crate::{
    change::Change,
    dialect::{insert_all, is_one_of},
    fault::Failure,
    json::to_json,
    registration::RosterEntry,
    scope::facts,
    work::{Work, new_uuid},
};

/// What became of a check-in.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedIn {
    /// The fact.
    pub scan: Scan,
    /// The registration, with the attendance that follows from all of its scans; none where nobody wanted to be told.
    pub entry: Option<Arc<RosterEntry>>,
    /// Whether the same scan was recorded before; nothing was written then.
    pub is_replay: bool,
}

impl Work {
    /// Lets a registered person in or out at the door of an event, of a session or of a checkpoint.
    ///
    /// The client's id makes it idempotent: the same scan again answers as before, another content under the
    /// same id is refused.
    pub async fn check_in(&mut self, new: NewScan) -> Result<CheckedIn, Failure> {
        let actor = Arc::clone(&self.actor);
        let handed = Handed {
            actor,
            request: None,
            presence: Presence::Online,
            is_told: true,
            sent_at: None,
            scan: new,
        };
        let mut answers = self.check_in_together(vec![handed]).await?;
        answers.pop().unwrap_or_else(|| Err(CheckInRefusal::IdReused.into()))
    }

    /// Lets people in or out for whose answer someone waits; the answers stand in the order of the scans.
    pub(super) async fn check_in_together(
        &mut self,
        handed: Vec<Handed>,
    ) -> Result<Vec<Result<CheckedIn, Failure>>, Failure> {
        let told: Vec<bool> = handed.iter().map(|one| one.is_told).collect();
        let (recorded, book) = self.record_in_book(handed, Counting::AtOnce).await?;
        let shown = recorded.iter().zip(&told).filter_map(|(recorded, is_told)| match recorded {
            Recorded::Kept { scan, .. } if *is_told => scan.registration,
            _ => None,
        });
        let mut entries = HashMap::new();
        let mut unread = Vec::new();
        for registration in shown {
            match book.entry(registration) {
                Some(entry) => drop(entries.insert(registration, Arc::new(entry))),
                None => unread.push(registration),
            }
        }
        entries.extend(self.roster_entries_after_scans(&unread).await?);
        let answer = |(recorded, is_told)| match recorded {
            Recorded::Kept { scan, is_replay } => {
                let registration = scan.registration.ok_or(CheckInRefusal::UnknownCredential)?;
                let entry = entries.get(&registration).filter(|_| is_told).map(Arc::clone);
                Ok(CheckedIn { scan: *scan, entry, is_replay })
            }
            Recorded::Refused(failure) => Err(failure),
            // Who came at the same moment under the same id, with another content, was first.
            Recorded::Rejected(_) => Err(CheckInRefusal::IdReused.into()),
        };
        Ok(recorded.into_iter().zip(told).map(answer).collect())
    }

    /// Undoes a check-in: the scan stays, and counts no longer.
    pub async fn undo_check_in(&mut self, id: ScanId, reason: Passage) -> Result<CheckedIn, Failure> {
        let select = self.select::<scan_row::Entity>().filter(scan_row::COLUMN.id.eq(id.uuid()));
        let row = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Scan))?;
        let shown = to_scan(&row)?;
        let registration = shown.counts_for().or(shown.registration);
        let registration = registration.ok_or(Failure::NotFound(RecordKind::Scan))?;
        let registration = self.load_registration(registration).await.map_err(|failure| match failure {
            Failure::NotFound(_) => Failure::NotFound(RecordKind::Scan),
            other => other,
        })?;
        let event: Event = self.load_event(row.event_id.into()).await?;
        permit::<event::CheckIn>(&self.actor, &event)?;
        // Read again, now that the row of the registration is locked.
        let row = facts::<scan_row::Entity>().filter(scan_row::COLUMN.id.eq(id.uuid()));
        let row = row.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Scan))?;
        let scan = to_scan(&row)?;
        if scan.counts_for().or(scan.registration) != Some(registration.id) {
            // Someone decided about it in between: whom it counts for now is not locked.
            return Err(Failure::crossed());
        }
        let scan = scan.undone(&event, self.decided(&reason))?;
        self.keep_resolutions("check_in.undo", vec![(row, scan.clone())]).await?;
        let entry = Some(self.roster_entry_after_scan(registration.id).await?);
        Ok(CheckedIn { scan, entry, is_replay: false })
    }

    /// That the actor decides about scans now, for this reason.
    pub(crate) fn decided(&self, reason: &Passage) -> Decided {
        Decided { by: Doer::of(&self.actor), at: self.now, reason: reason.clone() }
    }

    /// Keeps what was found out about scans: facts of their own, and the attendance that follows from them.
    ///
    /// Each scan comes with its new resolution, beside its row as it was; the registrations for which they count, or did,
    /// are locked by the caller, in the order of their ids. However many scans of an event there are, they take as many
    /// statements.
    pub(crate) async fn keep_resolutions(
        &mut self,
        action: &'static str,
        resolved: Vec<(scan_row::Model, Scan)>,
    ) -> Result<(), Failure> {
        let mut of_events: BTreeMap<EventId, Vec<(scan_row::Model, Scan)>> = BTreeMap::new();
        for (row, scan) in resolved {
            of_events.entry(row.event_id.into()).or_default().push((row, scan));
        }
        for (event, resolved) in of_events {
            self.keep_resolutions_at(event, action, resolved).await?;
        }
        Ok(())
    }

    async fn keep_resolutions_at(
        &mut self,
        event: EventId,
        action: &'static str,
        resolved: Vec<(scan_row::Model, Scan)>,
    ) -> Result<(), Failure> {
        let touched = resolved
            .iter()
            .flat_map(|(row, scan)| row.counted_for.map(Into::into).into_iter().chain(scan.counts_for()));
        let touched: BTreeSet<RegistrationId> = touched.collect();
        let event = self.load_event_of_facts(event).await?;
        let checkpoints = self.checkpoints_of(event.id).await?;
        let ground = Ground::of(&event, &checkpoints, self.day_rule_of(&event));
        let before = self.fold_scans_of(&ground, &touched).await?;
        let mut changes = Vec::with_capacity(resolved.len());
        let (mut facts, mut rows) = (Vec::new(), Vec::new());
        for (row, scan) in resolved {
            let Some(resolution) = &scan.resolution else { continue };
            facts.push(self.resolution_row(&row, resolution));
            let next = scan_row::Model {
                resolution: Some(kept_resolution(resolution)),
                counted_for: scan.counts_for().map(Id::uuid),
                ..row.clone()
            };
            changes.push(Change {
                action: action.to_owned(),
                subject_kind: RecordKind::Scan,
                subject_id: row.id,
                event: Some(event.id),
                before: Some(to_json(&row)),
                after: Some(to_json(&next)),
            });
            rows.push(next);
        }
        let columns: Vec<_> = resolution_row::Column::iter().collect();
        insert_all::<resolution_row::Entity>(&self.transaction, &columns, facts, None).await?;
        self.update_resolved(&rows).await?;
        let mut after = self.fold_scans_of(&ground, &touched).await?;
        let moved = before.into_iter().map(|(registration, was)| {
            let is = after.remove(&registration).unwrap_or_default();
            Attended { event: event.id, registration, was, is }
        });
        self.write_attendance(&moved.collect::<Vec<_>>()).await?;
        self.record_all(changes).await
    }

    /// Folds the scans that count for each of these registrations of one event.
    pub(super) async fn fold_scans_of(
        &self,
        ground: &Ground<'_>,
        registrations: &BTreeSet<RegistrationId>,
    ) -> Result<BTreeMap<RegistrationId, Folded>, Failure> {
        let counted = self.counted_scans_of(registrations.iter().copied()).await?;
        let folded = registrations.iter().map(|registration| {
            let scans = counted.get(registration).map(Vec::as_slice).unwrap_or_default();
            (*registration, fold(ground, scans.iter().copied()))
        });
        Ok(folded.collect())
    }

    /// Writes beside scans what was found out about them, in one statement for each thousand.
    #[expect(clippy::disallowed_methods, reason = "whoever resolves a scan was permitted to")]
    async fn update_resolved(&self, rows: &[scan_row::Model]) -> Result<(), Failure> {
        use scan_row::{Column, Entity};
        for rows in rows.chunks(MOST_AT_ONCE) {
            let mut resolutions = CaseStatement::new();
            let mut owners = CaseStatement::new();
            for row in rows {
                let is_row = || Expr::col((Entity, Column::Id)).eq(row.id);
                resolutions = resolutions.case(is_row(), Expr::val(row.resolution.clone()));
                owners = owners.case(is_row(), Expr::val(row.counted_for));
            }
            Entity::update_many()
                .col_expr(Column::Resolution, resolutions.into())
                .col_expr(Column::CountedFor, owners.into())
                .filter(is_one_of(self.backend(), (Entity, Column::Id), rows.iter().map(|row| row.id)))
                .exec(&self.transaction)
                .await?;
        }
        Ok(())
    }

    fn resolution_row(&self, row: &scan_row::Model, resolution: &Resolution) -> resolution_row::Model {
        resolution_row::Model {
            id: new_uuid(self.now),
            scan_id: row.id,
            event_id: row.event_id,
            kind: resolution.kind.as_str().to_owned(),
            registration_id: resolution.registration.map(Id::uuid),
            resolved_by: self.actor_name(),
            at: resolution.at,
            reason: resolution.reason.as_str().to_owned(),
        }
    }
}

/// Locks scans to be decided about, in the order of their ids, and waits for none: whoever decides about one may wait for
/// what the caller has locked.
pub(crate) fn in_turn(scans: sea_orm::Select<scan_row::Entity>) -> sea_orm::Select<scan_row::Entity> {
    scans.order_by_asc(scan_row::COLUMN.id).lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::Nowait)
}

/// How many rows of attendance are written at once: SQLite takes some 32,000 parameters.
const MOST_AT_ONCE: usize = 1_000;
