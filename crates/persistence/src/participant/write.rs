//! Verbs on participants: add, change, archive.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Action, Permit, Whereabouts, permit},
    country::CountryCode,
    id::{Id, ParticipantId, PartnerId, RecordKind, TerritoryId},
    participant::{self, NewParticipant, Participant, ParticipantChange, PersonalData},
    problem::Problem,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{COLUMN, Entity, Model, to_participant, to_personal_data, to_row, whereabouts};
use crate::{
    fault::Failure,
    registration::{self, registration_row},
    search,
    work::Work,
};

impl Work {
    /// Adds a person. It takes the right to edit registrations where the person is at home.
    ///
    /// Whoever runs an event adds people of any home together with their registration there:
    /// see [`Work::register_new_participant`].
    pub async fn create_participant(&mut self, new: NewParticipant) -> Result<Arc<Participant>, Failure> {
        let disability = new.disability.clone();
        let (participant, personal) = self.new_participant(new)?;
        permit::<participant::Edit>(&self.actor, &participant)?;
        let participant = self.insert_participant(participant, &personal).await?;
        self.keep_disability(participant.id, &disability).await?;
        Ok(participant)
    }

    /// Changes a person, archives or restores the record.
    ///
    /// It takes the right to edit registrations over the person's home, or over every event the person was
    /// ever registered at.
    pub async fn update_participant(
        &mut self,
        id: ParticipantId,
        expected_version: Option<i64>,
        change: ParticipantChange,
    ) -> Result<Arc<Participant>, Failure> {
        self.lock_people(&[id]).await?;
        let (before, participant, personal) = self.load_participant_row(id).await?;
        let permit = self.permit_editing_participant(&participant).await?;
        Problem::check_version(expected_version, participant.version)?;
        self.check_participant_references(change.home_partner.flatten(), change.territory.flatten())?;
        let mut next = participant.changed(&change)?;
        next.country = match change.country {
            Some(country) => self.country_of(country, next.territory, next.home_partner)?,
            None if change.territory.is_some() || change.home_partner.is_some() => {
                self.country_of(None, next.territory, next.home_partner)?.or(participant.country)
            }
            None => participant.country,
        };
        next.whereabouts = whereabouts(&next, &self.reference);
        let personal = personal.changed(change.personal, self.now.date_naive())?;
        if !change.disability.is_empty() {
            let disability = self.disability_of(permit.id()).await?.changed(change.disability);
            self.keep_disability(permit.id(), &disability).await?;
        }
        let archived_at = if next.is_archived { before.archived_at.or(Some(self.now)) } else { None };
        let row = to_row(&next, &personal, archived_at);
        if row.sort_name != before.sort_name {
            self.lock_registrations_of(&[permit.id()]).await?;
            registration::rename(&self.transaction, permit.id(), &row.sort_name).await?;
        }
        if row.names != before.names {
            self.tell_doors_of_person(permit.id()).await?;
        }
        let row = row.into_active_model().reset_all().update(&self.transaction).await?;
        self.keep_participant("participant.update", next, Some(&before), &row).await
    }

    /// Loads a person whom the actor sees.
    pub async fn load_participant(&self, id: ParticipantId) -> Result<Arc<Participant>, Failure> {
        Ok(Arc::new(self.load_participant_row(id).await?.1))
    }

    /// Makes a person of a command, without deciding who may add it.
    pub(crate) fn new_participant(
        &self,
        new: NewParticipant,
    ) -> Result<(Participant, PersonalData), Failure> {
        self.check_participant_references(new.home_partner, new.territory)?;
        let personal = new.personal.checked(self.now.date_naive())?;
        let mut participant = Participant {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            names: new.names,
            home_partner: new.home_partner,
            position: new.position,
            territory: new.territory,
            country: self.country_of(new.country, new.territory, new.home_partner)?,
            is_archived: false,
            merged_into: None,
            whereabouts: Whereabouts::default(),
        };
        participant.whereabouts = whereabouts(&participant, &self.reference);
        Ok((participant, personal))
    }

    /// Inserts a person whom a permit was given for.
    pub(crate) async fn insert_participant(
        &mut self,
        participant: Participant,
        personal: &PersonalData,
    ) -> Result<Arc<Participant>, Failure> {
        let row = to_row(&participant, personal, None).into_active_model().insert(&self.transaction).await?;
        self.keep_participant("participant.create", participant, None, &row).await
    }

    /// The country something belongs to: the one given, else the territory's, else the institution's.
    pub(crate) fn country_of(
        &self,
        given: Option<CountryCode>,
        territory: Option<TerritoryId>,
        partner: Option<PartnerId>,
    ) -> Result<Option<CountryCode>, Failure> {
        let of_territory = territory.and_then(|territory| self.reference.country_of(territory));
        let partner = partner.and_then(|partner| self.reference.partner(partner));
        let of_partner = partner.and_then(|partner| partner.seat.nationality());
        Ok(participant::country_of(given, of_territory, of_partner)?)
    }

    pub(super) async fn permit_editing_participant(
        &self,
        participant: &Participant,
    ) -> Result<Permit<participant::Edit>, Failure> {
        self.permit_over_participant(participant).await
    }

    pub(super) async fn permit_over_participant<A: Action<On = Participant>>(
        &self,
        participant: &Participant,
    ) -> Result<Permit<A>, Failure> {
        if let Ok(permit) = permit::<A>(&self.actor, participant) {
            return Ok(permit);
        }
        let events = Query::select()
            .column(registration_row::Column::EventId)
            .from(registration_row::Entity)
            .and_where(Expr::col(registration_row::Column::ParticipantId).eq(participant.id.uuid()))
            .to_owned();
        let events = self.whereabouts_of_events(events).await?;
        Ok(participant::permit_over(&self.actor, participant, &events)?)
    }

    pub(crate) async fn load_participant_row(
        &self,
        id: ParticipantId,
    ) -> Result<(Model, Participant, PersonalData), Failure> {
        let row = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        let row = row.ok_or(Failure::NotFound(RecordKind::Participant))?;
        let (person, personal) = row.clone().parted()?;
        Ok((row, to_participant(person, &self.reference)?, to_personal_data(&personal)?))
    }

    pub(super) async fn keep_participant(
        &mut self,
        action: &'static str,
        participant: Participant,
        before: Option<&Model>,
        row: &Model,
    ) -> Result<Arc<Participant>, Failure> {
        let is_merged = participant.merged_into.is_some();
        let terms = if is_merged { Vec::new() } else { participant.names.search_terms() };
        search::index_terms(&self.transaction, participant.id, terms).await?;
        self.record(action, participant.id, None, before, Some(row)).await?;
        Ok(Arc::new(participant))
    }

    fn check_participant_references(
        &self,
        home_partner: Option<PartnerId>,
        territory: Option<TerritoryId>,
    ) -> Result<(), Failure> {
        self.check_partner("homePartnerId", home_partner)?;
        self.check_territory("territoryId", territory)
    }
}
