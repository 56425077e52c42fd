//! What an institution has to do with: each record that names it, and as what.
//!
//! Relay's connections, which are pages of a list, stand in `connection.rs`.

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    connection::{self, Connections as DomainConnections},
    id::{EventId, PartnerId, ProgramId},
};

use super::{
    agreement::Agreement,
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::loader,
    program::{CascadeLevel, Program, ProgramBasis},
    rows::Rows,
};

/// As what a record names an institution.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "connection::ConnectionKind", name = "InvolvementKind")]
pub(crate) enum ConnectionKind {
    /// It is a party to an agreement.
    AgreementParty,
    /// It leads a program.
    ProgramLead,
    /// It has a role in a program.
    ProgramPartner,
    /// It approved or issued what a program rests on.
    ProgramBasisIssuer,
    /// A cascade level of a program is trained at it.
    CascadeLevelTrainedAt,
    /// It hosts an event.
    EventHost,
    /// It has a role at an event.
    EventPartner,
    /// It sends a delegation to an event.
    DelegationSender,
    /// It invited a delegation to an event.
    DelegationInviter,
}

/// One thing that an institution has to do with: a record that names it, and as what.
pub(crate) struct Involvement(connection::Connection);

impl Involvement {
    fn program(&self) -> Option<ProgramId> {
        use connection::Connection as C;
        match self.0 {
            C::ProgramLead { program }
            | C::ProgramPartner { program, .. }
            | C::ProgramBasisIssuer { program, .. }
            | C::CascadeLevelTrainedAt { program, .. } => Some(program),
            C::AgreementParty { .. }
            | C::EventHost { .. }
            | C::EventPartner { .. }
            | C::DelegationSender { .. }
            | C::DelegationInviter { .. } => None,
        }
    }

    fn event(&self) -> Option<EventId> {
        use connection::Connection as C;
        match self.0 {
            C::EventHost { event }
            | C::EventPartner { event, .. }
            | C::DelegationSender { event, .. }
            | C::DelegationInviter { event, .. } => Some(event),
            C::AgreementParty { .. }
            | C::ProgramLead { .. }
            | C::ProgramPartner { .. }
            | C::ProgramBasisIssuer { .. }
            | C::CascadeLevelTrainedAt { .. } => None,
        }
    }
}

/// One thing that an institution has to do with: a record that names it, and as what.
#[Object]
impl Involvement {
    /// As what the record names it.
    async fn kind(&self) -> ConnectionKind {
        self.0.kind().into()
    }

    /// The role it has there, as the record's own list of roles spells it: of an agreement `AgreementPartyRole`, of
    /// a program `ProgramPartnerRole` or `ProgramBasisKind`, of an event `EventPartnerRole`. Null where the kind
    /// says it all.
    async fn role(&self) -> Option<String> {
        self.0.role().map(str::to_uppercase)
    }

    /// The global id of the record that names it.
    async fn record_id(&self) -> ID {
        let (kind, uuid) = self.0.record();
        id::write(kind, uuid)
    }

    /// The agreement; null where it is not one that names it.
    async fn agreement(&self, ctx: &Context<'_>) -> Nullable<Agreement> {
        let connection::Connection::AgreementParty { agreement, .. } = self.0 else { return None };
        nullable(ctx.load(agreement).await.map(|found| found.map(Agreement)))
    }

    /// The program that names it, itself or through a basis or a cascade level; else null.
    #[graphql(name = "program")]
    async fn named_by_program(&self, ctx: &Context<'_>) -> Nullable<Program> {
        let program = self.program()?;
        nullable(ctx.reading().map(|reading| reading.find_program(program).map(Program)))
    }

    /// What the program rests on, where it approved or issued that; else null.
    async fn basis(&self, ctx: &Context<'_>) -> Nullable<ProgramBasis> {
        let connection::Connection::ProgramBasisIssuer { program, basis, .. } = self.0 else { return None };
        nullable(ctx.reading().map(|reading| {
            let program = reading.find_program(program)?;
            let basis = program.basis(basis)?.clone();
            Some(ProgramBasis { program, basis })
        }))
    }

    /// The cascade level that is trained at it; else null.
    async fn cascade_level(&self, ctx: &Context<'_>) -> Nullable<CascadeLevel> {
        let connection::Connection::CascadeLevelTrainedAt { program, level } = self.0 else { return None };
        nullable(
            ctx.reading().map(|reading| {
                reading.find_program(program)?.cascade_level(level).cloned().map(CascadeLevel)
            }),
        )
    }

    /// The event that names it, itself or through a delegation; else null.
    #[graphql(name = "event")]
    async fn named_by_event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        let event = self.event()?;
        nullable(ctx.load(event).await.map(|event| event.map(Event)))
    }
}

/// Everything an institution has to do with, as far as you may see it.
pub(crate) struct Involvements {
    found: DomainConnections,
    kinds: Option<Vec<ConnectionKind>>,
}

/// Everything an institution has to do with, as far as you may see it.
#[Object]
impl Involvements {
    /// Each record that names it and as what: agreements, programs, events, delegations; the newest of each first.
    #[graphql(complexity = "10 * child_complexity")]
    async fn entries(&self) -> Rows<Involvement> {
        let wanted = |connection: &&connection::Connection| {
            self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&connection.kind().into()))
        };
        self.found.entries.iter().filter(wanted).copied().map(Involvement).collect()
    }

    /// Whether any kind has more than 200 entries, the rest of which is left out. List events by `involves` then.
    async fn is_cut(&self) -> bool {
        self.found.is_cut
    }
}

/// The key of what an institution has to do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ConnectionsOf(PartnerId);

loader!(ConnectionsOf => DomainConnections, |reading, keys| async {
    let ids: Vec<PartnerId> = keys.iter().map(|key| key.0).collect();
    let found = reading.connections_of_partners(&ids).await?;
    Ok::<_, hemicycle_persistence::Failure>(
        found.into_iter().map(|(id, connections)| (ConnectionsOf(id), connections)).collect(),
    )
});

/// Finds everything an institution has to do with.
pub(crate) async fn involvements(
    ctx: &Context<'_>,
    partner: PartnerId,
    kinds: Option<Vec<ConnectionKind>>,
) -> Result<Involvements, ApiError> {
    let found = ctx.load(ConnectionsOf(partner)).await?.unwrap_or_default();
    Ok(Involvements { found, kinds })
}
