//! Commands on headcount reports: report, correct, withdraw, and what each must satisfy.

use super::{
    Amount, Basis, Breakdown, Figure, HeadcountRefusal, HeadcountReport, Measure, ReportState, Unit,
    amount::in_range,
};
use crate::{
    event::{Event, EventRefusal},
    id::{EventId, HeadcountReportId},
    problem::{Fault, Invalid, Problem},
    text::{LocalizedText, Passage},
};

/// A command: a figure to be reported of an event.
#[derive(Debug, Clone)]
pub struct NewHeadcountReport {
    /// The event.
    pub event: EventId,
    /// What is said of it.
    pub figure: Figure,
}

/// A command: what to correct about a report. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct HeadcountChange {
    /// Another measure.
    pub measure: Option<Measure>,
    /// Another label; the inner `None` removes it.
    pub label: Option<Option<LocalizedText>>,
    /// Another unit.
    pub unit: Option<Unit>,
    /// Another amount.
    pub amount: Option<Amount>,
    /// Another state.
    pub state: Option<ReportState>,
    /// Another basis.
    pub basis: Option<Basis>,
    /// Another wording; the inner `None` removes it.
    pub as_written: Option<Option<Passage>>,
    /// Another breakdown in place of the old one; the inner `None` removes it.
    pub breakdown: Option<Option<Breakdown>>,
    /// Another report that contains it; the inner `None` makes it stand by itself.
    pub subset_of: Option<Option<HeadcountReportId>>,
    /// Whether it adds up everything so far.
    pub is_running_total: Option<bool>,
    /// Another note; the inner `None` removes it.
    pub note: Option<Option<Passage>>,
}

impl NewHeadcountReport {
    /// Decides whether the figure can be reported of the event; `siblings` are the event's other reports.
    pub fn checked(self, event: &Event, siblings: &[HeadcountReport]) -> Result<Self, Problem> {
        check_open(event)?;
        let figure = self.figure.checked()?;
        check_containment(None, figure.subset_of, siblings)?;
        Ok(Self { figure, ..self })
    }
}

impl HeadcountReport {
    /// Decides what the report looks like after a correction; `siblings` are all reports of the event.
    pub fn corrected(
        &self,
        change: HeadcountChange,
        event: &Event,
        siblings: &[Self],
    ) -> Result<Self, Problem> {
        check_open(event)?;
        if self.withdrawn.is_some() {
            return Err(HeadcountRefusal::Withdrawn.into());
        }
        let mut next = self.clone();
        next.version += 1;
        let figure = &mut next.figure;
        figure.measure = change.measure.unwrap_or(figure.measure);
        figure.unit = change.unit.unwrap_or(figure.unit);
        figure.amount = change.amount.unwrap_or(figure.amount);
        figure.state = change.state.unwrap_or(figure.state);
        figure.basis = change.basis.unwrap_or(figure.basis);
        figure.subset_of = change.subset_of.unwrap_or(figure.subset_of);
        figure.is_running_total = change.is_running_total.unwrap_or(figure.is_running_total);
        figure.label = change.label.unwrap_or_else(|| figure.label.take());
        figure.as_written = change.as_written.unwrap_or_else(|| figure.as_written.take());
        figure.breakdown = change.breakdown.unwrap_or_else(|| figure.breakdown.take());
        figure.note = change.note.unwrap_or_else(|| figure.note.take());
        next.figure = next.figure.checked()?;
        if change.subset_of.is_some() {
            check_containment(Some(self.id), next.figure.subset_of, siblings)?;
        }
        Ok(next)
    }

    /// Decides what the report looks like after it was withdrawn.
    pub fn withdrawn(&self, reason: Passage, event: &Event) -> Result<Self, Problem> {
        check_open(event)?;
        if self.withdrawn.is_some() {
            return Err(HeadcountRefusal::Withdrawn.into());
        }
        Ok(Self { withdrawn: Some(reason), version: self.version + 1, ..self.clone() })
    }
}

impl Figure {
    /// Accepts a figure whose parts fit together, or names the field that does not.
    pub fn checked(self) -> Result<Self, Invalid> {
        let counts_countries = self.measure == Measure::CountriesRepresented;
        let counts_certificates = self.measure == Measure::Certificates;
        let fits = match self.unit {
            Unit::Persons | Unit::Seats => !counts_countries && !counts_certificates,
            Unit::Countries => counts_countries || self.measure == Measure::Other,
            Unit::Certificates => counts_certificates || self.measure == Measure::Other,
            Unit::Institutions => self.measure == Measure::Other,
            Unit::Percent => true,
        };
        if !fits {
            let reason = format!("{} are not counted in {}", self.measure, self.unit);
            return Err(Invalid::new("unit", Fault::Malformed { reason }));
        }
        if self.measure == Measure::Other && self.label.is_none() {
            return Err(Invalid::new("label", Fault::NeededBy { other: "measure other" }));
        }
        if let Some(value) = self.amount.value() {
            let value = in_range("value", value)?;
            if self.unit == Unit::Percent && value > 100 {
                return Err(Invalid::new(
                    "value",
                    Fault::OutOfRange { actual: value, minimum: 0, maximum: 100 },
                ));
            }
        }
        let breakdown = self.breakdown.map(Breakdown::checked).transpose();
        Ok(Self { breakdown: breakdown.map_err(|e| e.within("breakdown"))?, ..self })
    }
}

