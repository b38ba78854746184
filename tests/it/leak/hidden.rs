//! The posts that no viewer of the leak test may see, written through the store.

use super::viewer::Viewer;
use domain::Tx;
use model::access::SpaceAccess;
use model::notice::NoticeKind;
use model::search::IndexedText;
use model::{
    ActorId, EventDetails, LangText, LikeId, NoticeId, PollDetails, PollResults, PollWay,
    PostDetails, PostId, PostKind, PostState, RevisionId, SearchTextId, SpaceId, TagId, Time,
    VoteId,
};
use store::search::SearchTarget;
use store::testing::rows;
use store::{Db, SqlError, row};
use testkit::{Instance, Person};

/// Stands in the title, source and HTML of every hidden post.
pub(super) const MARKER: &str = "quagmire7";
/// Stands in their titles beside the marker, so that a search for it does not echo the marker.
pub(super) const TITLE_WORD: &str = "selvedge";

/// Where a hidden post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Members,
    Private,
    Open,
    NoCommunity,
    /// A reply in the thread that everybody sees.
    Reply,
    /// In the open space, by somebody who is suspended.
    BySuspended,
    /// A reply of theirs in the thread that everybody sees.
    ReplyBySuspended,
}

const CASES: &[(At, PostState, PostKind)] = &[
    (At::Members, PostState::Live, PostKind::Discussion),
    (At::Members, PostState::Live, PostKind::Event),
    (At::Members, PostState::Live, PostKind::Poll),
    (At::Private, PostState::Live, PostKind::Discussion),
    (At::Open, PostState::Held, PostKind::Question),
    (At::Open, PostState::Hidden, PostKind::Discussion),
    (At::Open, PostState::Held, PostKind::Poll),
    (At::Open, PostState::Hidden, PostKind::Poll),
    (At::Open, PostState::Draft, PostKind::Poll),
    (At::Open, PostState::Draft, PostKind::Announcement),
    (At::NoCommunity, PostState::Draft, PostKind::Discussion),
    (At::NoCommunity, PostState::Hidden, PostKind::Discussion),
    (At::Reply, PostState::Held, PostKind::Discussion),
    (At::Reply, PostState::Hidden, PostKind::Discussion),
    (At::BySuspended, PostState::Live, PostKind::Discussion),
    (At::BySuspended, PostState::Live, PostKind::Event),
    (At::BySuspended, PostState::Live, PostKind::Poll),
    (At::ReplyBySuspended, PostState::Live, PostKind::Discussion),
];

/// The hidden posts with what hangs on them; the ids are known before they are written.
#[derive(Debug, Clone)]
pub(super) struct Hidden {
    url: String,
    author: ActorId,
    suspended: ActorId,
    member: ActorId,
    weavers: ActorId,
    dyers: ActorId,
    open_thread: PostId,
    now: Time,
    first: i64,
    /// A post in the members space.
    pub members: PostId,
    pub draft: PostId,
}

