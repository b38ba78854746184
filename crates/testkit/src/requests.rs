//! Unsigned requests to an instance.

use crate::instance::Instance;
use axum::http::HeaderMap;
use serde_json::Value;

impl Instance {
    /// Requests a path without a signature, and returns status, headers and body.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let url = format!("http://{}{path}", self.addr());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.get(url).header("host", self.host());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.unwrap())
    }

    /// Returns the ActivityPub document at a path.
    pub async fn document(&self, path: &str) -> Value {
        let accept = [("accept", "application/activity+json")];
        let (status, _, body) = self.get(path, &accept).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}
