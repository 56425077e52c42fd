//! An event for the tests of other nouns: open, on one day, with nothing that need not be there.

use chrono::{DateTime, NaiveDate};
use uuid::Uuid;

use super::{Event, EventKind, EventStatus, Particulars};
use crate::{
    access::Whereabouts,
    imprecise_date::{EventDates, ImpreciseDate},
    language::Language,
    manifest::ManifestNames,
    name::{Name, NameKind, Names},
    text::Line,
};

/// A conference on 21 January 2026.
pub(crate) fn event() -> Event {
    let name = Name {
        text: Line::parse("text", "Conference").unwrap(),
        language: Language::parse("language", "en").unwrap(),
        kind: NameKind::Official,
        valid_from: None,
        valid_until: None,
    };
    let day = NaiveDate::from_ymd_opt(2026, 1, 21).unwrap();
    Event {
        id: Uuid::from_u128(1).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        kind: EventKind::Conference,
        format: None,
        status: EventStatus::Open,
        status_reason: None,
        names: Names::parse(vec![name]).unwrap(),
        dates: EventDates::stated(ImpreciseDate::day(day).unwrap()),
        timetable: None,
        program: None,
        stage: None,
        cascade_level: None,
        parent: None,
        host: None,
        partners: Vec::new(),
        territory: None,
        country: None,
        venue: None,
        capacity: None,
        languages: Vec::new(),
        target_groups: Vec::new(),
        topics: None,
        particulars: Particulars::default(),
        manifest_names: ManifestNames::Full,
        is_archived: false,
        whereabouts: Whereabouts::default(),
    }
}
