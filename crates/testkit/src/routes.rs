//! The routes of an instance, read from its routers.

use crate::instance::Instance;
use crate::person::Person;
use axum::Router;
use std::collections::BTreeSet;

/// The paths of the routers of an instance, with parameters in braces.
#[derive(Debug, Clone)]
pub struct Routes {
    pub pages: BTreeSet<String>,
    pub api: BTreeSet<String>,
    pub activitypub: BTreeSet<String>,
}

impl Instance {
    /// Returns the paths of every registered route.
    #[must_use]
    pub fn routes(&self) -> Routes {
        let (app, media) = (self.app(), self.media());
        Routes {
            pages: paths(&web::routes(app.clone(), media.clone())),
            api: paths(&api::routes(app.clone(), media.clone())),
            activitypub: paths(&federation::serve::routes(self.federation().clone())),
        }
    }
}

/// Reads the paths from the router's `Debug` output. axum lists its routes nowhere else, and a list
/// beside the router could miss a new route.
fn paths(router: &Router) -> BTreeSet<String> {
    let debug = format!("{router:?}");
    debug
        .split("RouteId(")
        .filter_map(|entry| entry.split_once("): \"")?.1.split('"').next())
        .filter(|path| path.starts_with('/') && !path.contains("__private__axum"))
        .map(str::to_owned)
        .collect()
}

/// Returns the CSRF key of the forms of a session.
#[must_use]
pub fn form_key(session: &str) -> String {
    domain::secret::form_key(session)
}

impl Person {
    /// Signs in without the form, and returns the value of the session cookie.
    pub async fn sign_in(&self) -> String {
        let token = domain::secret::token();
        let new = domain::account::NewSession {
            identity: None,
            account: self.id(),
            token_hash: domain::secret::digest(&token),
            agent: "test".to_owned(),
        };
        let open = move |tx: &mut domain::Tx<'_>| domain::account::open_session(tx, &new);
        self.instance().ops().write(open).await.unwrap();
        token
    }

    /// Calls our API with a new token; `path` is below its version. Returns the status and the body.
    pub async fn call_api(
        &self,
        method: &str,
        path: &str,
        body: serde_json::Value,
    ) -> (u16, String) {
        let token = self.api_token().await;
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("content-type", "application/json".to_owned()),
        ];
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let (method, path) = (method.parse().unwrap(), format!("/api/hedgerow/v1{path}"));
        let answer = self
            .instance()
            .send(method, &path, headers, body.to_string())
            .await;
        (answer.status, answer.body)
    }

    /// Makes an API token.
    pub async fn api_token(&self) -> String {
        let token = domain::secret::token();
        let (who, own) = (
            self.id(),
            domain::testing::own_token(&domain::secret::digest(&token)),
        );
        let make = move |tx: &mut domain::Tx<'_>| domain::oauth::make_own_token(tx, who, &own);
        self.instance().ops().write(make).await.unwrap();
        token
    }
}
