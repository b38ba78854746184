//! The few words of our own in documents, in both languages.

use model::Lang;
use vocab::Language;

/// Returns the language of a tag, with a name: Lemmy 1.0 refuses the whole object where it is missing.
/// Its identifiers have no region.
pub(super) fn language(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    if primary.is_empty() || primary == "und" {
        return None;
    }
    let name = match Lang::from_tag(&primary) {
        Some(Lang::En) => "English".to_owned(),
        Some(Lang::Fr) => "Français".to_owned(),
        None => primary.clone(),
    };
    Some(Language {
        identifier: primary,
        name: Some(name),
    })
}

/// The labels of the lines of a profile.
pub(super) struct Labels {
    pub role: &'static str,
    pub organization: &'static str,
    pub pronouns: &'static str,
}

/// Returns the labels in the first language of a profile.
pub(super) fn labels(languages: &str) -> Labels {
    let first = languages.split_whitespace().find_map(Lang::from_tag);
    match first.unwrap_or(Lang::En) {
        Lang::En => Labels {
            role: "Role",
            organization: "Organization",
            pronouns: "Pronouns",
        },
        Lang::Fr => Labels {
            role: "Fonction",
            organization: "Organisme",
            pronouns: "Pronoms",
        },
    }
}

/// Returns the warning about a post that says no more than that it is sensitive.
pub(super) fn sensitive(lang: &str) -> &'static str {
    match Lang::from_tag(lang).unwrap_or(Lang::En) {
        Lang::En => "Sensitive content",
        Lang::Fr => "Contenu sensible",
    }
}
