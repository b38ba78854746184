//! Turns typed text into a draft before the verb runs: looks up mentions, renders Markdown.

use crate::App;
use crate::rate_limits::RateLimit;
use crate::remote::RemoteObject;
use domain::post::{self, Draft, Pictures, Wording};
use domain::prose::{self, Named, Prose};
use domain::{Error, Outcome};
use model::tag::WantedTags;
use model::{ActorId, ActorKind, Address, Handle, PostDetails, PostKind, SpaceId, TagId, Time};
use query::row;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Most names looked up per text; further ones stay plain text.
const NAMES_MAX: usize = 20;
/// Limits the time in which the names of a text are looked up on other servers.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(5);

/// A post as typed in a form or sent to the API.
#[derive(Debug, Clone, Default)]
pub struct TypedPost {
    /// The kind of a thread; the API and the form set it.
    pub kind: Option<PostKind>,
    /// The text in each language, the author's first; others that are blank are left out.
    pub wordings: Vec<TypedWording>,
    /// What only that kind has.
    pub details: Option<PostDetails>,
    /// Its pictures; in an edit, `None` leaves those that are there.
    pub pictures: Option<Pictures>,
    /// The space of a new thread; `None` for the one that is open to everybody.
    pub space: Option<SpaceId>,
    /// The tags chosen for a thread; in an edit, `None` leaves those that are there.
    pub tags: Option<Vec<TagId>>,
    /// Token of the form, or key of the request: the same one with the same text makes one post.
    pub once: String,
    /// Of an edit: when the text was written that it began from.
    pub began_from: Option<Time>,
}

/// A text as typed in one language.
#[derive(Debug, Clone, Default)]
pub struct TypedWording {
    /// BCP 47 tag.
    pub lang: String,
    /// Title of a thread.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The warning about its content, where there is one: that of the author's language holds for all that have none.
    /// In an edit, `None` leaves the one that is there, see [`TypedPost::keep_warnings`].
    pub warning: Option<String>,
}

impl TypedPost {
    /// Leaves the warnings of a post where an edit of it says nothing of them.
    pub fn keep_warnings(&mut self, post: &row::Post) {
        for wording in &mut self.wordings {
            let kept = || post.warning.get_or_first(&wording.lang).map(str::to_owned);
            wording.warning = wording.warning.take().or_else(kept);
        }
    }
}

impl TypedWording {
    fn is_blank(&self) -> bool {
        self.title.trim().is_empty() && self.body.trim().is_empty()
    }
}

/// A post that is ready for the verb.
#[derive(Debug, Clone)]
pub struct Composed {
    pub draft: Draft,
    /// Names in it that nobody was found for (`@annn`); they stay plain text.
    pub unknown: Vec<String>,
}

/// A rendered text before it is published.
#[derive(Debug, Clone)]
pub struct Previewed {
    pub text: Prose,
    /// As in [`Composed`].
    pub unknown: Vec<String>,
}

/// Looks up the mentions of a text and renders it, without publishing anything.
///
/// # Errors
/// Faults.
pub async fn preview(app: &App, by: ActorId, md: String) -> Outcome<Previewed> {
    let names = look_up_names(app, by, prose::names(&md)).await?;
    Ok(Previewed {
        text: render(md, names.named).await?,
        unknown: names.unknown,
    })
}

/// Looks up the mentions and renders the texts.
///
/// # Errors
/// Faults.
pub async fn draft(app: &App, by: ActorId, typed: TypedPost) -> Outcome<Composed> {
    let typed_wordings: Vec<TypedWording> = typed
        .wordings
        .into_iter()
        .enumerate()
        .filter(|(place, wording)| *place == 0 || !wording.is_blank())
        .map(|(_, wording)| wording)
        .collect();
    let written = typed_wordings
        .iter()
        .flat_map(|wording| prose::names(&wording.body))
        .collect();
    let names = look_up_names(app, by, written).await?;
    let tags = WantedTags {
        chosen: typed.tags,
        hashtags: hashtags(&typed_wordings),
        ..WantedTags::default()
    };
    let line = |text: &Option<String>| one_line(text.as_deref().unwrap_or_default());
    let warning = typed_wordings.first().map(|first| line(&first.warning));
    let warning = warning.unwrap_or_default();
    let mut wordings = Vec::new();
    for typed in typed_wordings {
        let own = line(&typed.warning);
        wordings.push(Wording {
            lang: typed.lang,
            title: one_line(&typed.title),
            body: render(typed.body, names.named.clone()).await?,
            warning: if own.is_empty() { warning.clone() } else { own },
        });
    }
    let draft = Draft {
        kind: typed.kind.unwrap_or_default(),
        once: post::once(&typed.once, &wordings, typed.pictures.as_ref()),
        space: typed.space,
        began_from: typed.began_from,
        wordings,
        mentions: names.mentions,
        details: typed.details,
        pictures: typed.pictures,
        tags,
        ..Draft::default()
    };
    Ok(Composed {
        draft,
        unknown: names.unknown,
    })
}

