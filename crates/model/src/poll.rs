//! Polls: what one asks, how ballots are read and counted. Pure.

use crate::job::{Payload, thread_key};
use crate::limits::{POLL_CHOICES_MAX, POLL_CHOICES_MIN, POLL_PLACES_MAX};
use crate::name::composed;
use crate::{ActorId, LangText, PostId, Time, Why, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// How people choose.
    #[derive(Default)]
    PollWay labelled "poll-way" {
        /// One choice.
        #[default]
        One = "one",
        /// Any number of choices.
        Several = "several",
        /// Some choices in the order of their importance: a survey of needs.
        Ranked = "ranked",
    }
}

text_enum! {
    /// Who sees the counts before the end. After it everybody who sees the poll does.
    #[derive(Default)]
    PollResults labelled "poll-results" {
        /// Everybody who sees the poll.
        Always = "always",
        /// Those who have voted.
        #[default]
        Voted = "voted",
        /// Nobody.
        End = "end",
    }
}

/// What a poll asks, beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollDetails {
    pub way: PollWay,
    /// How many choices one ballot may name, at least 1.
    pub places: i32,
    /// In the order shown. A choice is named by its index.
    pub choices: Vec<LangText>,
    pub results: PollResults,
    /// The names of those who vote here are shown with the counts.
    pub shows_names: bool,
    pub ends_at: Option<Time>,
}

/// The counts of a poll, and whether it is over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PollTally {
    /// How many people have voted.
    pub voters: i64,
    /// Of each choice, how many have chosen it; of a ranked poll, how many name it first.
    pub votes: Vec<i64>,
    /// Of each choice of a ranked poll, its Borda points.
    pub points: Vec<i64>,
    pub closed_at: Option<Time>,
    /// When they changed last; of a remote poll by its server's clock.
    pub changed_at: Option<Time>,
}

impl PollTally {
    /// Whether nobody has voted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.voters == 0 && self.votes.iter().all(|votes| *votes == 0)
    }
}

impl PollDetails {
    /// Whether nobody can vote any more.
    #[must_use]
    pub fn is_over(&self, tally: &PollTally, now: Time) -> bool {
        tally.closed_at.is_some() || self.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether somebody who sees the poll, and has voted or has not, sees the counts.
    #[must_use]
    pub const fn shows_counts(&self, has_voted: bool, is_over: bool) -> bool {
        match self.results {
            PollResults::Always => true,
            PollResults::Voted => has_voted || is_over,
            PollResults::End => is_over,
        }
    }

    /// Checks the choices that a ballot names, in its order.
    ///
    /// # Errors
    /// `Required` for none, `TooLong` for more than a ballot may name, `NotAChoice` for one that is missing or named
    /// twice.
    pub fn check_ballot(&self, ballot: &[i32]) -> Result<(), Why> {
        let is_choice =
            |number: &i32| usize::try_from(*number).is_ok_and(|number| number < self.choices.len());
        let mut sorted = ballot.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if ballot.is_empty() {
            Err(Why::Required)
        } else if sorted.len() < ballot.len() || !ballot.iter().all(is_choice) {
            Err(Why::NotAChoice)
        } else if i32::try_from(ballot.len()).is_ok_and(|named| named <= self.places) {
            Ok(())
        } else {
            Err(Why::TooLong)
        }
    }

    /// How many choices a ballot may name of so many, in this way; `asked` is the number of a ranked poll.
    #[must_use]
    pub fn places_of(way: PollWay, choices: usize, asked: i32) -> i32 {
        let choices = i32::try_from(choices.min(POLL_CHOICES_MAX)).unwrap_or(1);
        match way {
            PollWay::One => 1,
            PollWay::Several => choices.max(1),
            PollWay::Ranked => asked.clamp(1, POLL_PLACES_MAX).min(choices.max(1)),
        }
    }

    /// What one ballot gives to the choice in this place, from 1: votes and Borda points.
    #[must_use]
    pub const fn weight(&self, place: i32) -> (i64, i64) {
        match self.way {
            PollWay::One | PollWay::Several => (1, 0),
            PollWay::Ranked => {
                let points = (self.places - place + 1) as i64;
                (
                    if place == 1 { 1 } else { 0 },
                    if points > 0 { points } else { 0 },
                )
            }
        }
    }

    /// The choice of exactly this name, but for the composition of its characters (NFC): in the author's language, else
    /// in any other, if it names no second choice there.
    #[must_use]
    pub fn number_of(&self, name: &str) -> Option<i32> {
        let name = composed(name);
        let numbers = |is_it: &dyn Fn(&LangText) -> bool| -> Vec<i32> {
            let found = (0_i32..).zip(&self.choices);
            let found = found.filter(|(_, choice)| is_it(choice));
            found.map(|(number, _)| number).collect()
        };
        let is_it = |text: &str| composed(text) == name;
        let own = numbers(&|choice| choice.first().is_some_and(|(_, text)| is_it(text)));
        if let [number, ..] = own.as_slice() {
            return Some(*number);
        }
        let any = numbers(&|choice| choice.iter().any(|(_, text)| is_it(text)));
        match any.as_slice() {
            [number] => Some(*number),
            [] | [_, ..] => None,
        }
    }

    /// Whether the choices differ from each other, and are as many as a poll may have.
    #[must_use]
    pub fn has_good_number(&self) -> bool {
        (POLL_CHOICES_MIN..=POLL_CHOICES_MAX).contains(&self.choices.len())
    }

    /// Whether two choices are the same in the author's language.
    #[must_use]
    pub fn repeats_a_choice(&self) -> bool {
        let names = self.choices.iter().filter_map(LangText::first);
        let mut names: Vec<String> = names.map(|(_, name)| composed(name)).collect();
        let number = names.len();
        names.sort_unstable();
        names.dedup();
        names.len() < number
    }

    /// Whether two choices have the same name, in whichever languages: a vote by that name could mean either.
    #[must_use]
    pub fn has_ambiguous_names(&self) -> bool {
        let names = |choice: &LangText| {
            let mut names: Vec<String> = choice.iter().map(|(_, name)| composed(name)).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let mut all: Vec<String> = self.choices.iter().flat_map(names).collect();
        let number = all.len();
        all.sort_unstable();
        all.dedup();
        all.len() < number
    }

    /// Whether the same is asked in the same way: all but the end.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let without_end = |poll: &Self| Self {
            ends_at: None,
            ..poll.clone()
        };
        without_end(self) == without_end(other)
    }
}

