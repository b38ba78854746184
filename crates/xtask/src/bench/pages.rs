//! Pages under load: a community of a thousand threads, a thread of two hundred replies, and the
//! home page, for guests and for somebody signed in who has read none of it.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use super::api::Person;
use super::http::Request;
use super::instance::Instance;
use super::{Measure, Setting, load};

const THREADS: usize = 1_000;
const REPLIES: usize = 200;
/// What each writer does; below what anybody may write at once.
const WRITES_EACH: usize = 50;
/// The instance is filled on so many connections.
const FILLING: usize = 4;
const CONNECTIONS: usize = 16;
const SPAN: Duration = Duration::from_secs(10);

const COMMUNITY: &str = "handover";
const TITLE: &str = "What we leave out, part";
const REPLY: &str = "From ward";
const READER: &str = "Rowan Reader";

/// Runs it.
///
/// # Errors
/// When the instance cannot be started or filled, or a page is not what it should be.
pub fn run(setting: &Setting) -> Result<Vec<Measure>> {
    let mut instance = Instance::set_up(setting, "pages")?;
    let writers = (0..(THREADS + REPLIES) / WRITES_EACH)
        .map(|n| instance.add_person(&format!("writer-{n}"), &format!("Writer {n}")));
    let writers: Vec<Person> = writers.collect::<Result<_>>()?;
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
struct Page {
    name: &'static str,
    path: String,
    /// What stands in it, and how often at least for a guest and for a member: were it not so,
    /// another page would be measured than the one meant.
    holds: &'static str,
    times: [usize; 2],
}

fn pages(thread: &str) -> [Page; 4] {
    let page = |name, path: String, holds, times| Page {
        name,
        path,
        holds,
        times,
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

impl Page {
    /// As a guest, as a member, and as a member's browser, which takes it packed.
    fn measure(&self, instance: &Instance, cookie: &str) -> Result<[Measure; 3]> {
        let [few, many] = self.times;
        let (name, guest) = (self.name, Request::get(&self.path));
        let member = guest.clone().header("Cookie", cookie);
        let packed = member.clone().header("Accept-Encoding", "gzip");
        let reader = check(instance, &guest, self.holds, few)?;
        ensure!(!reader, "{name}: a guest is signed in");
        let reader = check(instance, &member, self.holds, many)?;
        ensure!(reader, "{name}: nobody is signed in");
        Ok([
            measure(instance, &format!("{name}, signed out"), &guest)?,
            measure(instance, &format!("{name}, signed in"), &member)?,
            measure(instance, &format!("{name}, signed in, gzip"), &packed)?,
        ])
    }
}

/// Founds the community and fills it; answers the id of the long thread.
fn fill(instance: &Instance, writers: &[Person], reader: &Person) -> Result<String> {
    let mut connection = instance.site.connect()?;
    let founder = writers.first().context("there are no writers")?;
    founder.found(&mut connection, COMMUNITY)?;
    reader.follow(&mut connection, COMMUNITY)?;
    let long = founder
        .start(&mut connection, COMMUNITY, &format!("{TITLE} 0"))?
        .id;
    // The founder is one of the repliers and has two acts more than the others.
    let (repliers, starters) = writers.split_at(REPLIES / WRITES_EACH);
    thread::scope(|scope| {
        let share = starters.len().div_ceil(FILLING);
        let shares = starters.chunks(share).enumerate();
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
        // Every fourth answers the thread; the three after it answer one another.
        let parent = if n % 4 == 0 { &long } else { &above };
        above = replier
            .reply(&mut connection, parent, &format!("{REPLY} {n}."))?
            .id;
    }
    Ok(long)
}

fn start_threads(instance: &Instance, starters: &[Person], share: usize) -> Result<()> {
    let mut connection = instance.site.connect()?;
    for starter in starters {
        for n in 0..WRITES_EACH {
            let title = format!("{TITLE} {share}.{n} by {}", starter.handle);
            starter.start(&mut connection, COMMUNITY, &title)?;
        }
    }
    Ok(())
}

/// Makes sure that a page is the one to be measured; answers whether it is the reader's.
fn check(instance: &Instance, request: &Request, holds: &str, times: usize) -> Result<bool> {
    let answer = instance.site.connect()?.send(request)?;
    let page = answer.text();
    ensure!(
        answer.status == 200,
        "{request:?} was answered {}",
        answer.status
    );
    let found = page.matches(holds).count();
    ensure!(
        found >= times,
        "a page has {found} times “{holds}”, not {times}: {request:?}"
    );
    Ok(page.contains(READER))
}

fn measure(instance: &Instance, case: &str, request: &Request) -> Result<Measure> {
    let load = load::run(instance, request, CONNECTIONS, SPAN)
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
