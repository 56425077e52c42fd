//! Anonymising a person: what identifies them goes wherever it stands, what figures count stays.
//!
//! Of the audit trail the personal parts go; the row of the erasure names them, so that the chain still proves itself.

use std::{collections::BTreeSet, sync::Arc};

use hemicycle_domain::{
    audit::ERASURE,
    id::{Id, ParticipantId, RecordKind},
    participant::{self, Participant, ParticipantRefusal, PersonNames},
    text::Line,
};
use sea_orm::{
    ConnectionTrait, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Keyword, Query, UpdateStatement},
};
use serde_json::json;

use super::{
    about::About,
    row::{COLUMN, Column, Entity, to_participant, to_personal_data},
};
use crate::{
    change::Change, check_in::scan_row, dialect::is_one_of, fault::Failure, json::to_json, scope::facts,
    search, work::Work,
};

/// What stands where a reason stood.
const ANONYMISED: &str = "Anonymised";

impl Work {
    /// Erases what identifies a person, for good. Registrations, attendance and sex stay: figures are as they were.
    ///
    /// It takes the right to erase over the person's home, or over every event the person was registered at.
    pub async fn erase_participant(
        &mut self,
        id: ParticipantId,
        reason: &Line,
    ) -> Result<Arc<Participant>, Failure> {
        self.lock_people(&[id]).await?;
        let (_, person, _) = self.load_participant_row(id).await?;
        let permit = self.permit_over_participant::<participant::Erase>(&person).await?;
        if person.merged_into.is_some() {
            return Err(ParticipantRefusal::MergedBefore.into());
        }
        self.note_erasure(permit.id(), reason).await?;
        let about = self.records_about(permit.id()).await?;
        self.lock_registrations_of(&about.people).await?;
        self.erase_strays(&about).await?;
        self.untie_accounts_of(&about.people).await?;
        self.erase_people(&about).await?;
        self.forget_disabilities(&about.people).await?;
        self.forget_test_results(about.registration_ids()).await?;
        self.erase_registrations(&about).await?;
        self.erase_beside(&about).await?;
        for person in &about.people {
            search::index_terms(&self.transaction, *person, Vec::new()).await?;
        }
        let blanked = self.blank_trail(&about).await?;
        self.record_erasure(&about, reason, &blanked).await?;
        let row = facts::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        let (person, _) = row.ok_or(Failure::NotFound(RecordKind::Participant))?.parted()?;
        Ok(Arc::new(to_participant(person, &self.reference)?))
    }

    /// Keeps that it was done; a second time it is refused.
    async fn note_erasure(&self, person: ParticipantId, reason: &Line) -> Result<(), Failure> {
        let before = Query::select()
            .expr(Expr::val(1))
            .from("erasure")
            .and_where(Expr::col("participant_id").eq(person.uuid()))
            .to_owned();
        if self.transaction.query_one(&before).await?.is_some() {
            return Err(ParticipantRefusal::ErasedBefore.into());
        }
        let insert = Query::insert()
            .into_table("erasure")
            .columns(["participant_id", "at", "by", "reason"])
            .values_panic([
                person.uuid().into(),
                self.now.into(),
                self.actor_name().unwrap_or_default().into(),
                reason.as_str().into(),
            ])
            .to_owned();
        self.transaction.execute(&insert).await?;
        Ok(())
    }

    /// What was handed in at doors and could not be taken: scans that show the person, walk-ins under their names.
    ///
    /// Looked through whole, since what cannot be read has no columns: there is little of it.
    async fn erase_strays(&self, about: &About) -> Result<(), Failure> {
        let people = about.people.iter().map(|id| id.uuid());
        let people = facts::<Entity>().filter(is_one_of(self.backend(), Column::Id, people));
        let mut lines = BTreeSet::new();
        for row in people.all(&self.transaction).await? {
            let (person, personal) = row.parted()?;
            let person = to_participant(person, &self.reference)?;
            lines.extend(person.names.iter().map(|name| format!("name: {}", name.as_written.as_str())));
            let personal = to_personal_data(&personal)?;
            lines.extend(personal.email.map(|email| format!("email: {}", email.as_str())));
            lines.extend(personal.phone.map(|phone| format!("phone: {}", phone.as_str())));
        }
        lines.extend(about.walk_ins.iter().map(|id| format!("walkInId: {id}")));
        self.blank_strays(&about.registration_ids().collect::<Vec<_>>(), &lines, ANONYMISED).await
    }

