//! What was handed in as a scan or a walk-in and can never be one: kept as text all the same, and blanked with its person.

use std::collections::BTreeSet;

use chrono::DateTime;
use hemicycle_domain::{
    access::Actor,
    badge::{self, BadgeKey, BadgeRefusal},
    check_in::ScanReason,
    id::{EventId, Id, RegistrationId},
};
use sea_orm::{
    Condition, Iterable, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};

use super::row::stray_row::{Column, Entity, Model};
use crate::{
    dialect::{holds_text, insert_all, is_one_of},
    fault::Failure,
    scope::facts,
    work::{Work, new_uuid},
};

/// Something that was handed in and can never be taken.
#[derive(Debug, Clone)]
pub struct Stray {
    /// The number that the device gave it, if that can be read.
    pub sequence: Option<i64>,
    /// Why it is none.
    pub reason: ScanReason,
    /// The registration that it names, if that can be read.
    pub registration: Option<RegistrationId>,
    /// What was shown, if anything was: a badge tells the registration.
    pub credential: Option<String>,
    /// What came, as text, a part in each line; cut off where it is too large.
    pub body: String,
    /// What tells it from every other: the hash of all that came.
    pub digest: String,
}

impl Work {
    /// Keeps what was handed in and can never be taken; what came before is not kept twice.
    pub async fn keep_strays(&mut self, strays: Vec<Stray>) -> Result<(), Failure> {
        // Of most batches there is none: then the keys of badges are not gathered for nothing.
        if strays.is_empty() {
            return Ok(());
        }
        let origin = match &*self.actor {
            Actor::Device { id, enrolment, .. } => Some((id.uuid(), enrolment.0)),
            _ => None,
        };
        let sent_by = self.actor_name();
        let keys: Vec<BadgeKey> = self.badge_keys().into_iter().map(|kept| kept.key).collect();
        let mut rows: Vec<Model> = strays
            .into_iter()
            .map(|stray| Model {
                id: new_uuid(self.now),
                received_at: self.now,
                sent_by: sent_by.clone(),
                device_id: origin.map(|(device, _)| device),
                enrolment_id: origin.map(|(_, enrolment)| enrolment),
                device_sequence: stray.sequence,
                reason: stray.reason.as_str().to_owned(),
                registration_id: stray.shows(&keys, self.now).map(Id::uuid),
                body: stray.body,
                digest: stray.digest,
            })
            .collect();
        rows.sort_by(|one, other| one.digest.cmp(&other.digest));
        let columns: Vec<Column> = Column::iter().collect();
        let nothing = OnConflict::new().do_nothing().to_owned();
        insert_all::<Entity>(&self.transaction, &columns, rows, Some(nothing)).await?;
        Ok(())
    }

    /// Puts a word in the place of what strays say that show one of these registrations, or have one of these lines.
    #[expect(clippy::disallowed_methods, reason = "a permitted erasure reaches every record, seen or not")]
    pub(crate) async fn blank_strays(
        &self,
        registrations: &[Uuid],
        lines: &BTreeSet<String>,
        word: &str,
    ) -> Result<(), Failure> {
        let backend = self.backend();
        let shows = is_one_of(backend, Column::RegistrationId, registrations.iter().copied());
        let holds = lines.iter().map(|line| holds_text(backend, Column::Body, line));
        let may_be = holds.fold(Condition::any().add(shows), Condition::add);
        let is_meant = |row: &Model| {
            let shows = row.registration_id.is_some_and(|id| registrations.contains(&id));
            shows || row.body.lines().any(|line| lines.contains(line))
        };
        let strays = facts::<Entity>().filter(may_be).all(&self.transaction).await?;
        let meant: Vec<Uuid> = strays.iter().filter(|row| is_meant(row)).map(|row| row.id).collect();
        // The digest stays, so that what is sent again is known and not kept again.
        Entity::update_many()
            .col_expr(Column::Body, Expr::val(word))
            .filter(is_one_of(backend, Column::Id, meant))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Stray {
    /// Whom it shows, as far as that can be told.
    fn shows(&self, keys: &[BadgeKey], now: DateTime<chrono::Utc>) -> Option<RegistrationId> {
        let of_badge = |text: &str| {
            let nowhere = EventId::from(Uuid::nil());
            let read = badge::verify(text, keys, nowhere, now).map_or_else(BadgeRefusal::genuine, Some);
            read.map(|badge| badge.registration)
        };
        self.registration.or_else(|| self.credential.as_deref().and_then(of_badge))
    }
}
