//! The store, on both databases. One module per noun, each case written once: `each_database!` before it makes
//! the tests `noun::case::sqlite` and `noun::case::postgres`.

#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

mod agreement;
mod attempt;
mod attendance;
mod audit;
mod badge;
mod check_in;
mod checkpoint;
mod clean_up;
mod concurrency;
mod connection;
mod crossing;
mod crowd_of_events;
mod data_request;
mod device;
mod disability;
mod event;
mod feed;
mod fixture;
mod glass_break;
mod headcount_report;
mod idempotency;
mod keyset;
mod lost_scans;
mod manifest;
mod merge;
mod participant;
mod partner;
mod people;
mod program;
mod reach;
mod readers;
mod reference;
mod refusal;
mod registration;
mod rejected;
mod repetition;
mod review;
mod room;
mod scope;
mod service_account;
mod shares;
mod signing_key;
mod source;
mod statement_limit;
mod submission;
mod territory;
mod test_result;
mod walk_in;
mod walk_in_offline;

/// Runs the case that follows on both databases, each time in an empty, migrated store of its own.
macro_rules! each_database {
    ($case:ident) => {
        mod $case {
            #[tokio::test]
            async fn sqlite() {
                crate::fixture::run(hemicycle_test_database::DatabaseKind::Sqlite, super::$case).await;
            }

            #[tokio::test]
            async fn postgres() {
                crate::fixture::run(hemicycle_test_database::DatabaseKind::Postgres, super::$case).await;
            }
        }
    };
}
use each_database;
