//! Plain HTTP requests to an instance.

use crate::instance::Instance;
use axum::http::{HeaderMap, Method};
use serde_json::Value;
use std::sync::LazyLock;

/// The parts of a response that a client can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// The target of a redirect; empty without one.
    pub location: String,
    pub body: String,
}

impl Instance {
    /// Requests a path without a signature, and returns status, headers and body.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        let answer = self.request(Method::GET, path, map, String::new()).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.unwrap())
    }

    /// How many bytes the body of a response has on its way to a browser.
    pub async fn compressed_size(&self, path: &str) -> usize {
        let mut headers = HeaderMap::new();
        headers.insert("accept", "text/html,*/*".parse().unwrap());
        headers.insert("accept-encoding", "gzip".parse().unwrap());
        let answer = self.request(Method::GET, path, headers, String::new());
        let answer = answer.await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.bytes().await.unwrap().len()
    }

    /// Sends any request, and follows no redirect.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: String,
    ) -> HttpResponse {
        let answer = self.request(method, path, headers, body).await;
        let location = answer.headers().get("location");
        HttpResponse {
            status: answer.status().as_u16(),
            location: location.map_or("", |to| to.to_str().unwrap()).to_owned(),
            body: answer.text().await.unwrap(),
        }
    }

    /// Submits a form of a page of this instance, as a guest.
    pub async fn send_form(&self, path: &str, form: &str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        let origin = self.at("");
        for (name, value) in [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        self.send(Method::POST, path, headers, form.to_owned())
            .await
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: String,
    ) -> reqwest::Response {
        static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
            let no_redirect = reqwest::redirect::Policy::none();
            let client = reqwest::Client::builder()
                .no_proxy()
                .no_gzip()
                .redirect(no_redirect);
            client.pool_max_idle_per_host(0).build().unwrap()
        });
        headers.insert("host", self.host().parse().unwrap());
        let url = format!("http://{}{path}", self.addr());
        let request = HTTP.request(method, url).headers(headers).body(body);
        request.send().await.unwrap()
    }

    /// Returns the ActivityPub document at a path.
    pub async fn document(&self, path: &str) -> Value {
        let accept = [("accept", "application/activity+json")];
        let (status, _, body) = self.get(path, &accept).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}
