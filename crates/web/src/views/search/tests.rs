//! Samples of search.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{amira, cards, foreign_thread, jo, member, threads, visitor};
use model::Lang;

impl Results {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Search);
        Self {
            query: "relais".into(),
            tabs: vec![
                Tab::new(f.text("search-all"), "?q=relais", true),
                Tab::new(f.text("nav-communities"), "?q=relais&in=communities", false).count(2),
                Tab::new(f.text("nav-people"), "?q=relais&in=people", false).count(2),
                Tab::new(f.text("tab-discussions"), "?q=relais&in=threads", false).count(6),
            ],
            found: None,
            communities: cards(lang).split_off(2),
            people: vec![amira(lang), jo(lang)],
            threads: threads(lang),
            pager: Pager::default(),
            f,
        }
    }

    fn bare(lang: Lang, query: &str, found: Option<AddressResult>) -> Self {
        Self {
            query: query.into(),
            found,
            communities: Vec::new(),
            people: Vec::new(),
            threads: Vec::new(),
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
        ("thread", AddressResult::Thread(foreign_thread(Lang::En))),
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
