//! `cargo xtask fuzz`: tries every parser of what strangers send with input that libFuzzer makes up,
//! a while each. It begins with what real servers sent, and goes on from what it found the last time.

mod seeds;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, programs, root};

/// Whatever takes longer than this for one input is a finding, in seconds.
const TIMEOUT: u32 = 10;
/// Whatever takes more memory than this is a finding, in MiB.
const MEMORY: u32 = 1_024;
/// Longest input made up, in bytes.
const LONGEST: u32 = 8_192;

/// Without a sanitizer: none of our code is unsafe, and the stable toolchain has none.
const BUILT: &[&str] = &["--sanitizer", "none", "--codegen-units", "16"];

/// What to try, and how long.
#[derive(Args)]
pub struct Options {
    /// Try only this target; all of fuzz/targets without
    target: Option<String>,
    /// How long to try each, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the targets, sows their seeds and runs each; the first that finds something ends it.
///
/// # Errors
/// When cargo-fuzz is missing, a target is not known or not built, or something was found.
pub fn command(options: &Options) -> Result<()> {
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
    // What is tried is what is shipped, in the same versions.
    fs::copy(root::repository().join("Cargo.lock"), folder("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    process::run(root::cargo().args(["fuzz", "build"]).args(BUILT))?;
    for target in &chosen {
        let sown = seeds::sow(target)?;
        println!("{target}: {sown} seeds, {} s", options.seconds);
        run(target, options.seconds)
            .with_context(|| format!("{target} found something: make it a test, then mend it"))?;
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
    let words = folder("dictionaries").join(words_of(target));
    cargo.arg(format!("-dict={}", words.display()));
    process::run(&mut cargo)
}

/// The words from which a target's inputs are put together.
fn words_of(target: &str) -> &'static str {
    match target {
        "signature" | "header" => "header.dict",
        "html" | "markdown" => "markup.dict",
        "domains" => "domains.dict",
        _ => "document.dict",
    }
}

/// Something in `fuzz/`.
fn folder(name: &str) -> PathBuf {
    root::repository().join("fuzz").join(name)
}

/// Every target's name, sorted.
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
    fn every_target_is_built_and_has_words() {
        let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
        let targets = targets().unwrap();
        assert!(targets.len() > 5, "{targets:?}");
        for target in targets {
            let path = format!("path = \"targets/{target}.rs\"");
            assert!(
                manifest.contains(&path),
                "{target} is not in fuzz/Cargo.toml"
            );
            assert!(folder("dictionaries").join(words_of(&target)).is_file());
        }
    }
}
