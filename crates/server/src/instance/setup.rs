//! The first run: a one-time address that opens the setup. Its key is random, made anew at each
//! start until the setup is done; only its digest is kept.

use domain::{Ops, Outcome, secret};

/// The setting that holds the digest of the key.
pub const SETUP_KEY: &str = domain::site::SETUP_KEY;

/// Makes the key and answers it; `None` where the instance is set up already.
///
/// # Errors
/// Faults only.
pub async fn offer_setup(ops: &Ops) -> Outcome<Option<String>> {
    if ops.site().is_some() {
        return Ok(None);
    }
    let key = secret::token();
    let digest = secret::digest(&key);
    ops.write(move |tx| Ok(store::site::put(tx.db, SETUP_KEY, &digest)?))
        .await?;
    Ok(Some(key))
}
