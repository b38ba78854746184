//! The cost of an idle instance, and the time from its start to its first response.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::http::Request;
use super::instance::BenchInstance;
use super::sample::{Sample, ms};
use super::{BenchContext, Measure};

const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(10);
/// Threads in the database.
const THREADS: usize = 50;
const PAGES: usize = 1_000;

const COMMUNITY: &str = "handover";

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let mut instance = BenchInstance::set_up(context, "idle")?;
    let writer = instance.add_person("writer", "Writer")?;
    instance.start()?;
    let mut connection = instance.site.connect()?;
    writer.create_community(&mut connection, COMMUNITY)?;
    for n in 0..THREADS {
        writer.start_thread(&mut connection, COMMUNITY, &format!("Thread {n}"))?;
    }
    drop(connection);
    instance.settle()?;

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        instance.stop()?;
        starts.push(instance.start()?);
    }
    let starts: Sample = starts.into_iter().collect();
    let mut measures = vec![Measure {
        bench: "idle",
        case: "start to the first answer".to_owned(),
        unit: "ms",
        value: starts.p50(),
        p50_ms: starts.p50(),
        p99_ms: starts.p99(),
        n: Some(starts.count()),
        ..Measure::default()
    }];
    measures.push(memory(&instance, "memory, 10 s after a start")?);
    visit(&instance)?;
    measures.push(memory(&instance, "memory, 10 s after 1,000 pages")?);
    Ok(measures)
}

fn visit(instance: &BenchInstance) -> Result<()> {
    let mut connection = instance.site.connect()?;
    for _ in 0..PAGES {
        let response = connection.send(&Request::get(&format!("/c/{COMMUNITY}")))?;
        ensure!(
            response.status == 200,
            "a page got status {}",
            response.status
        );
    }
    Ok(())
}

/// Measures resident memory, and the processor time of one idle second.
fn memory(instance: &BenchInstance, case: &str) -> Result<Measure> {
    let before = instance.cpu()?;
    thread::sleep(IDLE);
    let spent = instance.cpu()?.saturating_sub(before);
    let rss = instance.rss_mb()?;
    Ok(Measure {
        bench: "idle",
        case: case.to_owned(),
        unit: "MB",
        value: Some(rss),
        cpu_us_per_unit: Some(ms(spent) * 1e3 / IDLE.as_secs_f64()),
        rss_mb: Some(rss),
        ..Measure::default()
    })
}
