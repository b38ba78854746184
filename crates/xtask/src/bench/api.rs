//! What a bench does at an instance before it measures: the verbs of the REST API, and a sign-in
//! as a browser does it.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::http::{Connection, Request};
use super::instance::PASSWORD;

/// Somebody may write this often at once; then once a second.
pub const WRITES_AT_ONCE: usize = 60;

/// As long as people write, with what costs in rendering: a list, a link, a quotation, emphasis.
const BODY: &str = "We tried the shorter hand-over on two wards for a month, and I would like to \
hear how it went elsewhere.\n\n- Fewer interruptions, as *everybody* hoped\n- The night shift asks \
for the old sheet back\n- Nobody reads the second page\n\n> What is not said at the bedside is \
written nowhere.\n\nThe form we used is on [our page](https://example.org/hand-over), and it takes \
**four minutes** a patient. Which part would you leave out?";

/// An account with a token.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name before the `@`.
    pub handle: String,
    /// For the API.
    pub token: String,
}

/// What was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// Id at its own instance.
    pub id: String,
    /// What the world calls it.
    pub ap_id: String,
}

impl Person {
    /// Asks the API as this person. `path` stands below the API's root.
    ///
    /// # Errors
    /// When the answer is no success or no JSON.
    pub fn ask(
        &self,
        at: &mut Connection,
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
        let answer = at.send(&request)?;
        if !(200..300).contains(&answer.status) {
            bail!(
                "{method} {path} was answered {}: {}",
                answer.status,
                answer.text()
            );
        }
        serde_json::from_slice(&answer.body)
            .with_context(|| format!("{method} {path} was not answered with JSON"))
    }

    /// Founds a community with this handle.
    ///
    /// # Errors
    /// As [`Person::ask`].
    pub fn found(&self, at: &mut Connection, handle: &str) -> Result<()> {
        let charter = json!({
            "handle": handle,
            "name": { "en": "Hand-over at the bedside", "fr": "La relève au chevet" },
            "purpose": { "en": "How a shift ends well", "fr": "Bien finir son quart" },
            "domain": { "en": "What is said, written and forgotten between two shifts." },
            "who": { "en": "Nurses and midwives of nine wards." },
            "practice": { "en": "We compare hand-overs and write down what holds." },
            "languages": ["en", "fr"],
        });
        self.ask(at, "POST", "/communities", Some(&charter))?;
        Ok(())
    }

    /// Starts a thread.
    ///
    /// # Errors
    /// As [`Person::ask`].
    pub fn start(&self, at: &mut Connection, community: &str, title: &str) -> Result<Published> {
        let post = json!({ "lang": "en", "title": title, "body": BODY });
        let path = format!("/communities/{community}/threads");
        published(&self.ask(at, "POST", &path, Some(&post))?)
    }

    /// Replies to a post.
    ///
    /// # Errors
    /// As [`Person::ask`].
    pub fn reply(&self, at: &mut Connection, post: &str, first: &str) -> Result<Published> {
        let reply = json!({ "lang": "en", "body": format!("{first}\n\n{BODY}") });
        let path = format!("/posts/{post}/replies");
        published(&self.ask(at, "POST", &path, Some(&reply))?)
    }

    /// Follows a person or a community; answers how the follow stands.
    ///
    /// # Errors
    /// As [`Person::ask`].
    pub fn follow(&self, at: &mut Connection, address: &str) -> Result<String> {
        let stands = self.ask(at, "PUT", &format!("/follows/{address}"), None)?;
        text(&stands, "follow")
    }

    /// Signs in with the form; answers the `Cookie` header of the session.
    ///
    /// # Errors
    /// When no session is opened.
    pub fn sign_in(&self, at: &mut Connection) -> Result<String> {
        let form = [("handle", self.handle.as_str()), ("password", PASSWORD)];
        let answer = at.send(&Request::new("POST", "/sign-in").form(&form))?;
        let session = answer
            .header("set-cookie")
            .and_then(|set| set.split(';').next());
        match session.filter(|pair| !pair.ends_with('=')) {
            Some(pair) => Ok(pair.to_owned()),
            None => bail!("/sign-in was answered {} without a session", answer.status),
        }
    }
}

fn published(post: &Value) -> Result<Published> {
    Ok(Published {
        id: text(post, "id")?,
        ap_id: text(post, "ap_id")?,
    })
}

/// A key's text.
///
/// # Errors
/// When there is no such text.
pub fn text(object: &Value, key: &str) -> Result<String> {
    let found = object.get(key).and_then(Value::as_str);
    let found = found.with_context(|| format!("there is no {key} in {object}"))?;
    Ok(found.to_owned())
}
