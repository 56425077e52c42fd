//! QR codes of level M, as modules, SVG and PNG.
//!
//! Where a text is of digits, capital letters and `$%*+-./: ` alone, two of its characters take 11 bits.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode, Version};
use thiserror::Error;

pub use png::EncodingError as PictureFault;

/// How wide the white border is that a reader needs, in modules.
pub(crate) const QUIET: usize = 4;

/// A QR code.
#[derive(Debug, Clone)]
pub struct Code {
    version: i16,
    width: usize,
    dark: Vec<bool>,
}

/// The text does not fit into a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the text is too long for a QR code")]
pub struct CodeTooLong;

impl Code {
    /// The smallest code of level M that holds this text.
    pub fn of(text: &str) -> Result<Self, CodeTooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| CodeTooLong)?;
        let (Version::Normal(version) | Version::Micro(version)) = code.version();
        let width = code.width();
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { version, width, dark })
    }

    /// Its version, from 1 to 40: a code of version 1 has 21 modules on each side, each next one four more.
    #[must_use]
    pub fn version(&self) -> i16 {
        self.version
    }

    /// How many modules it has on each side, without the border.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Its rows from the top, each from the left; true is dark.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width)
    }

    /// The code with its border as an SVG picture that scales to any size.
    #[must_use]
    pub fn svg(&self) -> String {
        let side = self.width + 2 * QUIET;
        let mut path = String::new();
        for (y, row) in self.rows().enumerate() {
            for (x, length) in runs(row) {
                write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET)
                    .expect("writing to a string does not fail");
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
             <path d=\"{path}\"/></svg>"
        )
    }

    /// The code with its border as a PNG picture of black and white, with so many pixels for the side of a module.
    pub fn png(&self, scale: u8) -> Result<Vec<u8>, PictureFault> {
        let scale = usize::from(scale.max(1));
        let side = (self.width + 2 * QUIET) * scale;
        let empty = vec![false; self.width];
        let border = || std::iter::repeat_n(empty.as_slice(), QUIET);
        let pixels: Vec<u8> = border()
            .chain(self.rows())
            .chain(border())
            .flat_map(|row| {
                let dark = |x: usize| {
                    (x / scale).checked_sub(QUIET).and_then(|x| row.get(x)).copied().unwrap_or_default()
                };
                let line = packed(side, dark);
                std::iter::repeat_n(line, scale).flatten()
            })
            .collect();
        let pixels_a_side = u32::try_from(side).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut drawing = png::Encoder::new(&mut bytes, pixels_a_side, pixels_a_side);
        drawing.set_color(png::ColorType::Grayscale);
        drawing.set_depth(png::BitDepth::One);
        let mut writer = drawing.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// The code without its border, a bit a module from the left, white as 1, each row filled up to whole bytes.
    pub(crate) fn bits(&self) -> Vec<u8> {
        self.rows().flat_map(|row| packed(row.len(), |x| row[x])).collect()
    }
}

/// A row of pixels, eight in a byte, where white is 1.
fn packed(width: usize, is_dark: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut bytes = vec![0; width.div_ceil(8)];
    for x in (0..width).filter(|x| !is_dark(*x)) {
        bytes[x / 8] |= 0x80 >> (x % 8);
    }
    bytes
}

/// The stretches of dark modules in a row: where each begins, and how long it is.
fn runs(row: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for x in (0..row.len()).filter(|x| row[*x]) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 154 characters of the alphanumeric mode, as a badge has.
    fn badge() -> String {
        format!("HMB:{}", "A0-".repeat(50))
    }

    #[test]
    fn a_badge_is_a_code_of_version_6_with_41_modules_a_side() {
        let code = Code::of(&badge()).unwrap();
        assert_eq!((code.version(), code.width()), (6, 41));
        assert_eq!(Code::of(&format!("{}A", badge())).unwrap().version(), 7);
    }

    #[test]
    fn a_picture_of_pixels_shows_what_the_vectors_show() {
        let code = Code::of("HEMICYCLE").unwrap();
        let picture = code.png(3).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info().unwrap();
        let side = (code.width() + 2 * QUIET) * 3;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (side, side));
        let is_white = |x: usize, y: usize| pixels[y * info.line_size + x / 8] >> (7 - x % 8) & 1 == 1;
        for y in 0..side {
            for x in 0..side {
                let module = (y / 3).checked_sub(QUIET).zip((x / 3).checked_sub(QUIET));
                let dark = module
                    .filter(|(row, column)| *row < code.width() && *column < code.width())
                    .is_some_and(|(row, column)| code.dark[row * code.width() + column]);
                assert_eq!(is_white(x, y), !dark, "{x} {y}");
            }
        }
        let dark: usize = code.rows().flat_map(runs).map(|(_, length)| length).sum();
        assert_eq!(dark, code.dark.iter().filter(|dark| **dark).count());
        assert_eq!(code.svg().matches('M').count(), 1 + code.rows().flat_map(runs).count());
    }

    #[test]
    fn a_text_that_no_code_holds_is_refused() {
        assert_eq!(Code::of(&"é".repeat(3_000)).unwrap_err(), CodeTooLong);
    }
}
