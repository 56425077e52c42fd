//! Examining the chain from its first row: what was removed, changed, inserted or blanked, and where.
//!
//! Each row is held against the stored hash of the row before, so that one fault is one finding and does not hide
//! what comes after it.

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use super::{Canonical, Digest, Entry, Head, personal_digest};

/// The action under which a person's data were blanked in earlier rows; `after.changes` names those rows.
pub const ERASURE: &str = "participant.erase";

/// A seal with the row that it seals.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its place in the chain; the first is 1, and none is left out.
    pub position: i64,
    /// The number of the row it seals.
    pub sequence: i64,
    /// The hash.
    pub hash: Digest,
    /// The row, if it is there.
    pub entry: Option<Entry>,
    /// The text of the row's personal part, if it is there.
    pub personal: Option<String>,
}

/// Something that is not as it was when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Finding {
    /// Seals are missing.
    #[error("the seals from position {from} to {to} were removed")]
    SealsRemoved {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A sealed row is missing.
    #[error("row {sequence}, sealed at position {position}, was removed")]
    RowRemoved {
        /// Where it was sealed.
        position: i64,
        /// Its number.
        sequence: i64,
    },
    /// A row, its seal, or the seal before is not what was sealed.
    #[error("row {sequence}, or its seal at position {position}, was changed")]
    Changed {
        /// Where it was sealed.
        position: i64,
        /// Its number.
        sequence: i64,
    },
    /// A row stands among sealed ones and was never sealed.
    #[error("row {sequence} was inserted among rows that had been sealed")]
    Inserted {
        /// Its number.
        sequence: i64,
    },
    /// The personal part of a row is another than the one that was sealed.
    #[error("the personal part of row {sequence} was changed")]
    PersonalPartChanged {
        /// Its number.
        sequence: i64,
    },
    /// The personal part of a row is gone, and no erasure says so.
    #[error("the personal part of row {sequence} was blanked, and no erasure tells of it")]
    BlankedWithoutErasure {
        /// Its number.
        sequence: i64,
    },
    /// The chain does not pass through a head that was noted earlier.
    #[error("the chain does not pass through {noted}: {}", .found.map_or_else(
        || "it ends before that position".to_owned(),
        |found| format!("at that position it has {found}"),
    ))]
    AnotherChain {
        /// What was noted.
        noted: Head,
        /// What stands at its position.
        found: Option<Digest>,
    },
}

/// The rows that are not sealed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tail {
    /// How many there are.
    pub rows: u64,
}

/// What an examination came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The end of the chain.
    pub head: Head,
    /// The rows after it.
    pub tail: Tail,
    /// What is wrong; nothing, if the trail is whole.
    pub findings: Vec<Finding>,
}

/// An examination in progress. Links come in the order of their positions.
#[derive(Debug, Default)]
pub struct Examination {
    noted: Vec<Head>,
    head: Head,
    last: (i64, i64),
    blanked: BTreeSet<i64>,
    erased: BTreeSet<i64>,
    findings: Vec<Finding>,
}

impl Examination {
    /// Begins an examination; the chain must pass through the heads that were noted.
    #[must_use]
    pub fn against(noted: Vec<Head>) -> Self {
        let mut examination = Self::default();
        // The empty chain has a head too.
        let (empty, noted) = noted.into_iter().partition(|head| head.position == 0);
        examination.noted = noted;
        examination.check_noted(empty, Digest::default());
        examination
    }

    /// The transaction and number of the last sealed row: what sorts before it and has no seal was inserted.
    #[must_use]
    pub fn end(&self) -> (i64, i64) {
        self.last
    }

    /// Examines the next seal with its row.
    pub fn take(&mut self, link: &Link) {
        let Link { position, sequence, hash, .. } = *link;
        let expected = self.head.position + 1;
        let is_next = position == expected;
        if !is_next {
            self.findings.push(Finding::SealsRemoved { from: expected, to: position - 1 });
        }
        match &link.entry {
            None => self.findings.push(Finding::RowRemoved { position, sequence }),
            Some(entry) => {
                let place = (entry.transaction, entry.sequence);
                // Without the seal before, the hash tells nothing.
                let is_sound = !is_next || entry.seal(self.head.hash) == hash;
                if !is_sound || place <= self.last {
                    self.findings.push(Finding::Changed { position, sequence });
                }
                self.take_personal_part(entry, link.personal.as_deref());
                self.last = self.last.max(place);
            }
        }
        self.head = Head { position, hash };
        let (here, rest) =
            std::mem::take(&mut self.noted).into_iter().partition(|head| head.position == position);
        self.noted = rest;
        self.check_noted(here, hash);
    }

    /// Takes note of a row without a seal that sorts before the end of the chain.
    pub fn take_inserted(&mut self, sequence: i64) {
        self.findings.push(Finding::Inserted { sequence });
    }

    /// Ends the examination.
    #[must_use]
    pub fn finish(mut self, tail: Tail) -> Report {
        for sequence in self.blanked.difference(&self.erased) {
            self.findings.push(Finding::BlankedWithoutErasure { sequence: *sequence });
        }
        for noted in self.noted {
            self.findings.push(Finding::AnotherChain { noted, found: None });
        }
        Report { head: self.head, tail, findings: self.findings }
    }

