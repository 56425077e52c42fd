//! Reach in the store: four statements, whatever the number of rows, as of one moment.
//!
//! What is summed, listed or left out is decided in the domain. `sql.rs` holds the statements, `row.rs`
//! reads their rows.

mod row;
mod sql;

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Capability,
    reach::{CountedScope, Facts, Question, Reach, assemble},
};
use sea_orm::{ConnectionTrait, QueryResult, TransactionTrait, sea_query::SelectStatement};

use crate::{
    dialect::read_transaction,
    fault::{Failure, StoreFault},
    reading::Reading,
};

impl Reading {
    /// Tells how many people were reached: counted, and beside it as reported.
    ///
    /// The counted numbers cover the events within the places where the actor may read figures, the reported
    /// ones every event that the actor sees. `as_of` is the moment that the answer will bear.
    pub async fn reach(&self, question: &Question, as_of: DateTime<Utc>) -> Result<Reach, Failure> {
        let scope = self.sight().scope(Capability::SeeFigures);
        let counted_scope = if scope.everything {
            CountedScope::Everything
        } else if scope.is_empty() {
            CountedScope::Nothing
        } else {
            CountedScope::Limited
        };
        let selection = sql::Selection::new(self, question);
        let snapshot =
            self.store.readers().snapshots().begin_with_options(read_transaction(self.backend())).await?;
        let rows = async |statement: SelectStatement| -> Result<Vec<QueryResult>, StoreFault> {
            Ok(snapshot.query_all(&statement).await?)
        };
        let keys = row::Keys::new(question.group_by(), &self.reference);
        let facts = Facts {
            events: keys.read_all(&rows(selection.events()).await?, row::events)?,
            counted: match counted_scope {
                CountedScope::Nothing => Vec::new(),
                CountedScope::Everything | CountedScope::Limited => {
                    keys.read_all(&rows(selection.people()).await?, row::people)?
                }
            },
            reports: keys.read_reports(&rows(selection.reports()).await?)?,
            without_figure: keys.read_events_without_figure(&rows(selection.without_figure()).await?)?,
        };
        snapshot.commit().await?;
        Ok(assemble(question, facts, counted_scope, as_of)
            .map_err(hemicycle_domain::problem::Problem::from)?)
    }
}
