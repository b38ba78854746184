//! Who asks, for which page, in which language; and the frame of the page they get.

use axum::extract::FromRequestParts;
use domain::{Error, Outcome};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use httpkit::read::account::FrameRows;
use httpkit::{App, ClientIp, Me, Visitor, read, session};
use model::refusal::Rule;
use model::{AccountState, Lang, Refusal, Registration, Site, Time, Urls};
use std::net::IpAddr;
use std::sync::Arc;
use store::Db;

use super::answer::Fail;
use super::{flash, show};
use crate::frame;
use crate::frame::{Frame, RailPlace, Section, Site as FrameSite};

/// The cookie that keeps a guest's language.
pub const LANG_COOKIE: &str = "lang";

/// A request as every handler knows it.
#[derive(Clone)]
pub struct Ask {
    /// What every handler holds.
    pub app: App,
    /// Who asks, where they are signed in.
    pub me: Option<Me>,
    /// The language of the page.
    pub lang: Lang,
    /// Where the request comes from.
    pub ip: IpAddr,
    /// The path, as asked.
    pub path: String,
    /// The host asked for; needed only before the setup says which is ours.
    pub host: String,
    site: Option<Arc<Site>>,
    query: Vec<(String, String)>,
    flash: Option<&'static str>,
}

/// What surrounds the rows of a page: the reader's own.
#[derive(Default)]
struct Around {
    rows: FrameRows,
    waiting: i64,
}

impl FromRequestParts<App> for Ask {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fail> {
        let Ok(Visitor(me)) = Visitor::from_request_parts(parts, app).await;
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, app).await;
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let asked = value(&query, "lang").and_then(Lang::from_tag);
        if let (Some(lang), Some(me), &Method::GET) = (asked, &me, &parts.method)
            && me.account.lang != lang
        {
            let id = me.id();
            let verb = move |tx: &mut domain::Tx<'_>| domain::account::set_lang(tx, id, lang);
            app.ops().write(verb).await?;
        }
        let site = app.ops().site();
        Ok(Self {
            lang: language(&parts.headers, asked, me.as_ref(), site.as_deref()),
            me,
            ip,
            path: parts.uri.path().to_owned(),
            host: text(&parts.headers, header::HOST).to_owned(),
            site,
            query,
            flash: flash::read(&parts.headers),
            app: app.clone(),
        })
    }
}

/// `?lang=` counts before the account's own language, that before the cookie's, and so on.
fn language(
    headers: &HeaderMap,
    asked: Option<Lang>,
    me: Option<&Me>,
    site: Option<&Site>,
) -> Lang {
    let kept = match me {
        Some(me) => Some(me.account.lang.as_str()),
        None => session::cookie(headers, LANG_COOKIE),
    };
    words::negotiate(
        asked.map(Lang::as_str),
        kept,
        Some(text(headers, header::ACCEPT_LANGUAGE)),
        site.map_or(Lang::En, Site::default_lang),
    )
}

/// The language of a guest's page.
pub fn guest_language(headers: &HeaderMap, query: Option<&str>, site: &Site) -> Lang {
    let query = pairs(query.unwrap_or_default().as_bytes());
    let asked = value(&query, "lang").and_then(Lang::from_tag);
    language(headers, asked, None, Some(site))
}

/// A header's text, empty where there is none.
pub fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Reads `application/x-www-form-urlencoded`.
pub fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded)
        .map(|(name, value)| (name.into_owned(), without_nul(&value)))
        .collect()
}

/// Without the one character that PostgreSQL keeps in no text.
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

fn value<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let found = query.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

impl Ask {
    /// A value of the query.
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

    /// The signed-in admin.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn | Admin)`.
    pub fn admin(&self) -> Result<&Me, Refusal> {
        let me = self.me()?;
        if me.is_admin() {
            Ok(me)
        } else {
            Err(Refusal::NotAllowed(Rule::Admin))
        }
    }

    /// What the instance says of itself.
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

