//! Subscriptions over WebSocket, by the protocol graphql-transport-ws.

use async_graphql::Data;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{State, WebSocketUpgrade},
    response::Response,
};
use serde_json::Value;

use super::origin::bearer;
use crate::{graphql::RequestContext, server::Api};

/// The largest message of a client, in bytes.
const LARGEST_MESSAGE: usize = 64 * 1024;

/// Upgrades a connection to graphql-transport-ws.
pub(crate) async fn upgrade(
    State(api): State<Api>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    let schema = api.schema.clone();
    upgrade.protocols(["graphql-transport-ws"]).max_message_size(LARGEST_MESSAGE).on_upgrade(
        async move |socket| {
            let executor = schema.clone();
            let initialise = async move |payload: Value| {
                let token =
                    ["Authorization", "authorization"].iter().find_map(|key| payload.get(key)?.as_str());
                let actor =
                    api.door.actor(token.and_then(bearer)).await.map_err(async_graphql::Error::from)?;
                let context = RequestContext::new(api.door.services.clone(), actor, Vec::new());
                let mut data = Data::default();
                data.insert(context);
                Ok(data)
            };
            GraphQLWebSocket::new(socket, executor, protocol).on_connection_init(initialise).serve().await;
        },
    )
}
