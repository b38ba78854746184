//! Renders a post, a person or a community on Ann's instance as one line.

use super::fixture_network::FixtureNetwork;
use model::access::Reader;
use model::{ActorKind, ActorState, Audience, Clock, MemberRole, PostDetails, SystemClock};
use store::post::{ThreadHead, ThreadList, Within};
use store::{Db, StoreError, row};
use testkit::PostSnapshot;

impl FixtureNetwork {
    /// A post: “title” by whom in which community: text ♥likes. An actor: “name” address: what
    /// they say of themselves; and who follows whom, who looks after it, what is in it.
    pub(super) async fn looks(&self, at: &str) -> String {
        let id = self.localize(at);
        if let Some(post) = self.ann.find(&id).await {
            return of_post(&post);
        }
        self.alpha.read(move |db| Ok(at_id(db, &id)?)).await
    }

    /// Returns the known moderators of a community.
    pub(super) async fn moderators(&self, address: &str) -> Vec<String> {
        let group = self.alpha.actor(address).await.unwrap();
        self.alpha.read(move |db| Ok(moderators(db, &group)?)).await
    }
}

fn of_post(post: &PostSnapshot) -> String {
    if post.deleted {
        return "taken away".to_owned();
    }
    let title = match post.title.as_str() {
        "" => "reply".to_owned(),
        title => format!("“{title}”"),
    };
    let place = post.community.as_ref();
    let place = place.map(|c| format!(" in {c}")).unwrap_or_default();
    let likes = match post.likes {
        0 => String::new(),
        n => format!(" ♥{n}"),
    };
    let open = match post.audience {
        Audience::Unlisted => ", not listed",
        _ => "",
    };
    let details = match &post.details {
        None | Some(PostDetails::Poll(_)) => String::new(),
        Some(PostDetails::Event(event)) => {
            let until = event
                .ends_at
                .map(|at| format!("–{}", at.to_rfc3339()))
                .unwrap_or_default();
            format!("[{}{until} {}] ", event.starts_at.to_rfc3339(), event.place)
        }
    };
    let details = match &post.details {
        Some(PostDetails::Poll(poll)) => {
            let names = poll.choices.iter().filter_map(|name| name.first());
            let names: Vec<&str> = names.map(|(_, name)| name).collect();
            format!("[{} of {}] ", poll.way, names.join(" | "))
        }
        Some(PostDetails::Event(_)) | None => details,
    };
    let warning = match post.warning.as_str() {
        "" => String::new(),
        words => format!("[{words}] "),
    };
    format!(
        "{title} by {}{place}{open}: {details}{warning}{}{likes}",
        post.author, post.text
    )
}

fn at_id(db: &mut Db, id: &str) -> Result<String, StoreError> {
    match store::raw::actor::by_ap_id(db, id)? {
        None => Ok("not here".to_owned()),
        Some(actor) if actor.state == ActorState::Active => of_actor(db, &actor),
        Some(_) => Ok("gone".to_owned()),
    }
}

fn of_actor(db: &mut Db, actor: &row::Actor) -> Result<String, StoreError> {
    let mut actual = format!("“{}” {}", actor.name, address(actor));
    let community = store::raw::community::by_id(db, actor.id)?;
    let words = community.map_or_else(
        || actor.summary_html.clone(),
        |place| {
            place
                .community
                .purpose
                .iter()
                .map(|(_, text)| text)
                .collect()
        },
    );
    if !words.is_empty() {
        actual.push_str(&format!(": {words}"));
    }
    let mut ties = ties(db, actor)?;
    if actor.kind == ActorKind::Group {
        let moderators = moderators(db, actor)?;
        ties.extend(
            moderators
                .iter()
                .map(|who| format!("looked after by {who}")),
        );
        ties.extend(
            threads(db, actor)?
                .iter()
                .map(|title| format!("has “{title}”")),
        );
    }
    Ok(ties
        .iter()
        .fold(actual, |actual, tie| format!("{actual}; {tie}")))
}

/// Returns whom an actor follows and who follows it; an unanswered follow is marked.
fn ties(db: &mut Db, actor: &row::Actor) -> Result<Vec<String>, StoreError> {
    let mut ties = Vec::new();
    for follow in store::follow::of_actor(db, actor.id)? {
        let (other, stands, requests) = if follow.target_id == actor.id {
            (follow.follower_id, "followed by", "asked by")
        } else {
            (follow.target_id, "follows", "asks")
        };
        let other = store::raw::actor::by_id(db, other)?.unwrap();
        let tie = if follow.accepted { stands } else { requests };
        ties.push(format!("{tie} {}", address(&other)));
    }
    ties.sort();
    Ok(ties)
}

fn moderators(db: &mut Db, group: &row::Actor) -> Result<Vec<String>, StoreError> {
    let found = store::community::members(
        db,
        Reader::system(SystemClock.now()),
        group.id,
        &[MemberRole::Moderator],
        50,
    )?;
    let mut names: Vec<String> = found.iter().map(|(_, actor)| address(actor)).collect();
    names.sort();
    Ok(names)
}

fn threads(db: &mut Db, group: &row::Actor) -> Result<Vec<String>, StoreError> {
    let list = ThreadList::new(Within::Community(group.id), 50);
    let found = store::post::threads(db, Reader::system(SystemClock.now()), &list)?;
    let title = |thread: &ThreadHead| thread.title.first().unwrap_or_default().1.to_owned();
    Ok(found.iter().map(title).collect())
}

/// Returns `name@host`, or the name of a local actor.
fn address(actor: &row::Actor) -> String {
    match actor.host.as_str() {
        "" => actor.handle.clone(),
        host => format!("{}@{host}", actor.handle),
    }
}
