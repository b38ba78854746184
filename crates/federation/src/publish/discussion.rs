//! Sends threads and replies. In a local community the author's activity is announced by the community, a new
//! thread by its id as well (dual announce); in a remote one it is sent to the community. Mastodon does not
//! unwrap an announced Update or Delete, so those are also sent directly to the followers, signed by the
//! author.

use crate::activities;
use crate::context::Federation;
use crate::kinds::{self, PostDocumentData};
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, remote, thread_order};
use crate::outgoing::fan_out::Recipients;
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::access::SpaceAccess;
use model::job::{JobError, PostChange, SendPost};
use model::peer::AnnounceForm;
use model::{ActorId, DeletedBy, JobId, PostId, PostState};
use store::row;

impl Job<Federation> for SendPost {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(post(fed, id, self.post, self.change, self.by).await?)
    }
}

async fn post(
    fed: &Federation,
    job: JobId,
    id: PostId,
    change: PostChange,
    by: ActorId,
) -> Outcome<()> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let by = store::raw::actor::by_id(db, by)?.ok_or(Error::not_found("actor"))?;
        Ok(sendable(db, id)?.map(|data| (data, by)))
    };
    let Some((data, by)) = fed.store().read(read).await? else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(data.post.root_id))?;
    let is_live = data.post.state == PostState::Live && !data.thread_is_withheld;
    let ours = data.author.peer_id.is_none();
    let activities = match change {
        PostChange::Created if is_live && ours => created(&builder, &data)?,
        PostChange::Edited if is_live && ours => edited(&builder, &data)?,
        // A post that was deleted meanwhile has no text; its own job follows.
        PostChange::Created | PostChange::Edited => Vec::new(),
        PostChange::Deleted => {
            let mut activities = deleted(&builder, &data, &by)?;
            if let Some(first) = activities.first_mut() {
                first.retracts = Some(data.post.id);
                first.withdraws = ours;
            }
            activities
        }
    };
    builder.enqueue(activities).await
}

/// Whether a post may be sent to other servers: it is in no community, or in an open space. What only members
/// read is never sent.
pub(super) fn is_open(db: &mut store::Db, post: &row::Post) -> Outcome<bool> {
    let Some(space) = post.space_id else {
        return Ok(true);
    };
    let space = store::space::by_id(db, space)?;
    Ok(space.is_some_and(|space| space.access == SpaceAccess::Open))
}

/// Reads a post with the data of its document, if it may be sent.
pub(super) fn sendable(db: &mut store::Db, id: PostId) -> Outcome<Option<PostDocumentData>> {
    match kinds::post_data(db, id)? {
        Some(data) if is_open(db, &data.post)? => Ok(Some(data)),
        Some(_) | None => Ok(None),
    }
}

fn created(builder: &ActivityBuilder, data: &PostDocumentData) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let object = kinds::object(&builder.urls, data);
    let create = activities::create::build(&url, &object, builder.now)?;
    let create = builder
        .outgoing(id, "create", &data.author, &create)?
        .in_outbox_with(data.post.id)
        .in_form(form_of(data))
        .to(direct_recipients(data));
    let mut activities = vec![create];
    if let Some(community) = data.local_community() {
        let announcement = announce_activity(builder, data, community, &activities)?
            .map(|outgoing| outgoing.in_outbox_with(data.post.id).in_form(form_of(data)));
        activities.extend(announcement);
        if data.parent.is_none() {
            activities.push(announce(builder, community, &data.post)?);
        }
    }
    activities.extend(poll_as_page(builder, data, PostChange::Created)?);
    Ok(activities)
}

/// The form of what carries a post, where not every peer reads it.
fn form_of(data: &PostDocumentData) -> Option<AnnounceForm> {
    data.poll.as_ref().map(|_| AnnounceForm::Poll)
}