impl Hidden {
    /// Chooses the ids.
    pub async fn plan(alpha: &Instance, author: &Person, member: &Person, thread: PostId) -> Self {
        let suspended = alpha.person("zoe").await;
        alpha.suspend(&suspended).await;
        let first: PostId = alpha.ops().id();
        let id = |address| async move { alpha.actor(address).await.unwrap().id };
        Self {
            url: alpha.at(""),
            author: author.id(),
            suspended: suspended.id(),
            member: member.id(),
            weavers: id("weavers@alpha.test").await,
            dyers: id("dyers@alpha.test").await,
            open_thread: thread,
            now: alpha.ops().now(),
            first: first.0,
            members: PostId(first.0 + position(At::Members, PostState::Live)),
            draft: PostId(first.0 + position(At::Open, PostState::Draft)),
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (i64, &'static (At, PostState, PostKind))> {
        (self.first..).zip(CASES)
    }

    /// The ids of the posts.
    pub fn posts(&self) -> Vec<String> {
        self.numbered().map(|(id, _)| id.to_string()).collect()
    }

    /// The ids of the posts and of a like of one: what a route's id may be.
    pub fn ids(&self) -> Vec<String> {
        let mut ids = self.posts();
        ids.push((self.first + 100).to_string());
        ids
    }

    /// The ids of one post in the members space, one that is held, and a reply that is held: enough
    /// for requests that differ only in how they name a post.
    pub fn some(&self) -> [String; 3] {
        [
            (At::Members, PostState::Live),
            (At::Open, PostState::Held),
            (At::Reply, PostState::Held),
        ]
        .map(|(at, state)| (self.first + position(at, state)).to_string())
    }

    /// The ActivityPub id of the post in the members space.
    pub fn ap_id(&self) -> String {
        format!("{}/p/{}", self.url, self.members)
    }

    /// Writes the posts, with pictures, tags, likes, revisions, mentions, details, shares, and notices to
    /// every viewer.
    pub async fn insert(&self, alpha: &Instance, viewers: &[Viewer]) {
        let png = domain::testing::PNG.into();
        let file = alpha.media().store_post_picture(png).await.unwrap();
        let (plan, recipients) = (self.clone(), viewers.iter().filter_map(|viewer| viewer.id));
        let recipients: Vec<ActorId> = recipients.collect();
        let write = move |tx: &mut Tx<'_>| Ok(plan.write(tx.db, &recipients, &file)?);
        alpha.ops().write(write).await.unwrap();
    }

    fn write(
        &self,
        db: &mut Db,
        recipients: &[ActorId],
        file: &row::PictureFile,
    ) -> Result<(), SqlError> {
        store::community::put_member(
            db,
            self.weavers,
            self.member,
            model::MemberRole::Member,
            self.now,
        )?;
        let open = store::space::open_of(db, self.weavers)?.unwrap();
        let (members, private) = (SpaceId(self.first + 200), SpaceId(self.first + 201));
        for (id, access) in [
            (members, SpaceAccess::Members),
            (private, SpaceAccess::Private),
        ] {
            let space = row::Space {
                id,
                community_id: self.weavers,
                access,
                name: LangText::single("en", MARKER),
                created_at: self.now,
                posting: model::access::SpacePosting::All,
                closed_at: None,
            };
            store::space::insert(db, &space)?;
        }
        let tags = store::tag::of_community(db, self.weavers)?;
        let tags: Vec<TagId> = tags.iter().map(|tag| tag.id).collect();
        for (number, (at, state, kind)) in self.numbered() {
            let space = match at {
                At::Members => Some(members),
                At::Private => Some(private),
                At::Open | At::Reply | At::BySuspended | At::ReplyBySuspended => Some(open),
                At::NoCommunity => None,
            };
            let post = self.post(PostId(number), *at, space);
            let post = row::Post {
                state: *state,
                kind: *kind,
                ..post
            };
            store::post::insert(db, &post)?;
            index(db, &post)?;
            store::post::insert_picture(db, &picture(&post, file))?;
            if space.is_some() && post.parent_id.is_none() {
                store::tag::set_of_post(db, post.id, &tags)?;
            }
            self.write_details(db, &post, recipients)?;
        }
        Ok(())
    }

    fn post(&self, id: PostId, at: At, space: Option<SpaceId>) -> row::Post {
        let ap_id = format!("{}/p/{id}", self.url);
        let reply = matches!(at, At::Reply | At::ReplyBySuspended);
        let author = match at {
            At::BySuspended | At::ReplyBySuspended => self.suspended,
            At::Members | At::Private | At::Open | At::NoCommunity | At::Reply => self.author,
        };
        let text = |words: &str| LangText::new([("en", words), ("fr", words)]);
        row::Post {
            url: ap_id.clone(),
            ap_id,
            space_id: space,
            community_id: space.map(|_| self.weavers),
            parent_id: reply.then_some(self.open_thread),
            root_id: if reply { self.open_thread } else { id },
            depth: i32::from(reply),
            title: if reply {
                LangText::default()
            } else {
                text(&format!("{MARKER} {TITLE_WORD}"))
            },
            source: text(MARKER),
            html: text(&format!("<p>{MARKER}</p>")),
            published_at: self.now,
            active_at: self.now,
            ..rows::thread(id, author)
        }
    }

    /// The details that a post of a kind has, with the marker in each text.
    fn details_of(&self, kind: PostKind) -> Option<PostDetails> {
        match kind {
            PostKind::Event => Some(PostDetails::Event(EventDetails {
                starts_at: self.now,
                ends_at: None,
                zone: None,
                utc_offset: 0,
                place: MARKER.to_owned(),
            })),
            PostKind::Poll => Some(PostDetails::Poll(PollDetails {
                way: PollWay::One,
                places: 1,
                choices: ["one", "two"]
                    .map(|name| LangText::single("en", &format!("{MARKER} {name}")))
                    .to_vec(),
                results: PollResults::Always,
                shows_names: true,
                ends_at: None,
            })),
            PostKind::Discussion
            | PostKind::Question
            | PostKind::Tip
            | PostKind::Story
            | PostKind::Announcement => None,
        }
    }

    /// A vote of the poll's author.
    fn write_vote(&self, db: &mut Db, poll: PostId) -> Result<(), SqlError> {
        let vote = row::PollVote {
            post_id: poll,
            actor_id: self.author,
            number: 1,
            place: 1,
            vote_id: VoteId(poll.0 + 400),
        };
        store::poll::insert_vote(db, &vote)?;
        store::poll::count(db, poll, 1, 1, 0)
    }

    fn write_details(
        &self,
        db: &mut Db,
        post: &row::Post,
        recipients: &[ActorId],
    ) -> Result<(), SqlError> {
        let id = post.id.0;
        let like = row::Like {
            id: LikeId(id + 100),
            post_id: post.id,
            actor_id: self.member,
            ap_id: format!("{}/likes/{}", self.url, id + 100),
        };
        store::post::insert_like(db, &like)?;
        let revision = row::Revision {
            id: RevisionId(id + 300),
            post_id: post.id,
            title: post.title.clone(),
            source: post.source.clone(),
            html: post.html.clone(),
            warning: post.warning.clone(),
            written_at: self.now,
        };
        store::post::insert_revision(db, &revision, 9)?;
        if let Some(details) = self.details_of(post.kind) {
            store::post::put_details(db, post.id, &details)?;
        }
        if post.kind == PostKind::Poll {
            self.write_vote(db, post.id)?;
        }
        if post.parent_id.is_none() && post.community_id.is_some() {
            let share = row::PostShare {
                community_id: self.dyers,
                post_id: post.id,
                announce_id: format!("{}/shares/{id}", self.url),
                shared_by: self.member,
                shared_at: self.now,
            };
            store::post::insert_share(db, &share)?;
        }
        self.write_notices(db, post, recipients)
    }

    fn write_notices(
        &self,
        db: &mut Db,
        post: &row::Post,
        recipients: &[ActorId],
    ) -> Result<(), SqlError> {
        for (number, who) in (1..).zip(recipients) {
            store::post::insert_mention(db, post.id, *who)?;
            let notice = row::Notice {
                seen: false,
                id: NoticeId(post.id.0 * 10 + number),
                actor_id: *who,
                kind: NoticeKind::Mention,
                from_id: self.author,
                post_id: Some(post.id),
                community_id: None,
                created_at: self.now,
            };
            store::notice::insert(db, &notice)?;
        }
        Ok(())
    }
}

/// Returns the first picture of a post, with the marker in its alternative text.
fn picture(post: &row::Post, file: &row::PictureFile) -> row::PostPicture {
    row::PostPicture {
        post_id: post.id,
        number: 1,
        file: file.clone(),
        alt: MARKER.to_owned(),
    }
}

/// Writes the words of a post into the search index, where they may be found before and after the post
/// is withheld.
fn index(db: &mut Db, post: &row::Post) -> Result<(), SqlError> {
    let texts = post.html.tags().zip(1..).map(|(tag, number)| {
        let title = post.title.get(tag).unwrap_or_default();
        let text = IndexedText::new(tag, title, &format!("{MARKER} {TITLE_WORD}"));
        (SearchTextId(post.id.0 * 10 + number), text.unwrap())
    });
    store::search::put(db, SearchTarget::Post(post.id), &texts.collect::<Vec<_>>())
}

/// Returns the position of the first case at a place and in a state.
fn position(at: At, state: PostState) -> i64 {
    let position = CASES
        .iter()
        .position(|case| (case.0, case.1) == (at, state));
    i64::try_from(position.unwrap()).unwrap()
}

/// Makes somebody a member of a community.
pub(super) async fn join(alpha: &Instance, community: &str, who: ActorId) {
    let (id, now) = (community_id(alpha, community).await, alpha.ops().now());
    let role = model::MemberRole::Member;
    let put = move |tx: &mut Tx<'_>| Ok(store::community::put_member(tx.db, id, who, role, now)?);
    alpha.ops().write(put).await.unwrap();
}

/// Bans somebody from a community.
pub(super) async fn ban(alpha: &Instance, community: &str, who: ActorId) {
    let ban = row::CommunityBan {
        community_id: community_id(alpha, community).await,
        actor_id: who,
        until: None,
    };
    let put = move |tx: &mut Tx<'_>| Ok(store::space::put_ban(tx.db, &ban)?);
    alpha.ops().write(put).await.unwrap();
}

async fn community_id(alpha: &Instance, handle: &str) -> ActorId {
    let address = format!("{handle}@alpha.test");
    alpha.actor(&address).await.unwrap().id
}
