//! E-mail addresses of accounts, and the links in mails.

use domain::Outcome;
use model::mail::{MailAddress, MailLinkKind};
use store::Db;
use store::row::MailLink;

use crate::Reader;

/// The link whose token has a digest, while it can be used.
///
/// # Errors
/// Faults.
pub fn mail_link(
    db: &mut Db,
    reader: Reader,
    kind: MailLinkKind,
    digest: &str,
) -> Outcome<Option<MailLink>> {
    Ok(store::account::mail::link(db, digest, kind, reader.now)?)
}

/// Whether a link has expired and its row is still there. `kind` is `None` for the link of an administrator.
///
/// # Errors
/// Faults.
pub fn link_has_expired(
    db: &mut Db,
    reader: Reader,
    kind: Option<MailLinkKind>,
    digest: &str,
) -> Outcome<bool> {
    Ok(match kind {
        Some(kind) => store::account::mail::has_expired(db, digest, kind, reader.now)?,
        None => store::account::sign_in_link::has_expired(db, digest, reader.now)?,
    })
}

/// The addresses of an account, confirmed or not, for the demo's page of mails.
///
/// # Errors
/// Faults.
pub fn addresses(db: &mut Db, handle: &str) -> Outcome<Vec<MailAddress>> {
    let Some((account, _)) = store::account::by_handle(db, handle)? else {
        return Ok(Vec::new());
    };
    let both = [account.address, account.pending_address];
    Ok(both.iter().filter_map(|text| text.parse().ok()).collect())
}
