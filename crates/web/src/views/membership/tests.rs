//! Samples of the pages of joining.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::community::CommunityTab;
use crate::views::parts::samples::{amira, before, jo, member, pager, say, visitor};

fn place(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
        url: "/c/safer-supply".into(),
        host: None,
        colour: 3,
    }
}

fn spoken(lang: Lang, en: &str, fr: &str) -> SpokenText {
    SpokenText {
        text: say(lang, en, fr),
        lang: lang.to_string(),
    }
}

fn questions(lang: Lang) -> [(SpokenText, bool); 2] {
    [
        (
            spoken(lang, "Organization or group", "Organisme ou groupe"),
            false,
        ),
        (
            spoken(lang, "What are your goals?", "Quels sont vos objectifs?"),
            true,
        ),
    ]
}

fn card(lang: Lang, state: JoinState, own: bool) -> JoinRequestCard {
    let line = |kind, author, text: &str| JoinMessageLine {
        kind,
        author,
        text: text.to_owned(),
        at: before(100),
    };
    let mut messages = vec![
        line(
            JoinMessageKind::Question,
            Some(amira(lang)),
            "Which program is it?",
        ),
        line(JoinMessageKind::Answer, None, "The clinic at the harbour."),
    ];
    if !own {
        messages.push(line(
            JoinMessageKind::Note,
            Some(amira(lang)),
            "I know her well.",
        ));
    }
    JoinRequestCard {
        state,
        person: (!own).then(|| jo(lang)),
        name: jo(lang).name,
        address: "jo@example.org".into(),
        asked_at: before(3_000),
        answers: vec![(
            spoken(lang, "What are your goals?", "Quels sont vos objectifs?"),
            "To learn <from> others".into(),
        )],
        messages,
        own,
        url: "/c/safer-supply/requests/7".into(),
        id: "7".into(),
    }
}

impl Join {
    pub(crate) fn sample(lang: Lang, offer: JoinOffer) -> Self {
        let f = match offer {
            JoinOffer::Form | JoinOffer::SignIn => visitor(lang),
            _ => member(lang, Section::Communities),
        };
        let waits = offer == JoinOffer::Waiting;
        Self {
            c: Head::sample(&f, CommunityTab::Front),
            offer,
            own: waits.then(|| card(lang, JoinState::Asked, true)),
            form: join_form(&f, "/c/safer-supply/join", f.me.is_none(), &questions(lang)),
            rhythm: crate::views::invitation::rhythm_field(&f),
            admitted: vec!["Old Mill".to_owned(), "*.hospital.example".to_owned()],
            eligible: offer == JoinOffer::Button,
            sign_in_url: "/sign-in".into(),
            leave_url: "/c/safer-supply/leave".into(),
            answer_form: waits.then(|| {
                text_form(
                    &f,
                    "/c/safer-supply/join/answer",
                    "join-answer",
                    "join-enter-answer",
                )
            }),
            withdraw_url: waits.then(|| "/c/safer-supply/join/withdraw".into()),
            f,
        }
    }
}

impl JoinLink {
    pub(crate) fn sample(lang: Lang, state: JoinState) -> Self {
        let f = visitor(lang);
        Self {
            place: place(lang),
            card: card(lang, state, true),
            key: key_form("k"),
            answer_form: (state == JoinState::Asked)
                .then(|| text_form(&f, "/join/request", "join-answer", "join-enter-answer")),
            account_form: (state == JoinState::Accepted)
                .then(|| join_account_form(&f, "k", "Jo Tran")),
            may_claim: false,
            sign_in_url: "/sign-in".into(),
            f,
        }
    }
}

#[test]
fn whoever_joins_is_offered_what_they_may_do() {
    let offers = [
        (JoinOffer::Member(MemberRole::Moderator), "join-member"),
        (JoinOffer::Invited, "join-invited"),
        (JoinOffer::Waiting, "join-waiting"),
        (JoinOffer::Button, "join-button"),
        (JoinOffer::Form, "join-form"),
        (JoinOffer::InvitationOnly, "join-invitation"),
        (JoinOffer::SignIn, "join-sign-in"),
        (JoinOffer::No, "join-no"),
    ];
    for (offer, name) in offers {
        check_both(name, |lang| Join::sample(lang, offer));
    }
    for state in JoinState::ALL {
        check_both(&format!("join-link-{state}"), |lang| {
            JoinLink::sample(lang, *state)
        });
    }
    check_both("join-sent", |lang| JoinSent {
        f: visitor(lang),
        place: place(lang),
        address: "zoe@example.org".into(),
        demo_inbox: Some("/demo/mail/zoe@example.org".into()),
    });
    check_both("join-dead", |lang| DeadJoinLink { f: visitor(lang) });
}

#[test]
fn facilitators_read_and_decide() {
    check_both("join-queue", |lang| {
        let f = member(lang, Section::Communities);
        JoinQueue {
            place: place(lang),
            filters: vec![
                Tab::new(f.text("join-filter-waiting"), "/c/w/requests", true),
                Tab::new(
                    f.text("join-filter-decided"),
                    "/c/w/requests?show=decided",
                    false,
                ),
            ],
            requests: vec![
                card(lang, JoinState::Waiting, false),
                JoinRequestCard {
                    id: "8".into(),
                    ..card(lang, JoinState::Asked, true)
                },
            ],
            invite_form: invite_form(&f, "/c/w/requests"),
            accept_url: Some("/c/w/requests".into()),
            settings_url: "/c/w/joining".into(),
            pager: pager(),
            f,
        }
    });
    for state in [JoinState::Waiting, JoinState::Accepted] {
        check_both(&format!("join-request-{state}"), |lang| {
            let f = member(lang, Section::Communities);
            JoinRequestPage {
                place: place(lang),
                card: card(lang, state, false),
                form: text_form(&f, "/c/w/requests/7", "join-text", "join-enter-text"),
                back_url: "/c/w/requests".into(),
                f,
            }
        });
    }
}

#[test]
fn facilitators_choose_who_joins_and_give_roles() {
    check_both("join-settings", |lang| {
        let f = member(lang, Section::Communities);
        JoinSettings {
            place: place(lang),
            form: settings_form(
                &f,
                "/c/w/joining",
                JoinPolicy::Eligibility,
                vec![Choice::new("1", "Old Mill")],
            ),
            requests_url: "/c/w/requests".into(),
            f,
        }
    });
    check_both("member-role", |lang| {
        let f = member(lang, Section::Communities);
        MemberPage {
            place: place(lang),
            person: jo(lang),
            role: MemberRole::Member,
            invited_by: Some("Amira".into()),
            form: role_form(&f, "/c/w/members/2", MemberRole::Member),
            back_url: "/c/w/people".into(),
            f,
        }
    });
    check_both("member-leave", |lang| Leave {
        f: member(lang, Section::Communities),
        place: place(lang),
        action: "/c/w/leave".into(),
    });
}
