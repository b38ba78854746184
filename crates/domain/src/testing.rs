//! Builders for every crate's tests: an instance over a real database, its people, communities,
//! drafts and remote actors, and a clock that does not advance by itself.

use crate::account::{self, NewAccount};
use crate::discussion;
use crate::keys::{self, KeyPair};
use crate::password::Cost;
use crate::post::{Draft, Wording};
use crate::{Error, Ops, OpsConfig, Outcome, password, prose, search, site};
use model::access::{Reader, Viewer};
use model::community::Charter;
use model::id::IdMint;
use model::job::NewJob;
use model::{
    AccountState, ActorId, Clock, Handle, Lang, LangText, Origin, PostId, Registration, SeenBy,
    Site, SiteRole, Time, Via,
};
use openssl::rsa::Rsa;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use store::Store;

/// A clock that advances only where a test moves it.
#[derive(Debug)]
pub struct StillClock(AtomicI64);

impl StillClock {
    /// Starts at the beginning of 2027.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicI64::new(1_798_761_600_000))
    }

    /// Moves it on.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Default for StillClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for StillClock {
    fn now(&self) -> Time {
        Time::from_unix_millis(self.0.load(Ordering::SeqCst))
    }
}

static KEY: LazyLock<Option<KeyPair>> = LazyLock::new(|| cached_keys("domain"));

/// Returns a key pair whose RSA key is generated once in a build, because that takes longer than most
/// tests; `None` when the system has no randomness.
#[must_use]
pub fn cached_keys(name: &str) -> Option<KeyPair> {
    let private_der = store::testing::cached(&format!("{name}.rsa.der"), || {
        keys::generate().map_or_else(|_| Vec::new(), |pair| pair.private_der)
    });
    let rsa = Rsa::private_key_from_der(&private_der).ok()?;
    Some(KeyPair {
        public_pem: String::from_utf8(rsa.public_key_to_pem().ok()?).ok()?,
        private_der,
        ed25519: keys::generate_ed25519().ok()?,
    })
}

/// A key pair; every test actor has the same.
#[must_use]
pub fn key() -> KeyPair {
    KEY.clone().unwrap_or(KeyPair {
        private_der: Vec::new(),
        public_pem: String::new(),
        ed25519: keys::Ed25519Pair {
            private_der: Vec::new(),
            public_pem: String::new(),
        },
    })
}

/// An instance at `https://alpha.test`, whose admin is `root`.
pub struct World {
    pub ops: Ops,
    pub clock: Arc<StillClock>,
    pub admin: ActorId,
}

impl World {
    /// Sets one up over a migrated, empty database.
    ///
    /// # Errors
    /// What the setup refuses.
    pub async fn new(store: Store) -> Outcome<Self> {
        let clock = Arc::new(StillClock::new());
        let ops = Ops::new(OpsConfig {
            store,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: IdMint::new(1),
            wake: Box::new(|| {}),
        });
        let set_up = set_up("https://alpha.test", "root")?;
        let admin = ops.write(move |tx| site::set_up(tx, &set_up)).await?;
        ops.refresh_site().await?;
        Ok(Self { ops, clock, admin })
    }

    /// Lets people register in another way.
    ///
    /// # Errors
    /// Faults.
    pub async fn set_registration(&self, registration: Registration) -> Outcome<()> {
        let site = self.ops.site().ok_or(Error::not_found("site"))?;
        let site = Site {
            registration,
            ..(*site).clone()
        };
        self.ops
            .write(move |tx| site::change(tx, account::Principal::Operator, &site))
            .await?;
        self.ops.refresh_site().await
    }

    /// Somebody who may act, and whose profile everybody sees.
    ///
    /// # Errors
    /// As `account::create`.
    pub async fn person(&self, name: &str) -> Outcome<ActorId> {
        let new = new_account(name)?;
        self.ops
            .write(move |tx| {
                let id = account::create(tx, &new, SiteRole::Member, AccountState::Active)?;
                let row = store::raw::actor::by_id(tx.db, id)?.ok_or(Error::not_found("person"))?;
                let seen = store::row::Actor {
                    seen_by: SeenBy::Everyone,
                    ..row
                };
                store::actor::update(tx.db, &seen)?;
                Ok(id)
            })
            .await
    }

