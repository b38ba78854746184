//! Person, Group, Service, Application: one superset that Lemmy, PieFed, Mobilizon and Mastodon
//! read, with keys that are true today. A Group never has `manuallyApprovesFollowers`: Lemmy would treat it
//! as private and refuse its posts.

use super::document_data::ActorDocumentData;
use super::group::group;
use super::person::person;
use httpsig::multikey;
use model::{ActorKind, ActorState, Urls};
use store::row;
use vocab::actor::{Endpoints, Multikey, PublicKey};
use vocab::{Actor, Image};

/// Returns the `type` of an actor.
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

/// Returns `name@host`, for local actors with our host.
#[must_use]
pub fn address(urls: &Urls, actor: &row::Actor) -> String {
    let host = if actor.host.is_empty() {
        urls.host()
    } else {
        &actor.host
    };
    format!("{}@{host}", name_before_at(actor))
}

/// Returns the handle; the instance actor's is its host, whose port is not allowed before the `@`.
fn name_before_at(actor: &row::Actor) -> &str {
    actor.handle.split(':').next().unwrap_or(&actor.handle)
}

/// Renders a local actor.
#[must_use]
pub fn actor(urls: &Urls, data: &ActorDocumentData) -> Actor {
    if data.actor.state == ActorState::Suspended {
        return suspended(data);
    }
    let base = common(urls, data);
    match data.actor.kind {
        ActorKind::Group => group(base, data),
        ActorKind::Application => base,
        ActorKind::Person | ActorKind::Service | ActorKind::Organization => person(base, data),
    }
}

/// Renders a suspended actor: what peers need to recognize it and to verify what it signed, and nothing else.
fn suspended(data: &ActorDocumentData) -> Actor {
    let row = &data.actor;
    Actor {
        id: row.ap_id.clone(),
        kind: type_word(row.kind).to_owned(),
        preferred_username: Some(name_before_at(row).to_owned()),
        inbox: Some(row.inbox.clone()),
        outbox: row.outbox.clone(),
        followers: row.followers_url.clone(),
        public_keys: vec![public_key(data)],
        assertion_method: assertion_method(data),
        suspended: Some(true),
        published: Some(row.created_at.utc()),
        updated: Some(row.updated_at.utc()),
        ..Actor::default()
    }
}

fn public_key(data: &ActorDocumentData) -> PublicKey {
    let id = &data.actor.ap_id;
    PublicKey {
        id: Urls::key(id),
        owner: id.clone(),
        public_key_pem: data.public_pem.clone(),
    }
}

/// Renders what all actors have.
fn common(urls: &Urls, data: &ActorDocumentData) -> Actor {
    let row = &data.actor;
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
        public_keys: vec![public_key(data)],
        assertion_method: assertion_method(data),
        icon: data.picture.as_ref().map(|blob| Image {
            name: not_empty(&row.picture_alt),
            ..Image::new(&urls.media(blob.id), Some(&blob.media_type))
        }),
        moved_to: data.moved_to.clone(),
        also_known_as: data.also_known_as.clone(),
        published: Some(row.created_at.utc()),
        updated: Some(row.updated_at.utc()),
        ..Actor::default()
    }
}

/// Renders the Ed25519 key as a Multikey (FEP-521a).
fn assertion_method(data: &ActorDocumentData) -> Vec<Multikey> {
    let id = &data.actor.ap_id;
    let pem = data.ed25519_pem.as_deref();
    let text = pem.and_then(|pem| multikey::of_pem(pem).ok());
    text.map(|text| Multikey::new(&Urls::assertion_key(id), id, &text))
        .into_iter()
        .collect()
}
