//! Connections: everything an institution has to do with, whatever noun it stands in.
//!
//! A connection is not a record of its own; it says which record names the institution, and as what.

use crate::{
    agreement::PartyRole,
    event::PartnerRole,
    id::{AgreementId, DelegationId, EventId, Id, ProgramBasisId, ProgramId, RecordKind},
    program::{BasisKind, ProgramRole},
    vocabulary::vocabulary,
};

vocabulary! {
    /// As what a record names an institution.
    pub enum ConnectionKind {
        /// It is a party to an agreement.
        AgreementParty = "agreement_party",
        /// It leads a program.
        ProgramLead = "program_lead",
        /// It has a role in a program.
        ProgramPartner = "program_partner",
        /// It approved or issued what a program rests on.
        ProgramBasisIssuer = "program_basis_issuer",
        /// A cascade level of a program is trained at it.
        CascadeLevelTrainedAt = "cascade_level_trained_at",
        /// It hosts an event.
        EventHost = "event_host",
        /// It has a role at an event.
        EventPartner = "event_partner",
        /// It sends a delegation to an event.
        DelegationSender = "delegation_sender",
        /// It invited a delegation to an event.
        DelegationInviter = "delegation_inviter",
    }
}

/// One thing that an institution has to do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It is a party to an agreement.
    AgreementParty {
        /// The agreement.
        agreement: AgreementId,
        /// What it is to it.
        role: PartyRole,
    },
    /// It leads a program.
    ProgramLead {
        /// The program.
        program: ProgramId,
    },
    /// It has a role in a program.
    ProgramPartner {
        /// The program.
        program: ProgramId,
        /// What it is to it.
        role: ProgramRole,
    },
    /// It approved or issued what a program rests on.
    ProgramBasisIssuer {
        /// The program.
        program: ProgramId,
        /// Which of its bases.
        basis: ProgramBasisId,
        /// What kind of basis.
        kind: BasisKind,
    },
    /// A cascade level of a program is trained at it.
    CascadeLevelTrainedAt {
        /// The program.
        program: ProgramId,
        /// The number of the level.
        level: i32,
    },
    /// It hosts an event.
    EventHost {
        /// The event.
        event: EventId,
    },
    /// It has a role at an event.
    EventPartner {
        /// The event.
        event: EventId,
        /// What it is to it.
        role: PartnerRole,
    },
    /// It sends a delegation to an event.
    DelegationSender {
        /// The event.
        event: EventId,
        /// The delegation.
        delegation: DelegationId,
    },
    /// It invited a delegation to an event.
    DelegationInviter {
        /// The event.
        event: EventId,
        /// The delegation.
        delegation: DelegationId,
    },
}

/// What one institution has to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connections {
    /// Each connection, kind by kind in the order of [`ConnectionKind`], newest records first.
    pub entries: Vec<Connection>,
    /// Whether any kind has more than [`Connections::MAXIMUM_OF_KIND`], the rest of which is left out.
    pub is_cut: bool,
}

impl Connections {
    /// The most connections of one kind in one answer; a busy host's further events are listed as events.
    pub const MAXIMUM_OF_KIND: usize = 200;
}

impl Connection {
    /// As what the record names the institution.
    #[must_use]
    pub fn kind(&self) -> ConnectionKind {
        match self {
            Self::AgreementParty { .. } => ConnectionKind::AgreementParty,
            Self::ProgramLead { .. } => ConnectionKind::ProgramLead,
            Self::ProgramPartner { .. } => ConnectionKind::ProgramPartner,
            Self::ProgramBasisIssuer { .. } => ConnectionKind::ProgramBasisIssuer,
            Self::CascadeLevelTrainedAt { .. } => ConnectionKind::CascadeLevelTrainedAt,
            Self::EventHost { .. } => ConnectionKind::EventHost,
            Self::EventPartner { .. } => ConnectionKind::EventPartner,
            Self::DelegationSender { .. } => ConnectionKind::DelegationSender,
            Self::DelegationInviter { .. } => ConnectionKind::DelegationInviter,
        }
    }

    /// The word for the role or the kind of basis, where the record has one beyond the kind of connection.
    #[must_use]
    pub fn role(&self) -> Option<&'static str> {
        match self {
            Self::AgreementParty { role, .. } => Some(role.as_str()),
            Self::ProgramPartner { role, .. } => Some(role.as_str()),
            Self::ProgramBasisIssuer { kind, .. } => Some(kind.as_str()),
            Self::EventPartner { role, .. } => Some(role.as_str()),
            Self::ProgramLead { .. }
            | Self::CascadeLevelTrainedAt { .. }
            | Self::EventHost { .. }
            | Self::DelegationSender { .. }
            | Self::DelegationInviter { .. } => None,
        }
    }

    /// The kind and the id of the record that names the institution.
    #[must_use]
    pub fn record(&self) -> (RecordKind, uuid::Uuid) {
        fn of<I: Id>(id: I) -> (RecordKind, uuid::Uuid) {
            (I::KIND, id.uuid())
        }
        match *self {
            Self::AgreementParty { agreement, .. } => of(agreement),
            Self::ProgramLead { program }
            | Self::ProgramPartner { program, .. }
            | Self::CascadeLevelTrainedAt { program, .. } => of(program),
            Self::ProgramBasisIssuer { basis, .. } => of(basis),
            Self::EventHost { event } | Self::EventPartner { event, .. } => of(event),
            Self::DelegationSender { delegation, .. } | Self::DelegationInviter { delegation, .. } => {
                of(delegation)
            }
        }
    }
}
