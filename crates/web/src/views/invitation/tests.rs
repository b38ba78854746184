//! Samples of the pages of invitations.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::parts::samples::{amira, before, jo, member, pager, say, visitor};
use model::Lang;
use model::invitation::list::RowProblem;

fn place(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
        url: "/c/safer-supply".into(),
        host: None,
        colour: 3,
    }
}

fn tabs(f: &Frame) -> Vec<Tab> {
    vec![
        Tab::new(f.text("invitations-by-mail"), "/c/w/invitations", true),
        Tab::new(
            f.text("invitations-by-link"),
            "/c/w/invitations/links",
            false,
        ),
        Tab::new(
            f.text("invitations-by-list"),
            "/c/w/invitations/lists",
            false,
        ),
    ]
}

#[test]
fn what_facilitators_see_is_rendered_in_both_languages() {
    check_both("invitations", |lang| {
        let f = member(lang, Section::Communities);
        let line = |state, expired| InvitationLine {
            address: format!("zoe.{state}@mill.example"),
            name: "Zoé".into(),
            state,
            expired,
            by: "Amira".into(),
            who: (state == InvitationState::Accepted).then(|| jo(lang)),
            changed_at: before(100),
            until: before(-90_000),
            change_url: state.is_open().then(|| "/c/w/invitations/1".to_owned()),
        };
        let mut sent: Vec<InvitationLine> = InvitationState::ALL
            .iter()
            .map(|state| line(*state, false))
            .collect();
        sent.push(line(InvitationState::Sent, true));
        SentInvitations {
            place: place(lang),
            tabs: tabs(&f),
            facilitates: true,
            form: mail_form(&f, "/c/w/invitations"),
            sent,
            pager: pager(),
            f,
        }
    });
    check_both("invitation-links", |lang| {
        let f = member(lang, Section::Communities);
        AdmittingLinks {
            place: place(lang),
            tabs: tabs(&f),
            form: link_form(&f, "/c/w/invitations/links"),
            fresh: Some("https://alliance.example/join/link?key=k".into()),
            links: vec![AdmittingLink {
                by: "Amira".into(),
                left: 3,
                max: 5,
                until: before(-90_000),
                came: vec![amira(lang), jo(lang)],
                revoke_url: Some("/c/w/invitations/links/1/revoke".into()),
            }],
            f,
        }
    });
}

#[test]
fn lists_are_rendered_in_both_languages() {
    check_both("invitation-list", |lang| {
        let f = member(lang, Section::Communities);
        ListUpload {
            place: place(lang),
            tabs: tabs(&f),
            form: list_form(&f, "/c/w/invitations/lists"),
            f,
        }
    });
    check_both("invitation-preview", |lang| {
        let f = member(lang, Section::Communities);
        let line = |(number, problem): (i32, Option<RowProblem>)| ListLine {
            number,
            name: "Zoé".into(),
            address: "zoe@mill.example".into(),
            lang: words::own_name(Lang::Fr),
            problem: problem.map(RowProblem::label),
        };
        let faults = RowProblem::ALL.iter().map(|problem| Some(*problem));
        ListPreview {
            place: place(lang),
            tabs: tabs(&f),
            good: 1,
            bad: 11,
            faults: (3..).zip(faults).map(line).collect(),
            rows: vec![line((2, None)), line((3, Some(RowProblem::Twice)))],
            confirm_url: Some("/c/w/invitations/lists/1".into()),
            pager: pager(),
            f,
        }
    });
}

#[test]
fn what_those_who_are_invited_see_is_rendered_in_both_languages() {
    check_both("my-invitations", |lang| {
        let f = member(lang, Section::Me);
        MyInvitations {
            waiting: vec![WaitingLine {
                key: "mail-1".into(),
                place: place(lang),
                purpose: "To learn.".into(),
                by: Some("Amira".into()),
                words: "See you there".into(),
            }],
            rhythm: rhythm_field(&f),
            f,
        }
    });
    let offers = [
        InvitedOffer::Member,
        InvitedOffer::Accept(false),
        InvitedOffer::Accept(true),
        InvitedOffer::Another,
        InvitedOffer::SignIn,
        InvitedOffer::Register,
        InvitedOffer::NoAccount,
        InvitedOffer::Decline(false),
        InvitedOffer::Decline(true),
    ];
    for offer in offers {
        check_both("invited", |lang| {
            let f = match offer {
                InvitedOffer::SignIn | InvitedOffer::Register | InvitedOffer::NoAccount => {
                    visitor(lang)
                }
                _ => member(lang, Section::Communities),
            };
            Invited {
                place: place(lang),
                purpose: "To learn.".into(),
                by: Some("Amira".into()),
                address: "zoe@mill.example".into(),
                words: "See you there".into(),
                offer,
                key: key_form("/join/invited", "k"),
                form: account_form(&f, "/join/invited", "k", "Zoé"),
                rhythm: rhythm_field(&f),
                sign_in_url: "/sign-in".into(),
                own_url: "/join/invited?key=k".into(),
                f,
            }
        });
    }
}

#[test]
fn what_a_link_opens_is_rendered_in_both_languages() {
    let offers = [
        AdmittedOffer::Member,
        AdmittedOffer::Join,
        AdmittedOffer::Ask,
        AdmittedOffer::SignIn,
        AdmittedOffer::UsedUp,
    ];
    for offer in offers {
        check_both("admitted", |lang| {
            let f = match offer {
                AdmittedOffer::Member | AdmittedOffer::Join => member(lang, Section::Communities),
                _ => visitor(lang),
            };
            Admitted {
                place: place(lang),
                purpose: "To learn.".into(),
                by: "Amira".into(),
                community_address: "!safer-supply@alliance.example".into(),
                offer,
                key: key_form("/join/link", "k"),
                form: guest_form(&f, "/join/link", "k"),
                rhythm: rhythm_field(&f),
                sign_in_url: "/sign-in".into(),
                f,
            }
        });
    }
    for declined in [true, false] {
        check_both("invitation-over", |lang| InvitationOver {
            f: visitor(lang),
            declined,
        });
    }
}
