//! The dates of real documents, the one form in which a date is written, and what is refused.

use proptest::prelude::*;
use rstest::rstest;

use super::{any_date, date, day};
use crate::imprecise_date::*;

#[rstest]
#[case::two_days("2025-06-26/2025-06-27", Precision::Day, "2025-06-26", "2025-06-27", Some(2))]
#[case::a_year("2024", Precision::Year, "2024-01-01", "2024-12-31", None)]
#[case::one_day("2020-12-29", Precision::Day, "2020-12-29", "2020-12-29", Some(1))]
#[case::probable_end("2021-05-24/2021-05-?25", Precision::Day, "2021-05-24", "2021-05-25", Some(2))]
#[case::until_a_day("/2021-06-04", Precision::Until, "", "2021-06-04", None)]
#[case::a_month("?2021-04", Precision::Month, "2021-04-01", "2021-04-30", None)]
#[case::five_days("?2021-05-17/?2021-05-21", Precision::Day, "2021-05-17", "2021-05-21", Some(5))]
#[case::day_within("[2026-01-21..2026-01-23]", Precision::Window, "2026-01-21", "2026-01-23", None)]
#[case::second_half("[2018-10-16..2018-10-31]", Precision::HalfMonth, "2018-10-16", "2018-10-31", None)]
#[case::first_half("[2018-02-01..2018-02-15]", Precision::HalfMonth, "2018-02-01", "2018-02-15", None)]
#[case::leap_half("[2020-02-16..2020-02-29]", Precision::HalfMonth, "2020-02-16", "2020-02-29", None)]
#[case::not_a_half("[2020-02-16..2020-02-28]", Precision::Window, "2020-02-16", "2020-02-28", None)]
#[case::half_that_lasts("2018-10-16/2018-10-31", Precision::Day, "2018-10-16", "2018-10-31", Some(16))]
#[case::months("2021-04/2021-06", Precision::Month, "2021-04-01", "2021-06-30", None)]
#[case::mixed("2021-05-17/2022", Precision::Year, "2021-05-17", "2022-12-31", None)]
#[case::no_start("../2021-06-04", Precision::Until, "", "2021-06-04", None)]
#[case::unknown_end("2021-05-17/", Precision::From, "2021-05-17", "", None)]
#[case::no_end("2021-05/..", Precision::From, "2021-05-01", "", None)]
#[case::some_day_until("[..2021-06-04]", Precision::Until, "", "2021-06-04", None)]
#[case::some_day_since("[2021..]", Precision::From, "2021-01-01", "", None)]
#[case::first_year("0001", Precision::Year, "0001-01-01", "0001-12-31", None)]
#[case::last_year("9999", Precision::Year, "9999-01-01", "9999-12-31", None)]
#[case::ends_within_its_month("2021-05-20/2021-05", Precision::Month, "2021-05-20", "2021-05-31", None)]
fn a_date_knows_its_precision_and_its_outermost_days(
    #[case] text: &str,
    #[case] precision: Precision,
    #[case] earliest: &str,
    #[case] latest: &str,
    #[case] days: Option<u32>,
) {
    let date = date(text);
    assert_eq!(date.to_string(), text);
    assert_eq!(date.precision(), precision);
    assert_eq!(date.earliest(), day(earliest));
    assert_eq!(date.latest(), day(latest));
    assert_eq!(date.days(), days);
    assert_eq!(date.is_window(), text.starts_with('['));
}

#[rstest]
#[case("2021?-05-17", "?2021-05-17")]
#[case("2021-05?-17", "?2021-?05-17")]
#[case("?2021-?05-?17", "2021-05-17?")]
#[case("2021-05-17%", "2021-05-17%")]
#[case("?2021-05-17~", "%2021-~05-~17")]
#[case("2021-~05", "2021-~05")]
#[case("?2021", "2021?")]
#[case("2018-10-15/2018-10-15", "2018-10-15")]
#[case("[2018-10-15..2018-10-15]", "2018-10-15")]
#[case("2021-05-17/2021-05-17?", "2021-05-17/2021-05-17?")]
fn a_date_is_written_in_one_form_only(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(date(text).to_string(), canonical);
    assert_eq!(date(canonical), date(text));
}