    fn take_personal_part(&mut self, entry: &Entry, personal: Option<&str>) {
        let sequence = entry.sequence;
        match (entry.personal, personal) {
            (Some(digest), Some(text)) if personal_digest(text) == digest => {}
            (None, None) => {}
            (Some(_), None) => drop(self.blanked.insert(sequence)),
            (Some(_) | None, Some(_)) => self.findings.push(Finding::PersonalPartChanged { sequence }),
        }
        if entry.action == ERASURE {
            let after = entry.after.as_ref().map(Canonical::value).unwrap_or_default();
            let changes = after["changes"].as_array();
            self.erased.extend(changes.into_iter().flatten().filter_map(Value::as_i64));
        }
    }

    fn check_noted(&mut self, noted: Vec<Head>, found: Digest) {
        for noted in noted.into_iter().filter(|noted| noted.hash != found) {
            self.findings.push(Finding::AnotherChain { noted, found: Some(found) });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::chain::tests::{entry, record},
        *,
    };

    fn chain_of(entries: Vec<Entry>) -> Vec<Link> {
        let mut former = Digest::default();
        let links = (1..).zip(entries).map(|(position, entry)| {
            former = entry.seal(former);
            let sequence = entry.sequence;
            Link { position, sequence, hash: former, entry: Some(entry), personal: None }
        });
        links.collect()
    }

    fn chain(length: i64) -> Vec<Link> {
        chain_of((1..=length).map(entry).collect())
    }

    fn examine(noted: Vec<Head>, links: &[Link]) -> Vec<Finding> {
        let mut examination = Examination::against(noted);
        for link in links {
            examination.take(link);
        }
        examination.finish(Tail::default()).findings
    }

    fn head(link: &Link) -> Head {
        Head { position: link.position, hash: link.hash }
    }

    #[test]
    fn an_untouched_chain_is_whole() {
        let links = chain(5);
        let noted = vec![Head::default(), head(&links[2]), head(&links[4])];
        assert_eq!(examine(noted, &links), []);
    }

    #[test]
    fn a_removed_row_is_found() {
        let mut links = chain(5);
        links[2].entry = None;
        assert_eq!(examine(vec![], &links), [Finding::RowRemoved { position: 3, sequence: 3 }]);
    }

    #[test]
    fn a_row_removed_with_its_seal_is_found() {
        let mut links = chain(5);
        links.remove(2);
        assert_eq!(examine(vec![], &links), [Finding::SealsRemoved { from: 3, to: 3 }]);
    }

    #[test]
    fn seals_that_close_the_gap_do_not_hide_it() {
        let mut links = chain(5);
        links.remove(2);
        for (position, link) in (1..).zip(&mut links) {
            link.position = position;
        }
        assert_eq!(examine(vec![], &links), [Finding::Changed { position: 3, sequence: 4 }]);
    }

    #[test]
    fn a_changed_row_is_found_alone() {
        let mut links = chain(5);
        links[2].entry.as_mut().unwrap().after = record(json!({ "title": "never" }));
        assert_eq!(examine(vec![], &links), [Finding::Changed { position: 3, sequence: 3 }]);
    }

    #[test]
    fn a_chain_written_anew_is_found_by_a_noted_head() {
        let noted = head(&chain(5)[4]);
        let mut entries: Vec<Entry> = (1..=5).map(entry).collect();
        entries[1].actor = None;
        let anew = chain_of(entries);
        assert_eq!(examine(vec![], &anew), []);
        let found = Some(anew[4].hash);
        assert_eq!(examine(vec![noted], &anew), [Finding::AnotherChain { noted, found }]);
    }

    #[test]
    fn a_chain_that_was_cut_is_found_by_a_noted_head() {
        let links = chain(5);
        let noted = head(&links[4]);
        assert_eq!(examine(vec![noted], &links[..3]), [Finding::AnotherChain { noted, found: None }]);
    }

    #[test]
    fn a_personal_part_may_go_only_by_an_erasure() {
        let with_part = Entry { personal: Some(personal_digest("{}")), ..entry(1) };
        let erasure =
            Entry { action: ERASURE.to_owned(), after: record(json!({ "changes": [1] })), ..entry(2) };
        let mut links = chain_of(vec![with_part.clone(), erasure]);
        assert_eq!(examine(vec![], &links), []);
        assert_eq!(examine(vec![], &links[..1]), [Finding::BlankedWithoutErasure { sequence: 1 }]);
        links[0].personal = Some("{}".to_owned());
        assert_eq!(examine(vec![], &links), []);
        links[0].personal = Some("{ }".to_owned());
        assert_eq!(examine(vec![], &links), [Finding::PersonalPartChanged { sequence: 1 }]);
    }

    #[test]
    fn a_row_moved_in_the_chain_is_found() {
        let mut entries: Vec<Entry> = (1..=3).map(entry).collect();
        entries.swap(0, 1);
        let links = chain_of(entries);
        assert_eq!(examine(vec![], &links), [Finding::Changed { position: 2, sequence: 1 }]);
    }
}
