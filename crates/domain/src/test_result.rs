//! Test results: what a registered person scored before and after an event, and months later.
//!
//! A test before and one after show what was learnt (Kirkpatrick level 2); a re-assessment three to six months later
//! shows what has stayed (level 3). What a course asks for to be completed is not decided here.

use chrono::{DateTime, Days, NaiveDate, Utc};
use thiserror::Error;

use crate::{
    access::actions,
    event::{Event, EventStatus},
    id::{EventId, RegistrationId, TestResultId},
    problem::{Fault, Invalid, Problem, ProblemCode},
    registration::{Registration, RegistrationRefusal, RegistrationStatus},
    vocabulary::vocabulary,
};

/// How many results are recorded at once.
pub const MOST_AT_ONCE: usize = 500;

vocabulary! {
    /// When a test is taken, as seen from the event.
    pub enum TestStage {
        /// Before the event, to know where people stand.
        PreTest = "pre_test",
        /// At its end.
        PostTest = "post_test",
        /// Some months after it.
        Reassessment = "reassessment",
    }
}

/// A score out of a maximum, in points. Where a test gives halves of a point, both are counted in halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    points: i32,
    maximum: i32,
}

impl Score {
    /// The highest maximum.
    pub const HIGHEST: i32 = 10_000;

    /// Accepts a score from 0 to the maximum, and a maximum from 1 to 10,000.
    pub fn parse(points: i32, maximum: i32) -> Result<Self, Invalid> {
        let within = |field: &str, actual: i32, minimum: i32, maximum: i32| {
            let [actual, minimum, maximum] = [actual, minimum, maximum].map(i64::from);
            if (minimum..=maximum).contains(&actual) {
                return Ok(());
            }
            Err(Invalid::new(field, Fault::OutOfRange { actual, minimum, maximum }))
        };
        within("maximum", maximum, 1, Self::HIGHEST)?;
        within("score", points, 0, maximum)?;
        Ok(Self { points, maximum })
    }

    /// What was scored, in points.
    #[must_use]
    pub const fn points(self) -> i32 {
        self.points
    }

    /// What could be scored, in points.
    #[must_use]
    pub const fn maximum(self) -> i32 {
        self.maximum
    }
}

/// A result of a test that a registered person took. A person takes a test of a stage once a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Its identifier.
    pub id: TestResultId,
    /// How often it was corrected, from 1.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// The event.
    pub event: EventId,
    /// Whose it is.
    pub registration: RegistrationId,
    /// Which test.
    pub stage: TestStage,
    /// What was scored.
    pub score: Score,
    /// The day on which the test was taken.
    pub taken_on: NaiveDate,
}

/// A command: a result to be recorded.
#[derive(Debug, Clone)]
pub struct NewTestResult {
    /// Whose it is.
    pub registration: RegistrationId,
    /// Which test.
    pub stage: TestStage,
    /// What was scored.
    pub score: Score,
    /// The day on which the test was taken.
    pub taken_on: NaiveDate,
}

/// A command: what to correct about a result. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct TestResultChange {
    /// Another test.
    pub stage: Option<TestStage>,
    /// Another number of points.
    pub points: Option<i32>,
    /// Another maximum.
    pub maximum: Option<i32>,
    /// Another day.
    pub taken_on: Option<NaiveDate>,
}

actions! {
    on Event;
    /// Records what people scored at its tests, beside [`crate::event::Register`].
    RecordResults "record test results of" => SeeResults;
}

/// Why a command on test results is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TestResultRefusal {
    /// Another result of the same test of that day stands.
    #[error("a {stage} of {taken_on} is recorded for this person with another score: correct that one")]
    Recorded {
        /// Which test.
        stage: TestStage,
        /// Of which day.
        taken_on: NaiveDate,
    },
    /// Two registrations that are to become one have different results of the same test.
    #[error(
        "both registrations have a {stage} of {taken_on}, with different scores: remove the wrong one first"
    )]
    BothScored {
        /// Which test.
        stage: TestStage,
        /// Of which day.
        taken_on: NaiveDate,
    },
    /// Nothing was tested at an event that was cancelled.
    #[error("the event was cancelled: nobody takes its tests")]
    EventCancelled,
}

impl TestResultRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::Recorded { .. } | Self::BothScored { .. } => ProblemCode::AlreadyTaken,
            Self::EventCancelled => ProblemCode::IllegalStep,
        }
    }
}

/// Refuses results of an event that is archived or was cancelled. One that is closed takes them: people are assessed
/// again months after it.
pub fn check_takes_results(event: &Event) -> Result<(), Problem> {
    if event.is_archived {
        return Err(Problem::Archived);
    }
    if event.status == EventStatus::Cancelled {
        return Err(TestResultRefusal::EventCancelled.into());
    }
    Ok(())
}

