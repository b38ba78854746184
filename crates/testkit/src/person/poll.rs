//! What people do with polls, and what they see of them.

use super::Person;
use crate::{Community, PostSnapshot};
use domain::post::Draft;
use model::access::{Reader, Viewer};
use model::{LangText, Origin, PollDetails, PollResults, PollWay, PostDetails, PostKind};
use query::poll::PollView;

impl Person {
    /// Starts a poll that is open for a day.
    pub async fn start_poll(
        &self,
        community: &Community,
        title: &str,
        (way, results): (PollWay, PollResults),
        choices: &[&str],
    ) -> PostSnapshot {
        let (by, place) = (self.id, self.known_actor(&community.ap_id).await);
        let asked = PollDetails {
            way,
            places: PollDetails::places_of(way, choices.len(), 2),
            choices: choices
                .iter()
                .map(|name| LangText::single("en", name))
                .collect(),
            results,
            shows_names: false,
            ends_at: Some(self.instance.ops().now().plus_seconds(86_400)),
        };
        let draft = Draft {
            kind: PostKind::Poll,
            details: Some(PostDetails::Poll(asked)),
            ..self.draft(title, "Tell us.").await
        };
        let verb = move |tx: &mut domain::Tx<'_>| {
            domain::discussion::start(tx, by, Some(place), &draft, &Origin::Local)
        };
        let id = self.instance.ops().write(verb).await.unwrap();
        self.own(id).await
    }

    /// Votes; whether they may.
    pub async fn vote(&self, poll: &PostSnapshot, ballot: &[i32]) -> bool {
        let (by, id, ballot) = (self.id, self.post(poll).await, ballot.to_vec());
        let verb = move |tx: &mut domain::Tx<'_>| domain::poll::vote(tx, by, id, &ballot);
        self.instance.ops().write(verb).await.is_ok()
    }

    /// Returns a poll as they see it.
    pub async fn sees_poll(&self, poll: &PostSnapshot) -> PollView {
        let id = self.post(poll).await;
        let reader = Reader {
            viewer: Viewer::Person(self.id),
            now: self.instance.ops().now(),
        };
        let view = self
            .instance
            .ops()
            .store()
            .read(move |db| query::post::view(db, reader, id))
            .await
            .unwrap();
        view.poll.expect("a poll")
    }

    /// Returns how many have voted, and how many for each choice in the order of the form.
    pub async fn counts(&self, poll: &PostSnapshot) -> (i64, Vec<i64>) {
        let results = self.sees_poll(poll).await.results.expect("the counts");
        let mut choices = results.choices;
        choices.sort_by_key(|choice| choice.number);
        let votes = choices.iter().map(|choice| choice.votes);
        (results.voters, votes.collect())
    }
}
