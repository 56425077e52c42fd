//! A PDF of badges, sheet by sheet. Of a badge that was added only the bytes of the document stay in memory, about
//! one kilobyte each.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::{
    font::Font,
    grid::{Grid, POINTS},
    label::{Block, LEADING, Label},
};

const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const BOLD: i32 = 3;
const REGULAR: i32 = 4;
const INFO: i32 = 5;

/// The space between the edge of a label and what stands on it, in points.
const PADDING: f32 = 4.0 * POINTS;

/// A document of badges that is being made.
pub struct Sheet {
    grid: Grid,
    pdf: Pdf,
    bold: Font,
    regular: Font,
    last: i32,
    pages: Vec<Ref>,
    content: Content,
    /// The codes on the sheet that is being filled.
    codes: Vec<Ref>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sheet").field("grid", &self.grid).finish_non_exhaustive()
    }
}

impl Sheet {
    /// An empty document with labels on this grid.
    #[must_use]
    pub fn new(grid: Grid, title: &str) -> Self {
        let mut pdf = Pdf::new();
        pdf.catalog(Ref::new(CATALOG)).pages(Ref::new(PAGES));
        pdf.document_info(Ref::new(INFO)).title(TextStr(title));
        Self {
            grid,
            pdf,
            bold: Font::bold(),
            regular: Font::regular(),
            last: INFO,
            pages: Vec::new(),
            content: Content::new(),
            codes: Vec::new(),
        }
    }

    /// Puts one more badge onto the sheets.
    pub fn add(&mut self, label: &Label) {
        if self.codes.len() == self.grid.labels_a_sheet() {
            self.end_page();
        }
        let place = self.codes.len();
        let code = self.draw_code(label);
        self.codes.push(code);
        let (x, y) = self.grid.corner(place);
        let (width, height) = self.grid.label();
        // A hair line to cut along.
        self.content.save_state().set_stroke_gray(0.75).set_line_width(0.25);
        self.content.rect(x, y, width, height).stroke().restore_state();
        let side = code_side(width, height);
        let name = format!("Q{place}");
        self.content
            .save_state()
            .transform([side, 0.0, 0.0, side, x + width - PADDING - side, y + PADDING])
            .x_object(Name(name.as_bytes()))
            .restore_state();
        self.draw_texts(
            label,
            (x + PADDING, y + PADDING),
            (width - 2.0 * PADDING, height - 2.0 * PADDING),
            side,
        );
    }

    /// The whole document.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if !self.codes.is_empty() || self.pages.is_empty() {
            self.end_page();
        }
        let Self { mut pdf, bold, regular, mut last, pages, .. } = self;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        bold.embed(&mut pdf, Ref::new(BOLD), &mut next);
        regular.embed(&mut pdf, Ref::new(REGULAR), &mut next);
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        pdf.pages(Ref::new(PAGES)).kids(pages).count(count);
        pdf.finish()
    }

    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    fn end_page(&mut self) {
        let (id, content) = (self.next(), self.next());
        let bytes = std::mem::replace(&mut self.content, Content::new()).finish();
        self.pdf.stream(content, &bytes);
        let (width, height) = Grid::sheet();
        let mut page = self.pdf.page(id);
        page.parent(Ref::new(PAGES)).media_box(Rect::new(0.0, 0.0, width, height)).contents(content);
        let mut resources = page.resources();
        resources.fonts().pair(Name(b"B"), Ref::new(BOLD)).pair(Name(b"R"), Ref::new(REGULAR));
        let mut pictures = resources.x_objects();
        for (place, code) in self.codes.drain(..).enumerate() {
            pictures.pair(Name(format!("Q{place}").as_bytes()), code);
        }
        pictures.finish();
        resources.finish();
        page.finish();
        self.pages.push(id);
    }

    /// Writes the code as a picture of one bit a module; the label around it is its border.
    fn draw_code(&mut self, label: &Label) -> Ref {
        let id = self.next();
        let width = i32::try_from(label.code.width()).expect("a code has at most 177 modules a side");
        let bits = label.code.bits();
        let mut picture = self.pdf.image_xobject(id, &bits);
        picture.width(width).height(width).bits_per_component(1).interpolate(false);
        picture.color_space().device_gray();
        picture.finish();
        id
    }

    /// Draws the event above, the person in the middle, what is said of the person below; the code keeps its place.
    fn draw_texts(&mut self, label: &Label, (x, y): (f32, f32), (width, height): (f32, f32), code: f32) {
        // Beside the code where that leaves room for a name, else above it.
        let beside = width - code - PADDING;
        let is_wide = beside >= 0.4 * width;
        let text_width = if is_wide { beside } else { width };
        let title = Block::set(&self.regular, &label.title, width, (8.0, 6.0), 2);
        let name = Block::set(&self.bold, &label.name, text_width, (height / 8.0, 8.0), 3);
        let top = y + height;
        self.draw(&title, b"R", (x, top));
        let below = if is_wide { y } else { y + code };
        let room = top - title.height() - below;
        let details: Vec<Block> = label
            .details
            .iter()
            .map(|text| Block::set(&self.regular, text, text_width, (9.0, 6.5), 2))
            .collect();
        let rest: f32 = details.iter().map(Block::height).sum();
        let free = (room - name.height() - rest).max(0.0);
        let mut at = top - title.height() - free / 3.0;
        self.draw(&name, b"B", (x, at));
        at -= name.height() + (free / 3.0).min(PADDING);
        for block in &details {
            if at - block.height() < below - 1.0 {
                break;
            }
            self.draw(block, b"R", (x, at));
            at -= block.height();
        }
    }

    fn draw(&mut self, block: &Block, face: &[u8], (x, top): (f32, f32)) {
        let font = if face == b"B" { &mut self.bold } else { &mut self.regular };
        let mut baseline = top;
        for line in &block.lines {
            baseline -= block.size * LEADING;
            let text = font.encode(line);
            self.content.begin_text().set_font(Name(face), block.size);
            self.content.next_line(x, baseline + 0.25 * block.size).show(Str(&text)).end_text();
        }
    }
}

