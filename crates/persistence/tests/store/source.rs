//! Sources and citations in the store: who records and cites, and how a document is found.

use chrono::NaiveDate;
use hemicycle_domain::{
    access::{Place, Role},
    event::EventStep,
    filter::Filter,
    fold::query_terms,
    id::{EventId, RecordKind, SourceId},
    page::{Direction, PageRequest},
    problem::{Fault, Problem},
    program::NewProgram,
    source::{
        CitationCertainty, Description, FieldName, NewCitation, RecordRef, SourceChange, SourceOrderField,
        SourceTest,
    },
    text::{Line, Passage},
};
use hemicycle_persistence::Failure;
use uuid::Uuid;

use crate::{
    agreement::agree,
    each_database,
    fixture::{Fixture, dates, new_event},
    headcount_report::{exact, report},
    program::{concept, new_program, set_up},
    refusal::{begin, coordinator, invalid, problem},
};

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn description(headline: &str) -> Description {
    Description {
        document: None,
        headline: Line::parse("headline", headline).ok(),
        address: None,
        language: None,
        publisher: None,
        publisher_as_written: None,
        published: None,
        note: None,
    }
}

pub(crate) fn citation(source: SourceId, subject: impl Into<RecordRef>) -> NewCitation {
    NewCitation {
        source,
        subject: subject.into(),
        field: FieldName::parse("field", "dates").ok(),
        certainty: CitationCertainty::Disputed,
        wording: Passage::parse("wording", "On May 24-5").ok(),
        reading: Passage::parse("reading", "24 to 25 May").ok(),
        note: None,
    }
}

pub(crate) async fn source(fixture: &Fixture<'_>, headline: &str) -> SourceId {
    let mut work = begin(fixture, &fixture.system()).await;
    let source = work.create_source(description(headline)).await.unwrap().id;
    work.commit().await.unwrap();
    source
}

async fn planned_event(fixture: &Fixture<'_>) -> EventId {
    let mut work = begin(fixture, &fixture.system()).await;
    let event = work.create_event(new_event("Refresher course", "2021")).await.unwrap().id;
    work.advance_event(event, None, EventStep::Plan, None).await.unwrap();
    work.commit().await.unwrap();
    event
}

each_database!(a_document_is_found_in_both_scripts_and_by_its_date);
async fn a_document_is_found_in_both_scripts_and_by_its_date(fixture: &Fixture<'_>) {
    let mut work = begin(fixture, &fixture.system()).await;
    let published = Some(dates("2026-01-25"));
    let description =
        Description { published, ..description("Делегация ЦИК приняла участие") };
    let id = work.create_source(description).await.unwrap().id;
    work.create_source(self::description("Undated")).await.unwrap();
    work.commit().await.unwrap();
    let reading = fixture.reading(&fixture.viewer());
    let during = |from, until| SourceTest::PublishedDuring { from: day(from), until: day(until) };
    for (test, is_found) in [
        (SourceTest::Named(query_terms("Delegatsiya").unwrap()), true),
        (SourceTest::Named(query_terms("делегация участ").unwrap()), true),
        (SourceTest::Named(query_terms("конференция").unwrap()), false),
        (during("2026-01-01", "2026-01-31"), true),
        (during("2026-02-01", "2026-02-28"), false),
    ] {
        let order = (SourceOrderField::CreatedAt, Direction::Descending);
        let page = reading
            .list_sources(
                &Filter::Is(test.clone()),
                order,
                &PageRequest::parse(Some(10), None, None, None).unwrap(),
            )
            .await
            .unwrap();
        let ids: Vec<_> = page.rows.iter().map(|(_, source)| source.id).collect();
        assert_eq!(ids, if is_found { vec![id] } else { Vec::new() }, "{test:?}");
    }
    assert_eq!(
        reading.find_sources(&[id]).await.unwrap()[&id].description.published,
        Some(dates("2026-01-25"))
    );
}

each_database!(whoever_cites_anywhere_records_a_document_and_its_publisher_changes_it);
async fn whoever_cites_anywhere_records_a_document_and_its_publisher_changes_it(fixture: &Fixture<'_>) {
    let publisher = fixture.partner("UZ", "Central Election Commission").await.id;
    let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(publisher));
    let mut work = begin(fixture, &administrator).await;
    let own =
        work.create_source(Description { publisher: Some(publisher), ..description("Own") }).await.unwrap();
    let other = work.create_source(description("Nobody's")).await.unwrap();
    let change =
        SourceChange { headline: Some(Line::parse("headline", "New").ok()), ..SourceChange::default() };
    let changed = work.update_source(own.id, Some(1), change.clone()).await.unwrap();
    assert_eq!(changed.version, 2);
    assert!(matches!(problem(work.update_source(other.id, None, change.clone()).await), Problem::Refused(_)));
    let stale = problem(work.update_source(own.id, Some(1), change).await);
    assert_eq!(stale, Problem::Stale { expected: 1, actual: 2 });
    drop(work);
    let mut work = begin(fixture, &fixture.viewer()).await;
    assert!(matches!(problem(work.create_source(description("Any")).await), Problem::Refused(_)));
}

