//! Those who may not see the hidden posts, and how each of them sends a request.

use super::Story;
use super::hidden::{ban, join};
use std::fmt;
use testkit::{Hostile, HttpResponse, Instance, Person};

/// The router that answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Pages,
    Api,
    ActivityPub,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Probe {
    pub side: Side,
    pub method: &'static str,
    pub path: String,
}

/// Somebody who may not see the hidden posts.
pub(super) struct Viewer {
    name: &'static str,
    pub id: Option<model::ActorId>,
    /// Session cookie and API token.
    secrets: Option<(String, String)>,
    peer: Option<Hostile>,
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Viewer {
    /// Guest, stranger, member of another community, banned person, suspended member, remote peer.
    pub async fn all(story: &Story) -> Vec<Self> {
        let alpha = &story.alpha;
        let guest = Self {
            name: "guest",
            id: None,
            secrets: None,
            peer: None,
        };
        let stranger = Self::person("stranger", &alpha.person("sam").await).await;
        let other = alpha.person("olga").await;
        join(alpha, "dyers", other.id()).await;
        other.follow("!weavers@alpha.test").await;
        other.follow("@ann@alpha.test").await;
        let other = Self::person("member of another community", &other).await;
        let banned = alpha.person("ben").await;
        join(alpha, "weavers", banned.id()).await;
        ban(alpha, "weavers", banned.id()).await;
        let banned = Self::person("banned person", &banned).await;
        let sue = alpha.person("sue").await;
        join(alpha, "weavers", sue.id()).await;
        let suspended = Self::person("suspended member", &sue).await;
        alpha.suspend(&sue).await;
        story.net.settle().await;
        let peer = Self {
            name: "remote peer",
            id: None,
            secrets: None,
            peer: Some(story.net.hostile("evil.test", |_| None).await),
        };
        vec![guest, stranger, other, banned, suspended, peer]
    }

    /// A signed-in person.
    pub async fn person(name: &'static str, person: &Person) -> Self {
        Self {
            name,
            id: Some(person.id()),
            secrets: Some((person.sign_in().await, person.api_token().await)),
            peer: None,
        }
    }

    /// Whether a viewer sends requests there: people send none to ActivityPub, peers none elsewhere.
    pub fn uses(&self, side: Side) -> bool {
        match side {
            Side::ActivityPub => self.secrets.is_none(),
            Side::Pages | Side::Api => self.peer.is_none(),
        }
    }

    /// Sends a request.
    pub async fn send(&self, alpha: &Instance, probe: &Probe) -> HttpResponse {
        let form = probe.side == Side::Pages && probe.method != "GET";
        let mut headers = match &self.peer {
            Some(peer) if probe.method == "GET" => peer.signed_get(&alpha.at(&probe.path)),
            Some(_) | None => Default::default(),
        };
        let accept = match probe.side {
            Side::Pages => "text/html",
            Side::Api => "application/json",
            Side::ActivityPub => "application/activity+json",
        };
        headers.insert("accept", accept.parse().unwrap());
        let typed = probe.path.split("?q=").nth(1).unwrap_or_default();
        let mut body = format!(r#"{{"lang": "en", "body": "A reply.", "q": "{typed}"}}"#);
        if form {
            let kind = "application/x-www-form-urlencoded";
            headers.insert("content-type", kind.parse().unwrap());
            headers.insert("origin", alpha.at("").parse().unwrap());
            body = "lang=en&body=A+reply.".to_owned();
        }
        if let Some((session, token)) = &self.secrets {
            headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
            if probe.side == Side::Pages {
                headers.remove("authorization");
                let cookie = format!("hedgerow={session}");
                headers.insert("cookie", cookie.parse().unwrap());
                body = format!("{body}&csrf={}", testkit::form_key(session));
            }
        }
        if probe.method == "GET" {
            body.clear();
        }
        let method = probe.method.parse().unwrap();
        alpha.send(method, &probe.path, headers, body).await
    }
}
