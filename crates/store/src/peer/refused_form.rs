//! Which forms of Announce a peer refuses: by its software, and by what it refused before.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::retention::{DAY, Retention};
use crate::schema::{peer, refused_form};
use diesel::prelude::*;
use model::peer::{AnnounceForm, FORM_REFUSALS};
use model::{PeerId, Time};
use std::collections::HashSet;

/// A form that was refused is tried again after a month: the peer may run other software by then.
pub(crate) const RETENTION: Retention = Retention {
    name: "refused forms",
    keep_seconds: 30 * DAY,
    delete: prune,
};

/// Counts a refusal of a form.
pub fn record(db: &mut Db, peer: PeerId, form: AnnounceForm, now: Time) -> QueryResult<()> {
    let row = (
        refused_form::peer_id.eq(peer),
        refused_form::form.eq(form),
        refused_form::refusals.eq(1),
        refused_form::refused_at.eq(now),
    );
    each!(db, c => diesel::insert_into(refused_form::table)
        .values(row)
        .on_conflict((refused_form::peer_id, refused_form::form))
        .do_update()
        .set((
            refused_form::refusals.eq(refused_form::refusals + 1),
            refused_form::refused_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// Forgets the refusals of a form that the peer has accepted.
pub fn forget(db: &mut Db, peer: PeerId, form: AnnounceForm) -> QueryResult<()> {
    diesel::delete(refused_form::table.find((peer, form))).execute(db)?;
    Ok(())
}

/// Returns the forms that these peers refuse.
pub fn of(db: &mut Db, peers: &[PeerId]) -> QueryResult<HashSet<(PeerId, AnnounceForm)>> {
    let known: Vec<(PeerId, Option<String>)> = each!(db, c => peer::table
        .filter(among(peer::id, peers.iter().copied()))
        .select((peer::id, peer::software))
        .load(c))?;
    let learned: Vec<(PeerId, AnnounceForm)> = each!(db, c => refused_form::table
        .filter(among(refused_form::peer_id, peers.iter().copied()))
        .filter(refused_form::refusals.ge(FORM_REFUSALS))
        .select((refused_form::peer_id, refused_form::form))
        .load(c))?;
    let mut refused: HashSet<(PeerId, AnnounceForm)> = learned.into_iter().collect();
    for (id, software) in known {
        let forms = AnnounceForm::ALL.iter().copied();
        refused.extend(
            forms
                .filter(|form| form.is_refused_by(software.as_deref()))
                .map(|form| (id, form)),
        );
    }
    Ok(refused)
}

/// Deletes the refusals before `before`; returns whether there may be more.
pub fn prune(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<(PeerId, AnnounceForm)> = refused_form::table
        .filter(refused_form::refused_at.lt(before))
        .limit(limit)
        .select((refused_form::peer_id, refused_form::form))
        .load(db)?;
    for (peer, form) in &old {
        forget(db, *peer, *form)?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|gone| gone >= limit))
}
