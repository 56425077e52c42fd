//! Pages by cursor, over many rows that are alike in their order.

use hemicycle_domain::{
    event::{EventFilter, EventOrder, EventOrderField, EventTest},
    filter::Filter,
    id::EventId,
    page::{Direction, PageRequest},
    problem::ProblemCode,
};
use hemicycle_persistence::Reading;

use crate::{
    each_database,
    fixture::{Fixture, code_of, new_event},
    people::words,
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
    walk_through(reading, &Filter::everything(), order, size, is_forward).await
}

async fn walk_through(
    reading: &Reading,
    filter: &EventFilter,
    order: EventOrder,
    size: i32,
    is_forward: bool,
) -> Vec<EventId> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let request = if is_forward {
            PageRequest::parse(Some(size), cursor.take(), None, None)
        } else {
            PageRequest::parse(None, None, Some(size), cursor.take())
        };
        let page = reading.list_events(filter, order, &request.unwrap()).await.unwrap();
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

each_database!(several_words_find_the_same_however_close_together_their_bearers_stand);
async fn several_words_find_the_same_however_close_together_their_bearers_stand(fixture: &Fixture<'_>) {
    const NAMES: [&str; 12] = [
        "Seminar Tashkent",
        "Seminar observers",
        "Observers of Seminar",
        "Seminar",
        "Observers",
        "Seminar observers",
        "Course",
        "Course observers",
        "Seminar observers",
        "Seminar observers",
        "Observers",
        "Seminar observers",
    ];
    let mut planned = Vec::new();
    for number in 0..36 {
        let date = format!("2026-{:02}-{:02}", 1 + number % 3, 1 + number % 5);
        planned.push(fixture.event(new_event(NAMES[number % NAMES.len()], &date)).await.id);
    }
    let reading = fixture.reading(&fixture.system());
    for (text, has) in [
        ("seminar obser", [false, true, true, false, false, true, false, false, true, true, false, true]),
        (
            "seminar tashk",
            [true, false, false, false, false, false, false, false, false, false, false, false],
        ),
        (
            "observers course",
            [false, false, false, false, false, false, false, true, false, false, false, false],
        ),
        ("course tashkent", [false; 12]),
    ] {
        let is_found =
            |id: &EventId| planned.iter().position(|known| known == id).is_some_and(|at| has[at % 12]);
        let named =
            Filter::All(vec![EventTest::Named(words(text)).into(), EventTest::Archived(false).into()]);
        for order in ORDERS {
            let all = walk(&reading, order, 200, true).await;
            let expected: Vec<EventId> = all.into_iter().filter(is_found).collect();
            for size in [1, 2, 5, 50] {
                for is_forward in [true, false] {
                    let found = walk_through(&reading, &named, order, size, is_forward).await;
                    assert_eq!(found, expected, "{text}: {order:?} by {size}, forward: {is_forward}");
                }
            }
        }
        assert_eq!(
            reading.count_events(&named).await.unwrap(),
            3 * has.iter().filter(|has| **has).count() as u64
        );
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
