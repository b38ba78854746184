//! Converts an actor's document to what is stored. Pure. URLs on another origin are dropped, and an actor whose
//! inbox is on another origin is refused.

use super::own_origin::{is_below, on_origin};
use crate::identity::ID_MAX;
use crate::kinds::{read_charter, read_of_group};
use crate::text::{name_of, one_line};
use client::Guard;
use domain::actor::RemoteActor;
use domain::prose;
use httpsig::authority;
use model::ActorKind;
use model::handle::peer_name;
use model::lang_text::LANGUAGES_MAX;
use model::limits::COMMUNITY_NAME_MAX;
use url::Url;
use vocab::Actor;
use vocab::actor::PublicKey;

/// The longest label of a person, in characters.
const LABEL_MAX: usize = 100;
/// The most assertion keys that are stored.
const KEYS_MAX: usize = 4;

/// Converts a document. `usable` returns whether a PEM or a multibase can be parsed as a key.
///
/// # Errors
/// Why the document cannot be used.
pub(super) fn foreign(
    document: &Actor,
    guard: &Guard,
    usable: &dyn Fn(&str) -> bool,
) -> Result<RemoteActor, &'static str> {
    let kind = kind(&document.kind).ok_or("not an actor")?;
    let id = Url::parse(&document.id).map_err(|_unfit| "the actor's id is no URL")?;
    if document.id.len() > ID_MAX {
        return Err("the actor's id is too long");
    }
    let host = authority(&id).ok_or("the actor's id has no host")?;
    let handle = handle(document, kind, &host)?;
    let ours = |text: &Option<String>| on_origin(text.as_deref(), &id);
    let inbox = ours(&document.inbox).ok_or("the actor has no inbox on its own origin")?;
    let at_inbox = Url::parse(&inbox).map_err(|_unfit| "the actor's inbox is no URL")?;
    guard
        .check(&at_inbox)
        .map_err(|_unfit| "the actor's inbox may not be reached")?;
    let shared = document
        .endpoints
        .as_ref()
        .and_then(|e| ours(&e.shared_inbox));
    let (key_id, key_pem) = keys(document, &id, usable).next().unzip();
    let assertion_keys = assertion_keys(document, &id, usable);
    let languages = languages(document);
    Ok(RemoteActor {
        kind,
        url: web_page(document.url.as_deref(), &id),
        inbox,
        shared_inbox: shared,
        outbox: ours(&document.outbox),
        followers_url: ours(&document.followers),
        moderators_url: on_origin(document.moderators_collection(), &id),
        name: name_of(document, COMMUNITY_NAME_MAX),
        summary_html: prose::clean(document.summary.as_deref().unwrap_or_default()),
        pronouns: label(document.practice.pronouns.as_deref()),
        job_title: label(document.practice.role.as_deref()),
        organization: label(document.practice.organization.as_deref()),
        picture_url: picture(document, guard),
        indexable: document.indexable.unwrap_or(true),
        discoverable: document.discoverable.unwrap_or(true),
        key_id,
        key_pem,
        assertion_keys,
        private: kind == ActorKind::Group && is_private(document),
        question_answer: kind == ActorKind::Group && is_for_questions(document),
        tags: if kind == ActorKind::Group {
            read_of_group(document)
        } else {
            Vec::new()
        },
        charter: (kind == ActorKind::Group).then(|| read_charter(document, &languages)),
        languages,
        host,
        handle,
        ap_id: document.id.clone(),
        suspended: document.suspended.unwrap_or(false),
        moved: document.moved_to.is_some(),
    })
}

/// Whether a community's posts are for its members only. That is what Lemmy says by
/// `manuallyApprovesFollowers`; Mobilizon's groups, which have an `openness`, only choose their followers.
fn is_private(document: &Actor) -> bool {
    document.manually_approves_followers == Some(true) && document.openness.is_none()
}

/// Whether a community's threads are questions, as PieFed says. Ours say by the same key that answers can be
/// accepted there, and of each thread what it is.
fn is_for_questions(document: &Actor) -> bool {
    document.question_answer == Some(true) && document.practice.kind.is_none()
}

