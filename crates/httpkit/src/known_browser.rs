//! A proof of a browser that has signed in to an account before: its attempts to sign in are counted by
//! themselves, so that nobody can lock it out by trying passwords from elsewhere. The proof is derived
//! from the hash of the password: nothing is stored, and a new password ends it. A browser gets it with each
//! session, see [`crate::session::NewSignIn`], and anew with its own change of the password.

use domain::secret;
use http::HeaderMap;
use model::ActorId;

use crate::session::cookie;

/// The length of a proof: a SHA-256 in base64 without padding.
pub const PROOF_LENGTH: usize = 43;
/// `Max-Age` of the cookie in seconds.
const COOKIE_SECONDS: i64 = 400 * 86_400;

/// The cookie's name, as the session's: bound to the host and to https where there is https.
fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-hedgerow-known"
    } else {
        "hedgerow-known"
    }
}

/// The proof of an account with this hash of its password, which only a browser that signed in to it has.
#[must_use]
pub fn proof(account: ActorId, password_hash: &str) -> String {
    secret::digest(&format!("known browser {account} {password_hash}"))
}

/// Reads the proof that a browser sends.
#[must_use]
pub fn read(headers: &HeaderMap, https: bool) -> String {
    cookie(headers, cookie_name(https))
        .unwrap_or_default()
        .to_owned()
}

/// The `Set-Cookie` of a proof.
#[must_use]
pub fn set_cookie(https: bool, proof: &str) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!(
        "{}={proof}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECONDS}{secure}",
        cookie_name(https)
    )
}
