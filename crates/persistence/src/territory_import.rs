//! Territories from a file: what is new is added, what is known takes the file's names and dates, in one piece.

use std::sync::Arc;

use hemicycle_domain::{
    reference::TerritoryRow,
    territory::{NewTerritory, Territory, TerritoryChange, may_import},
};

use crate::{fault::Failure, work::Work};

/// What to do with a territory whose code is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownTerritory {
    /// It stays as it is.
    Keep,
    /// It takes the names and dates of the file.
    Replace,
}

/// What became of one row of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportedTerritory {
    /// The code was new.
    Added(Arc<Territory>),
    /// The code was known, and the names or dates are others now.
    Changed(Arc<Territory>),
    /// The code was known, and nothing about it is new.
    Unchanged(Arc<Territory>),
}

impl Work {
    /// Loads the rows of a file, parents first; says of each what became of it.
    ///
    /// A row that cannot be loaded ends it all, so that nothing of the file is kept.
    pub async fn import_territories(
        &mut self,
        rows: &[TerritoryRow],
        known: KnownTerritory,
    ) -> Result<Vec<ImportedTerritory>, Failure> {
        may_import(&self.actor)?;
        let mut imported = Vec::with_capacity(rows.len());
        for row in rows {
            imported.push(self.import_territory(row, known).await?);
        }
        Ok(imported)
    }

    async fn import_territory(
        &mut self,
        row: &TerritoryRow,
        known: KnownTerritory,
    ) -> Result<ImportedTerritory, Failure> {
        let Some(territory) = self.find_territory_by_code(row.code.as_str()) else {
            let parent = row.parent.as_ref().and_then(|code| self.find_territory_by_code(code.as_str()));
            let new = NewTerritory {
                kind: row.kind,
                code: row.code.clone(),
                parent: parent.map(|parent| parent.id),
                names: row.names.clone(),
                valid_from: row.valid_from,
                valid_until: row.valid_until,
            };
            return Ok(ImportedTerritory::Added(self.create_territory(new).await?));
        };
        let says_nothing_new = territory.names == row.names
            && territory.valid_from == row.valid_from
            && territory.valid_until == row.valid_until;
        if known == KnownTerritory::Keep || says_nothing_new {
            return Ok(ImportedTerritory::Unchanged(territory));
        }
        let change = TerritoryChange {
            names: Some(row.names.clone()),
            valid_from: Some(row.valid_from),
            valid_until: Some(row.valid_until),
        };
        Ok(ImportedTerritory::Changed(self.update_territory(territory.id, None, change).await?))
    }
}