impl NewTestResult {
    /// Decides whether the result is recorded: `None` where it is, the result that stands where it was recorded before.
    ///
    /// `registration` is the person's at this event, if it is one; `standing` are the results of the person there.
    pub fn weighed<'a>(
        &self,
        registration: Option<&Registration>,
        standing: impl IntoIterator<Item = &'a TestResult>,
        today: NaiveDate,
    ) -> Result<Option<&'a TestResult>, Problem> {
        let registration = registration.ok_or_else(|| Invalid::new("registrationId", Fault::NotFound))?;
        if registration.status == RegistrationStatus::Cancelled {
            return Err(RegistrationRefusal::Cancelled.into());
        }
        check_day(self.taken_on, today)?;
        match standing.into_iter().find(|known| known.is_of(self.stage, self.taken_on)) {
            Some(known) if known.score == self.score => Ok(Some(known)),
            Some(_) => {
                let (stage, taken_on) = (self.stage, self.taken_on);
                Err(TestResultRefusal::Recorded { stage, taken_on }.into())
            }
            None => Ok(None),
        }
    }

    /// Whether two commands are about the same test of the same person.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        (self.registration, self.stage, self.taken_on) == (other.registration, other.stage, other.taken_on)
    }
}

impl TestResult {
    /// Whether it is one of this test on that day.
    #[must_use]
    pub fn is_of(&self, stage: TestStage, taken_on: NaiveDate) -> bool {
        self.stage == stage && self.taken_on == taken_on
    }

    /// Decides what it looks like after a correction; `others` are the other results of the person at the event.
    pub fn corrected<'a>(
        &self,
        change: &TestResultChange,
        others: impl IntoIterator<Item = &'a Self>,
        today: NaiveDate,
    ) -> Result<Self, Problem> {
        let score = Score::parse(
            change.points.unwrap_or(self.score.points),
            change.maximum.unwrap_or(self.score.maximum),
        )?;
        let stage = change.stage.unwrap_or(self.stage);
        let taken_on = change.taken_on.unwrap_or(self.taken_on);
        check_day(taken_on, today)?;
        if others.into_iter().any(|other| other.id != self.id && other.is_of(stage, taken_on)) {
            return Err(TestResultRefusal::Recorded { stage, taken_on }.into());
        }
        Ok(Self { version: self.version + 1, stage, score, taken_on, ..self.clone() })
    }

    /// Decides what becomes of it when its registration becomes another one of the same person: it goes over to that
    /// one, or (`None`) says what a result there says already.
    pub fn handed_over(
        &self,
        into: RegistrationId,
        standing: &[Self],
    ) -> Result<Option<Self>, TestResultRefusal> {
        match standing.iter().find(|known| known.is_of(self.stage, self.taken_on)) {
            Some(known) if known.score == self.score => Ok(None),
            Some(_) => Err(TestResultRefusal::BothScored { stage: self.stage, taken_on: self.taken_on }),
            None => Ok(Some(Self { version: self.version + 1, registration: into, ..self.clone() })),
        }
    }
}

