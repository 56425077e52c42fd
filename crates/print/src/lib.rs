//! What is printed: QR codes as pictures, and sheets of badges as PDF. It knows texts and sizes, and no noun of the
//! program.
//!
//! The letters are those of `DejaVu Sans`, which has the Latin and Cyrillic ones of all languages of the region; the
//! font is part of the program, its licence stands in `FONT-LICENSE`.

mod font;
mod grid;
mod label;
mod qr;
mod sheet;

pub use grid::{Grid, SizeFault};
pub use label::Label;
pub use qr::{Code, CodeTooLong, PictureFault};
pub use sheet::Sheet;
