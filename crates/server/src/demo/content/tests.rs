//! Every reference in the demo's content leads somewhere, and every conversation can federate.

use std::collections::{BTreeMap, BTreeSet};

use model::limits::{COMMUNITY_NAME_MAX, PURPOSE_MAX, TITLE_MAX};

use super::*;

fn content() -> Vec<Organization> {
    organizations().expect("the three files parse")
}

fn people(all: &[Organization]) -> BTreeSet<Address> {
    let each = |o: &Organization| o.people.iter().map(|p| at(&p.handle, &o.slug)).collect();
    all.iter().flat_map::<Vec<_>, _>(each).collect()
}

fn communities(all: &[Organization]) -> BTreeSet<Address> {
    let each = |o: &Organization| {
        o.communities
            .iter()
            .map(|c| at(&c.handle, &o.slug))
            .collect()
    };
    all.iter().flat_map::<Vec<_>, _>(each).collect()
}

fn at(handle: &str, organization: &str) -> Address {
    Address {
        handle: handle.to_owned(),
        organization: organization.to_owned(),
    }
}

/// Each like is of somebody else, and given once.
fn liked_by_others(likes: &[Address], author: &Address, people: &BTreeSet<Address>) -> bool {
    let once: BTreeSet<_> = likes.iter().collect();
    once.len() == likes.len() && !once.contains(author) && likes.iter().all(|l| people.contains(l))
}

fn threads(all: &[Organization]) -> impl Iterator<Item = &Thread> {
    all.iter().flat_map(|o| &o.threads)
}

fn depth(thread: &Thread, reply: &Reply) -> usize {
    reply.parent.as_ref().map_or(1, |key| {
        let parent = thread.replies.iter().find(|r| &r.key == key);
        1 + depth(thread, parent.expect("the parent is in the thread"))
    })
}

#[test]
fn handles_are_unique_within_each_organization_and_well_formed() {
    for org in content() {
        let mut seen = BTreeSet::new();
        let people = org.people.iter().map(|p| &p.handle);
        for handle in people.chain(org.communities.iter().map(|c| &c.handle)) {
            let plain = model::Handle::parse(handle).expect("a handle");
            assert_eq!(plain.as_str(), handle);
            assert!(seen.insert(handle.clone()), "{handle}@{} twice", org.slug);
        }
        assert_eq!(
            org.people.iter().filter(|p| p.admin).count(),
            1,
            "{}",
            org.slug
        );
        assert!((4..=5).contains(&org.people.len()), "{}", org.slug);
        assert!((2..=3).contains(&org.communities.len()), "{}", org.slug);
        assert!((5..=10).contains(&org.threads.len()), "{}", org.slug);
    }
}

#[test]
fn facilitators_and_follows_exist() {
    let all = content();
    let (people, communities) = (people(&all), communities(&all));
    for org in &all {
        for community in &org.communities {
            assert!(
                people.contains(&community.facilitator),
                "{}",
                community.facilitator
            );
            assert_eq!(community.facilitator.organization, org.slug);
            assert!(
                community.name.longest() <= COMMUNITY_NAME_MAX,
                "{}",
                community.handle
            );
            assert!(
                community.purpose.longest() <= PURPOSE_MAX,
                "{}",
                community.handle
            );
        }
        for person in &org.people {
            for follow in &person.follows {
                let known = match follow {
                    Follow::Community(address) => communities.contains(address),
                    Follow::Person(address) => people.contains(address),
                };
                assert!(known, "{} follows {}", person.handle, follow.address());
            }
        }
    }
}

#[test]
fn threads_are_whole() {
    let all = content();
    let (people, communities) = (people(&all), communities(&all));
    let mut keys = BTreeSet::new();
    for org in &all {
        for thread in &org.threads {
            assert!(keys.insert(&thread.key), "{} twice", thread.key);
            assert!(communities.contains(&thread.community), "{}", thread.key);
            assert_eq!(thread.community.organization, org.slug, "{}", thread.key);
            assert!(people.contains(&thread.author), "{}", thread.key);
            assert!(thread.title.chars().count() <= TITLE_MAX, "{}", thread.key);
            let mut tags = BTreeSet::from([thread.lang.as_str()]);
            for text in &thread.translations {
                assert!(tags.insert(&text.lang), "{}", thread.key);
                assert!(model::lang::is_tag(&text.lang), "{}", thread.key);
                assert!(text.title.chars().count() <= TITLE_MAX, "{}", thread.key);
            }
            assert!(
                liked_by_others(&thread.likes, &thread.author, &people),
                "{}",
                thread.key
            );
            assert!(thread.replies.len() >= 2, "{}", thread.key);
        }
    }
}

