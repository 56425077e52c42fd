//! Wrong clocks: minutes, days and years off, running backwards, jumping while a batch grows.

use rstest::rstest;

use super::*;

fn clock(captured: i64, sent: Option<i64>, received: i64) -> Clock {
    Clock { captured_at: at(captured), sent_at: sent.map(at), received_at: at(received), is_from_list: false }
}

const DAY: i64 = 24 * 60;

#[rstest]
// A clock that is right, and one that is off by less than messages take.
#[case(clock(0, Some(60), 60), Some(0), false)]
#[case(clock(0, Some(59), 61), Some(0), false)]
#[case(clock(0, None, 60), Some(0), false)]
// Off by minutes: corrected, and not worth a look.
#[case(clock(0, Some(60), 90), Some(30), false)]
#[case(clock(0, Some(60), 50), Some(-10), false)]
// Off by days and years: corrected, and worth a look.
#[case(clock(0, Some(60), 60 + 3 * DAY), Some(3 * DAY), true)]
#[case(clock(0, Some(60), 60 - 4_000 * DAY), Some(-4_000 * DAY), true)]
// Made after it was sent, or after it arrived, or long ago: no time can be believed.
#[case(clock(120, Some(60), 60), None, true)]
#[case(clock(66, None, 60), None, true)]
#[case(clock(65, None, 60), Some(65), false)]
#[case(clock(-401 * DAY, None, 0), None, true)]
fn a_wrong_clock_is_corrected_by_what_the_batch_tells_of_it(
    #[case] clock: Clock,
    #[case] counted: Option<i64>,
    #[case] is_suspect: bool,
) {
    assert_eq!(clock.reckoned(), Reckoned { at: counted.map(at), is_suspect });
}

#[test]
fn a_list_tells_of_times_long_past() {
    let long_ago = Clock { is_from_list: true, ..clock(-3_000 * DAY, None, 0) };
    assert_eq!(long_ago.reckoned(), Reckoned { at: Some(at(-3_000 * DAY)), is_suspect: false });
}

#[test]
fn the_end_of_time_is_no_time() {
    let far = "9999-12-31T23:59:59Z".parse().unwrap();
    for sent_at in [None, Some(at(0)), Some(far)] {
        let reckoned =
            Clock { captured_at: far, sent_at, received_at: at(0), is_from_list: false }.reckoned();
        assert!(reckoned.is_suspect);
        assert!(reckoned.at.is_none_or(|counted| counted <= at(0)));
    }
    let out_of_reach = Clock {
        captured_at: DateTime::<Utc>::MAX_UTC,
        sent_at: Some(DateTime::<Utc>::MIN_UTC),
        received_at: at(0),
        is_from_list: false,
    };
    assert_eq!(out_of_reach.reckoned(), Reckoned { at: None, is_suspect: true });
}

#[test]
fn a_clock_that_runs_backwards_is_told_by_the_sequence_whatever_the_order_of_arrival() {
    let times = [(Some(1), at(0)), (Some(2), at(60)), (Some(3), at(10)), (Some(4), at(58)), (None, at(-90))];
    assert_eq!(run_backwards(&times), [false, false, true, false, false]);
    let turned: Vec<_> = times.iter().rev().copied().collect();
    assert_eq!(run_backwards(&turned), [false, false, true, false, false]);
    assert!(run_backwards(&[]).is_empty());
}
