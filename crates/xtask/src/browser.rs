//! The browser suite: Playwright runs the stories of tests/browser in chromium against the built server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::summary::{Counts, Timing};
use crate::{process, programs, root};

/// Limits node to the major versions that Playwright supports, from this one on.
const NODE: u32 = 20;

/// Holds the paths that the stories need.
pub struct BrowserSetup {
    folder: PathBuf,
    chromium: PathBuf,
}

/// Counts the stories of a run, and says how long each took.
pub struct StoryResults {
    pub counts: Counts,
    pub timings: Vec<Timing>,
}

/// The part of Playwright's JSON report that is read.
#[derive(Deserialize)]
struct PlaywrightReport {
    stats: PlaywrightStats,
    #[serde(default)]
    suites: Vec<PlaywrightSuite>,
}

#[derive(Deserialize)]
struct PlaywrightStats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// A file, or a group of stories in it.
#[derive(Deserialize)]
struct PlaywrightSuite {
    #[serde(default)]
    suites: Vec<PlaywrightSuite>,
    #[serde(default)]
    specs: Vec<PlaywrightSpec>,
}

#[derive(Deserialize)]
struct PlaywrightSpec {
    title: String,
    tests: Vec<PlaywrightTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaywrightTest {
    project_name: String,
    results: Vec<PlaywrightResult>,
}

#[derive(Deserialize)]
struct PlaywrightResult {
    /// Milliseconds.
    duration: u64,
}

/// Finds or installs chromium, node and the packages of tests/browser.
///
/// # Errors
/// Says what is missing and how to get it.
pub fn prepare(install: bool) -> Result<BrowserSetup> {
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
    Ok(BrowserSetup { folder, chromium })
}

/// Reads `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// `npm ci`, unless the packages of this very lock file are there.
fn packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .context("cannot read tests/browser/package-lock.json")?;
    let stamp = folder.join("node_modules").join(".installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("npm ci in tests/browser");
    process::run(
        Command::new("npm")
            .current_dir(folder)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .args(["ci", "--no-audit", "--no-fund"]),
    )?;
    fs::write(stamp, lock).context("cannot mark tests/browser/node_modules as installed")
}

/// Runs the stories whose title contains `filter`, or all.
///
/// # Errors
/// When Playwright cannot start or ends without a report.
pub fn run(setup: &BrowserSetup, filter: Option<&str>) -> Result<StoryResults> {
    let results = setup.folder.join("results");
    fs::create_dir_all(&results)?;
    let report = results.join("report.json");
    let _ = fs::remove_file(&report);
    let mut command = Command::new("npx");
    command
        .current_dir(&setup.folder)
        .args(["--no-install", "playwright", "test"])
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("HEDGEROW_BIN", root::hedgerow())
        .env("CHROMIUM", &setup.chromium);
    if let Some(filter) = filter {
        command.args(["--pass-with-no-tests", "--grep", filter]);
    }
    let (status, _) = process::watch(&mut command)?;
    let written = fs::read(&report)
        .with_context(|| format!("Playwright ended with {status} and left no report"))?;
    let report: PlaywrightReport =
        serde_json::from_slice(&written).context("cannot read Playwright's report")?;
    let mut counts = Counts {
        passed: report.stats.expected + report.stats.flaky,
        failed: report.stats.unexpected,
        skipped: report.stats.skipped,
    };
    if !status.success() && counts.failed == 0 {
        counts.failed = 1;
    }
    let mut timings = Vec::new();
    collect_timings(&report.suites, &mut timings);
    Ok(StoryResults { counts, timings })
}

fn collect_timings(suites: &[PlaywrightSuite], timings: &mut Vec<Timing>) {
    for suite in suites {
        collect_timings(&suite.suites, timings);
        for spec in &suite.specs {
            timings.extend(spec.tests.iter().map(|test| Timing {
                name: format!("{} {}", test.project_name, spec.title),
                elapsed: Duration::from_millis(test.results.iter().map(|it| it.duration).sum()),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_stories_are_timed_with_their_retries() {
        let report = r#"{
            "stats": { "expected": 1, "unexpected": 0, "flaky": 0, "skipped": 0 },
            "suites": [{ "title": "a.spec.ts", "suites": [{ "specs": [{
                "title": "ann joins",
                "tests": [{ "projectName": "phone", "results": [{ "duration": 700 }, { "duration": 300 }] }]
            }] }] }]
        }"#;
        let report: PlaywrightReport = serde_json::from_str(report).unwrap();
        let mut timings = Vec::new();
        collect_timings(&report.suites, &mut timings);
        let expected = Timing {
            name: "phone ann joins".to_owned(),
            elapsed: Duration::from_secs(1),
        };
        assert_eq!(timings, [expected]);
    }
}
