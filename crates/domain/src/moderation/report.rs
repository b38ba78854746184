//! Reports: anybody signed in tells whoever keeps order of a post that they see. Its author never learns who.

use super::log::{Subject, write};
use super::{MODERATORS, TOLD_MAX, check, community_of, decidable, sender, who_see};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::MODERATION_TEXT_MAX;
use model::moderation::{
    ModerationKind, ModerationNews, ModerationWords, ReportReason, ReportState,
};
use model::refusal::{Checks, Rule};
use model::{ActorId, Fact, Origin, PostId, ReportId, Why};
use store::row;

/// Reports a post. Who has reported it, and has no answer yet, keeps that report.
///
/// # Errors
/// `NotFound`, also for what they do not see; `Gone`, `NotAllowed(OwnPost | SignedIn | ActiveAccount)`, `Invalid(text)`:
/// a report for another reason says it.
pub fn report(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    reason: ReportReason,
    text: &str,
) -> Outcome<ReportId> {
    let post = access::require(tx, by, Action::Report, id, &Origin::Local)?;
    if let Some(known) = store::moderation::open_report(tx.db, id, by)? {
        return Ok(known.id);
    }
    let text = text.trim();
    let needed = reason == ReportReason::Other && text.is_empty();
    Checks::default()
        .that(!needed, "text", Why::Required)
        .at_most("text", text, MODERATION_TEXT_MAX)
        .done()?;
    let row = row::Report {
        id: tx.id::<ReportId>(),
        post_id: id,
        reporter_id: by,
        reason,
        text: text.to_owned(),
        state: ReportState::Open,
        decided_at: None,
        decided_by: None,
    };
    store::moderation::insert_report(tx.db, &row)?;
    tell(tx, by, &post)?;
    Ok(row.id)
}

/// Tells whoever decides, without saying who has reported it.
fn tell(tx: &mut Tx<'_>, by: ActorId, post: &row::Post) -> Outcome<()> {
    let (community, people) = match store::moderation::is_of_instance(tx.db, post.id)? {
        true => (None, store::account::admins(tx.db)?),
        false => {
            let community = community_of(tx, post)?.ok_or(Error::not_found("community"))?;
            let people = store::moderation::moderators(tx.db, community, &MODERATORS, TOLD_MAX)?;
            (Some(community), people)
        }
    };
    let told = who_see(tx, people, post.id, &[post.author_id, by])?;
    let from = sender(tx, community)?;
    tx.record(Fact::Moderation(ModerationNews::Reported {
        community,
        from,
        told,
    }));
    Ok(())
}

/// Leaves a post, and closes its reports.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | OwnPost | Handled | ActiveAccount)`.
pub fn dismiss(tx: &mut Tx<'_>, by: ActorId, id: PostId, words: &ModerationWords) -> Outcome<()> {
    check(words)?;
    let (post, access) = decidable(tx, by, Action::See, id)?;
    // An administrator decides where nobody else does, and only there.
    let of_admin = access.is_admin() && store::moderation::is_of_instance(tx.db, id)?;
    if !of_admin {
        access::require_on(tx, by, Action::Moderate, &post, &Origin::Local)?;
    }
    if !close_reports(tx, &post, ReportState::Dismissed, by)? {
        return Err(Error::not_allowed(Rule::Handled));
    }
    let community = community_of(tx, &post)?;
    let subject = Subject::of(&post, community);
    write(tx, by, ModerationKind::Dismissed, subject, words)
}

/// Closes the open reports of a post, and tells whoever reported it what became of it, not by whom. Returns whether there
/// were any.
pub(crate) fn close_reports(
    tx: &mut Tx<'_>,
    post: &row::Post,
    state: ReportState,
    by: ActorId,
) -> Outcome<bool> {
    let open = store::moderation::open_reports(tx.db, post.id)?;
    if open.is_empty() {
        return Ok(false);
    }
    store::moderation::close_reports(tx.db, post.id, state, (by, tx.now))?;
    let community = community_of(tx, post)?;
    let from = sender(tx, community)?;
    tx.record(Fact::Moderation(ModerationNews::ReportDecided {
        post: post.id,
        from,
        told: open.iter().map(|report| report.reporter_id).collect(),
        acted: state != ReportState::Dismissed,
    }));
    Ok(true)
}
