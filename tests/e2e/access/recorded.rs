//! The answers of all callers, compared with those that are recorded in `answers.txt`.
//!
//! `HEMICYCLE_RECORD=1` records them anew; what has changed is then read in the difference of the file.

use std::{fmt::Write, fs, path::PathBuf};

use super::callers::CALLERS;

const INTRODUCTION: &str = "\
# What every caller gets. Recorded by the tests, see docs/testing.md; do not edit.
#
# `+` sees it, or is turned down for a reason that has nothing to do with who asks    `0` null, empty or NOT_FOUND
# `-` FORBIDDEN    `!` UNAUTHENTICATED    `.` the object that the field belongs to is not found
#
# A letter for each of
";

/// What is found while asking.
pub(super) struct Recorded {
    page: String,
    wrong: Vec<String>,
}

impl Default for Recorded {
    fn default() -> Self {
        let mut page = INTRODUCTION.to_owned();
        for (index, caller) in CALLERS.iter().enumerate() {
            writeln!(page, "# {}| {caller}", "| ".repeat(index)).expect("a text grows");
        }
        Self { page, wrong: Vec::new() }
    }
}

impl Recorded {
    /// Begins a section.
    pub(super) fn section(&mut self, title: &str) {
        writeln!(self.page, "\n## {title}\n").expect("a text grows");
    }

    /// Records a row.
    pub(super) fn row(&mut self, answers: &str, about: &str) {
        if answers.contains('?') {
            self.wrong.push(format!("{about}: not a question that can be answered, {answers}"));
        }
        let about: Vec<&str> = about.split_whitespace().collect();
        let answers: Vec<String> = answers.chars().map(String::from).collect();
        writeln!(self.page, "  {}  {}", answers.join(" "), about.join(" ")).expect("a text grows");
    }

    /// Remembers answers that are not what someone expected who wrote them down by hand.
    pub(super) fn expect_by_hand(&mut self, about: &str, found: &str, expected: &str) {
        if found != expected {
            self.wrong.push(format!("{about}: expected {expected}, got {found}"));
        }
    }

    /// Compares everything that was found with what is recorded, or records it.
    pub(super) fn compare(self) {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("e2e/access/answers.txt");
        if std::env::var_os("HEMICYCLE_RECORD").is_some() {
            fs::write(&file, &self.page).expect("the repository can be written to");
        }
        assert!(self.wrong.is_empty(), "callers are {CALLERS:?}\n{}", self.wrong.join("\n"));
        let recorded = fs::read_to_string(&file).expect("answers are recorded");
        let known: Vec<&str> = recorded.lines().collect();
        let found: Vec<&str> = self.page.lines().collect();
        let new: Vec<_> = found.iter().filter(|line| !known.contains(line)).collect();
        let gone: Vec<_> = known.iter().filter(|line| !found.contains(line)).collect();
        assert!(
            recorded == self.page,
            "the answers are not those recorded; HEMICYCLE_RECORD=1 records them anew\nfound: {new:#?}\nrecorded: {gone:#?}"
        );
    }
}
