//! Person, Service and Organization: what their documents have beside what all actors have.

use super::document_data::ActorDocumentData;
use super::text_map::languages;
use super::words;
use crate::text::escape;
use model::SeenBy;
use vocab::actor::Practice;
use vocab::{Actor, Attachment, Source};

/// Renders a local one; `base` has what all actors have.
pub(super) fn person(base: Actor, data: &ActorDocumentData) -> Actor {
    let row = &data.actor;
    if row.seen_by != SeenBy::Everyone {
        return unlisted(base, data);
    }
    let not_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
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
        discoverable: Some(true),
        indexable: Some(row.indexable),
        language: languages(row),
        attachment: lines
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| Attachment::property(label, &escape(value)))
            .collect(),
        practice: Practice {
            role: not_empty(&row.job_title),
            organization: not_empty(&row.organization),
            pronouns: not_empty(&row.pronouns),
            ..Practice::default()
        },
        ..base
    }
}

/// Renders one whose profile not everybody sees: what stands beside their posts, and nothing else.
fn unlisted(base: Actor, data: &ActorDocumentData) -> Actor {
    let row = &data.actor;
    Actor {
        summary: None,
        followers: row.followers_url.clone(),
        following: Some(format!("{}/following", row.ap_id)),
        manually_approves_followers: Some(false),
        discoverable: Some(false),
        indexable: Some(row.indexable),
        ..base
    }
}
