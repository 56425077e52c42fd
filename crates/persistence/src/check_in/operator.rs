//! Who scanned at the doors, and who decided about scans, by name: for those who review them.

use std::collections::{BTreeSet, HashMap, HashSet};

use hemicycle_domain::{
    access::Capability,
    id::{AccountId, EventId, Id},
    text::Line,
};
use sea_orm::{QueryFilter, QuerySelect, entity::prelude::*};

use crate::{account::display_names, dialect::is_one_of, event, fault::Failure, reading::Reading};

impl Reading {
    /// Names accounts that scanned at events or decided about scans there, in two statements: to whoever may review scans
    /// of the event. Nobody else is told a name; accounts that were disabled since have one still.
    pub async fn names_at_doors(
        &self,
        asked: &[(EventId, AccountId)],
    ) -> Result<HashMap<(EventId, AccountId), Line>, Failure> {
        let sight = self.sight();
        if sight.scope(Capability::ReviewScans).is_empty() {
            return Ok(HashMap::new());
        }
        let events: BTreeSet<EventId> = asked.iter().map(|(event, _)| *event).collect();
        let id = (event::Entity, event::Column::Id);
        let reviewed: HashSet<Uuid> = self
            .select::<event::Entity>()
            .select_only()
            .column(event::Column::Id)
            .filter(is_one_of(self.backend(), id, events.into_iter().map(Id::uuid)))
            .filter(event::within(&sight, Capability::ReviewScans))
            .into_tuple()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        let asked: Vec<_> = asked.iter().filter(|(event, _)| reviewed.contains(&event.uuid())).collect();
        let accounts: BTreeSet<AccountId> = asked.iter().map(|(_, account)| *account).collect();
        let names = display_names(self.connection(), accounts).await?;
        let with_name = |key: &(EventId, AccountId)| Some((*key, names.get(&key.1)?.clone()));
        Ok(asked.into_iter().filter_map(with_name).collect())
    }
}
