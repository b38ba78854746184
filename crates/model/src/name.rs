//! Short texts that people give themselves, their communities and their threads: what in them would deceive
//! or be invisible.

use std::collections::VecDeque;
use unicode_normalization::UnicodeNormalization;

/// Returns whether a name is readable as it is written: without control characters, without marks that
/// change the direction of writing, without invisible characters, and with something visible.
#[must_use]
pub fn is_readable(name: &str) -> bool {
    let on_one_line =
        !name.contains(['\u{2028}', '\u{2029}']) && !name.chars().any(char::is_control);
    on_one_line && strip(name) == name && name.chars().any(is_visible)
}

/// Puts a text on one line as it is to be shown: composed (NFC), whitespace folded to single spaces, without
/// what [`is_readable`] refuses. Empty where nothing in it is visible.
#[must_use]
pub fn one_line(text: &str) -> String {
    // French sets no-break spaces; they stay. A blank cell of Braille is a space.
    let is_foldable =
        |c: char| (c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')) || c == '\u{2800}';
    let spaced: String = text
        .nfc()
        .map(|c| if is_foldable(c) { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect();
    let stripped = strip(&spaced);
    let words = stripped.split(' ').filter(|word| !word.is_empty());
    let folded: String = words.collect::<Vec<_>>().join(" ").nfc().collect();
    let folded = folded.trim();
    if folded.chars().any(is_visible) {
        folded.to_owned()
    } else {
        String::new()
    }
}

/// A display name, or the handle of whoever has none.
#[must_use]
pub fn or_handle(name: &str, handle: &str) -> String {
    match name.trim() {
        "" => handle.to_owned(),
        name => name.to_owned(),
    }
}

/// Composes the characters of a text (NFC), and changes nothing else.
#[must_use]
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Returns whether a text has anything visible: neither blanks alone, nor characters without a shape.
#[must_use]
pub fn has_visible_text(text: &str) -> bool {
    text.chars().any(is_visible)
}

/// Returns whether a character changes the direction of the writing around it.
#[must_use]
pub const fn is_direction_mark(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a character has a shape of its own: no blank, nothing of zero width, no filler.
#[must_use]
pub fn is_visible(c: char) -> bool {
    !is_invisible(c) && !is_joiner(c) && !is_selector(c) && !c.is_whitespace() && !c.is_control()
}

/// Removes marks of direction and invisible characters. Joiners and selectors stay where they shape the
/// characters beside them.
fn strip(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest: VecDeque<char> = text.chars().filter(|c| !is_invisible(*c)).collect();
    while let Some(c) = rest.pop_front() {
        let before = kept.chars().next_back();
        let shapes = if is_joiner(c) {
            let after = rest.iter().find(|c| !is_selector(**c));
            before.is_some_and(is_joined) && after.is_some_and(|c| is_joined(*c))
        } else {
            !is_selector(c) || before.is_some_and(|before| is_selected(before, c))
        };
        if shapes {
            kept.push(c);
        }
    }
    kept
}

/// Whether a character is of zero width, a filler or a tag: two names that differ in it look the same.
const fn is_invisible(c: char) -> bool {
    is_direction_mark(c)
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
                | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}'
                | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
        )
}

/// The joiner and the non-joiner.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner beside the character can change how it looks: scripts that join their letters or stack
/// them, and emoji.
const fn is_joined(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{1fff}' | '\u{a840}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe70}'..='\u{fefe}' | '\u{10a00}'..='\u{11fff}'
        | '\u{1e900}'..='\u{1e95f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The selectors of variants.
const fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character has variants of the kind that the selector chooses from.
const fn is_selected(before: char, selector: char) -> bool {
    match selector {
        '\u{fe00}'..='\u{fe0f}' => {
            matches!(before, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{1000}'..='\u{109f}'
                | '\u{2000}'..='\u{2bff}' | '\u{2e80}'..='\u{9fff}' | '\u{a840}'..='\u{a87f}'
                | '\u{f900}'..='\u{faff}' | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
                && !is_joiner(before)
        }
        '\u{e0100}'..='\u{e01ef}' => {
            matches!(before, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        }
        _ => matches!(before, '\u{1800}'..='\u{18af}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_readable() {
        for name in [
            "Ann",
            "Éloïse Tremblay",
            "李小龍",
            "محمد",
            "نگار\u{200c}ها",
            "ක්\u{200d}ෂ",
            "👩\u{200d}⚕️",
            "❤️\u{200d}🔥",
            "1️⃣ Loom",
            "葛\u{e0100}城",
            "R2-D2",
            "·",
        ] {
            assert!(is_readable(name), "{name}");
            assert_eq!(one_line(name), name);
        }
    }

    #[test]
    fn what_deceives_or_cannot_be_seen_is_no_name() {
        for (name, shown) in [
            ("", ""),
            (" ", ""),
            ("\u{1b}]0;pwned\u{7}\u{1b}[2J", "]0;pwned[2J"),
            ("Ann\u{7}", "Ann"),
            ("Ann\nBea", "Ann Bea"),
            ("Ann\t\r\nBea", "Ann Bea"),
            ("nna\u{202e}", "nna"),
            ("\u{2067}Ann\u{2069}", "Ann"),
            ("\u{61c}Ann\u{200e}\u{200f}", "Ann"),
            ("\u{200b}\u{200d}", ""),
            ("\u{3164}", ""),
            ("\u{115f}\u{1160}\u{ffa0}", ""),
            ("\u{2800}\u{feff}", ""),
            ("\u{fe0f}\u{fe0e}", ""),
            ("\u{ad}", ""),
            ("\u{85}", ""),
            ("\u{2062}\u{2063}\u{2064}", ""),
            ("Priya\u{200b} Raman", "Priya Raman"),
            ("Pri\u{200d}ya", "Priya"),
            ("Pri\u{200c}ya", "Priya"),
            ("Priya\u{fe0f}", "Priya"),
            ("Priya\u{e0100}", "Priya"),
            ("Pri\u{ad}ya", "Priya"),
            ("x\u{2028}y", "x y"),
            ("\u{e0041}x\u{e007f}", "x"),
        ] {
            assert!(!is_readable(name), "{name:?}");
            assert_eq!(one_line(name), shown, "{name:?}");
        }
    }

    #[test]
    fn a_line_is_composed_and_keeps_its_no_break_spaces() {
        assert_eq!(one_line(" Zoe\u{301}\n  Q "), "Zoé Q");
        assert_eq!(
            one_line("Quoi\u{a0}? «\u{202f}Oui\u{202f}»"),
            "Quoi\u{a0}? «\u{202f}Oui\u{202f}»"
        );
    }
}
