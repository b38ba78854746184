//! Where a thread belongs: a community of ours that it names, or a remote one that it names and that has
//! said so itself ([`model::claim`]). Pure.

use super::VerifiedObject;
use super::registry::post_type;
use model::ActorId;
use model::claim::{claim, named, named_only};

/// A community that is stored here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KnownCommunity {
    pub id: ActorId,
    pub ap_id: String,
    /// It is hosted here.
    pub local: bool,
}

/// Where a thread belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this community, which is hosted here or has confirmed it.
    Here(ActorId),
    /// In this remote community, once that confirms it.
    Theirs(ActorId),
    /// In none that we know.
    Nowhere,
}

/// Every id by which a post may name a community, the most specific first: `audience`, the group it is
/// written in the name of, `to`, `cc`, and of a Note those it mentions (Mastodon can address in no other
/// way).
pub(crate) fn names(post: &VerifiedObject) -> Vec<String> {
    let object = &post.object;
    let by_mention = post_type(&object.kind).is_some_and(|known| known.addresses_by_mention());
    let mentioned = object.mentions().filter(|_| by_mention);
    let addressed = object.to.iter().chain(&object.cc).map(String::as_str);
    let all = specific(post).chain(addressed).chain(mentioned);
    let mut names: Vec<String> = Vec::new();
    for name in all {
        if !vocab::is_public(name) && !names.iter().any(|known| known == name) && names.len() < 50 {
            names.push(name.to_owned());
        }
    }
    names
}

/// What a post names as its community and as nothing else: its `audience`, else the group it is written
/// in the name of.
pub(crate) fn specific(post: &VerifiedObject) -> impl Iterator<Item = &str> {
    let audience = post.object.audience.iter().map(String::as_str);
    audience
        .chain(post.attributed_group())
        .filter(|name| !vocab::is_public(name))
}

/// The ids by which a thread names its community, as they are stored. A community in its `audience`
/// rules out the rest, and communities that we know rule out ids that we do not.
pub(crate) fn naming(post: &VerifiedObject, known: &[KnownCommunity]) -> String {
    let is_known = |name: &&str| known.iter().any(|community| community.ap_id == *name);
    let first: Vec<&str> = specific(post).filter(is_known).collect();
    let all = names(post);
    let all = all.iter().map(String::as_str);
    if !first.is_empty() {
        named_only(first)
    } else if all.clone().any(|name| is_known(&name)) {
        // Not those we do not know: a mention of anybody may come first, and become a Group later.
        named_only(all.filter(is_known))
    } else {
        named(all)
    }
}

