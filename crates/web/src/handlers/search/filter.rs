//! The filters of a search: read from the URL, shown in the form.

use model::{Lang, PostKind, Time};
use query::search::{SearchFilter, SearchOrder};

use super::super::page_request::PageRequest;
use super::super::show::actor;
use crate::frame::Frame;
use crate::views::search::{FilterForm, Select, SelectOption};

const DAY: i64 = 86_400;
/// Longest tag that is looked for, as typed.
const TAG_TYPED_MAX: usize = 100;
/// The value of a filter for replies, which are of no kind of thread.
const REPLY: &str = "reply";

/// The filters as the URL has them; what none of them knows is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    kind: String,
    lang: String,
    answered: String,
    since: String,
    until: String,
    community: String,
    tag: String,
    person: String,
    mine: bool,
    newest: bool,
}

impl Filters {
    pub fn read(request: &PageRequest) -> Self {
        let text = |name: &str| request.q(name).unwrap_or_default().trim().to_owned();
        let one_of = |name: &str, known: &dyn Fn(&str) -> bool| -> String {
            let word = text(name);
            if known(&word) { word } else { String::new() }
        };
        Self {
            kind: one_of("kind", &|word| {
                word == REPLY || word.parse::<PostKind>().is_ok()
            }),
            lang: one_of("text", &|word| model::lang::is_tag(word)),
            answered: one_of("answered", &|word| matches!(word, "yes" | "no")),
            since: one_of("since", &|word| day(word).is_some()),
            until: one_of("until", &|word| day(word).is_some()),
            community: text("community"),
            tag: text("tag").chars().take(TAG_TYPED_MAX).collect(),
            person: text("person"),
            mine: request.q("mine").is_some() && request.me.is_some(),
            newest: request.q("sort") == Some("newest"),
        }
    }

    /// Whether only posts are looked for.
    pub fn narrow(&self) -> bool {
        let order = Self {
            newest: self.newest,
            ..Self::default()
        };
        *self != order
    }

    pub const fn order(&self) -> SearchOrder {
        match self.newest {
            true => SearchOrder::Newest,
            false => SearchOrder::Relevance,
        }
    }

    pub fn filter(&self, our_host: &str) -> SearchFilter {
        let address = |text: &str| {
            let bare = text.trim_start_matches(['!', '@']);
            (!bare.is_empty()).then(|| actor::address(bare, our_host))
        };
        SearchFilter {
            community: address(&self.community),
            person: address(&self.person),
            tag: (!self.tag.is_empty()).then(|| self.tag.clone()),
            mine: self.mine,
            kind: self.kind.parse().ok(),
            replies: (self.kind == REPLY).then_some(true),
            lang: (!self.lang.is_empty()).then(|| model::lang::primary(&self.lang)),
            since: day(&self.since),
            until: day(&self.until).map(|until| until.plus_seconds(DAY)),
            answered: match self.answered.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
        }
    }

    /// The parameters of a URL with the same filters.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("kind", self.kind.as_str()),
            ("text", &self.lang),
            ("answered", &self.answered),
            ("since", &self.since),
            ("until", &self.until),
            ("community", &self.community),
            ("tag", &self.tag),
            ("person", &self.person),
            ("mine", if self.mine { "1" } else { "" }),
            ("sort", if self.newest { "newest" } else { "" }),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    pub fn form(&self, f: &Frame) -> FilterForm {
        let option = |value: &str, label: &str, chosen: &str| SelectOption {
            value: value.to_owned(),
            label: label.to_owned(),
            chosen: value == chosen,
        };
        let kinds = PostKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), f.text(kind.label())));
        let kinds = [("", f.text("search-any-kind"))].into_iter().chain(kinds);
        let kinds = kinds.chain([(REPLY, f.text("search-replies"))]);
        let langs = f
            .langs()
            .map(|lang: Lang| (lang.as_str(), words::own_name(lang)));
        let langs = [("", f.text("search-any-language"))]
            .into_iter()
            .chain(langs);
        let select = |name, label, all: Vec<(&str, &str)>, chosen: &str| Select {
            name,
            label: f.text(label),
            options: all
                .into_iter()
                .map(|(value, label)| option(value, label, chosen))
                .collect(),
        };
        let answered = vec![
            ("", f.text("search-any-answer")),
            ("yes", f.text("search-answered")),
            ("no", f.text("search-unanswered")),
        ];
        let orders = vec![
            ("", f.text("search-by-relevance")),
            ("newest", f.text("search-by-newest")),
        ];
        let order = if self.newest { "newest" } else { "" };
        FilterForm {
            open: self.narrow() || self.newest,
            selects: vec![
                select("kind", "search-kind", kinds.collect(), &self.kind),
                select("text", "search-language", langs.collect(), &self.lang),
                select("answered", "search-questions", answered, &self.answered),
                select("sort", "search-sort", orders, order),
            ],
            since: self.since.clone(),
            until: self.until.clone(),
            community: self.community.clone(),
            tag: self.tag.clone(),
            person: self.person.clone(),
            mine: f.me.is_some().then_some(self.mine),
        }
    }
}

/// The beginning of a day, in UTC, from `2027-01-31`.
fn day(text: &str) -> Option<Time> {
    Time::parse_rfc3339(&format!("{text}T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_is_shown() {
        let filters = Filters {
            kind: "question".into(),
            until: "2027-01-31".into(),
            community: "!weavers@beta.test".into(),
            person: "@ann@alpha.test".into(),
            ..Filters::default()
        };
        let filter = filters.filter("alpha.test");
        assert_eq!(filter.kind, Some(PostKind::Question));
        assert_eq!(filter.until, day("2027-02-01"));
        assert_eq!(
            filter.community,
            Some(("weavers".into(), "beta.test".into()))
        );
        assert_eq!(filter.person, Some(("ann".into(), String::new())));
        assert!(
            filters.narrow()
                && !Filters {
                    newest: true,
                    ..Filters::default()
                }
                .narrow()
        );
        assert_eq!(day("yesterday"), None);
    }
}