    /// Path and query without `lang`: what the language switch leads back to.
    pub fn here(&self) -> String {
        let others = self.query.iter().filter(|(key, _)| key != "lang");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .finish();
        match query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// Reads what a page shows, and what surrounds it, in one go.
    ///
    /// # Errors
    /// Those of `rows`; faults.
    pub async fn page<T, F>(&self, section: Section, rows: F) -> Outcome<(Frame, T)>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db) -> Outcome<T> + Send + 'static,
    {
        self.page_around(section, |db, _| rows(db)).await
    }

    /// As [`Ask::page`], for pages that look at what the reader follows.
    ///
    /// # Errors
    /// As [`Ask::page`].
    pub async fn page_around<T, F>(&self, section: Section, rows: F) -> Outcome<(Frame, T)>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &FrameRows) -> Outcome<T> + Send + 'static,
    {
        let (me, now) = (self.me.clone(), self.app.ops().now());
        let read = move |db: &mut Db| -> Outcome<(Around, T)> {
            let around = match &me {
                Some(me) => around(db, me, now)?,
                None => Around::default(),
            };
            let rows = rows(db, &around.rows)?;
            Ok((around, rows))
        };
        let (around, rows) = self.app.store().read(read).await?;
        Ok((self.frame(section, &around), rows))
    }

    /// The frame of a page that shows no rows. A guest's needs no reading at all.
    ///
    /// # Errors
    /// Faults.
    pub async fn framed(&self, section: Section) -> Outcome<Frame> {
        if self.me.is_none() {
            return Ok(self.frame(section, &Around::default()));
        }
        let (f, ()) = self.page(section, |_| Ok(())).await?;
        Ok(f)
    }

    /// A frame without any row: the setup, and pages shown while the database is away.
    pub fn bare(&self) -> Frame {
        Frame {
            bare: true,
            ..self.frame(Section::Elsewhere, &Around::default())
        }
    }

    fn frame(&self, section: Section, around: &Around) -> Frame {
        Frame {
            lang: self.lang,
            now: self.app.ops().now().utc(),
            site: self.frame_site(),
            section,
            here: self.here(),
            me: self.me.as_ref().map(|me| frame_me(me, around.waiting)),
            notices: around.rows.notices,
            places: self.places(&around.rows),
            csrf: self
                .me
                .as_ref()
                .map(|me| me.form_key.clone())
                .unwrap_or_default(),
            flash: self.flash.map(|key| flash::message(self.lang, key)),
            bare: false,
        }
    }

    fn frame_site(&self) -> FrameSite {
        let site = self.site.as_deref();
        let host = self.our_host();
        FrameSite {
            name: site
                .map_or("Hedgerow", |site| site.name.read(self.lang))
                .to_owned(),
            trial: is_trial(&host),
            host,
            limits: self.app.ops().policy().settings.publish,
            source_url: self.app.source_url().unwrap_or_default().to_owned(),
            open: site.is_some_and(|site| site.registration != Registration::Closed),
        }
    }

    fn places(&self, rows: &FrameRows) -> Vec<RailPlace> {
        rows.communities
            .iter()
            .map(|(place, _, unread)| {
                let shown = show::community::place(place, self.lang);
                let here = self.path.strip_prefix(shown.url.as_str());
                RailPlace {
                    here: here.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
                    name: shown.name,
                    url: shown.url,
                    colour: shown.colour,
                    unread: *unread,
                }
            })
            .collect()
    }
}

fn around(db: &mut Db, me: &Me, now: Time) -> Outcome<Around> {
    Ok(Around {
        rows: read::account::frame(db, me, now)?,
        waiting: if me.is_admin() {
            store::account::count(db, AccountState::Pending)?
        } else {
            0
        },
    })
}

fn frame_me(me: &Me, waiting: i64) -> frame::Me {
    let person = show::actor::person(&me.actor);
    frame::Me {
        name: person.name,
        handle: person.handle,
        url: person.url,
        avatar: person.avatar,
        admin: me.is_admin(),
        waiting,
    }
}

/// Only this machine can reach it.
fn is_trial(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]"
}
