//! The `hemicycle` command.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    hemicycle::run().await
}
