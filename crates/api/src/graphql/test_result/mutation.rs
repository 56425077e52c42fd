//! Mutations of test results: record many, correct one, remove one.

use async_graphql::{Context, Object, SimpleObject};
use hemicycle_domain::problem::{Invalid, Problem};
use hemicycle_persistence::Weighed;

use super::{
    input::{CorrectTestResultInput, RecordTestResultsInput, RemoveTestResultInput},
    object::TestResult,
};
use crate::graphql::{
    context::ContextExt,
    error::Nullable,
    id,
    payload::{UserError, payload, settle},
};

/// A result that cannot be recorded as it is.
#[derive(SimpleObject)]
pub(crate) struct RefusedTestResult {
    /// Its place in `results`, counted from 0.
    index: i32,
    /// What to correct; a path within it leads from `input`.
    errors: Vec<UserError>,
}

/// The outcome of `recordTestResults`.
#[derive(SimpleObject)]
pub(crate) struct RecordTestResultsPayload {
    /// The results as they stand, in the order in which they came; null if nothing was recorded.
    test_results: Option<Vec<TestResult>>,
    /// Those that cannot be recorded as they are, for which none was; empty if all were.
    refused: Vec<RefusedTestResult>,
    /// Why the command as a whole was turned down; empty otherwise.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `correctTestResult`.
    CorrectTestResultPayload {
        /// The test result as it is now.
        test_result: TestResult
    }
}

payload! {
    /// The outcome of `removeTestResult`.
    RemoveTestResultPayload {
        /// The test result that is gone.
        test_result: TestResult
    }
}

#[derive(Default)]
pub struct TestResultMutation;

#[Object]
impl TestResultMutation {
    /// Records what people scored at the tests of an event: all of it, or nothing where one result cannot be recorded.
    /// It takes the right to register people at the event and to see results there. A result that was recorded before
    /// is answered as it stands, so the same command may be sent again. A closed event takes results, too.
    async fn record_test_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was scored, where.")] input: RecordTestResultsInput,
    ) -> Nullable<RecordTestResultsPayload> {
        let recorded = ctx.write(async |work| {
            let results = input.results.iter().map(super::input::TestResultInput::parse).collect();
            work.record_test_results(id::parse("eventId", &input.event_id)?, results).await
        });
        Some(settle(recorded.await).map(|(weighed, errors)| {
            let (test_results, refused) = match weighed {
                None => (None, Vec::new()),
                Some(Weighed::Kept(results)) => (Some(results), Vec::new()),
                Some(Weighed::Refused(refused)) => (None, refused),
            };
            RecordTestResultsPayload {
                test_results: test_results.map(|results| results.into_iter().map(TestResult).collect()),
                refused: refused.into_iter().map(RefusedTestResult::from).collect(),
                errors,
            }
        }))
    }

    /// Corrects a test result. It takes the same rights as to record it.
    async fn correct_test_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectTestResultInput,
    ) -> Nullable<CorrectTestResultPayload> {
        let corrected = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.correct_test_result(id, version, &input.parse()?).await
        });
        CorrectTestResultPayload::from_outcome(corrected.await, TestResult)
    }

    /// Removes a test result that was recorded by mistake. It takes the same rights as to record it.
    async fn remove_test_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RemoveTestResultInput,
    ) -> Nullable<RemoveTestResultPayload> {
        let removed = ctx.write(async |work| work.remove_test_result(id::parse("id", &input.id)?).await);
        RemoveTestResultPayload::from_outcome(removed.await, TestResult)
    }
}

impl From<(usize, Problem)> for RefusedTestResult {
    fn from((index, problem): (usize, Problem)) -> Self {
        let within = |invalid: Invalid| invalid.within(index).within("results");
        let problem = match problem {
            Problem::Invalid(invalid) => within(invalid).into(),
            other => other,
        };
        Self { index: i32::try_from(index).unwrap_or(i32::MAX), errors: vec![problem.into()] }
    }
}
