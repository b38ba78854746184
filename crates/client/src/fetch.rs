//! Sends GET requests for JSON documents and files.

use super::error::FetchError;
use super::network_wait::NetworkWait;
use super::origin::{same_origin, without_fragment};
use super::{Client, body};
use bytes::Bytes;
use futures::FutureExt;
use http::HeaderMap;
use httpsig::{RequestToSign, SignatureError, SignatureForm, SigningKey, authority};
use mime::Mime;
use reqwest::Response;
use reqwest::header::{ACCEPT, LOCATION};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

/// A kind of JSON document: the media types it has, and how its bytes are read.
#[derive(Debug, Clone, Copy)]
pub struct JsonFormat {
    /// The `Accept` header.
    pub accept: &'static str,
    /// Whether a response's media type is of this format.
    pub accepts: fn(&Mime) -> bool,
    /// Parses a document, within limits of depth and size.
    pub parse: fn(&[u8]) -> Result<Value, FetchError>,
    /// Returns the id that a document names.
    pub id_of: fn(&Value) -> Option<&str>,
}

/// The result of a fetch, shared by all who asked for it.
pub(super) type FetchResult = Result<Fetched, FetchError>;

/// A JSON document and where it came from.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address that answered, after the redirect if there was one.
    pub url: Url,
    /// The id that the document names, where that is a URL.
    pub id: Option<Url>,
    /// The parsed document.
    pub body: Value,
    /// The document's bytes after decompression.
    pub raw: Bytes,
}

impl Fetched {
    /// Whether the document is the authoritative one for its id: it came from the id's own origin,
    /// and the id is the requested or the final address.
    fn is_authoritative(&self, id: &Url, requested: &Url) -> bool {
        let (id, requested) = (without_fragment(id), without_fragment(requested));
        same_origin(&id, &self.url) && (id == requested || id == without_fragment(&self.url))
    }
}

/// Which ids a document may have, relative to the requested address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdMatch {
    /// The requested address only. For actors: an activity's actor is that id and no other.
    Exact,
    /// Any id on the same origin: a permalink redirects to the post (WordPress).
    SameOrigin,
    /// Any id: a person entered the address of a page.
    Any,
}

impl IdMatch {
    fn allows(self, requested: &Url, id: &Url) -> bool {
        match self {
            Self::Exact => without_fragment(requested) == without_fragment(id),
            Self::SameOrigin => same_origin(requested, id),
            Self::Any => true,
        }
    }
}

impl Client {
    /// Fetches a JSON document, signed where a signer is given. Does not check its id: see
    /// [`Client::get_document`].
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get_json(
        &self,
        format: &'static JsonFormat,
        url: &Url,
        signer: Option<&SigningKey>,
    ) -> Result<Fetched, FetchError> {
        let url = without_fragment(url);
        let key_id = signer.map_or("", SigningKey::id);
        let key = format!("{} {key_id} {url}", format.accept);
        self.check_failure_cache(&key)?;
        self.count_document()?;
        let start = || {
            let (client, signer, key) = (self.clone(), signer.cloned(), key.clone());
            async move {
                let request = client.json(format, &url, signer.as_ref());
                let result = client.within_timeout(request).await;
                client.shared.failures.record(&key, &result);
                result
            }
            .boxed()
        };
        let _waiting = NetworkWait::begin();
        self.shared.coalescer.join(key.clone(), start).await
    }

    /// Fetches a document and checks its id: it must be the requested or the final address, on the
    /// origin that answered. Otherwise the document is fetched once more by its id (the address was
    /// that of a page, or WordPress's permalink), as far as `allowed` permits.
    ///
    /// # Errors
    /// [`FetchError`]; `WrongId` when the document has no id, one that is not allowed, or the second
    /// document has another one.
    pub async fn get_document(
        &self,
        format: &'static JsonFormat,
        url: &Url,
        allowed: IdMatch,
        signer: Option<&SigningKey>,
    ) -> Result<Fetched, FetchError> {
        let first = self.get_json(format, url, signer).await?;
        let id = first.id.clone().ok_or(FetchError::WrongId)?;
        if !allowed.allows(url, &id) {
            return Err(FetchError::WrongId);
        }
        if first.is_authoritative(&id, url) {
            return Ok(first);
        }
        let second = self.get_json(format, &id, signer).await?;
        let has_same_id = second.id.as_ref() == Some(&id);
        if has_same_id && second.is_authoritative(&id, &id) {
            Ok(second)
        } else {
            Err(FetchError::WrongId)
        }
    }

