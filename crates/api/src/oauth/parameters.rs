//! The parameters of a request: a form, as OAuth has it, or JSON or a multipart form, as Mastodon's clients
//! send them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::token::OauthError;

/// The parameters of a request, in their order. One may come several times only where it is a list.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of a parameter; `None` where it is absent or empty (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The values of a list, whether it is written with brackets, one on a line, or several times.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(key, _)| {
            let key = key.strip_suffix("[]").unwrap_or(key);
            key == name
        });
        let lines = values.flat_map(|(_, value)| value.split_whitespace());
        lines.map(str::to_owned).collect()
    }

    /// Whether a parameter of these came more than once, which OAuth forbids.
    pub fn repeats(&self, names: &[&str]) -> bool {
        let count = |name: &str| self.0.iter().filter(|(key, _)| key == name).count();
        names.iter().any(|name| count(name) > 1)
    }
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let unreadable = || OauthError::InvalidRequest("the body cannot be read").into_response();
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let parts = Multipart::from_request(request, state).await;
            let parts = parts.map_err(|_bad| unreadable())?;
            return read_parts(parts).await.ok_or_else(unreadable);
        }
        let is_json = kind.starts_with("application/json");
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_bad| unreadable())?;
        match is_json {
            true => from_json(&bytes).ok_or_else(unreadable),
            false => Ok(Self(httpkit::body::form_pairs(&bytes))),
        }
    }
}

async fn read_parts(mut parts: Multipart) -> Option<Parameters> {
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.ok()?;
        pairs.push((name, httpkit::body::without_nul(&text)));
    }
    Some(Parameters(pairs))
}

fn from_json(bytes: &[u8]) -> Option<Parameters> {
    let Ok(Value::Object(object)) = crate::extract::parsed(bytes) else {
        return None;
    };
    let mut pairs = Vec::new();
    for (name, value) in object {
        match value {
            Value::String(text) => pairs.push((name, text)),
            Value::Array(list) => {
                let texts = list.iter().filter_map(Value::as_str);
                pairs.extend(texts.map(|text| (format!("{name}[]"), text.to_owned())));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }
    Some(Parameters(pairs))
}
