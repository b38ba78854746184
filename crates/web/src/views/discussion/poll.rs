//! A poll on the page of its thread, and the fields that ask one.

use model::limits::{POLL_CHOICES_MAX, POLL_PLACES_MAX};
use model::{PollResults, PollWay};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::{Frame, Stamp};
use crate::views::parts::Person;

/// Longest text of all choices, in characters.
const CHOICES_MAX: usize = POLL_CHOICES_MAX * (model::limits::POLL_CHOICE_MAX + 1);
/// For how many hours a poll can be open, before the days.
const HOURS: [i64; 3] = [1, 4, 12];
/// For how many days a poll can be open.
const DAYS: [i64; 6] = [1, 3, 7, 14, 30, 90];
/// For how many days a poll is open whose author chooses nothing.
const USUAL_DAYS: &str = "7";
/// The value of the field `ends` that leaves the end as it is.
pub const SAME_END: &str = "same";

/// The value of the field `ends` that ends the poll.
pub const END_NOW: &str = "now";

/// What a thread shows of its poll.
#[derive(Debug, Clone)]
pub struct Poll {
    /// When it ends or has ended.
    pub end: Option<Stamp>,
    pub is_over: bool,
    /// Why the counts are not shown: the key of a message.
    pub hidden: Option<&'static str>,
    /// The choices with their languages, where neither a form nor the counts name them.
    pub choices: Vec<(String, String)>,
    pub results: Option<PollResult>,
    pub vote: Option<VoteForm>,
    /// The reader has voted.
    pub voted: bool,
    /// Where a signed-out reader signs in to vote.
    pub sign_in_url: Option<String>,
    /// The server that counts the votes, where that is not ours.
    pub host: Option<String>,
    /// The names of those who vote here are shown.
    pub shows_names: bool,
    /// Its text was changed after somebody had voted, or may have.
    pub is_reworded: bool,
}

/// The counts of a poll.
#[derive(Debug, Clone)]
pub struct PollResult {
    pub voters: i64,
    pub is_ranked: bool,
    /// Points are told beside first places.
    pub has_points: bool,
    /// In the order of the result.
    pub choices: Vec<ChoiceResult>,
}

/// The count of one choice.
#[derive(Debug, Clone)]
pub struct ChoiceResult {
    pub name: String,
    /// Empty where it is unknown.
    pub lang: String,
    pub percent: i64,
    pub votes: i64,
    pub points: i64,
    /// Its place in the reader's ballot, from 1; 0 where it is not in it.
    pub mine: i64,
    /// Those who chose it, some of them, where their names are shown.
    pub voters: Vec<Person>,
}

/// The form in which somebody votes.
#[derive(Debug, Clone)]
pub struct VoteForm {
    pub action: String,
    pub way: PollWay,
    /// How many choices a ballot orders.
    pub places: i64,
    pub choices: Vec<VoteChoice>,
    pub error: Option<String>,
    /// Shown without being asked for, also to who has voted.
    pub open: bool,
}

/// One choice in the form.
#[derive(Debug, Clone)]
pub struct VoteChoice {
    pub number: i32,
    pub name: String,
    /// Empty where it is unknown.
    pub lang: String,
    /// Its place in the reader's ballot, from 1; 0 where it is not in it.
    pub place: i64,
}

impl VoteForm {
    /// The places that a choice can have.
    pub(super) fn numbers(&self) -> std::ops::RangeInclusive<i64> {
        1..=self.places
    }

    pub(super) fn is_ranked(&self) -> bool {
        self.way == PollWay::Ranked
    }

    /// The `type` of the box of each choice.
    pub(super) fn input(&self) -> &'static str {
        match self.way {
            PollWay::One => "radio",
            PollWay::Several | PollWay::Ranked => "checkbox",
        }
    }

    /// The key of the message that says how to choose.
    pub(super) fn legend(&self) -> &'static str {
        match self.way {
            PollWay::One => "poll-choose-one",
            PollWay::Several => "poll-choose-several",
            PollWay::Ranked => "poll-choose-ranked",
        }
    }
}

/// Adds the fields of a poll to the form of a thread: `way places choices choices2 results shows_names ends`. Once
/// somebody has voted only its end is left (`settled`), and once it is over nothing.
#[must_use]
pub fn with_poll(f: &Frame, form: Form, edited: bool, settled: bool, over: bool) -> Form {
    let form = if settled {
        form
    } else {
        with_question(f, form)
    };
    if over {
        form
    } else {
        form.with(end_field(f, edited))
    }
}

fn with_question(f: &Frame, form: Form) -> Form {
    let area = |name: &str, key: &str, hint: &str| {
        let kind = Kind::Area {
            rows: 5,
            markdown: false,
        };
        Field::new(name, kind, f.text(key))
            .hint(f.text(hint))
            .max(CHOICES_MAX)
    };
    let ways = PollWay::ALL.iter().map(|way| {
        let hint = f.text(&format!("{}-hint", way.label()));
        Choice::new(way.as_str(), f.text(way.label())).hint(hint)
    });
    let results = PollResults::ALL
        .iter()
        .map(|results| Choice::new(results.as_str(), f.text(results.label())));
    let places = (2..=POLL_PLACES_MAX).map(|n| Choice::new(n.to_string(), n.to_string()));
    form.with(
        area("choices", "compose-choices", "poll-choices-hint").required(f.text("enter-choices")),
    )
    .with(area("choices2", "compose-choices2", "poll-choices2-hint"))
    .with(
        Field::new("way", Kind::Radios(ways.collect()), f.text("poll-way"))
            .value(PollWay::default().as_str()),
    )
    .with(
        Field::new(
            "places",
            Kind::Select(places.collect()),
            f.text("poll-places"),
        )
        .hint(f.text("poll-places-hint"))
        .value("3"),
    )
    .with(
        Field::new(
            "results",
            Kind::Radios(results.collect()),
            f.text("poll-results"),
        )
        .hint(f.text("poll-results-hint"))
        .value(PollResults::default().as_str()),
    )
    .with(
        Field::new("shows_names", Kind::Check, f.text("poll-names"))
            .hint(f.text("poll-names-hint")),
    )
}

fn end_field(f: &Frame, edited: bool) -> Field {
    let same = edited.then(|| Choice::new(SAME_END, f.text("poll-end-same")));
    let now = edited.then(|| Choice::new(END_NOW, f.text("poll-end-now")));
    let hours = HOURS.iter().map(|hours| {
        let label = f.message("poll-end-hours").arg("count", *hours).to_string();
        Choice::new(format!("{hours}h"), label)
    });
    let days = DAYS.iter().map(|days| {
        let label = f.message("poll-end-days").arg("count", *days).to_string();
        Choice::new(days.to_string(), label)
    });
    let never = Choice::new("", f.text("poll-end-never"));
    let choices = same
        .into_iter()
        .chain(now)
        .chain(hours)
        .chain(days)
        .chain([never])
        .collect();
    Field::new("ends", Kind::Select(choices), f.text("poll-end")).value(if edited {
        SAME_END
    } else {
        USUAL_DAYS
    })
}

#[cfg(test)]
mod tests;
