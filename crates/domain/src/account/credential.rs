//! What an account signs in with. Hashes are made and compared before the verb, see [`crate::password`].

use crate::{Outcome, Tx};
use model::ActorId;
use model::account::CredentialKind;
use store::account::credential;
use store::row;

/// A new credential of an account, with nothing that only some kinds have.
pub(super) fn new(
    tx: &Tx<'_>,
    owner: ActorId,
    kind: CredentialKind,
    secret: &str,
) -> row::Credential {
    row::Credential {
        id: tx.id(),
        account_id: owner,
        kind,
        secret: secret.to_owned(),
        created_at: tx.now,
        step: 0,
        name: String::new(),
        key_id: String::new(),
        used_at: None,
    }
}

/// Stores the hash of a new password, in place of the one the account had, if any.
pub(super) fn replace_password(tx: &mut Tx<'_>, owner: ActorId, hash: &str) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::Password)?;
    let row = new(tx, owner, CredentialKind::Password, hash);
    Ok(credential::insert(tx.db, &row)?)
}
