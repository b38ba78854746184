//! Threads and replies on their way out. In a community of ours the author's activity is frozen
//! and announced by the community, a new thread by its id as well (dual announce); in a peer's
//! it goes to the community. Mastodon unwraps no announced Update or Delete, so those go straight
//! to the followers too, signed by the author.

use super::fan_out::Recipients;
use super::letter::{Desk, Letter, remote, thread_order};
use crate::render::{self, Written};
use crate::seam::Federation;
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
    let desk = Desk::new(fed, job, thread_order(written.post.root_id))?;
    let stands = written.post.state == PostState::Live;
    let ours = written.author.peer_id.is_none();
    let letters = match change {
        PostChange::Created if stands && ours => created(&desk, &written)?,
        PostChange::Edited if stands && ours => edited(&desk, &written)?,
        // What is taken away meanwhile has no words left; its own job follows.
        PostChange::Created | PostChange::Edited => Vec::new(),
        PostChange::Deleted => {
            let mut letters = deleted(&desk, &written, &by)?;
            if let Some(first) = letters.first_mut() {
                first.unsays = Some(written.post.id);
            }
            letters
        }
    };
    desk.post(letters).await
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
pub(super) fn sendable(db: &mut store::Db, id: PostId) -> Outcome<Option<Written>> {
    match render::written(db, id)? {
        Some(written) if is_open(db, &written.post)? => Ok(Some(written)),
        Some(_) | None => Ok(None),
    }
}

fn created(desk: &Desk, written: &Written) -> Outcome<Vec<Letter>> {
    let (id, url) = desk.mint();
    let object = render::object(&desk.urls, written);
    let create = render::create(&url, &object, desk.now)?;
    let create = desk
        .letter(id, "create", &written.author, &create)?
        .shown_with(written.post.id)
        .to(directly(written));
    let mut letters = vec![create];
    if let Some(community) = written.local_community() {
        let passed_on = pass_on(desk, written, community, &letters)?
            .map(|letter| letter.shown_with(written.post.id));
        letters.extend(passed_on);
        if written.parent.is_none() {
            letters.push(announce(desk, community, &written.post)?);
        }
    }
    Ok(letters)
}

fn edited(desk: &Desk, written: &Written) -> Outcome<Vec<Letter>> {
    let (id, url) = desk.mint();
    let object = render::object(&desk.urls, written);
    let update = render::update(&url, &object, desk.now)?;
    let update = desk.letter(id, "update", &written.author, &update)?;
    by_author(desk, written, update.shown_with(written.post.id))
}

/// The author's Update or Delete: straight to whoever got the post, and passed on by the community.
fn by_author(desk: &Desk, written: &Written, own: Letter) -> Outcome<Vec<Letter>> {
    let community = written.local_community();
    let mut to = directly(written);
    to.extend(community.map(|c| Recipients::Followers(c.id)));
    let mut letters = vec![own.to(to)];
    if let Some(community) = community {
        let passed_on = pass_on(desk, written, community, &letters)?;
        letters.extend(passed_on);
    }
    Ok(letters)
}

/// Who hears from the author's own hand: a peer's community, whoever is answered or named, and the
/// author's followers.
fn directly(written: &Written) -> Vec<Recipients> {
    let actors = written.community.iter().chain(written.addressed());
    let followers = Recipients::Followers(written.author.id);
    remote(actors).into_iter().chain([followers]).collect()
}

/// The community's Announce of the first letter, bytes unchanged.
fn pass_on(
    desk: &Desk,
    written: &Written,
    community: &row::Actor,
    letters: &[Letter],
) -> Outcome<Option<Letter>> {
    let Some(first) = letters.first() else {
        return Ok(None);
    };
    desk.forward(
        "announce",
        community,
        written.post.audience,
        &first.row.json,
    )
    .map(Some)
}

/// The community's Announce of a thread by its id, to its followers.
pub(super) fn announce(desk: &Desk, community: &row::Actor, post: &row::Post) -> Outcome<Letter> {
    let (id, url) = desk.mint();
    let announce = render::announce(&url, community, post);
    let letter = desk.letter(id, "announce id", community, &announce)?;
    Ok(letter
        .to(vec![Recipients::Followers(community.id)])
        .announcing(post.id))
}

/// The community takes its Announce by id back, where it made one.
pub(super) fn withdraw(
    desk: &Desk,
    community: &row::Actor,
    post: &row::Post,
) -> Outcome<Option<Letter>> {
    let Some(announced) = &post.announce_id else {
        return Ok(None);
    };
    let (id, url) = desk.mint();
    let undo = render::withdrawn_announce(&url, community, post, announced)?;
    let letter = desk.letter(id, "undo announce", community, &undo)?;
    Ok(Some(letter.to(vec![Recipients::Followers(community.id)])))
}

/// By its author; or by a moderator where a community is; or by an admin, who speaks for the
/// author where the post is ours and only tidies up here where it is not.
fn deleted(desk: &Desk, written: &Written, by: &row::Actor) -> Outcome<Vec<Letter>> {
    let ours = written.author.peer_id.is_none();
    let moderated = written.post.deleted_by == Some(DeletedBy::Moderator);
    if by.id == written.author.id {
        return retracted(desk, written);
    }
    match (&written.community, written.local_community()) {
        (Some(_), Some(community)) => removed_here(desk, written, by, community),
        (Some(community), None) if moderated => removed_there(desk, written, by, community),
        (Some(_) | None, None) if ours => retracted(desk, written),
        (Some(_) | None, _) => Ok(Vec::new()),
    }
}

/// The author's Delete.
fn retracted(desk: &Desk, written: &Written) -> Outcome<Vec<Letter>> {
    let (id, url) = desk.mint();
    let delete = render::delete(&url, &render::object(&desk.urls, written), desk.now);
    let delete = desk.letter(id, "delete", &written.author, &delete)?;
    by_author(desk, written, delete.shown())
}

/// A removal in a community of ours: a Delete with its reason, passed on by the community, which
/// takes back its Announce by id. Where the words were ours, those who had them from the author
/// hear it from the author, whose hand alone Mastodon believes.
fn removed_here(
    desk: &Desk,
    written: &Written,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<Letter>> {
    let object = render::object(&desk.urls, written);
    let (id, url) = desk.mint();
    let removal = render::removal(&url, by, &object, desk.now);
    let mut letters = vec![desk.letter(id, "removal", by, &removal)?.shown()];
    if let Some(mut passed_on) = pass_on(desk, written, community, &letters)? {
        passed_on.to.extend(remote([&written.author]));
        letters.push(passed_on);
    }
    letters.extend(withdraw(desk, community, &written.post)?);
    if written.author.peer_id.is_none() {
        let (id, url) = desk.mint();
        let delete = render::delete(&url, &object, desk.now);
        let delete = desk.letter(id, "delete", &written.author, &delete)?;
        letters.push(delete.to(directly(written)));
    }
    Ok(letters)
}

/// A removal by a moderator of ours in a peer's community.
fn removed_there(
    desk: &Desk,
    written: &Written,
    by: &row::Actor,
    community: &row::Actor,
) -> Outcome<Vec<Letter>> {
    let (id, url) = desk.mint();
    let removal = render::removal(&url, by, &render::object(&desk.urls, written), desk.now);
    let to = remote([community, &written.author]).into_iter().collect();
    Ok(vec![
        desk.letter(id, "removal", by, &removal)?.shown().to(to),
    ])
}
