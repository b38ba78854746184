//! The machine that measures: whether anybody else is at work on it.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// How long is looked.
const LOOK: Duration = Duration::from_secs(1);

/// Says so on stderr when others use more than a tenth of the processors: figures taken meanwhile
/// are worse than they would be.
///
/// # Errors
/// When this is not Linux.
pub fn warn_if_busy() -> Result<()> {
    let before = times()?;
    thread::sleep(LOOK);
    let share = busy_percent(before, times()?);
    if share > 10 {
        eprintln!(
            "the machine is {share} % busy already: the figures will be worse than they should"
        );
    }
    Ok(())
}

/// Ticks of all processors since the machine's start.
#[derive(Clone, Copy)]
struct Times {
    idle: u64,
    all: u64,
}

fn times() -> Result<Times> {
    let stat = fs::read_to_string("/proc/stat").context("reading /proc/stat")?;
    read(&stat).context("/proc/stat is not what it was")
}

/// The first line, proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
fn read(stat: &str) -> Option<Times> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks = line.split_whitespace().take(8).map(str::parse);
    let ticks: Vec<u64> = ticks.collect::<Result<_, _>>().ok()?;
    Some(Times {
        idle: ticks.get(3)? + ticks.get(4)?,
        all: ticks.iter().sum(),
    })
}

fn busy_percent(before: Times, after: Times) -> u64 {
    let all = after.all.saturating_sub(before.all);
    let idle = after.idle.saturating_sub(before.idle).min(all);
    (all - idle) * 100 / all.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_is_not_being_busy() {
        let before = read("cpu  100 0 50 800 50 0 0 0 9 9\ncpu0 1 2 3").unwrap();
        let after = read("cpu  140 5 55 920 80 0 0 0 9 9").unwrap();
        assert_eq!(busy_percent(before, after), 25);
        assert_eq!(busy_percent(after, after), 0);
        assert!(read("cpu0 1 2 3").is_none());
    }
}
