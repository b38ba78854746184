//! Polls: the fields that ask one, and voting.

use axum::extract::State;
use axum::response::Response;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use httpkit::compose::TypedPost;
use model::limits::POLL_CHOICES_MAX;
use model::{LangText, PollDetails, PollWay, PostDetails, PostId, Refusal, Time, Why};
use query::post::PostInThread;
use std::str::FromStr;

use super::thread;
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect};
use crate::views::discussion::{END_NOW, SAME_END, with_poll};

/// Seconds after which a poll ends that is ended now: its end is still to come when the change is written.
const CLOSING: i64 = 20;
/// Hours in seconds.
const HOUR: i64 = 3_600;
/// Days in seconds.
const DAY: i64 = 86_400;

/// Adds what a poll asks to a post, as it was typed. `before` is what it asked, of an edit: once somebody has voted, all
/// but the end stays.
///
/// # Errors
/// `Invalid(way | results | ends: NotAChoice)` for what the form does not offer.
pub(super) fn with_details(
    typed: TypedPost,
    fields: &Fields,
    before: Option<&PostInThread>,
    now: Time,
) -> Outcome<TypedPost> {
    let known = before.and_then(|found| found.view.poll.as_ref());
    let same_end = known.and_then(|poll| poll.details.ends_at);
    let ends_at = match (known, fields.get("ends")) {
        (Some(poll), _) if poll.is_over => same_end,
        (_, SAME_END) => same_end,
        (_, _) => lasting(fields.get("ends"))?.map(|seconds| now.plus_seconds(seconds)),
    };
    let details = match known {
        Some(poll) if poll.has_votes => PollDetails {
            ends_at,
            ..poll.details.clone()
        },
        _ => asked(&typed, fields, ends_at)?,
    };
    Ok(TypedPost {
        details: Some(PostDetails::Poll(details)),
        ..typed
    })
}

/// For how many seconds from now a poll is open: a number of days, of hours with an `h`, or until it can be closed;
/// `None` without an end.
fn lasting(word: &str) -> Outcome<Option<i64>> {
    let (number, unit) = match word {
        "" => return Ok(None),
        END_NOW => return Ok(Some(CLOSING)),
        _ => match word.strip_suffix('h') {
            Some(hours) => (hours, HOUR),
            None => (word, DAY),
        },
    };
    match number.parse::<i64>() {
        Ok(count) => Ok(Some(count.clamp(0, 1_000) * unit)),
        Err(_unknown) => Err(Error::invalid("ends", Why::NotAChoice)),
    }
}

/// What is chosen in a field; `None` for nothing.
fn chosen<T: FromStr>(fields: &Fields, name: &'static str) -> Outcome<Option<T>> {
    match fields.get(name) {
        "" => Ok(None),
        word => match word.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_unknown) => Err(Error::invalid(name, Why::NotAChoice)),
        },
    }
}

/// What the fields of a poll ask.
fn asked(typed: &TypedPost, fields: &Fields, ends_at: Option<Time>) -> Outcome<PollDetails> {
    let mut langs = typed.wordings.iter().map(|wording| wording.lang.as_str());
    let (lang, second) = (
        langs.next().unwrap_or_default(),
        langs.next().unwrap_or_default(),
    );
    let way: PollWay = chosen(fields, "way")?.unwrap_or_default();
    let lines = |name: &str| {
        let lines = fields.get(name).lines();
        lines.filter(|line| !line.trim().is_empty()).count()
    };
    if lines("choices2") > 0 && lines("choices2") != lines("choices") {
        return Err(Error::invalid("choices2", Why::Mismatch));
    }
    let choices = choices(
        (lang, fields.get("choices")),
        (second, fields.get("choices2")),
    );
    let places: i32 = fields.choice("places").unwrap_or(0);
    Ok(PollDetails {
        way,
        places: match way {
            PollWay::Ranked => places,
            PollWay::One | PollWay::Several => PollDetails::places_of(way, choices.len(), 1),
        },
        choices,
        results: chosen(fields, "results")?.unwrap_or_default(),
        shows_names: fields.ticked("shows_names"),
        ends_at,
    })
}