    #[expect(clippy::disallowed_methods, reason = "a permitted erasure reaches every record, seen or not")]
    async fn erase_people(&self, about: &About) -> Result<(), Failure> {
        let names = PersonNames::anonymised()?;
        let update = Entity::update_many()
            .col_expr(Column::Names, Expr::val(to_json(&names)))
            .col_expr(Column::SortName, Expr::val(names.sort_name()))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::ArchivedAt, Expr::val(self.now));
        let forgotten = [
            Column::SexBasis,
            Column::BirthYear,
            Column::Email,
            Column::Phone,
            Column::Note,
            Column::Position,
            Column::HomePartnerId,
            Column::TerritoryId,
        ];
        let update = forgotten
            .into_iter()
            .fold(update, |update, column| update.col_expr(column, Expr::from(Keyword::Null)));
        let people = about.people.iter().map(|id| id.uuid());
        update.filter(is_one_of(self.backend(), Column::Id, people)).exec(&self.transaction).await?;
        Ok(())
    }

    async fn erase_registrations(&self, about: &About) -> Result<(), Failure> {
        let update = Query::update()
            .table("registration")
            .value("sort_name", PersonNames::anonymised()?.sort_name())
            .value("position", Keyword::Null)
            .value("version", Expr::col("version").add(1))
            .and_where(is_one_of(self.backend(), "id", about.registration_ids()))
            .to_owned();
        self.run(update).await
    }

    /// What cites a source about the person keeps the source, not its words; a command that comes again is another.
    async fn erase_beside(&self, about: &About) -> Result<(), Failure> {
        let backend = self.backend();
        let citations = Query::update()
            .table("citation")
            .values(
                [("wording", Keyword::Null), ("reading", Keyword::Null), ("note", Keyword::Null)]
                    .map(|(column, nothing)| (column, Expr::from(nothing))),
            )
            .and_where(is_one_of(backend, "id", about.citations.iter().copied()))
            .to_owned();
        self.run(citations).await?;
        // A reason stays one: without it, what was cancelled, revoked or settled would seem not to be.
        for (table, column, owner, owners) in [
            ("registration", "status_reason", "id", about.registration_ids().collect()),
            ("badge", "revoke_reason", "registration_id", about.registration_ids().collect()),
            ("walk_in", "reason", "registration_id", about.registration_ids().collect()),
            ("scan_resolution", "reason", "scan_id", about.scans.clone()),
        ] {
            let owners: Vec<Uuid> = owners;
            let update = Query::update()
                .table(table)
                .value(column, ANONYMISED)
                .and_where(is_one_of(backend, owner, owners))
                .and_where(Expr::col(column).is_not_null())
                .to_owned();
            self.run(update).await?;
        }
        self.erase_shown(about).await?;
        self.erase_resolutions(about).await?;
        let made = about.people.iter().map(|id| id.uuid()).chain(about.registration_ids());
        let keys = Query::update()
            .table("idempotency_key")
            .value("fingerprint", "")
            .and_where(is_one_of(backend, "subject_id", made))
            .to_owned();
        self.run(keys).await?;
        let walk_ins = Query::update()
            .table("walk_in")
            .value("fingerprint", "")
            .and_where(is_one_of(backend, "registration_id", about.registration_ids()))
            .to_owned();
        self.run(walk_ins).await
    }

    /// What was shown at doors: a code that nobody knew can be anything that bears a name. That something was shown stays,
    /// so that the scan that comes again is known. What the device told its operator may greet the person by name.
    async fn erase_shown(&self, about: &About) -> Result<(), Failure> {
        for (column, left) in [("credential", ""), ("local_verdict", ANONYMISED)] {
            let scans = Query::update()
                .table("scan")
                .value(column, left)
                .and_where(is_one_of(self.backend(), "id", about.scans.iter().copied()))
                .and_where(Expr::col(column).is_not_null())
                .to_owned();
            self.run(scans).await?;
        }
        Ok(())
    }

    /// What people wrote when they looked into scans; few were looked into.
    async fn erase_resolutions(&self, about: &About) -> Result<(), Failure> {
        let resolved = facts::<scan_row::Entity>()
            .filter(is_one_of(self.backend(), scan_row::Column::Id, about.scans.iter().copied()))
            .filter(scan_row::COLUMN.resolution.is_not_null())
            .all(&self.transaction)
            .await?;
        for scan in resolved {
            let Some(mut resolution) = scan.resolution else { continue };
            resolution["reason"] = ANONYMISED.into();
            let update = Query::update()
                .table("scan")
                .value("resolution", resolution)
                .and_where(Expr::col("id").eq(scan.id))
                .to_owned();
            self.run(update).await?;
        }
        Ok(())
    }

    /// Blanks the personal parts of all changes to the person's records; tells which rows had one.
    async fn blank_trail(&self, about: &About) -> Result<Vec<i64>, Failure> {
        let update = Query::update()
            .table("change")
            .value("personal", Keyword::Null)
            .and_where(is_one_of(self.backend(), "subject_id", about.subjects()))
            .and_where(Expr::col("personal").is_not_null())
            .returning_col("sequence")
            .to_owned();
        let rows = self.transaction.query_all(&update).await?;
        let mut blanked: Vec<i64> =
            rows.iter().map(|row| row.try_get("", "sequence")).collect::<Result<_, _>>()?;
        blanked.sort_unstable();
        Ok(blanked)
    }

    /// Tells the trail, and through it whoever keeps a copy at the doors.
    async fn record_erasure(&mut self, about: &About, reason: &Line, blanked: &[i64]) -> Result<(), Failure> {
        let change = |action: &str, kind, subject, event| Change {
            action: action.to_owned(),
            subject_kind: kind,
            subject_id: subject,
            event,
            before: None,
            after: None,
        };
        let told = json!({
            "reason": reason.as_str(),
            "registrations": about.registrations.len(),
            "changes": blanked,
        });
        let mut changes = Vec::with_capacity(1 + about.registrations.len());
        for (position, person) in about.people.iter().enumerate() {
            let erased = change(ERASURE, RecordKind::Participant, person.uuid(), None);
            changes.push(Change { after: (position == 0).then(|| told.clone()), ..erased });
        }
        for (registration, event) in &about.registrations {
            let kind = RecordKind::Registration;
            changes.push(change("registration.anonymise", kind, registration.uuid(), Some(*event)));
        }
        self.record_all(changes).await
    }

    async fn run(&self, update: UpdateStatement) -> Result<(), Failure> {
        self.transaction.execute(&update).await?;
        Ok(())
    }
}
