//! The documentation: rustdoc with warnings as errors, and the book.
//!
//! `cargo doc` would check every dependency once more, because it uses metadata from `cargo check`
//! and the tests use libraries from `cargo build`. `cargo test --doc` runs rustdoc on the libraries
//! that are built already, with every argument that it needs; so cargo is told to run this program
//! as rustdoc, which turns "test the examples" into "write the documentation".

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::compiler::{Compiler, WORKSPACE};
use crate::{process, programs, root};

/// Set when cargo runs this program as rustdoc.
const AS_RUSTDOC: &str = "XTASK_AS_RUSTDOC";

/// Documents the workspace's libraries, then the book where mdbook is installed.
///
/// # Errors
/// When rustdoc or mdbook fails; a warning of rustdoc is an error.
pub fn build(compiler: Compiler) -> Result<()> {
    let this = program(env::current_exe().context("cannot find the running program")?);
    let mut cargo = compiler.cargo();
    cargo.args(["test", "--quiet", "--doc"]).args(WORKSPACE);
    process::run(cargo.env("RUSTDOC", this).env(AS_RUSTDOC, "1"))?;
    book()
}

/// The path of this program. The build that came before may have replaced its file; Linux then says
/// that the running one is deleted, and the new one at the same path serves as well.
fn program(running: PathBuf) -> PathBuf {
    match running
        .to_str()
        .and_then(|path| path.strip_suffix(" (deleted)"))
    {
        Some(path) => PathBuf::from(path),
        None => running,
    }
}

fn book() -> Result<()> {
    if !root::repository().join("docs/book.toml").is_file() {
        return Ok(());
    }
    if programs::find("mdbook").is_none() {
        println!("mdbook is not installed: the book was not built");
        return Ok(());
    }
    process::run(root::mdbook().args(["build", "docs"]))
}

/// Runs rustdoc in cargo's place; returns none when cargo did not start this program as rustdoc.
pub fn as_rustdoc() -> Option<ExitCode> {
    env::var_os(AS_RUSTDOC)?;
    let args = document(env::args_os().skip(1));
    let mut rustdoc = Command::new("rustdoc");
    // The library of xtask has one public function; its modules are documented as those of a program.
    if args.iter().any(|arg| arg == env!("CARGO_PKG_NAME")) {
        rustdoc.arg("--document-private-items");
    }
    rustdoc.args(args);
    rustdoc.arg("--out-dir").arg(root::target().join("doc"));
    rustdoc.args(["-D", "warnings"]);
    Some(match process::run(&mut rustdoc) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    })
}

/// Takes out the arguments by which rustdoc tests examples instead of writing the documentation.
fn document(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut args = args;
    while let Some(arg) = args.next() {
        if arg == OsStr::new("--test") {
            continue;
        }
        let text = arg.to_string_lossy();
        if text == "--test-run-directory" || text == "--test-args" {
            args.next();
            continue;
        }
        if text.starts_with("--test-run-directory=") || text.starts_with("--test-args=") {
            continue;
        }
        kept.push(arg);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_was_built_anew_is_found_by_its_path() {
        let at = |path: &str| program(PathBuf::from(path));
        assert_eq!(at("/x/debug/xtask (deleted)"), at("/x/debug/xtask"));
    }

    #[test]
    fn the_arguments_of_a_test_run_are_taken_out() {
        let given = "--edition=2024 --test src/lib.rs --test-run-directory crates/model --cfg a";
        let kept = document(given.split(' ').map(OsString::from));
        assert_eq!(kept, ["--edition=2024", "src/lib.rs", "--cfg", "a"]);
    }
}
