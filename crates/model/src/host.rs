//! Hosts: stored and sent in the form of DNS (punycode), shown in the letters of their language.

use std::borrow::Cow;

/// Normalizes a host as people write it, with its port: lower case, composed, punycode, without the dot at
/// its end. `None` where it is none. An address of IP stays as it is.
#[must_use]
pub fn parse(text: &str) -> Option<String> {
    let (bare, port) = match text.rsplit_once(':') {
        Some((bare, port)) if !text.ends_with(']') => (bare, Some(port.parse::<u16>().ok()?)),
        Some(_) | None => (text, None),
    };
    let bare = bare.strip_suffix(['.', '。', '．']).unwrap_or(bare);
    let fits =
        |c: char| c.is_alphanumeric() || !c.is_ascii() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if bare.is_empty() || !bare.chars().all(fits) {
        return None;
    }
    let host = url::Host::parse(bare).ok()?.to_string();
    // What is written as a dot in other scripts is one only now.
    if host.split('.').any(str::is_empty) {
        return None;
    }
    Some(port.map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
}

/// Returns a host as it is shown: in the letters of its language where it cannot be taken for another,
/// else in punycode.
#[must_use]
pub fn shown(host: &str) -> Cow<'_, str> {
    if !host.contains("xn--") {
        return Cow::Borrowed(host);
    }
    let (unicode, valid) = idna::domain_to_unicode(host);
    let top = unicode.rsplit('.').next().unwrap_or_default();
    let top = top.split(':').next().unwrap_or_default();
    if valid.is_ok() && unicode.split('.').all(|label| is_plain(label, top)) {
        Cow::Owned(unicode)
    } else {
        Cow::Borrowed(host)
    }
}

/// The scripts whose letters resemble those of another, and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    /// Han, Kana, Hangul and Bopomofo, which are written together, and with Latin.
    EastAsian,
    /// One of the others, by the block it is in.
    Other(u32),
}

/// The script of a letter; `None` for digits, hyphens and marks, which all scripts have.
fn script(c: char) -> Option<Script> {
    if !c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}') {
        return None;
    }
    Some(match c {
        '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => Script::Cyrillic,
        '\u{530}'..='\u{58f}' => Script::Armenian,
        '\u{600}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' => Script::Other(0x600),
        '\u{10a0}'..='\u{10ff}' => Script::Other(0x10a0),
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::EastAsian,
        other => Script::Other(u32::from(other) & !0x7f),
    })
}

/// Whether a label is of one script, and not one that is read as Latin: `аррӏе` in Cyrillic below a domain of
/// Latin letters.
fn is_plain(label: &str, top: &str) -> bool {
    let mut scripts: Vec<Script> = label.chars().filter_map(script).collect();
    scripts.dedup();
    scripts.sort_unstable_by_key(|script| format!("{script:?}"));
    scripts.dedup();
    match scripts.as_slice() {
        [Script::Greek | Script::Cyrillic | Script::Armenian] => {
            !top.is_ascii() || !label.chars().all(looks_latin)
        }
        [Script::Latin] | [Script::EastAsian, Script::Latin] => !label.chars().any(is_unusual),
        [Script::Other(block)] => is_written_today(*block),
        [] => label.is_ascii(),
        [_] => true,
        _ => false,
    }
}

/// Whether a block of 128 characters belongs to a script that hosts are written in today: symbols, and scripts
/// whose letters look like Latin ones (Cherokee, Syllabics), do not.
const fn is_written_today(block: u32) -> bool {
    matches!(block, 0x580..=0x780 | 0x900..=0x1000 | 0x10a0 | 0x1200..=0x1300 | 0x1780 | 0x1800)
}

/// Whether a letter of Latin is in no alphabet of today, or a sign of Kana or Han looks like a stroke.
const fn is_unusual(c: char) -> bool {
    matches!(c, 'ı' | 'ȷ' | 'ĸ' | 'ſ' | '\u{250}'..='\u{2af}' | '一' | 'ー' | 'ㅡ' | '丨' | '〇' | '\u{180}'..='\u{19f}' | '\u{1a2}'..='\u{1ae}' | '\u{1b1}'..='\u{1cc}'
        | '\u{1dd}' | '\u{21c}'..='\u{24f}' | '\u{2b0}'..='\u{36f}' | 'ノ' | 'ソ' | '丶' | '〳')
}

/// Whether a letter of Greek, Cyrillic or Armenian, a digit or a hyphen looks like one of Latin.
fn looks_latin(c: char) -> bool {
    c.is_ascii() || "асԁеһіјӏорԛѕԝԍхуҽгпѵαικνορυχωγτոսցհքօ".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_compared_in_one_form() {
        for text in [
            "bawü.test",
            "BAWÜ.test",
            "bawu\u{308}.test",
            "bawü.test.",
            "xn--baw-joa.test",
        ] {
            assert_eq!(parse(text).as_deref(), Some("xn--baw-joa.test"), "{text}");
        }
        assert_eq!(parse("Alpha.test:8081").as_deref(), Some("alpha.test:8081"));
        assert_eq!(
            parse("例え。テスト").as_deref(),
            parse("例え.テスト").as_deref()
        );
        for bad in [
            "",
            ".",
            "。",
            "。。",
            "a。。b",
            "a..b",
            "a b",
            "a/b",
            "a@b",
            "x:y",
            "a.test:99999",
            "a%41",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_host_is_shown_in_its_own_letters() {
        for host in [
            "bawü.test",
            "zoé.example:8081",
            "例え.テスト",
            "пример.рф",
            "пример.test",
            "ελλάδα.gr",
            "مثال.إختبار",
            "उदाहरण.परीक्षा",
            "abc日本.test",
        ] {
            assert_eq!(shown(&parse(host).unwrap()), host);
        }
        assert_eq!(shown("alpha.test"), "alpha.test");
    }

    #[test]
    fn a_host_that_is_taken_for_another_is_shown_in_punycode() {
        for host in [
            "аррӏе.test",
            "pаypal.test",
            "αpple.test",
            "gооgle.com",
            "օօ.test",
            "ᏟᏫ.test",
            "ᑭᑕ.test",
            "ɡɩɑ.test",
            "ԍооԍӏе.test",
            "alliance一x.test",
            "💩.test",
            "xn--zzzz\u{301}",
        ] {
            let Some(ascii) = parse(host) else { continue };
            assert_eq!(shown(&ascii), ascii, "{host}");
        }
    }
}
