//! `cargo xtask fuzz`: runs libFuzzer on every parser of untrusted data, each for a limited time.
//! It starts from what real servers sent, and from the corpus of the last run.

mod seeds;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, programs, root};

/// Limits the time for one input, in seconds; more is a finding.
const TIMEOUT: u32 = 10;
/// Limits the memory, in MiB; more is a finding.
const MEMORY: u32 = 1_024;
/// Limits the length of a generated input, in bytes.
const LONGEST: u32 = 8_192;

/// Without a sanitizer: none of our code is unsafe, and the stable toolchain has none.
const BUILT: &[&str] = &["--sanitizer", "none", "--codegen-units", "16"];

/// Selects the targets and the time for each.
#[derive(Args)]
pub struct FuzzOptions {
    /// Run only this target; every file in fuzz/targets without it
    target: Option<String>,
    /// Time for each target, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the targets, writes their seeds and runs each; stops at the first finding.
///
/// # Errors
/// When cargo-fuzz is missing, a target is not known or not built, or something was found.
pub fn command(options: &FuzzOptions) -> Result<()> {
    if programs::find("cargo-fuzz").is_none() {
        bail!(
            "cargo-fuzz is not installed: run `cargo install cargo-fuzz --locked` (it needs a C++ compiler; this toolchain will do)"
        );
    }
    let known = targets()?;
    let chosen: Vec<String> = match &options.target {
        Some(target) if known.contains(target) => vec![target.clone()],
        Some(target) => bail!(
            "no target is called {target}; there are {}",
            known.join(", ")
        ),
        None => known,
    };
    // The fuzzed dependencies are the released ones, in the same versions.
    fs::copy(root::repository().join("Cargo.lock"), folder("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    process::run(root::cargo().args(["fuzz", "build"]).args(BUILT))?;
    for target in &chosen {
        let seeds = seeds::write(target)?;
        println!("{target}: {seeds} seeds, {} s", options.seconds);
        run(target, options.seconds)
            .with_context(|| format!("{target} found something: make it a test, then fix it"))?;
    }
    Ok(())
}

fn run(target: &str, seconds: u32) -> Result<()> {
    let mut cargo = root::cargo();
    cargo.args(["fuzz", "run"]).args(BUILT).args([target, "--"]);
    cargo.arg(format!("-max_total_time={seconds}"));
    cargo.arg(format!("-timeout={TIMEOUT}"));
    cargo.arg(format!("-rss_limit_mb={MEMORY}"));
    cargo.arg(format!("-max_len={LONGEST}"));
    cargo.args(["-print_final_stats=1", "-verbosity=0"]);
    let dictionary = folder("dictionaries").join(dictionary(target));
    cargo.arg(format!("-dict={}", dictionary.display()));
    process::run(&mut cargo)
}

/// Returns the file with the tokens from which a target's inputs are generated.
fn dictionary(target: &str) -> &'static str {
    match target {
        "signature" | "header" => "header.dict",
        "html" | "markdown" => "markup.dict",
        "domains" => "domains.dict",
        _ => "document.dict",
    }
}

/// Returns the path of an entry in `fuzz/`.
fn folder(name: &str) -> PathBuf {
    root::repository().join("fuzz").join(name)
}

/// Lists the targets' names, sorted.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder("targets")).context("cannot read fuzz/targets")? {
        let path = file?.path();
        names.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_built_and_has_a_dictionary() {
        let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
        let targets = targets().unwrap();
        assert!(targets.len() > 5, "{targets:?}");
        for target in targets {
            let path = format!("path = \"targets/{target}.rs\"");
            assert!(
                manifest.contains(&path),
                "{target} is not in fuzz/Cargo.toml"
            );
            assert!(folder("dictionaries").join(dictionary(&target)).is_file());
        }
    }
}
