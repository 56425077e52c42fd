//! One noun, one room: each noun has a file or folder of its name on each floor.
//!
//! Whoever looks for how an event is cancelled opens three files called `event`.

use super::{Problem, Tree};

/// The nouns that have a room on every floor.
const NOUNS: [&str; 18] = [
    "account",
    "agreement",
    "badge",
    "check_in",
    "checkpoint",
    "device",
    "event",
    "glass_break",
    "headcount_report",
    "participant",
    "partner",
    "program",
    "reach",
    "registration",
    "service_account",
    "territory",
    "test_result",
    "walk_in",
];

/// The floors.
const FLOORS: [&str; 3] = ["crates/domain/src", "crates/persistence/src", "crates/api/src/graphql"];

/// Finds nouns without a room.
pub(super) fn missing_rooms(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for floor in FLOORS {
        for noun in NOUNS {
            let room = format!("{floor}/{noun}");
            let file = format!("{room}.rs");
            if !tree.holds(&room) && !tree.holds(&file) {
                problems.push(Problem {
                    file,
                    line: None,
                    why: format!("is missing: each noun has a file or folder of its name in {floor}"),
                });
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_house() -> Vec<String> {
        FLOORS.iter().flat_map(|floor| NOUNS.iter().map(move |noun| format!("{floor}/{noun}.rs"))).collect()
    }

    fn missing_in(house: &[String]) -> Vec<String> {
        let files: Vec<(&str, &str)> = house.iter().map(|file| (file.as_str(), "")).collect();
        missing_rooms(&Tree::of(&files)).into_iter().map(|problem| problem.file).collect()
    }

    #[test]
    fn a_whole_house_has_no_problem() {
        assert!(missing_in(&whole_house()).is_empty());
    }

    #[test]
    fn a_missing_room_is_found() {
        let mut house = whole_house();
        house.retain(|file| file != "crates/persistence/src/event.rs");
        assert_eq!(missing_in(&house), ["crates/persistence/src/event.rs"]);
    }

    #[test]
    fn a_folder_is_a_room() {
        let mut house = whole_house();
        house.retain(|file| file != "crates/persistence/src/event.rs");
        house.push("crates/persistence/src/event/row.rs".to_owned());
        assert!(missing_in(&house).is_empty());
    }
}
