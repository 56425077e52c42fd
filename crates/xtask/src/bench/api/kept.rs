//! What was kept of the scans that were answered for: scans with their change and the attendance that follows.

use crate::bench::database::Database;
use crate::failure::Failure;

/// A place in the change feed.
pub(super) struct Mark(i64);

/// Scans that are there whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    /// Those that have their change, and whose person has attended.
    pub(super) all: u64,
    /// Those of them that say where the person is now.
    pub(super) standing: u64,
}

impl Mark {
    /// Marks where the feed ends now.
    pub(super) fn now(database: &Database) -> Result<Self, Failure> {
        let said = database.ask("SELECT coalesce(max(sequence), 0) FROM change")?;
        Ok(Self(said.trim().parse().map_err(|_| unexpected(&said))?))
    }

    /// Counts the scans of which the feed tells since then.
    pub(super) fn kept(&self, database: &Database) -> Result<Kept, Failure> {
        let said = database.ask(&format!(
            "SELECT count(*), count(*) FILTER (WHERE a.is_inside = (s.direction = 'in'))
             FROM change c JOIN scan s ON s.id = c.subject_id
             JOIN attendance a ON a.registration_id = s.counted_for
             WHERE c.sequence > {} AND c.action = 'check_in.scan' AND a.has_attended",
            self.0
        ))?;
        let number = |text: &str| text.parse().map_err(|_| unexpected(&said));
        let (all, standing) = said.trim().split_once('|').ok_or_else(|| unexpected(&said))?;
        Ok(Kept { all: number(all)?, standing: number(standing)? })
    }
}

fn unexpected(said: &str) -> Failure {
    Failure::Unexpected { what: format!("{said:?} is no count of what was kept") }
}
