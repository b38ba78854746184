//! Paths: the repository, what cargo builds, and the files git knows.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process;

/// Returns the top folder of the repository.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Returns cargo: the one that runs this program, if any.
pub fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(repository());
    // What `cargo run` sets for this program would make a nested build look different to build scripts.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Returns mdBook, set up to write below cargo's target folder.
pub fn mdbook() -> Command {
    let mut command = Command::new("mdbook");
    command.current_dir(repository());
    command.env("MDBOOK_BUILD__BUILD_DIR", target().join("book"));
    command
}

/// Returns the folder cargo builds into.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(
        || repository().join("target"),
        |dir| repository().join(PathBuf::from(dir)),
    )
}

/// Returns the server's binary of the dev profile; [`crate::compiler::Compiler::build`] builds it.
pub fn hedgerow() -> PathBuf {
    target().join("debug").join("hedgerow")
}

/// Lists every file that git knows or would add, relative to the repository's top, sorted.
///
/// # Errors
/// When git cannot list them.
pub fn files() -> Result<Vec<PathBuf>> {
    let listed = process::output(Command::new("git").current_dir(repository()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut files: Vec<PathBuf> = listed
        .lines()
        .map(PathBuf::from)
        .filter(|path| repository().join(path).is_file())
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}
