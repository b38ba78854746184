//! A client of the REST API, and of the sign-in form as a browser uses it: benches fill an instance
//! with it before they measure.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::http::{Connection, Request};
use super::instance::PASSWORD;

/// The number of writes that the rate limit allows an account at once; then it allows one a second.
pub const WRITE_BURST: usize = 60;

/// A post of ordinary length, with what is expensive to render: a list, a link, a quotation, emphasis.
const BODY: &str = "We tried the shorter hand-over on two wards for a month, and I would like to \
hear how it went elsewhere.\n\n- Fewer interruptions, as *everybody* hoped\n- The night shift asks \
for the old sheet back\n- Nobody reads the second page\n\n> What is not said at the bedside is \
written nowhere.\n\nThe form we used is on [our page](https://example.org/hand-over), and it takes \
**four minutes** a patient. Which part would you leave out?";

/// An account with its handle (the part before the `@`) and a token for the API.
#[derive(Debug, Clone)]
pub struct ApiUser {
    pub handle: String,
    pub token: String,
}

/// A post that the API has created: its id at its own instance, and its ActivityPub id.
#[derive(Debug, Clone)]
pub struct CreatedPost {
    pub id: String,
    pub ap_id: String,
}

impl ApiUser {
    /// Sends a request to the API with this account's token; `path` is relative to the API's root.
    ///
    /// # Errors
    /// When the status is not 2xx, or the body is not JSON.
    pub fn call(
        &self,
        connection: &mut Connection,
        method: &'static str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let request = Request::new(method, &format!("/api/hedgerow/v1{path}"))
            .header("Authorization", &format!("Bearer {}", self.token));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = connection.send(&request)?;
        if !(200..300).contains(&response.status) {
            bail!(
                "{method} {path} got status {}: {}",
                response.status,
                response.text()
            );
        }
        serde_json::from_slice(&response.body)
            .with_context(|| format!("{method} {path} got a body that is not JSON"))
    }

    /// Creates a community with this handle.
    ///
    /// # Errors
    /// As [`ApiUser::call`].
    pub fn create_community(&self, connection: &mut Connection, handle: &str) -> Result<()> {
        let charter = json!({
            "handle": handle,
            "name": { "en": "Hand-over at the bedside", "fr": "La relève au chevet" },
            "purpose": { "en": "How a shift ends well", "fr": "Bien finir son quart" },
            "domain": { "en": "What is said, written and forgotten between two shifts." },
            "who": { "en": "Nurses and midwives of nine wards." },
            "practice": { "en": "We compare hand-overs and write down what holds." },
            "languages": ["en", "fr"],
            "posts_per_hour": 0,
        });
        self.call(connection, "POST", "/communities", Some(&charter))?;
        Ok(())
    }

    /// Starts a thread in a community of this instance.
    ///
    /// # Errors
    /// As [`ApiUser::call`].
    pub fn start_thread(
        &self,
        connection: &mut Connection,
        community: &str,
        title: &str,
    ) -> Result<CreatedPost> {
        let post = json!({ "lang": "en", "title": title, "body": BODY });
        let path = format!("/communities/{community}/threads");
        published(&self.call(connection, "POST", &path, Some(&post))?)
    }

    /// Replies to a post, with `first` as the first paragraph.
    ///
    /// # Errors
    /// As [`ApiUser::call`].
    pub fn reply(
        &self,
        connection: &mut Connection,
        post: &str,
        first: &str,
    ) -> Result<CreatedPost> {
        let reply = json!({ "lang": "en", "body": format!("{first}\n\n{BODY}") });
        let path = format!("/posts/{post}/replies");
        published(&self.call(connection, "POST", &path, Some(&reply))?)
    }

    /// Follows a person or a community; returns the state of the follow.
    ///
    /// # Errors
    /// As [`ApiUser::call`].
    pub fn follow(&self, connection: &mut Connection, address: &str) -> Result<String> {
        let state = self.call(connection, "PUT", &format!("/follows/{address}"), None)?;
        text(&state, "follow")
    }

    /// Signs in with the form; returns the `Cookie` header of the session.
    ///
    /// # Errors
    /// When no session cookie is set.
    pub fn sign_in(&self, connection: &mut Connection) -> Result<String> {
        let form = [("handle", self.handle.as_str()), ("password", PASSWORD)];
        let response = connection.send(&Request::new("POST", "/sign-in").form(&form))?;
        let session = response
            .header("set-cookie")
            .and_then(|set| set.split(';').next());
        match session.filter(|pair| !pair.ends_with('=')) {
            Some(pair) => Ok(pair.to_owned()),
            None => bail!("/sign-in got status {} and no session", response.status),
        }
    }
}

fn published(post: &Value) -> Result<CreatedPost> {
    Ok(CreatedPost {
        id: text(post, "id")?,
        ap_id: text(post, "ap_id")?,
    })
}

/// Returns the string under a key.
///
/// # Errors
/// When the key is missing or is not a string.
pub fn text(object: &Value, key: &str) -> Result<String> {
    let found = object.get(key).and_then(Value::as_str);
    let found = found.with_context(|| format!("there is no {key} in {object}"))?;
    Ok(found.to_owned())
}
