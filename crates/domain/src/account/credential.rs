//! What an account signs in with. Hashes are made and compared before the verb, see [`crate::password`].

use crate::{Outcome, Tx};
use model::ActorId;
use model::account::CredentialKind;
use store::account::credential;
use store::row;

/// Stores the hash of a new password, in place of the one the account had, if any.
pub(super) fn replace_password(tx: &mut Tx<'_>, owner: ActorId, hash: &str) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::Password)?;
    let row = row::Credential {
        id: tx.id(),
        account_id: owner,
        kind: CredentialKind::Password,
        secret: hash.to_owned(),
        created_at: tx.now,
        step: 0,
    };
    Ok(credential::insert(tx.db, &row)?)
}
