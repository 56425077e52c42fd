//! Questions about test results: those of registrations, and one by its id.

use std::collections::{BTreeSet, HashMap};

use hemicycle_domain::{
    access::Capability,
    id::{Id, ParticipantId, RegistrationId, TestResultId},
    test_result::TestResult,
};
use sea_orm::{
    JoinType, QueryFilter, QueryOrder, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait},
};

use super::row::{COLUMN, Column, Entity, Model, to_test_result};
use crate::{
    dialect::is_one_of,
    fault::Failure,
    read_model::read_model,
    reading::Reading,
    registration::{self, registration_row},
};

/// A registration whose results may be seen, with one of them; without where there is none.
struct Asked {
    registration: Whose,
    result: Option<Model>,
}

/// Whose results.
struct Whose {
    id: Uuid,
    participant_id: Uuid,
}

read_model!(Whose, registration_row::Entity => id, participant_id);
read_model!(Asked = registration: Whose, result: Option<Model>);

impl Reading {
    /// Finds the test results of registrations in the order in which the tests were taken, where the actor may see
    /// results.
    ///
    /// Who took no test answers with none; a registration whose results are withheld is missing from the answer.
    pub async fn test_results_of_registrations(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Vec<TestResult>>, Failure> {
        use registration_row::{Column as Of, Entity as Registration};
        let sight = self.sight();
        if sight.scope(Capability::SeeResults).is_empty() {
            return Ok(HashMap::new());
        }
        let asked = registrations.iter().map(|id| id.uuid());
        let mut select = self
            .select::<Registration>()
            .filter(is_one_of(self.backend(), (Registration, Of::Id), asked))
            .filter(sight.about(Capability::SeeResults, registration::columns()))
            .order_by_asc(COLUMN.taken_on)
            .order_by_asc(COLUMN.id);
        let own = Expr::col((Entity, Column::RegistrationId)).equals((Registration, Of::Id));
        QueryTrait::query(&mut select).join(JoinType::LeftJoin, Entity, own);
        let rows: Vec<Asked> = self.all_as(select).await?;
        let read: BTreeSet<ParticipantId> =
            rows.iter().map(|row| row.registration.participant_id.into()).collect();
        self.note_reading_of(&read.into_iter().collect::<Vec<_>>()).await?;
        let mut found: HashMap<RegistrationId, Vec<TestResult>> = HashMap::new();
        for Asked { registration, result } in rows {
            let results = found.entry(registration.id.into()).or_default();
            results.extend(result.as_ref().map(to_test_result).transpose()?);
        }
        Ok(found)
    }

    /// Finds test results; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_test_results(
        &self,
        ids: &[TestResultId],
    ) -> Result<HashMap<TestResultId, TestResult>, Failure> {
        let ids = ids.iter().map(|id| id.uuid());
        let select = self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let found = self.all(select).await?;
        let registrations: Vec<RegistrationId> = found.iter().map(|row| row.registration_id.into()).collect();
        self.note_showing_results_of(&registrations).await?;
        found.iter().map(|row| Ok((row.id.into(), to_test_result(row)?))).collect()
    }

    /// Notes whose results were read, as reading them by their registrations does.
    async fn note_showing_results_of(&self, registrations: &[RegistrationId]) -> Result<(), Failure> {
        if registrations.is_empty() {
            return Ok(());
        }
        self.test_results_of_registrations(registrations).await.map(drop)
    }
}
