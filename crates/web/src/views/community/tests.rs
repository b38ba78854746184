//! Samples of a community's pages.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::FollowState;
use crate::views::parts::samples::{
    amira, before, cards, follow, jo, luc, member, pager, person, sam, say, tag_links, threads,
    visitor,
};

impl Head {
    pub(crate) fn sample(f: &Frame, here: CommunityTab) -> Self {
        let lang = f.lang;
        Self {
            name: say(
                lang,
                "Safer supply community of practice",
                "Communauté de pratique sur l’approvisionnement plus sécuritaire",
            ),
            lang: lang.to_string(),
            purpose_lang: lang.to_string(),
            only_in: None,
            purpose: say(
                lang,
                "We help each other start, run and improve safer supply programs, together with the people who use them.",
                "Nous nous aidons à lancer, à mener et à améliorer des programmes d’approvisionnement plus sécuritaire, avec les personnes qui y ont recours.",
            ),
            url: "/c/safer-supply".into(),
            handle: "!safer-supply@alliance.example".into(),
            host: None,
            host_name: None,
            origin_url: None,
            colour: crate::leaf::colour("safer-supply"),
            leaf_url: "/c/safer-supply/leaf.svg".into(),
            followers: 1180,
            languages: say(lang, "English, French", "Français, anglais"),
            stage: Some(Stage::Planned),
            opens_on: "2027-01-15".into(),
            private: false,
            follow: follow(FollowState::Not),
            compact: false,
            tabs: community_tabs(f, "/c/safer-supply", here),
            ask_url: Some("/c/safer-supply/new?kind=question".into()),
            share_url: Some("/c/safer-supply/new?kind=tip".into()),
            join: JoinState::Offered {
                url: "/c/safer-supply/join".into(),
                at_once: false,
            },
            waiting: Some((3, "/c/safer-supply/requests".into())),
            moderation: Some((2, "/c/safer-supply/moderation".into())),
            edit_url: Some("/c/safer-supply/edit".into()),
            mail_url: Some("/c/safer-supply/mail".into()),
            moved: None,
            silent_since: None,
        }
    }

    /// The same community seen from another server, asked to follow.
    pub(crate) fn remote(f: &Frame, here: CommunityTab) -> Self {
        Self {
            host: Some("faculty.example".into()),
            host_name: Some(say(f.lang, "Larchmere Faculty", "Faculté de Larchmere")),
            origin_url: Some("https://faculty.example/c/weavers".into()),
            join: JoinState::No,
            waiting: None,
            handle: "!weavers@faculty.example".into(),
            colour: crate::leaf::colour("weavers"),
            leaf_url: "/c/weavers/leaf.svg".into(),
            follow: follow(FollowState::Pending),
            edit_url: None,
            silent_since: Some(before(60 * 24 * 9)),
            ..Self::sample(f, here)
        }
    }
}

impl CommunityList {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        Self {
            filters: ["all", "here", "elsewhere", "mine"]
                .map(|name| {
                    Tab::new(
                        f.text(&format!("communities-filter-{name}")),
                        format!("?show={name}"),
                        name == "all",
                    )
                })
                .to_vec(),
            narrow: Some(NarrowForm {
                tab: "here",
                open: true,
                stages: vec![SelectOption {
                    value: "planned".into(),
                    label: f.text("stage-planned").into(),
                    chosen: true,
                }],
                purposes: Vec::new(),
            }),
            communities: cards(lang),
            pager: pager(),
            empty: None,
            f,
        }
    }
}

impl Front {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let part = |en: &str, fr: &str| CharterText {
            html: say(lang, en, fr),
            lang: lang.to_string(),
        };
        Self {
            c: Head::sample(&f, CommunityTab::Front),
            domain: part(
                "<p>Access to a supply of known quality, and everything that makes it work: prescribing, dispensing, housing, and <em>being listened to</em>.</p>",
                "<p>L’accès à un approvisionnement de qualité connue, et tout ce qui le fait marcher : prescrire, délivrer, loger, et <em>écouter</em>.</p>",
            ),
            community: part(
                "<p>Nurses, physicians, pharmacists, peer workers and people who use these programs, in 23 sites.</p>",
                "<p>Infirmières, médecins, pharmaciens, pairs et personnes qui ont recours à ces programmes, dans 23 sites.</p>",
            ),
            practice: part(
                "<ul><li>A drop-in every last Tuesday</li><li>Case talks, without names</li><li>Scripts and sheets that travel</li></ul>",
                "<ul><li>Une rencontre libre chaque dernier mardi</li><li>Des cas, sans les noms</li><li>Des textes et des fiches qui voyagent</li></ul>",
            ),
            pinned: threads(lang).into_iter().take(1).collect(),
            latest: threads(lang),
            facilitators: vec![
                amira(lang),
                person(
                    "Mireille Roy",
                    "mireille",
                    None,
                    &say(lang, "Network lead", "Responsable du réseau"),
                ),
            ],
            summary: None,
            followed: false,
            fetching: false,
            f,
        }
    }
}

impl Discussions {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        Self {
            c: Head::sample(&f, CommunityTab::Discussions),
            space_filters: Vec::new(),
            tag_filters: tag_links(lang, 2)
                .into_iter()
                .map(|tag| Tab::new(tag.name, tag.url, false).count(3))
                .collect(),
            filters: ["all", "unread", "question", "tip", "story"]
                .map(|name| {
                    Tab::new(
                        f.text(&format!("filter-{name}")),
                        format!("?kind={name}"),
                        name == "all",
                    )
                })
                .to_vec(),
            sorts: ["active", "newest"]
                .map(|name| {
                    Tab::new(
                        f.text(&format!("sort-{name}")),
                        format!("?sort={name}"),
                        name == "active",
                    )
                })
                .to_vec(),
            threads: threads(lang),
            pager: pager(),
            empty: None,
            seen_url: Some("/c/safer-supply/seen".into()),
            f,
        }
    }
}

