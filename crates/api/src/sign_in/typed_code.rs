//! Codes that people type: of letters and digits of which none is taken for another, in groups.

use rand::Rng;

/// Letters and digits of which none is taken for another: those of Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many of them stand together.
const GROUP: usize = 4;

/// Draws a code of so many symbols, of five bits each.
pub(super) fn draw<const LENGTH: usize>() -> String {
    let mut bytes = [0_u8; LENGTH];
    rand::rng().fill_bytes(&mut bytes);
    let symbols: Vec<u8> = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)]).collect();
    let groups: Vec<String> =
        symbols.chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}

/// The code that was meant by what was typed: in any case of letters, with groups or without.
pub(super) fn meant(typed: &str) -> String {
    let symbols =
        typed.trim().chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
    symbols.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_meant_however_it_is_typed() {
        let code = draw::<12>();
        assert_eq!((code.len(), code.matches('-').count()), (14, 2));
        assert_eq!(meant(&code.to_lowercase()), code.replace('-', ""));
        assert_eq!(meant(" loab cdef-ghjk "), "10ABCDEFGHJK");
        assert_ne!(draw::<16>(), draw::<16>());
    }
}