fn kind(word: &str) -> Option<ActorKind> {
    match word {
        "Person" => Some(ActorKind::Person),
        "Group" => Some(ActorKind::Group),
        "Service" => Some(ActorKind::Service),
        "Application" => Some(ActorKind::Application),
        "Organization" => Some(ActorKind::Organization),
        _ => None,
    }
}

/// Returns the name before the `@`; that of a server without one is its host.
fn handle(document: &Actor, kind: ActorKind, host: &str) -> Result<String, &'static str> {
    let name = match document.preferred_username.as_deref() {
        Some(name) => name,
        None if kind == ActorKind::Application => host,
        None => return Err("the actor has no preferredUsername"),
    };
    // That of a server is its host, with its port.
    let known = match name == host {
        true => Some(name.to_owned()),
        false => peer_name(name),
    };
    // `~` begins the handles of actors that lost their address to another one.
    let known = known.filter(|name| !name.starts_with('~'));
    known.ok_or("the actor's preferredUsername is not one")
}

/// Returns the keys that name this actor as their owner and whose ids are below the actor's, each with its text.
fn keys(
    document: &Actor,
    id: &Url,
    usable: &dyn Fn(&str) -> bool,
) -> impl Iterator<Item = (String, String)> {
    let bound = |key: &&PublicKey| {
        key.owner == document.id && key.id.len() <= ID_MAX && is_below(&key.id, id)
    };
    let keys = document.public_keys.iter().filter(bound);
    keys.filter(|key| usable(&key.public_key_pem))
        .map(|key| (key.id.clone(), key.public_key_pem.clone()))
}

/// Returns the other keys of `publicKey`, and its Multikeys (FEP-521a), on the same conditions.
fn assertion_keys(
    document: &Actor,
    id: &Url,
    usable: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut all = self::keys(document, id, usable);
    let main = all.next().map(|(id, _)| id);
    let mut keys: Vec<(String, String)> = Vec::new();
    for (id, text) in all {
        let is_known = main.as_ref() == Some(&id) || keys.iter().any(|(known, _)| *known == id);
        if !is_known {
            keys.push((id, text));
        }
    }
    for key in &document.assertion_method {
        let bound = key.kind == "Multikey"
            && key.controller == document.id
            && key.id.len() <= ID_MAX
            && is_below(&key.id, id);
        let known = keys.iter().any(|(known, _)| *known == key.id);
        if bound && !known && usable(&key.public_key_multibase) {
            keys.push((key.id.clone(), key.public_key_multibase.clone()));
        }
    }
    keys.truncate(KEYS_MAX);
    keys
}

/// Returns its web page, else its id.
fn web_page(url: Option<&str>, id: &Url) -> String {
    on_origin(url, id).unwrap_or_else(|| id.as_str().to_owned())
}

fn picture(document: &Actor, guard: &Guard) -> Option<String> {
    let at = &document.icon.as_ref()?.url;
    let url = Url::parse(at).ok()?;
    (at.len() <= ID_MAX && guard.check(&url).is_ok()).then(|| at.clone())
}

fn label(text: Option<&str>) -> String {
    one_line(text.unwrap_or_default(), LABEL_MAX)
}

