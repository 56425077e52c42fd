//! What scans are called: by their identifiers, and by the numbers that their devices gave them.
//!
//! Both are used once: whoever uses one again repeats a scan, or errs.

use std::collections::{HashMap, HashSet};

use hemicycle_domain::{device::EnrolmentId, id::Id};
use sea_orm::{Condition, DbBackend, ExprTrait as _, entity::prelude::*};

use super::{handed::Handed, row::scan_row};
use crate::{dialect::is_one_of, read_model::read_model};

/// What a scan is called.
pub(super) struct NamedRow {
    id: Uuid,
    claimed_id: Option<Uuid>,
    enrolment_id: Option<Uuid>,
    device_sequence: Option<i64>,
}

read_model!(NamedRow, scan_row::Entity => id, claimed_id, enrolment_id, device_sequence);

/// What scans that were handed in are called.
pub(super) struct Names {
    ids: HashSet<Uuid>,
    numbers: HashMap<EnrolmentId, HashSet<i64>>,
}

impl Names {
    pub(super) fn of(handed: &[Handed]) -> Self {
        let mut numbers: HashMap<EnrolmentId, HashSet<i64>> = HashMap::new();
        for one in handed {
            if let Some((origin, number)) = one.origin().zip(one.scan.sequence) {
                numbers.entry(origin.enrolment).or_default().insert(number);
            }
        }
        Self { ids: handed.iter().map(|one| one.scan.id.uuid()).collect(), numbers }
    }

    /// That a scan is called so.
    pub(super) fn condition(&self, backend: DbBackend) -> Condition {
        use scan_row::{COLUMN, Column, Entity};
        let has_id = |column| is_one_of(backend, (Entity, column), self.ids.iter().copied());
        let mut any = Condition::any().add(has_id(Column::Id)).add(has_id(Column::ClaimedId));
        for (enrolment, numbers) in &self.numbers {
            let numbers = is_one_of(backend, (Entity, Column::DeviceSequence), numbers.iter().copied());
            any = any.add(COLUMN.enrolment_id.eq(enrolment.0).and(numbers));
        }
        any
    }

    pub(super) fn include(&self, row: &NamedRow) -> bool {
        let is_numbered_so = |(enrolment, number)| {
            self.numbers.get(&enrolment).is_some_and(|numbers: &HashSet<i64>| numbers.contains(&number))
        };
        self.ids.contains(&row.id)
            || row.claimed_id.is_some_and(|id| self.ids.contains(&id))
            || number(row.enrolment_id, row.device_sequence).is_some_and(is_numbered_so)
    }
}

/// The number that a device gave a scan, with the enrolment by which it counts.
pub(super) fn number(enrolment: Option<Uuid>, sequence: Option<i64>) -> Option<(EnrolmentId, i64)> {
    Some((EnrolmentId(enrolment?), sequence?))
}
