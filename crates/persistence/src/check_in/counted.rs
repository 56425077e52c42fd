//! The scans that count for people, read as far as attendance follows from them.
//!
//! Of whom many scans are known, all are read for each new one: so no more is read of each than it takes, and what was read
//! is not kept until all have come.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    check_in::{CountedScan, Direction, Place},
    id::{Id, RegistrationId},
};
use sea_orm::{QueryFilter, entity::prelude::*};

use super::row::scan_row;
use crate::{
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    json::from_word,
    read_model::{each_of, read_model},
    scope::facts,
    work::Work,
};

/// The columns of a scan that counts.
pub(super) struct CountedRow {
    counted_for: Option<Uuid>,
    checkpoint_id: Option<Uuid>,
    session_id: Option<Uuid>,
    direction: String,
    counted_at: Option<DateTime<Utc>>,
    device_id: Option<Uuid>,
}

read_model!(
    CountedRow, scan_row::Entity =>
    counted_for, checkpoint_id, session_id, direction, counted_at, device_id,
);

impl Work {
    /// The scans that count for each of these registrations; of whom none counts is missing from the answer.
    pub(super) async fn counted_scans_of(
        &self,
        registrations: impl ExactSizeIterator<Item = RegistrationId>,
    ) -> Result<HashMap<RegistrationId, Vec<CountedScan>>, Failure> {
        use scan_row::{Column, Entity};
        let mut counted: HashMap<RegistrationId, Vec<CountedScan>> = HashMap::new();
        if registrations.len() == 0 {
            return Ok(counted);
        }
        let of_these = is_one_of(self.backend(), (Entity, Column::CountedFor), registrations.map(Id::uuid));
        let take = |row: CountedRow| {
            if let Some((registration, scan)) = row.read()? {
                counted.entry(registration).or_default().push(scan);
            }
            Ok(())
        };
        each_of(&self.transaction, facts::<Entity>().filter(of_these), take).await?;
        Ok(counted)
    }
}

impl CountedRow {
    /// The scan, with whom it counts for; none where it counts for nobody.
    pub(super) fn read(&self) -> Result<Option<(RegistrationId, CountedScan)>, StoreFault> {
        let Some(registration) = self.counted_for else { return Ok(None) };
        let scan = CountedScan {
            place: Place::of(self.checkpoint_id.map(Into::into), self.session_id.map(Into::into)),
            direction: from_word("scan", "direction", &self.direction, Direction::from_word)?,
            at: self.counted_at,
            device: self.device_id.map(Into::into),
        };
        Ok(Some((registration.into(), scan)))
    }
}