    /// A community founded by somebody.
    ///
    /// # Errors
    /// As `community::found`.
    pub async fn community(&self, by: ActorId, name: &str) -> Outcome<ActorId> {
        let (handle, charter) = (handle(name)?, charter(name));
        self.ops
            .write(move |tx| crate::community::found(tx, by, &handle, &charter, &key()))
            .await
    }

    /// A thread.
    ///
    /// # Errors
    /// As `discussion::start`.
    pub async fn thread(&self, by: ActorId, community: ActorId, title: &str) -> Outcome<PostId> {
        let draft = draft(title, "What have you learned?");
        self.ops
            .write(move |tx| discussion::start(tx, by, Some(community), &draft, &Origin::Local))
            .await
    }

    /// A reply.
    ///
    /// # Errors
    /// As `discussion::reply`.
    pub async fn reply(&self, by: ActorId, parent: PostId, text: &str) -> Outcome<PostId> {
        let draft = draft("", text);
        self.ops
            .write(move |tx| discussion::reply(tx, by, parent, &draft, &Origin::Local))
            .await
    }

    /// A remote person, as if their document had been fetched.
    ///
    /// # Errors
    /// Faults.
    pub async fn stranger(&self, name: &str, host: &str) -> Outcome<ActorId> {
        let foreign = stranger(name, host);
        self.ops
            .write(move |tx| crate::actor::store_remote(tx, &foreign))
            .await
    }

