//! A closed-loop load: the same request over and over on several keep-alive connections, each of which
//! waits for the response before it sends again.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use super::Measure;
use super::http::{Connection, Request};
use super::instance::BenchInstance;
use super::sample::Sample;

/// The time before measuring starts, in which caches fill and the processor's clock rises.
const WARM_UP: Duration = Duration::from_secs(1);

/// The result of a load: the latencies, the time from the first request to the last response, and the
/// server's processor time meanwhile.
pub struct LoadResult {
    pub sample: Sample,
    pub elapsed: Duration,
    pub cpu: Duration,
}

impl LoadResult {
    /// Returns the measure of a case, without what only the bench knows.
    pub fn measure(&self, bench: &'static str, case: String) -> Measure {
        Measure {
            bench,
            case,
            unit: "requests/s",
            value: Some(self.rate()),
            p50_ms: self.sample.p50(),
            p95_ms: self.sample.p95(),
            p99_ms: self.sample.p99(),
            cpu_us_per_unit: Some(self.cpu_us()),
            n: Some(self.sample.count()),
            ..Measure::default()
        }
    }

    /// Returns the responses per second.
    pub fn rate(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    /// Returns the server's processor time for one response, in microseconds.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
    fn count(&self) -> f64 {
        self.sample.count() as f64
    }
}

/// Sends the request on this many connections for this long.
///
/// # Errors
/// When a status is not 200, or a connection breaks.
pub fn run(
    instance: &BenchInstance,
    request: &Request,
    connections: usize,
    duration: Duration,
) -> Result<LoadResult> {
    let (host, numbers) = (instance.site.host(), AtomicU32::new(0));
    let next = || request.numbered(&host, numbers.fetch_add(1, Ordering::Relaxed));
    let open = (0..connections).map(|_| instance.site.connect());
    let open: Vec<Connection> = open.collect::<Result<_>>()?;
    let warm = Barrier::new(connections + 1);
    thread::scope(|scope| {
        let workers: Vec<_> = open
            .into_iter()
            .map(|mut connection| {
                let (next, warm) = (&next, &warm);
                scope.spawn(move || -> Result<Vec<Duration>> {
                    let warmed = send_for(&mut connection, next, WARM_UP);
                    warm.wait();
                    warmed?;
                    send_for(&mut connection, next, duration)
                })
            })
            .collect();
        warm.wait();
        let (began, cpu) = (Instant::now(), instance.cpu());
        let mut measured = Vec::new();
        for worker in workers {
            let result = worker
                .join()
                .map_err(|_panic| anyhow!("a connection's thread panicked"));
            measured.extend(result??);
        }
        let elapsed = began.elapsed();
        ensure!(!measured.is_empty(), "there was no response");
        Ok(LoadResult {
            sample: measured.into_iter().collect(),
            elapsed,
            cpu: instance.cpu()?.saturating_sub(cpu?),
        })
    })
}

fn send_for(
    connection: &mut Connection,
    next: &impl Fn() -> Vec<u8>,
    duration: Duration,
) -> Result<Vec<Duration>> {
    let (until, mut body) = (Instant::now() + duration, Vec::new());
    let mut measured = Vec::new();
    loop {
        let request = next();
        let sent = Instant::now();
        if sent >= until {
            return Ok(measured);
        }
        let status = connection
            .exchange(&request, &mut body)
            .context("under load")?;
        ensure!(status == 200, "status {status} under load");
        measured.push(sent.elapsed());
    }
}
