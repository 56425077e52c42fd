//! The GraphQL schema: one file per noun, and the few things that all nouns share.

mod account;
mod account_person;
mod agreement;
mod audit;
mod badge;
mod check_in;
mod checkpoint;
mod connection;
mod context;
mod date;
mod device;
mod error;
mod event;
mod glass_break;
mod headcount_report;
mod id;
mod input;
mod loader;
mod manifest;
mod name;
mod node;
mod part;
mod participant;
mod partner;
mod partner_connection;
mod payload;
mod program;
mod rate_limit;
mod reach;
mod registration;
mod rows;
mod scalar;
mod search;
mod service_account;
mod source;
mod territory;
mod territory_import;
mod test_result;
mod text;
mod upload;
mod walk_in;

use std::sync::LazyLock;

use async_graphql::{MergedObject, MergedSubscription, Schema, SchemaBuilder};

pub(crate) use check_in::Live;
pub(crate) use context::{RequestContext, Services};
pub(crate) use error::{ApiError, ErrorCode, Ours};
pub(crate) use upload::{UploadedFile, placeholder as upload_placeholder};

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    account::AccountQuery,
    account::ProviderQuery,
    account::SessionQuery,
    agreement::AgreementQuery,
    audit::AuditQuery,
    badge::BadgeQuery,
    check_in::CheckInQuery,
    check_in::RejectedScanQuery,
    device::DeviceQuery,
    event::EventQuery,
    glass_break::GlassBreakQuery,
    headcount_report::HeadcountReportQuery,
    manifest::ManifestQuery,
    node::NodeQuery,
    participant::ParticipantQuery,
    partner::PartnerQuery,
    program::ProgramQuery,
    rate_limit::RateLimitQuery,
    registration::RegistrationQuery,
    reach::ReachQuery,
    search::SearchQuery,
    service_account::ServiceAccountQuery,
    source::SourceQuery,
    territory::TerritoryQuery,
);

/// Everything that can be changed. Each field takes one `input` and answers with a payload of its own.
#[derive(MergedObject, Default)]
pub struct Mutation(
    account::AccountMutation,
    account::LifeMutation,
    account::LinkMutation,
    account::ProviderMutation,
    account::SecondFactorMutation,
    account::SessionMutation,
    account::SignInMutation,
    account_person::AccountPersonMutation,
    agreement::AgreementMutation,
    badge::BadgeMutation,
    check_in::CheckInMutation,
    check_in::ReviewMutation,
    check_in::SubmitMutation,
    checkpoint::CheckpointMutation,
    device::DeviceMutation,
    event::EventMutation,
    glass_break::GlassBreakMutation,
    headcount_report::HeadcountReportMutation,
    participant::DataRequestMutation,
    participant::ParticipantMutation,
    partner::PartnerMutation,
    program::ProgramMutation,
    registration::RegistrationMutation,
    service_account::ServiceAccountMutation,
    source::CitationMutation,
    source::SourceMutation,
    territory::TerritoryMutation,
    territory_import::TerritoryImportMutation,
    test_result::TestResultMutation,
    walk_in::WalkInMutation,
);

/// Everything that can be followed, over WebSocket.
#[derive(MergedSubscription, Default)]
pub struct Subscription(check_in::CheckInSubscription);

/// The schema of the API.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

/// The schema that executes. What comes to it has been validated and measured by the gate.
static SCHEMA: LazyLock<ApiSchema> = LazyLock::new(|| builder().finish());

/// The schema that executes.
pub(crate) fn schema() -> ApiSchema {
    SCHEMA.clone()
}

/// A schema of its own, for whoever does something else with it than execute.
pub(crate) fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .validation_mode(async_graphql::ValidationMode::Fast)
}

/// The public contract in the schema definition language, as committed in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options =
        async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().include_specified_by();
    SCHEMA.sdl_with_options(options)
}
