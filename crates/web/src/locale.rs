//! Two languages, English and French: choosing one, saying a message in it, and writing numbers
//! and times the way its readers write them.
//!
//! Messages live in `locales/{en,fr}/*.ftl`, embedded at build time. They are plain text: askama
//! escapes what they say, arguments included, so no argument can bring markup with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
pub use model::Lang;
use unic_langid::{LanguageIdentifier, langid};

static_loader! {
    static LOCALES = {
        locales: "locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const EN: LanguageIdentifier = langid!("en");
const FR: LanguageIdentifier = langid!("fr");

/// Both languages, in the order the switch shows them.
pub const LANGS: [Lang; 2] = [Lang::En, Lang::Fr];

/// What the switch prints: `EN` or `FR`.
#[must_use]
pub fn short(lang: impl Spoken) -> &'static str {
    match lang.lang() {
        Lang::En => "EN",
        Lang::Fr => "FR",
    }
}

/// The language's name in itself.
#[must_use]
pub fn own_name(lang: impl Spoken) -> &'static str {
    match lang.lang() {
        Lang::En => "English",
        Lang::Fr => "Français",
    }
}

const fn id(lang: Lang) -> LanguageIdentifier {
    match lang {
        Lang::En => EN,
        Lang::Fr => FR,
    }
}

/// Chooses the reader's language: `?lang=` before the cookie, before `Accept-Language` (by its
/// q-values), before the instance's own.
#[must_use]
pub fn negotiate(
    query: Option<&str>,
    cookie: Option<&str>,
    accept: Option<&str>,
    default: Lang,
) -> Lang {
    query
        .and_then(Lang::from_tag)
        .or_else(|| cookie.and_then(Lang::from_tag))
        .or_else(|| accept.and_then(preferred))
        .unwrap_or(default)
}

