//! Whom visitors of communities of ours can write to, and what they write until it is mailed.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::{CommunityContact, ContactMessage};
use crate::schema::{community_contact, contact_message};
use diesel::dsl::count_star;
use diesel::prelude::*;
use model::{ActorId, ContactMessageId, Time};

/// The contacts of a community, in their order.
pub fn of_community(db: &mut Db, community: ActorId) -> QueryResult<Vec<CommunityContact>> {
    each!(db, c => community_contact::table
        .filter(community_contact::community_id.eq(community))
        .order(community_contact::number)
        .select(CommunityContact::as_select())
        .load(c))
}

/// The contacts of a community are these.
pub fn set(db: &mut Db, community: ActorId, rows: &[CommunityContact]) -> QueryResult<()> {
    let former = community_contact::table.filter(community_contact::community_id.eq(community));
    diesel::delete(former).execute(db)?;
    for row in rows {
        each!(db, c => diesel::insert_into(community_contact::table).values(row).execute(c))?;
    }
    Ok(())
}

/// How many messages were written to the contacts of a community since a time.
pub fn count_messages(db: &mut Db, community: ActorId, since: Time) -> QueryResult<i64> {
    each!(db, c => contact_message::table
        .filter(contact_message::community_id.eq(community))
        .filter(contact_message::written_at.gt(since))
        .select(count_star())
        .first(c))
}

/// Stores a message.
pub fn insert_message(db: &mut Db, row: &ContactMessage) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(contact_message::table).values(row).execute(c))?;
    Ok(())
}

/// One message.
pub fn message(db: &mut Db, id: ContactMessageId) -> QueryResult<Option<ContactMessage>> {
    each!(db, c => contact_message::table
        .find(id)
        .select(ContactMessage::as_select())
        .first(c)
        .optional())
}

/// Forgets who wrote what to whom: it was mailed. That something was written is still counted.
pub fn forget_message(db: &mut Db, id: ContactMessageId) -> QueryResult<()> {
    each!(db, c => diesel::update(contact_message::table.find(id))
        .set((
            contact_message::to_name.eq(""),
            contact_message::to_address.eq(""),
            contact_message::name.eq(""),
            contact_message::address.eq(""),
            contact_message::text.eq(""),
        ))
        .execute(c))?;
    Ok(())
}

/// Messages, also those that could not be mailed, are deleted after a week.
pub(crate) const RETENTION: Retention = Retention {
    name: "messages to contacts",
    keep_seconds: 7 * DAY,
    delete: delete_old,
};

fn delete_old(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<ContactMessageId> = each!(db, c => contact_message::table
        .filter(contact_message::written_at.lt(before))
        .order(contact_message::id)
        .limit(limit)
        .select(contact_message::id)
        .load(c))?;
    for id in &old {
        diesel::delete(contact_message::table.find(*id)).execute(db)?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}
