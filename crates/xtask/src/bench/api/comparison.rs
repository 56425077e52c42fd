//! The comparison before the loads: that all answer alike, and that what writes keeps what it answers for.

use serde_json::Value;

use super::answer::common;
use super::course::{Course, Subject};
use super::kept::{Kept, Mark};
use super::operation::{Course as Way, Key, Operation};
use crate::failure::Failure;

impl Course {
    /// Fails unless the three answer alike about every record; a writing operation is done by each server.
    pub(super) fn compare(&self, operation: &Operation, keys: &[Key]) -> Result<(), Failure> {
        match operation.course {
            Way::Read | Way::SecondPage => {
                keys.iter().try_for_each(|key| self.compare_reading(operation, key))
            }
            Way::Write | Way::Batch => self.compare_writing(operation, keys),
        }
    }

    fn compare_reading(&self, operation: &Operation, key: &Key) -> Result<(), Failure> {
        let ours = common(&self.ask(Subject::Ours, operation, key)?);
        let peer = common(&self.ask(Subject::Peer, operation, key)?);
        let bare = self.database.ask(&operation.statement(&key.bare))?;
        let mut bare = common(&serde_json::from_str(&bare).unwrap_or_default());
        if operation.course == Way::SecondPage {
            bare["events"]["pageInfo"] = ours["events"]["pageInfo"].clone();
        }
        for (who, theirs) in [("PostGraphile", peer), ("the bare SQL", bare)] {
            if theirs != ours {
                let name = operation.name;
                let what = format!("{name}: we answer {ours}\nand {who} answers {theirs}\nto {}", key.peer);
                return Err(Failure::Unexpected { what });
            }
        }
        Ok(())
    }

    /// Has each server write, and PostGraphile both for people who come for the first time and for others where it is
    /// told which they are.
    fn compare_writing(&self, operation: &Operation, keys: &[Key]) -> Result<(), Failure> {
        let [first, second, others @ ..] = keys else {
            return Err(Failure::Unexpected { what: format!("{} needs two records", operation.name) });
        };
        let is_other_kind = |key: &&Key| key.peer["isFirst"] != second.peer["isFirst"];
        let asked = [(Subject::Ours, first), (Subject::Peer, second)].into_iter();
        let asked = asked.chain(others.iter().find(is_other_kind).map(|third| (Subject::Peer, third)));
        for (number, (subject, key)) in (1..).zip(asked) {
            let key = key.renewed(number);
            let mark = Mark::now(&self.database)?;
            let answer = self.ask(subject, operation, &key)?;
            let kept = mark.kept(&self.database)?;
            let size = operation.scans(&key);
            if kept != (Kept { all: size, standing: size }) || !is_told(&answer, operation, &key, size) {
                let Kept { all, standing } = kept;
                let what = format!(
                    "{}: of {size} scans, {all} were kept and {standing} are followed by attendance\n\
                     where {} answered {answer}",
                    operation.name,
                    subject.name(),
                );
                return Err(Failure::Unexpected { what });
            }
        }
        Ok(())
    }
}

/// Whether an answer says that so many scans were taken in; that of a single one, on which side of the door the person is.
fn is_told(answer: &Value, operation: &Operation, key: &Key, size: u64) -> bool {
    match operation.course {
        Way::Write => is_inside(answer) == Some(key.ours["direction"] == "IN"),
        _ => taken(answer) == Some(size),
    }
}

fn is_inside(answer: &Value) -> Option<bool> {
    let fields = answer.as_object()?;
    fields.get("isInside").and_then(Value::as_bool).or_else(|| fields.values().find_map(is_inside))
}

/// How many scans were taken in: by the result of each, by their number, or by a payload for each.
fn taken(answer: &Value) -> Option<u64> {
    let payload = &answer["submitScans"];
    let counted = match payload["results"].as_array() {
        Some(results) => results.iter().filter(|result| is_accepted(&result["outcome"])).count(),
        None if payload.is_object() => return payload["taken"].as_str()?.parse().ok(),
        None => answer.as_object()?.values().filter(|payload| payload["scan"].is_object()).count(),
    };
    u64::try_from(counted).ok()
}

/// Someone who was let in a moment ago is let in again, with a flag.
fn is_accepted(outcome: &Value) -> bool {
    outcome == "ACCEPTED" || outcome == "ACCEPTED_FLAGGED"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_spellings_of_two_scans_are_two() {
        let results = json!({ "submitScans": { "results": [
            { "outcome": "ACCEPTED" }, { "outcome": "REJECTED" }, { "outcome": "ACCEPTED_FLAGGED" }] } });
        let counted = json!({ "submitScans": { "taken": "2" } });
        let generated = json!({ "scan0": { "scan": { "id": "a" } }, "created0": { "attendance": {} },
            "scan1": { "scan": { "id": "b" } }, "scan2": { "scan": null } });
        assert_eq!([results, counted, generated].map(|answer| taken(&answer)), [Some(2); 3]);
        assert_eq!(taken(&json!({ "submitScans": { "taken": null } })), None);
    }

    #[test]
    fn the_side_of_the_door_is_found_wherever_it_is_told() {
        let ours =
            json!({ "checkIn": { "registration": { "attendance": { "isInside": true } }, "errors": [] } });
        let generated = json!({ "createScan": { "scan": { "id": "a" } },
            "updateAttendanceByRegistrationId": { "attendance": { "isInside": false } } });
        assert_eq!([&ours, &generated].map(is_inside), [Some(true), Some(false)]);
        assert_eq!(is_inside(&json!({ "createAttendance": null })), None);
    }
}
