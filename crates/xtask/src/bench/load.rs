//! Load: the same request again and again on some connections that are kept alive, each waiting for
//! its answer before it asks again.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use super::http::{Connection, Request};
use super::instance::Instance;
use super::sample::Sample;

/// Not counted: caches fill and the processor wakes.
const WARM_UP: Duration = Duration::from_secs(1);

/// What a load found.
pub struct Load {
    /// From sending the request to the last byte of the answer.
    pub sample: Sample,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Processor time of the server meanwhile.
    pub cpu: Duration,
}

impl Load {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    /// The server's processor time for one answer, microseconds.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
    fn count(&self) -> f64 {
        self.sample.count() as f64
    }
}

/// Asks for `span` on this many connections. Every answer must be a 200.
///
/// # Errors
/// When an answer is anything else, or a connection breaks.
pub fn run(
    instance: &Instance,
    request: &Request,
    connections: usize,
    span: Duration,
) -> Result<Load> {
    let request = request.bytes(&instance.site.host());
    let open = (0..connections).map(|_| instance.site.connect());
    let open: Vec<Connection> = open.collect::<Result<_>>()?;
    let warm = Barrier::new(connections + 1);
    thread::scope(|scope| {
        let workers: Vec<_> = open
            .into_iter()
            .map(|mut connection| {
                let (request, warm) = (&request, &warm);
                scope.spawn(move || -> Result<Vec<Duration>> {
                    let warmed = ask_for(&mut connection, request, WARM_UP);
                    warm.wait();
                    warmed?;
                    ask_for(&mut connection, request, span)
                })
            })
            .collect();
        warm.wait();
        let (began, cpu) = (Instant::now(), instance.cpu());
        let mut measured = Vec::new();
        for worker in workers {
            let found = worker
                .join()
                .map_err(|_panic| anyhow!("a connection's thread panicked"));
            measured.extend(found??);
        }
        let took = began.elapsed();
        ensure!(!measured.is_empty(), "nothing was answered");
        Ok(Load {
            sample: measured.into_iter().collect(),
            took,
            cpu: instance.cpu()?.saturating_sub(cpu?),
        })
    })
}

fn ask_for(connection: &mut Connection, request: &[u8], span: Duration) -> Result<Vec<Duration>> {
    let (until, mut body) = (Instant::now() + span, Vec::new());
    let mut measured = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok(measured);
        }
        let status = connection
            .exchange(request, &mut body)
            .context("under load")?;
        ensure!(status == 200, "answered {status} under load");
        measured.push(sent.elapsed());
    }
}
