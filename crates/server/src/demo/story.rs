//! What is written, when: every post, like, edit and removal of the conversations with its moment in
//! the past, laid out in rounds. Within a round the conversations go on side by side, each in its
//! order; between rounds everything comes to rest and the clock moves on.

use model::community::fingerprint;

use super::content::{Address, Organization, Reply, Thread};

/// Minutes in the past in which the first thread is started: nine days.
const BEGIN: i64 = 9 * 24 * 60;
/// Minutes in the past in which the last word is written.
const END: i64 = 8;
/// Minutes in the past in which the last words are liked and edited: a round of its own.
const LAST_TOUCH: i64 = 2;
/// Minutes in the past in which the last thread is started.
const LAST: i64 = 10 * 60;
/// What happens within so many minutes shares a round.
const ROUND: i64 = 5 * 60;

/// A post of the content, by its keys: a thread, or one of its replies.
pub(super) type Key<'c> = (&'c str, Option<&'c str>);

/// Something somebody does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed<'c> {
    Start(&'c Thread),
    Reply(&'c Thread, &'c Reply),
    Like(Key<'c>, &'c Address),
    Edit(&'c Thread, &'c Reply),
    Delete(&'c Thread, &'c Reply),
}

/// A deed and its moment.
#[derive(Debug, Clone, Copy)]
struct Step<'c> {
    deed: Deed<'c>,
    /// Minutes in the past.
    ago: i64,
}

/// What is done at about one moment.
#[derive(Debug)]
pub(super) struct Round<'c> {
    /// Minutes in the past.
    pub(super) ago: i64,
    /// The conversations that go on, each with its deeds in their order.
    pub(super) lines: Vec<Vec<Deed<'c>>>,
}

/// The rounds of all conversations, from the oldest to the newest.
pub(super) fn rounds<'c>(organizations: &'c [&'c Organization]) -> Vec<Round<'c>> {
    let threads = alternate(organizations);
    let count = i64::try_from(threads.len().max(1)).unwrap_or(i64::MAX);
    let start = |place: i64| BEGIN - place * (BEGIN - LAST) / count;
    let mut lines: Vec<_> = threads
        .into_iter()
        .zip(0..)
        .map(|(thread, place)| converse(thread, start(place)).into_iter().peekable())
        .collect();
    let mut rounds = Vec::new();
    loop {
        let next = lines.iter_mut().filter_map(|line| Some(line.peek()?.ago));
        let Some(ago) = next.max() else { return rounds };
        let now = lines.iter_mut().map(|line| {
            let near = |step: &Step<'_>| step.ago > ago - ROUND && (step.ago < END) == (ago < END);
            let soon = std::iter::from_fn(|| line.next_if(near));
            soon.map(|step| step.deed).collect::<Vec<_>>()
        });
        let lines = now.filter(|line| !line.is_empty()).collect();
        rounds.push(Round { ago, lines });
    }
}

/// The first thread of each organization, then the second of each, and so on.
fn alternate<'c>(organizations: &'c [&'c Organization]) -> Vec<&'c Thread> {
    let most = organizations.iter().map(|o| o.threads.len()).max();
    let nth = |n: usize| organizations.iter().filter_map(move |o| o.threads.get(n));
    (0..most.unwrap_or(0)).flat_map(nth).collect()
}

/// The steps of one conversation in their order, from `start` minutes ago on.
fn converse(thread: &Thread, start: i64) -> Vec<Step<'_>> {
    let pauses: Vec<i64> = thread
        .replies
        .iter()
        .map(|reply| 12 + i64::from(fingerprint(&reply.key) % 200))
        .collect();
    let available = (start - END).max(1);
    let whole = pauses.iter().sum::<i64>().max(1);
    let mut ago = start;
    let mut steps = vec![Step {
        deed: Deed::Start(thread),
        ago,
    }];
    likes(&mut steps, (&thread.key, None), &thread.likes, ago);
    for (reply, pause) in thread.replies.iter().zip(pauses) {
        // A conversation that would not end in time goes faster.
        ago -= if whole > available {
            pause * available / whole
        } else {
            pause
        };
        ago = ago.max(END);
        let deed = Deed::Reply(thread, reply);
        steps.push(Step { deed, ago });
        likes(
            &mut steps,
            (&thread.key, Some(&reply.key)),
            &reply.likes,
            ago,
        );
        if reply.edit.is_some() {
            let deed = Deed::Edit(thread, reply);
            steps.push(Step {
                deed,
                ago: later(ago, 9),
            });
        }
    }
    // The sort is stable: at one moment everything keeps its order.
    steps.sort_by_key(|step| -step.ago);
    let ago = steps.last().map_or(END, |step| step.ago);
    let gone = thread.replies.iter().filter(|reply| reply.delete);
    let gone = gone.map(|reply| Deed::Delete(thread, reply));
    steps.extend(gone.map(|deed| Step { deed, ago }));
    steps
}

/// A round later and some minutes more, when what was written so long ago has arrived everywhere.
fn later(written: i64, more: i64) -> i64 {
    let ago = written - ROUND - more;
    if ago < END { LAST_TOUCH } else { ago }
}

fn likes<'c>(steps: &mut Vec<Step<'c>>, post: Key<'c>, by: &'c [Address], written: i64) {
    for who in by {
        let ago = later(written, i64::from(fingerprint(&who.to_string()) % 150));
        let deed = Deed::Like(post, who);
        steps.push(Step { deed, ago });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::content::organizations;
    use std::collections::HashSet;

    #[test]
    fn every_deed_is_done_once_and_after_what_it_needs() {
        let all = organizations().unwrap();
        let all: Vec<&Organization> = all.iter().collect();
        let rounds = rounds(&all);
        let mut before: HashSet<Key<'_>> = HashSet::new();
        let (mut deeds, mut ago) = (0, i64::MAX);
        for round in &rounds {
            assert!(
                round.ago < ago && round.ago >= LAST_TOUCH,
                "time only moves on"
            );
            ago = round.ago;
            let settled = before.clone();
            for deed in round.lines.iter().flatten() {
                deeds += 1;
                match deed {
                    Deed::Start(thread) => assert!(before.insert((&thread.key, None))),
                    Deed::Reply(thread, reply) => {
                        let parent = (thread.key.as_str(), reply.parent.as_deref());
                        assert!(before.contains(&parent), "{parent:?}");
                        assert!(before.insert((&thread.key, Some(&reply.key))));
                    }
                    Deed::Like(post, _) => assert!(settled.contains(post), "{post:?}"),
                    Deed::Edit(thread, reply) => {
                        let post = (thread.key.as_str(), Some(reply.key.as_str()));
                        assert!(settled.contains(&post), "{post:?}");
                    }
                    Deed::Delete(thread, reply) => {
                        let post = (thread.key.as_str(), Some(reply.key.as_str()));
                        assert!(before.remove(&post), "{post:?}");
                    }
                }
            }
        }
        let replies = |t: &Thread| {
            t.replies
                .iter()
                .map(|r| 1 + r.likes.len() + usize::from(r.delete) + usize::from(r.edit.is_some()))
                .sum::<usize>()
        };
        let threads = all.iter().flat_map(|o| &o.threads);
        let wanted: usize = threads.map(|t| 1 + t.likes.len() + replies(t)).sum();
        assert_eq!(deeds, wanted);
        assert!(rounds.len() < 50, "{} rounds", rounds.len());
    }
}
