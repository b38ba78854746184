//! E-mail addresses of accounts, and the links in mails.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::row::{Account, MailLink};
use crate::schema::{account, mail_link};
use diesel::prelude::*;
use model::mail::{MailAddress, MailLinkKind};
use model::{ActorId, Time};

diesel::define_sql_function! {
    /// Addresses are ASCII, which both databases fold alike.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The account with a confirmed address, however that is spelled.
pub fn by_address(db: &mut Db, address: &MailAddress) -> QueryResult<Option<Account>> {
    account::table
        .filter(account::address.ne(""))
        .filter(lower(account::address).eq(address.folded()))
        .select(Account::as_select())
        .first(db)
        .optional()
}

/// Takes an address, however it is spelled, from the accounts for which it waits to be confirmed, and deletes the
/// links that would confirm it.
pub fn clear_pending(db: &mut Db, address: &MailAddress) -> QueryResult<()> {
    let waiting = account::table.filter(lower(account::pending_address).eq(address.folded()));
    diesel::update(waiting)
        .set(account::pending_address.eq(""))
        .execute(db)?;
    let links = mail_link::table
        .filter(mail_link::kind.eq(MailLinkKind::Confirm))
        .filter(lower(mail_link::address).eq(address.folded()));
    diesel::delete(links).execute(db)?;
    Ok(())
}

/// Stores the confirmed address and the one that waits to be confirmed; `None` for neither.
pub fn set_addresses(
    db: &mut Db,
    id: ActorId,
    confirmed: Option<&MailAddress>,
    pending: Option<&MailAddress>,
) -> QueryResult<()> {
    let text = |address: Option<&MailAddress>| address.map_or("", MailAddress::as_str).to_owned();
    // What the mail server said was of the former one.
    let changed = account::table.filter(
        account::actor_id
            .eq(id)
            .and(account::address.ne(text(confirmed))),
    );
    diesel::update(changed)
        .set(account::address_refused_at.eq(None::<Time>))
        .execute(db)?;
    diesel::update(account::table.find(id))
        .set((
            account::address.eq(text(confirmed)),
            account::pending_address.eq(text(pending)),
        ))
        .execute(db)?;
    Ok(())
}

/// Adds a link, in place of those of its kind that the account had.
pub fn replace_link(db: &mut Db, row: &MailLink) -> QueryResult<()> {
    delete_links(db, row.account_id, &[row.kind])?;
    each!(db, c => diesel::insert_into(mail_link::table).values(row).execute(c))?;
    Ok(())
}

/// The link of a token, while it can be used.
pub fn link(
    db: &mut Db,
    token_hash: &str,
    kind: MailLinkKind,
    now: Time,
) -> QueryResult<Option<MailLink>> {
    mail_link::table
        .find(token_hash)
        .filter(mail_link::kind.eq(kind).and(mail_link::expires_at.gt(now)))
        .select(MailLink::as_select())
        .first(db)
        .optional()
}

/// Whether the link of a token has expired; false where its row is deleted already.
pub fn has_expired(
    db: &mut Db,
    token_hash: &str,
    kind: MailLinkKind,
    now: Time,
) -> QueryResult<bool> {
    let row = mail_link::table
        .find(token_hash)
        .filter(mail_link::kind.eq(kind).and(mail_link::expires_at.le(now)));
    each!(db, c => diesel::select(diesel::dsl::exists(row)).get_result(c))
}

/// Whether an account has a link of a kind that holds until after a moment.
pub fn has_link(
    db: &mut Db,
    account: ActorId,
    kind: MailLinkKind,
    after: Time,
) -> QueryResult<bool> {
    let row = mail_link::table
        .filter(mail_link::account_id.eq(account))
        .filter(
            mail_link::kind
                .eq(kind)
                .and(mail_link::expires_at.gt(after)),
        );
    diesel::select(diesel::dsl::exists(row)).get_result(db)
}

/// Deletes the links of some kinds that an account has.
pub fn delete_links(db: &mut Db, account: ActorId, kinds: &[MailLinkKind]) -> QueryResult<()> {
    for kind in kinds {
        diesel::delete(
            mail_link::table
                .filter(mail_link::account_id.eq(account))
                .filter(mail_link::kind.eq(*kind)),
        )
        .execute(db)?;
    }
    Ok(())
}

/// Links that have expired are deleted.
pub(crate) const RETENTION: Retention = Retention {
    name: "links in mails",
    keep_seconds: 0,
    delete: delete_expired,
};

/// Deletes the links that expired before `before`.
pub fn delete_expired(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(mail_link::table.filter(mail_link::expires_at.lt(before))).execute(db)?;
    Ok(false)
}
