//! The request for a page: person, path and language; and the frame of the page they get.

use axum::extract::FromRequestParts;
use domain::{Error, Outcome};
use http::request::Parts;
use http::{HeaderMap, header};
pub use httpkit::body::{form_pairs as pairs, without_nul};
use httpkit::{App, ClientIp, Me, Visitor, client, session};
use model::refusal::Rule;
use model::{AccountState, ActorId, Lang, Refusal, Registration, Site, Time, Urls};
use query::account::FrameRows;
use query::{Db, Reader};
use std::net::IpAddr;
use std::sync::Arc;

use super::page_error::PageError;
use super::response::local_path;
use super::{flash, show};
use crate::frame::{self, Frame, RailPlace, Section, Site as FrameSite};

/// The cookie with a guest's language.
pub const LANG_COOKIE: &str = "lang";

/// What every handler needs of a request.
#[derive(Clone)]
pub struct PageRequest {
    pub app: App,
    /// The signed-in person; `None` for a guest.
    pub me: Option<Me>,
    pub lang: Lang,
    /// Client address, for rate limits.
    pub ip: IpAddr,
    /// Path of the URL, without the query; `/` for one that a browser would take for another host's.
    pub path: String,
    /// The `Host` header; used only before the setup, when our own host is not known yet.
    pub host: String,
    /// Whether a page of ours led to this one, see [`client::from_our_page`].
    pub from_our_page: bool,
    site: Option<Arc<Site>>,
    query: Vec<(String, String)>,
    flash: Option<flash::Confirmation>,
}

/// The reader's rows in the frame of every page: navigation and counts.
#[derive(Default)]
struct ReaderRows {
    rows: FrameRows,
    waiting: i64,
}

impl FromRequestParts<App> for PageRequest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Ok(Visitor(me)) = Visitor::from_request_parts(parts, app).await;
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, app).await;
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let chosen = value(&query, "lang").and_then(Lang::from_tag);
        let site = app.ops().site();
        Ok(Self {
            lang: language(&parts.headers, chosen, me.as_ref(), site.as_deref()),
            me,
            ip,
            path: local_path(parts.uri.path()).unwrap_or("/").to_owned(),
            host: header_text(&parts.headers, header::HOST).to_owned(),
            from_our_page: client::from_our_page(&parts.headers),
            site,
            query,
            flash: flash::read(&parts.headers),
            app: app.clone(),
        })
    }
}

/// Chooses the language: `?lang=`, the account's language or the cookie, `Accept-Language`, the
/// instance's language.
fn language(
    headers: &HeaderMap,
    chosen: Option<Lang>,
    me: Option<&Me>,
    site: Option<&Site>,
) -> Lang {
    let kept = match me {
        Some(me) => Some(me.account.lang.as_str()),
        None => session::cookie(headers, LANG_COOKIE),
    };
    words::negotiate(
        chosen.map(Lang::as_str),
        kept,
        Some(header_text(headers, header::ACCEPT_LANGUAGE)),
        site.map_or(Lang::En, Site::default_lang),
    )
}

/// Chooses the language of a guest's page.
pub fn guest_language(headers: &HeaderMap, query: Option<&str>, site: &Site) -> Lang {
    let query = pairs(query.unwrap_or_default().as_bytes());
    let chosen = value(&query, "lang").and_then(Lang::from_tag);
    language(headers, chosen, None, Some(site))
}

/// Longest path, and longest query, that a page names as its own, in bytes.
const HERE_MAX: usize = 4_000;

/// Reads a header; empty where it is absent or not text.
pub fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn value<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let found = query.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

impl PageRequest {
    /// Reads a query parameter.
    pub fn q(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn)`.
    pub fn me(&self) -> Result<&Me, Refusal> {
        self.me.as_ref().ok_or(Refusal::NotAllowed(Rule::SignedIn))
    }

    /// The same request in another language.
    pub fn in_language(&self, lang: Lang) -> Self {
        Self {
            lang,
            ..self.clone()
        }
    }

    /// The signed-in admin.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn | Admin)`.
    pub fn admin(&self) -> Result<&Me, Refusal> {
        self.me()?.admin()
    }

    /// The id of the signed-in person; `None` for a guest.
    pub fn reader(&self) -> Option<ActorId> {
        self.me.as_ref().map(Me::id)
    }

    /// Reads as the signed-in person or a guest, without the rows of a frame.
    ///
    /// # Errors
    /// Those of `rows`; faults.
    pub async fn read<T, F>(&self, rows: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, Reader) -> Outcome<T> + Send + 'static,
    {
        self.app.read(self.reader(), rows).await
    }