/// Builds the Create or Update of a poll as a Page, and its community's Announce of it, for software that does not read a
/// Question.
fn poll_as_page(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    change: PostChange,
) -> Outcome<Vec<OutgoingActivity>> {
    if data.poll.is_none() {
        return Ok(Vec::new());
    }
    let (id, url) = builder.mint();
    let page = kinds::poll_as_page(&builder.urls, data);
    let activity = match change {
        PostChange::Created => activities::create::build(&url, &page, builder.now)?,
        PostChange::Edited | PostChange::Deleted => {
            activities::update::build(&url, &page, builder.now)?
        }
    };
    let mut to = direct_recipients(data);
    if let (PostChange::Edited, Some(community)) = (change, data.local_community()) {
        to.push(Recipients::Followers(community.id));
    }
    let own = builder.outgoing(id, "as page", &data.author, &activity)?;
    let mut all = vec![own.to(to)];
    if let Some(community) = data.local_community() {
        let audience = data.post.audience;
        let json = all
            .first()
            .map(|own| own.row.json.clone())
            .unwrap_or_default();
        all.push(builder.forward("announce as page", community, audience, &json)?);
    }
    let in_form = |outgoing: OutgoingActivity| {
        outgoing
            .carrying(data.post.id)
            .in_form(Some(AnnounceForm::PollAsPage))
    };
    Ok(all.into_iter().map(in_form).collect())
}

fn edited(builder: &ActivityBuilder, data: &PostDocumentData) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let object = kinds::object(&builder.urls, data);
    let update = activities::update::build(&url, &object, builder.now)?;
    let update = builder.outgoing(id, "update", &data.author, &update)?;
    let mut activities = by_author(builder, data, update.in_outbox_with(data.post.id))?;
    for outgoing in &mut activities {
        outgoing.row.form = outgoing.row.form.or(form_of(data));
    }
    activities.extend(poll_as_page(builder, data, PostChange::Edited)?);
    Ok(activities)
}

/// Sends the new counts of a poll of ours. No outbox lists them: there may be many.
pub(super) async fn counted(fed: &Federation, job: JobId, id: PostId) -> Outcome<()> {
    let read = move |db: &mut store::Db| -> Outcome<_> { sendable(db, id) };
    let data = fed.store().read(read).await?;
    let is_ours = |data: &PostDocumentData| data.author.peer_id.is_none() && data.poll.is_some();
    let Some(data) = data.filter(|data| data.post.state == PostState::Live && is_ours(data)) else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(data.post.root_id))?;
    let (id, url) = builder.mint();
    let object = kinds::object(&builder.urls, &data);
    let update = activities::update::build(&url, &object, builder.now)?;
    let update = builder.outgoing(id, "counts", &data.author, &update)?;
    let activities = by_author(&builder, &data, update)?.into_iter();
    let activities = activities.map(|outgoing| outgoing.in_form(form_of(&data)));
    builder.enqueue(activities.collect()).await
}

/// Builds an author's Update or Delete, for all who got the post, and the community's Announce of it, which
/// carries the post if the Update does.
fn by_author(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    own: OutgoingActivity,
) -> Outcome<Vec<OutgoingActivity>> {
    let (community, carried) = (data.local_community(), own.row.post_id);
    let mut to = direct_recipients(data);
    to.extend(community.map(|c| Recipients::Followers(c.id)));
    let mut activities = vec![own.to(to)];
    if let Some(community) = community {
        let announcement = announce_activity(builder, data, community, &activities)?;
        activities.extend(announcement.map(|announcement| match carried {
            Some(post) => announcement.carrying(post),
            None => announcement,
        }));
    }
    Ok(activities)
}

/// Returns the recipients of the author's own activity: a remote community, the author of the parent, the
/// mentioned actors, and the author's followers.
fn direct_recipients(data: &PostDocumentData) -> Vec<Recipients> {
    let actors = data.community.iter().chain(data.addressed());
    let followers = Recipients::Followers(data.author.id);
    remote(actors).into_iter().chain([followers]).collect()
}

/// Builds the community's Announce of the first activity, its bytes unchanged.
fn announce_activity(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    community: &row::Actor,
    activities: &[OutgoingActivity],
) -> Outcome<Option<OutgoingActivity>> {
    let Some(first) = activities.first() else {
        return Ok(None);
    };
    builder
        .forward("announce", community, data.post.audience, &first.row.json)
        .map(Some)
}

