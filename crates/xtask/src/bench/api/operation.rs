//! The operations: what each asks of our API, of PostGraphile and of the bare SQL, and about which records.
//!
//! The documents stand in `crates/xtask/bench/operations/`, a folder an operation. Their aliases give all answers
//! one shape, so that they can be compared.

use serde_json::Value;

use crate::bench::database::Database;
use crate::bench::load::Weight;
use crate::failure::Failure;

/// An operation under measurement.
pub(in crate::bench) struct Operation {
    /// Its name, as the table and `--only` have it.
    pub(in crate::bench) name: &'static str,
    /// What it does, for the table.
    pub(in crate::bench) about: &'static str,
    /// The document for our API.
    pub(in crate::bench) ours: &'static str,
    /// The document for PostGraphile, as it stands in the folder: see [`Operation::peer_document`].
    peer: &'static str,
    /// The one statement for `pgbench`; values stand in braces.
    pub(in crate::bench) bare: &'static str,
    /// The statement that chooses the records: a line of JSON each, with the variables of each of the three.
    keys: &'static str,
    /// How the records are asked about.
    pub(in crate::bench) course: Course,
    /// Whether a crowd asks it, and not only some.
    is_of_a_crowd: bool,
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
        operation!($folder, beside $folder, $about, $course)
    };
    // What we and the bare SQL are asked is shared with another operation.
    ($folder:literal, beside $shared:literal, $about:literal, $course:expr) => {
        Operation {
            name: $folder,
            about: $about,
            ours: include_str!(concat!("../../../bench/operations/", $shared, "/ours.graphql")),
            peer: include_str!(concat!("../../../bench/operations/", $folder, "/peer.graphql")),
            bare: include_str!(concat!("../../../bench/operations/", $shared, "/bare.sql")),
            keys: include_str!(concat!("../../../bench/operations/", $folder, "/keys.sql")),
            course: $course,
            is_of_a_crowd: false,
        }
    };
}

const M1: Operation = operation!("m1", "one check-in", Course::Write);

/// All operations, in the order of the table.
pub(in crate::bench) const OPERATIONS: [Operation; 10] = [
    operation!("q1", "an event by id with host and program", Course::Read),
    operation!("q2", "a program: 20 events, hosts, territories, 10 participants each, counts", Course::Read),
    operation!("q3", "a roster page of 200 with category and attendance", Course::Read),
    operation!("q4", "the second page of events of a territory and a period, by date", Course::SecondPage),
    operation!("q5", "events by two words of their name", Course::Read),
    M1,
    Operation { name: "m1c", about: "the same, eight times as many in flight", is_of_a_crowd: true, ..M1 },
    operation!("m1g", beside "m1", "the same, beside generated mutations", Course::Write),
    operation!("m2", "500 scans handed in at once", Course::Batch),
    operation!("m2g", beside "m2", "the same, beside generated mutations", Course::Batch),
];

/// How many records a reading operation asks about; `pgbench` takes so many statements.
const MOST_KEYS: usize = 100;
/// How many records a writing operation has.
const MOST_DOORS: usize = 50_000;

/// Stands for the number of a scan in a document that has lines for each scan of a batch.
const NUMBER: &str = "{n}";
/// Stands for a number of its own in each request, as the loads have it too.
const RENEWED: &str = "@@@@@@@@";

/// The variables of one request, for each who is asked.
#[derive(Clone)]
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

    /// How many scans one request hands in; none in one that reads.
    pub(in crate::bench) fn scans(&self, key: &Key) -> u64 {
        match self.course {
            Course::Read | Course::SecondPage => 0,
            Course::Write => 1,
            Course::Batch => key.bare["size"].as_u64().unwrap_or(0),
        }
    }

    /// The document for PostGraphile: lines with a `{n}` stand in it for each scan, as many as the request has.
    ///
    /// It is the same for all records, so that PostGraphile can keep what it has planned.
    pub(in crate::bench) fn peer_document(&self, key: &Key) -> String {
        let is_repeated = |line: &&str| line.contains(NUMBER);
        let lines: Vec<&str> = self.peer.lines().collect();
        let blocks = lines.chunk_by(|one, next| is_repeated(one) == is_repeated(next)).flat_map(|block| {
            let times = if block.iter().any(is_repeated) { self.scans(key) } else { 1 };
            (0..times).map(|number| block.join("\n").replace(NUMBER, &number.to_string()))
        });
        blocks.collect::<Vec<_>>().join("\n")
    }

    /// How hard it is loaded where the others are loaded so hard.
    pub(in crate::bench) fn weight(&self, weight: Weight) -> Weight {
        if self.is_of_a_crowd { weight.of_a_crowd() } else { weight }
    }

    /// Whether it changes what is stored.
    pub(in crate::bench) fn is_writing(&self) -> bool {
        matches!(self.course, Course::Write | Course::Batch)
    }

    /// Whether PostGraphile is asked for each row by itself, each of which it commits alone.
    pub(in crate::bench) fn is_piecemeal(&self) -> bool {
        self.peer.contains(NUMBER)
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

impl Key {
    /// The same request under other identifiers; those of one number are always the same.
    pub(in crate::bench) fn renewed(&self, number: u32) -> Self {
        let renew = |variables: &Value| {
            let text = variables.to_string().replace(RENEWED, &format!("{number:08x}"));
            serde_json::from_str(&text).unwrap_or_default()
        };
        Self { ours: renew(&self.ours), peer: renew(&self.peer), bare: self.bare.clone() }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn batch(size: u32) -> Key {
        Key { ours: Value::Null, peer: Value::Null, bare: json!({ "size": size }) }
    }

    fn operation(name: &str) -> &'static Operation {
        OPERATIONS.iter().find(|operation| operation.name == name).expect("it is one of the table")
    }

    #[test]
    fn a_document_for_each_scan_of_a_batch_names_each_of_them_once() {
        let document = operation("m2g").peer_document(&batch(3));
        let times = |part: &str| document.matches(part).count();
        let mutations =
            ["createScan", "createAttendance", "updateAttendanceByRegistrationId", "createChange"];
        assert_eq!(mutations.map(times), [3; 4]);
        assert_eq!(["$scan2: ", "change2: createChange", "$scan3", "{n}"].map(times), [1, 1, 0, 0]);
    }

    #[test]
    fn other_documents_stay_as_they_stand() {
        for name in ["m1", "m1c", "m1g", "m2"] {
            let operation = operation(name);
            assert_eq!(operation.peer_document(&batch(3)), operation.peer.trim_end());
        }
    }

    #[test]
    fn a_request_is_renewed_for_all_who_are_asked() {
        let scan = json!({ "scan": "@@@@@@@@-0000" });
        let renewed = Key { ours: scan.clone(), peer: scan, bare: Value::Null }.renewed(26);
        assert_eq!([&renewed.ours, &renewed.peer].map(|one| &one["scan"]), ["0000001a-0000"; 2]);
    }
}
