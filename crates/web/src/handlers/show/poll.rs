//! A poll on the page of its thread.

use model::{Lang, LangText, PollResults, PollWay};
use query::poll::{PollCounts, PollView};
use query::post::PostView;

use super::actor;
use crate::frame::Frame;
use crate::handlers::response::sign_in_path;
use crate::views::discussion::{ChoiceResult, Poll, PollResult, VoteChoice, VoteForm};

/// Builds the view of a thread's poll; `lang` is the wanted language.
pub fn poll(f: &Frame, thread: &PostView, lang: Lang, host: Option<&str>) -> Option<Poll> {
    let view = thread.poll.as_ref()?;
    let at = format!("/p/{}", thread.post.id);
    let end = view.ended_at.or(view.details.ends_at);
    let hidden = match (view.results.is_some(), view.details.results) {
        (true, _) => None,
        (false, PollResults::Voted | PollResults::Always) => Some("poll-hidden-voted"),
        (false, PollResults::End) => Some("poll-hidden-end"),
    };
    let server = thread.author.host.as_str();
    Some(Poll {
        end: end.map(|end| f.moment(&end.utc())),
        is_over: view.is_over,
        hidden,
        choices: match (view.may_vote, &view.results) {
            (false, None) => view
                .details
                .choices
                .iter()
                .map(|name| shown(name, lang))
                .collect(),
            _ => Vec::new(),
        },
        results: view
            .results
            .as_ref()
            .map(|counts| results(view, counts, lang)),
        vote: view.may_vote.then(|| form(view, &at, lang)),
        voted: !view.mine.is_empty(),
        sign_in_url: (f.me.is_none() && !view.is_over).then(|| sign_in_path(&format!("{at}#poll"))),
        host: view.is_remote.then(|| host.unwrap_or(server).to_owned()),
        shows_names: view.details.shows_names,
        is_reworded: view.is_reworded,
    })
}

fn shown(name: &LangText, lang: Lang) -> (String, String) {
    let (tag, text) = name.shown(lang).unwrap_or_default();
    (text.to_owned(), tag.to_owned())
}

fn results(view: &PollView, counts: &PollCounts, lang: Lang) -> PollResult {
    let is_ranked = view.details.way == PollWay::Ranked;
    let choices = counts.choices.iter().filter_map(|count| {
        let (name, lang) = shown(view.details.choices.get(count.number)?, lang);
        let number = i32::try_from(count.number).ok()?;
        Some(ChoiceResult {
            name,
            lang,
            percent: count.percent,
            votes: count.votes,
            points: count.points,
            mine: place(view, number),
            voters: count
                .voters
                .iter()
                .map(|voter| actor::person(voter))
                .collect(),
        })
    });
    PollResult {
        voters: counts.voters,
        is_ranked,
        has_points: is_ranked && counts.choices.iter().any(|count| count.points > 0),
        choices: choices.collect(),
    }
}

/// The place of a choice in the reader's ballot, from 1; 0 where it is not in it.
fn place(view: &PollView, number: i32) -> i64 {
    let place = view.mine.iter().position(|mine| *mine == number);
    place
        .and_then(|place| i64::try_from(place + 1).ok())
        .unwrap_or(0)
}

fn form(view: &PollView, at: &str, lang: Lang) -> VoteForm {
    let choices = (0_i32..).zip(&view.details.choices).map(|(number, name)| {
        let (name, lang) = shown(name, lang);
        VoteChoice {
            number,
            name,
            lang,
            place: place(view, number),
        }
    });
    VoteForm {
        action: format!("{at}/vote"),
        way: view.details.way,
        places: i64::from(view.details.places),
        choices: choices.collect(),
        error: None,
        open: false,
    }
}
