//! The people of registrations: shown with them to whoever sees those, and kept for a while.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use hemicycle_domain::{
    id::{Id, ParticipantId},
    participant::Participant,
};
use sea_orm::{QueryFilter, prelude::Uuid};

use super::row::{Column, Entity, PersonRow, to_participant};
use crate::{dialect::is_one_of, fault::Failure, read_model::all_of, reading::Reading, scope::facts};

/// How many are read in one statement: an embedded database takes no more parameters than some ten thousand.
const MOST_AT_ONCE: usize = 20_000;

impl Reading {
    /// Finds the people whose registrations the actor was found to see: each of those not kept costs a look-up, all of
    /// them together a statement.
    ///
    /// Where the glass is broken, the audit trail tells that they were shown.
    pub(crate) async fn people_of_registrations(
        &self,
        people: Vec<ParticipantId>,
    ) -> Result<HashMap<ParticipantId, Arc<Participant>>, Failure> {
        self.note_showing(people.iter().copied()).await?;
        let kept = &self.store.kept().people;
        let mut found: HashMap<ParticipantId, Arc<Participant>> = HashMap::with_capacity(people.len());
        let mut others: BTreeSet<Uuid> = BTreeSet::new();
        for id in people {
            match kept.get(&id) {
                Some(person) => drop(found.insert(id, person)),
                None => drop(others.insert(id.uuid())),
            }
        }
        let others: Vec<Uuid> = others.into_iter().collect();
        for some in others.chunks(MOST_AT_ONCE) {
            let people = self.read_people(some).await?;
            found.extend(people.into_iter().map(|person| (person.id, person)));
        }
        Ok(found)
    }

    /// Reads people, and keeps them.
    async fn read_people(&self, ids: &[Uuid]) -> Result<Vec<Arc<Participant>>, Failure> {
        let kept = &self.store.kept().people;
        let moment = kept.moment();
        let ids = ids.iter().copied();
        let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let rows: Vec<PersonRow> = all_of(self.store.readers().keys(), select).await?;
        let person = |row| {
            let person = Arc::new(to_participant(row, &self.reference)?);
            // Where they stand was told by the reference data with which this read began.
            if self.store.is_current(&self.reference) {
                kept.keep(person.id, Arc::clone(&person), moment);
            }
            Ok(person)
        };
        rows.into_iter().map(person).collect()
    }
}
