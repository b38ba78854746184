//! Person, Group, Service, Application: one superset that Lemmy, PieFed, Mobilizon and Mastodon
//! read, of keys that are true today. `manuallyApprovesFollowers` never stands on a Group: Lemmy
//! would take it for private and refuse its posts.

use super::ActorDocumentData;
use super::discussion::by_language;
use super::words::{self, escape};
use domain::community::charter;
use httpsig::multikey;
use model::community::Charter;
use model::lang::UNKNOWN;
use model::{ActorKind, LangText, Urls};
use store::row;
use vocab::actor::{Domain, Endpoints, Multikey, Practice, PublicKey};
use vocab::{Actor, Attachment, Image, LangMap, Source};

/// The type of an actor as the wire spells it.
#[must_use]
pub const fn type_word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Service => "Service",
        ActorKind::Application => "Application",
        ActorKind::Organization => "Organization",
    }
}

/// `name@host` of anybody, ours with our host.
#[must_use]
pub fn address(urls: &Urls, actor: &row::Actor) -> String {
    let host = if actor.host.is_empty() {
        urls.host()
    } else {
        &actor.host
    };
    format!("{}@{host}", name_before_at(actor))
}

/// A handle; the instance's is its host, whose port may not stand before the `@`.
fn name_before_at(actor: &row::Actor) -> &str {
    actor.handle.split(':').next().unwrap_or(&actor.handle)
}

/// The document of an actor of ours.
#[must_use]
pub fn actor(urls: &Urls, portrait: &ActorDocumentData) -> Actor {
    let base = common(urls, portrait);
    match portrait.actor.kind {
        ActorKind::Group => group(base, portrait),
        ActorKind::Application => base,
        ActorKind::Person | ActorKind::Service | ActorKind::Organization => person(base, portrait),
    }
}

/// What all of them have.
fn common(urls: &Urls, portrait: &ActorDocumentData) -> Actor {
    let row = &portrait.actor;
    let not_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Actor {
        id: row.ap_id.clone(),
        kind: type_word(row.kind).to_owned(),
        preferred_username: Some(name_before_at(row).to_owned()),
        name: not_empty(&row.name),
        summary: not_empty(&row.summary_html),
        url: Some(row.url.clone()),
        inbox: Some(row.inbox.clone()),
        outbox: row.outbox.clone(),
        endpoints: Some(Endpoints {
            shared_inbox: Some(urls.shared_inbox()),
        }),
        public_key: Some(PublicKey {
            id: Urls::key(&row.ap_id),
            owner: row.ap_id.clone(),
            public_key_pem: portrait.public_pem.clone(),
        }),
        assertion_method: assertion_method(portrait),
        icon: portrait.picture.as_ref().map(|blob| Image {
            name: not_empty(&row.picture_alt),
            ..Image::new(&urls.media(blob.id), Some(&blob.media_type))
        }),
        moved_to: portrait.moved_to.clone(),
        also_known_as: portrait.also_known_as.clone(),
        published: Some(row.created_at.utc()),
        updated: Some(row.updated_at.utc()),
        ..Actor::default()
    }
}

/// The Ed25519 key as a Multikey (FEP-521a).
fn assertion_method(portrait: &ActorDocumentData) -> Vec<Multikey> {
    let id = &portrait.actor.ap_id;
    let pem = portrait.ed25519_pem.as_deref();
    let text = pem.and_then(|pem| multikey::of_pem(pem).ok());
    text.map(|text| Multikey::new(&Urls::assertion_key(id), id, &text))
        .into_iter()
        .collect()
}

fn person(base: Actor, portrait: &ActorDocumentData) -> Actor {
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
        discoverable: Some(row.indexable),
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

fn group(base: Actor, portrait: &ActorDocumentData) -> Actor {
    let row = &portrait.actor;
    let charter = portrait
        .community
        .as_ref()
        .map(|community| charter(community, row))
        .unwrap_or_default();
    Actor {
        name_map: by_language(&charter.name),
        summary: summary(&charter.purpose),
        summary_map: paragraphs(&charter.purpose),
        source: source(&charter.purpose),
        followers: row.followers_url.clone(),
        following: Some(format!("{}/following", row.ap_id)),
        featured: Some(format!("{}/featured", row.ap_id)),
        attributed_to: row.moderators_url.iter().cloned().collect(),
        moderators: row.moderators_url.clone(),
        posting_restricted_to_mods: Some(false),
        sensitive: Some(false),
        discoverable: Some(true),
        indexable: Some(row.indexable),
        language: languages(row),
        practice: practice(&charter),
        ..base
    }
}

fn practice(charter: &Charter) -> Practice {
    Practice {
        kind: Some("community".to_owned()),
        purpose: by_language(&charter.purpose),
        domain: (!charter.domain.is_empty()).then(|| Domain {
            concern: by_language(&charter.domain),
            challenges: Vec::new(),
        }),
        who: by_language(&charter.community),
        practice: by_language(&charter.practice),
        ..Practice::default()
    }
}

fn languages(row: &row::Actor) -> Vec<vocab::Language> {
    row.languages
        .split_whitespace()
        .filter_map(words::language)
        .collect()
}

fn paragraphs(text: &LangText) -> LangMap {
    by_language(text)
        .iter()
        .map(|(tag, text)| (tag, format!("<p>{}</p>", escape(text))))
        .collect()
}

/// Every language in one text, because most software shows one.
fn summary(purpose: &LangText) -> Option<String> {
    let paragraph = |(tag, text): (&str, &str)| {
        let lang = if tag == UNKNOWN {
            String::new()
        } else {
            format!(" lang=\"{tag}\"")
        };
        format!("<p{lang}>{}</p>", escape(text))
    };
    let html: String = purpose.iter().map(paragraph).collect();
    (!html.is_empty()).then_some(html)
}

fn source(purpose: &LangText) -> Option<Source> {
    let md: Vec<&str> = purpose.iter().map(|(_, text)| text).collect();
    (!md.is_empty()).then(|| Source::markdown(&md.join("\n\n")))
}
