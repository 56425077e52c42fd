//! The second factor: codes that change every thirty seconds (RFC 6238), and recovery codes for when the phone is lost.
//!
//! Secrets and the arithmetic of codes belong to `api`; here stands what becomes of a code that someone gives.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AccountRefusal, Attempts, Patience};
use crate::{
    access::{Actor, Capability},
    vocabulary::vocabulary,
};

/// How many recovery codes an account has at once.
pub const RECOVERY_CODES: usize = 10;

/// What opens people to those who may do it, or lets them open people to themselves.
const OPENS_PEOPLE: &[Capability] = &[
    Capability::SeePeople,
    Capability::SeeContacts,
    Capability::SeeDemographics,
    Capability::SeeDisabilities,
    Capability::SeeResults,
    Capability::SeeNotes,
    Capability::BreakTheGlass,
];

/// How far the second factor of an account has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorState {
    /// A secret was made, and no code of it was seen yet.
    Pending,
    /// A code was seen: it is asked for at each sign-in.
    On,
}

/// A second factor as kept, but for its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// How far it has come.
    pub state: FactorState,
    /// The last thirty seconds whose code was accepted, counted from 1970.
    pub last_step: Option<i64>,
    /// Wrong codes so far, wherever they were given.
    pub wrong: Attempts,
}

/// What becomes of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeVerdict {
    /// It is right, and good no more from now on.
    Right {
        /// The thirty seconds that it belongs to.
        step: i64,
    },
    /// It is wrong, or was used before.
    Wrong(Attempts),
    /// It is not looked at: too many before it were wrong.
    Wait(TimeDelta),
}

impl SecondFactor {
    /// Decides about a code that belongs to this step, or to none.
    ///
    /// A code is accepted once (RFC 6238, section 5.2), and none that is older than the last one.
    #[must_use]
    pub fn judge(&self, step: Option<i64>, now: DateTime<Utc>) -> CodeVerdict {
        if let Some(wait) = self.wrong.wait(&Patience::WITH_CODE, now) {
            return CodeVerdict::Wait(wait);
        }
        match step.filter(|step| self.last_step.is_none_or(|last| last < *step)) {
            Some(step) => CodeVerdict::Right { step },
            None => CodeVerdict::Wrong(self.wrong.and_one(&Patience::WITH_CODE, now)),
        }
    }
}

vocabulary! {
    /// What is left to do until someone who proved who they are is in.
    pub enum ChallengeKind {
        /// To give a code of the second factor.
        SecondFactor = "second_factor",
        /// To set a second factor up, which the role asks for.
        SetUp = "set_up",
    }
}

impl ChallengeKind {
    /// How long there is time for it.
    #[must_use]
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::SecondFactor => TimeDelta::minutes(5),
            // An application may have to be installed first.
            Self::SetUp => TimeDelta::minutes(30),
        }
    }
}

/// What someone was given who proved who they are, and is not in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What is left to do.
    pub kind: ChallengeKind,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it led to a session.
    pub spent_at: Option<DateTime<Utc>>,
}

impl Challenge {
    /// Refuses a challenge of another kind, past its time or used.
    pub fn check(&self, kind: ChallengeKind, now: DateTime<Utc>) -> Result<(), AccountRefusal> {
        if self.kind == kind && self.spent_at.is_none() && now < self.expires_at {
            Ok(())
        } else {
            Err(AccountRefusal::ChallengeSpent)
        }
    }
}

impl Actor {
    /// Whether any of the roles of an account opens people to it, or lets it break the glass by itself; what follows from
    /// records does not count.
    #[must_use]
    pub fn has_role_with_people(&self) -> bool {
        let Self::Account { grants, .. } = self else { return false };
        grants.iter().any(|grant| OPENS_PEOPLE.iter().any(|capability| grant.role.may(*capability)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Grant, Place, Role};

    fn factor() -> SecondFactor {
        let now = DateTime::UNIX_EPOCH;
        SecondFactor { state: FactorState::On, last_step: Some(100), wrong: Attempts::none(now) }
    }

    #[test]
    fn a_code_is_accepted_once_and_none_that_is_older() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(factor().judge(Some(101), now), CodeVerdict::Right { step: 101 });
        for old in [Some(100), Some(99), None] {
            assert!(matches!(factor().judge(old, now), CodeVerdict::Wrong(_)), "{old:?}");
        }
        let fresh = SecondFactor { last_step: None, ..factor() };
        assert_eq!(fresh.judge(Some(0), now), CodeVerdict::Right { step: 0 });
    }

    #[test]
    fn wrong_codes_slow_down_and_a_right_one_waits_with_them() {
        let now = DateTime::UNIX_EPOCH;
        let mut factor = factor();
        for _ in 0..6 {
            let CodeVerdict::Wrong(attempts) = factor.judge(None, now) else {
                panic!("it need not wait yet")
            };
            factor.wrong = attempts;
        }
        assert_eq!(factor.judge(Some(101), now), CodeVerdict::Wait(TimeDelta::seconds(1)));
        let later = now + TimeDelta::seconds(1);
        assert_eq!(factor.judge(Some(101), later), CodeVerdict::Right { step: 101 });
    }

    #[test]
    fn a_challenge_is_good_once_for_its_purpose_and_its_time() {
        let now = DateTime::UNIX_EPOCH;
        let kind = ChallengeKind::SecondFactor;
        let challenge = Challenge { kind, expires_at: now + kind.lifetime(), spent_at: None };
        assert_eq!(challenge.check(kind, now), Ok(()));
        assert!(challenge.check(ChallengeKind::SetUp, now).is_err());
        assert!(challenge.check(kind, challenge.expires_at).is_err());
        assert!(Challenge { spent_at: Some(now), ..challenge }.check(kind, now).is_err());
    }

    #[test]
    fn the_roles_that_open_people_are_those_of_the_table() {
        let holder = |role| Actor::Account {
            id: uuid::Uuid::nil().into(),
            grants: vec![Grant { role, place: Place::Platform }],
            person: None,
            glass: Vec::new(),
        };
        for (role, expected) in [
            (Role::PlatformAdministrator, true),
            // Sees figures alone until the glass is broken, which takes nobody else.
            (Role::InternationalProgramOfficer, true),
            (Role::CountryCoordinator, true),
            (Role::EventManager, true),
            (Role::CheckInOperator, true),
            (Role::Analyst, false),
            (Role::Viewer, false),
            (Role::Auditor, false),
        ] {
            assert_eq!(holder(role).has_role_with_people(), expected, "{role}");
        }
        assert!(!Actor::Anonymous.has_role_with_people());
    }
}
