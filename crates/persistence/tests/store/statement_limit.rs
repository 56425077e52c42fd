//! The time that PostgreSQL may take for a statement. SQLite has no such limit.

use std::time::Duration;

use hemicycle_domain::filter::Filter;
use hemicycle_persistence::{Failure, Store, StoreFault, StoreSettings};
use hemicycle_test_database::DatabaseKind;

use crate::fixture::{Fixture, run};

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up() {
    run(DatabaseKind::Postgres, async |fixture: &Fixture<'_>| {
        let statement_time_limit = Duration::from_millis(100);
        let url = fixture.database.url();
        let settings = StoreSettings { statement_time_limit, ..StoreSettings::at(url) };
        let store = Store::open(&settings).await.unwrap();
        let list = async || {
            let reading = store.acting_as(&fixture.system()).unwrap();
            reading.count_agreements(&Filter::everything()).await
        };

        let lock = fixture.database.lock_table("agreement").await.unwrap();
        let given_up = list().await;
        let is_unavailable = matches!(given_up, Err(Failure::Fault(StoreFault::Unavailable(_))));
        assert!(is_unavailable, "whoever asks may ask again: {given_up:?}");
        drop(lock);
        assert_eq!(list().await.unwrap(), 0, "the connection serves on");
    })
    .await;
}
