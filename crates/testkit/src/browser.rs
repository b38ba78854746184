//! A browser without JavaScript, which keeps cookies, as far as sign-in needs one.

use crate::instance::Instance;
use axum::http::{HeaderMap, Method};
use std::collections::BTreeMap;

/// A browser on an instance.
pub struct Browser {
    instance: Instance,
    cookies: BTreeMap<String, String>,
}

/// A page, or a redirect.
#[derive(Debug, Clone)]
pub struct Visited {
    pub status: u16,
    /// The target of a redirect; empty without one.
    pub location: String,
    /// Where the page leads on by itself; empty for nowhere.
    pub refresh: String,
    pub body: String,
}

impl Browser {
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        Self {
            instance: instance.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// Takes a cookie along from now on.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page of the instance.
    pub async fn open(&mut self, path: &str) -> Visited {
        let origin = self.instance.at("");
        self.send(Method::GET, path, String::new(), &origin).await
    }

    /// Submits a form, with the key that forms carry: that of any page, or of its own where no other is for this session.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Visited {
        let mut key = self.form_key("/settings/profile").await;
        if key.is_none() {
            key = self.form_key(path).await;
        }
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .extend_pairs(key.map(|key| ("csrf", key)))
            .finish();
        let origin = self.instance.at("");
        self.send(Method::POST, path, body, &origin).await
    }

    async fn form_key(&mut self, page: &str) -> Option<String> {
        let page = self.open(page).await.body;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
        Some(rest.split('"').next()?.to_owned())
    }

    /// Submits a form of a page of another site.
    pub async fn submit_from(&mut self, origin: &str, path: &str, body: &str) -> Visited {
        self.send(Method::POST, path, body.to_owned(), origin).await
    }

    /// Whose pages it gets: `@handle`; empty for a guest's.
    pub async fn signed_in_as(&mut self) -> String {
        self.open("/me").await.location
    }

    async fn send(&mut self, method: Method, path: &str, body: String, origin: &str) -> Visited {
        let mut headers = HeaderMap::new();
        let all = self.cookies.iter();
        let cookies: Vec<String> = all.map(|(name, value)| format!("{name}={value}")).collect();
        for (name, value) in [
            ("accept", "text/html"),
            ("accept-language", "en"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin),
            ("cookie", cookies.join("; ").as_str()),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let answer = self.instance.request(method, path, headers, body).await;
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |to| to.to_str().unwrap()).to_owned()
        };
        Visited {
            status: answer.status().as_u16(),
            location: header("location"),
            refresh: header("refresh").trim_start_matches("0; url=").to_owned(),
            body: answer.text().await.unwrap(),
        }
    }
}
