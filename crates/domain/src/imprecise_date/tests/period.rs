//! Which dates lie in a period certainly, possibly, or not.

use PeriodMatch::{Certainly, No, Possibly};
use proptest::prelude::*;
use rstest::rstest;

use super::{any_date, date, day};
use crate::imprecise_date::*;

#[rstest]
#[case("2018-10-15", "2018-10-15", "2018-10-15", Certainly)]
#[case("2018-10-15", "2018-10-16", "", No)]
#[case("2018-10-15", "", "", Certainly)]
#[case("2018-10-15", "2018-10-16", "2018-10-14", No)]
#[case("2021-05-17/2021-05-21", "2021-05-21", "2021-05-31", Certainly)]
#[case("2021-05-17/2021-05-21", "2021-05-22", "2021-05-31", No)]
#[case("2021-05-17/2021-05-21", "2021-05-18", "2021-05-18", Certainly)]
#[case::month_covered("2021-04", "2021-04-01", "2021-04-30", Certainly)]
#[case::month_touched("2021-04", "2021-04-15", "2021-12-31", Possibly)]
#[case::month_missed("2021-04", "2021-05-01", "", No)]
#[case::year_covered("2024", "2024-01-01", "2024-12-31", Certainly)]
#[case::year_touched("2024", "2024-06-01", "2024-06-30", Possibly)]
#[case::half_covered("[2018-10-16..2018-10-31]", "2018-10-01", "2018-10-31", Certainly)]
#[case::half_touched("[2018-10-16..2018-10-31]", "2018-10-20", "2018-10-20", Possibly)]
#[case::half_missed("[2018-10-16..2018-10-31]", "2018-10-01", "2018-10-15", No)]
#[case::window_in_its_year("[2026-01-21..2026-01-23]", "2026-01-01", "2026-12-31", Certainly)]
#[case::months_surely_last("2021-04/2021-06", "2021-05-01", "2021-05-31", Certainly)]
#[case::months_may_have_begun("2021-04/2021-06", "2021-04-01", "2021-04-10", Possibly)]
#[case::unknown_start_holds_end("/2021-06-04", "2021-06-01", "2021-06-30", Certainly)]
#[case::unknown_start_before("/2021-06-04", "2021-05-01", "2021-05-31", Possibly)]
#[case::unknown_start_after("/2021-06-04", "2021-06-05", "", No)]
#[case::no_start("../2021-06-04", "2021-05-01", "2021-05-31", Certainly)]
#[case::unknown_end_holds_start("2021-05-17/", "2021-05-01", "2021-05-31", Certainly)]
#[case::unknown_end_after("2021-05-17/", "2022-01-01", "2022-12-31", Possibly)]
#[case::unknown_end_before("2021-05-17/", "", "2021-05-16", No)]
#[case::no_end("2021-05-17/..", "2022-01-01", "2022-12-31", Certainly)]
#[case::until_within("[..2021-06-04]", "2021-01-01", "2021-12-31", Possibly)]
#[case::until_all("[..2021-06-04]", "", "2021-12-31", Certainly)]
#[case::since_all("[2021-06-04..]", "2021-01-01", "", Certainly)]
#[case::since_within("[2021-06-04..]", "2021-01-01", "2021-12-31", Possibly)]
#[case::inferred_year("?2021-05-17/?2021-05-21", "2021-05-01", "2021-05-31", Certainly)]
#[case::probable_end_only("2021-05-24/2021-05-?25", "2021-05-25", "2021-05-25", Possibly)]
#[case::probable_end_and_start("2021-05-24/2021-05-?25", "2021-05-24", "2021-05-25", Certainly)]
#[case::probable_start_sure_end("2021-05-?24/2021-05-25", "2021-05-25", "2021-05-25", Certainly)]
#[case::doubtful_day("2021-05-?25", "2021-05-25", "2021-05-25", Possibly)]
#[case::doubtful_day_in_its_month("2021-05-?25", "2021-05-01", "2021-05-31", Certainly)]
#[case::doubtful_month("2021-?05-17", "2021-05-01", "2021-05-31", Possibly)]
#[case::wholly_doubtful("2021-05-17?", "2021-01-01", "2021-12-31", Certainly)]
#[case::ends_in_its_month("2021-05-20/2021-05", "2021-05-01", "2021-05-19", No)]
#[case::starts_by_its_day("2021-05-20/2021-05", "2021-05-20", "2021-05-20", Certainly)]
fn a_period_holds_a_date_certainly_possibly_or_not(
    #[case] text: &str,
    #[case] from: &str,
    #[case] until: &str,
    #[case] expected: PeriodMatch,
) {
    assert_eq!(date(text).during(day(from), day(until)), expected);
}

proptest! {
    #[test]
    fn a_wider_period_never_loses_a_date(date in any_date(), at in 1..3_000_000_i32, width in 0..9000_i32) {
        let day = |n| NaiveDate::from_num_days_from_ce_opt(n);
        let narrow = date.during(day(at), day(at + width));
        let wide = date.during(day(at - 1), day(at + width + 1));
        prop_assert!(wide <= narrow, "{date}: {narrow} became {wide}");
    }

    #[test]
    fn without_limits_every_date_is_certain(date in any_date()) {
        prop_assert_eq!(date.during(None, None), Certainly);
    }

    #[test]
    fn bounds_are_in_order(date in any_date()) {
        let bounds = date.bounds();
        prop_assert!(bounds.earliest <= bounds.latest);
    }
}
