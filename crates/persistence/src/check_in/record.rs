//! Recording scans: one function for one online scan and for a batch of a thousand, in as many statements.
//!
//! Rows are written in one order (registrations, scans by id, attendance, counters), so that no two batches deadlock.

use std::collections::{BTreeMap, HashMap};

use hemicycle_domain::{
    badge::KeptKey,
    check_in::ScanReason,
    id::{RecordKind, RegistrationId, ScanId},
    registration::RegistrationStatus,
};
use sea_orm::{Iterable, JsonValue, QueryFilter, entity::prelude::*, sea_query::OnConflict};

use super::{
    attended::Attended,
    book::{Book, No},
    handed::{Handed, Recorded, backwards},
    known::shown,
    row::scan_row,
};
use crate::{
    change::Change,
    dialect::{Insertion, insert_each, insert_followed, is_one_of},
    fault::Failure,
    json::to_json,
    read_model::all_of,
    scope::facts,
    work::Work,
};

impl Work {
    /// Records scans, of one caller or of many, and the attendance that follows from them.
    ///
    /// The answers stand in the order of the scans. What one scan is refused for does not touch the others.
    pub async fn record_scans(&mut self, handed: Vec<Handed>) -> Result<Vec<Recorded>, Failure> {
        Ok(self.record_in_book(handed, Counting::AtCommit).await?.0)
    }

    /// The same, with what the scans came to.
    pub(super) async fn record_in_book(
        &mut self,
        handed: Vec<Handed>,
        counting: Counting,
    ) -> Result<(Vec<Recorded>, Book), Failure> {
        let keys: Vec<_> = self.badge_keys().into_iter().map(|key: KeptKey| key.key).collect();
        let mut shown = shown(&handed, &keys, self.now);
        let known = self.look_up(&handed, &mut shown).await?;
        let backwards = backwards(&handed, self.now);
        let mut book = Book::new(known, self.now);
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
        let lost = self.keep(&handed, &mut book, counting).await?;
        self.accept_let_in(&handed, &mut book).await?;
        if !lost.is_empty() {
            for one in &mut recorded {
                if matches!(one, Recorded::Kept { scan, is_replay: false } if lost.contains(&scan.id)) {
                    *one = Recorded::Rejected(ScanReason::Busy);
                }
            }
        }
        Ok((recorded, book))
    }

    /// Keeps scans with all that follows from them; tells those whose id or number another work took at the same moment.
    async fn keep(
        &mut self,
        handed: &[Handed],
        book: &mut Book,
        counting: Counting,
    ) -> Result<Vec<ScanId>, Failure> {
        use scan_row::{Column, Entity};
        book.rows.sort_by_key(|row| row.id);
        let expected = book.rows.len() as u64;
        let columns: Vec<Column> = Column::iter().collect();
        let nothing = OnConflict::new().do_nothing().to_owned();
        let scans = Insertion::new::<Entity>(self.backend(), &columns, book.rows.clone(), Some(nothing));
        let attended = book.attendances();
        let mut following = self.that_follow(handed, book, &attended);
        // Who is accepted after this is counted at the commit, and all counters have to be taken in one order.
        let counts_at_once = counting == Counting::AtOnce && let_in_parked(book).is_empty();
        if counts_at_once {
            following.push(self.counted_at_last(&attended));
        }
        if insert_followed(&self.transaction, scans, following).await? == expected {
            if !counts_at_once {
                self.count_attended(&attended);
            }
            return Ok(Vec::new());
        }
        let lost = self.strike_out_lost(book).await?;
        let attended = book.attendances();
        let following = self.that_follow(handed, book, &attended);
        insert_each(&self.transaction, following).await?;
        self.count_attended(&attended);
        Ok(lost)
    }

    /// Accepts those who were parked and whom a door lets in all the same, at an event that goes on after all.
    async fn accept_let_in(&mut self, handed: &[Handed], book: &mut Book) -> Result<(), Failure> {
        for (parked, scan) in let_in_parked(book) {
            let caller = handed.iter().find(|one| one.scan.id == scan);
            self.accept_registration_for(caller.map(|one| (&*one.actor, one.request.clone())), parked)
                .await?;
            // Whoever waits is told of it as it is now.
            book.known.entries.remove(&parked);
        }
        Ok(())
    }

    /// Strikes out of the book those scans whose id or number another work took at the same moment.
    async fn strike_out_lost(&self, book: &mut Book) -> Result<Vec<ScanId>, Failure> {
        use scan_row::{Column, Entity};
        let ids = book.rows.iter().map(|row| row.id);
        let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let there: Vec<scan_row::Model> = all_of(&self.transaction, select).await?;
        let there: HashMap<Uuid, scan_row::Model> = there.into_iter().map(|row| (row.id, row)).collect();
        let (ours, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut book.rows).into_iter().partition(|row| there.get(&row.id) == Some(row));
        book.keep_only(ours)?;
        Ok(others.iter().map(|row| row.claimed_id.unwrap_or(row.id).into()).collect())
    }

    /// The rows that follow from scans: who recorded which, and the attendance.
    fn that_follow(&mut self, handed: &[Handed], book: &Book, attended: &[Attended]) -> Vec<Insertion> {
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
        let mut rows = self.recorded_by(book.rows.iter().map(change_of));
        rows.push(self.attended(attended));
        rows
    }
}

/// When the counters of attendance are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// With the scans, by a work that does nothing else: a way to the database and back less.
    AtOnce,
    /// When the work is kept: what it does before waits for nobody while it holds them.
    AtCommit,
}

/// Those who were parked and whom a door let in all the same, each with a scan that did.
fn let_in_parked(book: &Book) -> BTreeMap<RegistrationId, ScanId> {
    let is_parked = |id: &RegistrationId| {
        let known = book.known.registrations.get(id);
        known.is_some_and(|known| known.status == RegistrationStatus::Parked)
    };
    let let_in = book.rows.iter().filter_map(|row| {
        let parked = row.counted_for.map(RegistrationId::from).filter(is_parked)?;
        Some((parked, ScanId::from(row.claimed_id.unwrap_or(row.id))))
    });
    let_in.collect()
}

/// What the change feed tells of a scan: what it has. Most of what it could have it has not.
fn told(row: &scan_row::Model) -> JsonValue {
    let mut told = to_json(row);
    if let Some(fields) = told.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    told
}
