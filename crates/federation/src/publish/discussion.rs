//! Threads and replies on their way out. In a community of ours the author's activity is frozen
//! and announced by the community, a new thread by its id as well (dual announce); in a peer's
//! it goes to the community. Mastodon unwraps no announced Update or Delete, so those go straight
//! to the followers too, signed by the author.

use crate::activities;
use crate::context::Federation;
use crate::kinds::{self, PostDocumentData};
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, remote, thread_order};
use crate::outgoing::fan_out::Recipients;
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::access::SpaceAccess;
use model::job::{JobError, PostChange, SendPost};
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
        Ok(sendable(db, id)?.map(|written| (written, by)))
    };
    let Some((written, by)) = fed.store().read(read).await? else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(written.post.root_id))?;
    let stands = written.post.state == PostState::Live;
    let ours = written.author.peer_id.is_none();
    let activities = match change {
        PostChange::Created if stands && ours => created(&builder, &written)?,
        PostChange::Edited if stands && ours => edited(&builder, &written)?,
        // What is taken away meanwhile has no words left; its own job follows.
        PostChange::Created | PostChange::Edited => Vec::new(),
        PostChange::Deleted => {
            let mut activities = deleted(&builder, &written, &by)?;
            if let Some(first) = activities.first_mut() {
                first.retracts = Some(written.post.id);
            }
            activities
        }
    };
    builder.enqueue(activities).await
}

/// Whether other servers may hear of a post: it stands in no community, or in an open space of one.
/// What only members read is never sent.
pub(super) fn is_open(db: &mut store::Db, post: &row::Post) -> Outcome<bool> {
    let Some(space) = post.space_id else {
        return Ok(true);
    };
    let space = store::space::by_id(db, space)?;
    Ok(space.is_some_and(|space| space.access == SpaceAccess::Open))
}

/// A post with what its document needs, where other servers may hear of it.
pub(super) fn sendable(db: &mut store::Db, id: PostId) -> Outcome<Option<PostDocumentData>> {
    match kinds::post_data(db, id)? {
        Some(written) if is_open(db, &written.post)? => Ok(Some(written)),
        Some(_) | None => Ok(None),
    }
}

fn created(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let object = kinds::object(&builder.urls, written);
    let create = activities::create::build(&url, &object, builder.now)?;
    let create = builder
        .outgoing(id, "create", &written.author, &create)?
        .shown_with(written.post.id)
        .to(directly(written));
    let mut activities = vec![create];
    if let Some(community) = written.local_community() {
        let passed_on = pass_on(builder, written, community, &activities)?
            .map(|outgoing| outgoing.shown_with(written.post.id));
        activities.extend(passed_on);
        if written.parent.is_none() {
            activities.push(announce(builder, community, &written.post)?);
        }
    }
    Ok(activities)
}

fn edited(builder: &ActivityBuilder, written: &PostDocumentData) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let object = kinds::object(&builder.urls, written);
    let update = activities::update::build(&url, &object, builder.now)?;
    let update = builder.outgoing(id, "update", &written.author, &update)?;
    by_author(builder, written, update.shown_with(written.post.id))
}

/// The author's Update or Delete: straight to whoever got the post, and passed on by the community.
fn by_author(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
    own: OutgoingActivity,
) -> Outcome<Vec<OutgoingActivity>> {
    let community = written.local_community();
    let mut to = directly(written);
    to.extend(community.map(|c| Recipients::Followers(c.id)));
    let mut activities = vec![own.to(to)];
    if let Some(community) = community {
        let passed_on = pass_on(builder, written, community, &activities)?;
        activities.extend(passed_on);
    }
    Ok(activities)
}

/// Who hears from the author's own hand: a peer's community, whoever is answered or named, and the
/// author's followers.
fn directly(written: &PostDocumentData) -> Vec<Recipients> {
    let actors = written.community.iter().chain(written.addressed());
    let followers = Recipients::Followers(written.author.id);
    remote(actors).into_iter().chain([followers]).collect()
}

