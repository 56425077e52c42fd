//! JSON columns and word columns: domain values to rows and back, with a typed fault for a corrupt one.

use sea_orm::JsonValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::fault::StoreFault;

/// Writes a domain value for a JSON column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> JsonValue {
    serde_json::to_value(value).expect("domain values have string keys and finite numbers")
}

/// Reads a domain value from a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    json: JsonValue,
) -> Result<T, StoreFault> {
    serde_json::from_value(json).map_err(|error| StoreFault::corrupt(table, column, error.to_string()))
}

/// Reads a domain value from a nullable JSON column.
pub(crate) fn from_json_opt<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    json: Option<JsonValue>,
) -> Result<Option<T>, StoreFault> {
    json.map(|json| from_json(table, column, json)).transpose()
}

/// Reads a word of a closed list.
pub(crate) fn from_word<T>(
    table: &'static str,
    column: &'static str,
    word: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, StoreFault> {
    parse(word).ok_or_else(|| StoreFault::corrupt(table, column, format!("unknown word {word:?}")))
}

/// Reads a value that the domain parses; a stored value that fails is corrupt.
pub(crate) fn parsed<T, E: ToString>(
    table: &'static str,
    column: &'static str,
    value: Result<T, E>,
) -> Result<T, StoreFault> {
    value.map_err(|error| StoreFault::corrupt(table, column, error.to_string()))
}
