//! Starting threads and replying.

use super::{live_post, relay, relay_reply};
use crate::prose::Prose;
use crate::{Error, Outcome, Tx, actor};
use model::discussion::{BODY_MAX, TITLE_MAX};
use model::lang::is_tag;
use model::refusal::{Checks, Rule};
use model::{ActorId, ActorKind, Fact, MemberRole, Origin, PostId, PostKind, Visibility};
use store::row;

/// What is to be published; rendered, cleaned, and its names looked up before.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What a thread is meant as; a reply has its thread's.
    pub kind: PostKind,
    /// Who may find it.
    pub visibility: Visibility,
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    pub title: String,
    /// The text.
    pub body: Prose,
    /// The same in a second language.
    pub second: Option<SecondText>,
    /// Those named in it.
    pub mentions: Vec<ActorId>,
}

/// A text in a second language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondText {
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    pub title: String,
    /// The text.
    pub body: Prose,
}

impl Draft {
    /// What somebody here typed; a peer's text is taken as it comes.
    pub(super) fn check(&self, thread: bool) -> Outcome<()> {
        let mut checks = Checks::default();
        if thread {
            checks.text("title", &self.title, TITLE_MAX);
        }
        checks.text("body", &self.body.md, BODY_MAX);
        checks.that(is_tag(&self.lang), "lang", model::Why::NotAChoice);
        if let Some(second) = &self.second {
            checks.at_most("second_title", &second.title, TITLE_MAX);
            checks.text("second_body", &second.body.md, BODY_MAX);
            checks.that(second.lang != self.lang, "second_lang", model::Why::Taken);
            checks.that(is_tag(&second.lang), "second_lang", model::Why::NotAChoice);
        }
        Ok(checks.done()?)
    }
}

