//! Samples of home.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::notice::Notices;
use crate::views::parts::samples::{
    before, cards, educators, foreign_thread, jo, luc, member, say, supply, threads, visitor,
};
use model::Lang;

impl Welcome {
    pub(crate) fn sample(lang: Lang) -> Self {
        let mut latest = threads(lang);
        for row in &mut latest {
            row.place = Some(supply(lang));
            row.unread = false;
        }
        latest.push(foreign_thread(lang));
        let communities = cards(lang)
            .into_iter()
            .map(|card| CommunityCard {
                following: false,
                pending: false,
                unread: 0,
                ..card
            })
            .collect();
        Self {
            f: visitor(lang),
            description_html: say(
                lang,
                "<p>Twenty-three community health centres that learn from each other: what works in one is told in all.</p>",
                "<p>Vingt-trois centres de santé communautaire qui apprennent les uns des autres : ce qui marche dans l’un se raconte dans tous.</p>",
            ),
            communities,
            latest,
            people: 412,
            community_count: 9,
            leaf_url: "/c/alliance/leaf.svg".into(),
        }
    }
}

impl Today {
    pub(crate) fn sample(lang: Lang) -> Self {
        let written = |en, fr| (say(lang, en, fr), lang.to_string());
        let note = PersonalPost {
            person: jo(lang),
            kind: PostKind::Discussion,
            title: None,
            excerpt: written(
                "Third winter of the drop-in on wheels, and the first one with heating. Come and see us on Thursday.",
                "Troisième hiver de la halte mobile, et le premier avec du chauffage. Passez nous voir jeudi.",
            ),
            url: "/p/31".into(),
            at: before(180),
            only_in: None,
        };
        let event = PersonalPost {
            person: luc(lang),
            kind: PostKind::Event,
            title: Some((
                say(lang.other(), "Open evening", "Soirée portes ouvertes"),
                lang.other().to_string(),
            )),
            only_in: Some(lang.other()),
            ..note.clone()
        };
        let mut rows = threads(lang);
        rows.truncate(3);
        Self {
            f: member(lang, Section::Home),
            name: "Mireille".into(),
            answers: Notices::sample(lang).notices.drain(..2).collect(),
            personal: vec![note, event],
            waiting: threads(lang).split_off(2),
            groups: vec![
                Group {
                    place: supply(lang),
                    threads: rows,
                    more: 4,
                },
                Group {
                    place: educators(lang),
                    threads: vec![foreign_thread(lang)],
                    more: 0,
                },
            ],
            suggestions: cards(lang).split_off(1),
            empty: None,
        }
    }
}

#[test]
fn home() {
    check_both("home", Welcome::sample);
    check_both("today", Today::sample);
}

#[test]
fn what_others_wrote_is_marked_with_its_language() {
    let mut view = Today::sample(Lang::En);
    view.groups.clear();
    view.personal.clear();
    let written = |view: &Today| {
        let html = view.render().unwrap();
        html.matches(r#" dir="auto" lang="fr">"#).count()
    };
    let before = written(&view);
    view.answers = Notices::sample(Lang::Fr).notices.drain(..1).collect();
    view.personal = Today::sample(Lang::Fr).personal.drain(..1).collect();
    assert_eq!(written(&view), before + 3, "a title and two excerpts");
}

#[test]
fn a_quiet_day_and_a_first_day() {
    let mut quiet = Today::sample(Lang::Fr);
    quiet.groups.clear();
    quiet.answers.clear();
    quiet.personal.clear();
    check("today-quiet", &quiet);
    quiet.f.places.clear();
    quiet.empty = Some(Empty {
        icon: "sprout",
        title: quiet.f.text("today-empty").into(),
        text: quiet.f.text("today-empty-text").into(),
        example: Some(quiet.f.text("today-empty-example").into()),
        action: Some((
            quiet.f.text("communities-see").into(),
            "/communities".into(),
        )),
    });
    check("today-first", &quiet);
}