#[rstest]
#[case("", "the date is empty; a date that is not known is left out")]
#[case("2021-02-30", "there is no day 30 in month 2 of 2021")]
#[case("2021-02-29", "there is no day 29 in month 2 of 2021")]
#[case("2021-00", "there is no month 0 in 2021")]
#[case("2021-13", "there is no month 13 in 2021")]
#[case("2021-05-00", "there is no day 0 in month 5 of 2021")]
#[case("0000", "there is no year 0: years run from 1 to 9999")]
#[case("2021-05-21/2021-05-17", "the end 2021-05-17 lies before the start 2021-05-21")]
#[case("[2021-06..2021-05-17]", "the end 2021-05-17 lies before the start 2021-06")]
#[case("/", "neither side states a date; a date that is not known is left out")]
#[case("../..", "neither side states a date; a date that is not known is left out")]
#[case("[..]", "neither side states a date; a date that is not known is left out")]
#[case("2021/2022/2023", "`2021/2022/2023` has more than one slash: an interval is START/END")]
#[case("[2021-05-17", "`[2021-05-17` is not a window: write [FROM..UNTIL], [..UNTIL] or [FROM..]")]
#[case("[2021]", "`[2021]` is not a window: write [FROM..UNTIL], [..UNTIL] or [FROM..]")]
#[case(
    "[2021,2022]",
    "`[2021,2022]` is a list of dates, which is not kept: write the window from the first to the last"
)]
#[case(
    "2021-21",
    "`2021-21` is a season or another part of a year, which is not kept: write the window [FROM..UNTIL]"
)]
#[case(
    "2021-05-XX",
    "`2021-05-XX` is a date with unspecified digits, which is not kept: stop at the month or the year, or write a window"
)]
#[case(
    "2021-05-17T10:00",
    "`2021-05-17T10:00` is a time of day, which is not kept: give the day alone; times belong to the timetable"
)]
#[case("Y17000", "`Y17000` is a year of more than four digits, which is not kept: years run from 1 to 9999")]
#[case(
    "{2021,2022}",
    "`{2021,2022}` is a set of dates that all apply, which is not kept: record them one by one"
)]
#[case("17.05.2021", "`17.05.2021` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case(" 2021", "` 2021` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("2021-5-17", "`2021-5-17` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("2021-05-17-01", "`2021-05-17-01` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("-0044", "`-0044` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("+021", "`+021` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("٢٠٢١", "`٢٠٢١` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("2021-05-??17", "`2021-05-??17` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("?", "`?` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
#[case("2021-é", "`2021-é` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
fn a_wrong_date_is_refused_with_what_is_wrong(#[case] text: &str, #[case] message: &str) {
    let error = text.parse::<ImpreciseDate>().expect_err("the text is wrong");
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_text_of_a_megabyte_is_refused_by_its_length() {
    let error = "2".repeat(1_000_000).parse::<ImpreciseDate>().expect_err("too long");
    assert_eq!(error, EdtfError::TooLong { actual: 1_000_000, maximum: 64 });
}

#[test]
fn a_day_outside_the_four_digit_years_is_refused() {
    let late = NaiveDate::from_ymd_opt(10_000, 1, 1).expect("chrono goes further");
    assert_eq!(ImpreciseDate::day(late), Err(EdtfError::NoSuchYear { year: 10_000 }));
}

#[test]
fn a_half_month_is_a_window_of_its_days() {
    let half = |half| ImpreciseDate::half_month(2018, 10, half).map(|date| date.to_string());
    assert_eq!(half(HalfMonth::First).as_deref(), Ok("[2018-10-01..2018-10-15]"));
    assert_eq!(half(HalfMonth::Second).as_deref(), Ok("[2018-10-16..2018-10-31]"));
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same_date(date in any_date()) {
        let text = date.to_string();
        prop_assert!(text.len() <= 30);
        prop_assert_eq!(text.parse(), Ok(date));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = text.parse::<ImpreciseDate>();
    }

    #[test]
    fn what_is_read_is_written_once_and_for_all(text in r"\[?[?~%]?[0-9.]{0,4}(-[?~%]?[01][0-9][?~%]?){0,2}(/|\.\.)?[0-9]{0,4}\]?") {
        if let Ok(date) = text.parse::<ImpreciseDate>() {
            prop_assert_eq!(date.to_string().parse(), Ok(date));
        }
    }
}
