//! The review queue: flagged scans of an event, and what people decide about them.

use std::collections::{BTreeSet, HashMap};

use hemicycle_domain::{
    access::permit,
    check_in::{Finding, Scan, ScanFlag},
    event::{self, Event},
    id::{EventId, Id, RegistrationId, ScanId},
    page::{Direction, Page, PageRequest},
    problem::{Fault, Invalid},
    registration::{Registration, RegistrationStatus},
    text::Passage,
};
use sea_orm::{Condition, PaginatorTrait, QueryFilter, QuerySelect, entity::prelude::*};

use super::row::{
    scan_row::{COLUMN, Column, Entity, Model},
    to_scan,
};
use super::write::in_turn;
use crate::{
    dialect::{has_entries, holds_word, is_one_of},
    fault::{Failure, StoreFault},
    keyset::{Key, Keyset},
    read_model::all_of,
    reading::Reading,
    registration::{registration_row, to_registration},
    scope::facts,
    work::Work,
};

/// Which flagged scans.
#[derive(Debug, Clone, Default)]
pub struct FlaggedFilter {
    /// Those with any of these flags; empty for all.
    pub flags: Vec<ScanFlag>,
    /// Those that a person has looked at, or has not; none for both.
    pub is_resolved: Option<bool>,
}

/// A flagged scan. Two can have come under one identifier of a client; each has one of its own here.
#[derive(Debug, Clone, PartialEq)]
pub struct FlaggedScan {
    /// Its identifier in the queue.
    pub id: ScanId,
    /// The scan.
    pub scan: Scan,
}

impl Reading {
    /// Lists the flagged scans of an event, the oldest first.
    pub async fn list_flagged_scans(
        &self,
        event: EventId,
        filter: &FlaggedFilter,
        page: &PageRequest,
    ) -> Result<Page<FlaggedScan>, Failure> {
        let select = self.select::<Entity>().filter(self.flagged(event, filter));
        let Page { rows, has_previous, has_next } =
            oldest_first().page(self.connection(), select, page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| Ok((cursor, to_flagged(&row)?)));
        Ok(Page { rows: rows.collect::<Result<_, StoreFault>>()?, has_previous, has_next })
    }

    /// Counts the flagged scans of an event.
    pub async fn count_flagged_scans(&self, event: EventId, filter: &FlaggedFilter) -> Result<u64, Failure> {
        let select = self.select::<Entity>().filter(self.flagged(event, filter));
        Ok(select.count(self.connection()).await?)
    }

    fn flagged(&self, event: EventId, filter: &FlaggedFilter) -> Condition {
        let mut that = Condition::all()
            .add(COLUMN.event_id.eq(event.uuid()))
            .add(has_entries(self.backend(), (Entity, Column::Flags)));
        if !filter.flags.is_empty() {
            let any = filter.flags.iter().map(|flag| holds_word((Entity, Column::Flags), flag.as_str()));
            that = that.add(any.fold(Condition::any(), Condition::add));
        }
        match filter.is_resolved {
            None => that,
            Some(true) => that.add(COLUMN.resolution.is_not_null()),
            Some(false) => that.add(COLUMN.resolution.is_null()),
        }
    }
}

impl Work {
    /// Keeps what a person decided about flagged scans of an event, each with its own finding, for one reason.
    ///
    /// The answers stand in the order of the scans; a finding that is refused does not touch the others.
    pub async fn resolve_scans(
        &mut self,
        event: EventId,
        findings: Vec<(ScanId, Finding)>,
        reason: &Passage,
    ) -> Result<Vec<Result<FlaggedScan, Failure>>, Failure> {
        let event = self.load_event(event).await?;
        permit::<event::ReviewScans>(&self.actor, &event)?;
        let ids = findings.iter().map(|(id, _)| id.uuid());
        let flagged = facts::<Entity>().filter(COLUMN.event_id.eq(event.id.uuid())).filter(is_one_of(
            self.backend(),
            (Entity, Column::Id),
            ids,
        ));
        let rows: Vec<Model> = all_of(&self.transaction, flagged.clone()).await?;
        let (locked, registrations) = self.lock_people_of(&rows, &findings).await?;
        let rows: Vec<Model> = all_of(&self.transaction, in_turn(flagged.clone())).await?;
        if rows.iter().filter_map(|row| row.counted_for).any(|id| !locked.contains(&id)) {
            // Someone decided about one of them in between: whom it counts for now is not locked.
            return Err(Failure::crossed());
        }
        let mut answers = Vec::with_capacity(findings.len());
        for (id, finding) in findings {
            // Read again: the finding before may have been about the same scan.
            let row = flagged.clone().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
            answers.push(match row {
                None => Err(Invalid::new("scanId", Fault::NotFound).into()),
                Some(row) => self.resolve(&event, row, finding, &registrations, reason).await,
            });
        }
        Ok(answers)
    }

