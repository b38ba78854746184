//! Believable people, places and threads, in both languages, for the samples of every view.

use crate::views::space::SpaceLabel;
use chrono::{TimeDelta, TimeZone};
use model::access::SpaceAccess;

use super::*;
use crate::frame::{Frame, Me, RailPlace, Section, Site};
use crate::views::community::CommunityCard;
use model::PostKind::{Announcement, Question, Story, Tip};

/// Picks the text of a language.
pub fn say(lang: Lang, en: &str, fr: &str) -> String {
    match lang {
        Lang::En => en.to_owned(),
        Lang::Fr => fr.to_owned(),
    }
}

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 14, 30, 0).unwrap()
}

pub fn before(minutes: i64) -> DateTime<Utc> {
    now() - TimeDelta::minutes(minutes)
}

/// A frame as a visitor sees it.
pub fn visitor(lang: Lang) -> Frame {
    Frame {
        lang,
        own_zone: None,
        now: now(),
        site: Site {
            name: say(
                lang,
                "Alliance for Community Health",
                "Alliance pour la santé communautaire",
            ),
            url: "https://alliance.example".into(),
            host: "alliance.example".into(),
            source_url: "https://github.com/hedgerow/hedgerow".into(),
            limits: true,
            trial: false,
            open: true,
            zone: words::Tz::UTC,
        },
        section: Section::Home,
        here: "/".into(),
        lang_in_address: false,
        me: None,
        notices: 0,
        places: Vec::new(),
        csrf: "k3y-0fTh1sSess10n".into(),
        flash: None,
        bare: false,
        noindex: false,
        preview: None,
        typed_form: None,
        shown_once: false,
    }
}

/// A frame as Mireille sees it, who also looks after the instance.
pub fn member(lang: Lang, section: Section) -> Frame {
    let rail = |name: String, handle: &str, unread, here| RailPlace {
        name,
        url: format!("/c/{handle}"),
        colour: leaf::colour(handle),
        unread,
        here,
    };
    Frame {
        section,
        notices: 4,
        me: Some(Me {
            name: "Mireille Roy".into(),
            handle: "@mireille".into(),
            url: "/u/mireille".into(),
            avatar: None,
            admin: true,
            has_address: true,
            refused_address: None,
            waiting: 2,
            invitations: 2,
        }),
        places: vec![
            rail(
                say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
                "safer-supply",
                3,
                section == Section::Communities,
            ),
            rail(
                say(lang, "Data coordinators", "Coordination des données"),
                "data-coordinators",
                0,
                false,
            ),
            rail(
                say(lang, "Social prescribing", "Prescription sociale"),
                "social-prescribing",
                1,
                false,
            ),
            rail(
                say(lang, "Clinician educators", "Formation clinique"),
                "clinician-educators@faculty.example",
                0,
                false,
            ),
        ],
        ..visitor(lang)
    }
}

pub fn person(name: &str, handle: &str, host: Option<&str>, role: &str) -> Person {
    let address = host.map_or(format!("@{handle}"), |h| format!("@{handle}@{h}"));
    Person {
        name: name.into(),
        url: format!("/u/{}", address.trim_start_matches('@')),
        handle: address,
        host: host.map(Into::into),
        avatar: None,
        role: (!role.is_empty()).then(|| role.into()),
    }
}

pub fn amira(lang: Lang) -> Person {
    person(
        "Amira Benali",
        "amira",
        None,
        &say(
            lang,
            "Facilitator, Harbour clinic",
            "Animatrice, clinique du Port",
        ),
    )
}

pub fn luc(lang: Lang) -> Person {
    person(
        "Luc Perron",
        "luc",
        Some("association.example"),
        &say(
            lang,
            "Physician, Centre Saint-Luc",
            "Médecin, Centre Saint-Luc",
        ),
    )
}

pub fn jo(lang: Lang) -> Person {
    person(
        "Jo Tran",
        "jo",
        Some("faculty.example"),
        &say(lang, "Nurse educator", "Infirmière formatrice"),
    )
}

pub fn sam(lang: Lang) -> Person {
    person(
        "Sam Kowalski",
        "sam",
        None,
        &say(lang, "Coordinator", "Coordination"),
    )
}

pub fn supply(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
        url: "/c/safer-supply".into(),
        host: None,
        colour: leaf::colour("safer-supply"),
    }
}

pub fn educators(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Clinician educators", "Formation clinique"),
        url: "/c/clinician-educators@faculty.example".into(),
        host: Some("faculty.example".into()),
        colour: leaf::colour("clinician-educators"),
    }
}

