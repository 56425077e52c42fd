//! Pages by cursor, over many rows that are alike in their order.

use hemicycle_domain::{
    event::{EventOrder, EventOrderField},
    filter::Filter,
    id::EventId,
    page::{Direction, PageRequest},
    problem::ProblemCode,
};
use hemicycle_persistence::Reading;

use crate::{
    each_database,
    fixture::{Fixture, code_of, new_event},
};

const ORDERS: [EventOrder; 4] = [
    (EventOrderField::StartsOn, Direction::Ascending),
    (EventOrderField::StartsOn, Direction::Descending),
    (EventOrderField::CreatedAt, Direction::Ascending),
    (EventOrderField::CreatedAt, Direction::Descending),
];

/// Plans events on few days, some without a start, so that many are alike in the order.
async fn plan(fixture: &Fixture<'_>, count: usize) {
    const DATES: [&str; 4] = ["2026-12-01", "2026-12-02", "/2026-12-03", "2026-12"];
    fixture
        .prepare(async |work| {
            for number in 0..count {
                work.create_event(new_event("Seminar", DATES[number % DATES.len()])).await?;
            }
            Ok(())
        })
        .await;
}

/// Walks through a list page by page, in one direction, and returns the rows in the order of the list.
async fn walk(reading: &Reading, order: EventOrder, size: i32, is_forward: bool) -> Vec<EventId> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let request = if is_forward {
            PageRequest::parse(Some(size), cursor.take(), None, None)
        } else {
            PageRequest::parse(None, None, Some(size), cursor.take())
        };
        let page = reading.list_events(&Filter::everything(), order, &request.unwrap()).await.unwrap();
        let found = page.rows.iter().map(|(_, event)| event.id);
        let next = if is_forward {
            ids.extend(found);
            page.has_next.then(|| page.rows.last())
        } else {
            ids.splice(0..0, found.collect::<Vec<_>>());
            page.has_previous.then(|| page.rows.first())
        };
        match next.flatten() {
            Some((at, _)) => cursor = Some(at.to_string()),
            None => return ids,
        }
    }
}

each_database!(every_row_is_on_one_page_whatever_the_size_and_direction);
async fn every_row_is_on_one_page_whatever_the_size_and_direction(fixture: &Fixture<'_>) {
    plan(fixture, 50).await;
    let reading = fixture.reading(&fixture.system());
    for order in ORDERS {
        let whole = walk(&reading, order, 200, true).await;
        assert_eq!(whole.len(), 50);
        for size in [1, 7, 50] {
            assert_eq!(walk(&reading, order, size, true).await, whole, "{order:?} by {size}");
            assert_eq!(walk(&reading, order, size, false).await, whole, "{order:?} by {size}, backward");
        }
    }
}

each_database!(descending_is_ascending_turned_round);
async fn descending_is_ascending_turned_round(fixture: &Fixture<'_>) {
    plan(fixture, 12).await;
    let reading = fixture.reading(&fixture.system());
    for pair in ORDERS.chunks(2) {
        let mut turned = walk(&reading, pair[1], 5, true).await;
        turned.reverse();
        assert_eq!(walk(&reading, pair[0], 5, true).await, turned);
    }
}

each_database!(a_cursor_belongs_to_one_order);
async fn a_cursor_belongs_to_one_order(fixture: &Fixture<'_>) {
    plan(fixture, 3).await;
    let reading = fixture.reading(&fixture.system());
    let ask = async |order, cursor| {
        let request = PageRequest::parse(Some(1), cursor, None, None).unwrap();
        reading.list_events(&Filter::everything(), order, &request).await
    };
    for own in ORDERS {
        let cursor = ask(own, None).await.unwrap().rows[0].0.to_string();
        for other in ORDERS {
            let outcome = ask(other, Some(cursor.clone())).await;
            let expected = (own != other).then_some(ProblemCode::InvalidInput);
            assert_eq!(code_of(outcome), expected, "{own:?} in {other:?}");
        }
    }
}
