//! Question: a poll (FEP-9967), and the votes in one.

use super::document_data::{PollData, PostDocumentData};
use super::page::Page;
use super::post_type::PostType;
use super::text_map::{by_language, first};
use crate::text::{escape, one_line};
use model::limits::{
    POLL_CHOICE_MAX, POLL_CHOICES_MAX, POLL_CHOICES_MIN, POLL_PLACES_MAX, POLL_VOTES_MAX,
};
use model::{
    LangText, PollDetails, PollResults, PollTally, PollWay, PostDetails, PostKind, Time, lang,
};
use serde_json::Value;
use vocab::{LangMap, Object, PollChoice};

pub(crate) struct Question;

impl PostType for Question {
    fn types(&self) -> &'static [&'static str] {
        &["Question"]
    }

    /// What cannot be voted in is still asked.
    fn kind(&self, named: Option<PostKind>) -> PostKind {
        named.unwrap_or(PostKind::Question)
    }

    /// As of a Note, where there is a text that it warns of (Mastodon's polls). With a title, the summary is one,
    /// unless the post is sensitive.
    fn warning<'o>(&self, object: &'o Object) -> Option<&'o str> {
        object.text()?;
        let is_warning = object.title().is_none() || object.sensitive == Some(true);
        object.summary.as_deref().filter(|_| is_warning)
    }

    /// The choices, of a poll that is a reply or that has too many of them.
    fn lead(&self, object: &Object, _lang: &str) -> Option<String> {
        let choices = choices(object).iter().filter_map(PollChoice::title);
        let names: Vec<String> = choices
            .take(POLL_CHOICES_MAX)
            .map(|name| one_line(name, POLL_CHOICE_MAX))
            .collect();
        (!names.is_empty()).then(|| names.join(" · "))
    }

    fn details(&self, object: &Object) -> Option<PostDetails> {
        details(object).map(PostDetails::Poll)
    }

    fn tally(&self, object: &Object) -> Option<PollTally> {
        let way = details(object)?.way;
        tells_counts(object).then(|| tally(object, way))
    }

    /// Mastodon shows `content` of a Question and neither its `name` nor, but as a warning, its `summary`: so the text
    /// begins with the title.
    fn render(&self, base: Object, data: &PostDocumentData) -> Object {
        let (warning, warnings) = (base.summary.clone(), base.summary_map.clone());
        let page = Page.render(base, data);
        let titled = with_titles(data);
        let object = Object {
            summary: warning,
            summary_map: warnings,
            content: Some(first(&titled).to_owned()),
            content_map: by_language(&titled),
            ..page
        };
        match &data.poll {
            Some(poll) => with_choices(object, poll),
            None => object,
        }
    }
}

/// A vote in a poll, as it is received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vote {
    /// The id of the poll.
    pub poll: String,
    /// The name of the choice.
    pub name: String,
    /// Its place in the ballot of a ranked poll.
    pub place: Option<i32>,
    /// The id of the voter.
    pub voter: Option<String>,
}

/// Reads a vote: a reply that names a choice and has no text (Mastodon). `None` for anything else.
pub(crate) fn vote(value: &Value) -> Option<Vote> {
    let object: Object = serde_json::from_value(value.clone()).ok()?;
    if !is_vote(&object) {
        return None;
    }
    Some(Vote {
        // As it was sent: a longer one is that of no choice.
        name: object.title()?.chars().take(POLL_CHOICE_MAX + 1).collect(),
        poll: object.in_reply_to?,
        place: object
            .hedgerow_place
            .and_then(|place| i32::try_from(place).ok()),
        voter: object.attributed_to,
    })
}

/// Whether it is a vote in a poll.
pub(super) fn is_vote(object: &Object) -> bool {
    object.kind == "Note"
        && object.in_reply_to.is_some()
        && object.title().is_some()
        && object.text().is_none()
        && object.attachment.is_empty()
}

fn choices(object: &Object) -> &[PollChoice] {
    if object.one_of.is_empty() {
        &object.any_of
    } else {
        &object.one_of
    }
}

/// What a Question asks; `None` where nobody could vote here: too few or too many choices, or two of one name.
fn details(object: &Object) -> Option<PollDetails> {
    let choices: Option<Vec<LangText>> = choices(object)
        .iter()
        .take(POLL_CHOICES_MAX + 1)
        .map(name_of)
        .collect();
    let choices =
        choices.filter(|all| (POLL_CHOICES_MIN..=POLL_CHOICES_MAX).contains(&all.len()))?;
    let ranked = object.hedgerow_places.filter(|_| object.one_of.is_empty());
    let way = match (object.one_of.is_empty(), ranked) {
        (false, _) => PollWay::One,
        (true, None) => PollWay::Several,
        (true, Some(_)) => PollWay::Ranked,
    };
    let asked = ranked
        .and_then(|places| i32::try_from(places).ok())
        .unwrap_or(POLL_PLACES_MAX);
    let results = object.hedgerow_results.as_deref();
    let poll = PollDetails {
        way,
        places: PollDetails::places_of(way, choices.len(), asked),
        choices,
        results: results
            .and_then(|word| word.parse().ok())
            .unwrap_or(PollResults::Voted),
        shows_names: false,
        ends_at: end(object),
    };
    (!poll.repeats_a_choice()).then_some(poll)
}

