//! The first run: a one-time URL that opens the setup page. Its key is random and generated at each start
//! until setup is done; only its digest is stored.

use domain::{Ops, Outcome, secret};

/// The name of the setting with the digest of the key.
pub const SETUP_KEY: &str = domain::site::SETUP_KEY;

/// Generates and returns the key; `None` when the instance is set up already.
///
/// # Errors
/// Faults of the database.
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
