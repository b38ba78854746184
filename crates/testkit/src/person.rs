//! People: what they do, through the same verbs as the interface, and what they see.

use crate::instance::Instance;
use crate::keys;
use crate::post_snapshot::{self, PostSnapshot, first_text};
use domain::account::Profile;
use domain::post::{Draft, Wording};
use domain::prose::{self, Named};
use domain::testing;
use federation::fetch;
use federation::identity::Query;
use federation::import::{self, LookupResult};
use model::community::Charter;
use model::handle::Handle;
use model::{ActorId, LangText, NoticeId, Origin, PostId, PostKind};
use store::post::{ThreadList, Within};

mod poll;
mod tags;

/// A person with an account on an instance.
#[derive(Clone)]
pub struct Person {
    instance: Instance,
    id: ActorId,
    handle: String,
}

/// A community on any instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    pub ap_id: String,
    /// `!weavers@alpha.test`.
    pub address: String,
}

impl Person {
    pub(crate) fn new(instance: Instance, id: ActorId, handle: &str) -> Self {
        Self {
            instance,
            id,
            handle: handle.to_owned(),
        }
    }

    /// Returns the instance of the account.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Returns their id there.
    #[must_use]
    pub const fn id(&self) -> ActorId {
        self.id
    }

    /// `ann@alpha.test`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}@{}", self.handle, self.instance.host())
    }

    /// Returns their ActivityPub id.
    #[must_use]
    pub fn ap_id(&self) -> String {
        self.instance.at(&format!("/u/{}", self.handle))
    }

    /// Founds a community in which people of other servers may post without a limit.
    pub async fn found_community(&self, handle: &str) -> Community {
        let (id, name, key) = (self.id, Handle::parse(handle).unwrap(), keys::actor());
        let charter = charter(handle, "We look after it together.");
        self.instance
            .ops()
            .write(move |tx| {
                let community = domain::community::found(tx, id, &name, &charter, &key)?;
                domain::community::set_posts_per_hour(tx, id, community, 0)
            })
            .await
            .unwrap();
        Community {
            ap_id: self.instance.at(&format!("/c/{handle}")),
            address: format!("!{handle}@{}", self.instance.host()),
        }
    }

    /// Changes the purpose of a community.
    pub async fn describe(&self, community: &Community, purpose: &str) {
        let (by, id) = (self.id, self.known_actor(&community.ap_id).await);
        let handle = community
            .address
            .trim_start_matches('!')
            .split('@')
            .next()
            .unwrap();
        let charter = charter(handle, purpose);
        self.instance
            .ops()
            .write(move |tx| domain::community::describe(tx, by, id, &charter))
            .await
            .unwrap();
    }

    /// Looks up a handle or URL, as the search box does.
    pub async fn look_up(&self, typed: &str) -> Option<LookupResult> {
        let query = Query::parse(typed).expect("a handle or a URL");
        import::lookup(self.instance.federation(), &query)
            .await
            .ok()
    }

    /// Follows a community or a person, by handle.
    pub async fn follow(&self, typed: &str) {
        let (follower, target) = (self.id, self.find_actor(typed).await);
        self.instance
            .ops()
            .write(move |tx| domain::follow::follow(tx, follower, target))
            .await
            .unwrap();
    }

    /// Ticks "Show what I follow".
    pub async fn show_follows(&self) {
        let id = self.id;
        let profile = domain::account::Profile {
            name: self.handle.clone(),
            show_follows: Some(true),
            ..domain::account::Profile::default()
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::set_profile(tx, id, &profile);
        self.instance.ops().write(verb).await.unwrap();
    }

    /// Lets everybody whom this person follows accept that.
    pub async fn is_accepted_by_all(&self) {
        let follower = self.id;
        let accept = move |tx: &mut domain::Tx<'_>| {
            for follow in store::follow::of_actor(tx.db, follower)? {
                if follow.follower_id == follower {
                    domain::follow::answered_by_peer(tx, follower, follow.target_id, true)?;
                }
            }
            Ok(())
        };
        self.instance.ops().write(accept).await.unwrap();
    }

    pub async fn unfollow(&self, typed: &str) {
        let (follower, target) = (self.id, self.find_actor(typed).await);
        self.instance
            .ops()
            .write(move |tx| domain::follow::unfollow(tx, follower, target))
            .await
            .unwrap();
    }

    /// Whether the follow was accepted; `None` where there is none.
    pub async fn follows(&self, typed: &str) -> Option<bool> {
        let target = self.instance.actor(typed).await?.id;
        let follower = self.id;
        self.instance
            .read(move |db| Ok(store::follow::between(db, follower, target)?))
            .await
            .map(|follow| follow.accepted)
    }

    /// Gives the account an address, to which a link is sent.
    pub async fn give_address(&self, address: &str) {
        let (id, address) = (self.id(), address.parse().unwrap());
        let give = move |tx: &mut domain::Tx<'_>| domain::account::change_address(tx, id, &address);
        self.instance().ops().write(give).await.unwrap();
    }

    /// Starts a thread.
    pub async fn start_discussion(&self, community: &Community, title: &str) -> PostSnapshot {
        self.start_with(community, title, "What do you think?")
            .await
    }

    /// Starts a thread with this text.
    pub async fn start_with(&self, community: &Community, title: &str, text: &str) -> PostSnapshot {
        let (by, place) = (self.id, self.known_actor(&community.ap_id).await);
        let draft = self.draft(title, text).await;
        let id = self
            .instance
            .ops()
            .write(move |tx| domain::discussion::start(tx, by, Some(place), &draft, &Origin::Local))
            .await
            .unwrap();
        self.own(id).await
    }

    /// Replies to a post that their instance has.
    pub async fn reply(&self, to: &PostSnapshot, text: &str) -> PostSnapshot {
        let (by, parent) = (self.id, self.post(to).await);
        let draft = self.draft("", text).await;
        let id = self
            .instance
            .ops()
            .write(move |tx| domain::discussion::reply(tx, by, parent, &draft, &Origin::Local))
            .await
            .unwrap();
        self.own(id).await
    }

    /// Edits the text of their post; the title stays.
    pub async fn edit(&self, post: &PostSnapshot, text: &str) {
        let (by, id) = (self.id, self.post(post).await);
        let draft = self.draft(&post.title, text).await;
        self.instance
            .ops()
            .write(move |tx| domain::post::edit(tx, by, id, &draft, &Origin::Local))
            .await
            .unwrap();
    }

    /// Deletes a post.
    pub async fn delete(&self, post: &PostSnapshot) {
        let (by, id) = (self.id, self.post(post).await);
        self.instance
            .ops()
            .write(move |tx| domain::post::remove(tx, by, id, &Origin::Local))
            .await
            .unwrap();
    }

    /// Likes a post.
    pub async fn like(&self, post: &PostSnapshot) {
        let (by, id) = (self.id, self.post(post).await);
        self.instance
            .ops()
            .write(move |tx| domain::post::like(tx, by, id, &Origin::Local))
            .await
            .unwrap();
    }

    /// Removes the like.
    pub async fn unlike(&self, post: &PostSnapshot) {
        let (by, id) = (self.id, self.post(post).await);
        self.instance
            .ops()
            .write(move |tx| domain::post::unlike(tx, by, id, &Origin::Local))
            .await
            .unwrap();
    }

    /// Asks a question.
    pub async fn ask(&self, community: &Community, title: &str) -> PostSnapshot {
        let (by, place) = (self.id, self.known_actor(&community.ap_id).await);
        let mut draft = self.draft(title, "How do you do it?").await;
        draft.kind = PostKind::Question;
        let id = self
            .instance
            .ops()
            .write(move |tx| domain::discussion::start(tx, by, Some(place), &draft, &Origin::Local))
            .await
            .unwrap();
        self.own(id).await
    }

    /// Accepts a reply as an answer; whether they may.
    pub async fn accept(&self, reply: &PostSnapshot) -> bool {
        let (by, id) = (self.id, self.post(reply).await);
        let verb = move |tx: &mut domain::Tx<'_>| domain::post::accept(tx, by, id, &Origin::Local);
        self.instance.ops().write(verb).await.is_ok()
    }

    /// Takes the acceptance of an answer back; whether they may.
    pub async fn unaccept(&self, reply: &PostSnapshot) -> bool {
        let (by, id) = (self.id, self.post(reply).await);
        let verb =
            move |tx: &mut domain::Tx<'_>| domain::post::unaccept(tx, by, id, &Origin::Local);
        self.instance.ops().write(verb).await.is_ok()
    }

    /// Changes their name.
    pub async fn rename(&self, name: &str) {
        let id = self.id;
        let profile = Profile {
            name: name.to_owned(),
            biography: prose::render("I weave.", &[]),
            ..Profile::default()
        };
        self.instance
            .ops()
            .write(move |tx| domain::account::set_profile(tx, id, &profile))
            .await
            .unwrap();
    }

    /// Declares another address of an actor they speak for (themselves, or a community they
    /// facilitate).
    pub async fn also_known_as(&self, ours: &str, other: &str) {
        let by = self.id;
        let (id, other) = (self.find_actor(ours).await, self.find_actor(other).await);
        self.instance
            .ops()
            .write(move |tx| domain::actor::moving::also_known_as(tx, by, id, other))
            .await
            .unwrap();
    }

    /// Moves an actor they speak for to another address, if that declares the old one.
    ///
    /// # Errors
    /// The addresses that the target declares, where the old one is not among them.
    pub async fn leave(&self, ours: &str, to: &str) -> Result<(), Vec<String>> {
        let by = self.id;
        let (id, to) = (self.find_actor(ours).await, self.find_actor(to).await);
        let names = fetch::also_known_as(self.instance.federation(), to)
            .await
            .unwrap();
        let row = self
            .instance
            .read(move |db| Ok(store::raw::actor::by_id(db, id)?))
            .await;
        if !names.contains(&row.unwrap().ap_id) {
            return Err(names);
        }
        self.instance
            .ops()
            .write(move |tx| domain::actor::moving::leave(tx, by, id, to))
            .await
            .unwrap();
        Ok(())
    }

    /// Returns a post as their instance has it.
    pub async fn find(&self, ap_id: &str) -> Option<PostSnapshot> {
        post_snapshot::find(&self.instance, ap_id).await
    }

    /// Returns a page of their instance as a guest sees it.
    pub async fn page(&self, path: &str) -> String {
        self.get(path, "").await
    }

    /// Returns a page of their instance as they see it, signed in.
    pub async fn own_page(&self, path: &str) -> String {
        let token = self.sign_in().await;
        let https = self.instance.app().site().unwrap().is_https();
        let name = httpkit::session::cookie_name(https);
        self.get(path, &format!("{name}={token}")).await
    }

    async fn get(&self, path: &str, cookie: &str) -> String {
        let url = format!("http://{}{path}", self.instance.addr());
        let request = reqwest::Client::new()
            .get(url)
            .header("cookie", cookie)
            .header("accept", "text/html");
        let answer = request
            .header("host", self.instance.host())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Returns a whole thread as their instance has it.
    pub async fn reads(&self, topic: &PostSnapshot) -> String {
        post_snapshot::thread(&self.instance, self.post(topic).await).await
    }

    /// Returns the titles of a community's threads on their instance, newest first.
    pub async fn threads(&self, community: &Community) -> Vec<String> {
        let id = self.known_actor(&community.ap_id).await;
        let list = ThreadList::new(Within::Community(id), 100);
        let reader = self.instance.stranger();
        self.instance
            .read(move |db| Ok(store::post::threads(db, reader, &list)?))
            .await
            .into_iter()
            .map(|thread| first_text(&thread.title))
            .collect()
    }

    /// Returns their notices, oldest first, such as `mention by bea@beta.test`.
    pub async fn notices(&self) -> Vec<String> {
        let (id, host) = (self.id, self.instance.host().to_owned());
        let now = self.instance.ops().now();
        self.instance
            .read(move |db| {
                let mut lines = Vec::new();
                for notice in store::notice::list(db, id, now, NoticeId(i64::MAX), 100)? {
                    let from = store::raw::actor::by_id(db, notice.from_id)?;
                    let from = from
                        .map(|actor| post_snapshot::address(&actor, &host))
                        .unwrap_or_default();
                    lines.insert(0, format!("{} by {from}", notice.kind));
                }
                Ok(lines)
            })
            .await
    }

    async fn find_actor(&self, typed: &str) -> ActorId {
        match self.look_up(typed).await {
            Some(LookupResult::Actor(id)) => id,
            other => panic!("{} is no actor to {}: {other:?}", typed, self.address()),
        }
    }

    /// Returns the id of an actor that their instance knows.
    async fn known_actor(&self, ap_id: &str) -> ActorId {
        let name = ap_id.to_owned();
        let known = self
            .instance
            .read(move |db| Ok(store::raw::actor::by_ap_id(db, &name)?))
            .await;
        known
            .unwrap_or_else(|| panic!("{} does not know {ap_id}", self.address()))
            .id
    }

    /// Returns the id on their instance of a post.
    async fn post(&self, seen: &PostSnapshot) -> PostId {
        let here = self.find(seen.ap_id()).await;
        here.unwrap_or_else(|| panic!("{} does not have {}", self.address(), seen.ap_id()))
            .id
    }

    async fn own(&self, id: PostId) -> PostSnapshot {
        let post = self
            .instance
            .read(move |db| Ok(store::raw::post::by_id(db, id)?))
            .await;
        self.find(&post.unwrap().ap_id).await.unwrap()
    }

    /// Builds a draft, with the names in it looked up.
    async fn draft(&self, title: &str, text: &str) -> Draft {
        let mut named = Vec::new();
        for written in prose::names(text) {
            let full = match written.matches('@').count() {
                1 => format!("{written}@{}", self.instance.host()),
                _ => written.clone(),
            };
            let actor = self.find_actor(&full).await;
            let row = self
                .instance
                .read(move |db| Ok(store::raw::actor::by_id(db, actor)?))
                .await;
            let url = row.unwrap().url;
            named.push(Named {
                written,
                url,
                actor,
            });
        }
        let mut draft = testing::draft(title, "");
        draft.wordings = vec![Wording {
            lang: "en".to_owned(),
            title: title.to_owned(),
            body: prose::render(text, &named),
            ..Wording::default()
        }];
        draft.mentions = named.into_iter().map(|name| name.actor).collect();
        draft
    }
}

fn charter(handle: &str, purpose: &str) -> Charter {
    Charter {
        purpose: LangText::single("en", purpose),
        ..testing::charter(handle)
    }
}
