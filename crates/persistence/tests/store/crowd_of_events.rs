//! The people of someone who runs very many events: the same ones, however they are found.

use hemicycle_domain::{
    event::NewEvent,
    filter::Filter,
    id::ParticipantId,
    page::{Direction, PageRequest},
    participant::{ParticipantFilter, ParticipantOrder, ParticipantOrderField, ParticipantTest},
};
use hemicycle_persistence::Reading;

use crate::{
    each_database,
    fixture::{Fixture, new_event},
    people::{administrator, as_participant, new_person, words},
};

const ORDERS: [ParticipantOrder; 2] = [
    (ParticipantOrderField::Name, Direction::Ascending),
    (ParticipantOrderField::Name, Direction::Descending),
];

async fn walk(
    reading: &Reading,
    filter: &ParticipantFilter,
    order: ParticipantOrder,
    size: i32,
) -> Vec<ParticipantId> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest::parse(Some(size), cursor.take(), None, None).unwrap();
        let page = reading.list_participants(filter, order, &request).await.unwrap();
        ids.extend(page.rows.iter().map(|(_, person)| person.id));
        match page.rows.last().filter(|_| page.has_next) {
            Some((at, _)) => cursor = Some(at.to_string()),
            None => return ids,
        }
    }
}

each_database!(whoever_runs_many_events_sees_the_same_people_however_close_together_they_stand);
async fn whoever_runs_many_events_sees_the_same_people_however_close_together_they_stand(
    fixture: &Fixture<'_>,
) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    // The first ones of the alphabet are all theirs, of the others one in twenty.
    let mut theirs = Vec::new();
    for number in 0..80 {
        let name = format!("{}{number:02} Person", if number % 2 == 0 { "Even" } else { "Odd" });
        let person = fixture.person(new_person(&name)).await.id;
        if number % 2 == 0 || number % 20 == 1 {
            fixture.register(event, person, as_participant()).await;
            theirs.push(person);
        }
    }
    let everybody = fixture.reading(&fixture.system());
    let reading = fixture.reading(&administrator(host));
    let none = Filter::everything();
    let odd = Filter::Is(ParticipantTest::Named(words("odd")));
    for many in [false, true] {
        if many {
            fixture
                .prepare(async |work| {
                    for _ in 0..100 {
                        let event = NewEvent { host: Some(host), ..new_event("Course", "2026") };
                        work.create_event(event).await?;
                    }
                    Ok(())
                })
                .await;
        }
        for (filter, count) in [(&none, 44), (&odd, 4)] {
            for order in ORDERS {
                let mut expected = walk(&everybody, filter, order, 200).await;
                expected.retain(|person| theirs.contains(person));
                assert_eq!(expected.len(), count);
                for size in [1, 3, 50] {
                    assert_eq!(walk(&reading, filter, order, size).await, expected, "{order:?} by {size}");
                }
            }
        }
    }
}
