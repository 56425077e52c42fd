//! What reach can be asked: for which events, grouped by what.

use crate::{
    country::CountryCode,
    event::{EventFilter, EventKind, EventStatus, EventTest},
    filter::Filter,
    id::{ParticipantCategoryId, PartnerId, ProgramId, TerritoryId},
    problem::{Fault, Invalid},
    vocabulary::vocabulary,
};

/// Which events, and which people, are asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachFilter {
    /// The events. Archived ones are never among them.
    pub events: EventFilter,
    /// Events at these points of their life; none for all that are announced and not called off.
    pub statuses: Option<Vec<EventStatus>>,
    /// People of these categories; none for everyone. Reported figures answer with their parts linked to them.
    pub categories: Option<Vec<ParticipantCategoryId>>,
}

impl Default for ReachFilter {
    fn default() -> Self {
        Self { events: Filter::everything(), statuses: None, categories: None }
    }
}

vocabulary! {
    /// What an answer can be grouped by.
    pub enum Dimension {
        /// The country in which the event takes place.
        Country = "country",
        /// The territory directly below the country in which the event takes place.
        Region = "region",
        /// The program of the event.
        Program = "program",
        /// The kind of the event.
        EventKind = "event_kind",
        /// The host of the event.
        Host = "host",
        /// Each lead organiser, organiser and co-organiser of the event: its rows overlap.
        Organiser = "organiser",
        /// The category of the people. Only people have one; a reported figure where its parts are linked to it.
        Category = "category",
        /// The year of the event, where all its possible days lie in one year.
        Year = "year",
        /// The month of the event, where all its possible days lie in one month.
        Month = "month",
    }
}

/// What the events of a group have in common; `None` where it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// They take place in this country.
    Country(Option<CountryCode>),
    /// They take place in this territory below the country; `None` also where they take place in the whole country.
    Region(Option<TerritoryId>),
    /// They belong to this program; `None` where to none.
    Program(Option<ProgramId>),
    /// They are of this kind.
    EventKind(EventKind),
    /// This institution hosts them.
    Host(Option<PartnerId>),
    /// This institution organises them, alone or with others.
    Organiser(Option<PartnerId>),
    /// The people are of this category.
    Category(Option<ParticipantCategoryId>),
    /// They are in this year; `None` where their days are unknown or lie in several.
    Year(Option<i32>),
    /// They are in this year and month; `None` where their days are unknown or lie in several.
    Month(Option<(i32, u32)>),
}

/// A question: which events, grouped by what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    filter: ReachFilter,
    group_by: Vec<Dimension>,
}

impl ReachFilter {
    /// The most categories in a filter.
    pub const MAXIMUM_CATEGORIES: usize = 200;

    /// The points of an event's life that count where none are named: announced, and not called off.
    pub const STATUSES: [EventStatus; 6] = [
        EventStatus::Planned,
        EventStatus::Open,
        EventStatus::InProgress,
        EventStatus::Held,
        EventStatus::Closed,
        EventStatus::Postponed,
    ];
}

impl Question {
    /// How many dimensions an answer is grouped by at most.
    pub const MAXIMUM_DIMENSIONS: usize = 2;
    /// How many groups an answer has at most; a question with more is refused, not cut.
    pub const MAXIMUM_GROUPS: usize = 1_000;

    /// Accepts a question: at most two dimensions, each once, and a filter of bounded size.
    pub fn parse(filter: ReachFilter, group_by: Vec<Dimension>) -> Result<Self, Invalid> {
        if group_by.len() > Self::MAXIMUM_DIMENSIONS {
            let (actual, maximum) = (group_by.len(), Self::MAXIMUM_DIMENSIONS);
            return Err(Invalid::new("groupBy", Fault::TooMany { actual, maximum }));
        }
        if let [first, second] = group_by[..]
            && first == second
        {
            return Err(Invalid::new("groupBy", Fault::Repeated));
        }
        let actual = filter.categories.as_ref().map_or(0, Vec::len);
        let maximum = ReachFilter::MAXIMUM_CATEGORIES;
        if actual > maximum {
            return Err(Invalid::new("category", Fault::TooMany { actual, maximum }).within("where"));
        }
        let filter = ReachFilter { events: filter.events.bounded()?, ..filter };
        Ok(Self { filter, group_by })
    }

    /// The dimensions asked for, in their order.
    #[must_use]
    pub fn group_by(&self) -> &[Dimension] {
        &self.group_by
    }

    /// The categories asked for; none for everyone.
    #[must_use]
    pub fn categories(&self) -> Option<&[ParticipantCategoryId]> {
        self.filter.categories.as_deref()
    }

    /// Whether the answer is split by category.
    #[must_use]
    pub fn splits_by_category(&self) -> bool {
        self.group_by.contains(&Dimension::Category)
    }

    /// Whether an event can stand in more than one group.
    #[must_use]
    pub fn has_overlapping_rows(&self) -> bool {
        self.splits_by_category() || self.group_by.contains(&Dimension::Organiser)
    }

    /// The condition on the events asked about.
    #[must_use]
    pub fn events(&self) -> EventFilter {
        let statuses = self.filter.statuses.clone().unwrap_or_else(|| ReachFilter::STATUSES.to_vec());
        let always = [EventTest::Archived(false), EventTest::Statuses(statuses)].map(Filter::Is);
        Filter::All(always.into_iter().chain([self.filter.events.clone()]).collect())
    }
}

impl GroupKey {
    /// Whether it stands for what is unknown.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        match self {
            Self::EventKind(_) => false,
            Self::Country(key) => key.is_none(),
            Self::Region(key) => key.is_none(),
            Self::Program(key) => key.is_none(),
            Self::Host(key) | Self::Organiser(key) => key.is_none(),
            Self::Category(key) => key.is_none(),
            Self::Year(key) => key.is_none(),
            Self::Month(key) => key.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_at_most_two_dimensions_each_once() {
        use Dimension as D;
        let parse = |group_by: &[Dimension]| Question::parse(ReachFilter::default(), group_by.to_vec());
        assert!(parse(&[]).is_ok());
        assert!(parse(&[D::Country, D::Month]).is_ok());
        assert!(parse(&[D::Country, D::Country]).is_err());
        assert!(parse(&[D::Country, D::Month, D::Host]).is_err());
    }

    #[test]
    fn drafts_and_cancelled_events_are_asked_for_by_name_only() {
        let statuses = |named: Option<Vec<EventStatus>>| {
            let filter = ReachFilter { statuses: named, ..ReachFilter::default() };
            let Filter::All(tests) = Question::parse(filter, Vec::new()).unwrap().events() else {
                panic!("the tests of a question all hold")
            };
            tests.into_iter().find_map(|test| match test {
                Filter::Is(EventTest::Statuses(statuses)) => Some(statuses),
                _ => None,
            })
        };
        let by_default = statuses(None).unwrap();
        assert!(!by_default.contains(&EventStatus::Draft) && !by_default.contains(&EventStatus::Cancelled));
        assert!(by_default.contains(&EventStatus::Planned));
        let named = vec![EventStatus::Cancelled];
        assert_eq!(statuses(Some(named.clone())), Some(named));
    }
}
