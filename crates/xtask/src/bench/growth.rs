//! What the same work costs when there is more and more: activities received, a community's page, and
//! the home page, at a thousand posts, ten thousand, and so on. The posts are written straight into
//! the database.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use model::id::IdMint;
use model::{PostId, Time};
use store::{Db, StoreError, row};

use super::http::Request;
use super::inbox::peer::{self, Peer};
use super::inbox::stage::Stage;
use super::inbox::{Letter, creates};
use super::instance::Instance;
use super::{Measure, Setting, load};

/// Posts stored at each look; the last only with `--full`.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Posts of a thread, its first included.
const IN_THREAD: usize = 10;
/// Posts written in one transaction.
const CHUNK: usize = 5_000;
/// Replies received at each size, and the threads they go to.
const REPLIES: usize = 3_000;
const THREADS: usize = 200;

const CONNECTIONS: usize = 8;
const SPAN: Duration = Duration::from_secs(4);

const COMMUNITY: &str = "handover";

/// Runs it.
///
/// # Errors
/// When the instance cannot be started, filled or measured.
pub fn run(setting: &Setting) -> Result<Vec<Measure>> {
    let peers = peer::start(1)?;
    let mut instance = Instance::set_up(setting, "growth")?;
    let writer = instance.add_person("writer", "Writer")?;
    let reader = instance.add_person("reader", "Reader")?;
    instance.start()?;
    let mut connection = instance.site.connect()?;
    writer.found(&mut connection, COMMUNITY)?;
    reader.follow(&mut connection, COMMUNITY)?;
    let first = writer.start(&mut connection, COMMUNITY, "What we leave out")?;
    let cookie = reader.sign_in(&mut connection)?;
    let mut stage = Stage::over(instance, &peers, vec![first.ap_id.clone()])?;
    let mut shelf = Shelf::of(&stage, &first.ap_id)?;

    let mut measures = Vec::new();
    for (set, size) in ["a", "b", "c", "d"].into_iter().zip(SIZES) {
        if size > 100_000 && !setting.full {
            break;
        }
        let known = shelf.fill(&mut stage, size)?;
        measures.extend(look(&stage, &peers, &known, set, size, &cookie)?);
    }
    Ok(measures)
}

/// The three measures at one size.
fn look(
    stage: &Stage<'_>,
    peers: &[Peer],
    threads: &[String],
    set: &str,
    size: usize,
    cookie: &str,
) -> Result<Vec<Measure>> {
    let letters: Vec<Letter<'_>> = creates(set, peers, threads, REPLIES);
    let course = stage.run(&letters)?;
    let mut measures = vec![Measure {
        bench: "growth",
        case: format!("{size} posts, replies received"),
        unit: "activities/s",
        value: Some(course.rate(course.taken_in)),
        cpu_us_per_unit: Some(course.cpu_us()),
        rss_mb: Some(course.rss_mb),
        n: Some(course.sample.count()),
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
        let found = load::run(&stage.instance, &request, CONNECTIONS, SPAN)?;
        eprintln!("  {size} posts, {name}: {:.0} µs", found.cpu_us());
        measures.push(Measure {
            bench: "growth",
            case: format!("{size} posts, {name}, signed in"),
            unit: "requests/s",
            value: Some(found.rate()),
            p50_ms: found.sample.p50(),
            p95_ms: found.sample.p95(),
            p99_ms: found.sample.p99(),
            cpu_us_per_unit: Some(found.cpu_us()),
            rss_mb: Some(stage.instance.rss_mb()?),
            n: Some(found.sample.count()),
            ..Measure::default()
        });
    }
    Ok(measures)
}

/// What the posts are made after, and how many there are.
struct Shelf {
    like: row::Post,
    ids: IdMint,
    /// Where the instance is.
    url: String,
    written: usize,
    threads: Vec<String>,
}

impl Shelf {
    /// After a thread that the instance made itself.
    fn of(stage: &Stage<'_>, ap_id: &str) -> Result<Self> {
        let name = ap_id.to_owned();
        let like = stage.write(move |db| Ok(store::discussion::by_ap_id(db, &name)?))?;
        Ok(Self {
            like: like.context("the first thread is not there")?,
            ids: IdMint::new(255),
            url: stage.instance.site.url(),
            written: 1,
            threads: Vec::new(),
        })
    }

    /// Fills up to `size` posts; answers some threads from all over.
    fn fill(&mut self, stage: &mut Stage<'_>, size: usize) -> Result<Vec<String>> {
        while self.written < size {
            let count = CHUNK.min(size - self.written).next_multiple_of(IN_THREAD);
            let rows: Vec<row::Post> = (0..count / IN_THREAD).flat_map(|_| self.thread()).collect();
            let (author, community) = (self.like.author_id, self.like.community_id);
            let threads = i32::try_from(count / IN_THREAD)?;
            let posts = i32::try_from(count)?;
            stage.write(move |db| {
                keep(db, &rows).and_then(|()| {
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
        stage.threads.clone_from(&some);
        Ok(some)
    }

    /// A thread with its replies; each is a second younger than the one before.
    fn thread(&mut self) -> Vec<row::Post> {
        let age = i64::try_from(self.threads.len()).unwrap_or(0);
        let at = self.like.published_at.plus_seconds(age - 40_000_000);
        let ids: Vec<PostId> = (0..IN_THREAD).map(|_| self.ids.next(at)).collect();
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
        let ap_id = format!("{}/p/{id}", self.url);
        let made = row::Post {
            id,
            url: ap_id.clone(),
            ap_id,
            root_id: root,
            branch_id: id,
            published_at: at,
            active_at: at,
            ..self.like.clone()
        };
        if id == root {
            let replies = i32::try_from(IN_THREAD - 1).unwrap_or(0);
            return row::Post {
                reply_count: replies,
                last_post_id: last,
                ..made
            };
        }
        row::Post {
            parent_id: Some(root),
            depth: 1,
            title: String::new(),
            last_post_id: id,
            ..made
        }
    }
}

fn keep(db: &mut Db, rows: &[row::Post]) -> Result<(), StoreError> {
    for row in rows {
        store::discussion::insert(db, row)?;
    }
    Ok(())
}
