//! The operations: what each asks of our API, of PostGraphile and of the bare SQL, and about which records.
//!
//! The documents stand in `crates/xtask/bench/operations/`, a folder an operation. Their aliases give all answers
//! one shape, so that they can be compared.

use serde_json::Value;

use crate::bench::database::Database;
use crate::failure::Failure;

/// An operation under measurement.
pub(in crate::bench) struct Operation {
    /// Its name, as the table and `--only` have it.
    pub(in crate::bench) name: &'static str,
    /// What it does, for the table.
    pub(in crate::bench) about: &'static str,
    /// The document for our API.
    pub(in crate::bench) ours: &'static str,
    /// The document for PostGraphile.
    pub(in crate::bench) peer: &'static str,
    /// The one statement for `pgbench`; values stand in braces.
    pub(in crate::bench) bare: &'static str,
    /// The statement that chooses the records: a line of JSON each, with the variables of each of the three.
    keys: &'static str,
    /// How the records are asked about.
    pub(in crate::bench) course: Course,
}

/// How an operation goes on from one request to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) enum Course {
    /// The same few records over and over.
    Read,
    /// The same, for the page after the first: `events.pageInfo.endCursor` of the first goes into `$after`.
    SecondPage,
    /// Each request changes a record, and none is changed twice before the others were.
    Write,
    /// Each request adds many records, under identifiers of its own.
    Batch,
}

macro_rules! operation {
    ($folder:literal, $about:literal, $course:expr) => {
        Operation {
            name: $folder,
            about: $about,
            ours: include_str!(concat!("../../../bench/operations/", $folder, "/ours.graphql")),
            peer: include_str!(concat!("../../../bench/operations/", $folder, "/peer.graphql")),
            bare: include_str!(concat!("../../../bench/operations/", $folder, "/bare.sql")),
            keys: include_str!(concat!("../../../bench/operations/", $folder, "/keys.sql")),
            course: $course,
        }
    };
}

/// All operations, in the order of the table.
pub(in crate::bench) const OPERATIONS: [Operation; 7] = [
    operation!("q1", "an event by id with host and program", Course::Read),
    operation!("q2", "a program: 20 events, hosts, territories, 10 participants each, counts", Course::Read),
    operation!("q3", "a roster page of 200 with category and attendance", Course::Read),
    operation!("q4", "the second page of events of a territory and a period, by date", Course::SecondPage),
    operation!("q5", "events by two words of their name", Course::Read),
    operation!("m1", "one check-in", Course::Write),
    operation!("m2", "500 scans handed in at once", Course::Batch),
];

/// How many records a reading operation asks about; `pgbench` takes so many statements.
const MOST_KEYS: usize = 100;
/// How many records a writing operation has.
const MOST_DOORS: usize = 50_000;

/// The variables of one request, for each who is asked.
pub(in crate::bench) struct Key {
    pub(in crate::bench) ours: Value,
    pub(in crate::bench) peer: Value,
    pub(in crate::bench) bare: Value,
}

impl Operation {
    /// Chooses the records to ask about.
    pub(in crate::bench) fn keys(&self, database: &Database) -> Result<Vec<Key>, Failure> {
        let count = if self.course == Course::Write { MOST_DOORS } else { MOST_KEYS };
        self.keys_from(database, 0, count)
    }

    /// Chooses so many records; a writing operation passes over some of those that it would change.
    pub(in crate::bench) fn keys_from(
        &self,
        database: &Database,
        skip: usize,
        count: usize,
    ) -> Result<Vec<Key>, Failure> {
        let statement = self.keys.replace("{count}", &count.to_string()).replace("{skip}", &skip.to_string());
        let text = database.ask(&statement)?;
        let keys: Vec<Key> = text.lines().filter_map(read).collect();
        if keys.is_empty() {
            let what = format!("the data set has nothing for {}: {text:?}", self.name);
            return Err(Failure::Unexpected { what });
        }
        Ok(keys)
    }

    /// The statement of the bare SQL for one record.
    pub(in crate::bench) fn statement(&self, variables: &Value) -> String {
        let mut text = self.bare.to_owned();
        for (name, value) in variables.as_object().into_iter().flatten() {
            let literal = match value {
                Value::String(text) => format!("'{}'", text.replace('\'', "''")),
                number => number.to_string(),
            };
            text = text.replace(&format!("{{{name}}}"), &literal);
        }
        text
    }
}

fn read(line: &str) -> Option<Key> {
    let mut variables: Value = serde_json::from_str(line).ok()?;
    let (ours, peer) = (variables["ours"].take(), variables["peer"].take());
    let bare = match variables["bare"].take() {
        Value::Null => peer.clone(),
        bare => bare,
    };
    Some(Key { ours, peer, bare })
}