each_database!(a_document_keeps_something_to_be_told_by);
async fn a_document_keeps_something_to_be_told_by(fixture: &Fixture<'_>) {
    let source = source(fixture, "Headline").await;
    let mut work = begin(fixture, &fixture.system()).await;
    let change = SourceChange { headline: Some(None), ..SourceChange::default() };
    assert_eq!(invalid(work.update_source(source, None, change).await).path, ["document"]);
    let publisher = Some(Uuid::from_u128(404).into());
    let fault = invalid(work.create_source(Description { publisher, ..description("A") }).await);
    assert_eq!((fault.path, fault.fault), (vec!["publisherId".to_owned()], Fault::NotFound));
}

each_database!(an_ambiguity_is_cited_with_its_reading_and_can_be_reversed);
async fn an_ambiguity_is_cited_with_its_reading_and_can_be_reversed(fixture: &Fixture<'_>) {
    let (source, event) = (source(fixture, "Refresher course").await, planned_event(fixture).await);
    let report = report(fixture, event, exact(95)).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let of_event = work.cite_source(citation(source, event)).await.unwrap();
    let of_report = work.cite_source(citation(source, report)).await.unwrap();
    work.commit().await.unwrap();
    let reading = fixture.reading(&fixture.viewer());
    let found = reading.citations_of(&[event.into(), report.into()]).await.unwrap();
    assert_eq!(found[&event.into()], std::slice::from_ref(&of_event));
    assert_eq!(found[&report.into()], [of_report]);
    let mut work = begin(fixture, &fixture.system()).await;
    assert_eq!(work.remove_citation(of_event.id).await.unwrap(), of_event);
    work.commit().await.unwrap();
    let found = reading.citations_of(&[event.into()]).await.unwrap();
    assert!(found.is_empty());
}

each_database!(citing_takes_the_right_where_the_record_stands);
async fn citing_takes_the_right_where_the_record_stands(fixture: &Fixture<'_>) {
    let (source, event) = (source(fixture, "Headline").await, planned_event(fixture).await);
    let partner = fixture.partner("UZ", "Academy").await.id;
    let manager = fixture.account(Role::EventManager, Place::Event(event));
    let mut work = begin(fixture, &manager).await;
    let cited = work.cite_source(citation(source, event)).await.unwrap();
    let refused = problem(work.cite_source(citation(source, partner)).await);
    assert_eq!(
        refused.to_string(),
        "you may see this partner but not cite a source for it: that takes the capability cite_sources over it"
    );
    work.commit().await.unwrap();
    let mut work = begin(fixture, &coordinator(fixture)).await;
    work.cite_source(citation(source, partner)).await.unwrap();
    assert!(matches!(problem(work.remove_citation(cited.id).await), Problem::Refused(_)));
}

each_database!(what_is_not_there_or_not_seen_cannot_cite);
async fn what_is_not_there_or_not_seen_cannot_cite(fixture: &Fixture<'_>) {
    let source = source(fixture, "Headline").await;
    let mut work = begin(fixture, &fixture.system()).await;
    let draft = work.create_event(new_event("Draft", "2021")).await.unwrap().id;
    let cited = work.cite_source(citation(source, draft)).await.unwrap();
    work.commit().await.unwrap();
    let officer = coordinator(fixture);
    let mut work = begin(fixture, &officer).await;
    assert_eq!(invalid(work.cite_source(citation(source, draft)).await).path, ["subjectId"]);
    let removed = work.remove_citation(cited.id).await;
    assert!(matches!(removed, Err(Failure::NotFound(RecordKind::Citation))));
    drop(work);
    let mut work = begin(fixture, &fixture.system()).await;
    let kinds = [RecordKind::Event, RecordKind::Partner, RecordKind::Account, RecordKind::Source];
    for kind in kinds {
        let subject = RecordRef { kind, id: Uuid::from_u128(404) };
        assert_eq!(invalid(work.cite_source(citation(source, subject)).await).path, ["subjectId"], "{kind}");
    }
    let nothing = Uuid::from_u128(404).into();
    assert_eq!(invalid(work.cite_source(citation(nothing, draft)).await).path, ["sourceId"]);
}

each_database!(programs_with_their_parts_and_agreements_cite_too);
async fn programs_with_their_parts_and_agreements_cite_too(fixture: &Fixture<'_>) {
    let source = source(fixture, "Headline").await;
    let [academy, commission] = fixture.partners("UZ", ["Academy", "Commission"]).await;
    let agreement = agree(fixture, "Agreement", Some("2021-04-27"), &[academy, commission]).await;
    let new = NewProgram { bases: vec![concept(academy)], ..new_program("Training") };
    let program = set_up(fixture, new).await;
    let mut records: Vec<RecordRef> = vec![agreement.into(), program.id.into()];
    records.extend(program.bases.iter().map(|basis| RecordRef::from(basis.id)));
    let mut work = begin(fixture, &fixture.system()).await;
    for record in &records {
        work.cite_source(citation(source, *record)).await.unwrap();
    }
    work.commit().await.unwrap();
    let found = fixture.reading(&fixture.viewer()).citations_of(&records).await.unwrap();
    assert_eq!(found.len(), records.len());
    let mut work = begin(fixture, &fixture.viewer()).await;
    for record in records {
        assert!(matches!(problem(work.cite_source(citation(source, record)).await), Problem::Refused(_)));
    }
}
