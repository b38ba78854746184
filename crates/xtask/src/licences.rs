//! `cargo xtask licences`: checks the built crates against the licences and bans of deny.toml, offline.
//! Where `cargo deny` is installed it runs instead, and checks the advisories too.

mod expression;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{process, programs, root};

/// The part of deny.toml that is checked here.
#[derive(Deserialize)]
struct DenyConfig {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
    skip: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// A crate of the build, with its SPDX licence expression.
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Checks licences and bans, and prints the crates that are built in several versions.
///
/// # Errors
/// When a crate has a licence that is not allowed, or is banned; the error names each.
pub fn command() -> Result<()> {
    if programs::find("cargo-deny").is_some() {
        return process::run(root::cargo().args(["deny", "--workspace", "--locked", "check"]));
    }
    println!("cargo-deny is not installed: licences and bans are checked here, advisories are not");
    let text = fs::read_to_string(root::repository().join("deny.toml"))
        .context("cannot read deny.toml")?;
    let config: DenyConfig = toml::from_str(&text).context("cannot read deny.toml")?;
    let packages = packages()?;
    println!("{} crates are built in", packages.len());
    print_duplicates(&packages, &config.bans.skip);
    let problems = problems(&packages, &config);
    if !problems.is_empty() {
        bail!("{}", problems.join("; "));
    }
    Ok(())
}

/// Lists the crates that any build of the workspace compiles for this machine. Unlike Cargo.lock,
/// `cargo tree` leaves out optional dependencies whose feature is off.
fn packages() -> Result<Vec<Package>> {
    let args = [
        "tree",
        "--workspace",
        "--locked",
        "--prefix",
        "none",
        "--format",
        "{p}|{l}",
    ];
    let tree = process::output(root::cargo().args(args))?;
    let lines: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    Ok(lines.into_iter().filter_map(package).collect())
}

/// Reads `serde v1.0.228 (proc-macro)|MIT OR Apache-2.0`.
fn package(line: &str) -> Option<Package> {
    let (id, licence) = line.rsplit_once('|')?;
    let mut words = id.split_whitespace();
    Some(Package {
        name: words.next()?.to_owned(),
        version: words.next()?.trim_start_matches('v').to_owned(),
        licence: licence.trim().to_owned(),
    })
}

fn problems(packages: &[Package], config: &DenyConfig) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        if !expression::is_allowed(&package.licence, &config.licenses.allow) {
            problems.push(format!("{} is under {:?}", package.name, package.licence));
        }
        if let Some(ban) = config.bans.deny.iter().find(|ban| ban.name == package.name) {
            problems.push(format!("{} is banned ({})", ban.name, ban.reason));
        }
    }
    problems
}

fn print_duplicates(packages: &[Package], skip: &[Ban]) {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    let several: Vec<String> = versions
        .into_iter()
        .filter(|(name, versions)| versions.len() > 1 && skip.iter().all(|ban| ban.name != *name))
        .map(|(name, versions)| format!("{name} {}", Vec::from_iter(versions).join(" ")))
        .collect();
    if !several.is_empty() {
        println!("warning: in several versions: {}", several.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> DenyConfig {
        toml::from_str(
            r#"
            [licenses]
            allow = ["MIT"]
            [bans]
            deny = [{ crate = "rustls", reason = "one TLS library" }]
            skip = []
            "#,
        )
        .unwrap()
    }

    #[test]
    fn a_tree_line_is_read() {
        let package = package("serde_derive v1.0.228 (proc-macro)|MIT OR Apache-2.0").unwrap();
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("serde_derive", "1.0.228")
        );
        assert_eq!(package.licence, "MIT OR Apache-2.0");
    }

    #[test]
    fn banned_crates_and_licences_that_are_not_allowed_are_named() {
        let packages: Vec<Package> = [
            "a v1.0.0|MIT",
            "rustls v0.23.0|MIT",
            "c v1.0.0|SSPL-1.0",
            "d v1.0.0|",
        ]
        .into_iter()
        .filter_map(package)
        .collect();
        assert_eq!(
            problems(&packages, &config()),
            [
                "rustls is banned (one TLS library)",
                "c is under \"SSPL-1.0\"",
                "d is under \"\""
            ]
        );
    }

    #[test]
    fn deny_toml_can_be_read() {
        let text = fs::read_to_string(root::repository().join("deny.toml")).unwrap();
        let config: DenyConfig = toml::from_str(&text).unwrap();
        assert!(config.licenses.allow.contains("AGPL-3.0-only"));
    }
}
