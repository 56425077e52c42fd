//! Names of persons: the form as written, its parts where they are known, and the script it is in.
//!
//! A part that no source gives stays unknown; nothing is split off the written form by guessing.

use serde::{Deserialize, Serialize};

use crate::{
    fold,
    language::{Language, Script},
    name::NameKind,
    problem::{Fault, Invalid},
    text::Line,
};

/// One form of a person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// The name as its source writes it.
    pub as_written: Line,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Line>,
    /// The given name in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Line>,
    /// The patronymic in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<Line>,
    /// The initials that stand for given name and patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initials: Option<Line>,
    /// Its language; `und` where that is unknown.
    pub language: Language,
    /// What it is to its bearer.
    pub kind: NameKind,
}

impl PersonName {
    /// A form of which nothing but the writing is known.
    #[must_use]
    pub fn as_written(text: Line, language: Language, kind: NameKind) -> Self {
        Self { as_written: text, family: None, given: None, patronymic: None, initials: None, language, kind }
    }

    /// The script, told from the letters.
    #[must_use]
    pub fn script(&self) -> Script {
        Script::of(self.as_written.as_str())
    }

    /// Whether initials stand where the given name should.
    #[must_use]
    pub fn has_initials_only(&self) -> bool {
        self.given.is_none() && self.initials.is_some()
    }

    fn parts(&self) -> impl Iterator<Item = &Line> {
        [&self.family, &self.given, &self.patronymic, &self.initials].into_iter().flatten()
    }

    /// The folded words it sorts by: the family name first, where it is known.
    fn sort_key(&self) -> String {
        if self.family.is_none() {
            return fold::fold(self.as_written.as_str());
        }
        let given = self.given.as_ref().or(self.initials.as_ref());
        let parts = [self.family.as_ref(), given, self.patronymic.as_ref()];
        let parts: Vec<&str> = parts.into_iter().flatten().map(Line::as_str).collect();
        fold::fold(&parts.join(" "))
    }
}

/// The names of one person; at least one, at most 20.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonNames(Vec<PersonName>);

impl PersonNames {
    /// The most names one person can bear.
    pub const MAXIMUM: usize = 20;

