//! One operation, whichever way it came: through the gate, then to the executor.

use async_graphql::{Request, Response, parser::types::OperationType};
use futures_util::stream::BoxStream;
use serde_json::{Map, Value, json};

use super::{
    overload::Share,
    peer::PeerAddress,
    response::{Refusal, clean},
};
use crate::{
    gate::{Admitted, Asked, Charge},
    graphql::RequestContext,
    server::Api,
};

/// An operation that can be executed.
pub(super) struct Ready {
    pub(super) request: Request,
    pub(super) kind: OperationType,
    /// Whether all who may see the same are told the same.
    pub(super) is_shared: bool,
    pub(super) charge: Charge,
    /// To be held until it is executed.
    pub(super) share: Option<Share>,
}

/// Takes an operation through the gate: `enter` lets the caller in, once the document is known to be sound.
pub(super) async fn prepare(
    api: &Api,
    asked: Asked,
    address: Option<PeerAddress>,
    check_kind: impl FnOnce(OperationType) -> Result<(), Refusal>,
    enter: impl AsyncFnOnce() -> Result<RequestContext, Refusal>,
) -> Result<Ready, Refusal> {
    let found = api.gate.find(asked)?;
    let (kind, is_shared) = (found.kind, found.is_shared());
    check_kind(kind)?;
    let address = address.map(|PeerAddress(address)| address);
    let context = enter().await?;
    let now = context.services.clock.now();
    let Admitted { request, charge } = api.gate.admit(found, &context.actor, address, now).await?;
    // What queries hold is small beside a batch.
    let share = if kind == OperationType::Mutation { api.load.take(charge.requested).await? } else { None };
    Ok(Ready { request: request.data(context).data(charge), kind, is_shared, charge, share })
}

/// An operation that has begun on a connection that stays open.
pub(super) struct Operation {
    /// What it is: a subscription answers many times, everything else once.
    pub(super) kind: OperationType,
    /// What it cost.
    pub(super) charge: Charge,
    /// Its answers, not cleaned yet.
    pub(super) answers: BoxStream<'static, Response>,
    /// To be held until the one answer of a mutation is there.
    pub(super) share: Option<Share>,
}

/// Begins an operation of any kind.
pub(super) async fn begin(
    api: &Api,
    asked: Asked,
    address: Option<PeerAddress>,
    context: RequestContext,
) -> Result<Operation, Refusal> {
    let ready = prepare(api, asked, address, |_| Ok(()), async || Ok(context)).await?;
    let answers = api.schema.execute_stream(ready.request);
    Ok(Operation { kind: ready.kind, charge: ready.charge, answers, share: ready.share })
}

/// Executes an operation of the program's own, which need not be registered, and answers as the API does.
pub(crate) async fn execute_own(
    api: &Api,
    query: &str,
    variables: Value,
    context: RequestContext,
    reason: &str,
) -> Value {
    let variables = if let Value::Object(variables) = variables { variables } else { Map::new() };
    let asked = Asked { query: Some(query.to_owned()), variables, ..Asked::default() };
    let admitted = async {
        let found = api.gate.find_own(asked)?;
        api.gate.admit(found, &context.actor, None, context.services.clock.now()).await
    };
    match admitted.await {
        Err(refused) => json!({ "errors": Refusal::from(refused).errors() }),
        Ok(Admitted { request, charge }) => {
            let mut response = api.schema.execute(request.data(context).data(charge)).await;
            clean(&mut response, reason);
            async_graphql::written(&response).and_then(|text| serde_json::from_str(&text)).unwrap_or_default()
        }
    }
}
