//! Taking out all that is known of a person, as the rows stand in the database; it leaves a row in the audit trail.

use hemicycle_domain::{
    id::{Id, ParticipantId, RecordKind},
    participant,
    text::Line,
};
use sea_orm::{EntityTrait, JsonValue, QueryFilter, QueryOrder, sea_query::SimpleExpr};
use serde::Serialize;
use serde_json::json;

use super::{about::About, disability::row as disability_row, row as participant_row};
use crate::{
    badge::row as badge_row,
    change::{Change, row as change_row},
    check_in::{attendance_row, scan_row},
    dialect::is_one_of,
    event::row::event as event_row,
    fault::Failure,
    json::to_json,
    registration::{contribution_row, registration_row},
    scope::facts,
    source::citation::row as citation_row,
    test_result::row as test_result_row,
    walk_in::row as walk_in_row,
    work::Work,
};

impl Work {
    /// Takes out all that is known of a person, and records that and why it was done.
    ///
    /// It takes the right to export over the person's home, or over every event the person was registered at.
    pub async fn export_participant(
        &mut self,
        id: ParticipantId,
        reason: &Line,
    ) -> Result<JsonValue, Failure> {
        let (_, person, _) = self.load_participant_row(id).await?;
        let permit = self.permit_over_participant::<participant::Export>(&person).await?;
        let about = self.records_about(permit.id()).await?;
        let known = self.known_of(&about).await?;
        let told = json!({ "reason": reason.as_str(), "registrations": about.registrations.len() });
        let change = Change {
            action: "participant.export".to_owned(),
            subject_kind: RecordKind::Participant,
            subject_id: id.uuid(),
            event: None,
            before: None,
            after: Some(told),
        };
        self.record_all(vec![change]).await?;
        Ok(known)
    }

    async fn known_of(&self, about: &About) -> Result<JsonValue, Failure> {
        let backend = self.backend();
        let people = || about.people.iter().map(|id| id.uuid());
        let registrations = || about.registration_ids();
        let events = about.registrations.iter().map(|(_, event)| event.uuid());
        let mut events =
            self.out::<event_row::Entity>(is_one_of(backend, event_row::Column::Id, events)).await?;
        for event in events.iter_mut().filter_map(JsonValue::as_object_mut) {
            event.retain(|field, _| ["id", "names", "dates"].contains(&field.as_str()));
        }
        Ok(json!({
            "people": self
                .out::<participant_row::Entity>(is_one_of(backend, participant_row::Column::Id, people()))
                .await?,
            "disabilities": self
                .out::<disability_row::Entity>(is_one_of(
                    backend,
                    disability_row::Column::ParticipantId,
                    people(),
                ))
                .await?,
            "registrations": self
                .out::<registration_row::Entity>(is_one_of(backend, registration_row::Column::Id, registrations()))
                .await?,
            "events": events,
            "attendance": self
                .out::<attendance_row::Entity>(is_one_of(
                    backend,
                    attendance_row::Column::RegistrationId,
                    registrations(),
                ))
                .await?,
            "test_results": self
                .out::<test_result_row::Entity>(is_one_of(
                    backend,
                    test_result_row::Column::RegistrationId,
                    registrations(),
                ))
                .await?,
            "scans": self
                .out::<scan_row::Entity>(is_one_of(backend, scan_row::Column::Id, about.scans.iter().copied()))
                .await?,
            "badges": self
                .out::<badge_row::Entity>(is_one_of(backend, badge_row::Column::RegistrationId, registrations()))
                .await?,
            "walk_ins": self
                .out::<walk_in_row::Entity>(is_one_of(
                    backend,
                    walk_in_row::Column::RegistrationId,
                    registrations(),
                ))
                .await?,
            "contributions": self
                .out::<contribution_row::Entity>(is_one_of(
                    backend,
                    contribution_row::Column::RegistrationId,
                    registrations(),
                ))
                .await?,
            "citations": self
                .out::<citation_row::Entity>(is_one_of(
                    backend,
                    citation_row::Column::Id,
                    about.citations.iter().copied(),
                ))
                .await?,
            "changes": self.changes_about(about).await?,
        }))
    }

    /// What was changed about the person and when; by whom is personal data of others.
    async fn changes_about(&self, about: &About) -> Result<Vec<JsonValue>, Failure> {
        let select = facts::<change_row::Entity>()
            .filter(is_one_of(self.backend(), change_row::Column::SubjectId, about.subjects()))
            .order_by_asc(change_row::COLUMN.sequence);
        let rows = select.all(&self.transaction).await?;
        let told = rows.into_iter().map(|row| {
            let personal: Option<JsonValue> =
                row.personal.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let side = |side: &str, open: Option<JsonValue>| {
                let hidden =
                    personal.as_ref().and_then(|personal| personal.get(side)).and_then(JsonValue::as_object);
                match (open, hidden) {
                    (Some(JsonValue::Object(mut open)), Some(hidden)) => {
                        open.extend(hidden.clone());
                        Some(JsonValue::Object(open))
                    }
                    (None, Some(hidden)) => Some(JsonValue::Object(hidden.clone())),
                    (open, _) => open,
                }
            };
            json!({
                "at": row.at,
                "action": row.action,
                "subject_kind": row.subject_kind,
                "subject_id": row.subject_id,
                "before": side("before", row.before),
                "after": side("after", row.after),
            })
        });
        Ok(told.collect())
    }

    async fn out<E>(&self, that: SimpleExpr) -> Result<Vec<JsonValue>, Failure>
    where
        E: EntityTrait<Model: Serialize>,
    {
        Ok(facts::<E>().filter(that).all(&self.transaction).await?.iter().map(to_json).collect())
    }
}
