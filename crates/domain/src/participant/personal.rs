//! Personal data of a person: sex, birth year, contacts, the officer's note.
//!
//! It is kept apart from the person so that nothing reads, shows or logs it by the way: whoever asks for it
//! needs a capability of its own, and its debug text tells only what is known, not what it says.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::{
    access::Capability,
    account::EmailAddress,
    problem::{Fault, Invalid},
    text::{Line, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// The sex of a person, as stated; never forced and never guessed.
    pub enum Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Neither of the two.
        Other = "other",
        /// Asked, and not stated; unknown is the absence of a value.
        NotStated = "not_stated",
    }
}

vocabulary! {
    /// A kind of personal data: what is shown or withheld together, by one capability.
    pub enum PersonalDataKind {
        /// The e-mail address and the telephone number.
        Contacts = "contacts",
        /// The sex, what it is known from, and the year of birth.
        Demographics = "demographics",
        /// What the person said of disabilities, and what they need to take part.
        Disabilities = "disabilities",
        /// The officer's note, and the sources that the record rests on.
        Notes = "notes",
    }
}

impl PersonalDataKind {
    /// What it takes to read it.
    #[must_use]
    pub const fn capability(self) -> Capability {
        match self {
            Self::Contacts => Capability::SeeContacts,
            Self::Demographics => Capability::SeeDemographics,
            Self::Disabilities => Capability::SeeDisabilities,
            Self::Notes => Capability::SeeNotes,
        }
    }
}

/// A telephone number in international form: `+` and 7 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Accepts a number for the named field; spaces, hyphens, dots and brackets are dropped.
    pub fn parse(field: &str, number: &str) -> Result<Self, Invalid> {
        let number = Line::parse(field, number)?;
        let kept: String = number
            .as_str()
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{A0}' | '-' | '.' | '(' | ')'))
            .collect();
        let well_formed = kept.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && !digits.starts_with('0')
        });
        if well_formed {
            Ok(Self(kept))
        } else {
            let reason = "not a telephone number such as \"+998 71 239 15 63\"".to_owned();
            Err(Invalid::new(field, Fault::Malformed { reason }))
        }
    }

    /// The number: `+` and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PhoneNumber(…)")
    }
}

/// What is known of a person beyond name and place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// The sex; none where unknown.
    pub sex: Option<Sex>,
    /// What the sex is known from, such as a pronoun in a text.
    pub sex_basis: Option<Line>,
    /// The year of birth.
    pub birth_year: Option<i16>,
    /// The e-mail address.
    pub email: Option<EmailAddress>,
    /// The telephone number.
    pub phone: Option<PhoneNumber>,
    /// The officer's note about the person.
    pub note: Option<Passage>,
}

/// The personal data of a person as far as someone may see them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// What is known; a field of a kind that is withheld is empty.
    pub data: PersonalData,
    /// The kinds that are shown.
    pub kinds: BTreeSet<PersonalDataKind>,
}

impl Disclosed {
    /// Shows these kinds of what is known.
    pub fn show(&mut self, known: &PersonalData, kinds: impl IntoIterator<Item = PersonalDataKind>) {
        for kind in kinds {
            self.kinds.insert(kind);
            match kind {
                PersonalDataKind::Contacts => {
                    self.data.email.clone_from(&known.email);
                    self.data.phone.clone_from(&known.phone);
                }
                PersonalDataKind::Demographics => {
                    self.data.sex = known.sex;
                    self.data.sex_basis.clone_from(&known.sex_basis);
                    self.data.birth_year = known.birth_year;
                }
                // Read by a question of its own.
                PersonalDataKind::Disabilities => {}
                PersonalDataKind::Notes => self.data.note.clone_from(&known.note),
            }
        }
    }

    /// The kinds that are withheld, in their order.
    pub fn withheld(&self) -> impl Iterator<Item = PersonalDataKind> {
        PersonalDataKind::ALL.iter().copied().filter(|kind| !self.kinds.contains(kind))
    }
}

/// A command: what to change about personal data. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Clone, Default)]
pub struct PersonalDataChange {
    /// Another sex.
    pub sex: Option<Option<Sex>>,
    /// Another basis for it.
    pub sex_basis: Option<Option<Line>>,
    /// Another year of birth.
    pub birth_year: Option<Option<i16>>,
    /// Another e-mail address.
    pub email: Option<Option<EmailAddress>>,
    /// Another telephone number.
    pub phone: Option<Option<PhoneNumber>>,
    /// Another note.
    pub note: Option<Option<Passage>>,
}

impl PersonalData {
    /// The earliest year of birth on record.
    pub const EARLIEST_BIRTH: i16 = 1900;

    /// Refuses a year of birth before 1900 or after today's, and a basis without the sex it is the basis of.
    pub fn checked(self, today: NaiveDate) -> Result<Self, Invalid> {
        let (minimum, maximum) = (i64::from(Self::EARLIEST_BIRTH), i64::from(today.year()));
        if let Some(actual) = self.birth_year.map(i64::from)
            && !(minimum..=maximum).contains(&actual)
        {
            return Err(Invalid::new("birthYear", Fault::OutOfRange { actual, minimum, maximum }));
        }
        if self.sex.is_none() && self.sex_basis.is_some() {
            return Err(Invalid::new("sex", Fault::NeededBy { other: "sexBasis" }));
        }
        Ok(self)
    }

