//! The connections that read from PostgreSQL: what becomes of them when nobody waits for the answer, or the server has gone.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

use hemicycle_domain::filter::Filter;
use hemicycle_test_database::DatabaseKind;

use crate::fixture::{Fixture, names, new_event, run};

/// More than there are connections.
const MANY: usize = 40;

#[tokio::test]
async fn an_answer_that_nobody_waited_for_is_never_given_to_another() {
    run(DatabaseKind::Postgres, give_up_and_ask_again).await;
}

async fn give_up_and_ask_again(fixture: &Fixture<'_>) {
    let event = fixture.event(new_event("Seminar", "2026-12-01")).await;
    fixture.partner("UZ", "Commission").await;
    let reading = fixture.reading(&fixture.system());
    let by_key = reading.clone().by_key();
    let every = Filter::everything();
    for _ in 0..MANY {
        let mut given_up = pin!(reading.count_partners(&every));
        // Until it has to wait: its statement is on the way then.
        assert!(given_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut given_up = pin!(by_key.find_event(event.id));
        assert!(given_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    for _ in 0..MANY {
        assert_eq!(reading.count_partners(&every).await.unwrap(), 1);
        let found = by_key.find_event(event.id).await.unwrap().expect("the event is there");
        assert_eq!(found.names, names(&["Seminar"]));
    }
}

#[tokio::test]
async fn a_question_outlives_the_connections_that_lay_idle() {
    run(DatabaseKind::Postgres, async |fixture: &Fixture<'_>| {
        let reading = fixture.reading(&fixture.system());
        let count = async || reading.count_agreements(&Filter::everything()).await;
        assert_eq!(count().await.unwrap(), 0);
        assert_eq!(count().await.unwrap(), 0);
        fixture.database.end_connections().await.unwrap();
        assert_eq!(count().await.unwrap(), 0, "it is asked again over a new connection");
    })
    .await;
}
