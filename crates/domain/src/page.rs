//! Pages of a list: how many, from where, in which direction. The cursor's meaning belongs to `persistence`.

use std::{fmt, sync::Arc};

use crate::problem::{Fault, Invalid};

/// The page size where none is asked for.
pub const DEFAULT_SIZE: u32 = 20;
/// The largest page.
pub const MAXIMUM_SIZE: u32 = 200;

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, earliest or first in the alphabet first.
    Ascending,
    /// Largest, latest or last in the alphabet first.
    Descending,
}

impl Direction {
    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Which side of the list the page is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the start, or after a cursor.
    First,
    /// From the end, or before a cursor.
    Last,
}

/// A page as asked for: Relay's `first`/`after` or `last`/`before`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows, 0 to [`MAXIMUM_SIZE`].
    pub size: u32,
    /// From which side.
    pub side: Side,
    /// The opaque cursor to go on from.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Accepts Relay's four arguments.
    pub fn parse(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self, Invalid> {
        let backward = last.is_some() || before.is_some();
        if backward && (first.is_some() || after.is_some()) {
            let (field, other) =
                if last.is_some() { ("last", "first or after") } else { ("before", "first or after") };
            return Err(Invalid::new(field, Fault::Excludes { other }));
        }
        let (field, rows, cursor, from) =
            if backward { ("last", last, before, Side::Last) } else { ("first", first, after, Side::First) };
        let size = match rows {
            None => DEFAULT_SIZE,
            Some(rows) => u32::try_from(rows).ok().filter(|rows| *rows <= MAXIMUM_SIZE).ok_or_else(|| {
                let (actual, maximum) = (rows.into(), MAXIMUM_SIZE.into());
                Invalid::new(field, Fault::OutOfRange { actual, minimum: 0, maximum })
            })?,
        };
        Ok(Self { size, side: from, cursor })
    }
}

/// Where a row stands in a list, as an opaque text. It is written out only where somebody asks for it: most clients
/// ask for the last one of a page.
#[derive(Clone)]
pub struct Cursor(Arc<dyn Fn() -> String + Send + Sync>);

impl Cursor {
    /// A cursor that is written out like this.
    pub fn new(write: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&(self.0)())
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cursor({self})")
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows with their cursors, in the list's order.
    pub rows: Vec<(Cursor, T)>,
    /// Whether rows stand before these.
    pub has_previous: bool,
    /// Whether rows stand after these.
    pub has_next: bool,
}

impl<T> Default for Page<T> {
    /// The page of an empty list.
    fn default() -> Self {
        Self { rows: Vec::new(), has_previous: false, has_next: false }
    }
}

impl<T> Page<T> {
    /// The same page of something made from its rows.
    #[must_use]
    pub fn map<U>(self, mut make: impl FnMut(T) -> U) -> Page<U> {
        let rows = self.rows.into_iter().map(|(cursor, row)| (cursor, make(row))).collect();
        Page { rows, has_previous: self.has_previous, has_next: self.has_next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_bounded_and_goes_one_way() {
        assert_eq!(PageRequest::parse(None, None, None, None).unwrap().size, DEFAULT_SIZE);
        assert!(PageRequest::parse(Some(201), None, None, None).is_err());
        assert!(PageRequest::parse(Some(-1), None, None, None).is_err());
        assert!(PageRequest::parse(Some(5), None, Some(5), None).is_err());
        assert_eq!(PageRequest::parse(None, None, Some(3), None).unwrap().side, Side::Last);
    }
}