/// Five threads, as the picture of the look has them.
#[expect(clippy::too_many_lines, reason = "a list of facts")]
pub fn threads(lang: Lang) -> Vec<ThreadRow> {
    let row = |id: i64, en: &str, fr: &str, kind, author: Person, minutes, replies| ThreadRow {
        title: say(lang, en, fr),
        lang: lang.to_string(),
        url: format!("/p/{id}"),
        kind,
        answered: id == 3,
        author,
        place: None,
        at: before(minutes * 9),
        last: (id != 5).then(|| ("Wren".to_owned(), before(minutes))),
        replies,
        unread: id < 3,
        only_in: (id % 2 == 0).then(|| lang.other()),
        tags: tag_links(lang, usize::try_from(id % 3).unwrap_or(0)),
        space: (id == 4).then(|| SpaceLabel {
            name: say(lang, "Hard cases", "Situations difficiles"),
            lang: lang.to_string(),
            access: SpaceAccess::Members,
            url: "/c/safer-supply/discussions?space=7".into(),
        }),
    };
    vec![
        row(
            1,
            "How do you hand over carries when a site closes for a holiday?",
            "Comment passez-vous le relais des doses à emporter quand un site ferme pour un congé?",
            Question,
            jo(lang),
            20,
            6,
        ),
        row(
            2,
            "A one-page consent script that clients helped to write",
            "Un texte de consentement d’une page, écrit avec les personnes suivies",
            Tip,
            amira(lang),
            125,
            4,
        ),
        row(
            3,
            "Moving a client’s file between sites: what has your team learned?",
            "Transférer un dossier d’un site à l’autre : qu’a appris votre équipe?",
            Question,
            luc(lang),
            60 * 26,
            17,
        ),
        row(
            4,
            "From 12 to 80 people in a rural clinic: what nearly broke",
            "De 12 à 80 personnes dans une clinique rurale : ce qui a failli céder",
            Story,
            sam(lang),
            60 * 24 * 4,
            1209,
        ),
        row(
            5,
            "Draft agenda for the October hot topic: speak up now",
            "Ordre du jour du sujet chaud d’octobre : dites ce qui manque",
            Announcement,
            person("Mireille Roy", "mireille", None, ""),
            60 * 24 * 10,
            21,
        ),
    ]
}

/// A thread of another language than the page's, in a community of another server.
pub fn foreign_thread(lang: Lang) -> ThreadRow {
    ThreadRow {
        title: say(
            lang.other(),
            "Teaching handover with real cases",
            "Enseigner le relais à partir de cas réels",
        ),
        lang: lang.other().to_string(),
        url: "/p/9".into(),
        kind: PostKind::Discussion,
        answered: false,
        author: jo(lang),
        place: Some(educators(lang)),
        at: before(300),
        last: None,
        replies: 2,
        unread: true,
        only_in: None,
        tags: Vec::new(),
        space: None,
    }
}

/// The first tags of a community, as many as that.
pub fn tag_links(lang: Lang, count: usize) -> Vec<TagLink> {
    let link = |en: &str, fr: &str, slug: &str| TagLink {
        name: say(lang, en, fr),
        lang: lang.to_string(),
        url: format!("/c/safer-supply/discussions?tag={slug}"),
    };
    let mut all = vec![
        link("Change of <site>", "Changement de <site>", "change-of-site"),
        link("Night shift", "Quart de nuit", "night-shift"),
    ];
    all.truncate(count);
    all
}

#[expect(clippy::too_many_lines, reason = "a list of facts")]
pub fn cards(lang: Lang) -> Vec<CommunityCard> {
    let card = |handle: &str, host: Option<&str>, name: String, purpose: String, followers| {
        CommunityCard {
            name,
            lang: lang.to_string(),
            purpose_lang: lang.to_string(),
            only_in: (handle == "clinician-educators").then(|| lang.other()),
            purpose,
            url: format!("/c/{handle}"),
            host: host.map(Into::into),
            colour: leaf::colour(handle),
            picture: None,
            followers,
            threads: 42,
            last_at: Some(before(50)),
            languages: say(lang, "English, French", "Français, anglais"),
            following: handle == "safer-supply",
            pending: handle == "clinician-educators",
            unread: if handle == "safer-supply" { 3 } else { 0 },
            stage: None,
        }
    };
    vec![
        card(
            "safer-supply",
            None,
            say(
                lang,
                "Safer supply community of practice",
                "Communauté de pratique sur l’approvisionnement plus sécuritaire",
            ),
            say(
                lang,
                "We help each other start, run and improve safer supply programs, together with the people who use them.",
                "Nous nous aidons à lancer, à mener et à améliorer ces programmes, avec les personnes qui y ont recours.",
            ),
            1180,
        ),
        card(
            "data-coordinators",
            None,
            say(lang, "Data coordinators", "Coordination des données"),
            say(
                lang,
                "Numbers that serve the people they count.",
                "Des chiffres au service des gens qu’ils comptent.",
            ),
            64,
        ),
        card(
            "social-prescribing",
            None,
            say(lang, "Social prescribing", "Prescription sociale"),
            say(
                lang,
                "Prescribing a garden, a choir, a neighbour: what works, and for whom.",
                "Prescrire un jardin, une chorale, un voisin : ce qui marche, et pour qui.",
            ),
            1,
        ),
        card(
            "clinician-educators",
            Some("faculty.example"),
            say(lang, "Clinician educators", "Formation clinique"),
            say(
                lang,
                "Teaching at the bedside, without losing the patient.",
                "Enseigner au chevet sans perdre de vue la personne soignée.",
            ),
            308,
        ),
    ]
}

pub fn pager() -> Pager {
    Pager::numbered(2, 7, |page| format!("?page={page}"))
}

pub fn follow(state: FollowState) -> Follow {
    Follow {
        state,
        url: "/c/safer-supply/follow".into(),
        undo_url: "/c/safer-supply/unfollow".into(),
        elsewhere_url: Some("/c/safer-supply/follow-from".into()),
        seen_by: Some("Its facilitators will see your name.".into()),
    }
}
