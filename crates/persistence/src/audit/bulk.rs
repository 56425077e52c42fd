//! Reading personal data of many people at once leaves a row in the audit trail; so does reading of anyone at all by
//! whom the glass is broken.

use std::collections::BTreeSet;

use hemicycle_domain::{
    access::Actor,
    id::{Id, ParticipantId, RecordKind},
};
use sea_orm::{JsonValue, entity::prelude::Uuid};
use serde_json::json;

use crate::{
    change::{self, Author, Change},
    fault::Failure,
    reading::Reading,
};

/// Of how many people personal data can be read at once without a row in the trail: a page of a roster or two.
pub const MOST_UNNOTED: usize = 50;

impl Reading {
    /// Notes that personal data of these people were read, if they are many: who read, whose, in which request.
    ///
    /// The answer waits for the row, as it must not go out without it; that is one insert for each bulk.
    pub(crate) async fn note_reading_of(&self, people: &[ParticipantId]) -> Result<(), Failure> {
        if !self.is_worth_a_note(people.len()) {
            return Ok(());
        }
        self.note(people).await
    }

    /// Whether reading of so many people, or of so many things that may tell of people, is noted.
    pub(crate) fn is_worth_a_note(&self, read: usize) -> bool {
        read > MOST_UNNOTED || !self.actor.glass().is_empty()
    }

    /// Notes that the texts of these rejected scans were read, and of whom it is known that they are in them.
    pub(crate) async fn note_reading_of_rejected(
        &self,
        rejected: &[Uuid],
        people: &[ParticipantId],
    ) -> Result<(), Failure> {
        if rejected.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = rejected.iter().map(ToString::to_string).collect();
        self.note_with(people, json!({ "rejected_scan_ids": ids })).await
    }

    /// Notes that these people were shown, where the glass is broken by whoever reads: names, too, are what it opens.
    ///
    /// All that is read meanwhile is noted, whether the glass opens it or not.
    pub(crate) async fn note_showing(
        &self,
        people: impl IntoIterator<Item = ParticipantId>,
    ) -> Result<(), Failure> {
        if self.actor.glass().is_empty() {
            return Ok(());
        }
        let people: BTreeSet<ParticipantId> = people.into_iter().collect();
        self.note(&people.into_iter().collect::<Vec<_>>()).await
    }

    async fn note(&self, people: &[ParticipantId]) -> Result<(), Failure> {
        if people.is_empty() {
            return Ok(());
        }
        self.note_with(people, json!({})).await
    }

    /// Notes whose personal data were read, and what else there is to tell of it.
    async fn note_with(&self, people: &[ParticipantId], mut told: JsonValue) -> Result<(), Failure> {
        let Some(occasion) = self.occasion.as_ref() else { return Ok(()) };
        let (subject_kind, subject_id) = match &*self.actor {
            Actor::Account { id, .. } => (RecordKind::Account, id.uuid()),
            Actor::Device { id, .. } => (RecordKind::Device, id.uuid()),
            Actor::ServiceAccount { id, .. } => (RecordKind::ServiceAccount, id.uuid()),
            // The program itself tells nobody.
            Actor::System { .. } | Actor::Anonymous => return Ok(()),
        };
        let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
        told["people"] = ids.len().into();
        told["participant_ids"] = ids.into();
        let glass: Vec<String> = self.actor.glass().iter().map(|open| open.id.to_string()).collect();
        if !glass.is_empty() {
            told["glass_breaks"] = glass.into();
        }
        let change = Change {
            action: "personal_data.read".to_owned(),
            subject_kind,
            subject_id,
            event: None,
            before: None,
            after: Some(told),
        };
        let author = Author::new(&self.actor, occasion.at).for_request(&occasion.request);
        change::record(self.store.writer(), vec![(author, change)]).await?;
        self.store.wake_feed();
        Ok(())
    }
}