/// Builds the community's Announce of a thread by its id.
pub(super) fn announce(
    builder: &ActivityBuilder,
    community: &row::Actor,
    post: &row::Post,
) -> Outcome<OutgoingActivity> {
    let (id, url) = builder.mint();
    let announce = activities::announce::build(&url, community, post, Some(builder.now));
    let outgoing = builder.outgoing(id, "announce id", community, &announce)?;
    Ok(outgoing
        .to(vec![Recipients::Followers(community.id)])
        .announcing(post.id))
}

/// Builds the Undo of the community's Announce of a thread by its id, if there was one.
pub(super) fn undo_announce(
    builder: &ActivityBuilder,
    community: &row::Actor,
    post: &row::Post,
) -> Outcome<Option<OutgoingActivity>> {
    let Some(announced) = &post.announce_id else {
        return Ok(None);
    };
    let (id, url) = builder.mint();
    let announce = activities::announce::build(announced, community, post, None);
    let undo = activities::undo::build(&url, &announce)?;
    let outgoing = builder.outgoing(id, "undo announce", community, &undo)?;
    Ok(Some(outgoing.to(vec![Recipients::Followers(community.id)])))
}

/// Builds the Delete: by the author; or by a moderator in a community; or by an admin, for the author of a
/// local post. An admin's removal of a remote post is sent as the removal by a community of ours, if it stands in
/// one, and not otherwise.
fn deleted(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    by: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let ours = data.author.peer_id.is_none();
    let moderated = data.post.deleted_by == Some(DeletedBy::Moderator);
    if by.id == data.author.id {
        return retracted(builder, data);
    }
    match (&data.community, data.local_community()) {
        (Some(_), Some(community)) => removed_in_local(builder, data, by, community),
        (Some(community), None) if moderated => removed_in_remote(builder, data, by, community),
        (Some(_) | None, None) if ours => retracted(builder, data),
        (Some(_) | None, _) => Ok(Vec::new()),
    }
}

/// Builds the author's Delete, and in a local community the Undo of its Announce by id: software that shows
/// boosts does not unwrap the Delete.
fn retracted(builder: &ActivityBuilder, data: &PostDocumentData) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let delete = activities::delete::build(&url, &kinds::object(&builder.urls, data), builder.now);
    let delete = builder.outgoing(id, "delete", &data.author, &delete)?;
    let mut activities = by_author(builder, data, delete.in_outbox())?;
    if let Some(community) = data.local_community() {
        activities.extend(undo_announce(builder, community, &data.post)?);
    }
    Ok(activities)
}

/// Builds a removal in a local community: a Delete with its reason, announced by the community, and the Undo of
/// its Announce by id. For a local post the author's Delete is sent too, the only one that Mastodon accepts.
fn removed_in_local(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let object = kinds::object(&builder.urls, data);
    let (id, url) = builder.mint();
    let removal = activities::delete::build_removal(&url, by, &object, builder.now);
    let mut activities = vec![builder.outgoing(id, "removal", by, &removal)?.in_outbox()];
    if let Some(mut announcement) = announce_activity(builder, data, community, &activities)? {
        announcement.to.extend(remote([&data.author]));
        activities.push(announcement);
    }
    activities.extend(undo_announce(builder, community, &data.post)?);
    if data.author.peer_id.is_none() {
        let (id, url) = builder.mint();
        let delete = activities::delete::build(&url, &object, builder.now);
        let delete = builder.outgoing(id, "delete", &data.author, &delete)?;
        activities.push(delete.to(direct_recipients(data)));
    }
    Ok(activities)
}

/// Builds the removal by a local moderator in a remote community.
fn removed_in_remote(
    builder: &ActivityBuilder,
    data: &PostDocumentData,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let removal = activities::delete::build_removal(
        &url,
        by,
        &kinds::object(&builder.urls, data),
        builder.now,
    );
    let to = remote([community, &data.author]).into_iter().collect();
    Ok(vec![
        builder
            .outgoing(id, "removal", by, &removal)?
            .in_outbox()
            .to(to),
    ])
}