/// The best of ours in an `Accept-Language` header; the first named wins a tie (RFC 9110 §12.5.4).
fn preferred(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in header.split(',') {
        let mut pieces = part.split(';');
        let Some(lang) = pieces.next().map(str::trim).and_then(Lang::from_tag) else {
            continue;
        };
        let q = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .and_then(|q| q.parse::<f32>().ok())
            .unwrap_or(1.0);
        if q > 0.0 && best.is_none_or(|(b, _)| q > b) {
            best = Some((q, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// What a message is told: text, or a number that chooses its plural.
#[derive(Debug, Clone)]
pub enum Arg {
    Text(String),
    Number(i64),
}

/// What can be told to a message; templates hand values over by reference.
pub trait ToArg {
    fn to_arg(&self) -> Arg;
}

impl ToArg for str {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.to_owned())
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.clone())
    }
}

impl ToArg for i64 {
    fn to_arg(&self) -> Arg {
        Arg::Number(*self)
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

/// A count, by value or by reference.
pub trait Count {
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

/// A language, by value or by reference.
pub trait Spoken {
    fn lang(&self) -> Lang;
}

impl Spoken for Lang {
    fn lang(&self) -> Lang {
        *self
    }
}

impl<T: Spoken> Spoken for &T {
    fn lang(&self) -> Lang {
        (**self).lang()
    }
}

impl From<Arg> for FluentValue<'static> {
    fn from(arg: Arg) -> Self {
        match arg {
            Arg::Text(text) => FluentValue::from(text),
            Arg::Number(number) => FluentValue::from(number),
        }
    }
}

/// Every message that needs no argument, said once per language: most lookups of a page end here.
static PLAIN: LazyLock<[HashMap<&'static str, String>; 2]> = LazyLock::new(|| {
    LANGS.map(|lang| {
        keys(lang)
            .filter_map(|key| Some((key, LOCALES.try_lookup(&id(lang), key)?)))
            .collect()
    })
});

/// The message named `key`. A key that does not exist comes back as `⟦key⟧`, which the tests of
/// every page look for.
#[must_use]
pub fn t(lang: impl Spoken, key: &str) -> &'static str {
    let [en, fr] = &*PLAIN;
    let table = match lang.lang() {
        Lang::En => en,
        Lang::Fr => fr,
    };
    match table.get(key) {
        Some(message) => message,
        None => missing(key),
    }
}

fn missing(key: &str) -> &'static str {
    tracing::error!(key, "a message is missing");
    "⟦missing message⟧"
}

/// The message named `key`, told `args`.
#[must_use]
pub fn t_args(
    lang: Lang,
    key: &str,
    args: impl IntoIterator<Item = (&'static str, Arg)>,
) -> String {
    let args: HashMap<_, FluentValue<'_>> = args
        .into_iter()
        .map(|(name, arg)| (Cow::Borrowed(name), arg.into()))
        .collect();
    LOCALES
        .try_lookup_with_args(&id(lang), key, &args)
        .unwrap_or_else(|| missing(key).to_owned())
}

/// A counted message: `$n` chooses the plural, `$count` is the number as its readers write it.
#[must_use]
pub fn t_count(lang: Lang, key: &str, n: i64) -> String {
    t_args(
        lang,
        key,
        [("n", Arg::Number(n)), ("count", Arg::Text(number(lang, n)))],
    )
}

/// A whole number: `1,180` in English, `1 180` (narrow no-break space) in French.
#[must_use]
pub fn number(lang: Lang, n: i64) -> String {
    let separator = match lang {
        Lang::En => ',',
        Lang::Fr => '\u{202f}',
    };
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// The day: `12 November 2026`, `12 novembre 2026`, `1er novembre 2026`.
#[must_use]
pub fn day(lang: Lang, at: DateTime<Utc>) -> String {
    let month = t(
        lang,
        MONTHS
            .get(at.month0() as usize)
            .copied()
            .unwrap_or("month-1"),
    );
    match (lang, at.day()) {
        (Lang::Fr, 1) => format!("1er {month} {}", at.year()),
        (_, day) => format!("{day} {month} {}", at.year()),
    }
}

/// The minute, in UTC until a reader's zone is known: `12 November 2026, 16:05 UTC`.
#[must_use]
pub fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    match lang {
        Lang::En => format!("{}, {} UTC", day(lang, at), at.format("%H:%M")),
        Lang::Fr => format!("{}, {} UTC", day(lang, at), at.format("%H h %M")),
    }
}

/// How long ago, as one would say it; the day itself after a week.
#[must_use]
pub fn ago(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let gone = now - at;
    let counted = |key, n| t_count(lang, key, n);
    if gone < TimeDelta::minutes(1) {
        t(lang, "time-now").to_owned()
    } else if gone < TimeDelta::hours(1) {
        counted("time-minutes", gone.num_minutes())
    } else if gone < TimeDelta::days(1) {
        counted("time-hours", gone.num_hours())
    } else if gone < TimeDelta::days(7) {
        counted("time-days", gone.num_days())
    } else {
        day(lang, at)
    }
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
    "month-9", "month-10", "month-11", "month-12",
];

/// The `.ftl` files as text, so that the keys can be listed (Fluent bundles do not).
fn sources(lang: Lang) -> &'static [&'static str] {
    macro_rules! files {
        ($dir:literal) => {
            &[
                include_str!(concat!("../locales/", $dir, "/account.ftl")),
                include_str!(concat!("../locales/", $dir, "/actor.ftl")),
                include_str!(concat!("../locales/", $dir, "/admin.ftl")),
                include_str!(concat!("../locales/", $dir, "/answer.ftl")),
                include_str!(concat!("../locales/", $dir, "/community.ftl")),
                include_str!(concat!("../locales/", $dir, "/discussion.ftl")),
                include_str!(concat!("../locales/", $dir, "/error.ftl")),
                include_str!(concat!("../locales/", $dir, "/frame.ftl")),
                include_str!(concat!("../locales/", $dir, "/home.ftl")),
                include_str!(concat!("../locales/", $dir, "/notice.ftl")),
                include_str!(concat!("../locales/", $dir, "/search.ftl")),
                include_str!(concat!("../locales/", $dir, "/setup.ftl")),
            ]
        };
    }
    match lang {
        Lang::En => files!("en"),
        Lang::Fr => files!("fr"),
    }
}

/// Every message key of a language, in file order.
pub(crate) fn keys(lang: Lang) -> impl Iterator<Item = &'static str> {
    sources(lang)
        .iter()
        .flat_map(|source| source.lines())
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
}

#[cfg(test)]
mod tests;
