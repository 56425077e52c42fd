//! All that the store holds of one person, wherever it stands: what an export takes out and an erasure goes through.

use hemicycle_domain::id::{EventId, Id, ParticipantId, RegistrationId};
use sea_orm::{
    EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, entity::prelude::*, sea_query::ExprTrait,
};

use super::row as participant_row;
use crate::{
    check_in::scan_row,
    dialect::is_one_of,
    fault::Failure,
    read_model::all_of,
    registration::{contribution_row, registration_row},
    scope::facts,
    source::citation::row as citation_row,
    walk_in::row as walk_in_row,
    work::Work,
};

/// The records about a person.
#[derive(Debug)]
pub(super) struct About {
    /// The person's record, and those that were merged into it.
    pub(super) people: Vec<ParticipantId>,
    /// The registrations, each with its event.
    pub(super) registrations: Vec<(RegistrationId, EventId)>,
    contributions: Vec<Uuid>,
    pub(super) scans: Vec<Uuid>,
    pub(super) citations: Vec<Uuid>,
    pub(super) walk_ins: Vec<Uuid>,
}

impl About {
    /// The records as the audit trail names its subjects.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Uuid> {
        let people = self.people.iter().map(|id| id.uuid());
        let rest = [&self.contributions, &self.scans, &self.citations, &self.walk_ins]
            .into_iter()
            .flatten()
            .copied();
        people.chain(self.registration_ids()).chain(rest)
    }

    /// The registrations alone.
    pub(super) fn registration_ids(&self) -> impl Iterator<Item = Uuid> {
        self.registrations.iter().map(|(id, _)| id.uuid())
    }
}

impl Work {
    /// Finds the records about a person.
    pub(super) async fn records_about(&self, person: ParticipantId) -> Result<About, Failure> {
        let merged = facts::<participant_row::Entity>()
            .filter(participant_row::COLUMN.merged_into_id.eq(person.uuid()))
            .order_by_asc(participant_row::COLUMN.id);
        let merged = self.ids_of(merged, participant_row::Column::Id).await?;
        let people: Vec<ParticipantId> =
            std::iter::once(person).chain(merged.into_iter().map(Into::into)).collect();
        let backend = self.backend();
        let ids = people.iter().map(|id| id.uuid());
        let registrations = facts::<registration_row::Entity>()
            .filter(is_one_of(backend, registration_row::Column::ParticipantId, ids))
            .order_by_asc(registration_row::COLUMN.id);
        let registrations: Vec<registration_row::Model> = all_of(&self.transaction, registrations).await?;
        let registrations: Vec<(RegistrationId, EventId)> =
            registrations.into_iter().map(|row| (row.id.into(), row.event_id.into())).collect();
        let of_them = || registrations.iter().map(|(id, _)| id.uuid());
        let contributions = facts::<contribution_row::Entity>().filter(is_one_of(
            backend,
            contribution_row::Column::RegistrationId,
            of_them(),
        ));
        let contributions = self.ids_of(contributions, contribution_row::Column::Id).await?;
        // A scan that was attached shows them, whoever it showed when it was made.
        let shows = is_one_of(backend, scan_row::Column::RegistrationId, of_them());
        let counts = is_one_of(backend, scan_row::Column::CountedFor, of_them());
        let scans = facts::<scan_row::Entity>().filter(shows.or(counts));
        let scans = self.ids_of(scans, scan_row::Column::Id).await?;
        let subjects: Vec<Uuid> =
            people.iter().map(|id| id.uuid()).chain(of_them()).chain(contributions.iter().copied()).collect();
        let citations = facts::<citation_row::Entity>().filter(is_one_of(
            backend,
            citation_row::Column::SubjectId,
            subjects,
        ));
        let citations = self.ids_of(citations, citation_row::Column::Id).await?;
        let walk_ins = facts::<walk_in_row::Entity>().filter(is_one_of(
            backend,
            walk_in_row::Column::RegistrationId,
            of_them(),
        ));
        let walk_ins = self.ids_of(walk_ins, walk_in_row::Column::Id).await?;
        Ok(About { people, registrations, contributions, scans, citations, walk_ins })
    }

    async fn ids_of<E: EntityTrait>(&self, select: Select<E>, id: E::Column) -> Result<Vec<Uuid>, Failure> {
        Ok(select.select_only().column(id).into_tuple().all(&self.transaction).await?)
    }
}
