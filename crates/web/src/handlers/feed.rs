//! Atom feeds of communities, threads and people, with what everybody reads.

use askama::Template;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use domain::{Error, Outcome};
use http::{HeaderValue, header};
use model::limits::SHOWN_BYTES_MAX;
use model::tag::query_value;
use model::{Lang, PostId};
use query::feed::{CommunityFeed, FeedEntry};
use query::tag::TagBySlug;
use query::{Db, Reader};

use super::community::moved_permanently;
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::Page;
use super::show::tag::url as tag_url;
use super::show::{actor, community as place, discussion};
use crate::assets::MARK;
use crate::frame::Frame;
use crate::views::feed::{Feed, PostEntry};

/// How long a feed reader need not ask again.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The handle of an actor of ours, whose feed is asked for.
fn ours(request: &PageRequest, text: &str) -> Outcome<String> {
    let (handle, host) = actor::address(text, &request.our_host());
    match host.is_empty() {
        true => Ok(handle),
        false => Err(Error::not_found("page")),
    }
}

/// Reads what everybody may.
async fn read<T: Send + 'static>(
    request: &PageRequest,
    rows: impl FnOnce(&mut Db, Reader) -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    request.app.read(None, rows).await
}

/// `GET /c/{handle}/feed.atom?tag=…`: its newest threads, or those with a tag.
pub async fn community(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let handle = ours(&request, &text)?;
    let slug = request.q("tag").map(str::trim).map(str::to_owned);
    let slug = slug.filter(|slug| !slug.is_empty());
    let rows = move |db: &mut Db, reader: Reader| {
        query::feed::community(db, reader.now, &handle, slug.as_deref())
    };
    let CommunityFeed {
        place: group,
        tag,
        entries,
    } = read(&request, rows).await?;
    let f = request.bare();
    let url = actor::url(&group.actor);
    if let Some(TagBySlug::Former(tag)) = &tag {
        let value = query_value(&tag.slug);
        let lang = request.q("lang").and_then(Lang::from_tag);
        let lang = lang.map(|lang| format!("&lang={lang}"));
        let lang = lang.unwrap_or_default();
        return moved_permanently(&format!("{url}/feed.atom?tag={value}{lang}"));
    }
    let name = place::name(&group, f.lang).0;
    let began = group.actor.created_at.utc();
    let whole = feed(&f, name, &url, began, &entries);
    let tagged = tag.as_ref().and_then(TagBySlug::tag);
    answer(&match tagged {
        Some(tag) => Feed {
            title: format!("{} · {}", tag.name.read(f.lang), whole.title),
            path: format!("{}&tag={}", whole.path, query_value(&tag.slug)),
            page: tag_url(&url, &tag.slug),
            ..whole
        },
        None => Feed {
            subtitle: place::purpose(&group, f.lang).0,
            ..whole
        },
    })
}

/// `GET /p/{id}/feed.atom`: the newest replies of a thread.
pub async fn thread(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let rows = move |db: &mut Db, reader: Reader| query::feed::thread(db, reader.now, id);
    let (root, mut entries) = read(&request, rows).await?;
    let f = request.bare();
    let title = discussion::title(&f, &root.post, f.lang);
    let began = root.post.published_at.utc();
    entries.push(root);
    answer(&feed(&f, title, &format!("/p/{id}"), began, &entries))
}

/// `GET /u/{handle}/feed.atom`: what a person wrote last.
pub async fn person(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let handle = ours(&request, &text)?;
    let rows = move |db: &mut Db, reader: Reader| query::feed::person(db, reader.now, &handle);
    let (who, entries) = read(&request, rows).await?;
    let f = request.bare();
    let since = who.created_at.utc();
    let url = actor::url(&who);
    answer(&feed(&f, actor::name(&who), &url, since, &entries))
}

/// A feed of the page at a path; where nothing was written yet, it is as old as the page.
fn feed(f: &Frame, title: String, page: &str, since: DateTime<Utc>, entries: &[FeedEntry]) -> Feed {
    let entries: Vec<PostEntry> = entries.iter().map(|row| entry(f, row)).collect();
    Feed {
        lang: f.lang,
        origin: f.site.url.clone(),
        title,
        subtitle: String::new(),
        path: format!("{page}/feed.atom?lang={}", f.lang),
        page: page.to_owned(),
        icon: &MARK.url,
        updated: entries.iter().map(|one| one.updated).max().unwrap_or(since),
        entries,
    }
}

fn entry(f: &Frame, row: &FeedEntry) -> PostEntry {
    let post = &row.post;
    let text = discussion::text(post, f.lang);
    let author = actor::name(&row.author);
    let title = match post.parent_id {
        None => discussion::title(f, post, f.lang),
        Some(_) => f
            .message("feed-reply")
            .arg("name", &author)
            .arg("title", row.thread_title.read(f.lang))
            .to_string(),
    };
    let published = post.published_at.utc();
    PostEntry {
        id: post.ap_id.clone(),
        page: format!("/p/{}", post.id),
        title,
        author_page: actor::url(&row.author),
        author,
        published,
        updated: post.edited_at.map_or(published, |at| at.utc()),
        lang: text.lang.to_owned(),
        warning: text.warning.map(|_| discussion::excerpt(post, f.lang)),
        html: domain::prose::beginning(text.html, SHOWN_BYTES_MAX)
            .unwrap_or_else(|| text.html.to_owned()),
    }
}

/// Answers with a feed and its tag. Search engines read the pages instead.
fn answer(feed: &Feed) -> Page {
    let xml = feed
        .render()
        .map_err(|error| PageError::from(Error::fault(error.to_string())))?;
    let digest = domain::secret::digest(&xml);
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
    let mut response = xml.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, FRESH);
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}
