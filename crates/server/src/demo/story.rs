//! What is written, when: every post, like, edit and removal of the conversations with its moment in
//! the past, laid out in rounds. Within a round nothing depends on anything else, so that it can be
//! written at once and then travel; between rounds everything comes to rest.

use std::collections::{HashMap, HashSet};

use model::community::fingerprint;

use super::content::{Address, Organization, Reply, Thread};

/// Minutes in the past in which the first thread is started: nine days.
const BEGIN: i64 = 9 * 24 * 60;
/// Minutes in the past in which the last word is written.
const END: i64 = 8;
/// What happens within so many minutes may share a round.
const ROUND: i64 = 6 * 60;

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

/// A deed, its moment, and what must have come to rest before.
#[derive(Debug, Clone)]
struct Step<'c> {
    deed: Deed<'c>,
    /// Minutes in the past.
    ago: i64,
    number: usize,
    after: Vec<usize>,
}

/// Deeds that are done at one moment.
#[derive(Debug)]
pub(super) struct Round<'c> {
    /// Minutes in the past.
    pub(super) ago: i64,
    pub(super) deeds: Vec<Deed<'c>>,
}

/// The rounds of all conversations, from the oldest to the newest.
pub(super) fn rounds<'c>(organizations: &'c [&'c Organization]) -> Vec<Round<'c>> {
    let mut steps = Vec::new();
    let threads = alternate(organizations);
    let count = i64::try_from(threads.len().max(1)).unwrap_or(i64::MAX);
    for (thread, place) in threads.into_iter().zip(0..) {
        let start = BEGIN - place * (BEGIN - 600) / count;
        converse(thread, start, &mut steps);
    }
    steps.sort_by_key(|step| -step.ago);
    let mut done = HashSet::new();
    let mut rounds = Vec::new();
    while let Some(first) = steps.first() {
        let ago = first.ago;
        let ready = |step: &Step<'_>| {
            step.ago > ago - ROUND && step.after.iter().all(|before| done.contains(before))
        };
        let (now, later): (Vec<_>, Vec<_>) = steps.into_iter().partition(ready);
        done.extend(now.iter().map(|step| step.number));
        let deeds = now.into_iter().map(|step| step.deed).collect();
        rounds.push(Round { ago, deeds });
        steps = later;
    }
    rounds
}

/// The first thread of each organization, then the second of each, and so on.
fn alternate<'c>(organizations: &'c [&'c Organization]) -> Vec<&'c Thread> {
    let most = organizations.iter().map(|o| o.threads.len()).max();
    let nth = |n: usize| organizations.iter().filter_map(move |o| o.threads.get(n));
    (0..most.unwrap_or(0)).flat_map(nth).collect()
}

/// The steps of one conversation, from `start` minutes ago on.
fn converse<'c>(thread: &'c Thread, start: i64, steps: &mut Vec<Step<'c>>) {
    let pauses: Vec<i64> = thread
        .replies
        .iter()
        .map(|reply| 12 + i64::from(fingerprint(&reply.key) % 200))
        .collect();
    let room = (start - END).max(1);
    let whole = pauses.iter().sum::<i64>().max(1);
    let (mut ago, mut written) = (start, HashMap::new());
    let mut last = push(steps, Deed::Start(thread), ago, vec![]);
    written.insert(None, last);
    likes(steps, (&thread.key, None), &thread.likes, ago, last);
    for (reply, pause) in thread.replies.iter().zip(pauses) {
        // A conversation that would not end in time goes faster.
        ago -= if whole > room {
            pause * room / whole
        } else {
            pause
        };
        ago = ago.max(END);
        last = push(steps, Deed::Reply(thread, reply), ago, vec![last]);
        written.insert(Some(reply.key.as_str()), last);
        likes(
            steps,
            (&thread.key, Some(&reply.key)),
            &reply.likes,
            ago,
            last,
        );
        if reply.edit.is_some() {
            push(
                steps,
                Deed::Edit(thread, reply),
                (ago - 9).max(END),
                vec![last],
            );
        }
    }
    for reply in thread.replies.iter().filter(|reply| reply.delete) {
        let all: Vec<usize> = steps.iter().map(|step| step.number).collect();
        let since = all.into_iter().filter(|n| *n >= written[&None]).collect();
        push(
            steps,
            Deed::Delete(thread, reply),
            (ago - 5).max(END),
            since,
        );
    }
}

fn likes<'c>(
    steps: &mut Vec<Step<'c>>,
    post: Key<'c>,
    by: &'c [Address],
    written: i64,
    after: usize,
) {
    for who in by {
        let later = 5 + i64::from(fingerprint(&who.to_string()) % 150);
        let ago = (written - later).max(END);
        push(steps, Deed::Like(post, who), ago, vec![after]);
    }
}

fn push<'c>(steps: &mut Vec<Step<'c>>, deed: Deed<'c>, ago: i64, after: Vec<usize>) -> usize {
    let number = steps.len();
    steps.push(Step {
        deed,
        ago,
        number,
        after,
    });
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::content::organizations;

    #[test]
    fn every_deed_is_done_once_and_after_what_it_needs() {
        let all = organizations().unwrap();
        let all: Vec<&Organization> = all.iter().collect();
        let rounds = rounds(&all);
        let mut before: HashSet<Key<'_>> = HashSet::new();
        let (mut deeds, mut ago) = (0, i64::MAX);
        for round in &rounds {
            assert!(round.ago <= ago && round.ago >= END, "time only moves on");
            ago = round.ago;
            let mut now = HashSet::new();
            for deed in &round.deeds {
                deeds += 1;
                match deed {
                    Deed::Start(thread) => assert!(now.insert((thread.key.as_str(), None))),
                    Deed::Reply(thread, reply) => {
                        let parent = (thread.key.as_str(), reply.parent.as_deref());
                        assert!(before.contains(&parent), "{parent:?}");
                        assert!(now.insert((thread.key.as_str(), Some(reply.key.as_str()))));
                    }
                    Deed::Like(post, _) => assert!(before.contains(post), "{post:?}"),
                    Deed::Edit(thread, reply) | Deed::Delete(thread, reply) => {
                        let post = (thread.key.as_str(), Some(reply.key.as_str()));
                        assert!(before.contains(&post), "{post:?}");
                    }
                }
            }
            assert!(now.iter().all(|post| before.insert(*post)));
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
        assert!(rounds.len() < 60, "{} rounds", rounds.len());
    }
}
