//! Contributions in the store: what registered people do in sessions.

use std::{collections::HashMap, hash::Hash};

use hemicycle_domain::{
    id::{ContributionId, Id, RecordKind, RegistrationId, SessionId},
    problem::{Fault, Invalid},
    registration::{Contribution, NewContribution, RegistrationRefusal, RegistrationStatus},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{
    contribution::{COLUMN, Column, Entity, Model},
    registration_row, to_contribution,
};
use crate::{dialect::is_one_of, fault::Failure, json::to_json, reading::Reading, work::Work};

impl Reading {
    /// Finds contributions; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_contributions(
        &self,
        ids: &[ContributionId],
    ) -> Result<HashMap<ContributionId, Contribution>, Failure> {
        let ids = ids.iter().map(|id| id.uuid());
        let select = self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let rows = self.all(select).await?;
        rows.into_iter().map(|row| Ok((row.id.into(), to_contribution(row)?))).collect()
    }

    /// Finds the contributions to sessions, by session, in the order they were recorded in.
    pub async fn contributions_of_sessions(
        &self,
        sessions: &[SessionId],
    ) -> Result<HashMap<SessionId, Vec<Contribution>>, Failure> {
        let ids = sessions.iter().map(|id| id.uuid()).collect();
        self.contributions(Column::SessionId, ids, |contribution| contribution.session).await
    }

    /// Finds the contributions of registered people, by registration, in the order they were recorded in.
    pub async fn contributions_of_registrations(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Vec<Contribution>>, Failure> {
        let ids = registrations.iter().map(|id| id.uuid()).collect();
        self.contributions(Column::RegistrationId, ids, |contribution| Some(contribution.registration)).await
    }

    /// Who cancelled contributes nothing.
    async fn contributions<K: Hash + Eq>(
        &self,
        column: Column,
        ids: Vec<Uuid>,
        key: impl Fn(&Contribution) -> Option<K>,
    ) -> Result<HashMap<K, Vec<Contribution>>, Failure> {
        let standing = Query::select()
            .expr(Expr::val(1))
            .from(registration_row::Entity)
            .and_where(
                Expr::col((registration_row::Entity, registration_row::Column::Id))
                    .eq(Expr::col((Entity, Column::RegistrationId))),
            )
            .and_where(registration_row::stands())
            .to_owned();
        let select = self
            .select::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, column), ids))
            .filter(Expr::exists(standing))
            .order_by_asc(COLUMN.id);
        let rows = self.all(select).await?;
        let mut found: HashMap<K, Vec<Contribution>> = HashMap::new();
        for row in rows {
            let contribution = to_contribution(row)?;
            if let Some(key) = key(&contribution) {
                found.entry(key).or_default().push(contribution);
            }
        }
        Ok(found)
    }
}

impl Work {
    /// Records what a registered person contributes, to a session of the event or to the event as a whole.
    pub async fn add_contribution(&mut self, new: NewContribution) -> Result<Contribution, Failure> {
        let registration = self.load_registration(new.registration).await?;
        let (_, permit) = self.load_event_to_register_at(registration.event).await?;
        if registration.status == RegistrationStatus::Cancelled {
            return Err(RegistrationRefusal::Cancelled.into());
        }
        if let Some(session) = new.session {
            match self.event_of_session(session).await? {
                None => return Err(Invalid::new("sessionId", Fault::NotFound).into()),
                Some(event) if event != permit.id() => {
                    return Err(RegistrationRefusal::SessionOfOtherEvent.into());
                }
                Some(_) => {}
            }
        }
        let row = Model {
            id: self.new_id::<ContributionId>().uuid(),
            created_at: self.now,
            event_id: permit.id().uuid(),
            session_id: new.session.map(Id::uuid),
            registration_id: registration.id.uuid(),
            kind: new.kind.as_str().to_owned(),
            title: new.title.as_ref().map(to_json),
        };
        let row = row.into_active_model().insert(&self.transaction).await?;
        let id = ContributionId::from(row.id);
        self.record("contribution.create", id, Some(permit.id()), None, Some(&row)).await?;
        Ok(to_contribution(row)?)
    }

    /// Loads a contribution that the actor sees.
    pub async fn load_contribution(&self, id: ContributionId) -> Result<Contribution, Failure> {
        Ok(to_contribution(self.load_contribution_row(id).await?)?)
    }

    /// Removes a contribution that was recorded by mistake; the change feed keeps what it said.
    pub async fn remove_contribution(&mut self, id: ContributionId) -> Result<Contribution, Failure> {
        let row = self.load_contribution_row(id).await?;
        let (_, permit) = self.load_event_to_register_at(row.event_id.into()).await?;
        row.clone().delete(&self.transaction).await?;
        self.record("contribution.remove", id, Some(permit.id()), Some(&row), None).await?;
        Ok(to_contribution(row)?)
    }

    async fn load_contribution_row(&self, id: ContributionId) -> Result<Model, Failure> {
        let row = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        row.ok_or(Failure::NotFound(RecordKind::Contribution))
    }
}
