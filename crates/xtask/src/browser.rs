//! The browser suite: Playwright's stories in tests/browser, in Debian's chromium, against the built server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::ledger::Tally;
use crate::{process, programs, root};

/// Oldest major version of node that Playwright runs on.
const NODE: u32 = 20;

/// What the stories run with.
pub struct Setting {
    folder: PathBuf,
    chromium: PathBuf,
}

/// The part of Playwright's JSON report that we count.
#[derive(Deserialize)]
struct Report {
    stats: Stats,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// Finds or installs chromium, node and the packages of tests/browser.
///
/// # Errors
/// Says what is missing and how to get it.
pub fn prepare(install: bool) -> Result<Setting> {
    let mut missing = Vec::new();
    if programs::chromium().is_none() {
        missing.extend(["chromium", "fonts-dejavu-core"]);
    }
    if programs::find("npm").is_none() {
        missing.extend(["nodejs", "npm"]);
    }
    if !missing.is_empty() {
        programs::install(&missing, install)?;
    }
    let Some(chromium) = programs::chromium() else {
        bail!("chromium is not installed (apt-get install chromium, or pass --install)");
    };
    if programs::find("npm").is_none() {
        bail!("node and npm are not installed (apt-get install nodejs npm, or pass --install)");
    }
    let node =
        process::output(Command::new("node").arg("--version")).context("node does not start")?;
    if major(&node).is_none_or(|major| major < NODE) {
        bail!(
            "Playwright needs node {NODE} or newer, here is {}",
            node.trim()
        );
    }
    let folder = root::repository().join("tests").join("browser");
    packages(&folder)?;
    Ok(Setting { folder, chromium })
}

/// Reads `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// `npm ci`, unless the packages of this very lock file are there.
fn packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .context("cannot read tests/browser/package-lock.json")?;
    let mark = folder.join("node_modules").join(".installed-from");
    if fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("npm ci in tests/browser");
    process::run(
        Command::new("npm")
            .current_dir(folder)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .args(["ci", "--no-audit", "--no-fund"]),
    )?;
    fs::write(mark, lock).context("cannot mark tests/browser/node_modules as installed")
}

/// Runs the stories whose title contains `filter`, or all.
///
/// # Errors
/// When Playwright cannot start or ends without a report.
pub fn run(setting: &Setting, filter: Option<&str>) -> Result<Tally> {
    let results = setting.folder.join("results");
    fs::create_dir_all(&results)?;
    let report = results.join("report.json");
    let _ = fs::remove_file(&report);
    let mut command = Command::new("npx");
    command
        .current_dir(&setting.folder)
        .args(["--no-install", "playwright", "test"])
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("HEDGEROW_BIN", root::hedgerow())
        .env("CHROMIUM", &setting.chromium);
    if let Some(filter) = filter {
        command.args(["--pass-with-no-tests", "--grep", filter]);
    }
    let (status, _) = process::watch(&mut command)?;
    let written = fs::read(&report)
        .with_context(|| format!("Playwright ended with {status} and left no report"))?;
    let Report { stats } =
        serde_json::from_slice(&written).context("cannot read Playwright's report")?;
    let mut tally = Tally {
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected,
        skipped: stats.skipped,
    };
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
