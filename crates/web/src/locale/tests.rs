//! Languages: negotiation, numbers, times, and that both speak of the same things.

use std::collections::BTreeSet;

use chrono::TimeZone;

use super::*;

#[test]
fn the_address_wins_over_the_cookie_over_the_browser() {
    let choose = |q, c, a| negotiate(q, c, a, Lang::En);
    assert_eq!(choose(Some("fr"), Some("en"), Some("en")), Lang::Fr);
    assert_eq!(choose(Some("de"), Some("fr"), Some("en")), Lang::Fr);
    assert_eq!(
        choose(None, None, Some("de, fr-CA;q=0.8, en;q=0.5")),
        Lang::Fr
    );
    assert_eq!(choose(None, None, Some("fr;q=0.3, en-GB;q=0.9")), Lang::En);
    assert_eq!(choose(None, None, Some("fr;q=0")), Lang::En);
    assert_eq!(choose(None, None, None), Lang::En);
}

#[test]
fn both_languages_have_the_same_keys() {
    let en: BTreeSet<_> = keys(Lang::En).collect();
    let fr: BTreeSet<_> = keys(Lang::Fr).collect();
    let only_en: Vec<_> = en.difference(&fr).collect();
    let only_fr: Vec<_> = fr.difference(&en).collect();
    assert!(only_en.is_empty(), "not in French: {only_en:?}");
    assert!(only_fr.is_empty(), "not in English: {only_fr:?}");
    assert_eq!(en.len(), keys(Lang::En).count(), "a key is defined twice");
}

#[test]
fn messages_name_the_same_arguments_in_both_languages() {
    let arguments = |lang: Lang| -> std::collections::BTreeMap<&str, BTreeSet<String>> {
        let mut found = std::collections::BTreeMap::new();
        let mut key = "";
        for line in sources(lang).iter().flat_map(|s| s.lines()) {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                key = line.split_once('=').unwrap().0.trim();
            }
            for piece in line.split('$').skip(1) {
                let name: String = piece.chars().take_while(char::is_ascii_lowercase).collect();
                found.entry(key).or_insert_with(BTreeSet::new).insert(name);
            }
        }
        found
    };
    assert_eq!(arguments(Lang::En), arguments(Lang::Fr));
}

#[test]
fn counts_follow_each_language() {
    assert_eq!(t_count(Lang::En, "count-replies", 1), "1 reply");
    assert_eq!(t_count(Lang::En, "count-replies", 0), "0 replies");
    assert_eq!(t_count(Lang::Fr, "count-replies", 0), "0 réponse");
    assert_eq!(
        t_count(Lang::Fr, "count-replies", 1180),
        "1\u{202f}180 réponses"
    );
    assert_eq!(number(Lang::En, -1_234_567), "−1,234,567");
}

#[test]
fn times_are_said_as_people_say_them() {
    let now = Utc.with_ymd_and_hms(2026, 11, 12, 16, 5, 0).unwrap();
    let before = |minutes| now - TimeDelta::minutes(minutes);
    assert_eq!(ago(Lang::En, before(0), now), "just now");
    assert_eq!(ago(Lang::Fr, before(20), now), "il y a 20 minutes");
    assert_eq!(ago(Lang::En, before(60), now), "1 hour ago");
    assert_eq!(ago(Lang::En, before(60 * 30), now), "yesterday");
    assert_eq!(ago(Lang::Fr, before(60 * 24 * 3), now), "il y a 3 jours");
    assert_eq!(
        ago(Lang::Fr, before(60 * 24 * 11), now),
        "1er novembre 2026"
    );
    assert_eq!(moment(Lang::En, now), "12 November 2026, 16:05 UTC");
}
