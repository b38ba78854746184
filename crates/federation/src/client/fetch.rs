//! GET: JSON documents of actors and objects, WebFinger and NodeInfo, and files.

use super::error::FetchError;
use super::flight::Landing;
use super::waits::Waiting;
use super::{Client, body};
use crate::identity::{authority, same_origin, without_fragment};
use crate::signature::{Outgoing, SignatureError, SigningKey};
use bytes::Bytes;
use futures::FutureExt;
use http::HeaderMap;
use mime::Mime;
use model::peer::SignatureForm;
use reqwest::Response;
use reqwest::header::{ACCEPT, LOCATION};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

/// A JSON document and where it came from.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address that answered, after the redirect if there was one.
    pub url: Url,
    /// The document.
    pub body: Value,
    /// Its bytes, unpacked.
    pub raw: Bytes,
}

impl Fetched {
    /// The document's id, as a URL.
    #[must_use]
    pub fn id(&self) -> Option<Url> {
        Url::parse(vocab::id_of(self.body.get("id")?)?).ok()
    }

    /// Whether the document may speak for its id: it came from the id's own origin, and the
    /// id is what was asked for or what answered.
    fn is_itself(&self, id: &Url, asked: &Url) -> bool {
        let (id, asked) = (without_fragment(id), without_fragment(asked));
        same_origin(&id, &self.url) && (id == asked || id == without_fragment(&self.url))
    }
}

/// How far an address may lead to a document that goes by another id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere: what is asked for is what answers. Whoever acts under an id is that id and no other.
    Itself,
    /// Within its server: a permalink leads to the post (WordPress).
    Server,
    /// Anywhere: somebody here gave the address, and means whatever is there.
    World,
}

impl Reach {
    fn admits(self, asked: &Url, id: &Url) -> bool {
        match self {
            Self::Itself => without_fragment(asked) == without_fragment(id),
            Self::Server => same_origin(asked, id),
            Self::World => true,
        }
    }
}

/// What kind of JSON is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// An ActivityPub document.
    Activity,
    /// A resource descriptor or plain JSON.
    Plain,
}

impl Kind {
    const fn accept(self) -> &'static str {
        match self {
            Self::Activity => vocab::ACCEPT,
            Self::Plain => "application/jrd+json, application/json;q=0.9",
        }
    }

    fn fits(self, mime: &Mime) -> bool {
        match self {
            Self::Activity => body::is_activity(mime),
            Self::Plain => body::is_json(mime),
        }
    }
}

impl Client {
    /// Fetches an ActivityPub document, signed where a signer is given. Its `id` is not
    /// looked at: see [`Client::get_document`].
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get_json(
        &self,
        url: &Url,
        signer: Option<&SigningKey>,
    ) -> Result<Fetched, FetchError> {
        self.get(url, Kind::Activity, signer).await
    }

