//! Samples of the pages of moderation.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::admin::{AdminTab, admin_tabs};
use crate::views::parts::samples::{amira, before, jo, luc, member, pager, sam, say};
use model::Lang;

fn place(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
        url: "/c/safer-supply".into(),
        host: None,
        colour: 3,
    }
}

fn card(lang: Lang, id: i64) -> PostCard {
    PostCard {
        author: jo(lang),
        at: before(300),
        title: say(lang, "Changing <sites>", "Changer de <site>"),
        body_html: "<p>The name of the client is in the file.</p>".into(),
        warning: Some(say(lang, "A case", "Un cas")),
        lang: lang.to_string(),
        url: format!("/p/{id}"),
        history_url: Some(format!("/p/{id}/history")),
        moderate_url: format!("/p/{id}/moderate"),
    }
}

fn report(lang: Lang) -> ReportLine {
    ReportLine {
        by: amira(lang),
        at: before(60),
        reason: ReportReason::Confidential,
        text: "It names <somebody>.".into(),
    }
}

fn reported(lang: Lang) -> ReportedCard {
    ReportedCard {
        post: card(lang, 7),
        reports: vec![report(lang)],
    }
}

fn line(lang: Lang, kind: ModerationKind) -> LogLine {
    LogLine {
        kind,
        at: before(600),
        by: Some(luc(lang)),
        who: Some((sam(lang), "/c/safer-supply/moderation/people/4".into())),
        thread: Some(("Changing sites".into(), "en".into(), "/p/7".into())),
        until: Some(before(-6_000)),
        reason: "It names <somebody>.".into(),
        note: "The second time".into(),
    }
}

#[test]
fn a_post_is_reported() {
    check_both("report", |lang| {
        let f = member(lang, Section::Elsewhere);
        let form = report_form(&f, "/p/7/report");
        Report {
            place: place(lang),
            post: card(lang, 7),
            form,
            f,
        }
    });
}

#[test]
fn a_moderator_decides() {
    for (name, acts, is_gone) in [
        (
            "moderate",
            vec![
                PostAct::Dismiss,
                PostAct::Remove,
                PostAct::Lock,
                PostAct::Pin,
            ],
            false,
        ),
        (
            "moderate-held",
            vec![PostAct::Release, PostAct::Refuse],
            false,
        ),
        (
            "moderate-removed",
            vec![PostAct::Restore, PostAct::RefuseAppeal, PostAct::Unlock],
            true,
        ),
    ] {
        check_both(name, |lang| {
            let f = member(lang, Section::Elsewhere);
            ModeratePost {
                place: place(lang),
                queue_url: "/c/safer-supply/moderation".into(),
                post: card(lang, 7),
                reports: vec![report(lang)],
                state: vec!["post-locked", "post-pinned"],
                reason: "It names <somebody>.".into(),
                is_gone,
                appeal: is_gone.then(|| "It does <not>.".into()),
                acts: acts.clone(),
                form: words_form(&f, "/p/7/moderate"),
                person_url: Some("/c/safer-supply/moderation/people/4?post=7".into()),
                f,
            }
        });
    }
}

#[test]
fn an_author_asks_for_a_post_back() {
    for state in [None, Some("appeal-open")] {
        let name = state.unwrap_or("appeal");
        check_both(name, |lang| {
            let f = member(lang, Section::Elsewhere);
            Appeal {
                place: place(lang),
                post: card(lang, 7),
                reason: "It names <somebody>.".into(),
                state,
                form: appeal_form(&f, "/p/7/appeal"),
                f,
            }
        });
    }
}

#[test]
fn moderators_see_what_waits() {
    for waits in [true, false] {
        check_both(
            if waits {
                "moderation"
            } else {
                "moderation-empty"
            },
            |lang| {
                let f = member(lang, Section::Communities);
                let appeal = || AppealCard {
                    post: card(lang, 9),
                    text: "It does <not>.".into(),
                };
                let url = "/c/safer-supply/moderation";
                Queue {
                    place: place(lang),
                    tabs: vec![Tab::new(f.text("moderation-tab-queue"), url, true)],
                    reports: waits.then(|| reported(lang)).into_iter().collect(),
                    held: waits.then(|| card(lang, 8)).into_iter().collect(),
                    appeals: waits.then(appeal).into_iter().collect(),
                    form: waits.then(|| review_form(&f, url, SpacePosting::ReviewFirst)),
                    f,
                }
            },
        );
    }
}

#[test]
fn the_log_tells_what_was_done() {
    check_both("moderation-log", |lang| {
        let f = member(lang, Section::Communities);
        Log {
            place: place(lang),
            tabs: Vec::new(),
            log: ModerationKind::ALL
                .iter()
                .map(|kind| line(lang, *kind))
                .collect(),
            pager: pager(),
            f,
        }
    });
    check_both("moderation-own", |lang| OwnRecord {
        place: place(lang),
        ban: Some(None),
        log: vec![line(lang, ModerationKind::Warned)],
        f: member(lang, Section::Communities),
    });
}

#[test]
fn moderators_keep_bans() {
    check_both("bans", |lang| Bans {
        place: place(lang),
        tabs: Vec::new(),
        bans: vec![
            (
                jo(lang),
                Some(before(-600)),
                "/c/safer-supply/moderation/people/4".into(),
            ),
            (
                sam(lang),
                None,
                "/c/safer-supply/moderation/people/5".into(),
            ),
        ],
        pager: pager(),
        f: member(lang, Section::Communities),
    });
    for bannable in [true, false] {
        check_both(
            if bannable {
                "person"
            } else {
                "person-moderator"
            },
            |lang| {
                let f = member(lang, Section::Communities);
                ModeratePerson {
                    place: place(lang),
                    queue_url: "/c/safer-supply/moderation".into(),
                    person: jo(lang),
                    role: Some(model::MemberRole::Member),
                    ban: bannable.then_some(None),
                    acts: PersonAct::ALL.to_vec(),
                    form: person_form(&f, "/c/safer-supply/moderation/people/4", bannable, "7"),
                    log: vec![line(lang, ModerationKind::Note)],
                    f,
                }
            },
        );
    }
}

#[test]
fn administrators_see_what_waits() {
    check_both("admin-reports", |lang| {
        let f = member(lang, Section::Admin);
        AdminReports {
            tabs: admin_tabs(&f, AdminTab::Reports, 0, 0),
            reports: vec![reported(lang)],
            appeals: Vec::new(),
            communities: vec![(place(lang), 2, before(6_000))],
            f,
        }
    });
}
