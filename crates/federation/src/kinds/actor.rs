//! Person, Group, Service, Application: one superset that Lemmy, PieFed, Mobilizon and Mastodon
//! read, of keys that are true today. `manuallyApprovesFollowers` never stands on a Group: Lemmy
//! would take it for private and refuse its posts.

use super::document_data::ActorDocumentData;
use super::group::group;
use super::person::person;
use httpsig::multikey;
use model::{ActorKind, ActorState, Urls};
use store::row;
use vocab::actor::{Endpoints, Multikey, PublicKey};
use vocab::{Actor, Image};

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
    if portrait.actor.state == ActorState::Suspended {
        return suspended(portrait);
    }
    let base = common(urls, portrait);
    match portrait.actor.kind {
        ActorKind::Group => group(base, portrait),
        ActorKind::Application => base,
        ActorKind::Person | ActorKind::Service | ActorKind::Organization => person(base, portrait),
    }
}

/// The document of an actor that is suspended: what its peers need to know it again and to verify what
/// it signed, and nothing that it said of itself.
fn suspended(portrait: &ActorDocumentData) -> Actor {
    let row = &portrait.actor;
    Actor {
        id: row.ap_id.clone(),
        kind: type_word(row.kind).to_owned(),
        preferred_username: Some(name_before_at(row).to_owned()),
        inbox: Some(row.inbox.clone()),
        outbox: row.outbox.clone(),
        followers: row.followers_url.clone(),
        public_key: Some(public_key(portrait)),
        assertion_method: assertion_method(portrait),
        suspended: Some(true),
        published: Some(row.created_at.utc()),
        updated: Some(row.updated_at.utc()),
        ..Actor::default()
    }
}

fn public_key(portrait: &ActorDocumentData) -> PublicKey {
    let id = &portrait.actor.ap_id;
    PublicKey {
        id: Urls::key(id),
        owner: id.clone(),
        public_key_pem: portrait.public_pem.clone(),
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
        public_key: Some(public_key(portrait)),
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
