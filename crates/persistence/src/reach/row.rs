//! The rows that reach's statements answer with, and their way to the domain.

use hemicycle_domain::{
    country::CountryCode,
    event::{EventKind, EventStatus},
    headcount_report::{Breakdown, ReportState},
    reach::{
        CategoryPart, CountedFact, Dimension, EventWithoutFigure, EventsFact, GroupKey, Grouped, ReportFact,
    },
};
use sea_orm::{JsonValue, QueryResult, TryGetable, prelude::Uuid};

use super::sql::KEYS;
use crate::{
    fault::StoreFault,
    headcount_report::to_amount,
    json::{from_json_opt, from_word, parsed},
    reference::Reference,
};

/// Reads the keys of a row in the order of the dimensions asked for.
pub(super) struct Keys<'a> {
    group_by: &'a [Dimension],
    reference: &'a Reference,
}

impl<'a> Keys<'a> {
    pub(super) fn new(group_by: &'a [Dimension], reference: &'a Reference) -> Self {
        Self { group_by, reference }
    }

    /// Reads rows of which one is the whole and the others are groups.
    pub(super) fn read_all<T>(
        &self,
        rows: &[QueryResult],
        read: fn(&QueryResult) -> Result<T, StoreFault>,
    ) -> Result<Vec<Grouped<T>>, StoreFault> {
        let read_row = |row: &QueryResult| {
            let is_group = get::<i32>(row, "is_group")? == 1;
            Ok((is_group.then(|| self.read(row)).transpose()?, read(row)?))
        };
        rows.iter().map(read_row).collect()
    }

    /// Reads reported figures.
    pub(super) fn read_reports(&self, rows: &[QueryResult]) -> Result<Vec<ReportFact>, StoreFault> {
        rows.iter()
            .map(|row| {
                let state: String = get(row, "state")?;
                Ok(ReportFact {
                    report: get::<Uuid>(row, "report_id")?.into(),
                    event: get::<Uuid>(row, "event_id")?.into(),
                    event_status: status(row)?,
                    keys: self.read(row)?,
                    amount: to_amount(get(row, "value")?, &get::<String>(row, "qualifier")?)?,
                    state: from_word("headcount_report", "state", &state, ReportState::from_word)?,
                    as_written: get(row, "as_written")?,
                    is_subset: get::<Option<Uuid>>(row, "subset_of_id")?.is_some(),
                    is_running_total: get(row, "is_running_total")?,
                    parts: category_parts(get(row, "breakdown")?)?,
                })
            })
            .collect()
    }

    /// Reads events without a figure.
    pub(super) fn read_events_without_figure(
        &self,
        rows: &[QueryResult],
    ) -> Result<Vec<(Vec<GroupKey>, EventWithoutFigure)>, StoreFault> {
        rows.iter()
            .map(|row| {
                let event = get::<Uuid>(row, "event_id")?.into();
                Ok((self.read(row)?, EventWithoutFigure { event, status: status(row)? }))
            })
            .collect()
    }

    fn read(&self, row: &QueryResult) -> Result<Vec<GroupKey>, StoreFault> {
        self.group_by.iter().zip(KEYS).map(|(dimension, alias)| self.key(*dimension, row, alias)).collect()
    }

    fn key(&self, dimension: Dimension, row: &QueryResult, alias: &str) -> Result<GroupKey, StoreFault> {
        let id = || get::<Option<Uuid>>(row, alias);
        let text = || get::<Option<String>>(row, alias);
        Ok(match dimension {
            Dimension::Country => {
                let country = text()?.map(|code| CountryCode::parse("country", &code)).transpose();
                GroupKey::Country(parsed("event", "country", country)?)
            }
            Dimension::Region => {
                let territory = text()?.and_then(|code| self.reference.territory_by_code(&code).cloned());
                GroupKey::Region(territory.map(|territory| territory.id))
            }
            Dimension::Program => GroupKey::Program(id()?.map(Into::into)),
            Dimension::EventKind => {
                let kind: String = get(row, alias)?;
                GroupKey::EventKind(from_word("event", "kind", &kind, EventKind::from_word)?)
            }
            Dimension::Host => GroupKey::Host(id()?.map(Into::into)),
            Dimension::Organiser => GroupKey::Organiser(id()?.map(Into::into)),
            Dimension::Category => GroupKey::Category(id()?.map(Into::into)),
            Dimension::Year => {
                let year = text()?.map(|year| year.parse()).transpose();
                GroupKey::Year(parsed("event", "earliest", year)?)
            }
            Dimension::Month => GroupKey::Month(text()?.as_deref().map(year_and_month).transpose()?),
        })
    }
}

pub(super) fn events(row: &QueryResult) -> Result<EventsFact, StoreFault> {
    Ok(EventsFact {
        all: get(row, "all_events")?,
        counted: get(row, "counted_events")?,
        without_figure: get(row, "without_figure")?,
    })
}

pub(super) fn people(row: &QueryResult) -> Result<CountedFact, StoreFault> {
    Ok(CountedFact {
        registrations: get(row, "registrations")?,
        registered_participants: get(row, "registered_participants")?,
        participations: get(row, "participations")?,
        unique_participants: get(row, "unique_participants")?,
    })
}

/// The parts of a breakdown by category; of another breakdown, and without one, none.
fn category_parts(breakdown: Option<JsonValue>) -> Result<Vec<CategoryPart>, StoreFault> {
    let breakdown: Option<Breakdown> = from_json_opt("headcount_report", "breakdown", breakdown)?;
    let parts = breakdown.map(|breakdown| breakdown.parts).unwrap_or_default();
    // Only parts of a breakdown by category are linked to one.
    let is_linked = parts.iter().any(|part| part.category.is_some());
    let parts = parts.into_iter().filter(|_| is_linked);
    Ok(parts.map(|part| CategoryPart { category: part.category, value: part.value }).collect())
}

fn status(row: &QueryResult) -> Result<EventStatus, StoreFault> {
    from_word("event", "status", &get::<String>(row, "status")?, EventStatus::from_word)
}

fn year_and_month(text: &str) -> Result<(i32, u32), StoreFault> {
    let parts =
        text.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    parts.ok_or_else(|| StoreFault::corrupt("event", "earliest", format!("{text:?} is not a month")))
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreFault> {
    Ok(row.try_get("", column)?)
}
