//! How the cost of the same work grows with the number of posts: receiving activities, a community's
//! page and the home page, at 10³, 10⁴ and more posts. The posts are written straight into the database.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use model::id::IdMint;
use model::{LangText, PostId, Time};
use store::{Db, StoreError, row};

use super::http::Request;
use super::inbox::peer::{self, Peer};
use super::inbox::run::InboxFixture;
use super::inbox::{SignedActivity, creates};
use super::instance::BenchInstance;
use super::{BenchContext, Measure};

/// The numbers of stored posts to measure at; the last only with `--full`.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Posts in a thread, the first included.
const POSTS_PER_THREAD: usize = 10;
/// Posts written in one transaction.
const CHUNK: usize = 5_000;
/// Replies received at each size, and the threads they go to.
const REPLIES: usize = 3_000;
const THREADS: usize = 200;

const CONNECTIONS: usize = 8;
const LOAD_DURATION: Duration = Duration::from_secs(4);

const COMMUNITY: &str = "handover";

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started, filled or measured.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let peers = peer::start(1)?;
    let mut instance = BenchInstance::set_up(context, "growth")?;
    let writer = instance.add_person("writer", "Writer")?;
    let reader = instance.add_person("reader", "Reader")?;
    instance.start()?;
    let mut connection = instance.site.connect()?;
    writer.create_community(&mut connection, COMMUNITY)?;
    reader.follow(&mut connection, COMMUNITY)?;
    let first = writer.start_thread(&mut connection, COMMUNITY, "What we leave out")?;
    let cookie = reader.sign_in(&mut connection)?;
    let mut fixture = InboxFixture::with_instance(instance, &peers, vec![first.ap_id.clone()])?;
    let mut posts = PostGenerator::new(&fixture, &first.ap_id)?;

    let mut measures = Vec::new();
    for (set, size) in ["a", "b", "c", "d"].into_iter().zip(SIZES) {
        if size > 100_000 && !context.full {
            break;
        }
        let known = posts.fill(&mut fixture, size)?;
        measures.extend(measure_at(&fixture, &peers, &known, set, size, &cookie)?);
    }
    Ok(measures)
}

/// Measures receiving and the three pages at one size.
fn measure_at(
    fixture: &InboxFixture<'_>,
    peers: &[Peer],
    threads: &[String],
    set: &str,
    size: usize,
    cookie: &str,
) -> Result<Vec<Measure>> {
    let activities: Vec<SignedActivity<'_>> = creates(set, peers, threads, REPLIES);
    let result = fixture.run(&activities)?;
    let mut measures = vec![Measure {
        bench: "growth",
        case: format!("{size} posts, replies received"),
        unit: "activities/s",
        value: Some(result.rate(result.processed)),
        cpu_us_per_unit: Some(result.cpu_us()),
        rss_mb: Some(result.rss_mb),
        n: Some(result.sample.count()),
        ..Measure::default()
    }];
    let (community, discussions) = (
        format!("/c/{COMMUNITY}"),
        format!("/c/{COMMUNITY}/discussions"),
    );
    for (name, path) in [
        ("community", community.as_str()),
        ("discussions", &discussions),
        ("home", "/"),
    ] {
        let request = Request::get(path).header("Cookie", cookie);
        let load = super::load::run(&fixture.instance, &request, CONNECTIONS, LOAD_DURATION)?;
        eprintln!("  {size} posts, {name}: {:.0} µs", load.cpu_us());
        measures.push(Measure {
            rss_mb: Some(fixture.instance.rss_mb()?),
            ..load.measure("growth", format!("{size} posts, {name}, signed in"))
        });
    }
    Ok(measures)
}

/// Generates posts as copies of a template, and counts them.
struct PostGenerator {
    template: row::Post,
    ids: IdMint,
    instance_url: String,
    written: usize,
    threads: Vec<String>,
}

impl PostGenerator {
    /// Uses a thread that the instance itself created as the template.
    fn new(fixture: &InboxFixture<'_>, ap_id: &str) -> Result<Self> {
        let name = ap_id.to_owned();
        let template = fixture.write(move |db| Ok(store::raw::post::by_ap_id(db, &name)?))?;
        Ok(Self {
            template: template.context("the first thread is not there")?,
            ids: IdMint::new(255),
            instance_url: fixture.instance.site.url(),
            written: 1,
            threads: Vec::new(),
        })
    }

    /// Inserts posts until there are `size`; returns threads spread evenly over all of them.
    fn fill(&mut self, fixture: &mut InboxFixture<'_>, size: usize) -> Result<Vec<String>> {
        while self.written < size {
            let count = CHUNK
                .min(size - self.written)
                .next_multiple_of(POSTS_PER_THREAD);
            let rows: Vec<row::Post> = (0..count / POSTS_PER_THREAD)
                .flat_map(|_| self.thread())
                .collect();
            let (author, community) = (self.template.author_id, self.template.community_id);
            let threads = i32::try_from(count / POSTS_PER_THREAD)?;
            let posts = i32::try_from(count)?;
            fixture.write(move |db| {
                insert_all(db, &rows).and_then(|()| {
                    store::actor::add_posts(db, author, posts)?;
                    if let Some(community) = community {
                        store::actor::add_posts(db, community, threads)?;
                    }
                    Ok(())
                })
            })?;
            self.written += count;
        }
        let step = (self.threads.len() / THREADS).max(1);
        let some: Vec<String> = self
            .threads
            .iter()
            .step_by(step)
            .take(THREADS)
            .cloned()
            .collect();
        ensure!(!some.is_empty(), "nothing was written");
        fixture.threads.clone_from(&some);
        Ok(some)
    }

    /// Generates a thread with its replies, published a second after the previous thread.
    fn thread(&mut self) -> Vec<row::Post> {
        let age = i64::try_from(self.threads.len()).unwrap_or(0);
        let at = self.template.published_at.plus_seconds(age - 40_000_000);
        let ids: Vec<PostId> = (0..POSTS_PER_THREAD).map(|_| self.ids.next(at)).collect();
        let root = ids.first().copied().unwrap_or_default();
        let last = ids.last().copied().unwrap_or_default();
        let posts: Vec<row::Post> = ids
            .iter()
            .map(|id| self.post(*id, root, last, at))
            .collect();
        self.threads
            .extend(posts.first().map(|post| post.ap_id.clone()));
        posts
    }

    fn post(&self, id: PostId, root: PostId, last: PostId, at: Time) -> row::Post {
        let ap_id = format!("{}/p/{id}", self.instance_url);
        let post = row::Post {
            id,
            url: ap_id.clone(),
            ap_id,
            root_id: root,
            branch_id: id,
            published_at: at,
            active_at: at,
            ..self.template.clone()
        };
        if id == root {
            let replies = i32::try_from(POSTS_PER_THREAD - 1).unwrap_or(0);
            return row::Post {
                reply_count: replies,
                last_post_id: last,
                ..post
            };
        }
        row::Post {
            parent_id: Some(root),
            depth: 1,
            title: LangText::default(),
            last_post_id: id,
            ..post
        }
    }
}

fn insert_all(db: &mut Db, rows: &[row::Post]) -> Result<(), StoreError> {
    for row in rows {
        store::post::insert(db, row)?;
    }
    Ok(())
}
