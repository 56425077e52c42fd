//! The GraphQL schema: one file per noun, and the few things that all nouns share.

mod account;
mod agreement;
mod connection;
mod context;
mod date;
mod error;
mod event;
mod id;
mod input;
mod loader;
mod name;
mod node;
mod partner;
mod partner_connection;
mod payload;
mod program;
mod scalar;
mod search;
mod territory;
mod text;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};

pub(crate) use context::{RequestContext, Services};
pub(crate) use error::{ApiError, ErrorCode, Ours};

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    account::AccountQuery,
    agreement::AgreementQuery,
    event::EventQuery,
    node::NodeQuery,
    partner::PartnerQuery,
    program::ProgramQuery,
    search::SearchQuery,
    territory::TerritoryQuery,
);

/// Everything that can be changed. Each field takes one `input` and answers with a payload of its own.
#[derive(MergedObject, Default)]
pub struct Mutation(
    account::AccountMutation,
    agreement::AgreementMutation,
    event::EventMutation,
    partner::PartnerMutation,
    program::ProgramMutation,
    territory::TerritoryMutation,
);

/// The schema of the API.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The deepest selection, in fields.
const DEEPEST: usize = 15;
/// The costliest operation; a field costs 1, and what stands in a list costs its length.
const COSTLIEST: usize = 20_000;

pub(crate) fn schema() -> ApiSchema {
    builder()
        .limit_depth(DEEPEST)
        .limit_complexity(COSTLIEST)
        .limit_directives(5)
        .disable_suggestions()
        .finish()
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
}

/// The public contract in the schema definition language, as committed in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options =
        async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}
