//! Reads how long each Rust test took from the JUnit report that nextest writes (.config/nextest.toml).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::root;
use crate::summary::Timing;

/// Removes the report of an earlier run.
pub fn remove_report() {
    let _ = fs::remove_file(report());
}

/// Returns every test of the last run with its time; none when there is no report.
pub fn timings() -> Vec<Timing> {
    let report = fs::read_to_string(report()).unwrap_or_default();
    report.lines().filter_map(timing).collect()
}

/// Returns the path of the report, which nextest writes below the repository wherever cargo builds.
fn report() -> PathBuf {
    root::repository().join("target/nextest/default/junit.xml")
}

/// Reads one `<testcase>`; nextest writes each on a line of its own.
fn timing(line: &str) -> Option<Timing> {
    let tag = line.trim_start().strip_prefix("<testcase ")?;
    let test = attribute(tag, "name")?;
    let binary = attribute(tag, "classname")?;
    let elapsed = attribute(tag, "time")?.parse().ok()?;
    Some(Timing {
        name: format!("{binary} {test}"),
        elapsed: Duration::try_from_secs_f64(elapsed).ok()?,
    })
}

/// Returns the value of an attribute of an XML tag. Names of tests hold no character that XML escapes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let (key, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if key.trim() == name {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_case_is_read_with_its_time() {
        let line = r#"        <testcase name="reply::tests::twice" classname="domain" timestamp="2026-01-01T00:00:00+00:00" time="1.250">"#;
        let read = timing(line).unwrap();
        assert_eq!(read.name, "domain reply::tests::twice");
        assert_eq!(read.elapsed, Duration::from_millis(1_250));
    }

    #[test]
    fn other_lines_are_ignored() {
        assert_eq!(timing(r#"    <testsuite name="domain" time="1.0">"#), None);
        assert_eq!(timing(r#"<testcase name="a" classname="b">"#), None);
    }
}