/// Starts a thread, in a community or (a peer's post that somebody here follows) outside of any.
/// A post the world knows already is answered as it stands.
///
/// # Errors
/// `Invalid` with the fields at fault, `NotFound`, `NotAllowed(ActiveAccount | Facilitator)`.
pub fn publish_thread(
    tx: &mut Tx<'_>,
    author: ActorId,
    community: Option<ActorId>,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<PostId> {
    if let Some(known) = known(tx, origin)? {
        return Ok(known);
    }
    actor::active(tx, author)?;
    if *origin == Origin::Local {
        draft.check(true)?;
    }
    if let Some(id) = community {
        let group = actor::active(tx, id)?;
        if group.kind != ActorKind::Group {
            return Err(Error::not_found("community"));
        }
    }
    let id: PostId = tx.id();
    let kind = kind_of(tx, author, community, draft.kind, origin)?;
    let post = row::Post {
        kind,
        ..row_of(tx, id, author, community, None, draft, origin)?
    };
    store::discussion::insert(tx.db, &post)?;
    if let Some(community) = community {
        store::actor::add_posts(tx.db, community, 1)?;
    }
    published(tx, &post, draft, origin, None)?;
    let new_thread = Some(id);
    relay(tx, origin, community, id, new_thread)?;
    Ok(id)
}

/// Replies to a thread or to a reply. A post the world knows already is answered as it stands.
///
/// # Errors
/// `Gone` where the parent is a tombstone, `NotFound`, `Invalid`, `NotAllowed(ActiveAccount)`.
pub fn publish_reply(
    tx: &mut Tx<'_>,
    author: ActorId,
    parent: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<PostId> {
    if let Some(known) = known(tx, origin)? {
        return Ok(known);
    }
    actor::active(tx, author)?;
    if *origin == Origin::Local {
        draft.check(false)?;
    }
    // A peer may not know yet that what it replies to is gone; its reply still belongs there.
    let parent = if origin.is_remote() {
        store::discussion::by_id(tx.db, parent)?.ok_or(Error::not_found("post"))?
    } else {
        live_post(tx, parent)?
    };
    let id: PostId = tx.id();
    let post = row_of(
        tx,
        id,
        author,
        parent.community_id,
        Some(&parent),
        draft,
        origin,
    )?;
    store::discussion::insert(tx.db, &post)?;
    store::discussion::count_reply(tx.db, post.root_id, id, post.published_at)?;
    published(tx, &post, draft, origin, Some(parent.author_id))?;
    relay_reply(tx, origin, &post)?;
    Ok(id)
}

/// What a new thread is meant as. Announcements are the facilitators'; one that a peer sends of
/// somebody who does not look after the community is a discussion.
fn kind_of(
    tx: &mut Tx<'_>,
    author: ActorId,
    community: Option<ActorId>,
    asked: PostKind,
    origin: &Origin,
) -> Outcome<PostKind> {
    if asked != PostKind::Announcement {
        return Ok(asked);
    }
    let role = match community {
        Some(id) => store::community::role(tx.db, id, author)?,
        None => None,
    };
    match (role, origin) {
        (Some(MemberRole::Facilitator), _)
        | (Some(MemberRole::Moderator), Origin::Remote { .. }) => Ok(asked),
        (_, Origin::Remote { .. }) => Ok(PostKind::Discussion),
        (_, Origin::Local) => Err(Error::not_allowed(Rule::Facilitator)),
    }
}

/// The post the world knows by this name, if it is here, or was deleted before it came.
fn known(tx: &mut Tx<'_>, origin: &Origin) -> Outcome<Option<PostId>> {
    let Origin::Remote { ap_id, .. } = origin else {
        return Ok(None);
    };
    if store::discussion::has_tombstone(tx.db, ap_id)? {
        return Err(model::Refusal::Gone("post").into());
    }
    Ok(store::discussion::id_of(tx.db, ap_id)?)
}

/// Does what every new post needs: counts it, stores its mentions, records the fact.
fn published(
    tx: &mut Tx<'_>,
    post: &row::Post,
    draft: &Draft,
    origin: &Origin,
    parent_author: Option<ActorId>,
) -> Outcome<()> {
    store::actor::add_posts(tx.db, post.author_id, 1)?;
    for named in &draft.mentions {
        store::discussion::insert_mention(tx.db, post.id, *named)?;
    }
    if *origin == Origin::Local {
        store::discussion::mark_read(tx.db, post.author_id, post.root_id, post.id)?;
    }
    tx.record(Fact::PostPublished {
        post: post.id,
        thread: post.root_id,
        by: post.author_id,
        origin: origin.into(),
        parent_author,
        mentions: draft.mentions.clone(),
    });
    Ok(())
}

/// The row of a new post.
fn row_of(
    tx: &Tx<'_>,
    id: PostId,
    author: ActorId,
    community: Option<ActorId>,
    parent: Option<&row::Post>,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<row::Post> {
    let published = origin.published(tx.now);
    let (ap_id, peer_id) = match origin {
        Origin::Local => (tx.urls()?.post(id), None),
        Origin::Remote { ap_id, peer, .. } => (ap_id.clone(), Some(*peer)),
    };
    let second = draft.second.as_ref();
    Ok(row::Post {
        id,
        url: draft_url(origin, &ap_id),
        ap_id,
        peer_id,
        community_id: community,
        author_id: author,
        parent_id: parent.map(|p| p.id),
        root_id: parent.map_or(id, |p| p.root_id),
        branch_id: parent.map_or(id, |p| {
            if p.parent_id.is_none() {
                id
            } else {
                p.branch_id
            }
        }),
        depth: parent.map_or(0, |p| p.depth + 1),
        kind: draft.kind,
        visibility: draft.visibility,
        lang: draft.lang.clone(),
        title: title_of(parent.is_none(), &draft.title).to_owned(),
        body_md: draft.body.md.clone(),
        body_html: draft.body.html.clone(),
        alt_lang: second.map(|s| s.lang.clone()),
        alt_title: second
            .map(|s| title_of(parent.is_none(), &s.title).to_owned())
            .unwrap_or_default(),
        alt_md: second.map(|s| s.body.md.clone()).unwrap_or_default(),
        alt_html: second.map(|s| s.body.html.clone()).unwrap_or_default(),
        published_at: published,
        edited_at: None,
        deleted_at: None,
        deleted_by: None,
        reply_count: 0,
        like_count: 0,
        last_post_id: id,
        active_at: published,
        announce_id: None,
        context: context_of(origin, parent),
    })
}

/// The collection a thread's own server keeps of it; its replies need not say it again.
fn context_of(origin: &Origin, parent: Option<&row::Post>) -> Option<String> {
    match (origin, parent) {
        (Origin::Remote { context, .. }, None) => context.clone(),
        (Origin::Remote { .. }, Some(_)) | (Origin::Local, _) => None,
    }
}

/// The title of a thread; a reply has none, whatever was sent.
pub(super) fn title_of(thread: bool, title: &str) -> &str {
    if thread { title.trim() } else { "" }
}

/// Where it is read: a peer may name a page of its own.
fn draft_url(origin: &Origin, ap_id: &str) -> String {
    match origin {
        Origin::Remote { url: Some(url), .. } => url.clone(),
        Origin::Remote { url: None, .. } | Origin::Local => ap_id.to_owned(),
    }
}
