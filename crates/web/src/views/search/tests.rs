//! Samples of search.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{
    amira, before, cards, foreign_thread, jo, member, supply, visitor,
};
use model::{Lang, PostKind};

fn post(lang: Lang, kind: Option<PostKind>) -> FoundPost {
    let marked = |before: &str, word: &str, after: &str| {
        vec![
            (before.to_owned(), false),
            (word.to_owned(), true),
            (after.to_owned(), false),
        ]
    };
    FoundPost {
        url: "/p/7".into(),
        title: match kind {
            Some(_) => marked("", "Relais", " de nuit"),
            None => Vec::new(),
        },
        title_lang: "fr".into(),
        excerpt: marked("… avant le ", "relais", ", <b>rien</b> …"),
        is_warned: false,
        lang: "fr".into(),
        kind,
        author: amira(lang),
        place: Some(supply(lang)),
        at: before(90),
    }
}

fn filters(f: &Frame) -> FilterForm {
    let option = |value: &str, label: &str, chosen| SelectOption {
        value: value.into(),
        label: label.into(),
        chosen,
    };
    FilterForm {
        open: true,
        selects: vec![Select {
            name: "kind",
            label: f.text("search-kind"),
            options: vec![
                option("", f.text("search-any-kind"), false),
                option("reply", f.text("search-replies"), true),
            ],
        }],
        since: "2027-01-31".into(),
        until: String::new(),
        community: "!weavers@beta.test".into(),
        tag: "Warping <tools>".into(),
        person: String::new(),
        mine: f.me.is_some().then_some(true),
    }
}

impl Results {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Search);
        Self {
            query: "relais".into(),
            looks: true,
            tabs: vec![
                Tab::new(f.text("search-all"), "?q=relais", true),
                Tab::new(f.text("nav-communities"), "?q=relais&in=communities", false).count(2),
                Tab::new(f.text("nav-people"), "?q=relais&in=people", false).count(2),
                Tab::new(f.text("tab-discussions"), "?q=relais&in=threads", false).count(6),
            ],
            found: None,
            communities: cards(lang).split_off(2),
            people: vec![amira(lang), jo(lang)],
            posts: vec![post(lang, Some(PostKind::Question)), post(lang, None)],
            all_posts: Some("/search?q=relais&in=discussions".into()),
            corrected: false,
            filters: filters(&f),
            pager: Pager::default(),
            f,
        }
    }

    fn bare(lang: Lang, query: &str, found: Option<AddressResult>) -> Self {
        Self {
            query: query.into(),
            looks: !query.is_empty(),
            found,
            communities: Vec::new(),
            people: Vec::new(),
            posts: Vec::new(),
            tabs: Vec::new(),
            all_posts: None,
            ..Self::sample(lang)
        }
    }
}

#[test]
fn results() {
    check_both("search", Results::sample);
    check_both("search-start", |lang| Results::bare(lang, "", None));
    check_both("search-none", |lang| {
        Results::bare(lang, "xyzzy \"<b>", None)
    });
    check_both("search-none-filtered", |lang| Results {
        looks: true,
        ..Results::bare(lang, "", None)
    });
}

#[test]
fn similar_words_are_said_to_be_so() {
    check_both("search-corrected", |lang| Results {
        corrected: true,
        ..Results::sample(lang)
    });
}

#[test]
fn suggestions_are_options_of_a_list() {
    let view = Suggestions {
        f: member(Lang::Fr, Section::Search),
        items: vec![SuggestedItem {
            icon: "discussion",
            url: "/p/7".into(),
            text: vec![("<Rel".into(), true), ("ais>".into(), false)],
            lang: "fr".into(),
            note: Some("beta.test".into()),
        }],
    };
    let html = view.render().unwrap();
    assert!(html.contains("<mark>&#60;Rel</mark>ais&#62;"), "{html}");
    assert!(html.starts_with("<li role=\"option\""), "{html}");
}

#[test]
fn addresses_elsewhere() {
    let host = "faculty.example".to_owned();
    let address = format!("!nobody@{host}");
    let all = [
        (
            "community",
            AddressResult::Community(cards(Lang::En).remove(3)),
        ),
        ("person", AddressResult::Person(jo(Lang::En))),
        (
            "thread",
            AddressResult::Thread(Box::new(foreign_thread(Lang::En))),
        ),
        (
            "nothing",
            AddressResult::Nothing {
                address: address.clone(),
            },
        ),
        ("unreachable", AddressResult::Unreachable { host }),
        (
            "refused",
            AddressResult::Refused {
                address: address.clone(),
            },
        ),
        (
            "not-shown",
            AddressResult::NotShown {
                address: address.clone(),
            },
        ),
        (
            "not-asked",
            AddressResult::NotAsked {
                address: address.clone(),
            },
        ),
        (
            "sign-in",
            AddressResult::SignIn {
                url: "/sign-in?next=/search".into(),
            },
        ),
    ];
    for (name, found) in all {
        let mut page = Results::bare(Lang::En, &address, Some(found));
        if name == "sign-in" {
            page.f = visitor(Lang::En);
        }
        check(&format!("search-{name}"), &page);
    }
}