/// Returns the languages. Longer lists are ignored (Lemmy lists all it knows).
fn languages(document: &Actor) -> Vec<String> {
    let tags = document
        .language
        .iter()
        .map(|language| language.identifier.as_str());
    let tags: Vec<String> = tags.filter_map(crate::text::tag).collect();
    if tags.len() > LANGUAGES_MAX {
        Vec::new()
    } else {
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::LangText;
    use serde_json::{Value, json};

    fn document(name: &str) -> Value {
        let path = format!(
            "{}/../../tests/fixtures/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    fn read(value: Value) -> Result<RemoteActor, &'static str> {
        let actor: Actor = serde_json::from_value(value).unwrap();
        foreign(&actor, &Guard::default(), &|pem| {
            pem.starts_with("-----BEGIN") || pem.starts_with("z6Mk")
        })
    }

    fn fixture(name: &str) -> RemoteActor {
        read(document(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    #[test]
    fn every_recorded_actor_is_taken_with_its_key() {
        for name in [
            "lemmy/group",
            "lemmy/person",
            "mastodon/person",
            "nodebb/group",
            "nodebb/person",
            "piefed/group",
            "piefed/person",
            "gotosocial/person",
            "mitra/person",
            "snac/person",
            "gancio/application",
            "wordpress/person",
        ] {
            let actor = fixture(name);
            assert!(actor.key_id.is_some() && actor.key_pem.is_some(), "{name}");
            assert!(!actor.handle.is_empty() && !actor.name.is_empty(), "{name}");
            assert!(actor.host.ends_with(".example"), "{name}: {}", actor.host);
            assert_eq!(
                actor.charter.is_some(),
                actor.kind == ActorKind::Group,
                "{name}"
            );
        }
    }

    #[test]
    fn the_tags_of_a_community_are_taken_within_bounds() {
        let lemmy = fixture("lemmy/group").tags;
        let [tips] = lemmy.as_slice() else {
            panic!("{lemmy:?}")
        };
        assert_eq!(tips.ap_id, "https://lemmy.example/c/dialogue/tag/tips");
        assert_eq!(
            (tips.slug.as_str(), tips.name.first()),
            ("tips", Some(("und", "Tips")))
        );
    }

    /// The tags that are taken of a community with these.
    fn tagged(tag: Value) -> Vec<domain::tag::RemoteTag> {
        let mut group = document("lemmy/group");
        group["tag"] = tag;
        read(group).unwrap().tags
    }

    fn tag(id: &str, name: &Value) -> Value {
        json!({"type": "CommunityPostTag", "id": id, "name": name})
    }

    #[test]
    fn a_tag_is_one_line_with_an_id_of_its_community() {
        let here = "https://lemmy.example/t/1";
        for bad in [
            tag("https://other.example/t/1", &json!("Elsewhere")),
            tag("http://lemmy.example/t/1", &json!("Another origin")),
            tag(&format!("{here}{}", "x".repeat(5_000)), &json!("Long id")),
            tag("not a url", &json!("x")),
            tag(here, &json!("🧵")),
            tag(here, &json!("\u{200b}")),
            tag(here, &json!(null)),
            json!({"type": "CommunityPostTag", "name": "No id"}),
            json!({"type": "Hashtag", "id": here, "name": "#x"}),
            json!("https://lemmy.example/t/1"),
        ] {
            assert_eq!(tagged(bad.clone()), [], "{bad}");
        }
        let long = tagged(tag(
            here,
            &json!(format!("a\nb\u{202e}{}", "c".repeat(200))),
        ));
        let (_, name) = long[0].name.first().unwrap();
        assert!(
            name.starts_with("a bccc") && name.chars().count() <= 40,
            "{name}"
        );
        let twice = tagged(json!([tag(here, &json!("One")), tag(here, &json!("Two"))]));
        assert_eq!(twice.len(), 1);
        let many: Vec<Value> = (0..10_000)
            .map(|n| {
                tag(
                    &format!("https://lemmy.example/t/{n}"),
                    &json!(format!("Tag {n}")),
                )
            })
            .collect();
        assert_eq!(tagged(json!(many)).len(), 50);
        let mut map = tag(here, &json!("Looms"));
        map["nameMap"] = json!({"en": "Looms", "fr-CA": "Métiers", "??": "x"});
        let name = &tagged(map)[0].name;
        assert_eq!(
            (name.get("en"), name.get("fr")),
            (Some("Looms"), Some("Métiers"))
        );
        let mut person = document("mastodon/person");
        person["tag"] = tag("https://mastodon.example/t/1", &json!("Mine"));
        assert_eq!(read(person).unwrap().tags, []);
    }

    #[test]
    fn further_keys_are_taken_on_the_same_terms() {
        let mitra = fixture("mitra/person");
        let [(id, key)] = mitra.assertion_keys.as_slice() else {
            panic!(
                "{:?}: the RSA key it also has as a Multikey is none",
                mitra.assertion_keys
            );
        };
        assert!(id.starts_with(&mitra.ap_id) && key.starts_with("z6Mk"));
        let id = mitra.ap_id.as_str();
        let good = json!({"id": format!("{id}#k"), "type": "Multikey", "controller": id, "publicKeyMultibase": "z6Mk1"});
        let with = |keys: Value| {
            let mut actor = document("mitra/person");
            actor["assertionMethod"] = keys;
            read(actor).unwrap().assertion_keys
        };
        let changed = |key: &str, value: &str| {
            let mut multikey = good.clone();
            multikey[key] = json!(value);
            multikey
        };
        assert_eq!(with(good.clone()).len(), 1, "one need not be a list");
        assert_eq!(
            with(json!([good, good, "https://mitra.example/k"])).len(),
            1
        );
        for bad in [
            changed("type", "Key"),
            changed("controller", "https://mitra.example/users/other"),
            changed("id", "https://elsewhere.example/k"),
            changed("id", "https://mitra.example/users/other#k"),
            changed("publicKeyMultibase", "z4MX"),
        ] {
            assert_eq!(with(json!([bad])), Vec::new(), "{bad}");
        }
        let many: Vec<Value> = (0..9)
            .map(|n| changed("id", &format!("{id}#{n}")))
            .collect();
        assert_eq!(with(json!(many)).len(), KEYS_MAX);
    }

    #[test]
    fn a_group_is_described_by_what_it_says() {
        let lemmy = fixture("lemmy/group");
        assert_eq!(
            (lemmy.handle.as_str(), lemmy.host.as_str()),
            ("dialogue", "lemmy.example")
        );
        assert_eq!(
            lemmy.moderators_url.as_deref(),
            Some("https://lemmy.example/c/dialogue/moderators")
        );
        let charter = lemmy.charter.unwrap();
        assert!(!charter.name.is_empty());
        let mut ours = document("lemmy/group");
        ours["nameMap"] = json!({"en": "Weavers", "fr": "Tissage"});
        ours["hedgerow:purpose"] = json!({"fr": "Tisser ensemble."});
        let charter = read(ours).unwrap().charter.unwrap();
        assert_eq!(
            charter.name,
            LangText::new([("en", "Weavers"), ("fr", "Tissage")])
        );
        assert_eq!(charter.purpose, LangText::single("fr", "Tisser ensemble."));
    }

    #[test]
    fn what_points_elsewhere_is_not_believed() {
        let changed = |key: &str, value: Value| {
            let mut actor = document("mastodon/person");
            actor[key] = value;
            read(actor)
        };
        assert!(changed("inbox", json!("https://victim.example/inbox")).is_err());
        assert!(changed("inbox", json!("http://mastodon.example/inbox")).is_err());
        assert!(changed("preferredUsername", json!("a b")).is_err());
        assert!(changed("preferredUsername", json!("~7")).is_err());
        assert!(changed("type", json!("Note")).is_err());
        assert_eq!(
            changed("outbox", json!("https://other.example/o"))
                .unwrap()
                .outbox,
            None
        );
        let shared = changed(
            "endpoints",
            json!({"sharedInbox": "https://other.example/inbox"}),
        )
        .unwrap();
        assert_eq!(shared.shared_inbox, None);
        let key =
            |owner: &str, id: &str| json!({"id": id, "owner": owner, "publicKeyPem": "-----BEGIN"});
        let me = fixture("mastodon/person").ap_id;
        assert!(
            changed("publicKey", key(&me, &format!("{me}#k")))
                .unwrap()
                .key_id
                .is_some()
        );
        assert_eq!(
            changed(
                "publicKey",
                key("https://mastodon.example/users/x", &format!("{me}#k"))
            )
            .unwrap()
            .key_id,
            None
        );
        for neighbour in [
            "https://evil.example/k".to_owned(),
            "https://mastodon.example/users/x#k".to_owned(),
            format!("{me}x#k"),
        ] {
            let claimed = changed("publicKey", key(&me, &neighbour)).unwrap();
            assert_eq!(claimed.key_id, None, "{neighbour}");
        }
    }
}
