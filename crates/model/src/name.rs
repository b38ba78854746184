//! Names that people give themselves and their communities: what in them would deceive or be invisible.

/// Returns whether a name is readable as it is written: without control characters, without marks that
/// change the direction of writing, and with something visible.
#[must_use]
pub fn is_readable(name: &str) -> bool {
    let plain = !name
        .chars()
        .any(|c| c.is_control() || is_direction_mark(c) || is_separator(c));
    plain && name.chars().any(is_visible)
}

/// Returns whether a character changes the direction of the writing around it.
#[must_use]
pub const fn is_direction_mark(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a character separates lines or words without a trace, or is a tag: two names that differ in it
/// look the same. The joiners that Persian and emoji need are none.
const fn is_separator(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether a character has a shape of its own: no blank, nothing of zero width, no filler.
fn is_visible(c: char) -> bool {
    let blank = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !blank && !c.is_whitespace() && !c.is_control()
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
            "👩\u{200d}⚕️",
            "R2-D2",
            "·",
        ] {
            assert!(is_readable(name), "{name}");
        }
    }

    #[test]
    fn what_deceives_or_cannot_be_seen_is_no_name() {
        for name in [
            "",
            " ",
            "\u{1b}]0;pwned\u{7}\u{1b}[2J",
            "Ann\u{7}",
            "Ann\nBea",
            "nna\u{202e}",
            "\u{2067}Ann\u{2069}",
            "\u{200b}\u{200d}",
            "\u{3164}",
            "\u{2800}\u{feff}",
            "\u{85}",
            "Priya\u{200b} Raman",
            "x\u{2028}y",
            "\u{e0041}x",
        ] {
            assert!(!is_readable(name), "{name:?}");
        }
    }
}
