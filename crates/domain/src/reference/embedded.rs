//! The territories every installation starts with, from the tables compiled into the program.
//!
//! All countries; the first-level units of Uzbekistan, Kazakhstan and India; some districts and cities below them.

use std::{collections::HashMap, sync::LazyLock};

use super::{file::read_territories, row::TerritoryRow};

/// The embedded tables: a later one may refer to an earlier one.
pub(super) const TABLES: [(&str, &str); 4] = [
    ("countries.csv", include_str!("territories/countries.csv")),
    ("uz.csv", include_str!("territories/uz.csv")),
    ("kz.csv", include_str!("territories/kz.csv")),
    ("in.csv", include_str!("territories/in.csv")),
];

static TERRITORIES: LazyLock<Territories> = LazyLock::new(Territories::read);

/// Lists the territories of the reference data, parents before what lies in them.
#[must_use]
pub fn territories() -> &'static [TerritoryRow] {
    &TERRITORIES.rows
}

/// Finds a territory of the reference data by its code.
#[must_use]
pub fn find_territory(code: &str) -> Option<&'static TerritoryRow> {
    TERRITORIES.places.get(code).map(|&place| &TERRITORIES.rows[place])
}

#[derive(Default)]
struct Territories {
    rows: Vec<TerritoryRow>,
    places: HashMap<String, usize>,
}

impl Territories {
    fn read() -> Self {
        let mut read = Self::default();
        for (_, table) in TABLES {
            let known = |code: &str| read.places.get(code).map(|&place| read.rows[place].kind);
            let rows = read_territories(table.as_bytes(), &known)
                .expect("the embedded tables are sound, because a test reads each of them");
            for row in rows {
                read.places.insert(row.code.as_str().to_owned(), read.rows.len());
                read.rows.push(row);
            }
        }
        read
    }
}
