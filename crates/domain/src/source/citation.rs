//! Citations: which source a record rests on, for which of its fields, and how an unclear wording was read.
//!
//! An ambiguity is a citation with the wording, the reading that was chosen and how sure the officer is;
//! whoever knows better later removes it and cites anew, and the change feed keeps both.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    access::{Action, Capability, Subject},
    id::{CitationId, Id, RecordKind, SourceId},
    problem::{Fault, Invalid},
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// How a record is known from its source.
    pub enum CitationCertainty {
        /// The source says so.
        Stated = "stated",
        /// It follows from the source and from something else.
        Inferred = "inferred",
        /// The wording can be read in more than one way.
        Disputed = "disputed",
    }
}

/// A record of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// What kind of record it is.
    pub kind: RecordKind,
    /// Its identifier.
    pub id: Uuid,
}

impl<I: Id> From<I> for RecordRef {
    fn from(id: I) -> Self {
        Self { kind: I::KIND, id: id.uuid() }
    }
}

/// The name of a field as the public interface spells it, such as `dates` or `host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

impl FieldName {
    /// Accepts a name for the named field: letters, digits and dots, a small letter first, at most 100.
    pub fn parse(field: &str, name: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let begins_small = name.starts_with(|c: char| c.is_ascii_lowercase());
        if begins_small && name.len() <= 100 && name.chars().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            let reason = "not the name of a field such as \"dates\" or \"host\"".to_owned();
            Err(Invalid::new(field, Fault::Malformed { reason }))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A place where a record cites a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Its identifier.
    pub id: CitationId,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// What is cited.
    pub source: SourceId,
    /// Which record cites.
    pub subject: RecordRef,
    /// The field it speaks for; none where it speaks for the whole record.
    pub field: Option<FieldName>,
    /// How the record is known from it.
    pub certainty: CitationCertainty,
    /// The words of the source.
    pub wording: Option<Passage>,
    /// How they were read.
    pub reading: Option<Passage>,
    /// The officer's note: what is unclear, and why it was read so.
    pub note: Option<Passage>,
}

/// A command: a source to be cited for a record.
#[derive(Debug, Clone)]
pub struct NewCitation {
    /// What is cited.
    pub source: SourceId,
    /// Which record cites.
    pub subject: RecordRef,
    /// The field it speaks for.
    pub field: Option<FieldName>,
    /// How the record is known from it.
    pub certainty: CitationCertainty,
    /// The words of the source.
    pub wording: Option<Passage>,
    /// How they were read.
    pub reading: Option<Passage>,
    /// The officer's note.
    pub note: Option<Passage>,
}

impl NewCitation {
    /// Accepts a citation; what is not simply stated says how it was read, or a later officer could not reverse it.
    pub fn checked(self) -> Result<Self, Invalid> {
        let is_explained = self.reading.is_some() || self.note.is_some();
        match self.certainty {
            CitationCertainty::Inferred | CitationCertainty::Disputed if !is_explained => {
                Err(Invalid::new("reading", Fault::NeededBy { other: "certainty inferred or disputed" }))
            }
            _ => Ok(self),
        }
    }
}

/// Cites a source for a record of any kind, or removes the citation.
#[derive(Debug)]
pub struct Cite<S>(PhantomData<S>);

impl<S: Subject> Action for Cite<S> {
    type On = S;
    const CAPABILITY: Capability = Capability::CiteSources;
    const VERB: &'static str = "cite a source for";
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("dates", true)]
    #[case("figure.amount", true)]
    #[case("partners.0", true)]
    #[case("Dates", false)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("дата", false)]
    fn a_field_is_named_as_the_interface_spells_it(#[case] name: &str, #[case] is_accepted: bool) {
        assert_eq!(FieldName::parse("field", name).is_ok(), is_accepted);
    }

    #[test]
    fn what_is_not_simply_stated_says_how_it_was_read() {
        let citation = |certainty, reading: Option<&str>| NewCitation {
            source: Uuid::from_u128(1).into(),
            subject: crate::id::EventId::from(Uuid::from_u128(2)).into(),
            field: None,
            certainty,
            wording: Passage::parse("wording", "On May 24-5").ok(),
            reading: reading.and_then(|text| Passage::parse("reading", text).ok()),
            note: None,
        };
        let kinds = [
            (CitationCertainty::Stated, None, true),
            (CitationCertainty::Disputed, None, false),
            (CitationCertainty::Inferred, None, false),
            (CitationCertainty::Disputed, Some("24 to 25 May"), true),
        ];
        for (certainty, reading, is_accepted) in kinds {
            assert_eq!(citation(certainty, reading).checked().is_ok(), is_accepted, "{certainty}");
        }
    }
}
