//! `cargo xtask`: everything that a contributor or a build machine does with this repository.
//! One module a command; `compiler` builds, `summary` times and counts, `process` runs programs, `root` knows the paths.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]
#![expect(
    clippy::print_stdout,
    reason = "a command line tool talks to its terminal"
)]

#[cfg(feature = "bench")]
mod bench;
#[cfg(not(feature = "bench"))]
mod bench_proxy;
mod browser;
mod ci;
mod codegen;
mod compiler;
mod dependencies;
mod dist;
mod docs;
mod fuzz;
mod nextest;
mod postgres;
mod process;
mod programs;
mod root;
mod summary;
mod test;
mod tidy;

use std::process::ExitCode;

#[cfg(not(feature = "bench"))]
use bench_proxy as bench;
use clap::Parser;

/// Tests, checks and measures Hedgerow.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
enum Cli {
    /// Run every test: Rust on both databases, federation, and stories in a real browser
    Test(test::TestOptions),
    /// Run all that must hold before a change lands
    Ci(ci::CiOptions),
    /// Measure the release build; never a test
    Bench(bench::BenchOptions),
    /// Feed generated input to every parser of untrusted data
    Fuzz(fuzz::FuzzOptions),
    /// Check the rules of docs/contributors/style.md that no compiler checks
    Tidy,
    /// Write the files that are generated from the code
    Codegen(codegen::CodegenOptions),
    /// Build what is published, in target/dist: a Debian package, an archive, checksums
    Dist(dist::DistOptions),
    /// Check licences, bans, advisories and unused dependencies of what is built in
    Dependencies,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    if let Some(code) = docs::as_rustdoc() {
        return code;
    }
    let result = match Cli::parse() {
        Cli::Test(options) => return test::command(&options),
        Cli::Ci(options) => return ci::command(&options),
        Cli::Bench(options) => bench::command(&options),
        Cli::Fuzz(options) => fuzz::command(&options),
        Cli::Tidy => tidy::command(),
        Cli::Codegen(options) => codegen::command(&options),
        Cli::Dist(options) => dist::command(&options),
        Cli::Dependencies => dependencies::command(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
