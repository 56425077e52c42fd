//! The numbers of a device: which are lost is the same in whatever order, parts and repetitions they came.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn gaps(received: &Received) -> Vec<(i64, i64)> {
    received.gaps().iter().map(|gap| (gap.first, gap.last)).collect()
}

#[test]
fn what_never_came_below_the_highest_is_lost() {
    let received = Received::default().with([1, 2, 5, 5, -3, 0]);
    assert_eq!((gaps(&received), received.through(), received.lost()), (vec![(3, 4)], 5, 2));
    // Late numbers fill gaps, split them, and make new ones.
    let received = received.with([4, 9]);
    assert_eq!((gaps(&received), received.lost()), (vec![(3, 3), (6, 8)], 4));
    let received = received.with([7]);
    assert_eq!(gaps(&received), [(3, 3), (6, 6), (8, 8)]);
    assert_eq!(Received::default().lost(), 0);
    assert_eq!(gaps(&Received::default().with([3])), [(1, 2)]);
}

#[test]
fn the_largest_number_there_is_breaks_nothing() {
    let received = Received::default().with([i64::MAX, 1]).with([i64::MAX]);
    assert_eq!((gaps(&received), received.lost()), (vec![(2, i64::MAX - 1)], i64::MAX - 2));
    assert_eq!(received.open().last(), Some(Gap { first: i64::MAX, last: i64::MAX }));
}

#[test]
fn what_has_more_gaps_than_are_kept_is_kept_to_where_they_begin_to_be_too_many() {
    let most = i64::try_from(Received::MOST_GAPS).unwrap();
    let odd = |count: i64| (0..count).map(|number| 2 * number + 1);
    let whole = Received::default().with(odd(most + 1));
    assert_eq!(whole.settled(), whole);
    let received = Received::default().with(odd(most + 50));
    let settled = received.settled();
    assert_eq!((settled.gaps().len(), settled.through()), (Received::MOST_GAPS, 2 * most + 1));
    assert_eq!(settled.with(odd(most + 50)), received);
}

proptest! {
    #[test]
    fn order_parts_and_repetition_change_nothing(
        numbers in prop::collection::vec(-3_i64..60, 0..80),
        cuts in prop::collection::vec(0_usize..80, 0..6),
    ) {
        let mut received = Received::default();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(numbers.len())).collect();
        cuts.extend([0, numbers.len()]);
        cuts.sort_unstable();
        for part in cuts.windows(2) {
            received = received.with(numbers[part[0]..part[1]].iter().copied());
        }
        let came: BTreeSet<i64> = numbers.iter().copied().filter(|number| *number >= 1).collect();
        let highest = came.last().copied().unwrap_or_default();
        let lost: Vec<i64> = (1..highest).filter(|number| !came.contains(number)).collect();
        let told: Vec<i64> = received.gaps().iter().flat_map(|gap| gap.first..=gap.last).collect();
        prop_assert_eq!(told, lost);
        prop_assert_eq!(received.through(), highest);
        prop_assert!(received.gaps().windows(2).all(|pair| pair[0].last + 1 < pair[1].first));
        // Where a number can have come since: all that did not come, and nothing that did.
        let open = |number: i64| received.open().any(|gap| (gap.first..=gap.last).contains(&number));
        prop_assert!((1..80).all(|number| open(number) != came.contains(&number)));
    }
}
