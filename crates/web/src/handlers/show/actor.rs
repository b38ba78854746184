//! People: name, handle and role for the views.

use model::{ActorKind, Address, Handle, host};
use query::row::Actor;

use crate::views::discussion::Completion;
use crate::views::parts::Person;
use model::Lang;
use words::language_name;

/// The address of its picture.
pub fn picture(actor: &Actor) -> Option<String> {
    actor.picture_id.map(|id| format!("/media/{id}"))
}

/// Builds the view of a person.
pub fn person(actor: &Actor) -> Person {
    let host = self::host(actor);
    let handle = match &host {
        Some(host) => format!("@{}@{host}", actor.handle),
        None => format!("@{}", actor.handle),
    };
    Person {
        name: name(actor),
        handle,
        url: url(actor),
        host,
        avatar: picture(actor),
        role: role(&actor.job_title, &actor.organization),
    }
}

/// A name as the editor suggests it: `@ann`, `!weavers@faculty.example`.
pub fn completion(actor: &Actor) -> Completion {
    let sigil = if actor.kind == ActorKind::Group {
        '!'
    } else {
        '@'
    };
    let at = if actor.host.is_empty() { "" } else { "@" };
    Completion {
        name: name(actor),
        written: format!("{sigil}{}{at}{}", actor.handle, host::shown(&actor.host)),
    }
}

/// The display name of an actor; its handle where it has none.
pub fn name(actor: &Actor) -> String {
    model::name::or_handle(&actor.name, &actor.handle)
}

/// The host of a remote actor, as it is shown.
pub fn host(actor: &Actor) -> Option<String> {
    (!actor.host.is_empty()).then(|| host::shown(&actor.host).into_owned())
}

/// The path of its page: `/u/ann`, `/u/bea@beta.test`, `/c/weavers`, `/c/dyers@beta.test`.
pub fn url(actor: &Actor) -> String {
    address_url(actor.kind, &actor.handle, &actor.host)
}

/// The path of the page of an actor with this address; the host of a local one is empty.
pub fn address_url(kind: ActorKind, handle: &str, host: &str) -> String {
    let prefix = match kind {
        ActorKind::Group => "c",
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => "u",
    };
    let at = if host.is_empty() { "" } else { "@" };
    format!("/{prefix}/{handle}{at}{host}")
}

/// `Nurse, Harbour clinic`.
fn role(job: &str, organization: &str) -> Option<String> {
    let known = [job.trim(), organization.trim()];
    let known: Vec<&str> = known.into_iter().filter(|text| !text.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// `English, French`, `Français, anglais`: the reader's first, as far as we know their names.
pub fn languages(tags: &str, reader: Lang) -> String {
    let mut tags: Vec<&str> = tags.split_whitespace().collect();
    tags.sort_by_key(|tag| Lang::from_tag(tag) != Some(reader));
    let named = tags.into_iter().map(|tag| match Lang::from_tag(tag) {
        Some(lang) => language_name(lang, reader),
        None => tag,
    });
    let joined = named.collect::<Vec<_>>().join(", ");
    let mut letters = joined.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => joined,
    }
}

/// Splits an address in a path into handle and host; the host is empty for a local one.
pub fn address(text: &str, our_host: &str) -> (String, String) {
    match Address::parse(text) {
        Some(address) if address.host == our_host => (address.name.to_lowercase(), String::new()),
        Some(address) => (address.name, address.host),
        None => match Handle::parse_any(text) {
            Ok(handle) => (handle.to_string(), String::new()),
            Err(_) => (text.to_owned(), String::new()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ours_has_no_host() {
        let here = "alpha.test";
        let of = |text: &str| address(text, here);
        assert_eq!(of("Ann"), ("ann".into(), String::new()));
        assert_eq!(of("Ann@Alpha.test"), ("ann".into(), String::new()));
        assert_eq!(of("Bea@beta.test"), ("Bea".into(), "beta.test".into()));
    }

    #[test]
    fn the_readers_language_is_named_first() {
        assert_eq!(languages("en fr-CA de", Lang::En), "English, French, de");
        assert_eq!(languages("en fr-CA de", Lang::Fr), "Français, anglais, de");
        assert_eq!(languages("en", Lang::Fr), "Anglais");
        assert_eq!(languages("", Lang::En), "");
    }

    #[test]
    fn a_role_needs_neither_half() {
        assert_eq!(role("Nurse", " "), Some("Nurse".into()));
        assert_eq!(role("Nurse", "Harbour"), Some("Nurse, Harbour".into()));
        assert_eq!(role("", ""), None);
    }
}