/// Where a thread belongs that names these communities, of those we know; `announcer` is the one that
/// announces or lists it.
pub(crate) fn community(
    thread: &str,
    naming: &str,
    known: &[KnownCommunity],
    announcer: Option<ActorId>,
) -> Place {
    let mut claims: Vec<_> = known
        .iter()
        .filter_map(|group| Some((claim(naming, thread, &group.ap_id)?, group)))
        .collect();
    claims.sort();
    let is_named = |group: &KnownCommunity| naming.split(' ').any(|id| id == group.ap_id);
    let confirmed = |group: &KnownCommunity| {
        let same_server = || claim("", thread, &group.ap_id).is_some();
        announcer == Some(group.id) || (announcer.is_some() && is_named(group) && same_server())
    };
    let local = claims
        .iter()
        .find(|(_, group)| group.local && is_named(group));
    let here = local.or_else(|| {
        claims
            .iter()
            .find(|(_, group)| !group.local && confirmed(group))
    });
    let theirs = || claims.iter().find(|(_, group)| is_named(group));
    match (here, theirs()) {
        (Some((_, here)), _) => Place::Here(here.id),
        (None, Some((_, theirs))) => Place::Theirs(theirs.id),
        (None, None) => Place::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const WEAVERS: ActorId = ActorId(1);
    const DYERS: ActorId = ActorId(2);
    const SPINNERS: ActorId = ActorId(3);

    fn known() -> Vec<KnownCommunity> {
        let of = |id, ap_id: &str, local| KnownCommunity {
            id,
            ap_id: ap_id.to_owned(),
            local,
        };
        vec![
            of(WEAVERS, "https://alpha.example/c/weavers", true),
            of(DYERS, "https://beta.example/c/dyers", false),
            of(SPINNERS, "https://gamma.example/c/spinners", false),
        ]
    }

    fn post(mut object: Value) -> VerifiedObject {
        object["id"] = json!("https://gamma.example/p/1");
        object["attributedTo"] = json!("https://gamma.example/u/gil");
        VerifiedObject::read(&object).unwrap()
    }

    fn placed(object: Value, announcer: Option<ActorId>) -> Place {
        let post = post(object);
        community(&post.id, &naming(&post, &known()), &known(), announcer)
    }

    fn object(name: &str, path: &[&str]) -> Value {
        let file = format!(
            "{}/../../tests/fixtures/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let whole: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        path.iter().fold(whole, |value, key| value[key].clone())
    }

    #[test]
    fn a_note_opens_a_thread_by_a_mention() {
        let note = object("mastodon/create-note", &["object"]);
        assert_eq!(placed(note.clone(), None), Place::Here(WEAVERS));
        let mut mentioned = note;
        mentioned["cc"] = json!([]);
        assert_eq!(placed(mentioned.clone(), None), Place::Here(WEAVERS));
        mentioned["type"] = json!("Page");
        assert_eq!(placed(mentioned, None), Place::Nowhere);
    }

    fn page(audience: &str) -> Value {
        json!({"type": "Page", "audience": audience, "to": ["as:Public"], "cc": ["https://alpha.example/c/weavers"]})
    }

    #[test]
    fn an_unknown_id_beside_a_known_community_names_none() {
        let mut note = json!({"type": "Note", "to": ["as:Public"]});
        note["cc"] = json!(["https://evil.example/u/x", "https://beta.example/c/dyers"]);
        let naming = naming(&post(note), &known());
        assert!(naming.contains("https://beta.example/c/dyers"), "{naming}");
        assert!(!naming.contains("evil.example"), "{naming}");
    }

    #[test]
    fn a_community_that_is_named_and_says_so_and_no_other() {
        let dyers = page("https://beta.example/c/dyers");
        assert_eq!(placed(dyers.clone(), Some(DYERS)), Place::Here(DYERS));
        assert_eq!(placed(dyers.clone(), None), Place::Theirs(DYERS));
        assert_eq!(placed(dyers, Some(SPINNERS)), Place::Theirs(DYERS));
        let ours = page("https://alpha.example/c/weavers");
        for announcer in [None, Some(DYERS), Some(SPINNERS)] {
            assert_eq!(placed(ours.clone(), announcer), Place::Here(WEAVERS));
        }
        let unnamed = json!({"type": "Article", "to": ["as:Public"]});
        assert_eq!(placed(unnamed.clone(), Some(DYERS)), Place::Nowhere);
        assert_eq!(placed(unnamed.clone(), None), Place::Nowhere);
        let same_server = placed(unnamed, Some(SPINNERS));
        assert_eq!(same_server, Place::Here(SPINNERS));
        let blog = page("https://wp.example/?author=0");
        assert_eq!(placed(blog, None), Place::Here(WEAVERS));
    }

    #[test]
    fn a_community_on_the_threads_server_confirms_it_whoever_announces_it() {
        let spinners = page("https://gamma.example/c/spinners");
        for announcer in [DYERS, SPINNERS] {
            let place = placed(spinners.clone(), Some(announcer));
            assert_eq!(place, Place::Here(SPINNERS));
        }
        assert_eq!(placed(spinners, None), Place::Theirs(SPINNERS));
    }

    #[test]
    fn names_are_weighed_and_counted_once() {
        let object = json!({"type": "Note", "audience": "https://a/1", "to": ["as:Public", "https://a/2"], "cc": ["https://a/1"],
            "tag": [{"type": "Mention", "href": "https://a/3"}, {"type": "Hashtag", "href": "https://a/4"}]});
        assert_eq!(
            names(&post(object)),
            ["https://a/1", "https://a/2", "https://a/3"]
        );
    }
}
