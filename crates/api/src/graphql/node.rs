//! Relay's `Node`: any record by its global id.

use async_graphql::{Context, ID, Interface, Object};
use hemicycle_domain::{id::RecordKind, problem::Invalid};
use uuid::Uuid;

use super::{
    account::Account,
    agreement::Agreement,
    checkpoint::Checkpoint,
    context::ContextExt,
    device::Device,
    error::{ApiError, Nullable, nullable},
    event::Event,
    glass_break::GlassBreak,
    headcount_report::HeadcountReport,
    id,
    participant::Participant,
    partner::Partner,
    program::{ParticipantCategory, Program, ProgramBasis},
    registration::{Contribution, Delegation, Registration},
    service_account::ServiceAccount,
    source::Source,
    territory::Territory,
    test_result::TestResult,
};

/// Anything with a global id.
#[derive(Interface)]
#[graphql(
    crate = "async_graphql::library",
    field(
        name = "id",
        ty = "ID",
        desc = "The global id: opaque, and good for as long as the record exists."
    )
)]
pub(crate) enum Node {
    Account(Account),
    Agreement(Agreement),
    Checkpoint(Checkpoint),
    Contribution(Contribution),
    Delegation(Delegation),
    Device(Device),
    Event(Event),
    GlassBreak(GlassBreak),
    Participant(Participant),
    HeadcountReport(HeadcountReport),
    ParticipantCategory(ParticipantCategory),
    Partner(Partner),
    Program(Program),
    ProgramBasis(ProgramBasis),
    Registration(Registration),
    ServiceAccount(ServiceAccount),
    Source(Source),
    Territory(Territory),
    TestResult(TestResult),
}

/// The most ids in one `nodes` query.
const MOST_NODES: usize = 100;

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Finds any record by its global id; null where there is none that you may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Nullable<Node> {
        nullable(find(ctx, id::read("id", &id)).await)
    }

    /// Finds records by their global ids, in their order; null for each that does not exist or that you may not see.
    #[graphql(complexity = "ids.len() * child_complexity")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Nullable<Node>>, ApiError> {
        if ids.len() > MOST_NODES {
            return Err(ApiError::BadUserInput {
                message: format!("ids has {} entries where at most {MOST_NODES} are allowed", ids.len()),
                path: vec!["ids".to_owned()],
            });
        }
        let found = ids
            .iter()
            .enumerate()
            .map(|(index, id)| id::read(&index.to_string(), id).map_err(|fault| fault.within("ids")))
            .map(async |read| nullable(find(ctx, read).await));
        Ok(futures_util::future::join_all(found).await)
    }
}

async fn find(
    ctx: &Context<'_>,
    read: Result<(RecordKind, Uuid), Invalid>,
) -> Result<Option<Node>, ApiError> {
    let (kind, uuid) = read?;
    let reading = ctx.reading()?;
    Ok(match kind {
        RecordKind::Account => {
            reading.find_account(uuid.into()).await?.map(|account| Node::Account(Account(account)))
        }
        RecordKind::Agreement => ctx
            .load(hemicycle_domain::id::AgreementId::from(uuid))
            .await?
            .map(|agreement| Node::Agreement(Agreement(agreement))),
        RecordKind::Checkpoint => {
            let found = ctx.load(hemicycle_domain::id::CheckpointId::from(uuid)).await?;
            found.map(|checkpoint| Node::Checkpoint(Checkpoint(checkpoint)))
        }
        RecordKind::Event => {
            ctx.load(hemicycle_domain::id::EventId::from(uuid)).await?.map(|event| Node::Event(Event(event)))
        }
        RecordKind::Contribution => {
            let found = ctx.load(hemicycle_domain::id::ContributionId::from(uuid)).await?;
            found.map(|contribution| Node::Contribution(Contribution(contribution)))
        }
        RecordKind::Delegation => {
            let found = ctx.load(hemicycle_domain::id::DelegationId::from(uuid)).await?;
            found.map(|delegation| Node::Delegation(Delegation(delegation)))
        }
        RecordKind::Device => {
            reading.find_device(uuid.into()).await?.map(|device| Node::Device(Device(device)))
        }
        RecordKind::GlassBreak => {
            let found = reading.find_glass_break(uuid.into()).await?;
            found.map(|glass| Node::GlassBreak(GlassBreak(glass)))
        }
        RecordKind::Participant => {
            let found = ctx.load(hemicycle_domain::id::ParticipantId::from(uuid)).await?;
            found.map(|participant| Node::Participant(Participant(participant)))
        }
        RecordKind::Registration => {
            let found = ctx.load(hemicycle_domain::id::RegistrationId::from(uuid)).await?;
            found.map(|entry| Node::Registration(Registration(entry)))
        }
        RecordKind::ServiceAccount => {
            let found = reading.find_service_account(uuid.into()).await?;
            found.map(|account| Node::ServiceAccount(ServiceAccount::new(account, ctx.now())))
        }
        RecordKind::HeadcountReport => ctx
            .load(hemicycle_domain::id::HeadcountReportId::from(uuid))
            .await?
            .map(|report| Node::HeadcountReport(HeadcountReport(report))),
        RecordKind::Partner => {
            reading.find_partner(uuid.into()).map(|partner| Node::Partner(Partner(partner)))
        }
        RecordKind::ParticipantCategory => {
            ParticipantCategory::find(&reading, uuid.into()).map(Node::ParticipantCategory)
        }
        RecordKind::Program => {
            reading.find_program(uuid.into()).map(|program| Node::Program(Program(program)))
        }
        RecordKind::ProgramBasis => {
            let id = uuid.into();
            reading.find_program_of_basis(id).and_then(|program| {
                let basis = program.basis(id)?.clone();
                Some(Node::ProgramBasis(ProgramBasis { program, basis }))
            })
        }
        RecordKind::Source => ctx
            .load(hemicycle_domain::id::SourceId::from(uuid))
            .await?
            .map(|source| Node::Source(Source(source))),
        RecordKind::TestResult => {
            let found = ctx.load(hemicycle_domain::id::TestResultId::from(uuid)).await?;
            found.map(|result| Node::TestResult(TestResult(result)))
        }
        RecordKind::Territory => {
            reading.find_territory(uuid.into()).map(|territory| Node::Territory(Territory(territory)))
        }
        RecordKind::AccountSession
        | RecordKind::BadgeKey
        | RecordKind::Citation
        | RecordKind::ClientSecret
        | RecordKind::Grant
        | RecordKind::Scan
        | RecordKind::Session
        | RecordKind::SigningKey
        | RecordKind::WalkIn => None,
    })
}