/// Refuses to touch the figures of an event that is archived, closed or cancelled.
fn check_open(event: &Event) -> Result<(), Problem> {
    if event.is_archived {
        Err(Problem::Archived)
    } else if event.status.is_finished() {
        Err(EventRefusal::Finished { status: event.status }.into())
    } else {
        Ok(())
    }
}

/// Refuses a containing report of another event, a withdrawn one, and a circle.
fn check_containment(
    own: Option<HeadcountReportId>,
    subset_of: Option<HeadcountReportId>,
    siblings: &[HeadcountReport],
) -> Result<(), Problem> {
    let Some(container) = subset_of else { return Ok(()) };
    let find = |id| siblings.iter().find(|report| report.id == id);
    if find(container).is_none_or(|report| report.withdrawn.is_some()) {
        return Err(Invalid::new("subsetOfId", Fault::NotFound).into());
    }
    let chain = std::iter::successors(Some(container), |id| find(*id).and_then(|r| r.figure.subset_of));
    if chain.take(siblings.len() + 1).any(|id| Some(id) == own) {
        return Err(HeadcountRefusal::ContainsItself.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Basis, Qualifier};
    use super::*;
    use rstest::rstest;
    use uuid::Uuid;

    fn figure(measure: Measure, unit: Unit, value: i64) -> Figure {
        Figure {
            measure,
            label: None,
            unit,
            amount: Amount::parse(Some(value), Qualifier::Exact).unwrap(),
            state: ReportState::Attended,
            basis: Basis::Reported,
            as_written: None,
            breakdown: None,
            subset_of: None,
            is_running_total: false,
            note: None,
        }
    }

    fn report(id: u128, subset_of: Option<u128>) -> HeadcountReport {
        let subset_of = subset_of.map(|id| Uuid::from_u128(id).into());
        HeadcountReport {
            id: Uuid::from_u128(id).into(),
            version: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            event: Uuid::from_u128(1).into(),
            figure: Figure { subset_of, ..figure(Measure::Participants, Unit::Persons, 95) },
            withdrawn: None,
        }
    }

    #[rstest]
    #[case(Measure::Participants, Unit::Persons, true)]
    #[case(Measure::Participants, Unit::Seats, true)]
    #[case(Measure::Women, Unit::Percent, true)]
    #[case(Measure::CountriesRepresented, Unit::Countries, true)]
    #[case(Measure::CountriesRepresented, Unit::Persons, false)]
    #[case(Measure::Participants, Unit::Countries, false)]
    #[case(Measure::Certificates, Unit::Certificates, true)]
    #[case(Measure::Delegates, Unit::Institutions, false)]
    fn a_measure_is_counted_in_its_own_units(
        #[case] measure: Measure,
        #[case] unit: Unit,
        #[case] fits: bool,
    ) {
        assert_eq!(figure(measure, unit, 42).checked().is_ok(), fits);
    }

    #[test]
    fn a_share_is_at_most_the_whole() {
        assert!(figure(Measure::Women, Unit::Percent, 100).checked().is_ok());
        assert_eq!(figure(Measure::Women, Unit::Percent, 101).checked().unwrap_err().path, ["value"]);
    }

    #[test]
    fn a_measure_outside_the_list_needs_a_label() {
        assert_eq!(figure(Measure::Other, Unit::Persons, 3).checked().unwrap_err().path, ["label"]);
    }

    #[test]
    fn a_report_is_contained_in_another_of_its_event_and_never_in_itself() {
        let siblings = [report(10, None), report(11, Some(10)), report(12, Some(11))];
        let check = |own: Option<u128>, container: u128| {
            let own = own.map(|id| Uuid::from_u128(id).into());
            check_containment(own, Some(Uuid::from_u128(container).into()), &siblings)
        };
        assert_eq!(check(None, 12), Ok(()));
        assert_eq!(check(Some(10), 12), Err(HeadcountRefusal::ContainsItself.into()));
        assert_eq!(check(Some(10), 10), Err(HeadcountRefusal::ContainsItself.into()));
        assert_eq!(check(None, 13), Err(Invalid::new("subsetOfId", Fault::NotFound).into()));
    }

    #[test]
    fn a_withdrawn_report_contains_nothing_new() {
        let withdrawn = Passage::parse("reason", "Typed twice.").ok();
        let siblings = [HeadcountReport { withdrawn, ..report(10, None) }];
        let container = Some(Uuid::from_u128(10).into());
        assert!(check_containment(None, container, &siblings).is_err());
    }
}