    /// Decides what it looks like after a change.
    pub fn changed(self, change: PersonalDataChange, today: NaiveDate) -> Result<Self, Invalid> {
        let next = Self {
            sex: change.sex.unwrap_or(self.sex),
            sex_basis: change.sex_basis.unwrap_or(self.sex_basis),
            birth_year: change.birth_year.unwrap_or(self.birth_year),
            email: change.email.unwrap_or(self.email),
            phone: change.phone.unwrap_or(self.phone),
            note: change.note.unwrap_or(self.note),
        };
        next.checked(today)
    }

    /// What this record knows, and what it does not know as another record of the same person has it.
    #[must_use]
    pub fn completed_by(self, other: Self) -> Self {
        let keeps_sex = self.sex.is_some();
        Self {
            sex: self.sex.or(other.sex),
            sex_basis: if keeps_sex { self.sex_basis } else { other.sex_basis },
            birth_year: self.birth_year.or(other.birth_year),
            email: self.email.or(other.email),
            phone: self.phone.or(other.phone),
            note: self.note.or(other.note),
        }
    }
}

impl std::fmt::Debug for PersonalData {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = [
            ("sex", self.sex.is_some()),
            ("birth_year", self.birth_year.is_some()),
            ("email", self.email.is_some()),
            ("phone", self.phone.is_some()),
            ("note", self.note.is_some()),
        ];
        formatter.write_str("PersonalData")?;
        formatter
            .debug_set()
            .entries(known.iter().filter(|(_, is_known)| *is_known).map(|(name, _)| name))
            .finish()
    }
}

impl std::fmt::Debug for PersonalDataChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PersonalDataChange(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 25).unwrap()
    }

    #[test]
    fn a_birth_year_lies_between_1900_and_today() {
        for (year, fits) in [(1899, false), (1900, true), (2026, true), (2027, false)] {
            let data = PersonalData { birth_year: Some(year), ..PersonalData::default() };
            assert_eq!(data.checked(today()).is_ok(), fits, "{year}");
        }
    }

    #[test]
    fn a_basis_needs_the_sex_it_is_the_basis_of() {
        let basis = Some(Line::parse("sexBasis", "pronoun in the text").unwrap());
        let data = PersonalData { sex_basis: basis, ..PersonalData::default() };
        assert_eq!(data.clone().checked(today()).unwrap_err().path, ["sex"]);
        assert!(PersonalData { sex: Some(Sex::Female), ..data }.checked(today()).is_ok());
    }

    #[test]
    fn what_is_not_shown_is_not_there() {
        let known = PersonalData {
            sex: Some(Sex::Female),
            sex_basis: Some(Line::parse("sexBasis", "pronoun in the text").unwrap()),
            birth_year: Some(1980),
            email: Some(EmailAddress::parse("email", "someone@example.org").unwrap()),
            phone: Some(PhoneNumber::parse("phone", "+998712391563").unwrap()),
            note: Some(Passage::parse("note", "A note.").unwrap()),
        };
        for kind in PersonalDataKind::ALL {
            let mut shown = Disclosed::default();
            shown.show(&known, [*kind]);
            let data = &shown.data;
            let contacts = *kind == PersonalDataKind::Contacts;
            assert_eq!((data.email.is_some(), data.phone.is_some()), (contacts, contacts));
            let demographics = *kind == PersonalDataKind::Demographics;
            assert_eq!(
                data.sex.is_some() && data.sex_basis.is_some() && data.birth_year.is_some(),
                demographics
            );
            assert_eq!(
                data.sex.is_some() || data.sex_basis.is_some() || data.birth_year.is_some(),
                demographics
            );
            assert_eq!(data.note.is_some(), *kind == PersonalDataKind::Notes);
            assert_eq!(shown.withheld().count(), PersonalDataKind::ALL.len() - 1);
        }
        let mut all = Disclosed::default();
        all.show(&known, PersonalDataKind::ALL.iter().copied());
        assert_eq!((all.data, all.kinds.len()), (known, PersonalDataKind::ALL.len()));
    }

    #[test]
    fn a_telephone_number_is_kept_in_international_form() {
        assert_eq!(PhoneNumber::parse("phone", "+998 (71) 239-15-63").unwrap().as_str(), "+998712391563");
        for wrong in ["", "239-15-63", "+99", "+0998712391563", "+9987123915631234", "+99871abc1563"] {
            assert!(PhoneNumber::parse("phone", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn debug_text_tells_what_is_known_and_not_what_it_says() {
        let data = PersonalData {
            email: Some(EmailAddress::parse("email", "someone@example.org").unwrap()),
            birth_year: Some(1980),
            ..PersonalData::default()
        };
        assert_eq!(format!("{data:?}"), r#"PersonalData{"birth_year", "email"}"#);
    }
}
