//! A test result, as clients see it who may see results.

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    id::{RegistrationId, TestResultId},
    test_result::{self, TestResult as DomainTestResult},
};

use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    loader::{loader, rekey},
    registration::Registration,
    rows::Rows,
    scalar::{Date, DateTime},
};

/// When a test is taken, as seen from the event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "test_result::TestStage")]
pub(crate) enum TestStage {
    /// Before the event, to know where people stand.
    PreTest,
    /// At its end: what was learnt (Kirkpatrick level 2).
    PostTest,
    /// Some months after it: what has stayed (Kirkpatrick level 3).
    Reassessment,
}

/// What a registered person scored at a test.
#[derive(Clone)]
pub(crate) struct TestResult(pub(crate) DomainTestResult);

/// The key of a registration's test results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct TestResultsOf(RegistrationId);

loader!(TestResultId => DomainTestResult, |reading, keys| reading.find_test_results(keys));
loader!(TestResultsOf => Vec<DomainTestResult>, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.test_results_of_registrations(&ids).await, TestResultsOf)
});

/// The test results of a registration; none where they are withheld from the caller.
pub(crate) async fn of_registration(
    ctx: &Context<'_>,
    registration: RegistrationId,
) -> Result<Option<Rows<TestResult>>, ApiError> {
    let results = ctx.load(TestResultsOf(registration)).await?;
    Ok(results.map(|results| results.into_iter().map(TestResult).collect()))
}

/// What a registered person scored at a test.
#[Object]
impl TestResult {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often it was corrected, from 1; give it back as `expectedVersion` to correct it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Which test.
    async fn stage(&self) -> TestStage {
        self.0.stage.into()
    }

    /// What was scored, in points, from 0 to `maximum`.
    async fn score(&self) -> i32 {
        self.0.score.points()
    }

    /// What could be scored, in points.
    async fn maximum(&self) -> i32 {
        self.0.score.maximum()
    }

    /// The day on which the test was taken.
    async fn taken_on(&self) -> Date {
        self.0.taken_on.into()
    }

    /// Whose it is.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(ctx.load(self.0.registration).await.map(|entry| entry.map(Registration)))
    }
}