#[test]
fn replies_answer_something_written_before_them() {
    let all = content();
    let people = people(&all);
    for thread in threads(&all) {
        let mut before = BTreeSet::new();
        for reply in &thread.replies {
            let name = format!("{}/{}", thread.key, reply.key);
            assert!(people.contains(&reply.author), "{name}");
            assert!(
                liked_by_others(&reply.likes, &reply.author, &people),
                "{name}"
            );
            assert!(
                reply.parent.as_ref().is_none_or(|p| before.contains(p)),
                "{name}"
            );
            assert!(before.insert(&reply.key), "{name} twice");
            assert!(depth(thread, reply) <= 3, "{name}");
            assert!(!(reply.delete && reply.edit.is_some()), "{name}");
        }
    }
}

/// A reply or a like can only come from an instance the thread has reached.
#[test]
fn whoever_takes_part_is_on_an_instance_that_follows_the_community() {
    let all = content();
    let mut reached: BTreeMap<Address, BTreeSet<&str>> = BTreeMap::new();
    for org in &all {
        for community in &org.communities {
            let host = reached.entry(at(&community.handle, &org.slug)).or_default();
            host.insert(&org.slug);
        }
        for follow in org.people.iter().flat_map(|p| &p.follows) {
            reached
                .entry(follow.address().clone())
                .or_default()
                .insert(&org.slug);
        }
    }
    for thread in threads(&all) {
        let replies = thread.replies.iter();
        let writers = replies.clone().map(|r| &r.author).chain([&thread.author]);
        let likers = replies.flat_map(|r| &r.likes).chain(&thread.likes);
        for who in writers.chain(likers) {
            let there = reached[&thread.community].contains(who.organization.as_str());
            assert!(there, "{}: {who}", thread.key);
        }
    }
}

#[test]
fn every_mention_in_a_text_leads_somewhere() {
    let all = content();
    let (people, communities) = (people(&all), communities(&all));
    for text in texts(&all) {
        let mut rest = text;
        while let Some((before, inside, after)) = next_reference(rest) {
            let address = Address::try_from(inside.to_owned()).expect("an address");
            let known = if before.ends_with('!') {
                &communities
            } else {
                &people
            };
            assert!(known.contains(&address), "{address} in {text}");
            rest = after;
        }
        let left = with_hosts(text, |org| Some(format!("{org}.example")));
        assert!(!left.contains("@{") && !left.contains("!{"), "{text}");
        assert!(!text.trim().is_empty());
    }
}

fn texts(all: &[Organization]) -> Vec<&str> {
    let mut out = Vec::new();
    for org in all {
        let both = org.communities.iter();
        let both = both.flat_map(|c| [&c.name, &c.purpose, &c.domain, &c.who, &c.practice]);
        for text in both.chain([&org.name, &org.description]) {
            out.extend(text.iter().map(|(_, text)| text));
        }
        out.extend(org.people.iter().map(|p| p.bio.as_str()));
    }
    for thread in threads(all) {
        out.extend([thread.title.as_str(), thread.body.as_str()]);
        out.extend(
            thread
                .translations
                .iter()
                .flat_map(|t| [t.title.as_str(), t.body.as_str()]),
        );
        out.extend(thread.replies.iter().map(|r| r.body.as_str()));
        out.extend(thread.replies.iter().filter_map(|r| r.edit.as_deref()));
    }
    out
}

#[test]
fn the_three_meet() {
    let all = content();
    assert_eq!(
        all.iter().map(|o| o.slug.as_str()).collect::<Vec<_>>(),
        ["alliance", "faculty", "association"]
    );
    let lively = threads(&all).find(|thread| {
        let from: BTreeSet<_> = thread
            .replies
            .iter()
            .map(|r| &r.author.organization)
            .collect();
        thread.replies.len() >= 15 && from.len() == 3
    });
    assert!(
        lively.is_some(),
        "one lively thread, with replies from all three"
    );
    assert!(threads(&all).any(|t| t.community.organization != t.author.organization));
    let replies = || threads(&all).flat_map(|t| &t.replies);
    assert!(replies().any(|r| r.edit.is_some()) && replies().any(|r| r.delete));
    for lang in [Lang::En, Lang::Fr] {
        assert!(
            threads(&all).filter(|t| t.lang == lang).count() >= 6,
            "{lang}"
        );
    }
}

/// Quebec usage: a no-break space inside guillemets and before a colon, none before ; ? !
#[test]
fn french_is_set_as_it_is_in_canada() {
    for text in texts(&content()) {
        assert!(!text.contains("« ") && !text.contains(" »"), "{text}");
        assert!(!text.contains(" : "), "{text}");
        for mark in [" ?", " !", " ;", "\u{a0}?", "\u{a0}!", "\u{a0};"] {
            let bare = text.replace(" !{", "");
            assert!(!bare.contains(mark), "{mark:?} in {text}");
        }
    }
}

#[test]
fn hosts_are_put_in_and_what_is_unknown_is_left() {
    let host = |org: &str| (org == "alliance").then(|| "alliance.localhost:8081".to_owned());
    assert_eq!(
        with_hosts("Ask @{amira@alliance} in !{weavers@alliance}.", host),
        "Ask @amira@alliance.localhost:8081 in !weavers@alliance.localhost:8081."
    );
    assert_eq!(with_hosts("@{a@b} and {c} @{", host), "@{a@b} and {c} @{");
}
