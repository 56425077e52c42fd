//! Verbs on test results: record many at once, correct one, remove one; what merges and erasures do with them.

use std::collections::{BTreeSet, HashMap};

use hemicycle_domain::{
    access::permit,
    event::{self, Event},
    id::{EventId, Id, RecordKind, RegistrationId, TestResultId},
    problem::{Fault, Invalid, Problem},
    registration::Registration,
    test_result::{self, MOST_AT_ONCE, NewTestResult, TestResult, TestResultChange},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, Iterable, ModelTrait, QueryFilter, QueryOrder, entity::prelude::*,
    sea_query::Query,
};

use super::row::{COLUMN, Column, Entity, Model, to_row, to_test_result};
use crate::{
    change::Change,
    dialect::{insert_all, is_one_of},
    fault::Failure,
    json::to_json,
    read_model::all_of,
    registration::to_registration,
    scope::facts,
    work::Work,
};

/// What became of results that were handed in together: all were kept, or none.
#[derive(Debug, Clone, PartialEq)]
pub enum Weighed {
    /// All of them, in the order in which they came.
    Kept(Vec<TestResult>),
    /// None, since these cannot be: each by its place, counted from 0, with what is to be corrected.
    Refused(Vec<(usize, Problem)>),
}

impl Work {
    /// Records test results of an event: all, or none where one of them cannot be.
    ///
    /// It takes the right to edit registrations of the event and to see its results. What cannot be read stands among
    /// the others as the fault that it has, so that all are told of at once. A result that was recorded before is
    /// answered as it stands.
    pub async fn record_test_results(
        &mut self,
        event: EventId,
        handed_in: Vec<Result<NewTestResult, Invalid>>,
    ) -> Result<Weighed, Failure> {
        let event = self.load_event_to_score(event).await?;
        if handed_in.len() > MOST_AT_ONCE {
            let fault = Fault::TooMany { actual: handed_in.len(), maximum: MOST_AT_ONCE };
            return Err(Invalid::new("results", fault).into());
        }
        let people: BTreeSet<Uuid> = handed_in.iter().flatten().map(|new| new.registration.uuid()).collect();
        let registered = self.lock_people_at(event.id, &people).await?;
        let standing = self.results_of(&people).await?;
        let mut refused = Vec::new();
        let (mut answers, mut rows): (Vec<TestResult>, Vec<Model>) = (Vec::new(), Vec::new());
        let mut seen: Vec<&NewTestResult> = Vec::new();
        for (index, new) in handed_in.iter().enumerate() {
            match self.weigh(&event, new.as_ref(), &registered, &standing, &seen) {
                Err(problem) => refused.push((index, problem)),
                Ok(Recording { result, is_new }) => {
                    rows.extend(is_new.then(|| to_row(&result)));
                    answers.push(result);
                }
            }
            seen.extend(new.as_ref());
        }
        if !refused.is_empty() {
            return Ok(Weighed::Refused(refused));
        }
        let columns: Vec<Column> = Column::iter().collect();
        insert_all::<Entity>(&self.transaction, &columns, rows.clone(), None).await?;
        self.record_all(rows.iter().map(|row| told("test_result.record", row, None, Some(row))).collect())
            .await?;
        Ok(Weighed::Kept(answers))
    }

    /// Corrects a test result.
    pub async fn correct_test_result(
        &mut self,
        id: TestResultId,
        expected_version: Option<i64>,
        change: &TestResultChange,
    ) -> Result<TestResult, Failure> {
        let (before, result) = self.load_test_result(id).await?;
        Problem::check_version(expected_version, result.version)?;
        let others = self.results_of(&BTreeSet::from([before.registration_id])).await?;
        let next = result.corrected(change, others.values().flatten(), self.now.date_naive())?;
        let row = to_row(&next).into_active_model().reset_all().update(&self.transaction).await?;
        self.record_all(vec![told("test_result.correct", &row, Some(&before), Some(&row))]).await?;
        Ok(next)
    }

    /// Removes a test result that was recorded by mistake; the audit trail keeps what it said.
    pub async fn remove_test_result(&mut self, id: TestResultId) -> Result<TestResult, Failure> {
        let (row, result) = self.load_test_result(id).await?;
        row.clone().delete(&self.transaction).await?;
        self.record_all(vec![told("test_result.remove", &row, Some(&row), None)]).await?;
        Ok(result)
    }

