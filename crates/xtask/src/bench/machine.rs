//! The machine that measures: whether other programs keep it busy.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

const SAMPLING_TIME: Duration = Duration::from_secs(1);

/// Warns on stderr when other programs use more than a tenth of the processors, because the results
/// are then worse than they would be.
///
/// # Errors
/// When this is not Linux.
pub fn warn_if_busy() -> Result<()> {
    let before = cpu_ticks()?;
    thread::sleep(SAMPLING_TIME);
    let share = busy_percent(before, cpu_ticks()?);
    if share > 10 {
        eprintln!(
            "warning: the machine is {share} % busy already: the results will be worse than they should be"
        );
    }
    Ok(())
}

/// Clock ticks of all processors since boot.
#[derive(Clone, Copy)]
struct CpuTicks {
    idle: u64,
    all: u64,
}

fn cpu_ticks() -> Result<CpuTicks> {
    let stat = fs::read_to_string("/proc/stat").context("reading /proc/stat")?;
    parse(&stat).context("/proc/stat has an unknown format")
}

/// Parses the first line, proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
fn parse(stat: &str) -> Option<CpuTicks> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks = line.split_whitespace().take(8).map(str::parse);
    let ticks: Vec<u64> = ticks.collect::<Result<_, _>>().ok()?;
    Some(CpuTicks {
        idle: ticks.get(3)? + ticks.get(4)?,
        all: ticks.iter().sum(),
    })
}

fn busy_percent(before: CpuTicks, after: CpuTicks) -> u64 {
    let all = after.all.saturating_sub(before.all);
    let idle = after.idle.saturating_sub(before.idle).min(all);
    (all - idle) * 100 / all.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_io_does_not_count_as_busy() {
        let before = parse("cpu  100 0 50 800 50 0 0 0 9 9\ncpu0 1 2 3").unwrap();
        let after = parse("cpu  140 5 55 920 80 0 0 0 9 9").unwrap();
        assert_eq!(busy_percent(before, after), 25);
        assert_eq!(busy_percent(after, after), 0);
        assert!(parse("cpu0 1 2 3").is_none());
    }
}