/// The hashtags of a text in all its languages.
fn hashtags(wordings: &[TypedWording]) -> Vec<String> {
    let mut all: Vec<String> = wordings
        .iter()
        .flat_map(|wording| prose::hashtags(&wording.body))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Puts a title on one line: a program may send one with a line break.
fn one_line(title: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let parts = title.split(breaks).map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Renders Markdown to sanitized HTML with `named` linked. Long texts are rendered on a blocking
/// thread.
///
/// # Errors
/// A fault where rendering panicked.
pub async fn render(md: String, named: Vec<Named>) -> Outcome<Prose> {
    const SHORT: usize = 4_000;
    if md.len() <= SHORT {
        return Ok(prose::render(&md, &named));
    }
    tokio::task::spawn_blocking(move || prose::render(&md, &named))
        .await
        .map_err(|crash| Error::Fault(store::StoreError::Panic(crash.to_string())))
}

/// What the names in a text stand for.
#[derive(Default)]
struct Names {
    named: Vec<Named>,
    mentions: Vec<ActorId>,
    /// Those that nobody was found for.
    unknown: Vec<String>,
}

/// Resolves names side by side: `@name` is local, `@name@host` remote, `!name@host` a community. A name
/// that is unknown, whose server does not answer in time, or beyond the person's rate limit is no error:
/// it stays plain text. A community is linked but not mentioned: a mention would start
/// a thread in it.
async fn look_up_names(app: &App, by: ActorId, mut written: Vec<String>) -> Outcome<Names> {
    written.sort_unstable();
    written.dedup();
    written.truncate(NAMES_MAX);
    let deadline = Instant::now() + LOOK_UP_TIMEOUT;
    let found = written
        .iter()
        .map(|written| find_actor(app, by, written, deadline));
    let found = futures::future::try_join_all(found).await?;
    let mut names = Names::default();
    for (written, actor) in written.into_iter().zip(found) {
        let Some(actor) = actor else {
            names.unknown.push(written);
            continue;
        };
        if actor.kind != ActorKind::Group {
            names.mentions.push(actor.id);
        }
        names.named.push(Named {
            written,
            url: actor.url,
            actor: actor.id,
        });
    }
    names.mentions.sort_unstable();
    names.mentions.dedup();
    Ok(names)
}

async fn find_actor(
    app: &App,
    by: ActorId,
    written: &str,
    deadline: Instant,
) -> Outcome<Option<row::Actor>> {
    let our_host = app.urls()?.host().to_owned();
    let (name, host) = match Address::parse(written) {
        Some(address) if address.host == our_host => (address.name.to_lowercase(), String::new()),
        Some(address) => (address.name, address.host),
        None => match Handle::parse_any(written) {
            Ok(handle) => (handle.to_string(), String::new()),
            Err(_) => return Ok(None),
        },
    };
    let (elsewhere, sigil) = (!host.is_empty(), written.chars().next());
    let address = (name.clone(), host.clone());
    let known = app
        .read(Some(by), move |db, reader| {
            query::actor::by_written(db, reader, sigil, &name, &host)
        })
        .await?;
    if known.is_some() || !elsewhere {
        return Ok(known);
    }
    let look_up = async {
        app.limits().count_actor(RateLimit::LookUp, by).ok()?;
        app.remote().look_up(written).await.ok()
    };
    match timeout_at(deadline, look_up).await.ok().flatten() {
        Some(RemoteObject::Actor(id)) => {
            app.read(Some(by), move |db, reader| {
                query::actor::by_id(db, reader, id).map(Some)
            })
            .await
        }
        // Mastodon writes communities with `@` too: a community known here is meant, although its
        // server does not answer now.
        Some(RemoteObject::Post(_)) | None if sigil == Some('@') => {
            let (name, host) = address;
            app.read(Some(by), move |db, reader| {
                query::actor::by_address(db, reader, &name, &host)
            })
            .await
        }
        Some(RemoteObject::Post(_)) | None => Ok(None),
    }
}
