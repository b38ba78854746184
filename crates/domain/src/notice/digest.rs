//! The digest: queues each at its hour, and prepares it for being sent.

use super::mail::{Choices, ReadyMail, address_of, new_setting, setting, zone_of};
use crate::{Outcome, Tx};
use model::notice_mail::{MailState, SendDigest};
use model::{MailId, NoticeId};
use store::row;

/// Accounts in one transaction.
const CHUNK: i64 = 200;

/// Queues some of the digests that are due, each with what came since the last one. Returns whether there may
/// be more.
///
/// # Errors
/// Faults only.
pub fn queue_due(tx: &mut Tx<'_>) -> Outcome<bool> {
    let new = store::notice_mail::without_setting(tx.db, CHUNK)?;
    for account in &new {
        let row = new_setting(tx, account);
        store::notice_mail::put_setting(tx.db, &row)?;
    }
    let due = store::notice_mail::due(tx.db, tx.now, CHUNK)?;
    let is_all = due.len() + new.len() < usize::try_from(CHUNK).unwrap_or(0);
    for (row, account) in due {
        queue(tx, row, &account)?;
    }
    Ok(!is_all)
}

fn queue(tx: &mut Tx<'_>, mut row: row::MailSetting, account: &row::Account) -> Outcome<()> {
    let zone = zone_of(tx, account);
    let hours = row.hours();
    let due = row.digest_at;
    let weekly = hours.is_weekly(&zone, due);
    let job = SendDigest {
        account: row.account_id,
        due,
        daily_from: row.daily_from,
        weekly_from: weekly.then_some(row.weekly_from),
    };
    row.digest_at = hours.next_digest(&zone, tx.now);
    row.daily_from = due;
    if weekly {
        row.weekly_from = due;
    }
    store::notice_mail::put_setting(tx.db, &row)?;
    let choices = Choices::new(store::notice_mail::choices(tx.db, row.account_id)?);
    if address_of(account).is_some() && choices.has_digest(weekly) && !job.is_late(tx.now) {
        store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    }
    Ok(())
}

/// Prepares a digest that has something to tell for being sent, as the mail `id`. `None` where it has been sent, is
/// too late, or none is sent to the account any more.
///
/// # Errors
/// Faults only.
pub fn begin(
    tx: &mut Tx<'_>,
    job: &SendDigest,
    id: MailId,
    key: &str,
) -> Outcome<Option<ReadyMail>> {
    let known = store::notice_mail::by_id(tx.db, id)?;
    let waits =
        |mail: &row::NoticeMail| matches!(mail.state, MailState::Queued | MailState::Sending);
    if known.as_ref().is_some_and(|mail| !waits(mail)) {
        return Ok(None);
    }
    let member = store::account::by_id(tx.db, job.account)?;
    let open = member.and_then(|(account, person)| Some((address_of(&account)?, account, person)));
    let Some((to, account, person)) = open.filter(|_| !job.is_late(tx.now)) else {
        if let Some(mail) = known {
            let state = MailState::GivenUp;
            store::notice_mail::set_state(tx.db, id, state, &mail.failure, tx.now)?;
        }
        return Ok(None);
    };
    let mail = known.unwrap_or_else(|| row::NoticeMail {
        id,
        account_id: job.account,
        topic: row::NoticeMail::DIGEST.to_owned(),
        thread_id: None,
        first_notice: NoticeId(0),
        state: MailState::Sending,
        failure: String::new(),
        created_at: tx.now,
        changed_at: tx.now,
    });
    store::notice_mail::insert(tx.db, &mail)?;
    Ok(Some(ReadyMail {
        choices: Choices::new(store::notice_mail::choices(tx.db, job.account)?),
        unsubscribe_key: setting(tx, &account, key)?.unsubscribe_key,
        mail,
        to,
        account,
        person,
    }))
}

#[cfg(test)]
mod tests;