/// Refuses a day to come. Where it is tomorrow by UTC, it is today somewhere already.
fn check_day(taken_on: NaiveDate, today: NaiveDate) -> Result<(), Invalid> {
    if today.checked_add_days(Days::new(1)).is_some_and(|tomorrow| taken_on > tomorrow) {
        let reason = "a test is recorded once it was taken; this day is still to come".to_owned();
        return Err(Invalid::new("takenOn", Fault::Malformed { reason }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        event::sample,
        registration::{RegistrationDetails, RegistrationRole},
    };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
    }

    fn registration(status: RegistrationStatus) -> Registration {
        Registration {
            id: Uuid::from_u128(3).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            event: Uuid::from_u128(2).into(),
            participant: Uuid::from_u128(4).into(),
            details: RegistrationDetails::in_role(RegistrationRole::Participant),
            status,
            status_reason: None,
            merged_into: None,
        }
    }

    fn new(points: i32) -> NewTestResult {
        NewTestResult {
            registration: Uuid::from_u128(3).into(),
            stage: TestStage::PostTest,
            score: Score::parse(points, 20).unwrap(),
            taken_on: day(10),
        }
    }

    fn known(id: u128, stage: TestStage, points: i32) -> TestResult {
        TestResult {
            id: Uuid::from_u128(id).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            event: Uuid::from_u128(2).into(),
            registration: Uuid::from_u128(3).into(),
            stage,
            score: Score::parse(points, 20).unwrap(),
            taken_on: day(10),
        }
    }

    #[test]
    fn a_score_lies_between_nothing_and_the_maximum() {
        for (points, maximum, path) in [(0, 1, None), (20, 20, None), (10_000, 10_000, None)]
            .into_iter()
            .chain([(-1, 20, Some("score")), (21, 20, Some("score"))])
            .chain([(0, 0, Some("maximum")), (1, 10_001, Some("maximum")), (0, -5, Some("maximum"))])
        {
            let fault = Score::parse(points, maximum).err().map(|fault| fault.path.join("."));
            assert_eq!(fault.as_deref(), path, "{points} of {maximum}");
        }
    }

    #[test]
    fn the_same_result_again_is_the_one_that_stands_and_another_score_is_refused() {
        let person = registration(RegistrationStatus::Registered);
        let standing = [known(1, TestStage::PreTest, 12), known(2, TestStage::PostTest, 17)];
        let weigh = |new: &NewTestResult| {
            new.weighed(Some(&person), &standing, day(11)).map(|found| found.map(|found| found.id))
        };
        assert_eq!(weigh(&new(17)), Ok(Some(standing[1].id)));
        let recorded = TestResultRefusal::Recorded { stage: TestStage::PostTest, taken_on: day(10) };
        assert_eq!(weigh(&new(16)), Err(recorded.into()));
        assert_eq!(weigh(&NewTestResult { taken_on: day(9), ..new(16) }), Ok(None));
        assert_eq!(weigh(&NewTestResult { stage: TestStage::Reassessment, ..new(16) }), Ok(None));
    }

    #[test]
    fn a_result_is_of_someone_who_is_registered_and_of_a_day_that_has_come() {
        let person = registration(RegistrationStatus::Registered);
        let weigh = |person: Option<&Registration>, today| new(17).weighed(person, [], today).map(drop);
        let missing = Invalid::new("registrationId", Fault::NotFound);
        assert_eq!(weigh(None, day(11)), Err(missing.into()));
        let cancelled = registration(RegistrationStatus::Cancelled);
        assert_eq!(weigh(Some(&cancelled), day(11)), Err(RegistrationRefusal::Cancelled.into()));
        assert_eq!(weigh(Some(&person), day(9)), Ok(()));
        assert_eq!(weigh(Some(&person), day(8)).unwrap_err().path(), ["takenOn"]);
    }

    #[test]
    fn a_correction_keeps_what_it_does_not_name_and_meets_no_other_result() {
        let (pre, post) = (known(1, TestStage::PreTest, 12), known(2, TestStage::PostTest, 17));
        let both = [pre.clone(), post.clone()];
        let change = TestResultChange { points: Some(18), ..TestResultChange::default() };
        let next = post.corrected(&change, &both, day(11)).unwrap();
        assert_eq!((next.score, next.version, next.stage), (Score::parse(18, 20).unwrap(), 2, post.stage));
        let change = TestResultChange { stage: Some(TestStage::PreTest), ..TestResultChange::default() };
        assert_eq!(
            post.corrected(&change, &both, day(11)),
            Err(TestResultRefusal::Recorded { stage: TestStage::PreTest, taken_on: day(10) }.into())
        );
        let change = TestResultChange { maximum: Some(10), ..TestResultChange::default() };
        assert_eq!(post.corrected(&change, &both, day(11)).unwrap_err().path(), ["score"]);
    }

    #[test]
    fn what_is_handed_over_contradicts_nothing() {
        let into = Uuid::from_u128(30).into();
        let own = known(1, TestStage::PostTest, 17);
        let moved = own.handed_over(into, &[known(2, TestStage::PreTest, 12)]).unwrap().unwrap();
        assert_eq!((moved.registration, moved.id), (into, own.id));
        assert_eq!(own.handed_over(into, &[known(2, TestStage::PostTest, 17)]), Ok(None));
        let both = TestResultRefusal::BothScored { stage: TestStage::PostTest, taken_on: day(10) };
        assert_eq!(own.handed_over(into, &[known(2, TestStage::PostTest, 3)]), Err(both));
    }

    #[test]
    fn an_event_takes_results_after_it_was_closed_and_none_where_it_was_cancelled() {
        let event = sample::event();
        for (status, takes) in
            [(EventStatus::Held, true), (EventStatus::Closed, true), (EventStatus::Cancelled, false)]
        {
            let event = Event { status, ..event.clone() };
            assert_eq!(check_takes_results(&event).is_ok(), takes, "{status}");
            let archived = Event { is_archived: true, ..event };
            assert_eq!(check_takes_results(&archived), Err(Problem::Archived));
        }
    }
}
