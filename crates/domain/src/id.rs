//! Typed identifiers: an event id is never accepted where a participant id is meant.
//!
//! Inside they are UUID version 7; what the public API shows is decided in `api`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// The kind of a record that has an identifier of its own.
    pub enum RecordKind {
        /// An account that signs in.
        Account = "account",
        /// A session of an account: what begins with a sign-in.
        AccountSession = "account_session",
        /// An agreement between partners.
        Agreement = "agreement",
        /// A key that badges are signed with.
        BadgeKey = "badge_key",
        /// A place of an event where people are scanned.
        Checkpoint = "checkpoint",
        /// A place where a record cites a source.
        Citation = "citation",
        /// What a registered person contributes to an event.
        Contribution = "contribution",
        /// A delegation to an event.
        Delegation = "delegation",
        /// A phone that stands at the doors of events.
        Device = "device",
        /// An event.
        Event = "event",
        /// A time for which someone broke the glass.
        GlassBreak = "glass_break",
        /// A role at a place, held by an account.
        Grant = "grant",
        /// A figure without a list of names.
        HeadcountReport = "headcount_report",
        /// A participant category of a program.
        ParticipantCategory = "participant_category",
        /// A person.
        Participant = "participant",
        /// An institution.
        Partner = "partner",
        /// A program.
        Program = "program",
        /// What a program rests on.
        ProgramBasis = "program_basis",
        /// A participant's place at an event.
        Registration = "registration",
        /// What a device or an operator saw at the door.
        Scan = "scan",
        /// A system of an institution that signs in by itself.
        ServiceAccount = "service_account",
        /// A secret by which a service account signs in.
        ClientSecret = "client_secret",
        /// A session of an event.
        Session = "session",
        /// A key that signs access tokens.
        SigningKey = "signing_key",
        /// A document that records cite.
        Source = "source",
        /// A territory.
        Territory = "territory",
        /// What a registered person scored at a test.
        TestResult = "test_result",
        /// Someone who came without being on a list.
        WalkIn = "walk_in",
    }
}

/// An identifier that knows what it identifies.
pub trait Id:
    Copy + std::fmt::Debug + Eq + Ord + std::hash::Hash + Send + Sync + From<Uuid> + 'static
{
    /// The kind of record that this identifier names.
    const KIND: RecordKind;

    /// The identifier without its type, as rows hold it.
    fn uuid(self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident => $kind:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl Id for $name {
            const KIND: RecordKind = RecordKind::$kind;
            fn uuid(self) -> Uuid { self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+};
}

ids! {
    /// Identifies an account.
    AccountId => Account;
    /// Identifies a session of an account.
    AccountSessionId => AccountSession;
    /// Identifies an agreement.
    AgreementId => Agreement;
    /// Identifies a key that badges are signed with.
    BadgeKeyId => BadgeKey;
    /// Identifies a checkpoint.
    CheckpointId => Checkpoint;
    /// Identifies a citation.
    CitationId => Citation;
    /// Identifies a contribution.
    ContributionId => Contribution;
    /// Identifies a delegation.
    DelegationId => Delegation;
    /// Identifies a device.
    DeviceId => Device;
    /// Identifies an event.
    EventId => Event;
    /// Identifies a time for which someone broke the glass.
    GlassBreakId => GlassBreak;
    /// Identifies a grant.
    GrantId => Grant;
    /// Identifies a headcount report.
    HeadcountReportId => HeadcountReport;
    /// Identifies a participant category of a program.
    ParticipantCategoryId => ParticipantCategory;
    /// Identifies a participant.
    ParticipantId => Participant;
    /// Identifies a partner.
    PartnerId => Partner;
    /// Identifies a program.
    ProgramId => Program;
    /// Identifies what a program rests on.
    ProgramBasisId => ProgramBasis;
    /// Identifies a registration.
    RegistrationId => Registration;
    /// Identifies a scan; the client makes it.
    ScanId => Scan;
    /// Identifies a service account.
    ServiceAccountId => ServiceAccount;
    /// Identifies a secret of a service account.
    ClientSecretId => ClientSecret;
    /// Identifies a session.
    SessionId => Session;
    /// Identifies a key that signs access tokens.
    SigningKeyId => SigningKey;
    /// Identifies a source.
    SourceId => Source;
    /// Identifies a territory.
    TerritoryId => Territory;
    /// Identifies a test result.
    TestResultId => TestResult;
    /// Identifies a walk-in; the client makes it.
    WalkInId => WalkIn;
}