/// One choice for each line that is not blank. Where there are lines in the second language, but fewer or more, the
/// choice that lacks its counterpart is empty, which the verb refuses.
fn choices((lang, first): (&str, &str), (second, other): (&str, &str)) -> Vec<LangText> {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(model::name::one_line);
        let lines = lines.filter(|line| !line.is_empty());
        lines.take(POLL_CHOICES_MAX + 1).collect()
    };
    let (first, other) = (lines(first), lines(other));
    let pairs = first.len().max(other.len());
    let pair = |number: usize| match (first.get(number), other.get(number)) {
        (Some(one), Some(two)) => LangText::new([(lang, one.as_str()), (second, two.as_str())]),
        (Some(one), None) if other.is_empty() => LangText::single(lang, one),
        (Some(_), None) | (None, _) => LangText::default(),
    };
    (0..pairs).map(pair).collect()
}

/// Fills in what a poll asks.
pub(super) fn filled(f: &Frame, form: Form, found: &PostInThread) -> Form {
    let Some(poll) = &found.view.poll else {
        return form;
    };
    let mut form = with_poll(f, form, true, poll.has_votes, poll.is_over);
    let details = &poll.details;
    let lines = |text: fn(&LangText) -> Option<&str>| {
        let names: Vec<&str> = details.choices.iter().filter_map(text).collect();
        names.join("\n")
    };
    form.set(
        "choices",
        &lines(|name| name.iter().next().map(|(_, text)| text)),
    );
    form.set(
        "choices2",
        &lines(|name| name.iter().nth(1).map(|(_, text)| text)),
    );
    form.set("way", details.way.as_str());
    form.set("places", &details.places.to_string());
    form.set("results", details.results.as_str());
    form.set("shows_names", if details.shows_names { "on" } else { "" });
    form
}

/// The ballot of a form: the choices that are ticked, or those that have a place, in order.
///
/// # Errors
/// `Invalid(choice)` where two choices have the same place.
fn ballot(fields: &Fields) -> Result<Vec<i32>, Error> {
    let mut placed: Vec<(i32, i32)> = (0_i32..)
        .take(POLL_CHOICES_MAX)
        .filter_map(|number| Some((fields.choice(&format!("place-{number}"))?, number)))
        .collect();
    if placed.is_empty() {
        return Ok(fields.all("choice"));
    }
    placed.sort_unstable();
    let twice = |pair: &[(i32, i32)]| matches!(pair, [(one, _), (other, _)] if one == other);
    if placed.windows(2).any(twice) {
        return Err(Error::invalid("choice", Why::Taken));
    }
    Ok(placed.into_iter().map(|(_, number)| number).collect())
}

/// `POST /p/{id}/vote`
pub async fn vote(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let (posted, by) = (&signed_in.posted, signed_in.me.id());
    let voted = async {
        let ballot = ballot(&posted.fields)?;
        let verb = move |tx: &mut Tx<'_>| domain::poll::vote(tx, by, id, &ballot);
        app.ops().write(verb).await
    };
    match posted.attempt(voted).await {
        // The poll itself says that the vote counts.
        Ok(()) => Ok(to_poll(id)),
        Err(Error::Refused(Refusal::Invalid(errors))) => {
            thread::show_refused_vote(&signed_in, id, errors.first().map(|error| error.why)).await
        }
        Err(error) => Err(posted.fail(error)),
    }
}

/// `GET /p/{id}/vote`: the target of a reload or a language switch after a refused vote.
pub async fn vote_page(PathParam(id): PathParam<PostId>, _request: PageRequest) -> Page {
    Ok(to_poll(id))
}

fn to_poll(id: PostId) -> Response {
    redirect(&format!("/p/{id}#poll"))
}

/// The place that each choice has in a form that was refused.
pub(super) fn places(fields: &Fields) -> Vec<(i32, i64)> {
    let ticked: Vec<i32> = fields.all("choice");
    let ticked = ticked.into_iter().map(|number| (number, 1));
    let placed = (0_i32..)
        .take(POLL_CHOICES_MAX)
        .filter_map(|number| Some((number, fields.choice(&format!("place-{number}"))?)));
    placed.chain(ticked).collect()
}
