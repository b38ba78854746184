//! `cargo xtask test`: the Rust tests on SQLite and PostgreSQL, then the stories in a browser.
//! A suite that cannot run is named with its reason; with `CI=true` that is a failure.

use std::env;
use std::process::{self, Command, ExitCode};

use anyhow::{Error, Result, bail};
use clap::Args;

use crate::ledger::{Ledger, Tally};
use crate::postgres::Cluster;
use crate::process::watch;
use crate::{browser, programs, root};

/// Where the tests look for PostgreSQL: a URL of a server on which they may create databases.
const POSTGRES: &str = "HEDGEROW_TEST_POSTGRES";

/// What to test.
#[derive(Args, Default)]
pub struct Options {
    /// Install PostgreSQL, chromium and node with apt (through sudo) where they are missing; root needs not ask
    #[arg(long)]
    install: bool,
    /// Run only tests and stories whose name contains this
    filter: Option<String>,
}

/// Runs the tests and prints the account of the run.
pub fn command(options: &Options) -> ExitCode {
    let mut ledger = Ledger::open();
    run(options, &mut ledger);
    ledger.close()
}

/// Builds the workspace once and runs every suite, into an account that others may have begun.
pub fn run(options: &Options, ledger: &mut Ledger) {
    let built = ledger.step("build", || root::build().map(|()| Tally::default()));
    if !built {
        return;
    }
    let cluster = match database(options.install) {
        Ok(cluster) => Some(cluster),
        Err(why) => {
            ledger.skip("PostgreSQL", &format!("{why:#}"));
            None
        }
    };
    ledger.step("tests", || {
        rust(options, cluster.as_ref().map(Database::url))
    });
    drop(cluster);
    match browser::prepare(options.install) {
        Ok(setting) => {
            ledger.step("browser", || {
                browser::run(&setting, options.filter.as_deref())
            });
        }
        Err(why) => ledger.skip("browser", &format!("{why:#}")),
    }
}

/// A PostgreSQL to test on: one that the caller named, or a throwaway cluster of ours.
enum Database {
    Named(String),
    Ours(Cluster),
}

impl Database {
    fn url(&self) -> &str {
        match self {
            Self::Named(url) => url,
            Self::Ours(cluster) => &cluster.url,
        }
    }
}

fn database(install: bool) -> Result<Database> {
    if let Ok(url) = env::var(POSTGRES) {
        return Ok(Database::Named(url));
    }
    if Cluster::programs().is_none() {
        programs::install(&["postgresql"], install)?;
    }
    if Cluster::programs().is_none() {
        bail!("it is not installed (apt-get install postgresql, or pass --install)");
    }
    let folder = env::temp_dir().join(format!("hedgerow-postgres-{}", process::id()));
    Cluster::start(&folder)
        .map(Database::Ours)
        .map_err(Error::msg)
}

fn rust(options: &Options, postgres: Option<&str>) -> Result<Tally> {
    let nextest = programs::find("cargo-nextest").is_some();
    let mut command = root::cargo();
    if nextest {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
        command.args(["--status-level", "slow", "--final-status-level", "slow"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command
        .args(root::WHOLE)
        .args(["--lib", "--bins", "--tests"]);
    command.args(options.filter.as_deref());
    command.env("HEDGEROW_BIN", root::hedgerow());
    if let Some(url) = postgres {
        command.env(POSTGRES, url);
    }
    let tally = count(&mut command)?;
    if tally == Tally::default() && options.filter.is_none() {
        bail!("no test ran");
    }
    Ok(tally)
}

/// Runs a test runner and adds up its closing lines; an end that its lines do not explain is a failure.
fn count(command: &mut Command) -> Result<Tally> {
    let (status, lines) = watch(command)?;
    let mut tally = Tally::default();
    for line in &lines {
        tally += closing(line).unwrap_or_default();
    }
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Reads the closing line of `cargo test` (one a binary) or of nextest.
fn closing(line: &str) -> Option<Tally> {
    let line = line.trim();
    let counts = line
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "))
        .or_else(|| line.strip_prefix("Summary [")?.split_once(" run: "))?
        .1;
    let mut tally = Tally::default();
    for part in counts.split([',', ';']) {
        let mut words = part.split_whitespace();
        let Some(Ok(number)) = words.next().map(str::parse::<u64>) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += number,
            Some("failed" | "timed") => tally.failed += number,
            Some("ignored" | "skipped") => tally.skipped += number,
            _ => {}
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_read() {
        let cargo = "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 40 filtered out; finished in 0.00s";
        let nextest =
            "     Summary [   4.005s] 31 tests run: 30 passed (2 slow), 1 failed, 3 skipped";
        assert_eq!(
            closing(cargo).unwrap().to_string(),
            "12 passed, 1 failed, 2 skipped"
        );
        assert_eq!(
            closing(nextest).unwrap().to_string(),
            "30 passed, 1 failed, 3 skipped"
        );
        let one = "     Summary [   0.005s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(
            closing(one).unwrap().to_string(),
            "1 passed, 0 failed, 0 skipped"
        );
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(closing("running 3 tests"), None);
        assert_eq!(closing("test a ... ok"), None);
    }
}
