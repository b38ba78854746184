//! Discovery: WebFinger, NodeInfo, and the host-meta that older servers ask for first.

use super::actor::{Found, find};
use super::answer::{Answer, No, open};
use super::discussion::anybody;
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
use vocab::webfinger::{JrdLink, REL_SELF};

/// For how long a count of what is here is told again.
const USAGE_SECONDS: i64 = 60;
const JRD: &str = "application/jrd+json; charset=utf-8";
const XRD: &str = "application/xrd+xml; charset=utf-8";
/// The server's own actor behind its bare address (FEP-d556).
const REL_SERVICE: &str = "https://www.w3.org/ns/activitystreams#Service";

/// `GET /.well-known/webfinger?resource=…`: an address, an actor's URL, or the bare origin.
pub(super) async fn webfinger(
    State(federation): State<Federation>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let asked = resource(query.as_deref().unwrap_or_default()).ok_or(No::BAD_REQUEST)?;
    let urls = federation.urls()?;
    let who = whom(&urls, &asked).ok_or(No::NOT_FOUND)?;
    let (described, reader) = (urls.clone(), anybody(&federation));
    let found = federation
        .store()
        .read(move |db| look_up(db, reader, &described, &who))
        .await?;
    match found {
        Found::Here(row) => Ok(open(&headers, JRD, json(&jrd(&urls, &row))?)),
        Found::Gone(_) => Err(No::GONE),
        Found::Nobody => Err(No::NOT_FOUND),
    }
}

/// The `resource` parameter, decoded.
fn resource(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, resource) = pairs.find(|(key, _)| key == "resource")?;
    let resource = resource.trim();
    (!resource.is_empty()).then(|| resource.to_owned())
}

/// Who is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// `name@` our host, in lower case.
    Handle(String),
    /// A person's URL.
    Person(String),
    /// A community's.
    Community(String),
    /// Our origin.
    Instance,
}

/// Reads what is asked for, where it is ours. The instance's address is its host twice, whose
/// port Resource does not take before the `@`.
pub(super) fn whom(urls: &Urls, resource: &str) -> Option<Whom> {
    let host = urls.host();
    let account = resource.strip_prefix("acct:").unwrap_or(resource);
    if account.eq_ignore_ascii_case(&format!("{host}@{host}")) {
        return Some(Whom::Instance);
    }
    match Resource::parse(resource)? {
        Resource::Account(Address { name, host: at }) => {
            (at == host.to_lowercase()).then(|| Whom::Handle(name.to_lowercase()))
        }
        Resource::Url(url) => match Local::parse(urls.path(url.as_str())?)? {
            Local::Instance => Some(Whom::Instance),
            Local::Person(handle) => Some(Whom::Person(handle)),
            Local::Community(handle) => Some(Whom::Community(handle)),
            Local::Post(_)
            | Local::Context(_)
            | Local::Follow(_)
            | Local::Like(_)
            | Local::Activity(_) => None,
        },
    }
}

/// A handle may be a person's or a community's: one name space. Nobody's handle holds a dot, but
/// `localhost` may be both a handle and our host; then the person is meant.
fn look_up(db: &mut Db, reader: Reader, urls: &Urls, who: &Whom) -> Outcome<Found> {
    let any = [ActorKind::Person, ActorKind::Group, ActorKind::Service];
    match who {
        Whom::Person(handle) => find(db, reader, handle, &[ActorKind::Person, ActorKind::Service]),
        Whom::Community(handle) => find(db, reader, handle, &[ActorKind::Group]),
        Whom::Instance => instance(db),
        Whom::Handle(handle) => match find(db, reader, handle, &any)? {
            Found::Nobody if urls.host().split(':').next() == Some(handle) => instance(db),
            found => Ok(found),
        },
    }
}

fn instance(db: &mut Db) -> Outcome<Found> {
    Ok(store::raw::actor::instance(db)?.map_or(Found::Nobody, |row| Found::Here(Box::new(row))))
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
    jrd
}

/// `GET /.well-known/host-meta`: where WebFinger is.
pub(super) async fn host_meta(State(federation): State<Federation>, headers: HeaderMap) -> Answer {
    let finger = federation
        .urls()?
        .at("/.well-known/webfinger?resource={uri}");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{finger}\"/>\n</XRD>\n"
    );
    Ok(open(&headers, XRD, body))
}

/// `GET /.well-known/nodeinfo`.
pub(super) async fn nodeinfo_links(
    State(federation): State<Federation>,
    headers: HeaderMap,
) -> Answer {
    let urls = federation.urls()?;
    let links = Links::new(&urls.at("/nodeinfo/2.1"), &urls.instance());
    Ok(open(&headers, "application/json", json(&links)?))
}

/// `GET /nodeinfo/2.1`.
pub(super) async fn nodeinfo(State(federation): State<Federation>, headers: HeaderMap) -> Answer {
    federation.urls()?;
    let site = federation.ops().site().ok_or(No::NOT_FOUND)?;
    let document = describe(&site, usage(&federation).await?);
    Ok(open(&headers, nodeinfo::CONTENT_TYPE, json(&document)?))
}

/// Crawlers ask often, and counting looks at every post: once a minute is enough.
async fn usage(federation: &Federation) -> Outcome<Usage> {
    let now = federation.ops().now();
    let fresh = |at: Time| at.plus_seconds(USAGE_SECONDS) > now;
    if let Some((usage, _)) = federation.usage().filter(|(_, at)| fresh(*at)) {
        return Ok(usage);
    }
    let usage = federation.store().read(count).await?;
    federation.remember_usage(&usage, now);
    Ok(usage)
}

/// How much we are used. Whether somebody is active is nobody's business.
fn count(db: &mut Db) -> Outcome<Usage> {
    let number = |n: i64| u64::try_from(n).ok();
    let people = store::account::count(db, AccountState::Active)?;
    let (threads, replies) = store::post::count_local(db)?;
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
