//! Holds the embedded tables to the standards they follow and to the documents the program starts with.

use std::collections::HashSet;

use rstest::rstest;

use crate::{name::NameKind, territory::TerritoryKind};

use super::{TerritoryRow, countries, find_country, find_territory, territories};

fn below(parent: &str) -> Vec<&'static TerritoryRow> {
    let lies_in = |row: &&TerritoryRow| row.parent.as_ref().is_some_and(|code| code.as_str() == parent);
    territories().iter().filter(lies_in).collect()
}

fn names(code: &str) -> Vec<&'static str> {
    let row = find_territory(code).unwrap_or_else(|| panic!("{code} is in the reference data"));
    row.names.iter().map(|name| name.text.as_str()).collect()
}

#[rstest]
#[case("UZ", 14)]
#[case("KZ", 20)]
#[case("IN", 36)]
fn the_first_level_is_complete_and_bears_the_current_iso_codes(#[case] country: &str, #[case] count: usize) {
    let ours: HashSet<&str> = below(country).iter().map(|row| row.code.as_str()).collect();
    let iso = rust_iso3166::from_alpha2(country).unwrap();
    let theirs: HashSet<&str> = iso.subdivisions().unwrap().iter().map(|unit| unit.code).collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), count);
}

#[test]
fn every_country_of_the_standard_has_names_in_english_russian_kazakh_and_uzbek() {
    let countries = countries();
    assert_eq!(countries.len(), rust_iso3166::ALL.len());
    for country in &countries {
        for language in ["en", "ru", "kk", "uz", "uz-Cyrl"] {
            let named = country.names.iter().any(|name| name.language.as_str() == language);
            assert!(named, "{} has no name in {language}", country.code);
        }
    }
    let rows = territories().iter().filter(|row| row.kind == TerritoryKind::Country);
    assert_eq!(rows.count(), countries.len());
}

#[test]
fn the_english_name_of_iso_is_among_the_names_of_each_country() {
    for country in countries() {
        let found = country.names.iter().any(|name| name.text.as_str() == country.iso_name);
        assert!(found, "{} is {} in ISO 3166", country.code, country.iso_name);
    }
}

#[rstest]
#[case("UZ", "Uzbekistan")]
#[case("BO", "Bolivia")]
#[case("GB", "United Kingdom")]
#[case("KR", "Republic of Korea")]
fn a_country_is_shown_by_its_short_name(#[case] code: &str, #[case] shown: &str) {
    let country = find_country(code).unwrap();
    assert_eq!(country.names.display(&[]), shown);
}

#[test]
fn a_place_the_standard_does_not_list_is_no_country() {
    assert_eq!(find_country("XK"), None);
    assert_eq!(find_country("uz"), None);
}

#[test]
fn parents_come_before_what_lies_in_them() {
    let mut seen = HashSet::new();
    for row in territories() {
        if let Some(parent) = &row.parent {
            assert!(seen.contains(parent), "{:?} comes before its parent", row.code);
        }
        assert!(seen.insert(&row.code), "{:?} stands twice", row.code);
    }
}

#[rstest]
#[case("KZ", &["en", "ru", "kk"])]
#[case("UZ", &["en", "ru", "uz", "uz-Cyrl"])]
#[case("IN", &["en", "ru"])]
fn each_territory_has_an_official_name_in_the_languages_of_its_country(
    #[case] country: &str,
    #[case] languages: &[&str],
) {
    for row in territories().iter().filter(|row| row.country.as_str() == country) {
        for language in languages {
            let named = row
                .names
                .iter()
                .any(|name| name.language.as_str() == *language && name.kind == NameKind::Official);
            assert!(named, "{:?} has no official name in {language}", row.code);
        }
    }
}

#[rstest]
#[case("KZ-10")]
#[case("KZ-33")]
#[case("KZ-62")]
fn the_regions_formed_in_2022_begin_on_the_day_the_decree_came_into_force(#[case] code: &str) {
    let formed = find_territory(code).unwrap().valid_from.unwrap();
    assert_eq!(formed.to_string(), "2022-06-08");
}

#[test]
fn almaty_region_is_the_same_territory_before_and_after_its_division() {
    let row = find_territory("KZ-19").unwrap();
    assert_eq!((row.valid_from, row.valid_until), (None, None));
}

#[test]
fn a_former_name_keeps_the_days_it_was_borne() {
    let astana = find_territory("KZ-71").unwrap();
    let former = astana.names.iter().find(|name| name.text.as_str() == "Nur-Sultan").unwrap();
    assert_eq!(former.kind, NameKind::Former);
    assert_eq!(former.valid_from.unwrap().to_string(), "2019-03-23");
    assert_eq!(former.valid_until.unwrap().to_string(), "2022-09-16");
}

#[test]
fn only_our_own_codes_hold_a_slash() {
    assert!(find_territory("KZ-15").unwrap().is_iso());
    assert!(!find_territory("KZ-15/alga").unwrap().is_iso());
}

#[rstest]
#[case("UZ", "Uzbekistan", "Республика Узбекистан")]
#[case("UZ", "Uzbekistan", "Republic of Uzbekistan")]
#[case("UZ-JI", "Jizzakh Region", "Jizzakh region")]
#[case("UZ-JI/jizzakh", "Jizzakh", "Jizzax")]
#[case("KZ", "Kazakhstan", "РК")]
#[case("KZ-15", "Aktobe Region", "Aktobe")]
#[case("KZ-15/aktobe", "Aktobe (city)", "Aktobe")]
#[case("KZ-15/alga", "Alga district", "Alginsky")]
#[case("KZ-15/bayganin", "Bayganin district", "Bayganinsky")]
#[case("KZ-15/kargaly", "Kargaly district", "Kargalinsky")]
#[case("KZ-15/martuk", "Martuk district", "Martuksky")]
#[case("KZ-15/shalkar", "Shalkar district", "Shalkarsky")]
#[case("KZ-15/kobda", "Kobda district", "Kobdinsky")]
#[case("KZ-15/khromtau", "Khromtau district", "Khromtaussky")]
#[case("KZ-15/yrgyz", "Yrgyz (Irgiz) district", "Yrgyzsky")]
#[case("KZ-15/oiyl", "Oiyl (Uil) district", "Oyylsky")]
#[case("KZ-15/aiteke-bi", "Aiteke Bi district", "Aitekebysky")]
#[case("KZ-27", "West Kazakhstan Region", "West Kazakhstan Region")]
#[case("KZ-31", "Zhambyl Region", "Жамбылская область")]
#[case("KZ-31/zhualy", "Zhualy district", "Жуалинский район")]
#[case("KZ-75", "Almaty (city)", "г. Алматы")]
#[case("KZ-19", "Almaty Region", "Алматинская область")]
#[case("KZ-59", "North Kazakhstan Region", "Северо-Казахстанская область")]
#[case("IN", "India", "Индия")]
#[case("IN-DL/new-delhi", "New Delhi", "г. Нью-Дели")]
fn each_territory_of_the_documents_is_found_by_its_plain_name_and_by_the_wording_of_the_source(
    #[case] code: &str,
    #[case] plain: &str,
    #[case] written: &str,
) {
    let bears = |wanted: &str| names(code).iter().any(|name| name.to_lowercase() == wanted.to_lowercase());
    assert!(bears(plain), "{code} has no name {plain}");
    assert!(bears(written), "{code} has no name {written}");
}