    /// Fetches WebFinger, NodeInfo or other plain JSON, unsigned.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get_jrd(&self, url: &Url) -> Result<Fetched, FetchError> {
        self.get(url, Kind::Plain, None).await
    }

    /// Fetches an actor or object and makes sure it is what it says: its `id` is the asked or
    /// the answering address, on the origin that answered; else it is fetched once more by
    /// that id (a page's address was asked for, or WordPress's permalink), as far as `reach` goes.
    ///
    /// # Errors
    /// [`FetchError`]; `WrongId` when it has no id, one that is out of reach, or the second document
    /// has another one.
    pub async fn get_document(
        &self,
        url: &Url,
        reach: Reach,
        signer: Option<&SigningKey>,
    ) -> Result<Fetched, FetchError> {
        let first = self.get_json(url, signer).await?;
        let id = first.id().ok_or(FetchError::WrongId)?;
        if !reach.admits(url, &id) {
            return Err(FetchError::WrongId);
        }
        if first.is_itself(&id, url) {
            return Ok(first);
        }
        let second = self.get_json(&id, signer).await?;
        match second.id() {
            Some(same) if same == id && second.is_itself(&id, &id) => Ok(second),
            _ => Err(FetchError::WrongId),
        }
    }

    /// Fetches a file of at most `max` bytes, with its media type as claimed.
    ///
    /// # Errors
    /// [`FetchError`]; `NotJson` when no media type was given.
    pub async fn get_bytes(
        &self,
        url: &Url,
        max: usize,
        accept: &str,
    ) -> Result<(Mime, Bytes), FetchError> {
        let key = format!("file {url}");
        self.recall(&key)?;
        let _waiting = Waiting::begin();
        let outcome = self.within_time(self.file(url, max, accept)).await;
        self.shared.failures.note(&key, &outcome);
        outcome
    }

    async fn file(&self, url: &Url, max: usize, accept: &str) -> Result<(Mime, Bytes), FetchError> {
        let mut answer = self.follow(url, accept, None).await?;
        let mime = body::media_type(&answer.response).ok_or(FetchError::NotJson)?;
        Ok((mime, body::read(&mut answer.response, max).await?))
    }

    async fn get(&self, url: &Url, kind: Kind, signer: Option<&SigningKey>) -> Landing {
        let url = without_fragment(url);
        let who = signer.map_or("", SigningKey::id);
        let key = format!("{kind:?} {who} {url}");
        self.recall(&key)?;
        let start = || {
            let (client, signer, key) = (self.clone(), signer.cloned(), key.clone());
            async move {
                let outcome = client
                    .within_time(client.json(&url, kind, signer.as_ref()))
                    .await;
                client.shared.failures.note(&key, &outcome);
                outcome
            }
            .boxed()
        };
        let _waiting = Waiting::begin();
        self.shared.flights.join(key.clone(), start).await
    }

    async fn json(&self, url: &Url, kind: Kind, signer: Option<&SigningKey>) -> Landing {
        let mut answer = self.follow(url, kind.accept(), signer).await?;
        if !body::media_type(&answer.response).is_some_and(|mime| kind.fits(&mime)) {
            return Err(FetchError::NotJson);
        }
        let raw = body::read(&mut answer.response, self.shared.config.max_json).await?;
        let body = vocab::parse(&raw).map_err(|refused| match refused {
            vocab::ParseError::TooLarge | vocab::ParseError::TooMany => FetchError::TooLarge,
            vocab::ParseError::TooDeep | vocab::ParseError::NotJson => FetchError::NotJson,
        })?;
        Ok(Fetched {
            url: answer.url,
            body,
            raw,
        })
    }

    /// Sends a GET, follows one redirect, and gives the successful answer.
    async fn follow(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<&SigningKey>,
    ) -> Result<Answer, FetchError> {
        let first = self.send_get(url, accept, signer).await?;
        let Some(next) = first.redirect()? else {
            return first.successful();
        };
        // Its place in the lane is free before another is asked for.
        drop(first);
        let second = self.send_get(&next, accept, signer).await?;
        match second.redirect()? {
            Some(_) => Err(FetchError::TooManyRedirects),
            None => second.successful(),
        }
    }

    /// One GET through the guard and the host's lane, signed for exactly this address in the form
    /// that host took last; where that may be what it refuses, in the other one, once.
    async fn send_get(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<&SigningKey>,
    ) -> Result<Answer, FetchError> {
        let shared = &self.shared;
        self.check(url)?;
        let host = authority(url).unwrap_or_default();
        let place = shared.lanes.enter(&host).await;
        let response = match signer {
            None => self.ask(url, accept, HeaderMap::new()).await?,
            Some(key) => self.ask_signed(url, &host, accept, key).await?,
        };
        Ok(Answer {
            url: url.clone(),
            response,
            _place: place,
        })
    }

    /// A signed GET. That an open document was shown says nothing about the form, so only the
    /// difference between two answers is remembered.
    async fn ask_signed(
        &self,
        url: &Url,
        host: &str,
        accept: &str,
        key: &SigningKey,
    ) -> Result<Response, FetchError> {
        let forms = &self.shared.forms;
        let form = forms.of(host).await;
        let first = self.ask_in(form, url, accept, key).await?;
        let now = self.shared.config.clock.now();
        if !forms.may_mean_the_form(host, first.status().as_u16(), now) {
            return Ok(first);
        }
        let second = self.ask_in(form.other(), url, accept, key).await?;
        if matches!(second.status().as_u16(), 400 | 401) {
            forms.took_neither(host, now);
            return Ok(first);
        }
        if second.status().is_success() || second.status().is_redirection() {
            forms.took(host, form.other()).await;
        }
        Ok(second)
    }

    async fn ask_in(
        &self,
        form: SignatureForm,
        url: &Url,
        accept: &str,
        key: &SigningKey,
    ) -> Result<Response, FetchError> {
        let outgoing = Outgoing {
            method: "GET",
            url,
            body: None,
            content_type: None,
            synchronization: None,
        };
        let headers = outgoing.sign(form, key, self.shared.config.clock.now().utc());
        let unsigned = |error: SignatureError| FetchError::Unreachable(error.to_string());
        self.ask(url, accept, headers.map_err(unsigned)?).await
    }

    async fn ask(
        &self,
        url: &Url,
        accept: &str,
        headers: HeaderMap,
    ) -> Result<Response, FetchError> {
        tracing::debug!(%url, "GET");
        let http = &self.shared.http;
        let request = http.get(url.clone()).header(ACCEPT, accept);
        let sent = request.headers(headers).send().await;
        sent.map_err(|error| FetchError::of(&error))
    }

    /// A failure remembered from a moment ago, unless this is a fresh look.
    fn recall(&self, key: &str) -> Result<(), FetchError> {
        let known = if self.fresh {
            None
        } else {
            self.shared.failures.recall(key)
        };
        known.map_or(Ok(()), Err)
    }

    /// Bounds the whole of it, the wait in the lane and both hops of a redirect included.
    async fn within_time<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let limit = self.shared.config.timeout;
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or(Err(FetchError::Timeout))
    }
}

/// An answer whose body is still to be read, and its place in the host's lane until then.
struct Answer {
    url: Url,
    response: Response,
    _place: Option<OwnedSemaphorePermit>,
}

impl Answer {
    /// Where it redirects to, resolved against where it came from; the guard sees it before
    /// it is followed.
    fn redirect(&self) -> Result<Option<Url>, FetchError> {
        if !matches!(self.response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let location = self.response.headers().get(LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let next = location.and_then(|location| self.url.join(location).ok());
        let next = next.ok_or(FetchError::TooManyRedirects)?;
        Ok(Some(without_fragment(&next)))
    }

    fn successful(self) -> Result<Self, FetchError> {
        let status = self.response.status();
        if status.is_success() {
            Ok(self)
        } else {
            Err(FetchError::of_status(status.as_u16()))
        }
    }
}