    async fn resolve(
        &mut self,
        event: &Event,
        row: Model,
        finding: Finding,
        registrations: &HashMap<RegistrationId, Registration>,
        reason: &Passage,
    ) -> Result<FlaggedScan, Failure> {
        // Whom the scan shows may have turned out to be someone who was registered.
        let merged = row.registration_id.and_then(|id| registrations.get(&id.into())?.merged_into);
        let finding = match (finding, merged) {
            (Finding::Accept, Some(into)) => Finding::Attach(into),
            (finding, _) => finding,
        };
        let attached = match finding {
            Finding::Attach(id) => {
                let missing = || Invalid::new("registrationId", Fault::NotFound);
                Some(registrations.get(&id).ok_or_else(missing)?)
            }
            Finding::Accept | Finding::Reject => None,
        };
        let scan = to_scan(&row)?.reviewed(event, finding, attached, self.decided(reason))?;
        let flagged = FlaggedScan { id: row.id.into(), scan: scan.clone() };
        let counted = scan.counts_for();
        self.keep_resolutions("check_in.resolve", vec![(row, scan)]).await?;
        // Who accepts what was seen of someone accepts that they were there.
        let is_parked = |id: &RegistrationId| {
            registrations.get(id).is_some_and(|known| known.status == RegistrationStatus::Parked)
        };
        if let Some(parked) = counted.filter(is_parked) {
            self.accept_registration(parked).await?;
        }
        Ok(flagged)
    }

    /// Locks the registrations that scans show, count for, or are to be attached to, in the order of their ids; tells
    /// all that are locked, and those of them that the actor sees.
    async fn lock_people_of(
        &self,
        rows: &[Model],
        findings: &[(ScanId, Finding)],
    ) -> Result<(BTreeSet<Uuid>, HashMap<RegistrationId, Registration>), Failure> {
        let shown = rows.iter().flat_map(|row| [row.registration_id, row.counted_for]).flatten();
        let attached = findings.iter().filter_map(|(_, finding)| match finding {
            Finding::Attach(registration) => Some(registration.uuid()),
            Finding::Accept | Finding::Reject => None,
        });
        let mut ids: BTreeSet<Uuid> = shown.chain(attached).collect();
        if ids.is_empty() {
            return Ok((ids, HashMap::new()));
        }
        // Whom they were merged into is locked with them, in one order.
        let merged = self.registrations_that_go_on(&ids).await?;
        ids.extend(merged);
        let locked = self.lock_registrations(&ids).await?;
        if locked.iter().filter_map(|row| row.merged_into_id).any(|id| !ids.contains(&id)) {
            return Err(Failure::crossed());
        }
        let which = is_one_of(
            self.backend(),
            (registration_row::Entity, registration_row::Column::Id),
            ids.iter().copied(),
        );
        let seen = self.select::<registration_row::Entity>().filter(which);
        let seen: Vec<registration_row::Model> = all_of(&self.transaction, seen).await?;
        let seen = seen.into_iter().map(|row| Ok((row.id.into(), to_registration(row)?)));
        Ok((ids, seen.collect::<Result<_, Failure>>()?))
    }

    /// Those into which some of these registrations were merged.
    async fn registrations_that_go_on(&self, ids: &BTreeSet<Uuid>) -> Result<Vec<Uuid>, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let merged = facts::<Entity>()
            .select_only()
            .column(Column::MergedIntoId)
            .filter(is_one_of(self.backend(), (Entity, Column::Id), ids.iter().copied()))
            .filter(COLUMN.merged_into_id.is_not_null());
        Ok(merged.into_tuple().all(&self.transaction).await?)
    }
}

fn oldest_first() -> Keyset<Entity> {
    Keyset {
        name: "scan.received_at",
        column: Column::ReceivedAt,
        id: Column::Id,
        direction: Direction::Ascending,
        position: |row| (Key::At(row.received_at), row.id),
    }
}

fn to_flagged(row: &Model) -> Result<FlaggedScan, StoreFault> {
    Ok(FlaggedScan { id: row.id.into(), scan: to_scan(row)? })
}
