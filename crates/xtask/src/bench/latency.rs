//! The time from posting in a community until the post can be read on a follower's instance: two
//! processes, HTTP between them, and every queue on the way.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

use super::api_client::{ApiUser, WRITE_BURST, text};
use super::http::Connection;
use super::instance::BenchInstance;
use super::sample::Sample;
use super::{BenchContext, Measure};

/// Threads posted one after another, each after the previous one has arrived.
const THREADS: usize = 200;
/// Threads posted at once; one page of the API holds them all.
const BURST: usize = 100;
/// Connections on which the burst is posted.
const BURST_CONNECTIONS: usize = 4;
/// Enough authors that none reaches the rate limit.
const AUTHORS: usize = (THREADS + BURST) / WRITE_BURST + 3;
/// The interval at which the follower's instance is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// The interval during a burst, in which each poll reads a whole page.
const BURST_POLL_INTERVAL: Duration = Duration::from_millis(10);
/// Limits the wait for a post.
const TIMEOUT: Duration = Duration::from_secs(60);

const COMMUNITY: &str = "handover";

/// Runs the bench.
///
/// # Errors
/// When an instance cannot be started or a post does not arrive.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let pair = InstancePair::start(context)?;
    let mut here = pair.home.site.connect()?;
    let mut there = pair.away.site.connect()?;

    let mut first = Vec::new();
    for (n, author) in pair.authors.iter().enumerate() {
        first.push(pair.post_and_wait(
            &mut here,
            &mut there,
            author,
            &format!("First words {n}"),
        )?);
    }
    let mut times = Vec::new();
    for (n, author) in pair.authors.iter().cycle().take(THREADS).enumerate() {
        times.push(pair.post_and_wait(&mut here, &mut there, author, &format!("Thread {n}"))?);
    }
    let burst = pair.burst()?;

    let since_response = |times: &[PropagationTime]| {
        times
            .iter()
            .map(|post_and_wait| post_and_wait.since_response)
            .collect()
    };
    let rss = pair.away.rss_mb()?;
    Ok(vec![
        measure(
            "one at a time, since the answer",
            &since_response(&times),
            rss,
        ),
        measure(
            "one at a time, since sending",
            &times
                .iter()
                .map(|post_and_wait| post_and_wait.since_request)
                .collect(),
            rss,
        ),
        measure(
            "an author's first, since the answer",
            &since_response(&first),
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

/// Two instances: the community's (`home`) and a follower's (`away`).
struct InstancePair {
    home: BenchInstance,
    away: BenchInstance,
    authors: Vec<ApiUser>,
    reader: ApiUser,
    address: String,
}

/// The time until a thread could be read on the other instance.
struct PropagationTime {
    since_request: Duration,
    since_response: Duration,
}

impl InstancePair {
    /// Starts both instances, creates the community, and waits until the follow is accepted.
    fn start(context: &BenchContext) -> Result<Self> {
        let mut home = BenchInstance::set_up(context, "a")?;
        let mut away = BenchInstance::set_up(context, "b")?;
        let authors = (0..AUTHORS).map(|n| home.add_person(&format!("author-{n}"), "Author"));
        let authors: Vec<ApiUser> = authors.collect::<Result<_>>()?;
        let reader = away.add_person("reader", "Reader")?;
        home.start()?;
        away.start()?;
        let founder = authors.first().context("there are no authors")?;
        founder.create_community(&mut home.site.connect()?, COMMUNITY)?;
        let pair = Self {
            address: format!("{COMMUNITY}@{}", home.site.host()),
            home,
            away,
            authors,
            reader,
        };
        pair.follow()?;
        Ok(pair)
    }

    fn follow(&self) -> Result<()> {
        let mut there = self.away.site.connect()?;
        let name = serde_json::json!({ "q": format!("!{}", self.address) });
        self.reader
            .call(&mut there, "POST", "/lookup", Some(&name))?;
        let mut state = self.reader.follow(&mut there, &self.address)?;
        let started = Instant::now();
        while state != "accepted" {
            ensure!(started.elapsed() < TIMEOUT, "the follow was not accepted");
            thread::sleep(POLL_INTERVAL);
            let page = format!("/communities/{}", self.address);
            state = text(&self.reader.call(&mut there, "GET", &page, None)?, "follow")?;
        }
        Ok(())
    }

    /// Posts one thread and polls until it has arrived.
    fn post_and_wait(
        &self,
        here: &mut Connection,
        there: &mut Connection,
        author: &ApiUser,
        title: &str,
    ) -> Result<PropagationTime> {
        let sent = Instant::now();
        let posted = author.start_thread(here, COMMUNITY, title)?;
        let responded = Instant::now();
        while !self.newest_threads(there, 1)?.contains(&posted.ap_id) {
            if responded.elapsed() > TIMEOUT {
                bail!("{} did not arrive", posted.ap_id);
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(PropagationTime {
            since_request: sent.elapsed(),
            since_response: responded.elapsed(),
        })
    }

    /// Returns the ids of the community's newest threads on the follower's instance.
    fn newest_threads(&self, there: &mut Connection, limit: usize) -> Result<Vec<String>> {
        let path = format!("/communities/{}/threads?limit={limit}", self.address);
        let page = self.reader.call(there, "GET", &path, None)?;
        let items = page.get("items").and_then(Value::as_array);
        let items = items.context("a page without items")?;
        items.iter().map(|item| text(item, "ap_id")).collect()
    }

    /// Posts many threads at once; each one's time starts at its own response.
    fn burst(&self) -> Result<Sample> {
        let before = self.newest_threads(&mut self.away.site.connect()?, BURST)?;
        thread::scope(|scope| {
            let watcher = scope.spawn(|| self.watch(&before));
            let per_connection = self.authors.len().div_ceil(BURST_CONNECTIONS);
            let writers: Vec<_> = (self.authors.chunks(per_connection))
                .map(|authors| scope.spawn(move || self.write(authors)))
                .collect();
            let mut responded = Vec::new();
            for writer in writers {
                responded.extend(writer.join().map_err(panicked)??);
            }
            let seen = watcher.join().map_err(panicked)??;
            let times = responded.into_iter().map(|(ap_id, at)| {
                let seen = seen
                    .get(&ap_id)
                    .with_context(|| format!("{ap_id} did not arrive"));
                Ok(seen?.saturating_duration_since(at))
            });
            times.collect()
        })
    }

    /// Posts one connection's threads; returns the time of each response.
    fn write(&self, authors: &[ApiUser]) -> Result<Vec<(String, Instant)>> {
        let per_connection = BURST * authors.len() / self.authors.len();
        let mut here = self.home.site.connect()?;
        let mut responded = Vec::new();
        for (n, author) in authors.iter().cycle().take(per_connection).enumerate() {
            let posted = author.start_thread(&mut here, COMMUNITY, &format!("Burst {n}"))?;
            responded.push((posted.ap_id, Instant::now()));
        }
        Ok(responded)
    }

    /// Polls until every new thread has arrived; returns the time at which each was first seen.
    fn watch(&self, before: &[String]) -> Result<HashMap<String, Instant>> {
        let mut there = self.away.site.connect()?;
        let (started, mut seen) = (Instant::now(), HashMap::new());
        while seen.len() < BURST {
            let page = self.newest_threads(&mut there, BURST)?;
            let now = Instant::now();
            for ap_id in page.into_iter().filter(|ap_id| !before.contains(ap_id)) {
                seen.entry(ap_id).or_insert(now);
            }
            let missing = BURST - seen.len();
            ensure!(
                started.elapsed() < TIMEOUT,
                "{missing} threads of the burst did not arrive"
            );
            thread::sleep(BURST_POLL_INTERVAL);
        }
        Ok(seen)
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> anyhow::Error {
    anyhow!("a thread of the bench panicked")
}
