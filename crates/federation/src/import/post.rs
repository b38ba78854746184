//! Making a peer's post one of ours: who wrote it, where it belongs, whom of us it names, and the
//! verb that will publish or edit it.

use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::{self, Budget, FetchFailure, Freshness};
use crate::identity::ID_MAX;
use crate::kinds::VerifiedObject;
use crate::kinds::draft::{Setting, draft};
use crate::kinds::place::{Known, Place, community, names};
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
    let scene = match parent {
        Some(_) => named(fed, post).await?,
        None => scene(fed, post).await?,
    };
    let place = match parent {
        Some(parent) => parent.community_id,
        None => home(fed, post, how, &scene, author.id, budget).await?,
    };
    let setting = Setting {
        thread: parent.is_none(),
        lang: language(fed, place).await?,
        mentions: scene.mentions,
    };
    let draft = draft(post, audience, setting);
    let origin = origin(post, how, &author, post.object.published.map(Time::new))?;
    let Some(parent) = parent else {
        return Ok(Box::new(move |tx| {
            domain::discussion::start(tx, author.id, place, &draft, &origin)
        }));
    };
    let (author, parent) = (author.id, parent.id);
    Ok(Box::new(move |tx| {
        domain::discussion::reply(tx, author, parent, &draft, &origin)
    }))
}

/// The verb that writes a post's new words over the old ones.
pub(crate) async fn edited(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    known: &row::Post,
) -> Result<Verb, FetchFailure> {
    let audience = post.audience()?;
    let author = fetch::actor(fed, &post.author, Freshness::Day).await?;
    let setting = Setting {
        thread: known.parent_id.is_none(),
        lang: language(fed, known.community_id).await?,
        mentions: scene(fed, post).await?.mentions,
    };
    let draft = draft(post, audience, setting);
    let origin = origin(post, how, &author, post.object.updated.map(Time::new))?;
    let id = known.id;
    Ok(Box::new(move |tx| {
        domain::post::edit(tx, author.id, id, &draft, &origin)?;
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
    let scene = scene(fed, post).await?;
    if !scene.groups.is_empty() || !scene.mentions.is_empty() {
        return Ok(true);
    }
    let author = post.author.clone();
    let followed = move |db: &mut store::Db| -> Outcome<bool> {
        match store::raw::actor::by_ap_id(db, &author)? {
            Some(author) => Ok(store::follow::is_followed_here(db, author.id)?),
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
    scene: &Scene,
    author: ActorId,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let theirs = match community(&post.object, &scene.groups, how.announcer) {
        Place::Here(id) => return Ok(Some(id)),
        Place::Theirs(id) if !how.wanted && followed_here(fed, id).await? => {
            return Err(FetchFailure::Unwanted("its community will announce it"));
        }
        Place::Theirs(id) => Some(id),
        Place::Nowhere => None,
    };
    if how.wanted || !scene.mentions.is_empty() {
        let group = named_elsewhere(fed, post, theirs, budget).await?;
        return vouched(fed, post, group, budget).await;
    }
    if followed_here(fed, author).await? {
        return Ok(None);
    }
    Err(FetchFailure::Unwanted("nobody here follows"))
}

/// The remote community, if it says itself that the thread stands in it.
async fn vouched(
    fed: &Federation,
    post: &VerifiedObject,
    group: Option<row::Actor>,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let Some(group) = group else { return Ok(None) };
    let word = fetch::confirms(fed, &group, post, budget).await?;
    Ok(word.then_some(group.id))
}

/// The remote community a thread names, which may be seen here for the first time.
async fn named_elsewhere(
    fed: &Federation,
    post: &VerifiedObject,
    known: Option<ActorId>,
    budget: &mut Budget,
) -> Result<Option<row::Actor>, FetchFailure> {
    if let Some(id) = known {
        let read =
            move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
        return Ok(fed.store().read(read).await?);
    }
    let named = post.object.audience.first().map(String::as_str);
    let named = named.or_else(|| post.in_the_name_of());
    let Some(named) = named.filter(|name| !vocab::is_public(name)) else {
        return Ok(None);
    };
    match fetch::author(fed, named, budget).await {
        Ok(group) if group.kind == ActorKind::Group && group.peer_id.is_some() => Ok(Some(group)),
        Ok(_)
        | Err(
            FetchFailure::Unfit(_)
            | FetchFailure::Missing
            | FetchFailure::Gone
            | FetchFailure::Spent
            | FetchFailure::Client(_),
        ) => Ok(None),
        Err(failure) => Err(failure),
    }
}

pub(crate) async fn followed_here(fed: &Federation, id: ActorId) -> Outcome<bool> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::is_followed_here(db, id)?) };
    fed.store().read(read).await
}

/// Whom of us a reply names. Its place is its thread's, so nobody else it names matters.
async fn named(fed: &Federation, post: &VerifiedObject) -> Outcome<Scene> {
    let urls = fed.urls()?;
    if post.object.mentions().any(|href| urls.is_ours(href)) {
        scene(fed, post).await
    } else {
        Ok(Scene::default())
    }
}

async fn scene(fed: &Federation, post: &VerifiedObject) -> Outcome<Scene> {
    let urls = fed.urls()?;
    let mut all = names(&post.object);
    all.extend(
        post.object
            .mentions()
            .filter(|href| urls.is_ours(href))
            .take(50)
            .map(str::to_owned),
    );
    if all.is_empty() {
        return Ok(Scene::default());
    }
    let mentioned: Vec<String> = post.object.mentions().map(str::to_owned).collect();
    let rows = fed
        .store()
        .read(move |db| -> Outcome<_> { Ok(store::raw::actor::by_ap_ids(db, &all)?) })
        .await?;
    let mut scene = Scene::default();
    for row in rows
        .into_iter()
        .filter(|row| row.state == ActorState::Active)
    {
        let local = row.peer_id.is_none();
        if row.kind == ActorKind::Group {
            scene.groups.push(Known {
                id: row.id,
                ap_id: row.ap_id,
                local,
            });
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
    Ok(match how.origin(&post.id, author, at)? {
        Origin::Local => Origin::Local,
        Origin::Remote {
            ap_id,
            peer,
            published,
            via,
            announcer,
            activity,
            url: _,
            context: _,
        } => Origin::Remote {
            ap_id,
            peer,
            published,
            via,
            announcer,
            activity,
            url: page,
            context: conversation(post),
        },
    })
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
