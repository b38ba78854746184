//! The interface in the reader's language, English or French: choosing the language, messages with
//! plurals, numbers, lists, dates in a time zone, and a guess at the language of a text.
//!
//! Results are plain text, arguments included: whoever writes HTML escapes them. No HTML, HTTP or
//! database here.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

mod bundle;
mod date;
#[cfg(test)]
mod french;
mod guess;
mod list;
mod message;
mod negotiate;
mod number;
mod page;
mod zone;

pub use bundle::keys;
pub use chrono_tz::Tz;
pub use date::{ago, day, moment, period};
pub use guess::guess;
pub use list::list;
pub use message::{Argument, Message, message, text};
pub use model::Lang;
pub use negotiate::negotiate;
pub use number::{Count, number};
pub use page::page;
pub use zone::{zone, zone_name, zones};

/// Both languages, in the order the language switch shows them.
pub const LANGS: [Lang; 2] = [Lang::En, Lang::Fr];

/// The language's name in itself.
#[must_use]
pub fn own_name(lang: impl std::borrow::Borrow<Lang>) -> &'static str {
    match lang.borrow() {
        Lang::En => "English",
        Lang::Fr => "Français",
    }
}

/// The names in themselves of languages that people write in elsewhere, by the primary subtag.
const OWN_NAMES: &[(&str, &str)] = &[
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("eo", "Esperanto"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("ga", "Gaeilge"),
    ("gl", "Galego"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("iu", "ᐃᓄᒃᑎᑐᑦ"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("nn", "Norsk nynorsk"),
    ("no", "Norsk"),
    ("oc", "Occitan"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sq", "Shqip"),
    ("sr", "Српски"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("th", "ไทย"),
    ("tl", "Tagalog"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// The name in itself of the language of a tag, whether or not the interface speaks it; `None` where we have none.
#[must_use]
pub fn name_of_tag(tag: &str) -> Option<&'static str> {
    if let Some(lang) = Lang::from_tag(tag) {
        return Some(own_name(lang));
    }
    let wanted = model::lang::primary(tag);
    let found = OWN_NAMES.iter().find(|(known, _)| *known == wanted);
    found.map(|(_, name)| *name)
}

/// The language's name in the reader's language, as inside a sentence: `anglais`.
#[must_use]
pub fn language_name(
    lang: impl std::borrow::Borrow<Lang>,
    reader: impl std::borrow::Borrow<Lang>,
) -> &'static str {
    match lang.borrow() {
        Lang::En => text(reader, "language-en"),
        Lang::Fr => text(reader, "language-fr"),
    }
}

/// The label of the language switch: `EN` or `FR`.
#[must_use]
pub fn short(lang: impl std::borrow::Borrow<Lang>) -> &'static str {
    match lang.borrow() {
        Lang::En => "EN",
        Lang::Fr => "FR",
    }
}
