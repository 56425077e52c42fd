//! The manifest: what a device at the door holds of an event's people, so that it works without a network.
//!
//! How much of a name it holds is the event's own setting. How changes are found since a device asked last belongs to
//! `persistence`.

use crate::{
    id::{ParticipantCategoryId, RegistrationId},
    language::Language,
    participant::PersonNames,
    problem::{Fault, Invalid},
    registration::RegistrationRole,
    vocabulary::vocabulary,
};

vocabulary! {
    /// How much of people's names the devices of an event hold.
    pub enum ManifestNames {
        /// The whole name.
        Full = "full",
        /// The first letters alone.
        Initials = "initials",
        /// Nothing: people are known by their badges.
        Nothing = "nothing",
    }
}

vocabulary! {
    /// Why someone is no longer in the manifest.
    pub enum RemovalReason {
        /// The registration was cancelled.
        Cancelled = "cancelled",
        /// There is no such registration at the event any more.
        Gone = "gone",
    }
}

impl ManifestNames {
    /// What a device is shown of a person's name, for readers of these languages.
    #[must_use]
    pub fn shown(self, names: &PersonNames, languages: &[Language]) -> Option<String> {
        match self {
            Self::Full => Some(names.display(languages).to_owned()),
            Self::Initials => Some(initials(names.display(languages))),
            Self::Nothing => None,
        }
    }
}

/// The first letter of each word, each with a full stop; at most three.
fn initials(name: &str) -> String {
    const MOST: usize = 3;
    let words = name.split(|c: char| c.is_whitespace() || c == '.');
    let first = words.filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let letters: Vec<String> = first.take(MOST).map(|letter| format!("{}.", letter.to_uppercase())).collect();
    letters.join(" ")
}

/// One person of a manifest, who is expected.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestEntry {
    /// Their registration.
    pub registration: RegistrationId,
    /// Their names; how much of them is shown, the event says.
    pub names: PersonNames,
    /// What they are at the event.
    pub role: RegistrationRole,
    /// Their participant category.
    pub category: Option<ParticipantCategoryId>,
    /// Whether they head a delegation.
    pub is_delegation_head: bool,
    /// The first serial of their badge that is good: those below it were revoked or replaced.
    pub first_good_serial: i32,
}

/// That someone is no longer in the manifest, or that their badge is not good any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// The registration.
    pub registration: RegistrationId,
    /// Whether it does not stand any more: none of its badges is good.
    pub is_cancelled: bool,
    /// The first serial of its badge that is good.
    pub first_good_serial: i32,
}

/// How many changes or people come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u32);

impl PageSize {
    /// How many where nothing else is said.
    pub const DEFAULT: u32 = 200;
    /// The most.
    pub const MAXIMUM: u32 = 500;

    /// Accepts a size for the argument `first`.
    pub fn parse(first: Option<i32>) -> Result<Self, Invalid> {
        let Some(first) = first else { return Ok(Self(Self::DEFAULT)) };
        let fits = |size: &u32| (1..=Self::MAXIMUM).contains(size);
        u32::try_from(first).ok().filter(fits).map(Self).ok_or_else(|| {
            let (actual, maximum) = (first.into(), Self::MAXIMUM.into());
            Invalid::new("first", Fault::OutOfRange { actual, minimum: 1, maximum })
        })
    }

    /// The number.
    #[must_use]
    pub fn rows(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{name::NameKind, participant::PersonName, text::Line};

    fn names(text: &str) -> PersonNames {
        let line = Line::parse("asWritten", text).unwrap();
        let language = Language::parse("language", "und").unwrap();
        PersonNames::parse(vec![PersonName::as_written(line, language, NameKind::AsWritten)]).unwrap()
    }

    #[test]
    fn a_device_is_shown_as_much_of_a_name_as_the_event_says() {
        let anna = names("Anna Petrova");
        assert_eq!(ManifestNames::Full.shown(&anna, &[]).as_deref(), Some("Anna Petrova"));
        assert_eq!(ManifestNames::Initials.shown(&anna, &[]).as_deref(), Some("A. P."));
        assert_eq!(ManifestNames::Nothing.shown(&anna, &[]), None);
    }

    #[test]
    fn initials_are_letters_of_any_script() {
        for (name, expected) in [
            ("Б. Кучкаров", "Б. К."),
            ("Е.С. Космуратов", "Е. С. К."),
            ("o‘g‘li (Bobur)", "O. B."),
            ("Ana Maria de la Cruz", "A. M. D."),
            ("—", ""),
        ] {
            assert_eq!(ManifestNames::Initials.shown(&names(name), &[]).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_page_has_a_size() {
        assert_eq!(PageSize::parse(None).unwrap().rows(), 200);
        assert_eq!(PageSize::parse(Some(500)).unwrap().rows(), 500);
        for wrong in [0, -1, 501] {
            assert!(PageSize::parse(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
