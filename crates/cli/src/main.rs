//! The `hemicycle` command.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// A request is thousands of small values; the C library's allocator took half of its time.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    hemicycle::run().await
}