    /// Makes the test results of one registration those of another one of the same person.
    pub(crate) async fn hand_test_results_over(
        &mut self,
        from: RegistrationId,
        into: RegistrationId,
    ) -> Result<(), Failure> {
        let mut results = self.results_of(&BTreeSet::from([from.uuid(), into.uuid()])).await?;
        let standing = results.remove(&into).unwrap_or_default();
        let mut changes = Vec::new();
        for result in results.remove(&from).unwrap_or_default() {
            let before = to_row(&result);
            if let Some(next) = result.handed_over(into, &standing)? {
                let row = to_row(&next).into_active_model().reset_all().update(&self.transaction).await?;
                changes.push(told("test_result.repoint", &row, Some(&before), Some(&row)));
            } else {
                changes.push(told("test_result.remove", &before, Some(&before), None));
                before.delete(&self.transaction).await?;
            }
        }
        self.record_all(changes).await
    }

    /// Deletes the test results of registrations.
    pub(crate) async fn forget_test_results(
        &self,
        registrations: impl Iterator<Item = Uuid>,
    ) -> Result<(), Failure> {
        let delete = Query::delete()
            .from_table(Entity)
            .and_where(is_one_of(self.backend(), Column::RegistrationId, registrations))
            .to_owned();
        self.transaction.execute(&delete).await?;
        Ok(())
    }

    /// Decides about one of those that came together; `before` are those that stand before it.
    fn weigh(
        &self,
        event: &Event,
        new: Result<&NewTestResult, &Invalid>,
        registered: &HashMap<RegistrationId, Registration>,
        standing: &HashMap<RegistrationId, Vec<TestResult>>,
        before: &[&NewTestResult],
    ) -> Result<Recording, Problem> {
        let new = new.map_err(Clone::clone)?;
        if before.iter().any(|other| other.repeats(new)) {
            return Err(Invalid::new("stage", Fault::Repeated).into());
        }
        let known = standing.get(&new.registration).into_iter().flatten();
        let known = new.weighed(registered.get(&new.registration), known, self.now.date_naive())?;
        let result = known.cloned().unwrap_or_else(|| TestResult {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            event: event.id,
            registration: new.registration,
            stage: new.stage,
            score: new.score,
            taken_on: new.taken_on,
        });
        Ok(Recording { is_new: known.is_none(), result })
    }

    /// Loads an event whose results may be recorded, by the actor and at this point of its life.
    async fn load_event_to_score(&self, id: EventId) -> Result<Event, Failure> {
        let event = self.load_event(id).await?;
        permit::<event::Register>(&self.actor, &event)?;
        permit::<test_result::RecordResults>(&self.actor, &event)?;
        test_result::check_takes_results(&event)?;
        Ok(event)
    }

    /// Loads a result that the actor may change, and keeps its person from being changed until the work ends.
    async fn load_test_result(&self, id: TestResultId) -> Result<(Model, TestResult), Failure> {
        let find = || self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction);
        let missing = || Failure::NotFound(RecordKind::TestResult);
        let row = find().await?.ok_or_else(missing)?;
        self.load_event_to_score(row.event_id.into()).await?;
        self.lock_registrations(&BTreeSet::from([row.registration_id])).await?;
        // Read again: what it is now.
        let row = find().await?.ok_or_else(missing)?;
        let result = to_test_result(&row)?;
        Ok((row, result))
    }

    /// Locks registrations, in the order of their ids; tells those that are of the event.
    async fn lock_people_at(
        &self,
        event: EventId,
        people: &BTreeSet<Uuid>,
    ) -> Result<HashMap<RegistrationId, Registration>, Failure> {
        let rows = self.lock_registrations(people).await?;
        let own = rows.into_iter().filter(|row| row.event_id == event.uuid());
        own.map(|row| Ok((row.id.into(), to_registration(row)?))).collect()
    }

    /// The results of registrations.
    async fn results_of(
        &self,
        registrations: &BTreeSet<Uuid>,
    ) -> Result<HashMap<RegistrationId, Vec<TestResult>>, Failure> {
        let of_them = is_one_of(self.backend(), Column::RegistrationId, registrations.iter().copied());
        let select = facts::<Entity>().filter(of_them).order_by_asc(COLUMN.id);
        let rows: Vec<Model> = all_of(&self.transaction, select).await?;
        let mut found: HashMap<RegistrationId, Vec<TestResult>> = HashMap::new();
        for row in rows {
            let result = to_test_result(&row)?;
            found.entry(result.registration).or_default().push(result);
        }
        Ok(found)
    }
}

/// A result that may be kept: one that stands already, or a new one.
struct Recording {
    result: TestResult,
    is_new: bool,
}

/// What was done to a result, told of its registration: it is found there when the person is erased, also once the
/// result itself is gone.
fn told(action: &str, row: &Model, before: Option<&Model>, after: Option<&Model>) -> Change {
    Change {
        action: action.to_owned(),
        subject_kind: RecordKind::Registration,
        subject_id: row.registration_id,
        event: Some(row.event_id.into()),
        before: before.map(to_json),
        after: after.map(to_json),
    }
}
