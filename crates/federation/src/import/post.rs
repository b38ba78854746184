//! Making a peer's post one of ours: who wrote it, where it belongs, whom of us it names, and the
//! verb that will publish or edit it.

use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::{self, Budget, FetchFailure, Freshness};
use crate::identity::ID_MAX;
use crate::kinds::VerifiedObject;
use crate::kinds::draft::{Setting, draft};
use crate::kinds::place::{Known, Place, community, names, naming, specific};
use crate::verb::Verb;
use client::same_origin_text;
use delivery::inbound::Applied;
use domain::Outcome;
use model::{ActorId, ActorKind, ActorState, Origin, PostId, Time};
use store::row;

/// Whom of those we know a post names.
#[derive(Debug, Default)]
struct Scene {
    /// Communities among those addressed.
    groups: Vec<Known>,
    /// People of ours among those mentioned.
    mentions: Vec<ActorId>,
}

/// The verb that publishes a post below its parent, or as a thread where it belongs.
///
/// # Errors
/// `Unwanted` where it is not public or nobody here follows, and what keeps its author out.
pub(crate) async fn under(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    parent: Option<&row::Post>,
    budget: &mut Budget,
) -> Result<Verb<PostId>, FetchFailure> {
    let audience = post.audience()?;
    let author = fetch::author(fed, &post.author, budget).await?;
    let mut scene = match parent {
        Some(_) => named(fed, post).await?,
        None => scene(fed, post, how).await?,
    };
    let place = match parent {
        Some(parent) => parent.community_id,
        None => home(fed, post, how, &mut scene, author.id, budget).await?,
    };
    let setting = Setting {
        thread: parent.is_none(),
        lang: language(fed, place).await?,
        mentions: scene.mentions,
    };
    let draft = draft(post, audience, setting);
    let mut origin = origin(post, how, &author, post.object.published.map(Time::new))?;
    let Some(parent) = parent else {
        if let Origin::Remote { named, .. } = &mut origin {
            *named = naming(post, &scene.groups);
        }
        let how = how.clone();
        return Ok(Box::new(move |tx| {
            let thread = domain::discussion::start(tx, author.id, place, &draft, &origin)?;
            if let Some(group) = how.announcer {
                domain::post::announced(tx, thread, group, how.announce_id.as_deref())?;
            }
            Ok(thread)
        }));
    };
    let (author, parent) = (author.id, parent.id);
    Ok(Box::new(move |tx| {
        domain::discussion::reply(tx, author, parent, &draft, &origin)
    }))
}

/// The verb for a thread that is here and that a community announces, or lists as its own; `None` where
/// it changes nothing.
pub(crate) fn known_again(known: &row::Post, how: &Provenance) -> Option<Verb> {
    let (thread, group) = (
        known.id,
        how.announcer.filter(|_| known.parent_id.is_none())?,
    );
    let announce_id = how.announce_id.clone();
    let new = announce_id.is_some() && (known.announce_id.is_none() || known.deleted_at.is_some());
    if known.community_id == Some(group) && !new {
        return None;
    }
    Some(Box::new(move |tx| {
        domain::post::announced(tx, thread, group, announce_id.as_deref())?;
        Ok(Applied::Done)
    }))
}

/// The verb that writes a post's new words over the old ones.
pub(crate) async fn edited(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    known: &row::Post,
) -> Result<Verb, FetchFailure> {
    let author = fetch::actor(fed, &post.author, Freshness::Day).await?;
    let audience = match post.audience() {
        Ok(audience) => audience,
        Err(FetchFailure::Unwanted(_)) => return withdrawn(post, how, &author, known),
        Err(failure) => return Err(failure),
    };
    let setting = Setting {
        thread: known.parent_id.is_none(),
        lang: language(fed, known.community_id).await?,
        mentions: scene(fed, post, how).await?.mentions,
    };
    let draft = draft(post, audience, setting);
    let origin = origin(post, how, &author, post.object.updated.map(Time::new))?;
    let id = known.id;
    Ok(Box::new(move |tx| {
        domain::post::edit(tx, author.id, id, &draft, &origin)?;
        Ok(Applied::Done)
    }))
}

