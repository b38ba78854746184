//! The Fluent bundles: `locales/{en,fr}/*.ftl`, embedded at build time.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use model::Lang;
use unic_langid::{LanguageIdentifier, langid};

use crate::LANGS;
use crate::number::number;

static_loader! {
    static LOCALES = {
        locales: "locales",
        fallback_language: "en",
        customise: |bundle| {
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(if bundle.locales.first() == Some(&FR) {
                |value, _| format_number(Lang::Fr, value)
            } else {
                |value, _| format_number(Lang::En, value)
            }));
        },
    };
}

const EN: LanguageIdentifier = langid!("en");
const FR: LanguageIdentifier = langid!("fr");

const fn id(lang: Lang) -> LanguageIdentifier {
    match lang {
        Lang::En => EN,
        Lang::Fr => FR,
    }
}

/// Formats a number argument; a selector of the message still sees the number itself.
#[expect(
    clippy::cast_possible_truncation,
    reason = "arguments are whole numbers, below 2^53"
)]
fn format_number(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(number(lang, n.value as i64)),
        _ => None,
    }
}

/// Every message that needs no argument, formatted once per language: most lookups of a page end
/// here.
static PLAIN: LazyLock<[HashMap<&'static str, String>; 2]> = LazyLock::new(|| {
    LANGS.map(|lang| {
        keys(lang)
            .filter_map(|key| Some((key, LOCALES.try_lookup(&id(lang), key)?)))
            .collect()
    })
});

/// Looks a message without arguments up.
pub fn plain(lang: Lang, key: &str) -> Option<&'static str> {
    let [en, fr] = &*PLAIN;
    let table = match lang {
        Lang::En => en,
        Lang::Fr => fr,
    };
    table.get(key).map(String::as_str)
}

/// Formats a message with arguments.
pub fn formatted(
    lang: Lang,
    key: &str,
    args: &HashMap<std::borrow::Cow<'static, str>, FluentValue<'_>>,
) -> Option<String> {
    LOCALES.try_lookup_with_args(&id(lang), key, args)
}

/// The `.ftl` files as text, so that the keys can be listed (Fluent bundles do not list them).
pub fn sources(lang: Lang) -> &'static [&'static str] {
    macro_rules! files {
        ($dir:literal) => {
            &[
                include_str!(concat!("../locales/", $dir, "/account.ftl")),
                include_str!(concat!("../locales/", $dir, "/actor.ftl")),
                include_str!(concat!("../locales/", $dir, "/admin.ftl")),
                include_str!(concat!("../locales/", $dir, "/oauth.ftl")),
                include_str!(concat!("../locales/", $dir, "/second_factor.ftl")),
                include_str!(concat!("../locales/", $dir, "/single_sign_on.ftl")),
                include_str!(concat!("../locales/", $dir, "/community.ftl")),
                include_str!(concat!("../locales/", $dir, "/date.ftl")),
                include_str!(concat!("../locales/", $dir, "/discussion.ftl")),
                include_str!(concat!("../locales/", $dir, "/error.ftl")),
                include_str!(concat!("../locales/", $dir, "/feedback.ftl")),
                include_str!(concat!("../locales/", $dir, "/frame.ftl")),
                include_str!(concat!("../locales/", $dir, "/home.ftl")),
                include_str!(concat!("../locales/", $dir, "/list.ftl")),
                include_str!(concat!("../locales/", $dir, "/mail.ftl")),
                include_str!(concat!("../locales/", $dir, "/invitation.ftl")),
                include_str!(concat!("../locales/", $dir, "/membership.ftl")),
                include_str!(concat!("../locales/", $dir, "/moderation.ftl")),
                include_str!(concat!("../locales/", $dir, "/notice.ftl")),
                include_str!(concat!("../locales/", $dir, "/notice_mail.ftl")),
                include_str!(concat!("../locales/", $dir, "/organization.ftl")),
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
pub fn keys(lang: Lang) -> impl Iterator<Item = &'static str> {
    sources(lang)
        .iter()
        .flat_map(|source| source.lines())
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use model::PostKind;
    use model::job::NewJob;
    use model::mail::MailFailureKind;
    use model::notice::NoticeKind;
    use model::peer::FailureKind;

    use super::*;

    #[test]
    fn both_languages_have_the_same_keys() {
        let en: BTreeSet<_> = keys(Lang::En).collect();
        let fr: BTreeSet<_> = keys(Lang::Fr).collect();
        let only_en: Vec<_> = en.difference(&fr).collect();
        let only_fr: Vec<_> = fr.difference(&en).collect();
        assert!(only_en.is_empty(), "not in French: {only_en:?}");
        assert!(only_fr.is_empty(), "not in English: {only_fr:?}");
        assert_eq!(en.len(), keys(Lang::En).count(), "a key is defined twice");
    }

    #[test]
    fn labels_of_enums_are_messages() {
        let kinds = PostKind::ALL.iter().map(|kind| kind.label().to_owned());
        let hints = PostKind::COMPOSED.iter();
        let hints = hints.map(|kind| format!("{}-hint", kind.label()));
        let notices = NoticeKind::ALL.iter().map(|kind| kind.label().to_owned());
        let jobs = NewJob::KINDS.iter();
        let jobs = jobs.map(|kind| format!("job-{}", kind.replace('_', "-")));
        let failures = FailureKind::ALL
            .iter()
            .map(|kind| format!("failure-{kind}"));
        let of_mail = MailFailureKind::ALL.iter();
        let of_mail = of_mail.map(|kind| format!("mail-failure-{kind}"));
        let failures = failures.chain(of_mail);
        let labels = kinds.chain(hints).chain(notices);
        for key in labels.chain(jobs).chain(failures) {
            assert!(plain(Lang::En, &key).is_some(), "{key}");
        }
    }

    #[test]
    fn messages_name_the_same_arguments_in_both_languages() {
        let arguments = |lang: Lang| -> BTreeMap<&str, BTreeSet<String>> {
            let mut found = BTreeMap::new();
            let mut key = "";
            for line in sources(lang).iter().flat_map(|s| s.lines()) {
                if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                    key = line.split_once('=').unwrap().0.trim();
                }
                for piece in line.split('$').skip(1) {
                    let name: String = piece.chars().take_while(char::is_ascii_lowercase).collect();
                    found.entry(key).or_insert_with(BTreeSet::new).insert(name);
                }
            }
            found
        };
        assert_eq!(arguments(Lang::En), arguments(Lang::Fr));
    }
}
