//! Person, Service and Organization: what their documents tell beside what all actors have.

use super::document_data::ActorDocumentData;
use super::text_map::languages;
use super::words;
use crate::text::escape;
use vocab::actor::Practice;
use vocab::{Actor, Attachment, Source};

/// The document of one of ours, of which `base` has what all actors have.
pub(super) fn person(base: Actor, portrait: &ActorDocumentData) -> Actor {
    let row = &portrait.actor;
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let labels = words::labels(&row.languages);
    let lines = [
        (labels.pronouns, &row.pronouns),
        (labels.role, &row.job_title),
        (labels.organization, &row.organization),
    ];
    Actor {
        source: (!row.summary_md.is_empty()).then(|| Source::markdown(&row.summary_md)),
        followers: row.followers_url.clone(),
        following: Some(format!("{}/following", row.ap_id)),
        manually_approves_followers: Some(false),
        discoverable: Some(row.discoverable),
        indexable: Some(row.indexable),
        language: languages(row),
        attachment: lines
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| Attachment::property(label, &escape(value)))
            .collect(),
        practice: Practice {
            role: told(&row.job_title),
            organization: told(&row.organization),
            pronouns: told(&row.pronouns),
            ..Practice::default()
        },
        ..base
    }
}
