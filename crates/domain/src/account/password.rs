//! Passwords: what makes one good enough. Hashing belongs to `api`.

use zxcvbn::{Score, zxcvbn};

use crate::problem::{Fault, Invalid};

/// The shortest password, in characters.
pub const PASSWORD_MINIMUM: usize = 12;
/// The longest password, in characters; longer ones only cost time.
pub const PASSWORD_MAXIMUM: usize = 256;

/// Words that stand for this service.
const OWN_WORDS: &[&str] = &["hemicycle", "parliament", "election", "training", "participant"];

/// Accepts a password for someone about whom these texts are known: the address, the name.
///
/// What is easy to guess is refused with what to do about it (zxcvbn: at least 3 of 4).
pub fn check_password(field: &str, password: &str, about: &[&str]) -> Result<(), Invalid> {
    let actual = password.chars().count();
    if actual < PASSWORD_MINIMUM {
        let reason = format!("a password needs at least {PASSWORD_MINIMUM} characters");
        return Err(Invalid::new(field, Fault::Malformed { reason }));
    }
    if actual > PASSWORD_MAXIMUM {
        return Err(Invalid::new(field, Fault::TooLong { actual, maximum: PASSWORD_MAXIMUM }));
    }
    let names = about.iter().flat_map(|text| text.split('@'));
    let parts = about.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let words = OWN_WORDS.iter().chain(about).copied().chain(names).chain(parts);
    let words: Vec<&str> = words.filter(|word| word.chars().count() > 2).collect();
    let estimate = zxcvbn(password, &words);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let mut advice: Vec<String> = Vec::new();
    if let Some(feedback) = estimate.feedback() {
        advice.extend(feedback.warning().map(|warning| warning.to_string()));
        advice.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    if advice.is_empty() {
        advice.push("Add another word or two. Uncommon words are better.".to_owned());
    }
    Err(Invalid::new(field, Fault::Guessable { advice: advice.join(" ") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), Invalid> {
        check_password("password", password, &["aigerim.bekova@example.kz", "Айгерим Бекова"])
    }

    #[test]
    fn a_password_has_a_length() {
        assert!(check("x9!kQ").is_err());
        assert!(check("correct horse battery staple").is_ok());
        assert!(check(&"xk9 ".repeat(65)).is_err());
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_with_advice() {
        for easy in ["passwordpassword", "aaaaaaaaaaaa", "qwertyuiop12", "123456789012"] {
            let refusal = check(easy).unwrap_err();
            assert_eq!(refusal.path, ["password"], "{easy}");
            assert!(matches!(refusal.fault, Fault::Guessable { ref advice } if !advice.is_empty()), "{easy}");
        }
    }

    #[test]
    fn the_address_and_the_name_do_not_make_a_password() {
        for own in ["aigerim.bekova", "Aigerim.Bekova1", "hemicycle2026", "Айгерим Бекова"] {
            let checked = check(own).map_err(|refusal| refusal.fault);
            assert!(matches!(checked, Err(Fault::Guessable { .. })), "{own}: {checked:?}");
        }
        assert!(check("тихий верблюд читает газету").is_ok());
    }
}
