//! The conversations, deed by deed, each on its author's own instance, through the same verbs as a
//! form's.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use anyhow::Context;
use domain::{Tx, discussion, moderation, post};
use futures::future::try_join_all;
use httpkit::compose::{TypedPost, TypedWording, draft};
use model::access::SpacePosting;
use model::{ActorId, Origin, PostId};

use super::content::{Address, Community, Moderation, Reply, Thread};
use super::story::{Deed, Key, Round};
use super::world::{DemoServer, World};

/// What has been written, by the world's name for it.
#[derive(Default)]
pub(super) struct Written<'c>(Mutex<HashMap<Key<'c>, String>>);

impl<'c> Written<'c> {
    /// Lets the conversations of a round go on side by side.
    pub(super) async fn go_on(&self, world: &World, round: Round<'c>) -> anyhow::Result<()> {
        let lines = round.lines.into_iter().map(|line| async {
            for deed in line {
                self.perform(world, deed).await?;
            }
            anyhow::Ok(())
        });
        try_join_all(lines).await.map(|_done| ())
    }

    /// Has what waits for the moderators of a community written: newcomers are reviewed from then on.
    pub(super) async fn await_moderators(
        &self,
        world: &World,
        place: &DemoServer,
        community: &Community,
    ) -> anyhow::Result<()> {
        let Some(Moderation { held, report }) = &community.moderation else {
            return Ok(());
        };
        let at = Address {
            handle: community.handle.clone(),
            organization: place.content.slug.clone(),
        };
        let id = world.at(place, &at).await?.id;
        let facilitator = world.person(&community.facilitator).await?;
        let newcomer = world.person(&held.by).await?;
        let typed = TypedPost {
            wordings: vec![wording(world, held.lang.as_str(), &held.title, &held.body)],
            ..TypedPost::default()
        };
        let draft = draft(place.instance.app(), newcomer, typed).await?.draft;
        let reporter = world.person(&report.by).await?;
        let post = self.find(world, place, (&report.thread, None)).await?;
        let (reason, text) = (report.reason, report.text.clone());
        let write = move |tx: &mut Tx<'_>| {
            moderation::set_review(tx, facilitator, id, SpacePosting::ReviewFirst)?;
            discussion::start(tx, newcomer, Some(id), &draft, &Origin::Local)?;
            moderation::report(tx, reporter, post, reason, &text)
        };
        place.ops().write(write).await?;
        Ok(())
    }

    async fn perform(&self, world: &World, deed: Deed<'c>) -> anyhow::Result<()> {
        match deed {
            Deed::Start(thread) => self.start(world, thread).await,
            Deed::Reply(thread, reply) => self.reply(world, thread, reply).await,
            Deed::Like(post, who) => self.like(world, post, who).await,
            Deed::Edit(thread, reply) => self.edit(world, thread, reply).await,
            Deed::Delete(thread, reply) => self.delete(world, thread, reply).await,
        }
    }

    async fn start(&self, world: &World, thread: &'c Thread) -> anyhow::Result<()> {
        let place = world.home(&thread.author)?;
        let by = world.person(&thread.author).await?;
        let community = world.at(place, &thread.community).await?.id;
        let first = wording(world, thread.lang.as_str(), &thread.title, &thread.body);
        let translations = thread
            .translations
            .iter()
            .map(|text| wording(world, &text.lang, &text.title, &text.body));
        let typed = TypedPost {
            kind: Some(thread.kind),
            wordings: std::iter::once(first).chain(translations).collect(),
            ..TypedPost::default()
        };
        let draft = draft(place.instance.app(), by, typed).await?.draft;
        let start = move |tx: &mut Tx<'_>| {
            let id = discussion::start(tx, by, Some(community), &draft, &Origin::Local)?;
            Ok(tx.urls()?.post(id))
        };
        let ap_id = place.ops().write(start).await?;
        self.remember((&thread.key, None), ap_id)
    }

    async fn reply(
        &self,
        world: &World,
        thread: &'c Thread,
        reply: &'c Reply,
    ) -> anyhow::Result<()> {
        let place = world.home(&reply.author)?;
        let by = world.person(&reply.author).await?;
        let parent = self.find(world, place, (&thread.key, reply.parent.as_deref()));
        let parent = parent.await?;
        let draft = draft(place.instance.app(), by, typed(world, reply, &reply.body))
            .await?
            .draft;
        let write = move |tx: &mut Tx<'_>| {
            let id = discussion::reply(tx, by, parent, &draft, &Origin::Local)?;
            Ok(tx.urls()?.post(id))
        };
        let ap_id = place.ops().write(write).await?;
        self.remember((&thread.key, Some(&reply.key)), ap_id)
    }

    async fn like(&self, world: &World, post: Key<'c>, who: &Address) -> anyhow::Result<()> {
        let place = world.home(who)?;
        let by = world.person(who).await?;
        let post = self.find(world, place, post).await?;
        let like = move |tx: &mut Tx<'_>| post::like(tx, by, post, &Origin::Local);
        Ok(place.ops().write(like).await?)
    }

    async fn edit(&self, world: &World, thread: &Thread, reply: &Reply) -> anyhow::Result<()> {
        let (place, by, post) = self.own(world, thread, reply).await?;
        let body = reply.edit.as_deref().unwrap_or(&reply.body);
        let draft = draft(place.instance.app(), by, typed(world, reply, body))
            .await?
            .draft;
        let edit = move |tx: &mut Tx<'_>| post::edit(tx, by, post, &draft, &Origin::Local);
        Ok(place.ops().write(edit).await?)
    }

    async fn delete(&self, world: &World, thread: &Thread, reply: &Reply) -> anyhow::Result<()> {
        let (place, by, post) = self.own(world, thread, reply).await?;
        let delete = move |tx: &mut Tx<'_>| post::remove(tx, by, post, &Origin::Local);
        Ok(place.ops().write(delete).await?)
    }

    /// A reply at its author's home.
    async fn own<'w>(
        &self,
        world: &'w World,
        thread: &Thread,
        reply: &Reply,
    ) -> anyhow::Result<(&'w DemoServer, ActorId, PostId)> {
        let place = world.home(&reply.author)?;
        let by = world.person(&reply.author).await?;
        let post = self.find(world, place, (&thread.key, Some(&reply.key)));
        Ok((place, by, post.await?))
    }

    /// A post as one of the places knows it.
    async fn find(
        &self,
        world: &World,
        place: &DemoServer,
        post: Key<'_>,
    ) -> anyhow::Result<PostId> {
        let ap_id = self.known()?.get(&post).cloned();
        let ap_id = ap_id.with_context(|| format!("{post:?} is not written yet"))?;
        world.post_at(place, &ap_id).await
    }

    fn remember(&self, post: Key<'c>, ap_id: String) -> anyhow::Result<()> {
        self.known()?.insert(post, ap_id);
        Ok(())
    }

    fn known(&self) -> anyhow::Result<MutexGuard<'_, HashMap<Key<'c>, String>>> {
        let known = self.0.lock();
        known.map_err(|_poisoned| anyhow::anyhow!("another conversation broke off"))
    }
}

fn typed(world: &World, reply: &Reply, body: &str) -> TypedPost {
    TypedPost {
        wordings: vec![wording(world, reply.lang.as_str(), "", body)],
        ..TypedPost::default()
    }
}

fn wording(world: &World, lang: &str, title: &str, body: &str) -> TypedWording {
    TypedWording {
        lang: lang.to_owned(),
        title: world.text(title),
        body: world.text(body),
        warning: None,
    }
}