impl People {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let row = |person, facilitator| MemberRow {
            person,
            facilitator,
            since: before(90_000),
        };
        Self {
            c: Head::sample(&f, CommunityTab::People),
            facilitators: vec![amira(lang)],
            members: vec![
                RoleRow {
                    person: amira(lang),
                    role: MemberRole::Facilitator,
                    since: before(90_000),
                    change_url: Some("/c/safer-supply/members/1".into()),
                },
                RoleRow {
                    person: jo(lang),
                    role: MemberRole::Member,
                    since: before(80_000),
                    change_url: Some("/c/safer-supply/members/2".into()),
                },
            ],
            invitations_url: Some("/c/safer-supply/invitations".into()),
            more_members: None,
            named: true,
            followers: vec![
                row(amira(lang), true),
                row(jo(lang), false),
                row(luc(lang), false),
                row(sam(lang), false),
            ],
            elsewhere: 966,
            pager: pager(),
            f,
        }
    }
}

impl About {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        Self {
            c: Head::sample(&f, CommunityTab::About),
            started: Some(before(900_000)),
            founder: Some(amira(lang)),
            threads: 1042,
            purposes: f.text("community-purpose-learn").into(),
            contacts: Vec::new(),
            timeline: stage::tests::lines(lang),
            organizations: 63,
            other: Some((
                lang.other(),
                say(
                    lang.other(),
                    "Safer supply",
                    "Approvisionnement plus sécuritaire",
                ),
                say(lang.other(), "We help each other.", "Nous nous entraidons."),
            )),
            ap_id: "https://alliance.example/c/safer-supply".into(),
            software: None,
            f,
        }
    }
}

impl Edit {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let mut form = community_form(&f, "/communities/new", true);
        form.set("handle", "Night Shift!");
        form.fault(
            "handle",
            say(
                lang,
                "Only lower-case letters, digits and hyphens.",
                "Seulement des minuscules, des chiffres et des traits d’union.",
            ),
        );
        form.fault(
            "name_en",
            say(
                lang,
                "Give it a name in one language at least.",
                "Donnez-lui un nom dans une langue au moins.",
            ),
        );
        Self {
            form,
            colour: None,
            editing: None,
            similar: cards(lang),
            pages: Vec::new(),
            f,
        }
    }
}

#[test]
fn lists() {
    check_both("communities", CommunityList::sample);
    let mut empty = CommunityList::sample(Lang::En);
    empty.f = visitor(Lang::En);
    empty.empty = Some(Empty {
        icon: "sprout",
        title: empty.f.text("communities-none").into(),
        text: empty.f.text("communities-none-text").into(),
        example: Some(empty.f.text("communities-none-example").into()),
        action: Some((
            empty.f.text("start-community").into(),
            "/communities/new".into(),
        )),
    });
    check("communities-empty", &empty);
}

#[test]
fn a_community() {
    check_both("community", Front::sample);
    check_both("community-discussions", Discussions::sample);
    check_both("community-people", People::sample);
    check_both("community-about", About::sample);
}

#[test]
fn a_remote_community_names_its_host() {
    let mut remote = Front::sample(Lang::Fr);
    remote.c = Head::remote(&remote.f, CommunityTab::Front);
    remote.summary = Some(CharterText {
        html: "<p>Weaving, mostly.</p>".into(),
        lang: "en".into(),
    });
    remote.latest.clear();
    remote.fetching = true;
    check("community-remote", &remote);
    remote.c.moved = Some(crate::views::parts::samples::supply(Lang::Fr));
    remote.c.ask_url = None;
    check("community-moved", &remote);
    let html = remote.render().unwrap();
    assert!(html.contains("faculty.example"));
    assert!(
        html.contains(r#"<section class="prose reading" dir="auto" lang="en">"#),
        "{html}"
    );
}

#[test]
fn a_community_as_followers_others_and_outsiders_see_it() {
    check_both("community-followed", |lang| {
        let mut front = Front::sample(lang);
        front.c.compact = true;
        front.c.follow = follow(FollowState::Following);
        front.followed = true;
        front
    });
    check_both("community-people-unnamed", |lang| {
        let mut people = People::sample(lang);
        people.c.follow = follow(FollowState::Not);
        people.named = false;
        people.followers.clear();
        people
    });
    check_both("community-private", |lang| {
        let mut front = Front::sample(lang);
        let c = Head::remote(&front.f, CommunityTab::Front);
        front.c = Head {
            private: true,
            follow: Follow {
                seen_by: None,
                ..follow(FollowState::Moved)
            },
            ask_url: None,
            share_url: None,
            silent_since: None,
            ..c
        };
        front.summary = Some(front.domain.clone());
        front.latest.clear();
        let html = front.render().unwrap();
        assert!(
            !html.contains(front.f.text("front-find-hint")),
            "nobody can"
        );
        front
    });
}

#[test]
fn founding() {
    check_both("community-found", Edit::sample);
    let mut edit = Edit::sample(Lang::Fr);
    edit.form = community_form(&edit.f, "/c/safer-supply/edit", false);
    edit.editing = Some(("Safer supply".into(), "/c/safer-supply".into()));
    edit.pages = vec![("edit-moving", "/settings/moving/safer-supply".into())];
    check("community-edit", &edit);
}
