//! Samples of notices.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{amira, before, jo, luc, member, pager, sam, say, threads};
use model::Lang;
use model::notice::NoticeKind;

impl Notices {
    pub(crate) fn sample(lang: Lang) -> Self {
        let thread = threads(lang).remove(2).title;
        let notice = |kind: NoticeKind, person, about: bool, minutes| Notice {
            icon: kind.icon(),
            person,
            others: if kind == NoticeKind::Watched { 6 } else { 0 },
            replies: (kind == NoticeKind::Watched).then_some(40),
            message: match kind {
                NoticeKind::Watched => "notice-watched-many".to_owned(),
                _ => kind.label().to_owned(),
            },
            subject: about.then(|| (thread.clone(), lang.to_string(), "/p/3".into())),
            excerpt: about.then(|| {
                let text = say(
                    lang,
                    "We made it part of our spring course.",
                    "Nous l’avons mise dans notre cours du printemps.",
                );
                (text, lang.to_string())
            }),
            at: before(minutes),
            unread: minutes < 100,
        };
        Self {
            f: member(lang, Section::Notices),
            notices: vec![
                notice(NoticeKind::Reply, jo(lang), true, 12),
                notice(NoticeKind::Watched, amira(lang), true, 40),
                notice(NoticeKind::Accepted, jo(lang), true, 80),
                notice(NoticeKind::Mention, luc(lang), true, 90),
                notice(NoticeKind::Follow, sam(lang), false, 400),
                notice(NoticeKind::Moved, sam(lang), false, 500),
                notice(NoticeKind::Approval, amira(lang), false, 900),
            ],
            mail_given_up: lang == Lang::Fr,
            pager: pager(),
        }
    }
}

#[test]
fn notices() {
    check_both("notices", Notices::sample);
    let mut none = Notices::sample(Lang::Fr);
    none.notices.clear();
    none.f.notices = 0;
    check("notices-none", &none);
}

#[test]
fn what_became_of_ones_own_posts() {
    check_both("notices-removed", |lang| {
        let mut view = Notices::sample(lang);
        let one = view.notices.remove(0);
        let of = |kind: NoticeKind, message: &str, others| Notice {
            icon: kind.icon(),
            message: message.to_owned(),
            others,
            ..one.clone()
        };
        view.notices = vec![
            of(NoticeKind::Removed, "notice-removed", 0),
            of(NoticeKind::Removed, "notice-removed-many", 1),
            Notice {
                subject: None,
                excerpt: None,
                ..of(NoticeKind::Removed, "notice-removed-thread", 0)
            },
            of(NoticeKind::Refused, "notice-refused", 0),
        ];
        view
    });
}

#[test]
fn what_others_wrote_is_marked_with_its_language() {
    let mut view = Notices::sample(Lang::En);
    view.notices.truncate(1);
    let french = Notices::sample(Lang::Fr).notices.remove(0);
    let written = |view: &Notices| view.render().unwrap().matches(r#" lang="fr">"#).count();
    let before = written(&view);
    view.notices = vec![french];
    assert_eq!(written(&view), before + 2, "the title and the excerpt");
}
