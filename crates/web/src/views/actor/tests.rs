//! Samples of people.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::organization::tests::at_clinic;
use crate::views::parts::FollowState;
use crate::views::parts::samples::{
    amira, before, educators, follow, jo, luc, member, pager, sam, say, supply,
};
use model::Lang;

impl PeopleList {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::People);
        Self {
            filters: ["all", "here", "elsewhere", "mine"]
                .map(|name| {
                    Tab::new(
                        f.text(&format!("people-filter-{name}")),
                        format!("?show={name}"),
                        name == "all",
                    )
                })
                .to_vec(),
            people: vec![amira(lang), jo(lang), luc(lang), sam(lang), jo(lang)],
            pager: pager(),
            directory: Some(DirectoryForm {
                filter: PeopleFilter {
                    ask: "Case reviews".into(),
                    ..PeopleFilter::default()
                },
                langs: Vec::new(),
                open: true,
            }),
            empty: None,
            f,
        }
    }
}

fn asked_about(lang: Lang) -> EntryLine {
    EntryLine {
        label: say(lang, "Ask me about", "On peut m’interroger sur"),
        links: vec![(
            say(lang, "Case reviews", "Études de cas"),
            "/people?ask=Case".into(),
        )],
    }
}

impl PersonPage {
    pub(crate) fn sample(lang: Lang) -> Self {
        let post = |place, title: String, reply| PostSummary {
            title,
            url: "/p/3".into(),
            title_lang: lang.to_string(),
            lang: lang.to_string(),
            excerpt: say(
                lang,
                "Seconded. We made it part of our spring course, and students now write theirs with a client.",
                "Oui. Nous l’avons mise dans notre cours du printemps, et les étudiantes écrivent maintenant la leur.",
            ),
            place,
            at: before(340),
            reply,
        };
        Self {
            f: member(lang, Section::People),
            person: jo(lang),
            avatar_alt: String::new(),
            pronouns: Some(say(lang, "they/them", "iel")),
            organization: Some("Faculty of Nursing".into()),
            languages: say(lang, "English, French", "anglais, français"),
            biography_html: say(
                lang,
                "<p>I teach community nursing. Ask me about learning from cases, and about <a href=\"https://faculty.example\">our spring course</a>.</p>",
                "<p>J’enseigne les soins communautaires. Demandez-moi comment apprendre à partir de cas.</p>",
            ),
            origin_url: Some("https://faculty.example/u/jo".into()),
            follow: follow(FollowState::Following),
            followers: 38,
            since: Some(before(90_000)),
            entries: vec![asked_about(lang)],
            organizations: vec![at_clinic(lang, true)],
            profile: true,
            places: vec![supply(lang), educators(lang)],
            places_private: false,
            posts: vec![
                post(
                    supply(lang),
                    say(
                        lang,
                        "Moving a client’s file between sites",
                        "Transférer un dossier d’un site à l’autre",
                    ),
                    true,
                ),
                post(
                    educators(lang),
                    say(
                        lang,
                        "Teaching handover with real cases",
                        "Enseigner le relais à partir de cas réels",
                    ),
                    false,
                ),
            ],
            mine: false,
            moved: None,
        }
    }
}

#[test]
fn people() {
    check_both("people", PeopleList::sample);
    check_both("person", PersonPage::sample);
    let mut mine = PersonPage::sample(Lang::En);
    mine.mine = true;
    mine.person = amira(Lang::En);
    mine.posts.clear();
    mine.follow.state = FollowState::Mine;
    check("person-mine", &mine);
    let mut moved = PersonPage::sample(Lang::Fr);
    moved.moved = Some(sam(Lang::Fr));
    check("person-moved", &moved);
}