/// The choices in the order of the result: of a ranked poll the most points first, then the most first places;
/// of any other as they were written.
#[must_use]
pub fn result_order(way: PollWay, tally: &PollTally, choices: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..choices).collect();
    if way == PollWay::Ranked {
        let of = |counts: &[i64], number: usize| counts.get(number).copied().unwrap_or(0);
        order.sort_by_key(|number| {
            let (points, votes) = (of(&tally.points, *number), of(&tally.votes, *number));
            (std::cmp::Reverse(points), std::cmp::Reverse(votes))
        });
    }
    order
}

/// A share of a whole in percent, rounded; 0 of nothing.
#[must_use]
pub fn percent(part: i64, whole: i64) -> i64 {
    match whole {
        ..=0 => 0,
        whole => ((part.max(0) * 200 + whole) / (2 * whole)).min(100),
    }
}

/// Sends somebody's vote to the author of a remote poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendVote {
    pub post: PostId,
    pub by: ActorId,
}

impl Payload for SendVote {
    const KIND: &'static str = "send_vote";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.post))
    }
}

/// Sends the new counts of a poll of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPollCounts {
    pub post: PostId,
}

impl Payload for SendPollCounts {
    const KIND: &'static str = "send_poll_counts";
}

/// Closes a poll whose end has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosePoll {
    pub post: PostId,
}

impl Payload for ClosePoll {
    const KIND: &'static str = "close_poll";

    /// By which the one that waits is found, when the end moves.
    fn order_key(&self) -> Option<String> {
        Some(format!("close poll {}", self.post))
    }
}

/// Tells those who voted in a poll that it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellVoters {
    pub post: PostId,
}

