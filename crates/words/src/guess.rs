//! Guesses whether a text is English or French, by the small words of each.

use model::Lang;

/// Guesses the language of a text; `None` where it has too few small words, or as many of each.
#[must_use]
pub fn guess(text: &str) -> Option<Lang> {
    let (mut english, mut french) = (0_usize, 0_usize);
    let words = text.split(|c: char| !c.is_alphabetic()).take(2_000);
    for word in words.filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        if Lang::En.small_words().contains(&word.as_str()) {
            english += 1;
        }
        if Lang::Fr.small_words().contains(&word.as_str())
            || word.contains(['é', 'è', 'ê', 'à', 'ç', 'ù', 'œ'])
        {
            french += 1;
        }
    }
    match english.cmp(&french) {
        std::cmp::Ordering::Greater => Some(Lang::En),
        std::cmp::Ordering::Less => Some(Lang::Fr),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_tell_the_language() {
        assert_eq!(guess("We tried it with the night team."), Some(Lang::En));
        assert_eq!(
            guess("Chez nous, on l’a essayé avec l’équipe de nuit."),
            Some(Lang::Fr)
        );
        assert_eq!(
            guess("Thanks! Merci à l’équipe, c’est génial."),
            Some(Lang::Fr)
        );
        assert_eq!(
            guess("The café and the résumé are on the table."),
            Some(Lang::En)
        );
    }

    #[test]
    fn a_text_without_small_words_is_not_guessed() {
        assert_eq!(guess(""), None);
        assert_eq!(guess("OK 👍 42"), None);
    }
}
