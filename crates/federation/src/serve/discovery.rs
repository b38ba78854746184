//! Discovery: WebFinger, NodeInfo, and the host-meta that older servers ask for first.

use super::actor::{ActorLookup, find};
use super::answer::{DocumentError, DocumentResult, open};
use super::discussion::guest_reader;
use crate::context::Federation;
use crate::identity::Resource;
use crate::json;
use crate::kinds;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use domain::{Error, Outcome};
use model::access::Reader;
use model::urls::Local;
use model::{AccountState, ActorKind, Address, Registration, Site, Time, Urls};
use serde::Serialize;
use store::Db;
use vocab::Jrd;
use vocab::nodeinfo::{self, Links, NodeInfo, Software, Usage, Users};
use vocab::webfinger::{JrdLink, REL_INTENT_FOLLOW, REL_INTENT_OBJECT, REL_SELF, REL_SUBSCRIBE};

/// How long a count of users and posts is served.
const USAGE_TTL_SECONDS: i64 = 60;
const JRD: &str = "application/jrd+json; charset=utf-8";
const XRD: &str = "application/xrd+xml; charset=utf-8";
/// The server's own actor behind its bare address (FEP-d556).
const REL_SERVICE: &str = "https://www.w3.org/ns/activitystreams#Service";

/// `GET /.well-known/webfinger?resource=…`: an address, an actor's URL, or the bare origin.
pub(super) async fn webfinger(
    State(federation): State<Federation>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> DocumentResult {
    let resource_text =
        resource(query.as_deref().unwrap_or_default()).ok_or(DocumentError::BAD_REQUEST)?;
    let urls = federation.urls()?;
    let subject = parse_subject(&urls, &resource_text)?;
    let (described, reader) = (urls.clone(), guest_reader(&federation));
    let found = federation
        .store()
        .read(move |db| look_up(db, reader, &described, &subject))
        .await?;
    match found {
        ActorLookup::Exists(row) => Ok(open(&headers, JRD, json(&jrd(&urls, &row))?)),
        ActorLookup::Gone(_) => Err(DocumentError::GONE),
        ActorLookup::NotFound => Err(DocumentError::NOT_FOUND),
    }
}

/// The `resource` parameter, decoded.
fn resource(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, resource) = pairs.find(|(key, _)| key == "resource")?;
    let resource = resource.trim();
    (!resource.is_empty()).then(|| resource.to_owned())
}

/// The actor that a query is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WebFingerSubject {
    /// `name@` our host, in lower case.
    Handle(String),
    /// A person's URL.
    Person(String),
    /// A community's.
    Community(String),
    /// Our origin.
    Instance,
}

/// Parses a query about a local actor. The instance's address is its host twice, whose port `Resource` does not
/// accept before the `@`.
///
/// # Errors
/// 400 for what is neither an account nor a URL, 404 for one that cannot be ours.
pub(super) fn parse_subject(
    urls: &Urls,
    resource: &str,
) -> Result<WebFingerSubject, DocumentError> {
    let host = urls.host();
    let account = resource.strip_prefix("acct:").unwrap_or(resource);
    if account.eq_ignore_ascii_case(&format!("{host}@{host}")) {
        return Ok(WebFingerSubject::Instance);
    }
    let parsed = Resource::parse(resource).ok_or(DocumentError::BAD_REQUEST)?;
    local_subject(urls, parsed).ok_or(DocumentError::NOT_FOUND)
}

fn local_subject(urls: &Urls, resource: Resource) -> Option<WebFingerSubject> {
    let host = urls.host();
    match resource {
        Resource::Account(Address { name, host: at }) => {
            (at == host.to_lowercase()).then(|| WebFingerSubject::Handle(name.to_lowercase()))
        }
        Resource::Url(url) => match Local::parse(urls.path(url.as_str())?)? {
            Local::Instance => Some(WebFingerSubject::Instance),
            Local::Person(handle) => Some(WebFingerSubject::Person(handle)),
            Local::Community(handle) => Some(WebFingerSubject::Community(handle)),
            Local::Post(_)
            | Local::Context(_)
            | Local::Follow(_)
            | Local::Like(_)
            | Local::Activity(_) => None,
        },
    }
}

/// Looks up an actor. People and communities share one name space of handles, which have no dot; but `localhost`
/// may be both a handle and our host: then it is the person's.
fn look_up(
    db: &mut Db,
    reader: Reader,
    urls: &Urls,
    subject: &WebFingerSubject,
) -> Outcome<ActorLookup> {
    let any = [ActorKind::Person, ActorKind::Group, ActorKind::Service];
    match subject {
        WebFingerSubject::Person(handle) => {
            find(db, reader, handle, &[ActorKind::Person, ActorKind::Service])
        }
        WebFingerSubject::Community(handle) => find(db, reader, handle, &[ActorKind::Group]),
        WebFingerSubject::Instance => instance(db),
        WebFingerSubject::Handle(handle) => match find(db, reader, handle, &any)? {
            ActorLookup::NotFound if urls.host().split(':').next() == Some(handle) => instance(db),
            found => Ok(found),
        },
    }
}