    /// Makes a language the account's own. A guest's is kept in a cookie, which the response gets.
    ///
    /// # Errors
    /// Faults.
    pub async fn set_lang(&self, lang: Lang) -> Outcome<()> {
        let Some(id) = self.me.as_ref().map(Me::id) else {
            return Ok(());
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::set_lang(tx, id, lang);
        self.app.ops().write(verb).await
    }

    /// The settings of the instance.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn site(&self) -> Outcome<&Site> {
        self.site.as_deref().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Our host, with its port where it has one.
    pub fn our_host(&self) -> String {
        match &self.site {
            Some(site) => Urls::new(&site.url).host().to_owned(),
            None => self.host.clone(),
        }
    }

    /// Path and query without `lang`, for the language switch. One that is very long is cut short, since the
    /// page names it several times.
    pub fn here(&self) -> String {
        let others = self.query.iter().filter(|(key, _)| key != "lang");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .finish();
        match (self.path.len(), query.len()) {
            (HERE_MAX.., _) => "/".to_owned(),
            (_, 0 | HERE_MAX..) => self.path.clone(),
            _ => format!("{}?{query}", self.path),
        }
    }

    /// Reads the rows of a page and those of its frame in one read transaction.
    ///
    /// # Errors
    /// Those of `rows`; faults.
    pub async fn page<T, F>(&self, section: Section, rows: F) -> Outcome<(Frame, T)>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, Reader) -> Outcome<T> + Send + 'static,
    {
        self.page_with_frame_rows(section, |db, reader, _| rows(db, reader))
            .await
    }

    /// Like [`PageRequest::page`], for pages that need the communities the reader follows.
    ///
    /// # Errors
    /// As [`PageRequest::page`].
    pub async fn page_with_frame_rows<T, F>(&self, section: Section, rows: F) -> Outcome<(Frame, T)>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, Reader, &FrameRows) -> Outcome<T> + Send + 'static,
    {
        let me = self.me.clone();
        let read = move |db: &mut Db, reader: Reader| -> Outcome<(ReaderRows, T)> {
            let reader_rows = match &me {
                Some(me) => read_reader_rows(db, me, reader.now)?,
                None => ReaderRows::default(),
            };
            let rows = rows(db, reader, &reader_rows.rows)?;
            Ok((reader_rows, rows))
        };
        let (reader_rows, rows) = self.read(read).await?;
        Ok((self.frame(section, &reader_rows), rows))
    }

    /// Builds the frame of a page without rows of its own. A guest's needs no query.
    ///
    /// # Errors
    /// Faults.
    pub async fn framed(&self, section: Section) -> Outcome<Frame> {
        if self.me.is_none() {
            return Ok(self.frame(section, &ReaderRows::default()));
        }
        let (f, ()) = self.page(section, |_, _| Ok(())).await?;
        Ok(f)
    }

    /// Builds a frame without any query: for the setup, and while the database is unavailable.
    pub fn bare(&self) -> Frame {
        Frame {
            bare: true,
            ..self.frame(Section::Elsewhere, &ReaderRows::default())
        }
    }

    fn frame(&self, section: Section, reader_rows: &ReaderRows) -> Frame {
        Frame {
            lang: self.lang,
            own_zone: self
                .me
                .as_ref()
                .and_then(|me| words::zone(&me.account.zone)),
            now: self.app.ops().now().utc(),
            site: self.frame_site(),
            section,
            here: self.here(),
            lang_in_address: self.q("lang").is_some(),
            me: self.me.as_ref().map(|me| frame_me(me, reader_rows)),
            notices: reader_rows.rows.notices,
            places: self.places(&reader_rows.rows),
            csrf: self
                .me
                .as_ref()
                .map(|me| me.form_key.clone())
                .unwrap_or_default(),
            flash: self
                .flash
                .as_ref()
                .map(|done| flash::message(self.lang, done)),
            bare: false,
            noindex: matches!(
                section,
                Section::Me | Section::Search | Section::Notices | Section::Admin
            ),
            preview: None,
            typed_form: None,
            shown_once: false,
        }
    }

    fn frame_site(&self) -> FrameSite {
        let site = self.site.as_deref();
        let host = self.our_host();
        FrameSite {
            name: site
                .map_or("Hedgerow", |site| site.name.read(self.lang))
                .to_owned(),
            url: site.map(|site| site.url.clone()).unwrap_or_default(),
            trial: is_trial(&host),
            host,
            limits: self.app.ops().policy().settings.publish,
            source_url: self.app.source_url().unwrap_or_default().to_owned(),
            zone: site
                .and_then(|site| words::zone(&site.zone))
                .unwrap_or(words::Tz::UTC),
            open: site.is_some_and(|site| site.registration != Registration::Closed),
        }
    }

    fn places(&self, rows: &FrameRows) -> Vec<RailPlace> {
        rows.communities
            .iter()
            .map(|followed| show::community::rail_place(followed, &self.path, self.lang))
            .collect()
    }
}

fn read_reader_rows(db: &mut Db, me: &Me, now: Time) -> Outcome<ReaderRows> {
    Ok(ReaderRows {
        rows: query::account::frame(db, &me.account, now)?,
        waiting: if me.is_admin() {
            query::account::count(db, AccountState::Pending)?
        } else {
            0
        },
    })
}

fn frame_me(me: &Me, reader_rows: &ReaderRows) -> frame::Me {
    let person = show::actor::person(&me.actor);
    frame::Me {
        name: person.name,
        handle: person.handle,
        url: person.url,
        avatar: person.avatar,
        admin: me.is_admin(),
        has_address: !me.account.address.is_empty() && me.account.address_refused_at.is_none(),
        refused_address: me
            .account
            .address_refused_at
            .map(|_| me.account.address.clone()),
        waiting: reader_rows.waiting,
        invitations: reader_rows.rows.invitations,
    }
}

/// Whether only this machine can reach the host.
fn is_trial(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]"
}
