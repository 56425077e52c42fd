//! Inputs by which test results are recorded, corrected and removed, and how they are read.

use async_graphql::{ID, InputObject};
use hemicycle_domain::{
    problem::Invalid,
    test_result::{NewTestResult, Score, TestResultChange},
};

use super::object::TestStage;
use crate::graphql::{id, scalar::Date};

/// What a person scored at a test.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct TestResultInput {
    /// The person's registration at the event.
    pub registration_id: ID,
    /// Which test.
    pub stage: TestStage,
    /// What was scored, in points, from 0 to `maximum`. Where a test gives halves of a point, count both in halves.
    pub score: i32,
    /// What could be scored, in points, from 1 to 10,000.
    pub maximum: i32,
    /// The day on which the test was taken; it has come.
    pub taken_on: Date,
}

/// What people scored at the tests of one event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RecordTestResultsInput {
    /// The event.
    pub event_id: ID,
    /// The results, at most 500; a person takes a test of a stage once a day.
    pub results: Vec<TestResultInput>,
}

/// What to correct about a test result; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CorrectTestResultInput {
    /// The test result.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another test.
    pub stage: Option<TestStage>,
    /// Another number of points.
    pub score: Option<i32>,
    /// Another maximum.
    pub maximum: Option<i32>,
    /// Another day.
    pub taken_on: Option<Date>,
}

/// A test result that was recorded by mistake.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RemoveTestResultInput {
    /// The test result.
    pub id: ID,
}

impl TestResultInput {
    pub(super) fn parse(&self) -> Result<NewTestResult, Invalid> {
        Ok(NewTestResult {
            registration: id::parse("registrationId", &self.registration_id)?,
            stage: self.stage.into(),
            score: Score::parse(self.score, self.maximum)?,
            taken_on: self.taken_on.day("takenOn")?,
        })
    }
}

impl CorrectTestResultInput {
    pub(super) fn parse(&self) -> Result<TestResultChange, Invalid> {
        Ok(TestResultChange {
            stage: self.stage.map(Into::into),
            points: self.score,
            maximum: self.maximum,
            taken_on: self.taken_on.as_ref().map(|day| day.day("takenOn")).transpose()?,
        })
    }
}