fn instance(db: &mut Db) -> Outcome<ActorLookup> {
    Ok(
        store::raw::actor::instance(db)?.map_or(ActorLookup::NotFound, |row| {
            ActorLookup::Exists(Box::new(row))
        }),
    )
}

fn jrd(urls: &Urls, row: &store::row::Actor) -> Jrd {
    let address = kinds::address(urls, row);
    let mut jrd = Jrd::actor(&address, kinds::type_word(row.kind), &row.ap_id, &row.url);
    if row.kind == ActorKind::Application {
        let own = jrd.link(REL_SELF).cloned().unwrap_or_default();
        jrd.links.push(JrdLink {
            rel: Some(REL_SERVICE.to_owned()),
            ..own
        });
    }
    if row.kind != ActorKind::Group {
        jrd.links.extend(intents(urls));
    }
    jrd
}

/// The pages on which people of this server follow an actor of another one, or look at an object.
fn intents(urls: &Urls) -> [JrdLink; 3] {
    [
        (REL_SUBSCRIBE, "{uri}"),
        (REL_INTENT_FOLLOW, "{object}"),
        (REL_INTENT_OBJECT, "{object}"),
    ]
    .map(|(rel, parameter)| JrdLink {
        rel: Some(rel.to_owned()),
        template: Some(urls.at(&format!("/authorize_interaction?uri={parameter}"))),
        ..JrdLink::default()
    })
}

/// `GET /.well-known/host-meta`: where WebFinger is.
pub(super) async fn host_meta(
    State(federation): State<Federation>,
    headers: HeaderMap,
) -> DocumentResult {
    let webfinger_url = federation
        .urls()?
        .at("/.well-known/webfinger?resource={uri}");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{webfinger_url}\"/>\n</XRD>\n"
    );
    Ok(open(&headers, XRD, body))
}

/// `GET /.well-known/nodeinfo`.
pub(super) async fn nodeinfo_links(
    State(federation): State<Federation>,
    headers: HeaderMap,
) -> DocumentResult {
    let urls = federation.urls()?;
    let links = Links::new(&urls.at("/nodeinfo/2.1"), &urls.instance());
    Ok(open(&headers, "application/json", json(&links)?))
}

/// `GET /nodeinfo/2.1`.
pub(super) async fn nodeinfo(
    State(federation): State<Federation>,
    headers: HeaderMap,
) -> DocumentResult {
    federation.urls()?;
    let site = federation.ops().site().ok_or(DocumentError::NOT_FOUND)?;
    let document = describe(&site, usage(&federation).await?);
    Ok(open(&headers, nodeinfo::CONTENT_TYPE, json(&document)?))
}

/// Returns the usage, counted at most once a minute: crawlers ask often, and counting reads every post.
async fn usage(federation: &Federation) -> Outcome<Usage> {
    let now = federation.ops().now();
    let fresh = |at: Time| at.plus_seconds(USAGE_TTL_SECONDS) > now;
    if let Some((usage, _)) = federation.usage().filter(|(_, at)| fresh(*at)) {
        return Ok(usage);
    }
    let guest = guest_reader(federation);
    let usage = federation.store().read(move |db| count(db, guest)).await?;
    federation.remember_usage(&usage, now);
    Ok(usage)
}

/// Counts users, and the posts that guests see. How many users are active is not published.
fn count(db: &mut Db, guest: Reader) -> Outcome<Usage> {
    let number = |n: i64| u64::try_from(n).ok();
    let people = store::account::count(db, AccountState::Active)?;
    let (threads, replies) = store::post::count_local(db, guest)?;
    Ok(Usage {
        users: Users {
            total: number(people),
            ..Users::default()
        },
        local_posts: number(threads),
        local_comments: number(replies),
    })
}

fn describe(site: &Site, usage: Usage) -> NodeInfo {
    let software = Software {
        name: Some("hedgerow".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        repository: None,
        homepage: None,
    };
    let lang = site.default_lang();
    let open = match site.registration {
        Registration::Open | Registration::Approval => true,
        Registration::Invitation | Registration::Closed => false,
    };
    NodeInfo::new(
        software,
        open,
        usage,
        site.name.read(lang),
        site.description.read(lang),
    )
}

fn json<T: Serialize>(thing: &T) -> Outcome<String> {
    serde_json::to_string(thing).map_err(|e| -> Error { json::unwritable(e) })
}
