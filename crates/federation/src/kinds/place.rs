//! Where a thread belongs: the community it names, if it is ours or the one that announces it.
//! Pure. A post that names another remote community stands there only by that one's own word.

use super::registry::post_type;
use model::ActorId;
use vocab::Object;

/// A community we know, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// Ours.
    pub id: ActorId,
    /// The world's.
    pub ap_id: String,
    /// It is a community of ours.
    pub local: bool,
}

/// Where a thread belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this community.
    Here(ActorId),
    /// In this remote community, once that has said so.
    Theirs(ActorId),
    /// In none that we know.
    Nowhere,
}

/// Every name under which a post may call a community, weightiest first: `audience`, `to`, `cc`,
/// and of a Note those it mentions (Mastodon can address in no other way).
pub(crate) fn names(object: &Object) -> Vec<String> {
    let by_mention = post_type(&object.kind).is_some_and(|known| known.addresses_by_mention());
    let mentioned = object.mentions().filter(|_| by_mention);
    let all = object
        .audience
        .iter()
        .chain(&object.to)
        .chain(&object.cc)
        .map(String::as_str);
    let mut names: Vec<String> = Vec::new();
    for name in all.chain(mentioned) {
        if !vocab::is_public(name) && !names.iter().any(|known| known == name) && names.len() < 50 {
            names.push(name.to_owned());
        }
    }
    names
}

/// Where a thread belongs, of the communities we know among its [`names`]. An `audience` that is
/// one of them rules out the rest.
pub(crate) fn community(object: &Object, known: &[Known], announcer: Option<ActorId>) -> Place {
    let find = |name: &String| known.iter().find(|community| community.ap_id == *name);
    let mut named: Vec<&Known> = object.audience.iter().filter_map(find).collect();
    if named.is_empty() {
        named = names(object).iter().filter_map(find).collect();
    }
    let ours = |community: &&&Known| community.local || announcer == Some(community.id);
    match (named.iter().find(ours), announcer, named.first()) {
        (Some(here), _, _) => Place::Here(here.id),
        (None, Some(announcer), _) => Place::Here(announcer),
        (None, None, Some(theirs)) => Place::Theirs(theirs.id),
        (None, None, None) => Place::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const WEAVERS: ActorId = ActorId(1);
    const DYERS: ActorId = ActorId(2);

    fn known() -> Vec<Known> {
        let of = |id, ap_id: &str, local| Known {
            id,
            ap_id: ap_id.to_owned(),
            local,
        };
        vec![
            of(WEAVERS, "https://alpha.example/c/weavers", true),
            of(DYERS, "https://beta.example/c/dyers", false),
        ]
    }

    fn placed(object: Value, announcer: Option<ActorId>) -> Place {
        community(
            &serde_json::from_value(object).unwrap(),
            &known(),
            announcer,
        )
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

    #[test]
    fn the_announcer_or_ours_and_nobody_else() {
        let page = |audience: &str| json!({"type": "Page", "audience": audience, "to": ["as:Public"], "cc": ["https://alpha.example/c/weavers"]});
        let dyers = page("https://beta.example/c/dyers");
        assert_eq!(placed(dyers.clone(), Some(DYERS)), Place::Here(DYERS));
        assert_eq!(placed(dyers, None), Place::Theirs(DYERS));
        let ours = page("https://alpha.example/c/weavers");
        assert_eq!(placed(ours.clone(), None), Place::Here(WEAVERS));
        assert_eq!(placed(ours, Some(DYERS)), Place::Here(WEAVERS));
        let unnamed = json!({"type": "Article", "to": ["as:Public"]});
        assert_eq!(placed(unnamed.clone(), Some(DYERS)), Place::Here(DYERS));
        assert_eq!(placed(unnamed, None), Place::Nowhere);
        let blog = page("https://wp.example/?author=0");
        assert_eq!(placed(blog, None), Place::Here(WEAVERS));
    }

    #[test]
    fn names_are_weighed_and_counted_once() {
        let object = json!({"type": "Note", "audience": "https://a/1", "to": ["as:Public", "https://a/2"], "cc": ["https://a/1"],
            "tag": [{"type": "Mention", "href": "https://a/3"}, {"type": "Hashtag", "href": "https://a/4"}]});
        let object: Object = serde_json::from_value(object).unwrap();
        assert_eq!(
            names(&object),
            ["https://a/1", "https://a/2", "https://a/3"]
        );
    }
}
