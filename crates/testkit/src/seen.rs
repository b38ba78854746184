//! What somebody sees of a post on their own instance, and a thread as they read it.

use crate::instance::Instance;
use domain::prose::plain;
use model::{PostId, Visibility};
use store::row;

/// A post as one instance holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its id on that instance.
    pub id: PostId,
    ap_id: String,
    /// The title of a thread.
    pub title: String,
    /// The text, without markup.
    pub text: String,
    /// The text, as kept.
    pub html: String,
    /// Who wrote it: `ann@alpha.test`.
    pub author: String,
    /// Where it stands: `weavers@alpha.test`.
    pub community: Option<String>,
    /// How many found it helpful.
    pub likes: i32,
    /// How many replies a thread has.
    pub replies: i32,
    /// Its text was changed.
    pub edited: bool,
    /// Only its tombstone is left.
    pub deleted: bool,
    /// Who may find it.
    pub visibility: Visibility,
}

impl Seen {
    /// What the world calls it.
    #[must_use]
    pub fn ap_id(&self) -> &str {
        &self.ap_id
    }
}

/// A post on an instance, by what the world calls it.
pub(crate) async fn find(instance: &Instance, ap_id: &str) -> Option<Seen> {
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
            Ok(Some(seen(post, author, community, &host)))
        })
        .await
}

fn seen(
    post: row::Post,
    author: Option<row::Actor>,
    community: Option<row::Actor>,
    host: &str,
) -> Seen {
    Seen {
        id: post.id,
        text: plain(&post.body_html, 2_000),
        html: post.body_html,
        ap_id: post.ap_id,
        title: post.title,
        author: author
            .map(|actor| address(&actor, host))
            .unwrap_or_default(),
        community: community.map(|actor| address(&actor, host)),
        likes: post.like_count,
        replies: post.reply_count,
        edited: post.edited_at.is_some(),
        deleted: post.deleted_at.is_some(),
        visibility: post.visibility,
    }
}

/// `name@host`, also of ours.
pub(crate) fn address(actor: &row::Actor, host: &str) -> String {
    let host = if actor.host.is_empty() {
        host
    } else {
        &actor.host
    };
    format!("{}@{host}", actor.handle)
}

/// A thread in reading order, one line a post, replies indented by their depth.
pub(crate) async fn thread(instance: &Instance, root: PostId) -> String {
    let posts: Vec<row::Post> = instance
        .read(move |db| {
            let mut posts: Vec<row::Post> =
                store::raw::post::by_id(db, root)?.into_iter().collect();
            posts.extend(store::discussion::replies(db, root, 0, 500)?);
            Ok(posts)
        })
        .await;
    let mut lines = Vec::new();
    for post in posts {
        let depth = usize::try_from(post.depth).unwrap_or(0);
        let seen = find(instance, &post.ap_id).await.unwrap();
        let title = if seen.title.is_empty() {
            String::new()
        } else {
            format!("“{}” ", seen.title)
        };
        let text = if seen.deleted {
            "[deleted]"
        } else {
            &seen.text
        };
        let edited = if seen.edited && !seen.deleted {
            " (edited)"
        } else {
            ""
        };
        let likes = if seen.likes > 0 {
            format!(" ♥{}", seen.likes)
        } else {
            String::new()
        };
        lines.push(format!(
            "{}{}: {title}{text}{edited}{likes}",
            "  ".repeat(depth),
            seen.author
        ));
    }
    lines.join("\n")
}