/// The name of a choice in each language, that of `name` first; `None` where it has none, and where we would not show
/// it as it was sent: a vote must name its choice exactly.
fn name_of(choice: &PollChoice) -> Option<LangText> {
    let sent = choice.title()?;
    let name = one_line(sent, POLL_CHOICE_MAX);
    if name.is_empty() || model::name::composed(sent) != name {
        return None;
    }
    let others: Vec<(&str, String)> = choice
        .name_map
        .iter()
        .map(|(tag, text)| (tag, one_line(text, POLL_CHOICE_MAX)))
        .collect();
    let own = others.iter().find(|(_, text)| *text == name);
    let own = own.map_or(lang::UNKNOWN, |(tag, _)| tag);
    let rest = others.iter().map(|(tag, text)| (*tag, text.as_str()));
    Some(LangText::new(std::iter::once((own, sent)).chain(rest)))
}

/// When a Question ends or was closed, whichever is first; a time to come in `closed` is its end (Pleroma). One that is
/// closed without a time was so when it was last changed.
fn end(object: &Object) -> Option<Time> {
    let ends = object.ends();
    let closed = object.closed_at();
    let flagged = object
        .is_closed()
        .then(|| object.updated.or(object.published))
        .flatten();
    let first = [ends, closed, flagged].into_iter().flatten().min();
    first.map(Time::new)
}

/// Whether a Question tells any counts: some are told at the end only.
fn tells_counts(object: &Object) -> bool {
    let mut choices = choices(object).iter();
    object.voters_count.is_some() || choices.any(|choice| choice.votes().is_some())
}

/// The counts that a Question tells, within what a poll may have.
fn tally(object: &Object, way: PollWay) -> PollTally {
    let bounded = |count: u64| {
        i64::try_from(count)
            .unwrap_or(POLL_VOTES_MAX)
            .min(POLL_VOTES_MAX)
    };
    let counts = choices(object).iter().take(POLL_CHOICES_MAX);
    let votes: Vec<i64> = counts
        .map(|choice| bounded(choice.votes().unwrap_or(0)))
        .collect();
    let most = votes.iter().copied().max().unwrap_or(0);
    let sum = votes.iter().sum::<i64>().min(POLL_VOTES_MAX);
    let voters = match way {
        PollWay::One => sum,
        PollWay::Several | PollWay::Ranked => most,
    };
    PollTally {
        voters: object.voters_count.map_or(voters, bounded),
        points: vec![0; votes.len()],
        votes,
        closed_at: None,
        changed_at: object.updated.map(Time::new),
    }
}

/// The text in each language, after its title.
fn with_titles(data: &PostDocumentData) -> LangText {
    let post = &data.post;
    let texts: Vec<(&str, String)> = post
        .html
        .iter()
        .map(|(tag, html)| {
            let title = post.title.get_or_first(tag).unwrap_or_default();
            (tag, format!("<p>{}</p>{html}", escape(title)))
        })
        .collect();
    LangText::new(texts.iter().map(|(tag, text)| (*tag, text.as_str())))
}

/// Adds the choices of a poll to the text of its Page, in each language.
pub(super) fn with_choices_in_text(object: Object, data: &PostDocumentData) -> Object {
    let Some(poll) = &data.poll else {
        return object;
    };
    let html = |tag: &str, text: &str| {
        let names = poll.details.choices.iter();
        let names = names.filter_map(|name| name.get_or_first(tag));
        let items: String = names
            .map(|name| format!("<li>{}</li>", escape(name)))
            .collect();
        format!("{text}<ul>{items}</ul>")
    };
    let texts = data.post.html.iter();
    let texts: Vec<(&str, String)> = texts.map(|(tag, text)| (tag, html(tag, text))).collect();
    let texts = LangText::new(texts.iter().map(|(tag, text)| (*tag, text.as_str())));
    Object {
        content: Some(first(&texts).to_owned()),
        content_map: by_language(&texts),
        // It has no choices.
        source: None,
        ..object
    }
}

fn with_choices(object: Object, PollData { details, tally }: &PollData) -> Object {
    // Whoever reads this has not voted, as far as we can tell.
    let is_told = details.shows_counts(false, tally.closed_at.is_some());
    let results = match details.results {
        PollResults::Always => PollResults::Always,
        PollResults::Voted | PollResults::End => PollResults::End,
    };
    let count = |count: i64| is_told.then(|| u64::try_from(count).unwrap_or(0));
    let votes = tally.votes.iter().copied().chain(std::iter::repeat(0));
    let choices = details.choices.iter().zip(votes).map(|(name, votes)| {
        let names = match name.iter().count() {
            0 | 1 => LangMap::new(),
            _ => by_language(name),
        };
        PollChoice::new(first(name), names, count(votes))
    });
    let choices: Vec<PollChoice> = choices.collect();
    let (one_of, any_of) = match details.way {
        PollWay::One => (choices, Vec::new()),
        PollWay::Several | PollWay::Ranked => (Vec::new(), choices),
    };
    let places = (details.way == PollWay::Ranked).then_some(details.places);
    let changed_at = tally.changed_at.filter(|_| is_told).map(Time::utc);
    Object {
        one_of,
        any_of,
        end_time: details.ends_at.map(|end| end.to_rfc3339()),
        closed: tally.closed_at.map(|at| Value::from(at.to_rfc3339())),
        voters_count: count(tally.voters),
        hedgerow_places: places.and_then(|places| u64::try_from(places).ok()),
        hedgerow_results: Some(results.to_string()),
        updated: object.updated.max(changed_at),
        ..object
    }
}

#[cfg(test)]
mod tests;
