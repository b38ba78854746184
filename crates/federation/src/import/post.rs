//! Turns a peer's post into the verb that publishes, edits or restores it: finds its author, its community
//! and the local people it mentions.

use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::{self, Budget, FetchFailure, Freshness};
use crate::identity::ID_MAX;
use crate::kinds::VerifiedObject;
use crate::kinds::draft::{DraftContext, draft, is_blank};
use crate::kinds::place::{KnownCommunity, Place, community, names, naming, specific};
use crate::verb::Verb;
use client::same_origin_text;
use delivery::inbound::Applied;
use domain::Outcome;
use model::{ActorId, ActorKind, ActorState, Origin, PostId, PostKind, Time};
use store::row;

/// The stored actors that a post names.
#[derive(Debug, Default)]
struct NamedActors {
    /// The communities that it is addressed to.
    groups: Vec<KnownCommunity>,
    /// The local people that it mentions.
    mentions: Vec<ActorId>,
}

/// Returns the verb that publishes a post as a reply to its parent, or as a thread.
///
/// # Errors
/// `Unwanted` where it is not public or nobody here follows; and why its author cannot be fetched.
pub(crate) async fn publish_verb(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    parent: Option<&row::Post>,
    budget: &mut Budget,
) -> Result<Verb<PostId>, FetchFailure> {
    let audience = post.audience()?;
    let author = fetch::author(fed, &post.author, budget).await?;
    let mut named_actors = match parent {
        Some(_) => named_by_reply(fed, post).await?,
        None => named_actors(fed, post, provenance).await?,
    };
    let community_id = match parent {
        Some(parent) => parent.community_id,
        None => find_community(fed, post, provenance, &mut named_actors, author.id, budget).await?,
    };
    let context = DraftContext {
        thread: parent.is_none(),
        mentions: named_actors.mentions,
        parent: parent.cloned(),
    };
    let mut draft = draft(post, audience, context);
    if is_blank(post, &draft) {
        return Err(FetchFailure::Unwanted("it shows nothing"));
    }
    if parent.is_none() && is_question(fed, post, draft.kind, community_id).await? {
        draft.kind = PostKind::Question;
    }
    let mut origin = origin(
        post,
        provenance,
        &author,
        post.object.published.map(Time::new),
    )?;
    let Some(parent) = parent else {
        if let Origin::Remote { named, .. } = &mut origin {
            *named = naming(post, &named_actors.groups);
        }
        let provenance = provenance.clone();
        return Ok(Box::new(move |tx| {
            let thread = domain::discussion::start(tx, author.id, community_id, &draft, &origin)?;
            if let Some(group) = provenance.announcer {
                domain::post::announced(tx, thread, group, provenance.announce_id.as_deref())?;
            }
            Ok(thread)
        }));
    };
    let (author, parent) = (author.id, parent.id);
    let is_answer = post.object.answer == Some(true);
    Ok(Box::new(move |tx| {
        let reply = domain::discussion::reply(tx, author, parent, &draft, &origin)?;
        if is_answer {
            domain::post::accept_as_marked(tx, reply, &origin)?;
        }
        Ok(reply)
    }))
}

/// Returns what a stored post replies to.
async fn parent_of(fed: &Federation, stored: &row::Post) -> Outcome<Option<row::Post>> {
    let Some(parent) = stored.parent_id else {
        return Ok(None);
    };
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, parent)?) };
    fed.store().read(read).await
}

/// Whether a thread that does not say what it is belongs to a community whose threads are questions.
async fn is_question(
    fed: &Federation,
    post: &VerifiedObject,
    kind: PostKind,
    community_id: Option<ActorId>,
) -> Outcome<bool> {
    let says_nothing = kind == PostKind::Discussion && post.object.hedgerow_kind.is_none();
    let Some(id) = community_id.filter(|_| says_nothing) else {
        return Ok(false);
    };
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::community::by_id(db, id)?) };
    let place = fed.store().read(read).await?;
    Ok(place.is_some_and(|place| place.community.question_answer))
}

/// The verb for a thread that is here and that a community announces, or lists as its own; `None` where
/// it changes nothing.
pub(crate) fn already_stored_verb(stored: &row::Post, provenance: &Provenance) -> Option<Verb> {
    let (thread, group) = (
        stored.id,
        provenance
            .announcer
            .filter(|_| stored.parent_id.is_none())?,
    );
    let announce_id = provenance.announce_id.clone();
    let new =
        announce_id.is_some() && (stored.announce_id.is_none() || stored.deleted_at.is_some());
    if stored.community_id == Some(group) && !new {
        return None;
    }
    Some(Box::new(move |tx| {
        domain::post::announced(tx, thread, group, announce_id.as_deref())?;
        Ok(Applied::Done)
    }))
}

