//! The summary of a run: which steps passed, how long they took, which tests were slowest, and what was skipped and why.
//! With `CI=true` a skipped suite is a failure.

use std::cmp::Reverse;
use std::env;
use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How many of the slowest steps and tests are listed.
const SLOWEST: usize = 5;

/// Counts tests or checks by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    /// One check that passed.
    pub const ONE_PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// A step or a test and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    pub name: String,
    pub elapsed: Duration,
}

/// Collects the results and times of one run's steps.
pub struct Summary {
    started: Instant,
    total: Counts,
    lines: Vec<String>,
    steps: Vec<Timing>,
    suites: Vec<(&'static str, Vec<Timing>)>,
    strict: bool,
}

impl Summary {
    /// Starts the clock. The summary is strict when `CI=true`.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            total: Counts::default(),
            lines: Vec::new(),
            steps: Vec::new(),
            suites: Vec::new(),
            strict: env::var("CI").is_ok_and(|ci| ci == "true"),
        }
    }

    /// Runs one step and prints its result and time; an error counts as one failure.
    /// Returns whether the step passed.
    pub fn step(&mut self, name: &str, body: impl FnOnce() -> Result<Counts>) -> bool {
        println!("\n== {name}");
        let begun = Instant::now();
        let counts = body().unwrap_or_else(|problem| {
            println!("error: {problem:#}");
            Counts {
                failed: 1,
                ..Counts::default()
            }
        });
        let elapsed = begun.elapsed();
        self.total += counts;
        let passed = counts.failed == 0;
        let result = if passed { "ok" } else { "FAILED" };
        let line = format!("{result:>6}  {name}  ({})", seconds(elapsed));
        println!("{line}");
        self.lines.push(line);
        self.steps.push(Timing {
            name: name.to_owned(),
            elapsed,
        });
        passed
    }

    /// Records that a suite did not run, and why.
    pub fn skip(&mut self, suite: &str, why: &str) {
        let result = if self.strict {
            self.total.failed += 1;
            "FAILED"
        } else {
            self.total.skipped += 1;
            "skip"
        };
        let line = format!("{result:>6}  {suite}: not run, {why}");
        println!("\n{line}");
        self.lines.push(line);
    }

    /// Records how long each test of a suite took.
    pub fn time_tests(&mut self, suite: &'static str, tests: Vec<Timing>) {
        self.suites.push((suite, tests));
    }

    /// Returns whether nothing has failed so far.
    pub fn is_clean(&self) -> bool {
        self.total.failed == 0
    }

    /// Prints the slowest steps and tests, every step's result, and the total alone on the last line.
    pub fn finish(self) -> ExitCode {
        print_slowest("steps", &self.steps);
        for (suite, tests) in &self.suites {
            print_slowest(suite, tests);
        }
        println!("\n== summary, {} in all", seconds(self.started.elapsed()));
        for line in &self.lines {
            println!("{line}");
        }
        println!("\n{}", self.total);
        if self.is_clean() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn print_slowest(what: &str, timings: &[Timing]) {
    let slowest = slowest(timings);
    if slowest.is_empty() {
        return;
    }
    println!("\n== slowest {what}");
    for Timing { name, elapsed } in slowest {
        println!("{:>12}  {name}", seconds(*elapsed));
    }
}

/// Returns the slowest entries, the slowest first.
fn slowest(timings: &[Timing]) -> Vec<&Timing> {
    let mut sorted: Vec<&Timing> = timings.iter().collect();
    sorted.sort_by_key(|timing| Reverse(timing.elapsed));
    sorted.truncate(SLOWEST);
    sorted
}

/// Formats a duration as seconds, or as minutes and seconds from one minute on.
fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_fails_the_run_and_counts_once() {
        let mut summary = Summary::start();
        assert!(summary.step("good", || Ok(Counts::ONE_PASSED)));
        assert!(!summary.step("bad", || anyhow::bail!("broken")));
        assert!(!summary.is_clean());
        assert_eq!(summary.total.to_string(), "1 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn a_skipped_suite_fails_only_a_strict_run() {
        for (strict, total) in [
            (true, "0 passed, 1 failed, 0 skipped"),
            (false, "0 passed, 0 failed, 1 skipped"),
        ] {
            let mut summary = Summary::start();
            summary.strict = strict;
            summary.skip("browser", "no chromium");
            assert_eq!(summary.total.to_string(), total);
        }
    }

    #[test]
    fn the_slowest_five_are_listed_slowest_first() {
        let timings: Vec<Timing> = [3, 9, 1, 7, 5, 8]
            .map(|secs| Timing {
                name: format!("test {secs}"),
                elapsed: Duration::from_secs(secs),
            })
            .into();
        let names: Vec<&str> = slowest(&timings)
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["test 9", "test 8", "test 7", "test 5", "test 3"]);
    }

    #[test]
    fn durations_are_formatted_in_minutes_and_seconds() {
        assert_eq!(seconds(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
