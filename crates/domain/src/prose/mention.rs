//! Names in a text: `@name` of here, `@name@host` of elsewhere, and communities as `!name@host`. Letters are
//! those of any script.

use model::handle::is_name_letter;

/// Returns the first name in a text, with where it begins.
pub(super) fn next_name(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(['@', '!']) {
        let at = from + found;
        let before = text.get(..at)?.chars().next_back();
        let name = name_at(text.get(at..)?);
        // Without a host an exclamation is one, and no community.
        let complete = name.len() > 2 && (name.starts_with('@') || name.contains('@'));
        if complete && before.is_none_or(is_boundary) {
            return Some((at, name));
        }
        from = at + 1;
    }
    None
}

/// Whether a name may begin after a character: not within a word, an address or a path. Scripts without
/// spaces between words have no such boundary.
fn is_boundary(before: char) -> bool {
    is_unspaced(before)
        || !(is_name_letter(before)
            || matches!(before, '/' | '@' | '.' | '_' | '-' | '+' | '=' | '~'))
}

/// Returns the name that a text begins with, with its sigil; only the sigil where there is none.
fn name_at(text: &str) -> &str {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    let fits = |c: char| is_name_letter(c) || joins(c) || matches!(c, '_' | '-' | '.');
    let name = prefix(text.get(1..).unwrap_or_default(), fits);
    let host = text.get(1 + name.len()..).unwrap_or_default();
    let host = host.strip_prefix('@').map_or("", host_at);
    let len = match host {
        // Names of here are of ASCII: in a text without spaces they end before its letters.
        "" => 1 + prefix(name, |c| !is_unspaced(c)).len(),
        host => 2 + name.len() + host.len(),
    };
    let whole = text.get(..len).unwrap_or_default();
    whole.trim_end_matches(|c| joins(c) || matches!(c, '.' | '-' | '@'))
}

/// Returns the host that a text begins with, with its port.
fn host_at(text: &str) -> &str {
    let host = prefix(text, |c| is_name_letter(c) || matches!(c, '-' | '.'));
    let last = host
        .trim_end_matches(['.', '-'])
        .rfind('.')
        .map_or(0, |dot| dot + 1);
    let label = host.get(last..).unwrap_or_default();
    // The last label of a host is of one script: what follows it in another is the text.
    if label.starts_with(|c: char| c.is_ascii()) {
        let label = prefix(label, |c| !is_unspaced(c));
        if last + label.len() < host.len() {
            return text.get(..last + label.len()).unwrap_or_default();
        }
    }
    let port = text.get(host.len()..).unwrap_or_default();
    let digits = port
        .strip_prefix(':')
        .map_or("", |port| prefix(port, |c| c.is_ascii_digit()));
    let port = if digits.is_empty() {
        0
    } else {
        1 + digits.len()
    };
    text.get(..host.len() + port).unwrap_or_default()
}

/// Returns the beginning of a text that fits.
fn prefix(text: &str, fits: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether a character is of a script that is written without spaces between words.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff65}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a text ends within an address, so that what follows belongs to it: `@gülş` before `en@host`.
pub(super) fn ends_within_name(text: &str) -> bool {
    let last = text.chars().next_back();
    last.is_some_and(|c| matches!(c, '@' | '!') || (is_name_letter(c) && !c.is_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(mut text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        while let Some((at, name)) = next_name(text) {
            found.push(name);
            text = &text[at + name.len()..];
        }
        found
    }

    #[test]
    fn names_are_found_in_every_script() {
        for (text, found) in [
            ("Ask @ann, @bea@beta.test!", vec!["@ann", "@bea@beta.test"]),
            (
                "Merci @zoé@p.test et @gülşen@p.test !",
                vec!["@zoé@p.test", "@gülşen@p.test"],
            ),
            ("@zoe\u{301}@p.test", vec!["@zoe\u{301}@p.test"]),
            (
                "@विद्या@p.test, @น้ำ@p.test",
                vec!["@विद्या@p.test", "@น้ำ@p.test"],
            ),
            ("Bonjour @andré, merci", vec!["@andré"]),
            ("感謝@ann", vec!["@ann"]),
            ("感謝@ann謝謝", vec!["@ann"]),
            ("你好@ann@p.test谢谢", vec!["@ann@p.test"]),
            ("（@ann@p.test）", vec!["@ann@p.test"]),
            ("「@ann」、@bea。", vec!["@ann", "@bea"]),
            ("@小龍@例え.テスト。", vec!["@小龍@例え.テスト"]),
            ("@user@bawü.test.", vec!["@user@bawü.test"]),
            (
                "@club@b.test:81. !club@b.test:81",
                vec!["@club@b.test:81", "!club@b.test:81"],
            ),
            ("@ann: yes; @ann's; (@ann) @ann-", vec!["@ann"; 4]),
            ("é@ann a@ann x/@ann x_@ann x+@ann .@ann", vec![]),
            ("Wow! !club @ @@ ann@p.test", vec![]),
        ] {
            assert_eq!(names(text), found, "{text}");
        }
    }
}
