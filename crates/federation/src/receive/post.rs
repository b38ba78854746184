//! Making a peer's post one of ours: who wrote it, where it belongs, whom of us it names, and the
//! verb that will publish or edit it.

use super::draft::{Setting, draft};
use super::place::{Known, Place, community, names};
use super::{Applied, Genuine, How, Stop, Verb};
use crate::fetch::{self, Budget, FetchFailure, Freshness};
use crate::identity::same_origin_text;
use crate::seam::Federation;
use domain::discussion::Draft;
use domain::{Outcome, Tx};
use model::{ActorId, ActorKind, ActorState, Origin, PostId, Time};
use store::row;

/// Publishes a post; run in a transaction.
pub(crate) type PostVerb = Box<dyn Fn(&mut Tx<'_>) -> Outcome<PostId> + Send>;

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
    post: &Genuine,
    how: &How,
    parent: Option<&row::Post>,
    budget: &mut Budget,
) -> Result<PostVerb, FetchFailure> {
    let audience = post.check_audience()?;
    let author = fetch::author(fed, &post.author, budget).await?;
    let scene = scene(fed, post).await?;
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
    Ok(verb(
        author.id,
        place,
        parent.map(|parent| parent.id),
        draft,
        origin,
    ))
}

fn verb(
    author: ActorId,
    place: Option<ActorId>,
    parent: Option<PostId>,
    draft: Draft,
    origin: Origin,
) -> PostVerb {
    Box::new(move |tx| match parent {
        Some(parent) => domain::discussion::reply(tx, author, parent, &draft, &origin),
        None => domain::discussion::start(tx, author, place, &draft, &origin),
    })
}

/// The verb that writes a post's new words over the old ones.
pub(super) async fn edited(
    fed: &Federation,
    post: &Genuine,
    how: &How,
    known: &row::Post,
) -> Result<Verb, Stop> {
    let audience = post.check_audience()?;
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
        domain::discussion::edit(tx, author.id, id, &draft, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Whether a reply to something we do not have is worth fetching what is above it: it came
/// through a community or by somebody's wish, names one of us, or somebody here follows its author.
pub(super) async fn concerns_us(fed: &Federation, post: &Genuine, how: &How) -> Outcome<bool> {
    if how.announcer.is_some() || how.wanted {
        return Ok(true);
    }
    let scene = scene(fed, post).await?;
    if !scene.groups.is_empty() || !scene.mentions.is_empty() {
        return Ok(true);
    }
    let author = post.author.clone();
    let followed = move |db: &mut store::Db| -> Outcome<bool> {
        match store::actor::by_ap_id(db, &author)? {
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
    post: &Genuine,
    how: &How,
    scene: &Scene,
    author: ActorId,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    match community(&post.object, &scene.groups, how) {
        Place::Here(id) => return Ok(Some(id)),
        Place::Theirs(id) if followed_here(fed, id).await? => {
            return Err(FetchFailure::Unwanted("its community will announce it"));
        }
        Place::Theirs(_) | Place::Nowhere => {}
    }
    if how.wanted || !scene.mentions.is_empty() {
        return unknown_community(fed, post, budget).await;
    }
    if followed_here(fed, author).await? {
        return Ok(None);
    }
    Err(FetchFailure::Unwanted("nobody here follows"))
}

/// The community a thread names as its audience, which may be seen here for the first time.
async fn unknown_community(
    fed: &Federation,
    post: &Genuine,
    budget: &mut Budget,
) -> Result<Option<ActorId>, FetchFailure> {
    let Some(named) = post
        .object
        .audience
        .first()
        .filter(|name| !vocab::is_public(name))
    else {
        return Ok(None);
    };
    match fetch::author(fed, named, budget).await {
        Ok(group) if group.kind == ActorKind::Group => Ok(Some(group.id)),
        Ok(_)
        | Err(
            FetchFailure::Unfit(_)
            | FetchFailure::Missing
            | FetchFailure::Gone
            | FetchFailure::Client(_),
        ) => Ok(None),
        Err(failure) => Err(failure),
    }
}

pub(super) async fn followed_here(fed: &Federation, id: ActorId) -> Outcome<bool> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::is_followed_here(db, id)?) };
    fed.store().read(read).await
}

async fn scene(fed: &Federation, post: &Genuine) -> Outcome<Scene> {
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
        .read(move |db| -> Outcome<_> { Ok(store::actor::by_ap_ids(db, &all)?) })
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
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::actor::by_id(db, id)?) };
    let group = fed.store().read(read).await?;
    let first =
        group.and_then(|group| group.languages.split_whitespace().next().map(str::to_owned));
    Ok(first.unwrap_or_else(|| "en".to_owned()))
}

/// Where a post comes from; its page counts only on its own server.
fn origin(
    post: &Genuine,
    how: &How,
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
        } => Origin::Remote {
            ap_id,
            peer,
            published,
            via,
            announcer,
            activity,
            url: page,
        },
    })
}
