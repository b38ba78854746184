//! Pages under load: a community with a thousand threads, a thread with two hundred replies, and the
//! home page, for guests and for a member who has read nothing yet.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use super::api_client::ApiUser;
use super::http::Request;
use super::instance::BenchInstance;
use super::{BenchContext, Measure, load};

const THREADS: usize = 1_000;
const REPLIES: usize = 200;
/// Writes of each account; less than the rate limit allows at once.
const WRITES_EACH: usize = 50;
/// Connections on which the instance is filled.
const FILL_CONNECTIONS: usize = 4;
const CONNECTIONS: usize = 16;
const LOAD_DURATION: Duration = Duration::from_secs(10);

const COMMUNITY: &str = "handover";
const TITLE: &str = "What we leave out, part";
const REPLY: &str = "From ward";
const READER: &str = "Rowan Reader";

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started or filled, or a page does not contain what it should.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let mut instance = BenchInstance::set_up(context, "pages")?;
    let writers = (0..(THREADS + REPLIES) / WRITES_EACH)
        .map(|n| instance.add_person(&format!("writer-{n}"), &format!("Writer {n}")));
    let writers: Vec<ApiUser> = writers.collect::<Result<_>>()?;
    let reader = instance.add_person("reader", READER)?;
    instance.start()?;
    let thread = fill(&instance, &writers, &reader)?;
    instance.settle()?;
    let cookie = reader.sign_in(&mut instance.site.connect()?)?;

    let mut measures = Vec::new();
    for page in pages(&thread) {
        measures.extend(page.measure(&instance, &cookie)?);
    }
    Ok(measures)
}

/// A page to measure.
struct PageCase {
    name: &'static str,
    path: String,
    /// Text that the page contains, which shows that the right page is measured.
    marker: &'static str,
    /// How often at least the text occurs, for a guest and for a member.
    at_least: [usize; 2],
}

fn pages(thread: &str) -> [PageCase; 4] {
    let page = |name, path: String, marker, at_least| PageCase {
        name,
        path,
        marker,
        at_least,
    };
    let (community, post) = (format!("/c/{COMMUNITY}"), format!("/p/{thread}"));
    let discussions = format!("{community}/discussions");
    [
        page("community", community, TITLE, [1, 1]),
        page("discussions", discussions, TITLE, [30, 30]),
        page("thread", post, REPLY, [50, 50]),
        // A guest's home is about the instance; it need not show a thread.
        page("home", "/".to_owned(), TITLE, [0, 1]),
    ]
}

impl PageCase {
    /// Measures the page as a guest, as a member, and as a member who accepts gzip.
    fn measure(&self, instance: &BenchInstance, cookie: &str) -> Result<[Measure; 3]> {
        let [guest_count, member_count] = self.at_least;
        let (name, guest) = (self.name, Request::get(&self.path));
        let member = guest.clone().header("Cookie", cookie);
        let gzip = member.clone().header("Accept-Encoding", "gzip");
        let reader = check(instance, &guest, self.marker, guest_count)?;
        ensure!(!reader, "{name}: a guest is signed in");
        let reader = check(instance, &member, self.marker, member_count)?;
        ensure!(reader, "{name}: the member is not signed in");
        Ok([
            measure(instance, &format!("{name}, signed out"), &guest)?,
            measure(instance, &format!("{name}, signed in"), &member)?,
            measure(instance, &format!("{name}, signed in, gzip"), &gzip)?,
        ])
    }
}

/// Creates the community and its threads; returns the id of the long thread.
fn fill(instance: &BenchInstance, writers: &[ApiUser], reader: &ApiUser) -> Result<String> {
    let mut connection = instance.site.connect()?;
    let founder = writers.first().context("there are no writers")?;
    founder.create_community(&mut connection, COMMUNITY)?;
    reader.follow(&mut connection, COMMUNITY)?;
    let long = founder
        .start_thread(&mut connection, COMMUNITY, &format!("{TITLE} 0"))?
        .id;
    // The founder is one of the repliers and writes twice more than the others.
    let (repliers, starters) = writers.split_at(REPLIES / WRITES_EACH);
    thread::scope(|scope| {
        let chunk = starters.len().div_ceil(FILL_CONNECTIONS);
        let shares = starters.chunks(chunk).enumerate();
        let workers: Vec<_> = shares
            .map(|(n, starters)| scope.spawn(move || start_threads(instance, starters, n)))
            .collect();
        for worker in workers {
            worker
                .join()
                .map_err(|_panic| anyhow!("a thread of the bench panicked"))??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    let mut above = long.clone();
    for (n, replier) in repliers.iter().cycle().take(REPLIES).enumerate() {
        // Every fourth reply answers the thread; the three after it answer the previous reply.
        let parent = if n % 4 == 0 { &long } else { &above };
        above = replier
            .reply(&mut connection, parent, &format!("{REPLY} {n}."))?
            .id;
    }
    Ok(long)
}

fn start_threads(instance: &BenchInstance, starters: &[ApiUser], chunk: usize) -> Result<()> {
    let mut connection = instance.site.connect()?;
    for starter in starters {
        for n in 0..WRITES_EACH {
            let title = format!("{TITLE} {chunk}.{n} by {}", starter.handle);
            starter.start_thread(&mut connection, COMMUNITY, &title)?;
        }
    }
    Ok(())
}

/// Checks that a page is the right one; returns whether the reader is signed in on it.
fn check(
    instance: &BenchInstance,
    request: &Request,
    marker: &str,
    at_least: usize,
) -> Result<bool> {
    let response = instance.site.connect()?.send(request)?;
    let page = response.text();
    ensure!(
        response.status == 200,
        "{request:?} got status {}",
        response.status
    );
    let found = page.matches(marker).count();
    ensure!(
        found >= at_least,
        "a page contains {marker:?} {found} times instead of {at_least}: {request:?}"
    );
    Ok(page.contains(READER))
}

fn measure(instance: &BenchInstance, case: &str, request: &Request) -> Result<Measure> {
    let load = load::run(instance, request, CONNECTIONS, LOAD_DURATION)
        .with_context(|| format!("measuring {case}"))?;
    Ok(Measure {
        bench: "pages",
        case: case.to_owned(),
        unit: "requests/s",
        value: Some(load.rate()),
        p50_ms: load.sample.p50(),
        p95_ms: load.sample.p95(),
        p99_ms: load.sample.p99(),
        cpu_us_per_unit: Some(load.cpu_us()),
        rss_mb: Some(instance.rss_mb()?),
        n: Some(load.sample.count()),
        ..Measure::default()
    })
}