/// The verb that takes a post away that its author no longer shows to everybody. What it says now is
/// not for everybody: no community of ours passes it on.
fn withdrawn(
    post: &VerifiedObject,
    how: &Provenance,
    author: &row::Actor,
    known: &row::Post,
) -> Result<Verb, FetchFailure> {
    if author.id != known.author_id {
        return Err(FetchFailure::Unfit("the author is somebody else"));
    }
    let (by, id) = (author.id, known.id);
    let origin = origin(post, how, author, None)?.unannounced();
    Ok(Box::new(move |tx| {
        domain::post::remove(tx, by, id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// The verb that puts a post back that was taken away here.
pub(crate) async fn restored(
    fed: &Federation,
    post: &VerifiedObject,
    by: ActorId,
    origin: Origin,
    known: &row::Post,
) -> Result<Verb, FetchFailure> {
    let audience = post.audience()?;
    let setting = Setting {
        thread: known.parent_id.is_none(),
        lang: language(fed, known.community_id).await?,
        mentions: Vec::new(),
    };
    let draft = draft(post, audience, setting);
    let id = known.id;
    Ok(Box::new(move |tx| {
        domain::post::restore(tx, by, id, &draft, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Whether a reply to something we do not have is worth fetching what is above it: it came
/// through a community or by somebody's wish, names one of us, or somebody here follows its author.
pub(crate) async fn concerns_us(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
) -> Outcome<bool> {
    if how.announcer.is_some() || how.wanted {
        return Ok(true);
    }
    let scene = scene(fed, post, how).await?;
    if !scene.groups.is_empty() || !scene.mentions.is_empty() {
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

/// The community a thread belongs to; `None` for one outside of any that somebody here follows,
/// is named in, or asked for.
async fn home(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    scene: &mut Scene,
    author: ActorId,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let asked = how.wanted || !scene.mentions.is_empty();
    let followed = followed_here(fed, author).await?;
    if asked || followed || !scene.groups.is_empty() {
        learn_audience(fed, post, scene, budget).await?;
    }
    let naming = naming(post, &scene.groups);
    match community(&post.id, &naming, &scene.groups, how.announcer) {
        Place::Here(id) => Ok(Some(id)),
        Place::Theirs(id) if !how.wanted && followed_here(fed, id).await? => {
            Err(FetchFailure::Unwanted("its community will announce it"))
        }
        Place::Theirs(id) if asked => confirmed(fed, post, id, budget).await,
        Place::Theirs(_) | Place::Nowhere if asked || followed => Ok(None),
        Place::Theirs(_) | Place::Nowhere => Err(FetchFailure::Unwanted("nobody here follows")),
    }
}

/// The remote community, if it says itself that the thread is in it.
async fn confirmed(
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

/// Fetches what a thread names as its community, where that is seen here for the first time: it comes
/// before those that are known here already.
async fn learn_audience(
    fed: &Federation,
    post: &VerifiedObject,
    scene: &mut Scene,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let Some(first) = specific(post).next() else {
        return Ok(());
    };
    let is_known = scene.groups.iter().any(|group| group.ap_id == first);
    if is_known || fed.urls()?.is_ours(first) {
        return Ok(());
    }
    match fetch::author(fed, first, budget).await {
        Ok(group) if group.kind == ActorKind::Group && group.peer_id.is_some() => {
            scene.groups.push(known(&group));
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

fn known(group: &row::Actor) -> Known {
    Known {
        id: group.id,
        ap_id: group.ap_id.clone(),
        local: group.peer_id.is_none(),
    }
}

pub(crate) async fn followed_here(fed: &Federation, id: ActorId) -> Outcome<bool> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::has_local_followers(db, id)?) };
    fed.store().read(read).await
}

/// Whom of us a reply names. Its place is its thread's, so nobody else it names matters.
async fn named(fed: &Federation, post: &VerifiedObject) -> Outcome<Scene> {
    let urls = fed.urls()?;
    if post.object.mentions().any(|href| urls.is_ours(href)) {
        scene(fed, post, &Provenance::delivered(None)).await
    } else {
        Ok(Scene::default())
    }
}

/// Whom of those we know a post names, and the community that announces it.
async fn scene(fed: &Federation, post: &VerifiedObject, how: &Provenance) -> Outcome<Scene> {
    let urls = fed.urls()?;
    let mut all = names(post);
    all.extend(
        post.object
            .mentions()
            .filter(|href| urls.is_ours(href))
            .take(50)
            .map(str::to_owned),
    );
    let announcer = how.announcer;
    if all.is_empty() && announcer.is_none() {
        return Ok(Scene::default());
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
    let mut scene = Scene::default();
    for row in rows
        .into_iter()
        .filter(|row| row.state == ActorState::Active)
    {
        let local = row.peer_id.is_none();
        if row.kind == ActorKind::Group {
            scene.groups.push(known(&row));
        } else if local && mentioned.contains(&row.ap_id) {
            scene.mentions.push(row.id);
        }
    }
    Ok(scene)
}

/// The language to take where a post names none: its community's first, else English.
async fn language(fed: &Federation, place: Option<ActorId>) -> Outcome<String> {
    let Some(id) = place else {
        return Ok("en".to_owned());
    };
    let group = fetch::recent_cache::place(fed, id).await?;
    let first = group
        .as_ref()
        .and_then(|group| group.languages.split_whitespace().next());
    Ok(first.unwrap_or("en").to_owned())
}

/// Where a post comes from; its page counts only on its own server.
fn origin(
    post: &VerifiedObject,
    how: &Provenance,
    author: &row::Actor,
    at: Option<Time>,
) -> Result<Origin, FetchFailure> {
    let page = post
        .object
        .url
        .clone()
        .filter(|url| same_origin_text(url, &post.id));
    let mut origin = how.origin(&post.id, author, at)?;
    if let Origin::Remote {
        url,
        context,
        updated,
        ..
    } = &mut origin
    {
        *url = page;
        *context = conversation(post);
        *updated = post.object.updated.map(Time::new);
    }
    Ok(origin)
}

/// The collection a post names as its conversation's, where it can be asked for.
fn conversation(post: &VerifiedObject) -> Option<String> {
    let named = post.object.context.as_deref()?;
    let fits = named.len() <= ID_MAX && same_origin_text(named, named);
    fits.then(|| named.to_owned())
}

/// Who wrote a post that is here.
pub(crate) async fn author_of(fed: &Federation, known: &row::Post) -> Outcome<row::Actor> {
    let id = known.author_id;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::raw::actor::by_id(db, id)?.ok_or(domain::Error::not_found("actor"))
    };
    fed.store().read(read).await
}
