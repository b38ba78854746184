//! `cargo xtask test`: the Rust tests on SQLite and PostgreSQL, then the stories in a browser.
//! A suite that cannot run is listed with the reason; with `CI=true` that is a failure.

use std::env;
use std::process::{self, Command, ExitCode};

use anyhow::{Error, Result, bail};
use clap::Args;

use crate::compiler::{Compiler, TARGETS, WORKSPACE};
use crate::postgres::Cluster;
use crate::process::watch;
use crate::summary::{Counts, Summary};
use crate::{browser, nextest, programs, root};

/// Names the variable with the URL of a PostgreSQL server on which the tests may create databases.
const POSTGRES: &str = "HEDGEROW_TEST_POSTGRES";

/// Selects the tests, and whether missing programs may be installed.
#[derive(Args, Default)]
pub struct TestOptions {
    /// Install PostgreSQL, chromium and node with apt (through sudo) where they are missing; root does so without this
    #[arg(long)]
    install: bool,
    /// Run only tests and stories whose name contains this
    filter: Option<String>,
}

/// Builds the workspace, runs the tests and prints the summary.
pub fn command(options: &TestOptions) -> ExitCode {
    let mut summary = Summary::start();
    if build(Compiler::Rustc, &mut summary) {
        run(options, Compiler::Rustc, &mut summary);
    }
    summary.finish()
}

/// Builds the workspace as one step; returns whether it passed.
pub fn build(compiler: Compiler, summary: &mut Summary) -> bool {
    let name = match compiler {
        Compiler::Rustc => "build",
        Compiler::Clippy => "build and clippy",
    };
    summary.step(name, || compiler.build().map(|()| Counts::default()))
}

/// Runs every suite on what `compiler` has built.
pub fn run(options: &TestOptions, compiler: Compiler, summary: &mut Summary) {
    let database = match database(options.install) {
        Ok(database) => Some(database),
        Err(why) => {
            summary.skip("PostgreSQL", &format!("{why:#}"));
            None
        }
    };
    nextest::remove_report();
    summary.step("tests", || {
        rust(options, compiler, database.as_ref().map(Database::url))
    });
    summary.time_tests("tests", nextest::timings());
    drop(database);
    stories(options, summary);
}

fn stories(options: &TestOptions, summary: &mut Summary) {
    let setup = match browser::prepare(options.install) {
        Ok(setup) => setup,
        Err(why) => return summary.skip("browser", &format!("{why:#}")),
    };
    let mut timings = Vec::new();
    summary.step("browser", || {
        let results = browser::run(&setup, options.filter.as_deref())?;
        timings = results.timings;
        Ok(results.counts)
    });
    summary.time_tests("stories", timings);
}

/// A PostgreSQL server to test on: one that the caller named, or a temporary cluster.
enum Database {
    Named(String),
    Temporary(Cluster),
}

impl Database {
    fn url(&self) -> &str {
        match self {
            Self::Named(url) => url,
            Self::Temporary(cluster) => &cluster.url,
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
        .map(Database::Temporary)
        .map_err(Error::msg)
}

fn rust(options: &TestOptions, compiler: Compiler, postgres: Option<&str>) -> Result<Counts> {
    let has_nextest = programs::find("cargo-nextest").is_some();
    let mut command = compiler.cargo();
    if has_nextest {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
        command.args(["--status-level", "slow", "--final-status-level", "slow"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command.args(WORKSPACE).args(TARGETS);
    command.args(options.filter.as_deref());
    command.env("HEDGEROW_BIN", root::hedgerow());
    if let Some(url) = postgres {
        command.env(POSTGRES, url);
    }
    let counts = count(&mut command)?;
    if counts == Counts::default() && options.filter.is_none() {
        bail!("no test ran");
    }
    Ok(counts)
}

/// Runs a test runner and adds up its closing lines; a failing exit without a failed test counts as one failure.
fn count(command: &mut Command) -> Result<Counts> {
    let (status, lines) = watch(command)?;
    let mut counts = Counts::default();
    for line in &lines {
        counts += closing(line).unwrap_or_default();
    }
    if !status.success() && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}

/// Reads the closing line of `cargo test` (one a binary) or of nextest.
fn closing(line: &str) -> Option<Counts> {
    let line = line.trim();
    let list = line
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "))
        .or_else(|| line.strip_prefix("Summary [")?.split_once(" run: "))?
        .1;
    let mut counts = Counts::default();
    for part in list.split([',', ';']) {
        let mut words = part.split_whitespace();
        let Some(Ok(number)) = words.next().map(str::parse::<u64>) else {
            continue;
        };
        match words.next() {
            Some("passed") => counts.passed += number,
            Some("failed" | "timed") => counts.failed += number,
            Some("ignored" | "skipped") => counts.skipped += number,
            _ => {}
        }
    }
    Some(counts)
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
