//! What the tests of imprecise dates share: readers for written dates, and dates of every kind at random.

mod edtf;
mod known;
mod period;

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> ImpreciseDate {
    text.parse().expect("the test writes correct EDTF")
}

fn day(text: &str) -> Option<NaiveDate> {
    (!text.is_empty()).then(|| text.parse().expect("the test writes correct days"))
}

fn any_partial_date() -> impl Strategy<Value = PartialDate> {
    let sign = || prop::sample::select(vec!['-', '?', '~', '%']);
    let unit = prop::sample::select(vec![Unit::Day, Unit::Month, Unit::Year]);
    (1..=9999_u16, 1..=12_u8, 1..=28_u8, unit, (sign(), sign(), sign())).prop_map(
        |(year, month, day, unit, signs)| {
            let date = match unit {
                Unit::Day => PartialDate::day(year, month, day),
                Unit::Month => PartialDate::month(year, month),
                Unit::Year => PartialDate::year(year),
            };
            [(Unit::Year, signs.0), (Unit::Month, signs.1), (Unit::Day, signs.2)]
                .into_iter()
                .fold(date.expect("parts within their limits"), |date, (part, sign)| {
                    date.qualified(part, Qualifier::from_sign(sign).unwrap_or_default())
                })
        },
    )
}

fn any_date() -> impl Strategy<Value = ImpreciseDate> {
    let edge = || prop_oneof![any_partial_date().prop_map(Edge::On), Just(Edge::Unknown), Just(Edge::Open),];
    let bound = || prop::option::of(any_partial_date());
    prop_oneof![
        any_partial_date().prop_map(ImpreciseDate::from),
        (edge(), edge()).prop_filter_map("in order", |(a, b)| ImpreciseDate::span(a, b).ok()),
        (bound(), bound()).prop_filter_map("in order", |(a, b)| ImpreciseDate::window(a, b).ok()),
    ]
}
