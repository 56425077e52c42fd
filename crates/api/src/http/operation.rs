//! The one place where an operation of a connection that stays open begins: parameters in, answers out.

use async_graphql::{Response, parser::types::OperationType};
use futures_util::stream::BoxStream;

use super::{request::Parameters, response::Refusal};
use crate::{graphql::RequestContext, server::Api};

/// An operation that has begun.
pub(super) struct Operation {
    /// What it is: a subscription answers many times, everything else once.
    pub(super) kind: OperationType,
    /// Its answers, not cleaned yet.
    pub(super) answers: BoxStream<'static, Response>,
}

/// Begins an operation of any kind.
pub(super) fn begin(
    api: &Api,
    parameters: Parameters,
    context: RequestContext,
) -> Result<Operation, Refusal> {
    let (request, kind) = parameters.prepare(|_| Ok(()))?;
    Ok(Operation { kind, answers: api.schema.execute_stream(request.data(context)) })
}
