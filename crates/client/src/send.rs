//! Sends requests that other parts build, such as a sign-in's to an identity provider.

use super::error::FetchError;
use super::network_wait::NetworkWait;
use super::{Client, body};
use http::{Request, Response};
use httpsig::authority;
use url::Url;

impl Client {
    /// Sends a request within the guard, the limits and the timeout, and returns the response whatever its
    /// status. Redirects are not followed, and nothing is cached.
    ///
    /// # Errors
    /// [`FetchError`]; `TooLarge` where the body has more than `max_json` bytes.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let _waiting = NetworkWait::begin();
        self.within_timeout(self.send_once(request)).await
    }

    async fn send_once(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let broken = |why: String| FetchError::Unreachable(why);
        let url = Url::parse(&request.uri().to_string()).map_err(|e| broken(e.to_string()))?;
        self.check(&url)?;
        let host = authority(&url).unwrap_or_default();
        let _permit = self.shared.host_limits.acquire(&host).await;
        tracing::debug!(%url, method = %request.method(), "request");
        let (parts, content) = request.into_parts();
        let request = self.shared.short_idle_http.request(parts.method, url);
        let sent = request.headers(parts.headers).body(content).send().await;
        let mut response = sent.map_err(|error| FetchError::of(&error))?;
        let content = body::read(&mut response, self.shared.config.max_json).await?;
        let mut answer = Response::new(content.to_vec());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        Ok(answer)
    }
}