/// The community's Announce of the first outgoing, bytes unchanged.
fn pass_on(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
    community: &row::Actor,
    activities: &[OutgoingActivity],
) -> Outcome<Option<OutgoingActivity>> {
    let Some(first) = activities.first() else {
        return Ok(None);
    };
    builder
        .forward(
            "announce",
            community,
            written.post.audience,
            &first.row.json,
        )
        .map(Some)
}

/// The community's Announce of a thread by its id, to its followers.
pub(super) fn announce(
    builder: &ActivityBuilder,
    community: &row::Actor,
    post: &row::Post,
) -> Outcome<OutgoingActivity> {
    let (id, url) = builder.mint();
    let announce = activities::announce::build(&url, community, post);
    let outgoing = builder.outgoing(id, "announce id", community, &announce)?;
    Ok(outgoing
        .to(vec![Recipients::Followers(community.id)])
        .announcing(post.id))
}

/// The community takes its Announce by id back, where it made one.
pub(super) fn withdraw(
    builder: &ActivityBuilder,
    community: &row::Actor,
    post: &row::Post,
) -> Outcome<Option<OutgoingActivity>> {
    let Some(announced) = &post.announce_id else {
        return Ok(None);
    };
    let (id, url) = builder.mint();
    let announce = activities::announce::build(announced, community, post);
    let undo = activities::undo::build(&url, &announce)?;
    let outgoing = builder.outgoing(id, "undo announce", community, &undo)?;
    Ok(Some(outgoing.to(vec![Recipients::Followers(community.id)])))
}

/// By its author; or by a moderator where a community is; or by an admin, who speaks for the
/// author where the post is ours and only tidies up here where it is not.
fn deleted(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
    by: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let ours = written.author.peer_id.is_none();
    let moderated = written.post.deleted_by == Some(DeletedBy::Moderator);
    if by.id == written.author.id {
        return retracted(builder, written);
    }
    match (&written.community, written.local_community()) {
        (Some(_), Some(community)) => removed_here(builder, written, by, community),
        (Some(community), None) if moderated => removed_there(builder, written, by, community),
        (Some(_) | None, None) if ours => retracted(builder, written),
        (Some(_) | None, _) => Ok(Vec::new()),
    }
}

/// The author's Delete.
fn retracted(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let delete =
        activities::delete::build(&url, &kinds::object(&builder.urls, written), builder.now);
    let delete = builder.outgoing(id, "delete", &written.author, &delete)?;
    by_author(builder, written, delete.shown())
}

/// A removal in a community of ours: a Delete with its reason, passed on by the community, which
/// takes back its Announce by id. Where the words were ours, those who had them from the author
/// hear it from the author, whose hand alone Mastodon believes.
fn removed_here(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let object = kinds::object(&builder.urls, written);
    let (id, url) = builder.mint();
    let removal = activities::delete::build_removal(&url, by, &object, builder.now);
    let mut activities = vec![builder.outgoing(id, "removal", by, &removal)?.shown()];
    if let Some(mut passed_on) = pass_on(builder, written, community, &activities)? {
        passed_on.to.extend(remote([&written.author]));
        activities.push(passed_on);
    }
    activities.extend(withdraw(builder, community, &written.post)?);
    if written.author.peer_id.is_none() {
        let (id, url) = builder.mint();
        let delete = activities::delete::build(&url, &object, builder.now);
        let delete = builder.outgoing(id, "delete", &written.author, &delete)?;
        activities.push(delete.to(directly(written)));
    }
    Ok(activities)
}

/// A removal by a moderator of ours in a peer's community.
fn removed_there(
    builder: &ActivityBuilder,
    written: &PostDocumentData,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<OutgoingActivity>> {
    let (id, url) = builder.mint();
    let removal = activities::delete::build_removal(
        &url,
        by,
        &kinds::object(&builder.urls, written),
        builder.now,
    );
    let to = remote([community, &written.author]).into_iter().collect();
    Ok(vec![
        builder
            .outgoing(id, "removal", by, &removal)?
            .shown()
            .to(to),
    ])
}