/// How wide the code is: as large as the label allows, and so large at most that its border of four modules fits into
/// the padding.
fn code_side(width: f32, height: f32) -> f32 {
    (0.45 * (width - 2.0 * PADDING)).min(0.72 * (height - 2.0 * PADDING)).min(40.0 * POINTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::{Code, QUIET};

    fn label(n: usize) -> Label {
        Label {
            code: Code::of(&format!("HMB:{}{n:06}", "A0-".repeat(48))).unwrap(),
            title: "Семинар-тренинг для региональных тренеров".to_owned(),
            name: "Абдурахмонова Гулчехра Шавкатовна".to_owned(),
            details: vec![
                "Участник".to_owned(),
                "Oʻzbekiston Respublikasi Markaziy saylov komissiyasi".to_owned(),
            ],
        }
    }

    fn document(labels: usize) -> Vec<u8> {
        let mut sheet = Sheet::new(Grid::of_labels(85, 54).unwrap(), "Семинар");
        (0..labels).for_each(|n| sheet.add(&label(n)));
        sheet.finish()
    }

    fn count(document: &[u8], what: &str) -> usize {
        document.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
    }

    #[test]
    fn a_sheet_is_followed_by_another_when_it_is_full() {
        for (labels, pages) in [(0, 1), (1, 1), (10, 1), (11, 2), (25, 3)] {
            let document = document(labels);
            assert!(document.starts_with(b"%PDF-") && document.ends_with(b"%%EOF"), "{labels}");
            assert_eq!(count(&document, "/Type /Page\n"), pages, "{labels}");
            assert_eq!(count(&document, "/Subtype /Image"), labels);
        }
    }

    #[test]
    fn the_document_brings_its_letters_and_no_more_of_the_fonts() {
        let document = document(1);
        assert_eq!(count(&document, "/FontFile2"), 2);
        assert!(document.len() < 60_000, "{} bytes", document.len());
    }

    #[test]
    fn a_badge_more_costs_about_a_kilobyte() {
        let more = document(200).len() - document(10).len();
        assert!(more < 190 * 1_900, "{} bytes a badge", more / 190);
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a code has few modules")]
    fn a_code_is_readable_and_its_border_stays_free() {
        let modules = label(1).code.width() as f32;
        for (width, height) in [(60, 40), (85, 54), (100, 150), (200, 287)] {
            let (width, height) = Grid::of_labels(width, height).unwrap().label();
            let module = code_side(width, height) / modules;
            assert!(module >= 0.4 * POINTS, "a module is {} mm wide", module / POINTS);
            assert!(module * QUIET as f32 <= PADDING);
        }
    }
}