    /// Accepts the names of a person.
    pub fn parse(names: Vec<PersonName>) -> Result<Self, Invalid> {
        if names.is_empty() {
            return Err(Invalid::new("names", Fault::Empty));
        }
        let actual = names.len();
        if actual > Self::MAXIMUM {
            return Err(Invalid::new("names", Fault::TooMany { actual, maximum: Self::MAXIMUM }));
        }
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err(Invalid::new(&index.to_string(), Fault::Repeated).within("names"));
            }
        }
        Ok(Self(names))
    }

    /// What stands in place of the names of a person who was anonymised.
    pub fn anonymised() -> Result<Self, Invalid> {
        let text = Line::parse("asWritten", "Anonymised")?;
        let language = Language::parse("language", "en")?;
        Ok(Self(vec![PersonName::as_written(text, language, NameKind::Official)]))
    }

    /// All names, in the record's own order.
    pub fn iter(&self) -> impl Iterator<Item = &PersonName> {
        self.0.iter()
    }

    /// The name to show to a reader of these languages: an official one in a wanted language,
    /// then any current one in a wanted language, then the record's first.
    #[must_use]
    pub fn display(&self, wanted: &[Language]) -> &str {
        self.preferred(wanted).map_or("", |name| name.as_written.as_str())
    }

    /// Whether every form of the name has initials where the given name should stand.
    #[must_use]
    pub fn are_initials_only(&self) -> bool {
        self.0.iter().all(PersonName::has_initials_only)
    }

    /// The folded text by which people are ordered, the same for both scripts: the family name first.
    #[must_use]
    pub fn sort_name(&self) -> String {
        self.preferred(&[]).map(PersonName::sort_key).unwrap_or_default()
    }

    /// The folded words of every form and part, each once.
    #[must_use]
    pub fn search_terms(&self) -> Vec<String> {
        let texts = self.0.iter().flat_map(|name| std::iter::once(&name.as_written).chain(name.parts()));
        let mut terms: Vec<String> = texts.flat_map(|text| fold::terms(text.as_str())).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// These names, then those of another record of the same person that are not among them.
    #[must_use]
    pub fn joined_with(&self, other: &Self) -> Self {
        let mut names = self.0.clone();
        names.extend(other.0.iter().filter(|name| !self.0.contains(name)).cloned());
        names.truncate(Self::MAXIMUM);
        Self(names)
    }

    fn preferred(&self, wanted: &[Language]) -> Option<&PersonName> {
        let current = |name: &&PersonName| name.kind != NameKind::Former;
        wanted
            .iter()
            .find_map(|want| {
                let mut fitting = self.0.iter().filter(|name| name.language.matches(want)).filter(current);
                fitting.clone().find(|name| name.kind == NameKind::Official).or_else(|| fitting.next())
            })
            .or_else(|| self.0.iter().find(current))
            .or_else(|| self.0.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::parse("name", text).unwrap()
    }

    fn name(text: &str, family: &str, initials: &str, language: &str) -> PersonName {
        PersonName {
            family: Some(line(family)),
            initials: Some(line(initials)),
            ..PersonName::as_written(
                line(text),
                Language::parse("language", language).unwrap(),
                NameKind::AsWritten,
            )
        }
    }

    fn kuchkarov() -> PersonNames {
        let cyrillic = name("Б. Кучкаров", "Кучкаров", "Б.", "ru");
        let latin = name("B. Kuchkarov", "Kuchkarov", "B.", "en");
        PersonNames::parse(vec![cyrillic, latin]).unwrap()
    }

    #[test]
    fn a_person_is_found_and_sorted_alike_in_both_scripts() {
        let names = kuchkarov();
        let terms = names.search_terms();
        for text in ["Кучкаров", "Kuchkarov"] {
            for term in fold::query_terms(text).unwrap() {
                assert!(terms.contains(&term), "{term} in {terms:?}");
            }
        }
        let latin = PersonNames::parse(vec![name("B. Kuchkarov", "Kuchkarov", "B.", "en")]).unwrap();
        assert_eq!(names.sort_name(), latin.sort_name());
    }

    #[test]
    fn initials_only_is_told_from_all_forms() {
        assert!(kuchkarov().are_initials_only());
        let full = PersonName {
            given: Some(line("Ерлан")),
            ..name("Ерлан Космуратов", "Космуратов", "Е.С.", "ru")
        };
        let short = name("Космуратов Е.С.", "Космуратов", "Е.С.", "ru");
        assert!(!PersonNames::parse(vec![short, full]).unwrap().are_initials_only());
    }

    #[test]
    fn the_name_to_show_is_in_the_wanted_language() {
        let wanted = [Language::parse("language", "en").unwrap()];
        assert_eq!(kuchkarov().display(&wanted), "B. Kuchkarov");
        assert_eq!(kuchkarov().display(&[]), "Б. Кучкаров");
    }

    #[test]
    fn the_family_name_sorts_first_where_it_is_known() {
        let one = name("Б. Кучкаров", "Кучкаров", "Б.", "ru");
        assert!(one.sort_key().starts_with(&fold::fold("Кучкаров")));
        let unknown = PersonName { family: None, ..one };
        assert!(unknown.sort_key().starts_with(&fold::fold("Б")));
    }

    #[test]
    fn a_person_has_at_least_one_name_and_none_twice() {
        assert_eq!(PersonNames::parse(Vec::new()).unwrap_err().fault, Fault::Empty);
        let one = name("Б. Кучкаров", "Кучкаров", "Б.", "ru");
        let fault = PersonNames::parse(vec![one.clone(), one]).unwrap_err();
        assert_eq!((fault.path, fault.fault), (vec!["names".to_owned(), "1".to_owned()], Fault::Repeated));
    }
}