/// Returns the verb that replaces the texts of a post.
pub(crate) async fn edit_verb(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    stored: &row::Post,
) -> Result<Verb, FetchFailure> {
    let author = fetch::actor(fed, &post.author, Freshness::Day).await?;
    let audience = match post.audience() {
        Ok(audience) => audience,
        Err(FetchFailure::Unwanted(_)) => return withdrawn(post, provenance, &author, stored),
        Err(failure) => return Err(failure),
    };
    let context = DraftContext {
        thread: stored.parent_id.is_none(),
        mentions: named_actors(fed, post, provenance).await?.mentions,
        parent: parent_of(fed, stored).await?,
    };
    let draft = draft(post, audience, context);
    let origin = origin(
        post,
        provenance,
        &author,
        post.object.updated.map(Time::new),
    )?;
    let id = stored.id;
    let is_answer = post.object.answer == Some(true);
    let is_poll = stored.kind == PostKind::Poll;
    Ok(Box::new(move |tx| {
        match is_poll {
            true => domain::poll::update_from_peer(tx, author.id, id, &draft, &origin)?,
            false => domain::post::edit(tx, author.id, id, &draft, &origin)?,
        }
        if is_answer {
            domain::post::accept_as_marked(tx, id, &origin)?;
        }
        Ok(Applied::Done)
    }))
}

/// Returns the verb that removes a post that its author no longer addresses to the public. Its new version is
/// not public, so no local community announces the Update.
fn withdrawn(
    post: &VerifiedObject,
    provenance: &Provenance,
    author: &row::Actor,
    stored: &row::Post,
) -> Result<Verb, FetchFailure> {
    if author.id != stored.author_id {
        return Err(FetchFailure::Unfit("the author is somebody else"));
    }
    let (by, id) = (author.id, stored.id);
    let updated = post.object.updated.map(Time::new);
    let origin = origin(post, provenance, author, updated)?.unannounced();
    let is_older = domain::post::is_older(stored, &origin);
    Ok(Box::new(move |tx| {
        if !is_older {
            domain::post::remove(tx, by, id, &origin)?;
        }
        Ok(Applied::Done)
    }))
}

/// Returns the verb that restores a deleted post.
pub(crate) async fn restore_verb(
    fed: &Federation,
    post: &VerifiedObject,
    by: ActorId,
    origin: Origin,
    stored: &row::Post,
) -> Result<Verb, FetchFailure> {
    let audience = post.audience()?;
    let context = DraftContext {
        thread: stored.parent_id.is_none(),
        mentions: Vec::new(),
        parent: parent_of(fed, stored).await?,
    };
    let draft = draft(post, audience, context);
    let id = stored.id;
    Ok(Box::new(move |tx| {
        domain::post::restore(tx, by, id, &draft, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Whether to fetch the unknown parents of a reply: it was announced by a community, somebody here asked
/// for it, it names a local actor or a known community, or somebody here follows its author.
pub(crate) async fn is_relevant(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
) -> Outcome<bool> {
    if provenance.announcer.is_some() || provenance.wanted {
        return Ok(true);
    }
    let named_actors = named_actors(fed, post, provenance).await?;
    if !named_actors.groups.is_empty() || !named_actors.mentions.is_empty() {
        return Ok(true);
    }
    let author = post.author.clone();
    let followed = move |db: &mut store::Db| -> Outcome<bool> {
        match store::raw::actor::by_ap_id(db, &author)? {
            Some(author) => Ok(store::follow::has_local_followers(db, author.id)?),
            None => Ok(false),
        }
    };
    fed.store().read(followed).await
}

/// Returns the community that a thread belongs to; `None` for a thread in none, whose author somebody here
/// follows, or that mentions or was asked for by somebody here.
async fn find_community(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    named_actors: &mut NamedActors,
    author: ActorId,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let asked = provenance.wanted || !named_actors.mentions.is_empty();
    let followed = is_followed_here(fed, author).await?;
    if asked || followed || !named_actors.groups.is_empty() {
        fetch_named_community(fed, post, named_actors, budget).await?;
    }
    let naming = naming(post, &named_actors.groups);
    match community(
        &post.id,
        &naming,
        &named_actors.groups,
        provenance.announcer,
    ) {
        Place::Here(id) => Ok(Some(id)),
        Place::Theirs(id) if !provenance.wanted && is_followed_here(fed, id).await? => {
            Err(FetchFailure::Unwanted("its community will announce it"))
        }
        Place::Theirs(id) if asked => confirmed_community(fed, post, id, budget).await,
        Place::Theirs(_) | Place::Nowhere if asked || followed => Ok(None),
        Place::Theirs(_) | Place::Nowhere => Err(FetchFailure::Unwanted("nobody here follows")),
    }
}

/// Returns the remote community if it confirms that the thread is in it.
async fn confirmed_community(
    fed: &Federation,
    post: &VerifiedObject,
    group: ActorId,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, group)?) };
    let Some(group) = fed.store().read(read).await? else {
        return Ok(None);
    };
    let context = post.object.context.as_deref();
    let confirms = fetch::confirms(fed, &group, &post.id, context, budget).await?;
    Ok(confirms.then_some(group.id))
}

/// Fetches the community that a thread names first, if it is unknown: it has precedence over those that are
/// stored already.
async fn fetch_named_community(
    fed: &Federation,
    post: &VerifiedObject,
    named_actors: &mut NamedActors,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let Some(first) = specific(post).next() else {
        return Ok(());
    };
    let is_known = named_actors.groups.iter().any(|group| group.ap_id == first);
    if is_known || fed.urls()?.is_ours(first) {
        return Ok(());
    }
    match fetch::author(fed, first, budget).await {
        Ok(group) if group.kind == ActorKind::Group && group.peer_id.is_some() => {
            named_actors.groups.push(known_community(&group));
            Ok(())
        }
        Ok(_)
        | Err(
            FetchFailure::Unfit(_)
            | FetchFailure::Missing
            | FetchFailure::Gone
            | FetchFailure::Spent
            | FetchFailure::Client(_),
        ) => Ok(()),
        Err(failure) => Err(failure),
    }
}

fn known_community(group: &row::Actor) -> KnownCommunity {
    KnownCommunity {
        id: group.id,
        ap_id: group.ap_id.clone(),
        local: group.peer_id.is_none(),
    }
}

pub(crate) async fn is_followed_here(fed: &Federation, id: ActorId) -> Outcome<bool> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::has_local_followers(db, id)?) };
    fed.store().read(read).await
}

