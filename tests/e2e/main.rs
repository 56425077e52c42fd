//! The API from outside, over real HTTP and WebSocket, on both databases.
//!
//! One module per noun or topic, each case written once: `each_database!` before it makes the tests
//! `topic::case::sqlite` and `topic::case::postgres`. Every case has the demonstration's documents before it,
//! loaded as `hemicycle demo` loads them, and a client for each role.

#![expect(clippy::too_many_lines, reason = "a case that asks many questions of one ground is read top-down")]
#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

mod access;
mod account;
mod account_life;
mod agreement;
mod answer;
mod app;
mod audit;
mod bad_input;
mod badge;
mod body;
mod budget;
mod check_in;
mod client;
mod compression;
mod connection;
mod cross_origin;
mod device;
mod event;
mod event_list;
mod event_stream;
mod gate;
mod glass_break;
mod headcount_report;
mod health;
mod http_request;
mod http_response;
mod internal;
mod invitation;
mod known;
mod live;
mod lost_scans;
mod manifest;
mod overload;
mod participant;
mod partner;
mod persisted;
mod program;
mod provider;
mod questions;
mod reach;
mod registration;
mod rejected;
mod review;
mod schema_walk;
mod search;
mod second_factor;
mod server;
mod service_account;
mod session;
mod sign_in;
mod simulation;
mod socket;
mod source;
mod statements;
mod submission;
mod subscription;
mod territory;
mod test_result;
mod throttle;
mod token;
mod upload;
mod walk_in;
mod websocket;

/// Runs the case that follows on both databases, each time on a demonstration of its own, behind a server with the
/// default settings or with those that a function makes of them.
macro_rules! each_database {
    ($case:ident) => {
        crate::each_database!($case, |settings| settings);
    };
    ($case:ident, $set:expr) => {
        mod $case {
            #[tokio::test]
            async fn sqlite() {
                let kind = hemicycle_test_database::DatabaseKind::Sqlite;
                crate::app::run_with(kind, $set, super::$case).await;
            }

            #[tokio::test]
            async fn postgres() {
                let kind = hemicycle_test_database::DatabaseKind::Postgres;
                crate::app::run_with(kind, $set, super::$case).await;
            }
        }
    };
}
use each_database;
