//! Operations over WebSocket, by the protocol graphql-transport-ws.

mod operation;
mod protocol;
mod session;

use hemicycle_api::{ApiSettings, SocketSettings};

/// Settings with other ones for sockets.
fn with_sockets(socket: SocketSettings) -> impl FnOnce(ApiSettings) -> ApiSettings {
    move |settings| ApiSettings { socket, ..settings }
}
