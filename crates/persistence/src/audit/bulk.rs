//! Reading personal data of many people at once leaves a row in the audit trail.

use hemicycle_domain::{
    access::Actor,
    id::{Id, ParticipantId, RecordKind},
};
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
        let Some(occasion) = &self.occasion else { return Ok(()) };
        if people.len() <= MOST_UNNOTED {
            return Ok(());
        }
        let (subject_kind, subject_id) = match &*self.actor {
            Actor::Account { id, .. } => (RecordKind::Account, id.uuid()),
            Actor::Device { id, .. } => (RecordKind::Device, id.uuid()),
            Actor::ServiceAccount { id, .. } => (RecordKind::ServiceAccount, id.uuid()),
            // The program itself tells nobody.
            Actor::System { .. } | Actor::Anonymous => return Ok(()),
        };
        let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
        let change = Change {
            action: "personal_data.read".to_owned(),
            subject_kind,
            subject_id,
            event: None,
            before: None,
            after: Some(json!({ "people": ids.len(), "participant_ids": ids })),
        };
        let author = Author::new(&self.actor, occasion.at).for_request(&occasion.request);
        change::record(self.store.writer(), vec![(author, change)]).await?;
        self.store.wake_feed();
        Ok(())
    }
}
