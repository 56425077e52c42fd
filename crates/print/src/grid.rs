//! How many labels of a size stand on a sheet of A4, and where.

use thiserror::Error;

/// The sheet, in millimetres.
const SHEET: (f32, f32) = (210.0, 297.0);
/// What a printer leaves free on each side.
const MARGIN: f32 = 5.0;
/// Points in a millimetre.
pub(crate) const POINTS: f32 = 72.0 / 25.4;

/// Labels of one size on sheets of A4, side by side, as many as fit, in the middle of the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// The width of a label in millimetres.
    width: f32,
    /// The height.
    height: f32,
    columns: usize,
    rows: usize,
}

/// A label of this size cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a badge of {width} × {height} mm cannot be printed: it is between 60 × 40 and 200 × 287 mm")]
pub struct SizeFault {
    /// The width that was asked for.
    pub width: u16,
    /// The height.
    pub height: u16,
}

impl Grid {
    /// Labels of this size in millimetres: wide enough for a code and a name, small enough for the sheet.
    pub fn of_labels(width: u16, height: u16) -> Result<Self, SizeFault> {
        if !(60..=200).contains(&width) || !(40..=287).contains(&height) {
            return Err(SizeFault { width, height });
        }
        let count = |of: f32, on: f32| ((on - 2.0 * MARGIN) / of).floor();
        let (width, height) = (f32::from(width), f32::from(height));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 1 and 7")]
        let (columns, rows) = (count(width, SHEET.0) as usize, count(height, SHEET.1) as usize);
        Ok(Self { width, height, columns, rows })
    }

    /// How many labels a sheet has.
    #[must_use]
    pub fn labels_a_sheet(&self) -> usize {
        self.columns * self.rows
    }

    /// The size of the sheet, in points.
    pub(crate) fn sheet() -> (f32, f32) {
        (SHEET.0 * POINTS, SHEET.1 * POINTS)
    }

    /// The size of a label, in points.
    pub(crate) fn label(&self) -> (f32, f32) {
        (self.width * POINTS, self.height * POINTS)
    }

    /// The lower left corner of a label, in points: they go from left to right, then downwards.
    #[expect(clippy::cast_precision_loss, reason = "a sheet has less than a hundred labels")]
    pub(crate) fn corner(&self, label: usize) -> (f32, f32) {
        let (column, row) = ((label % self.columns) as f32, (label / self.columns) as f32);
        let left = (SHEET.0 - self.columns as f32 * self.width) / 2.0;
        let top = (SHEET.1 - self.rows as f32 * self.height) / 2.0;
        let bottom = SHEET.1 - top - (row + 1.0) * self.height;
        ((left + column * self.width) * POINTS, bottom * POINTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_labels_as_fit_stand_on_a_sheet() {
        assert_eq!(Grid::of_labels(85, 54).unwrap().labels_a_sheet(), 10);
        assert_eq!(Grid::of_labels(100, 150).unwrap().labels_a_sheet(), 2);
        assert_eq!(Grid::of_labels(200, 287).unwrap().labels_a_sheet(), 1);
    }

    #[test]
    fn labels_lie_within_the_sheet_and_beside_each_other() {
        let grid = Grid::of_labels(85, 54).unwrap();
        let (width, height) = grid.label();
        let (first, second, third) = (grid.corner(0), grid.corner(1), grid.corner(2));
        assert!((second.0 - first.0 - width).abs() < 0.01 && (second.1 - first.1).abs() < 0.01);
        assert!((first.1 - third.1 - height).abs() < 0.01);
        let last = grid.corner(9);
        assert!(last.1 >= MARGIN * POINTS && last.0 + width <= Grid::sheet().0);
    }

    #[test]
    fn a_size_that_cannot_be_printed_is_refused() {
        for (width, height) in [(59, 54), (85, 39), (201, 54), (85, 288), (0, 0), (u16::MAX, u16::MAX)] {
            assert_eq!(Grid::of_labels(width, height), Err(SizeFault { width, height }));
        }
    }
}
