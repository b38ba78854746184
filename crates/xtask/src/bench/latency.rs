//! From posting in a community to the post readable on an instance where somebody follows it: two
//! processes, real HTTP between them, every queue on the way.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

use super::api::{Person, WRITES_AT_ONCE, text};
use super::http::Connection;
use super::instance::Instance;
use super::sample::Sample;
use super::{Measure, Setting};

/// Threads posted one after another, each after the one before has arrived.
const THREADS: usize = 200;
/// Threads posted at once; as many as a page of the API shows.
const BURST: usize = 100;
/// They are posted on so many connections.
const BURST_CONNECTIONS: usize = 4;
/// Enough of them that nobody's limit is met.
const AUTHORS: usize = (THREADS + BURST) / WRITES_AT_ONCE + 3;
/// How long is waited between two looks at the following instance.
const LOOK: Duration = Duration::from_millis(2);
/// The same during a burst, where a look shows a whole page and costs accordingly.
const BURST_LOOK: Duration = Duration::from_millis(10);
/// What has not arrived by then has failed.
const PATIENCE: Duration = Duration::from_secs(60);

const COMMUNITY: &str = "handover";

/// Runs it.
///
/// # Errors
/// When an instance cannot be started or a post does not arrive.
pub fn run(setting: &Setting) -> Result<Vec<Measure>> {
    let link = Link::lay(setting)?;
    let mut here = link.home.site.connect()?;
    let mut there = link.away.site.connect()?;

    let mut first = Vec::new();
    for (n, author) in link.authors.iter().enumerate() {
        first.push(link.trip(&mut here, &mut there, author, &format!("First words {n}"))?);
    }
    let mut trips = Vec::new();
    for (n, author) in link.authors.iter().cycle().take(THREADS).enumerate() {
        trips.push(link.trip(&mut here, &mut there, author, &format!("Thread {n}"))?);
    }
    let burst = link.burst()?;

    let since_answer = |trips: &[Trip]| trips.iter().map(|trip| trip.since_answer).collect();
    let rss = link.away.rss_mb()?;
    Ok(vec![
        measure(
            "one at a time, since the answer",
            &since_answer(&trips),
            rss,
        ),
        measure(
            "one at a time, since sending",
            &trips.iter().map(|trip| trip.since_sending).collect(),
            rss,
        ),
        measure(
            "an author's first, since the answer",
            &since_answer(&first),
            rss,
        ),
        measure("100 at once, since the answer", &burst, rss),
    ])
}

fn measure(case: &str, sample: &Sample, rss: f64) -> Measure {
    Measure {
        bench: "latency",
        case: case.to_owned(),
        unit: "ms",
        value: sample.p50(),
        p50_ms: sample.p50(),
        p95_ms: sample.p95(),
        p99_ms: sample.p99(),
        rss_mb: Some(rss),
        n: Some(sample.count()),
        ..Measure::default()
    }
}

/// Two instances: the community's, and the one of a follower.
struct Link {
    home: Instance,
    away: Instance,
    authors: Vec<Person>,
    reader: Person,
    address: String,
}

/// How long a thread took until it could be read.
struct Trip {
    since_sending: Duration,
    since_answer: Duration,
}

impl Link {
    /// Starts both, founds the community, and waits until the follow is accepted.
    fn lay(setting: &Setting) -> Result<Self> {
        let mut home = Instance::set_up(setting, "a")?;
        let mut away = Instance::set_up(setting, "b")?;
        let authors = (0..AUTHORS).map(|n| home.add_person(&format!("author-{n}"), "Author"));
        let authors: Vec<Person> = authors.collect::<Result<_>>()?;
        let reader = away.add_person("reader", "Reader")?;
        home.start()?;
        away.start()?;
        let founder = authors.first().context("there are no authors")?;
        founder.found(&mut home.site.connect()?, COMMUNITY)?;
        let link = Self {
            address: format!("{COMMUNITY}@{}", home.site.host()),
            home,
            away,
            authors,
            reader,
        };
        link.follow()?;
        Ok(link)
    }

