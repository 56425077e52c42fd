//! How many SQL statements a request takes, by the log of PostgreSQL.

use std::collections::HashMap;

use serde_json::Value;

use super::Ground;
use crate::failure::Failure;

/// How often a question is asked: what the server does beside it, now and then, comes on top, so the least counts.
const TIMES: usize = 5;

impl Ground<'_> {
    /// Does something while PostgreSQL writes down each statement; returns what it wrote.
    pub(super) fn logged(&self, work: impl FnOnce() -> Result<(), Failure>) -> Result<String, Failure> {
        self.database.log_statements(true)?;
        let before = self.database.log_size()?;
        let done = work();
        let log = self.database.log_since(before);
        self.database.log_statements(false)?;
        done?;
        log
    }

    /// Counts the statements of a question while nobody writes.
    pub(super) fn statements(
        &self,
        token: &str,
        document: &str,
        variables: &Value,
    ) -> Result<usize, Failure> {
        let client = self.ours.client(token);
        let mut least = usize::MAX;
        for _ in 0..TIMES {
            let log = self.logged(|| client.ask(document, variables).map(drop))?;
            least = least.min(log.lines().filter_map(statement).count());
        }
        Ok(least)
    }
}

/// The statements of each transaction in a log that has this one among them, alone or within another.
pub(super) fn transactions_with(log: &str, part: &str) -> Vec<usize> {
    let mut open: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut counts = Vec::new();
    for (process, text) in log.lines().filter_map(statement) {
        let statements = open.entry(process).or_default();
        if text.starts_with("BEGIN") {
            statements.clear();
        }
        statements.push(text);
        if text.starts_with("COMMIT") && statements.iter().any(|one| one.contains(part)) {
            counts.push(statements.len());
        }
    }
    counts
}

/// The process and the text of a statement, where a line of the log is one; what runs under the protocol for prepared
/// statements is logged as `execute`, the rest as `statement`.
fn statement(line: &str) -> Option<(&str, &str)> {
    let (head, said) = line.split_once("LOG:  ")?;
    let process = head.rsplit_once('[')?.1.trim_end_matches([']', ' ']);
    let text = match said.strip_prefix("statement: ") {
        Some(text) => text,
        None => said.strip_prefix("execute ")?.split_once(": ")?.1,
    };
    Some((process, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_of_a_transaction_are_counted_and_those_between_them_are_not() {
        let log = "\
2026-01-01 10:00:00.000 UTC [7] LOG:  statement: BEGIN
2026-01-01 10:00:00.000 UTC [8] LOG:  execute sqlx_s_1: SELECT 1
2026-01-01 10:00:00.000 UTC [7] LOG:  execute sqlx_s_3: WITH \"first\" AS (INSERT INTO \"scan\" (\"id\")
2026-01-01 10:00:00.000 UTC [7] DETAIL:  parameters: $1 = 'x'
2026-01-01 10:00:00.000 UTC [7] LOG:  statement: COMMIT
2026-01-01 10:00:00.000 UTC [7] LOG:  statement: BEGIN
2026-01-01 10:00:00.000 UTC [7] LOG:  statement: COMMIT
";
        assert_eq!(transactions_with(log, "INSERT INTO \"scan\""), [3]);
        assert_eq!(log.lines().filter_map(statement).count(), 6);
    }
}