/// Returns the local people that a reply mentions. Its community is its thread's, so others do not matter.
async fn named_by_reply(fed: &Federation, post: &VerifiedObject) -> Outcome<NamedActors> {
    let urls = fed.urls()?;
    if post.object.mentions().any(|href| urls.is_ours(href)) {
        named_actors(fed, post, &Provenance::delivered(None)).await
    } else {
        Ok(NamedActors::default())
    }
}

/// Reads the stored actors that a post names, and the community that announces it.
async fn named_actors(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
) -> Outcome<NamedActors> {
    let urls = fed.urls()?;
    let mut all = names(post);
    all.extend(
        post.object
            .mentions()
            .filter(|href| urls.is_ours(href))
            .take(50)
            .map(str::to_owned),
    );
    let announcer = provenance.announcer;
    if all.is_empty() && announcer.is_none() {
        return Ok(NamedActors::default());
    }
    let mentioned: Vec<String> = post.object.mentions().map(str::to_owned).collect();
    let rows = fed
        .store()
        .read(move |db| -> Outcome<_> {
            let mut rows = store::raw::actor::by_ap_ids(db, &all)?;
            if let Some(id) = announcer.filter(|id| rows.iter().all(|row| row.id != *id)) {
                rows.extend(store::raw::actor::by_id(db, id)?);
            }
            Ok(rows)
        })
        .await?;
    let mut named_actors = NamedActors::default();
    for row in rows
        .into_iter()
        .filter(|row| row.state == ActorState::Active)
    {
        let local = row.peer_id.is_none();
        if row.kind == ActorKind::Group {
            named_actors.groups.push(known_community(&row));
        } else if local && mentioned.contains(&row.ap_id) {
            named_actors.mentions.push(row.id);
        }
    }
    Ok(named_actors)
}

/// Returns the origin of a post. Its page must be on its own server.
fn origin(
    post: &VerifiedObject,
    provenance: &Provenance,
    author: &row::Actor,
    time: Option<Time>,
) -> Result<Origin, FetchFailure> {
    let page_url = post
        .object
        .url
        .clone()
        .filter(|url| same_origin_text(url, &post.id));
    let mut origin = provenance.origin(&post.id, author, time)?;
    if let Origin::Remote {
        url,
        context,
        updated,
        ..
    } = &mut origin
    {
        *url = page_url;
        *context = conversation(post);
        // Of a poll it may tell when somebody voted.
        let is_text = post.object.one_of.is_empty() && post.object.any_of.is_empty();
        *updated = post.object.updated.filter(|_| is_text).map(Time::new);
    }
    Ok(origin)
}

/// Returns the URL of the conversation that a post names, if it can be fetched.
fn conversation(post: &VerifiedObject) -> Option<String> {
    let named = post.object.context.as_deref()?;
    let fits = named.len() <= ID_MAX && same_origin_text(named, named);
    fits.then(|| named.to_owned())
}

/// Reads the author of a stored post.
pub(crate) async fn stored_author(fed: &Federation, stored: &row::Post) -> Outcome<row::Actor> {
    let id = stored.author_id;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::raw::actor::by_id(db, id)?.ok_or(domain::Error::not_found("actor"))
    };
    fed.store().read(read).await
}
