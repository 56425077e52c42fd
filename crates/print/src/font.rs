//! The two faces that badges are set in: how wide a text is, which glyphs it takes, and what of a face is embedded.
//!
//! One character is one glyph: true of the scripts these badges are written in. A character that the face lacks shows
//! as an empty box, never as another letter.

use std::collections::BTreeMap;

use pdf_writer::{
    Name, Pdf, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use subsetter::GlyphRemapper;
use ttf_parser::Face;

/// A face, and what of it was used so far.
pub(crate) struct Font {
    data: &'static [u8],
    face: Face<'static>,
    name: &'static str,
    remapper: GlyphRemapper,
    /// The glyphs as the document numbers them, each with its width and a character that it shows.
    used: BTreeMap<u16, (f32, char)>,
}

const ORDERING: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

impl Font {
    /// The face of names.
    pub(crate) fn bold() -> Self {
        Self::of(dejavu::sans::bold(), "DejaVuSans-Bold")
    }

    /// The face of everything else.
    pub(crate) fn regular() -> Self {
        Self::of(dejavu::sans::regular(), "DejaVuSans")
    }

    fn of(data: &'static [u8], name: &'static str) -> Self {
        let face = Face::parse(data, 0).expect("the font is part of the program");
        Self { data, face, name, remapper: GlyphRemapper::new(), used: BTreeMap::new() }
    }

    /// How wide a text is at a size of one.
    pub(crate) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(self.glyph(letter))).sum::<f32>() / 1000.0
    }

    /// The text as the document shows it: two bytes a glyph.
    pub(crate) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for letter in text.chars() {
            let glyph = self.glyph(letter);
            let renumbered = self.remapper.remap(glyph);
            let width = self.advance(glyph);
            self.used.entry(renumbered).or_insert((width, letter));
            bytes.extend(renumbered.to_be_bytes());
        }
        bytes
    }

    fn glyph(&self, letter: char) -> u16 {
        self.face.glyph_index(letter).map_or(0, |glyph| glyph.0)
    }

    /// The width of a glyph, in thousandths of the size.
    fn advance(&self, glyph: u16) -> f32 {
        let units = self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or_default();
        self.scaled(f32::from(units))
    }

    fn scaled(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// Writes what was used of the face into the document, under this reference; `next` gives references.
    pub(crate) fn embed(&self, pdf: &mut Pdf, id: Ref, mut next: impl FnMut() -> Ref) {
        let (cid, descriptor, unicode, file) = (next(), next(), next(), next());
        let base = format!("HEMICL+{}", self.name);
        let base = Name(base.as_bytes());
        pdf.type0_font(id)
            .base_font(base)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2)
            .base_font(base)
            .system_info(ORDERING)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (glyph, (width, _)) in &self.used {
            widths.consecutive(*glyph, [*width]);
        }
        drop(widths);
        drop(font);
        let bounds = self.face.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|edge| self.scaled(f32::from(edge)));
        pdf.font_descriptor(descriptor)
            .name(base)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(self.scaled(f32::from(self.face.ascender())))
            .descent(self.scaled(f32::from(self.face.descender())))
            .cap_height(self.scaled(f32::from(self.face.capital_height().unwrap_or_default())))
            .stem_v(80.0)
            .font_file2(file);
        // What a reader of the document copies or searches for is the text, not the numbers of glyphs.
        let mut cmap = UnicodeCmap::new(Name(b"Custom"), ORDERING);
        for (glyph, (_, letter)) in &self.used {
            cmap.pair(*glyph, *letter);
        }
        pdf.cmap(unicode, &cmap.finish());
        let subset =
            subsetter::subset(self.data, 0, &self.remapper).expect("the font is part of the program");
        pdf.stream(file, &subset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faces_have_the_letters_of_every_language_of_the_region() {
        let letters = "Аа Яя Ёё Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі Ўў Ҳҳ Ҷҷ Ӣӣ Ӯӯ Ää Üü Şş Ç ç Ğğ Əə Ýý Žž Ññ \
                       Oʻoʻ Gʻgʻ ʼ ’ ‘ « » „ “ — – № Ł é";
        for font in [Font::regular(), Font::bold()] {
            for letter in letters.chars() {
                assert_ne!(font.glyph(letter), 0, "{letter} is missing in {}", font.name);
            }
        }
    }

    #[test]
    fn a_letter_that_the_face_lacks_is_the_empty_box() {
        let mut font = Font::regular();
        assert_eq!(font.encode("中"), [0, 0]);
        assert!(font.width("中") > 0.0);
    }

    #[test]
    fn letters_are_numbered_as_they_come_and_keep_their_number() {
        let mut font = Font::bold();
        let first = font.encode("Аба");
        assert_eq!(first, [0, 1, 0, 2, 0, 3]);
        assert_eq!(font.encode("б"), [0, 2]);
    }
}
