//! Sources: the documents that records come from, and the places where records cite them.
//!
//! A document is public to everyone who signs in; a citation is seen with the record that cites.

mod citation;

pub use citation::{Citation, CitationCertainty, Cite, FieldName, NewCitation, RecordRef};

use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use crate::{
    access::{Subject, Whereabouts, actions},
    filter::Filter,
    fold,
    id::{PartnerId, SourceId},
    imprecise_date::EventDates,
    language::Language,
    page::Direction,
    problem::{Fault, Invalid},
    text::{Line, Passage},
    vocabulary::vocabulary,
};

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its identifier.
    pub id: SourceId,
    /// How often it was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// What is known about it.
    pub description: Description,
    /// Where it stands for access: with its publisher, else with the platform.
    pub whereabouts: Whereabouts,
}

impl Subject for Source {
    type Id = SourceId;

    fn id(&self) -> SourceId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Source;
    /// Changes what is recorded about a source.
    Edit "edit" => CiteSources;
}

/// What is known about a document; at least its name, its headline or its address.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// What it is called in the files: a file name, a register number, a title.
    pub document: Option<Line>,
    /// Its headline.
    pub headline: Option<Line>,
    /// Where it can be read.
    pub address: Option<Address>,
    /// The language it is written in.
    pub language: Option<Language>,
    /// The institution that published it.
    pub publisher: Option<PartnerId>,
    /// The publisher in the words of the document.
    pub publisher_as_written: Option<Line>,
    /// When it was published.
    pub published: Option<EventDates>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// An address on the web: `http` or `https`, with a host, without a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// The longest address, in bytes.
    pub const MAXIMUM: usize = 2_000;

    /// Accepts an address for the named field.
    pub fn parse(field: &str, address: &str) -> Result<Self, Invalid> {
        if address.len() > Self::MAXIMUM {
            let (actual, maximum) = (address.len(), Self::MAXIMUM);
            return Err(Invalid::new(field, Fault::TooLong { actual, maximum }));
        }
        let refuse = |reason: &str| Invalid::new(field, Fault::Malformed { reason: reason.to_owned() });
        let url = Url::parse(address.trim()).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("only http and https addresses can be recorded"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("an address is recorded without a name or a password"));
        }
        Ok(Self(url))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A command: what to change about a source. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct SourceChange {
    /// Another document name; the inner `None` removes it.
    pub document: Option<Option<Line>>,
    /// Another headline; the inner `None` removes it.
    pub headline: Option<Option<Line>>,
    /// Another address; the inner `None` removes it.
    pub address: Option<Option<Address>>,
    /// Another language; the inner `None` makes it unknown.
    pub language: Option<Option<Language>>,
    /// Another publisher; the inner `None` makes it unknown.
    pub publisher: Option<Option<PartnerId>>,
    /// Another wording of the publisher; the inner `None` removes it.
    pub publisher_as_written: Option<Option<Line>>,
    /// Another date of publication; the inner `None` makes it unknown.
    pub published: Option<Option<EventDates>>,
    /// Another note; the inner `None` removes it.
    pub note: Option<Option<Passage>>,
}

impl Description {
    /// Accepts a description by which the document can be told from others.
    pub fn checked(self) -> Result<Self, Invalid> {
        if self.document.is_none() && self.headline.is_none() && self.address.is_none() {
            return Err(Invalid::new("document", Fault::NeededBy { other: "neither headline nor address" }));
        }
        Ok(self)
    }

    /// The folded words by which search finds the document: of its name and of its headline.
    #[must_use]
    pub fn search_terms(&self) -> Vec<String> {
        let texts = [&self.document, &self.headline].into_iter().flatten();
        let mut terms: Vec<String> = texts.flat_map(|text| fold::terms(text.as_str())).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}

impl Source {
    /// Decides what the source looks like after a change.
    pub fn changed(&self, change: SourceChange) -> Result<Self, Invalid> {
        let mut next = self.clone();
        next.version += 1;
        let known = &mut next.description;
        known.document = change.document.unwrap_or_else(|| known.document.take());
        known.headline = change.headline.unwrap_or_else(|| known.headline.take());
        known.address = change.address.unwrap_or_else(|| known.address.take());
        known.language = change.language.unwrap_or_else(|| known.language.take());
        known.publisher = change.publisher.unwrap_or(known.publisher);
        known.publisher_as_written =
            change.publisher_as_written.unwrap_or_else(|| known.publisher_as_written.take());
        known.published = change.published.unwrap_or_else(|| known.published.take());
        known.note = change.note.unwrap_or_else(|| known.note.take());
        next.description = next.description.checked()?;
        Ok(next)
    }
}

/// One test on sources.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceTest {
    /// Is one of these.
    Ids(Vec<SourceId>),
    /// Is written in exactly one of these languages.
    Languages(Vec<Language>),
    /// Was published by one of these.
    Publishers(Vec<PartnerId>),
    /// Can have been published on a day of this period; one without any date of publication was not.
    PublishedDuring {
        /// The first day of the period.
        from: Option<NaiveDate>,
        /// The last day of the period.
        until: Option<NaiveDate>,
    },
    /// Has, for each of these folded words, a word in its name or headline that begins with it.
    Named(Vec<String>),
}

/// A condition on sources.
pub type SourceFilter = Filter<SourceTest>;

vocabulary! {
    /// What sources are ordered by.
    pub enum SourceOrderField {
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of sources.
pub type SourceOrder = (SourceOrderField, Direction);

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://example.org/a?b=c", true)]
    #[case("http://сайлау.қаз/ru", true)]
    #[case("ftp://example.org/a", false)]
    #[case("javascript:alert(1)", false)]
    #[case("file:///etc/passwd", false)]
    #[case("https://user:secret@example.org/", false)]
    #[case("example.org", false)]
    #[case("", false)]
    fn an_address_leads_to_the_web(#[case] address: &str, #[case] is_accepted: bool) {
        assert_eq!(Address::parse("address", address).is_ok(), is_accepted);
    }

    #[test]
    fn a_source_can_be_told_from_others_and_stays_so() {
        let nothing = Description {
            document: None,
            headline: None,
            address: None,
            language: None,
            publisher: None,
            publisher_as_written: None,
            published: None,
            note: None,
        };
        assert_eq!(nothing.clone().checked().unwrap_err().path, ["document"]);
        let headline = Line::parse("headline", "Делегация ЦИК приняла участие").ok();
        let source = Source {
            id: uuid::Uuid::from_u128(1).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            description: Description { headline, ..nothing },
            whereabouts: Whereabouts::default(),
        };
        assert!(source.changed(SourceChange { headline: Some(None), ..SourceChange::default() }).is_err());
        assert_eq!(source.changed(SourceChange::default()).unwrap().description, source.description);
        assert!(source.description.search_terms().iter().any(|term| term.starts_with("delegats")));
    }
}