    fn follow(&self) -> Result<()> {
        let mut there = self.away.site.connect()?;
        let name = serde_json::json!({ "q": format!("!{}", self.address) });
        self.reader
            .ask(&mut there, "POST", "/lookup", Some(&name))?;
        let mut stands = self.reader.follow(&mut there, &self.address)?;
        let began = Instant::now();
        while stands != "accepted" {
            ensure!(began.elapsed() < PATIENCE, "the follow was not accepted");
            thread::sleep(LOOK);
            let page = format!("/communities/{}", self.address);
            stands = text(&self.reader.ask(&mut there, "GET", &page, None)?, "follow")?;
        }
        Ok(())
    }

    /// Posts one thread and looks until it is there.
    fn trip(
        &self,
        here: &mut Connection,
        there: &mut Connection,
        author: &Person,
        title: &str,
    ) -> Result<Trip> {
        let sent = Instant::now();
        let posted = author.start(here, COMMUNITY, title)?;
        let answered = Instant::now();
        while !self.look(there, 1)?.contains(&posted.ap_id) {
            if answered.elapsed() > PATIENCE {
                bail!("{} did not arrive", posted.ap_id);
            }
            thread::sleep(LOOK);
        }
        Ok(Trip {
            since_sending: sent.elapsed(),
            since_answer: answered.elapsed(),
        })
    }

    /// The newest threads of the community as the follower's instance has them.
    fn look(&self, there: &mut Connection, limit: usize) -> Result<Vec<String>> {
        let path = format!("/communities/{}/threads?limit={limit}", self.address);
        let page = self.reader.ask(there, "GET", &path, None)?;
        let items = page.get("items").and_then(Value::as_array);
        let items = items.context("a page without items")?;
        items.iter().map(|item| text(item, "ap_id")).collect()
    }

    /// Posts many threads at once; each one's time runs from its own answer.
    fn burst(&self) -> Result<Sample> {
        let before = self.look(&mut self.away.site.connect()?, BURST)?;
        thread::scope(|scope| {
            let watcher = scope.spawn(|| self.watch(&before));
            let share = self.authors.len().div_ceil(BURST_CONNECTIONS);
            let writers: Vec<_> = (self.authors.chunks(share))
                .map(|authors| scope.spawn(move || self.write(authors)))
                .collect();
            let mut answered = Vec::new();
            for writer in writers {
                answered.extend(writer.join().map_err(panicked)??);
            }
            let seen = watcher.join().map_err(panicked)??;
            let trips = answered.into_iter().map(|(ap_id, at)| {
                let seen = seen
                    .get(&ap_id)
                    .with_context(|| format!("{ap_id} did not arrive"));
                Ok(seen?.saturating_duration_since(at))
            });
            trips.collect()
        })
    }

    /// Posts one connection's share; answers when each was answered.
    fn write(&self, authors: &[Person]) -> Result<Vec<(String, Instant)>> {
        let share = BURST * authors.len() / self.authors.len();
        let mut here = self.home.site.connect()?;
        let mut answered = Vec::new();
        for (n, author) in authors.iter().cycle().take(share).enumerate() {
            let posted = author.start(&mut here, COMMUNITY, &format!("Burst {n}"))?;
            answered.push((posted.ap_id, Instant::now()));
        }
        Ok(answered)
    }

    /// When each new thread was first seen.
    fn watch(&self, before: &[String]) -> Result<HashMap<String, Instant>> {
        let mut there = self.away.site.connect()?;
        let (began, mut seen) = (Instant::now(), HashMap::new());
        while seen.len() < BURST {
            let page = self.look(&mut there, BURST)?;
            let now = Instant::now();
            for ap_id in page.into_iter().filter(|ap_id| !before.contains(ap_id)) {
                seen.entry(ap_id).or_insert(now);
            }
            let missing = BURST - seen.len();
            ensure!(
                began.elapsed() < PATIENCE,
                "{missing} threads of the burst did not arrive"
            );
            thread::sleep(BURST_LOOK);
        }
        Ok(seen)
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> anyhow::Error {
    anyhow!("a thread of the bench panicked")
}
