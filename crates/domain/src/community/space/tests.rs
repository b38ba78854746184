//! Spaces: who makes them, who reads them, and who writes there.

use super::*;
use crate::testing::{World, draft, reader};
use crate::{discussion, membership};
use model::membership::JoinPolicy;
use model::post::PostKind;
use model::{Origin, PostId, Refusal};
use store::Store;

/// A community with its facilitator, a member and somebody else.
struct Story {
    world: World,
    ann: ActorId,
    bob: ActorId,
    eve: ActorId,
    weavers: ActorId,
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let eve = world.person("eve").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let join = move |tx: &mut Tx<'_>| {
            membership::set_form(tx, ann, weavers, JoinPolicy::Open, &[])?;
            membership::ask(tx, bob, weavers, &[])
        };
        world.ops.write(join).await.unwrap();
        Self {
            world,
            ann,
            bob,
            eve,
            weavers,
        }
    }

    async fn space(
        &self,
        by: ActorId,
        access: SpaceAccess,
        posting: SpacePosting,
    ) -> Outcome<SpaceId> {
        let weavers = self.weavers;
        let name = LangText::single("en", "Inside");
        let verb = move |tx: &mut Tx<'_>| create(tx, by, weavers, &name, (access, posting));
        self.world.ops.write(verb).await
    }

    async fn starts(&self, by: ActorId, space: SpaceId) -> Outcome<PostId> {
        let weavers = self.weavers;
        let mut words = draft("Warping", "Among us.");
        words.space = Some(space);
        words.kind = PostKind::Discussion;
        let verb =
            move |tx: &mut Tx<'_>| discussion::start(tx, by, Some(weavers), &words, &Origin::Local);
        self.world.ops.write(verb).await
    }

    async fn sees(&self, who: Option<ActorId>, post: PostId) -> bool {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::post::by_id(db, reader(who), post)?.is_some())
        };
        self.world.ops.store().read(read).await.unwrap()
    }
}

fn hidden<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotFound(_))))
}

fn refused<T: std::fmt::Debug>(outcome: &Outcome<T>, rule: model::refusal::Rule) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(found))) if *found == rule)
}

store::both! {
    async fn a_private_space_that_nobody_is_left_in_is_closed(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        let space = story.space(ann, SpaceAccess::Private, SpacePosting::All).await.unwrap();
        let closed = async || {
            let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::space::by_id(db, space)?) };
            let row = story.world.ops.store().read(read).await.unwrap().unwrap();
            row.closed_at.is_some()
        };
        let leave = move |tx: &mut Tx<'_>| {
            membership::set_role(tx, ann, weavers, bob, model::MemberRole::Facilitator)?;
            membership::leave(tx, ann, weavers)
        };
        assert!(!closed().await);
        story.world.ops.write(leave).await.unwrap();
        assert!(closed().await);
    }

    async fn what_members_write_is_for_members_until_they_leave(store: Store) {
        use model::refusal::Rule;
        let story = Story::begin(store).await;
        let (ann, bob, eve, weavers) = (story.ann, story.bob, story.eve, story.weavers);
        let by_bob = story.space(bob, SpaceAccess::Members, SpacePosting::All).await;
        assert!(refused(&by_bob, Rule::Facilitator));
        let space = story.space(ann, SpaceAccess::Members, SpacePosting::All).await.unwrap();
        let post = story.starts(bob, space).await.unwrap();
        assert!(hidden(&story.starts(eve, space).await));
        let seen = (
            story.sees(Some(ann), post).await,
            story.sees(Some(bob), post).await,
            story.sees(Some(eve), post).await,
            story.sees(None, post).await,
            story.sees(Some(story.world.admin), post).await,
        );
        assert_eq!(seen, (true, true, false, false, false));
        story.world.ops.write(move |tx| membership::leave(tx, bob, weavers)).await.unwrap();
        assert!(!story.sees(Some(bob), post).await, "not even one's own");
        assert!(hidden(&story.world.reply(bob, post, "Hello").await));
        assert!(story.sees(Some(ann), post).await, "what was written stays");
    }

    async fn a_private_space_is_for_those_who_are_in_it(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, eve, weavers) = (story.ann, story.bob, story.eve, story.weavers);
        let space = story.space(ann, SpaceAccess::Private, SpacePosting::All).await.unwrap();
        let at = (weavers, space);
        let post = story.starts(ann, space).await.unwrap();
        assert!(!story.sees(Some(bob), post).await);
        let outsider = story.world.ops.write(move |tx| add_member(tx, ann, at, eve)).await;
        assert!(matches!(outsider, Err(Error::Refused(Refusal::Invalid(_)))), "no member of the community");
        assert!(hidden(&story.world.ops.write(move |tx| add_member(tx, bob, at, bob)).await));
        story.world.ops.write(move |tx| add_member(tx, ann, at, bob)).await.unwrap();
        assert!(story.sees(Some(bob), post).await);
        story.world.reply(bob, post, "Hello").await.unwrap();
        story.world.ops.write(move |tx| remove_member(tx, ann, at, bob)).await.unwrap();
        assert!(!story.sees(Some(bob), post).await);
        let last = story.world.ops.write(move |tx| remove_member(tx, ann, at, ann)).await;
        assert!(matches!(last, Err(Error::Refused(Refusal::Invalid(_)))), "nobody would be in it");
    }

    async fn moderators_announce_and_members_reply_until_it_is_closed(store: Store) {
        use model::refusal::Rule;
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        let space = story.space(ann, SpaceAccess::Open, SpacePosting::Moderators).await.unwrap();
        assert!(refused(&story.starts(bob, space).await, Rule::Moderator));
        let post = story.starts(ann, space).await.unwrap();
        assert!(story.sees(None, post).await, "everybody reads it");
        story.world.reply(bob, post, "Thanks").await.unwrap();
        let at = (weavers, space);
        story.world.ops.write(move |tx| set_closed(tx, ann, at, true)).await.unwrap();
        assert!(refused(&story.world.reply(bob, post, "Again").await, Rule::SpaceClosed));
        assert!(refused(&story.starts(ann, space).await, Rule::SpaceClosed));
        assert!(story.sees(None, post).await);
        story.world.ops.write(move |tx| set_closed(tx, ann, at, false)).await.unwrap();
        story.world.reply(bob, post, "Again").await.unwrap();
    }

    async fn a_space_belongs_to_its_community(store: Store) {
        let story = Story::begin(store).await;
        let (bob, ann) = (story.bob, story.ann);
        let dyers = story.world.community(bob, "dyers").await.unwrap();
        let space = story.space(ann, SpaceAccess::Members, SpacePosting::All).await.unwrap();
        let mut words = draft("Warping", "Among us.");
        words.space = Some(space);
        let elsewhere = move |tx: &mut Tx<'_>| {
            discussion::start(tx, bob, Some(dyers), &words, &Origin::Local)
        };
        assert!(hidden(&story.world.ops.write(elsewhere).await));
        let common = story.world.ops.write(move |tx| {
            let common = store::space::open_of(tx.db, dyers)?.unwrap();
            change(tx, bob, (dyers, common), &LangText::single("en", "Mine"), SpacePosting::Moderators)
        });
        assert!(hidden(&common.await), "the common one is the community itself");
    }
}
