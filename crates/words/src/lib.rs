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
