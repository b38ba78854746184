//! The account of a run: which steps passed, how long they took, what was skipped and why.
//! With `CI=true` a skipped suite is a failure.

use std::env;
use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A count of tests or checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ended well.
    pub passed: u64,
    /// Ended badly, or could not run.
    pub failed: u64,
    /// Did not run.
    pub skipped: u64,
}

impl Tally {
    /// One check that passed.
    pub const ONE: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// Collects the steps of one run.
pub struct Ledger {
    started: Instant,
    total: Tally,
    lines: Vec<String>,
    strict: bool,
}

impl Ledger {
    /// An empty account; strict when `CI=true`.
    pub fn open() -> Self {
        Self {
            started: Instant::now(),
            total: Tally::default(),
            lines: Vec::new(),
            strict: env::var("CI").is_ok_and(|ci| ci == "true"),
        }
    }

    /// Runs one step, prints how it went and how long it took; an error counts as one failure.
    /// Returns whether it passed.
    pub fn step(&mut self, name: &str, body: impl FnOnce() -> Result<Tally>) -> bool {
        println!("\n== {name}");
        let begun = Instant::now();
        let (tally, problem) = match body() {
            Ok(tally) => (tally, None),
            Err(problem) => (
                Tally {
                    failed: 1,
                    ..Tally::default()
                },
                Some(problem),
            ),
        };
        if let Some(problem) = problem {
            println!("error: {problem:#}");
        }
        self.total += tally;
        let passed = tally.failed == 0;
        let verdict = if passed { "ok" } else { "FAILED" };
        let line = format!("{verdict:>6}  {name}  ({})", seconds(begun.elapsed()));
        println!("{line}");
        self.lines.push(line);
        passed
    }

    /// Notes that a suite did not run, and why.
    pub fn skip(&mut self, suite: &str, why: &str) {
        let verdict = if self.strict {
            self.total.failed += 1;
            "FAILED"
        } else {
            self.total.skipped += 1;
            "skip"
        };
        let line = format!("{verdict:>6}  {suite}: not run, {why}");
        println!("\n{line}");
        self.lines.push(line);
    }

    /// Whether nothing has failed so far.
    pub fn is_clean(&self) -> bool {
        self.total.failed == 0
    }

    /// Prints every step again, then the closing line alone on its line.
    pub fn close(self) -> ExitCode {
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
        let mut ledger = Ledger::open();
        assert!(ledger.step("good", || Ok(Tally::ONE)));
        assert!(!ledger.step("bad", || anyhow::bail!("broken")));
        assert!(!ledger.is_clean());
        assert_eq!(ledger.total.to_string(), "1 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn a_skipped_suite_fails_only_a_strict_run() {
        for (strict, total) in [
            (true, "0 passed, 1 failed, 0 skipped"),
            (false, "0 passed, 0 failed, 1 skipped"),
        ] {
            let mut ledger = Ledger::open();
            ledger.strict = strict;
            ledger.skip("browser", "no chromium");
            assert_eq!(ledger.total.to_string(), total);
        }
    }

    #[test]
    fn times_are_told_for_people() {
        assert_eq!(seconds(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
