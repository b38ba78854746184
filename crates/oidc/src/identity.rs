//! What a provider says of a person.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest subject and session that a provider may name, in bytes (Core §2 limits the subject to that).
pub(crate) const ID_MAX: usize = 255;
/// The longest name or address that is read, in characters; what is longer is cut.
const TEXT_MAX: usize = 255;

/// The claims that hold what an account is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    pub handle: String,
    pub name: String,
    pub mail: String,
    pub groups: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let [handle, name, mail, groups] = ["preferred_username", "name", "email", "groups"];
        Self {
            handle: handle.to_owned(),
            name: name.to_owned(),
            mail: mail.to_owned(),
            groups: groups.to_owned(),
        }
    }
}

/// A person, as a provider knows them. Issuer and subject together never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// The provider's session, where it names it.
    pub session: Option<String>,
    /// The name to sign in with there; may be empty, and may be an address.
    pub handle: String,
    pub name: String,
    pub mail: String,
    /// Whether the provider has checked that the address is theirs.
    pub mail_verified: bool,
    pub groups: Vec<String>,
    /// Whether they have passed a second factor there that counts as ours.
    pub has_factor: bool,
    /// When they last showed there who they are (`auth_time`), in Unix seconds, where the provider says.
    pub authenticated_at: Option<i64>,
}

impl Identity {
    /// Reads the claims of a verified token. `trusts_mail` takes an address as verified where the provider does
    /// not say.
    #[must_use]
    pub fn read(
        issuer: &str,
        subject: &str,
        claims: &Map<String, Value>,
        names: &ClaimNames,
        trusts_mail: bool,
    ) -> Self {
        let text = |name: &str| -> String {
            let text = one(claims, name).unwrap_or_default();
            text.chars().take(TEXT_MAX).collect()
        };
        // What is said of `email` is not said of another claim.
        let said = match names.mail == EMAIL {
            true => is_verified(claims),
            false => None,
        };
        let name = match text(&names.name) {
            name if name.is_empty() => {
                let parts = [text("given_name"), text("family_name")];
                parts.join(" ").trim().to_owned()
            }
            name => name,
        };
        Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            session: one(claims, "sid").map(str::to_owned),
            handle: text(&names.handle),
            name,
            mail: text(&names.mail),
            mail_verified: said.unwrap_or(trusts_mail),
            groups: many(claims, &names.groups),
            has_factor: false,
            authenticated_at: find(claims, "auth_time").and_then(Value::as_i64),
        }
    }
}

/// Whether the claims of an ID token say that somebody has passed a second factor: its class (`acr`) or one of its
/// methods (`amr`) is among those that count.
pub(crate) fn has_factor(claims: &Map<String, Value>, counting: &[String]) -> bool {
    let counts = |text: &str| counting.iter().any(|one| one == text);
    one(claims, "acr").is_some_and(counts) || many(claims, "amr").iter().any(|one| counts(one))
}

/// Whether a claim is there.
pub(crate) fn has(claims: &Map<String, Value>, name: &str) -> bool {
    find(claims, name).is_some()
}

/// Adds the claims of the userinfo endpoint that the ID token does not have. What it says of its own address says
/// nothing of another one in the token.
pub(crate) fn add_claims(claims: &mut Map<String, Value>, more: Map<String, Value>) {
    let is_other = claims
        .get(EMAIL)
        .is_some_and(|own| more.get(EMAIL) != Some(own));
    for (name, value) in more {
        if !(is_other && VERIFIED.contains(&name.as_str())) {
            claims.entry(name).or_insert(value);
        }
    }
}

/// The claim with the address of which [`VERIFIED`] speak.
const EMAIL: &str = "email";
/// The claims that say whether the address is verified.
const VERIFIED: [&str; 2] = ["email_verified", "xms_edov"];

/// Whether the provider has checked the address, where it says; some write the word as a string, and Entra
/// has a claim of its own (`xms_edov`), which says that it owns the domain of the address.
fn is_verified(claims: &Map<String, Value>) -> Option<bool> {
    let said = VERIFIED.map(|name| claims.get(name));
    said.into_iter().flatten().next().map(|value| match value {
        Value::Bool(yes) => *yes,
        Value::String(word) => word == "true" || word == "1",
        Value::Number(number) => number.as_u64() == Some(1),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    })
}

/// Finds a claim; a dot leads into an object, as in Keycloak's `realm_access.roles`. A claim whose own name
/// has dots comes first.
fn find<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    if let Some(found) = claims.get(name) {
        return Some(found);
    }
    let (first, rest) = name.split_once('.')?;
    find(claims.get(first)?.as_object()?, rest)
}

fn one<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    let text = find(claims, name)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The texts of a list; a single text counts as a list of one.
fn many(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match find(claims, name) {
        Some(Value::Array(items)) => {
            let texts = items.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    }
}
