//! What can be wrong with a command: a field that cannot be accepted, or a rule that refuses it.
//!
//! Each noun has its own small enum of refusals; this file only gathers them for the caller.

use thiserror::Error;

use crate::{
    access, account, badge, check_in, checkpoint, device, event, glass_break, headcount_report, participant,
    partner, program, registration, service_account, territory, test_result, vocabulary::vocabulary, walk_in,
};

/// A field of a command that cannot be accepted as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{fault}")]
pub struct Invalid {
    /// The way to the field, outermost first: `["names", "0", "text"]`.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Invalid {
    /// Says that the named field has this fault.
    #[must_use]
    pub fn new(field: &str, fault: Fault) -> Self {
        Self { path: vec![field.to_owned()], fault }
    }

    /// The same fault, seen from one level further out.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "names and numbers are passed as they come")]
    pub fn within(mut self, outer: impl ToString) -> Self {
        self.path.insert(0, outer.to_string());
        self
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nothing, or only white space, was given.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than the field allows, in characters.
    #[error("is too long: {actual} characters where at most {maximum} are allowed")]
    TooLong {
        /// What was given.
        actual: usize,
        /// What is allowed.
        maximum: usize,
    },
    /// The text holds a control character, such as NUL.
    #[error("contains the control character U+{code:04X}")]
    ControlCharacter {
        /// Its code point.
        code: u32,
    },
    /// The number lies outside what the field allows.
    #[error("is out of range: {actual} is not between {minimum} and {maximum}")]
    OutOfRange {
        /// What was given.
        actual: i64,
        /// The smallest allowed.
        minimum: i64,
        /// The largest allowed.
        maximum: i64,
    },
    /// The list has more entries than the field allows.
    #[error("has too many entries: {actual} where at most {maximum} are allowed")]
    TooMany {
        /// What was given.
        actual: usize,
        /// What is allowed.
        maximum: usize,
    },
    /// The same entry stands in the list twice.
    #[error("holds the same entry twice")]
    Repeated,
    /// The text is not in the form the field asks for.
    #[error("is malformed: {reason}")]
    Malformed {
        /// What a correct value looks like, or what broke the parser.
        reason: String,
    },
    /// The password is easy to guess.
    #[error("is easy to guess: {advice}")]
    Guessable {
        /// What is weak about it and what to do.
        advice: String,
    },
    /// The record it refers to does not exist, or the caller may not see it.
    #[error("refers to a record that was not found")]
    NotFound,
    /// The field cannot be given together with another one.
    #[error("cannot be given together with {other}")]
    Excludes {
        /// The other field.
        other: &'static str,
    },
    /// The field is needed because another one was given.
    #[error("is needed when {other} is given")]
    NeededBy {
        /// The other field.
        other: &'static str,
    },
}

vocabulary! {
    /// The closed list of reasons for which a command is turned down.
    pub enum ProblemCode {
        /// A field cannot be accepted as it is; `path` names it.
        InvalidInput = "INVALID_INPUT",
        /// A field refers to a record that does not exist or that the caller may not see.
        ReferenceNotFound = "REFERENCE_NOT_FOUND",
        /// The caller sees the record but may not do this with it.
        NotPermitted = "NOT_PERMITTED",
        /// Another record already has this name, code or address.
        AlreadyTaken = "ALREADY_TAKEN",
        /// The record was changed by someone else since it was read.
        Stale = "STALE",
        /// The person has a registration at the event, or both records of the person have one.
        AlreadyRegistered = "ALREADY_REGISTERED",
        /// Every seat of the event is taken.
        EventFull = "EVENT_FULL",
        /// As many people as the delegation counts are registered.
        DelegationFull = "DELEGATION_FULL",
        /// The person is inside already.
        AlreadyIn = "ALREADY_IN",
        /// The person is not inside.
        NotIn = "NOT_IN",
        /// The registration was cancelled.
        RegistrationCancelled = "REGISTRATION_CANCELLED",
        /// The event does not take check-ins yet.
        NotYetOpen = "NOT_YET_OPEN",
        /// The event takes no check-ins any more.
        Over = "OVER",
        /// The badge was revoked or replaced.
        BadgeRevoked = "BADGE_REVOKED",
        /// Nobody is known by the code that was shown.
        UnknownCredential = "UNKNOWN_CREDENTIAL",
        /// As many people as the checkpoint holds are in.
        CheckpointFull = "CHECKPOINT_FULL",
        /// The device has used the sequence number for another scan.
        SequenceReused = "SEQUENCE_REUSED",
        /// The registration is one of another event.
        WrongEvent = "WRONG_EVENT",
        /// The identifier of the scan came before with another content.
        IdReused = "ID_REUSED",
        /// The record's state does not allow this step.
        IllegalStep = "ILLEGAL_STEP",
        /// The record is archived; restore it first.
        Archived = "ARCHIVED",
        /// A record cannot contain, follow or be merged into itself.
        Circular = "CIRCULAR",
        /// Other records refer to what would be gone.
        InUse = "IN_USE",
        /// The same key came before with another command.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// The address or the password is wrong.
        WrongCredentials = "WRONG_CREDENTIALS",
        /// The session has ended; sign in again.
        SessionEnded = "SESSION_ENDED",
        /// The link is unknown, was used, or is past its time: ask for a new one.
        LinkSpent = "LINK_SPENT",
        /// The code of the second factor is wrong, or was used before.
        WrongCode = "WRONG_CODE",
        /// The challenge of the sign-in is unknown, was used, or is past its time: sign in anew.
        ChallengeSpent = "CHALLENGE_SPENT",
        /// This server sends no mail.
        NoMail = "NO_MAIL",
        /// Too many attempts were wrong: try again later.
        RateLimited = "RATE_LIMITED",
        /// The enrolment code is unknown, or a newer one took its place.
        EnrolmentCodeUnknown = "ENROLMENT_CODE_UNKNOWN",
        /// The enrolment code is past its time.
        EnrolmentCodeExpired = "ENROLMENT_CODE_EXPIRED",
        /// The enrolment code was used before.
        EnrolmentCodeUsed = "ENROLMENT_CODE_USED",
        /// The device was revoked.
        DeviceRevoked = "DEVICE_REVOKED",
        /// Too many attempts were made; wait before the next.
        TooManyAttempts = "TOO_MANY_ATTEMPTS",
    }
}

/// Why a command was turned down; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// A field cannot be accepted.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller may not do this.
    #[error(transparent)]
    Refused(#[from] access::Refusal),
    /// A rule about accounts refuses.
    #[error(transparent)]
    Account(#[from] account::AccountRefusal),
    /// A rule about badges refuses.
    #[error(transparent)]
    Badge(#[from] badge::IssueRefusal),
    /// A rule about check-ins refuses.
    #[error(transparent)]
    CheckIn(#[from] check_in::CheckInRefusal),
    /// A rule about devices refuses.
    #[error(transparent)]
    Device(#[from] device::DeviceRefusal),
    /// A rule about checkpoints refuses.
    #[error(transparent)]
    Checkpoint(#[from] checkpoint::CheckpointRefusal),
    /// A rule about the review of scans refuses.
    #[error(transparent)]
    Review(#[from] check_in::ReviewRefusal),
    /// A rule about events refuses.
    #[error(transparent)]
    Event(#[from] event::EventRefusal),
    /// A rule about breaking the glass refuses.
    #[error(transparent)]
    GlassBreak(#[from] glass_break::GlassBreakRefusal),
    /// A rule about headcount reports refuses.
    #[error(transparent)]
    HeadcountReport(#[from] headcount_report::HeadcountRefusal),
    /// A rule about participants refuses.
    #[error(transparent)]
    Participant(#[from] participant::ParticipantRefusal),
    /// A rule about partners refuses.
    #[error(transparent)]
    Partner(#[from] partner::PartnerRefusal),
    /// A rule about registrations refuses.
    #[error(transparent)]
    Registration(#[from] registration::RegistrationRefusal),
    /// A rule about service accounts refuses.
    #[error(transparent)]
    ServiceAccount(#[from] service_account::ServiceAccountRefusal),
    /// A rule about programs refuses.
    #[error(transparent)]
    Program(#[from] program::ProgramRefusal),
    /// A rule about territories refuses.
    #[error(transparent)]
    Territory(#[from] territory::TerritoryRefusal),
    /// A rule about test results refuses.
    #[error(transparent)]
    TestResult(#[from] test_result::TestResultRefusal),
    /// A rule about walk-ins refuses.
    #[error(transparent)]
    WalkIn(#[from] walk_in::WalkInRefusal),
    /// The record is archived.
    #[error("the record is archived; restore it before changing it")]
    Archived,
    /// The record changed since it was read.
    #[error("the record is at version {actual}, not {expected}: read it again and repeat the change")]
    Stale {
        /// The version the caller knew.
        expected: i64,
        /// The version it has now.
        actual: i64,
    },
    /// An idempotency key came with another command before.
    #[error("this idempotency key was used for another command")]
    IdempotencyKeyReused,
}

impl Problem {
    /// Refuses a change that was made from another version than the record has now.
    pub fn check_version(expected: Option<i64>, actual: i64) -> Result<(), Self> {
        match expected {
            Some(expected) if expected != actual => Err(Self::Stale { expected, actual }),
            _ => Ok(()),
        }
    }

    /// The entry of the closed list that this problem falls under.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Invalid(Invalid { fault: Fault::NotFound, .. }) => ProblemCode::ReferenceNotFound,
            Self::Invalid(_) => ProblemCode::InvalidInput,
            Self::Refused(_) => ProblemCode::NotPermitted,
            Self::Account(refusal) => refusal.code(),
            Self::Badge(refusal) => refusal.code(),
            Self::CheckIn(refusal) => refusal.code(),
            Self::Review(refusal) => refusal.code(),
            Self::Device(refusal) => refusal.code(),
            Self::Checkpoint(refusal) => refusal.code(),
            Self::Event(refusal) => refusal.code(),
            Self::GlassBreak(refusal) => refusal.code(),
            Self::HeadcountReport(refusal) => refusal.code(),
            Self::Participant(refusal) => refusal.code(),
            Self::Partner(refusal) => refusal.code(),
            Self::Registration(refusal) => refusal.code(),
            Self::ServiceAccount(refusal) => refusal.code(),
            Self::Program(refusal) => refusal.code(),
            Self::Territory(refusal) => refusal.code(),
            Self::TestResult(refusal) => refusal.code(),
            Self::WalkIn(refusal) => refusal.code(),
            Self::Archived => ProblemCode::Archived,
            Self::Stale { .. } => ProblemCode::Stale,
            Self::IdempotencyKeyReused => ProblemCode::IdempotencyKeyReused,
        }
    }

    /// The way to the field at fault, where there is one.
    #[must_use]
    pub fn path(&self) -> &[String] {
        match self {
            Self::Invalid(invalid) => &invalid.path,
            _ => &[],
        }
    }
}