impl Payload for TellVoters {
    const KIND: &'static str = "tell_voters";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(way: PollWay, places: i32) -> PollDetails {
        let names = ["Training", "Time", "Templates"];
        PollDetails {
            way,
            places,
            choices: names.map(|name| LangText::single("en", name)).to_vec(),
            results: PollResults::Voted,
            shows_names: false,
            ends_at: None,
        }
    }

    #[test]
    fn a_ballot_names_choices_of_the_poll_once_and_no_more_than_allowed() {
        let one = poll(PollWay::One, 1);
        assert_eq!(one.check_ballot(&[2]), Ok(()));
        assert_eq!(one.check_ballot(&[]), Err(Why::Required));
        assert_eq!(one.check_ballot(&[0, 1]), Err(Why::TooLong));
        for missing in [-1, 3, i32::MAX] {
            assert_eq!(one.check_ballot(&[missing]), Err(Why::NotAChoice));
        }
        let ranked = poll(PollWay::Ranked, 2);
        assert_eq!(ranked.check_ballot(&[2, 0]), Ok(()));
        assert_eq!(ranked.check_ballot(&[2, 2]), Err(Why::NotAChoice));
        assert_eq!(ranked.check_ballot(&[2, 1, 0]), Err(Why::TooLong));
    }

    #[test]
    fn a_ranked_ballot_gives_points_by_place() {
        let ranked = poll(PollWay::Ranked, 3);
        let weights: Vec<(i64, i64)> = (1..=4).map(|place| ranked.weight(place)).collect();
        assert_eq!(weights, [(1, 3), (0, 2), (0, 1), (0, 0)]);
        assert_eq!(poll(PollWay::Several, 3).weight(2), (1, 0));
        let tally = PollTally {
            points: vec![3, 5, 5],
            votes: vec![1, 0, 1],
            ..PollTally::default()
        };
        assert_eq!(result_order(PollWay::Ranked, &tally, 3), [2, 1, 0]);
        assert_eq!(result_order(PollWay::One, &tally, 3), [0, 1, 2]);
    }

    #[test]
    fn counts_are_shown_as_the_author_chose() {
        let shown = |results| {
            let poll = PollDetails {
                results,
                ..poll(PollWay::One, 1)
            };
            [(false, false), (true, false), (false, true)]
                .map(|(voted, over)| poll.shows_counts(voted, over))
        };
        assert_eq!(shown(PollResults::Always), [true, true, true]);
        assert_eq!(shown(PollResults::Voted), [false, true, true]);
        assert_eq!(shown(PollResults::End), [false, false, true]);
    }

    #[test]
    fn a_choice_is_found_in_each_of_its_languages() {
        let mut poll = poll(PollWay::One, 1);
        if let Some(first) = poll.choices.first_mut() {
            *first = LangText::new([("en", "Training"), ("fr", "Formation")]);
        }
        assert_eq!(poll.number_of("Formation"), Some(0));
        assert_eq!(poll.number_of("Time"), Some(1));
        for other in [" Time ", "time", "TIME", "Tíme", "formation continue", ""] {
            assert_eq!(poll.number_of(other), None, "{other}");
        }
        assert!(!poll.repeats_a_choice());
        poll.choices.push(LangText::single("en", "Time"));
        assert!(poll.repeats_a_choice() && poll.has_ambiguous_names());
    }

    #[test]
    fn names_are_compared_as_they_are_composed() {
        let mut poll = poll(PollWay::One, 1);
        poll.choices.push(LangText::single("fr", "Été"));
        assert_eq!(poll.number_of("E\u{301}te\u{301}"), Some(3));
        assert_eq!(poll.number_of("été"), None);
        poll.choices
            .push(LangText::single("fr", "E\u{301}te\u{301}"));
        assert!(poll.repeats_a_choice());
    }

    #[test]
    fn a_name_of_two_choices_names_the_one_of_the_authors_language_or_neither() {
        let mut poll = poll(PollWay::One, 1);
        poll.choices = [
            ("Chat", "Discussion"),
            ("Cat", "Chat"),
            ("Talk", "Discussion"),
        ]
        .map(|(en, fr)| LangText::new([("en", en), ("fr", fr)]))
        .to_vec();
        assert!(!poll.repeats_a_choice() && poll.has_ambiguous_names());
        assert_eq!(poll.number_of("Chat"), Some(0));
        assert_eq!(poll.number_of("Cat"), Some(1));
        assert_eq!(poll.number_of("Discussion"), None);
        poll.choices.truncate(1);
        poll.choices
            .push(LangText::new([("en", "Bus"), ("fr", "Bus")]));
        assert!(
            !poll.has_ambiguous_names(),
            "one choice may be called the same twice"
        );
    }

    #[test]
    fn percents_are_rounded_and_bounded() {
        let of = |part, whole| percent(part, whole);
        assert_eq!(
            [of(1, 3), of(2, 3), of(1, 8), of(0, 0), of(9, 3), of(-5, 3)],
            [33, 67, 13, 0, 100, 0]
        );
    }
}