    /// Fetches a file of at most `max` bytes; returns its declared media type too.
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
        self.check_failure_cache(&key)?;
        self.count_document()?;
        let _waiting = NetworkWait::begin();
        let result = self.within_timeout(self.file(url, max, accept)).await;
        self.shared.failures.record(&key, &result);
        result
    }

    async fn file(&self, url: &Url, max: usize, accept: &str) -> Result<(Mime, Bytes), FetchError> {
        let mut fetched = self.get_following_redirect(url, accept, None).await?;
        let mime = body::media_type(&fetched.response).ok_or(FetchError::NotJson)?;
        Ok((mime, body::read(&mut fetched.response, max).await?))
    }

    async fn json(
        &self,
        format: &JsonFormat,
        url: &Url,
        signer: Option<&SigningKey>,
    ) -> FetchResult {
        let mut fetched = self
            .get_following_redirect(url, format.accept, signer)
            .await?;
        if !body::media_type(&fetched.response).is_some_and(|mime| (format.accepts)(&mime)) {
            return Err(FetchError::NotJson);
        }
        let raw = body::read(&mut fetched.response, self.shared.config.max_json).await?;
        let body = (format.parse)(&raw)?;
        Ok(Fetched {
            url: fetched.url,
            id: (format.id_of)(&body).and_then(|id| Url::parse(id).ok()),
            body,
            raw,
        })
    }

    /// Sends a GET, follows one redirect, and returns the successful response.
    pub(super) async fn get_following_redirect(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<&SigningKey>,
    ) -> Result<OpenResponse, FetchError> {
        let first = self.send_get(url, accept, signer).await?;
        let Some(next) = first.redirect()? else {
            return first.successful();
        };
        // Returns the permit of the first host before asking for one of the next.
        drop(first);
        let second = self.send_get(&next, accept, signer).await?;
        match second.redirect()? {
            Some(_) => Err(FetchError::TooManyRedirects),
            None => second.successful(),
        }
    }

    /// Sends one GET within the guard and the host's limit, signed for this address in the form that
    /// the host accepted last; if the host may refuse that form, once more in the other one.
    async fn send_get(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<&SigningKey>,
    ) -> Result<OpenResponse, FetchError> {
        let shared = &self.shared;
        self.check(url)?;
        let host = authority(url).unwrap_or_default();
        let permit = shared.host_limits.acquire(&host).await;
        let response = match signer {
            None => self.send_with(url, accept, HeaderMap::new()).await?,
            Some(key) => self.send_signed(url, &host, accept, key).await?,
        };
        Ok(OpenResponse {
            url: url.clone(),
            response,
            _permit: permit,
        })
    }

    /// Sends a signed GET. A success does not show that the form was accepted, since the document may
    /// be public; only a difference between the two forms is recorded.
    async fn send_signed(
        &self,
        url: &Url,
        host: &str,
        accept: &str,
        key: &SigningKey,
    ) -> Result<Response, FetchError> {
        let negotiation = &self.shared.signature_negotiation;
        let form = negotiation.form_for(host).await;
        let first = self.send_in_form(form, url, accept, key).await?;
        let now = self.now();
        if !negotiation.may_refuse_form(host, first.status().as_u16(), now) {
            return Ok(first);
        }
        let second = self.send_in_form(form.other(), url, accept, key).await?;
        if matches!(second.status().as_u16(), 400 | 401) {
            negotiation.both_refused(host, now);
            return Ok(first);
        }
        if second.status().is_success() || second.status().is_redirection() {
            negotiation.accepted(host, form.other()).await;
        }
        Ok(second)
    }

    async fn send_in_form(
        &self,
        form: SignatureForm,
        url: &Url,
        accept: &str,
        key: &SigningKey,
    ) -> Result<Response, FetchError> {
        let request = RequestToSign {
            method: "GET",
            url,
            body: None,
            content_type: None,
            extra_headers: &[],
        };
        let headers = request.sign(form, key, self.now());
        let unsigned = |error: SignatureError| FetchError::Unreachable(error.to_string());
        self.send_with(url, accept, headers.map_err(unsigned)?)
            .await
    }

    async fn send_with(
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

    /// Returns the cached failure of a request as its error.
    fn check_failure_cache(&self, key: &str) -> Result<(), FetchError> {
        let known = if self.ignores_failure_cache {
            None
        } else {
            self.shared.failures.get(key)
        };
        known.map_or(Ok(()), Err)
    }

    /// Applies the timeout to a whole request, including the wait for its host and both hops of a
    /// redirect.
    pub(super) async fn within_timeout<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let limit = self.shared.config.timeout;
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or(Err(FetchError::Timeout))
    }
}

/// A response whose body is unread, with its host's permit.
pub(super) struct OpenResponse {
    pub url: Url,
    pub response: Response,
    _permit: Option<OwnedSemaphorePermit>,
}

impl OpenResponse {
    /// Returns the target of a redirect, resolved against the response's URL. The guard checks it
    /// before it is followed.
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
