//! What stands on a badge, and how its texts are broken into lines that fit.

use crate::{font::Font, qr::Code};

/// What stands on a badge beside its code.
#[derive(Debug, Clone)]
pub struct Label {
    /// The code.
    pub code: Code,
    /// The name of the event, small above.
    pub title: String,
    /// The name of the person, as large as it fits.
    pub name: String,
    /// What is said of the person, small below, a line each.
    pub details: Vec<String>,
}

/// A text that was broken into lines of one size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) size: f32,
    pub(crate) lines: Vec<String>,
}

impl Block {
    /// Sets a text within a width: as large as its lines allow, down to a least size at which it is cut off.
    pub(crate) fn set(font: &Font, text: &str, width: f32, sizes: (f32, f32), most_lines: usize) -> Self {
        let (largest, least) = sizes;
        let mut size = largest;
        loop {
            let lines = broken(font, text, width / size);
            let fits = lines.len() <= most_lines && lines.iter().all(|line| font.width(line) * size <= width);
            if fits {
                return Self { size, lines };
            }
            if size <= least {
                return Self { size, lines: cut(font, lines, width / size, most_lines) };
            }
            size = (size - 0.5).max(least);
        }
    }

    /// How high it is with the space between its lines.
    #[expect(clippy::cast_precision_loss, reason = "there are few lines")]
    pub(crate) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LEADING
    }
}

/// The distance of two lines, in sizes.
pub(crate) const LEADING: f32 = 1.2;

/// Breaks a text between words; a word that is wider than the line stands alone.
fn broken(font: &Font, text: &str, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if font.width(line) + font.width(" ") + font.width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Cuts off what does not fit, and says so by an ellipsis.
fn cut(font: &Font, mut lines: Vec<String>, width: f32, most_lines: usize) -> Vec<String> {
    let is_cut = lines.len() > most_lines;
    lines.truncate(most_lines);
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter_mut().enumerate() {
        let goes_on = is_cut && at == last;
        if goes_on || font.width(line) > width {
            while !line.is_empty() && font.width(line) + font.width("…") > width {
                line.pop();
            }
            line.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_set_large_and_a_long_one_smaller_on_more_lines() {
        let font = Font::bold();
        let short = Block::set(&font, "Ли Ю", 150.0, (24.0, 8.0), 3);
        assert!(short.size > 23.9 && short.lines.len() == 1, "{short:?}");
        let long = Block::set(&font, "Абдурахмонова-Каримова Гулчехра Шавкатовна", 150.0, (24.0, 8.0), 3);
        assert!(long.size < 24.0 && long.lines.len() > 1, "{long:?}");
        assert!(long.lines.iter().all(|line| font.width(line) * long.size <= 150.0));
    }

    #[test]
    fn what_does_not_fit_at_the_least_size_is_cut_off_visibly() {
        let font = Font::regular();
        let block = Block::set(&font, &"слово ".repeat(80), 60.0, (10.0, 8.0), 2);
        assert!(block.size < 8.1 && block.lines.len() == 2, "{block:?}");
        assert!(block.lines[1].ends_with('…'));
        let word = Block::set(&font, &"ы".repeat(200), 60.0, (10.0, 8.0), 2);
        assert!(font.width(&word.lines[0]) * word.size <= 60.5 && word.lines[0].ends_with('…'));
    }

    #[test]
    fn an_empty_text_takes_no_space() {
        assert!(Block::set(&Font::bold(), "  ", 60.0, (10.0, 8.0), 2).lines.is_empty());
    }
}
