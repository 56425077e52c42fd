//! `hemicycle serve`: the API on the database that is set, until it is asked to stop.

use hemicycle_api::{Api, Clock};
use hemicycle_persistence::Store;
use tokio::{net::TcpListener, signal};

use crate::{CommandFailure, Settings, output};

pub(crate) async fn serve(settings: Settings) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let api_settings = settings.api()?;
    let store = Store::open(&settings.store()?).await?;
    let api = Api::new(store, Clock::system(), api_settings).await?;
    let listener = listen(&settings).await?;
    tracing::info!(address = %settings.listen, "serving GraphQL");
    hemicycle_api::serve(listener, api, asked_to_stop()).await.map_err(CommandFailure::Server)
}

/// Listens on the address that is set.
pub(super) async fn listen(settings: &Settings) -> Result<TcpListener, CommandFailure> {
    TcpListener::bind(settings.listen)
        .await
        .map_err(|source| CommandFailure::Listen { address: settings.listen, source })
}

/// Completes when the process is asked to stop, by Ctrl-C or by SIGTERM.
pub(super) async fn asked_to_stop() {
    let interrupted = async { signal::ctrl_c().await.is_ok() };
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await.is_some(),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated => {}
    }
    tracing::info!("asked to stop; finishing requests in flight");
}
