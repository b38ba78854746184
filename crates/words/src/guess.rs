//! Guesses the language of a text: English or French by the small words of each, another one by its script where
//! that is the script of one language. What tells nothing is unknown: a wrong tag is worse than none for a screen
//! reader, a search and a translator. Why not a library: `docs/decisions/0007-our-own-guess-of-the-language.md`.

use model::Lang;
use model::lang::UNKNOWN;

/// The letters of a text that are looked at, and its words.
const LETTERS_MAX: usize = 4_000;
const WORDS_MAX: usize = 2_000;
/// A text in English or French has at least one small word in so many.
const WORDS_TO_A_SMALL_ONE: usize = 8;

/// Scripts that one language is written in, nearly always.
const SCRIPTS: &[(char, char, &str)] = &[
    ('\u{370}', '\u{3ff}', "el"),
    ('\u{1f00}', '\u{1fff}', "el"),
    ('\u{531}', '\u{58f}', "hy"),
    ('\u{591}', '\u{5ff}', "he"),
    ('\u{a80}', '\u{aff}', "gu"),
    ('\u{b80}', '\u{bff}', "ta"),
    ('\u{c00}', '\u{c7f}', "te"),
    ('\u{c80}', '\u{cff}', "kn"),
    ('\u{d00}', '\u{d7f}', "ml"),
    ('\u{d80}', '\u{dff}', "si"),
    ('\u{e00}', '\u{e7f}', "th"),
    ('\u{e80}', '\u{eff}', "lo"),
    ('\u{10a0}', '\u{10ff}', "ka"),
    ('\u{1780}', '\u{17ff}', "km"),
    ('\u{1100}', '\u{11ff}', "ko"),
    ('\u{ac00}', '\u{d7af}', "ko"),
    ('\u{3041}', '\u{30ff}', "ja"),
    ('\u{3400}', '\u{9fff}', "zh"),
    // Other languages in these letters have further ones, and are not told from each other.
    ('\u{621}', '\u{64a}', "ar"),
];

/// Small words and letters of languages that share some with English or French.
const ELSEWHERE: &[&str] = &[
    "att", "auf", "che", "como", "con", "das", "del", "della", "der", "det", "di", "een", "ein",
    "eine", "el", "het", "ist", "las", "los", "mit", "muy", "nicht", "niet", "och", "og", "para",
    "por", "som", "sono", "una", "und", "uma", "wir", "zu",
];
const LETTERS_ELSEWHERE: &[char] = &[
    'á', 'ã', 'ä', 'å', 'ą', 'ć', 'č', 'đ', 'ę', 'ě', 'ğ', 'í', 'ı', 'ł', 'ñ', 'ń', 'ó', 'õ', 'ö',
    'ø', 'ő', 'ř', 'ś', 'ş', 'š', 'ß', 'ú', 'ů', 'ű', 'ž', 'ź', 'ż',
];

/// Guesses the language of a text: its tag, [`UNKNOWN`] where the text does not tell.
#[must_use]
pub fn guess(text: &str) -> &'static str {
    let is_address = |word: &&str| word.contains("://") || word.contains('@');
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !is_address(word))
        .take(WORDS_MAX)
        .collect();
    match script(&words) {
        Some(tag) => tag,
        None => by_small_words(&words),
    }
}

/// Returns the language of the script that most letters are of; `None` where most are Latin.
fn script(words: &[&str]) -> Option<&'static str> {
    let letters = words.iter().flat_map(|word| word.chars());
    let letters = letters.filter(|c| c.is_alphabetic()).take(LETTERS_MAX);
    let (mut latin, mut counts) = (0_usize, Vec::<(&str, usize)>::new());
    for letter in letters {
        if letter <= '\u{24f}' || ('\u{1e00}'..='\u{1eff}').contains(&letter) {
            latin += 1;
            continue;
        }
        let script = SCRIPTS
            .iter()
            .find(|(first, last, _)| (*first..=*last).contains(&letter));
        let tag = script.map_or(UNKNOWN, |(_, _, tag)| tag);
        match counts.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, count)) => *count += 1,
            None => counts.push((tag, 1)),
        }
    }
    let of = |tag| counts.iter().any(|(known, _)| *known == tag);
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let (tag, _) = counts.iter().max_by_key(|(_, count)| *count)?;
    if all <= latin {
        return None;
    }
    Some(match *tag {
        // Japanese is written with the characters of Chinese too.
        "zh" if of("ja") => "ja",
        "ar" if of(UNKNOWN) => UNKNOWN,
        tag => tag,
    })
}

/// Tells English and French from each other and from their neighbours.
fn by_small_words(words: &[&str]) -> &'static str {
    let words = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphabetic()));
    let (mut all, mut english, mut french, mut other) = (0_usize, 0, 0, 0);
    for word in words.filter(|word| !word.is_empty()).take(WORDS_MAX) {
        let word = word.to_lowercase();
        all += 1;
        english += usize::from(Lang::En.small_words().contains(&word.as_str()));
        other +=
            usize::from(ELSEWHERE.contains(&word.as_str()) || word.contains(LETTERS_ELSEWHERE));
        french += usize::from(
            Lang::Fr.small_words().contains(&word.as_str())
                || word.contains(['é', 'è', 'ê', 'à', 'ç', 'ù', 'œ']),
        );
    }
    let (lang, own, most) = match english.cmp(&french) {
        std::cmp::Ordering::Greater => (Lang::En, english, french.max(other)),
        std::cmp::Ordering::Less => (Lang::Fr, french, english.max(other)),
        std::cmp::Ordering::Equal => return UNKNOWN,
    };
    if own > most && own * WORDS_TO_A_SMALL_ONE >= all {
        lang.as_str()
    } else {
        UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_tell_the_language() {
        for (text, tag) in [
            ("We tried it with the night team.", "en"),
            ("Chez nous, on l’a essayé avec l’équipe de nuit.", "fr"),
            ("Thanks! Merci à l’équipe, c’est génial.", "fr"),
            ("The café and the résumé are on the table.", "en"),
            (
                "We asked José Núñez and Åsa at the clinic what they do.",
                "en",
            ),
        ] {
            assert_eq!(guess(text), tag, "{text}");
        }
    }

    #[test]
    fn a_script_tells_the_language() {
        for (text, tag) in [
            ("ניסינו את זה עם צוות הלילה", "he"),
            (
                "ראו https://a.example/in/the/news-about-it-and-more של הצוות",
                "he",
            ),
            ("جربناه مع فريق الليل", "ar"),
            ("Το δοκιμάσαμε με τη νυχτερινή ομάδα", "el"),
            ("夜勤のチームで試しました", "ja"),
            ("我们和夜班团队一起试过", "zh"),
            ("야간 팀과 함께 해 보았습니다", "ko"),
        ] {
            assert_eq!(guess(text), tag, "{text}");
        }
    }

    #[test]
    fn what_does_not_tell_is_unknown() {
        for text in [
            "",
            "OK 👍 42",
            "Warping heddles",
            "ما آن را با تیم شب امتحان کردیم",
            "Мы попробовали это с ночной сменой",
            "Wir haben es mit dem Nachtteam versucht, so was in der Klinik.",
            "El equipo de noche lo probó la semana pasada con una enfermera.",
            "Abbiamo provato con la squadra di notte, una volta sono venuti.",
        ] {
            assert_eq!(guess(text), UNKNOWN, "{text}");
        }
    }
}
