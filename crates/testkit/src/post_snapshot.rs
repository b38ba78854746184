//! Posts and threads as one instance has them.

use crate::instance::Instance;
use domain::prose::plain;
use model::{Audience, LangText, PostDetails, PostId};
use store::row;

/// A post as one instance has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSnapshot {
    /// The id on that instance.
    pub id: PostId,
    ap_id: String,
    /// The title of a thread.
    pub title: String,
    /// The text, without markup.
    pub text: String,
    /// The stored HTML.
    pub html: String,
    /// The warning about its content; empty where there is none.
    pub warning: String,
    /// `ann@alpha.test`.
    pub author: String,
    /// `weavers@alpha.test`.
    pub community: Option<String>,
    pub likes: i32,
    pub replies: i32,
    pub edited: bool,
    pub deleted: bool,
    /// It is an accepted answer.
    pub accepted: bool,
    pub details: Option<PostDetails>,
    pub audience: Audience,
}

impl PostSnapshot {
    /// Returns its ActivityPub id.
    #[must_use]
    pub fn ap_id(&self) -> &str {
        &self.ap_id
    }
}

/// Finds a post on an instance by its ActivityPub id.
pub(crate) async fn find(instance: &Instance, ap_id: &str) -> Option<PostSnapshot> {
    let (host, ap_id) = (instance.host().to_owned(), ap_id.to_owned());
    instance
        .read(move |db| {
            let Some(post) = store::raw::post::by_ap_id(db, &ap_id)? else {
                return Ok(None);
            };
            let author = store::raw::actor::by_id(db, post.author_id)?;
            let community = match post.community_id {
                Some(id) => store::raw::actor::by_id(db, id)?,
                None => None,
            };
            let details = store::post::details(db, &[(post.id, post.kind)])?.remove(&post.id);
            Ok(Some(PostSnapshot {
                details,
                ..snapshot(post, author, community, &host)
            }))
        })
        .await
}

fn snapshot(
    post: row::Post,
    author: Option<row::Actor>,
    community: Option<row::Actor>,
    host: &str,
) -> PostSnapshot {
    PostSnapshot {
        id: post.id,
        text: plain(&first_text(&post.html), 2_000),
        html: first_text(&post.html),
        warning: first_text(&post.warning),
        ap_id: post.ap_id,
        title: first_text(&post.title),
        author: author
            .map(|actor| address(&actor, host))
            .unwrap_or_default(),
        community: community.map(|actor| address(&actor, host)),
        likes: post.like_count,
        replies: post.reply_count,
        edited: post.edited_at.is_some(),
        deleted: post.deleted_at.is_some(),
        accepted: post.accepted_at.is_some(),
        details: None,
        audience: post.audience,
    }
}

/// Returns the author's text.
pub(crate) fn first_text(text: &LangText) -> String {
    text.first().map_or("", |(_, text)| text).to_owned()
}

/// Returns `name@host`, also for local actors.
pub(crate) fn address(actor: &row::Actor, host: &str) -> String {
    let host = if actor.host.is_empty() {
        host
    } else {
        &actor.host
    };
    format!("{}@{host}", actor.handle)
}

/// Formats a thread in reading order, one line per post, indented by depth.
pub(crate) async fn thread(instance: &Instance, root: PostId) -> String {
    let reader = instance.stranger();
    let posts: Vec<row::Post> = instance
        .read(move |db| {
            let mut posts: Vec<row::Post> =
                store::raw::post::by_id(db, root)?.into_iter().collect();
            posts.extend(store::post::replies(db, reader, root, 0, 500)?);
            Ok(posts)
        })
        .await;
    let mut lines = Vec::new();
    for post in posts {
        let depth = usize::try_from(post.depth).unwrap_or(0);
        let post_here = find(instance, &post.ap_id).await.unwrap();
        let title = if post_here.title.is_empty() {
            String::new()
        } else {
            format!("“{}” ", post_here.title)
        };
        let text = if post_here.deleted {
            "[deleted]"
        } else {
            &post_here.text
        };
        let edited = if post_here.edited && !post_here.deleted {
            " (edited)"
        } else {
            ""
        };
        let likes = if post_here.likes > 0 {
            format!(" ♥{}", post_here.likes)
        } else {
            String::new()
        };
        lines.push(format!(
            "{}{}: {title}{text}{edited}{likes}",
            "  ".repeat(depth),
            post_here.author
        ));
    }
    lines.join("\n")
}
