//! Samples of polls, in each state.

use super::*;
use crate::tests::check_both;
use crate::views::discussion::{Compose, ComposePurpose, Thread, thread_form};
use crate::views::parts::samples::{before, luc, say};
use model::{Lang, PostKind};

fn choices(lang: Lang) -> Vec<(String, String)> {
    let names = [
        ("Training", "Formation"),
        ("Time", "Temps"),
        ("Templates", "Modèles"),
    ];
    let tag = lang.to_string();
    names
        .map(|(en, fr)| (say(lang, en, fr), tag.clone()))
        .to_vec()
}

fn form(lang: Lang, way: PollWay) -> VoteForm {
    let choices = (0_i32..)
        .zip(choices(lang))
        .map(|(number, (name, lang))| VoteChoice {
            number,
            name,
            lang,
            place: i64::from(number == 1),
        });
    VoteForm {
        action: "/p/1/vote".into(),
        way,
        places: 2,
        choices: choices.collect(),
        error: None,
        open: false,
    }
}

fn result(lang: Lang, is_ranked: bool) -> PollResult {
    let choices = choices(lang).into_iter().zip([60, 40, 0]);
    let choices = choices.map(|((name, tag), percent)| ChoiceResult {
        name,
        lang: tag,
        percent,
        votes: percent / 20,
        points: percent / 10,
        mine: i64::from(percent == 40),
        voters: if percent > 0 {
            vec![luc(lang)]
        } else {
            Vec::new()
        },
    });
    PollResult {
        voters: 5,
        is_ranked,
        has_points: is_ranked,
        choices: choices.collect(),
    }
}

/// A thread with a poll in which the reader has not voted.
fn thread(lang: Lang, way: PollWay) -> (Thread, Poll) {
    let mut thread = Thread::sample(lang);
    thread.kind = PostKind::Poll;
    thread.answers.clear();
    let poll = Poll {
        end: Some(thread.f.moment(&before(0))),
        is_over: false,
        hidden: Some("poll-hidden-voted"),
        choices: Vec::new(),
        results: None,
        vote: Some(form(lang, way)),
        voted: false,
        sign_in_url: None,
        host: None,
        shows_names: way == PollWay::Several,
        is_reworded: false,
    };
    (thread, poll)
}

#[test]
fn a_poll_in_each_state() {
    for way in PollWay::ALL {
        check_both(&format!("poll-{way}"), |lang| {
            let (mut page, mut poll) = thread(lang, *way);
            if let Some(vote) = poll.vote.as_mut().filter(|_| *way == PollWay::Ranked) {
                vote.error = Some(page.f.text("why-choice-same").to_owned());
            }
            page.poll = Some(poll);
            page
        });
    }
    check_both("poll-voted", |lang| {
        let (mut page, poll) = thread(lang, PollWay::One);
        page.poll = Some(Poll {
            voted: true,
            hidden: None,
            results: Some(result(lang, false)),
            ..poll
        });
        page
    });
    check_both("poll-elsewhere", |lang| {
        let (mut page, poll) = thread(lang, PollWay::One);
        page.poll = Some(Poll {
            host: Some("association.example".into()),
            vote: None,
            choices: choices(lang),
            hidden: Some("poll-hidden-end"),
            voted: true,
            is_reworded: true,
            ..poll
        });
        page
    });
    check_both("poll-over", |lang| {
        let (mut page, poll) = thread(lang, PollWay::Ranked);
        page.poll = Some(Poll {
            is_over: true,
            is_reworded: true,
            vote: None,
            hidden: None,
            results: Some(result(lang, true)),
            ..poll
        });
        page
    });
    check_both("poll-guest", |lang| {
        let (mut page, poll) = thread(lang, PollWay::One);
        page.poll = Some(Poll {
            vote: None,
            choices: choices(lang),
            sign_in_url: Some("/sign-in?next=/p/1".into()),
            end: None,
            ..poll
        });
        page
    });
}

#[test]
fn a_poll_is_asked() {
    check_both("compose-poll", |lang| {
        let mut page = Compose::sample(lang);
        let form = thread_form(&page.f, "/c/safer-supply/new", PostKind::Poll, &[]);
        let mut form = with_poll(&page.f, form, false, false, false);
        form.fields.retain(|field| field.name != "kind");
        let kind = Field::new("kind", Kind::Hidden, "").value("poll");
        page.form = form.with(kind);
        page.purpose = ComposePurpose::Poll;
        page.poll_url = None;
        page
    });
    check_both("edit-poll", |lang| {
        let mut page = Compose::sample(lang);
        let mut form = thread_form(&page.f, "/p/1/edit", PostKind::Poll, &[]);
        form.fields.retain(|field| field.name != "kind");
        page.form = with_poll(&page.f, form, true, true, false);
        page.purpose = ComposePurpose::EditThread;
        page.poll_url = None;
        page.is_settled = true;
        page
    });
}