    /// Writes the search index, as its jobs would.
    ///
    /// # Errors
    /// Faults.
    pub async fn index(&self) -> Outcome<()> {
        self.ops
            .write(|tx| {
                for id in store::search::actor_ids(tx.db, ActorId(0), 1_000)? {
                    if let Some(source) = search::read_actor(tx.db, id)? {
                        search::put_actor(tx, &source, &source.texts())?;
                    }
                }
                for id in store::search::post_ids(tx.db, PostId(0), 1_000)? {
                    if let Some(source) = search::read_post(tx.db, id)? {
                        search::put_post(tx, &source, &source.texts())?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// The jobs that wait, oldest first, but those of the search index, which follow from nearly
    /// everything.
    ///
    /// # Errors
    /// Faults.
    pub async fn jobs(&self) -> Outcome<Vec<NewJob>> {
        let rows = self
            .ops
            .store()
            .read(|db| store::queue::jobs::list(db, 1_000).map_err(Error::from))
            .await?;
        Ok(rows
            .iter()
            .filter_map(|row| NewJob::from_row(&row.kind, &row.payload))
            .filter(|job| !matches!(job, NewJob::IndexPost(_) | NewJob::IndexActor(_)))
            .collect())
    }
}

/// Somebody, or a guest, who reads at the time at which [`StillClock`] begins.
#[must_use]
pub fn reader(who: Option<ActorId>) -> Reader {
    Reader {
        viewer: Viewer::of(who),
        now: StillClock::new().now(),
    }
}

/// The password of every account that the builders make with one.
pub const PASSWORD: &str = "a long password";

/// What sets up an instance at `origin`, whose admin has [`PASSWORD`].
///
/// # Errors
/// `Invalid(handle)`.
pub fn set_up(origin: &str, admin: &str) -> Outcome<site::SetUp> {
    let site = Site {
        url: origin.to_owned(),
        name: LangText::new([("en", "Alpha"), ("fr", "Alpha")]),
        description: LangText::default(),
        languages: vec![Lang::En, Lang::Fr],
        registration: Registration::Open,
        zone: String::new(),
        admins_need_second_factor: false,
    };
    Ok(site::SetUp {
        site,
        admin: handle(admin)?,
        admin_name: capitalized(admin),
        password: hashed_password(),
        address: None,
        lang: Lang::En,
        keys: [key(), key()],
    })
}

/// A token that somebody makes by hand, with every right.
#[must_use]
pub fn own_token(token_hash: &str) -> crate::oauth::OwnToken {
    crate::oauth::OwnToken {
        token_hash: token_hash.to_owned(),
        name: "test".to_owned(),
        scopes: model::oauth::Scopes::all(),
        expires_at: None,
    }
}

/// The hash of [`PASSWORD`].
#[must_use]
pub fn hashed_password() -> String {
    password::hash(PASSWORD, Cost::Least).unwrap_or_default()
}

/// A name for people: `ann` becomes `Ann`.
#[must_use]
pub fn capitalized(handle: &str) -> String {
    let mut letters = handle.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A handle known to be good.
///
/// # Errors
/// `Invalid(handle)` where it is not.
pub fn handle(text: &str) -> Outcome<Handle> {
    Handle::parse_any(text).map_err(|_bad| Error::invalid("handle", model::Why::Characters))
}

/// An account of this name.
///
/// # Errors
/// `Invalid(handle)`.
pub fn new_account(name: &str) -> Outcome<NewAccount> {
    Ok(NewAccount {
        handle: handle(name)?,
        name: name.to_owned(),
        password: None,
        address: None,
        lang: Lang::En,
        request: String::new(),
        key: key(),
    })
}

/// What a community of this name says of itself.
#[must_use]
pub fn charter(name: &str) -> Charter {
    Charter {
        name: LangText::single("en", name),
        purpose: LangText::single("en", "We learn together."),
        languages: vec!["en".into()],
        ..Charter::default()
    }
}

/// A PNG of two red pixels.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0\x7b@\xe8\xdd\
    \0\0\0\rIDATx\x9cc8!'\x07D\0\x08w\x02\x09\x91p\x1b<\0\0\0\0IEND\xaeB`\x82";

/// The row of a picture's file, without a file.
#[must_use]
pub fn picture_file(digest: &str) -> store::row::PictureFile {
    store::row::PictureFile {
        digest: digest.to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 70,
        width: 2,
        height: 1,
    }
}

/// A draft in English.
#[must_use]
pub fn draft(title: &str, body: &str) -> Draft {
    Draft {
        wordings: vec![Wording {
            lang: "en".into(),
            title: title.to_owned(),
            body: prose::render(body, &[]),
            ..Wording::default()
        }],
        ..Draft::default()
    }
}

/// A remote person.
#[must_use]
pub fn stranger(name: &str, host: &str) -> crate::actor::RemoteActor {
    let ap_id = format!("https://{host}/u/{name}");
    crate::actor::RemoteActor {
        suspended: false,
        moved: false,
        kind: model::ActorKind::Person,
        host: host.to_owned(),
        handle: name.to_owned(),
        url: ap_id.clone(),
        inbox: format!("{ap_id}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        outbox: None,
        followers_url: None,
        moderators_url: None,
        name: name.to_owned(),
        summary_html: String::new(),
        pronouns: String::new(),
        job_title: String::new(),
        organization: String::new(),
        languages: Vec::new(),
        picture_url: None,
        indexable: true,
        discoverable: true,
        key_id: Some(format!("{ap_id}#main-key")),
        key_pem: None,
        assertion_keys: Vec::new(),
        charter: None,
        private: false,
        question_answer: false,
        tags: Vec::new(),
        ap_id,
    }
}

/// A peer's activity, delivered by its author.
#[must_use]
pub fn delivered(ap_id: &str, peer: model::PeerId) -> Origin {
    Origin::Remote {
        ap_id: ap_id.to_owned(),
        peer,
        published: None,
        via: Via::Delivered,
        url: None,
        context: None,
        updated: None,
        named: String::new(),
        announcer: None,
        activity: Some(format!("{{\"id\":\"{ap_id}#create\"}}")),
    }
}
