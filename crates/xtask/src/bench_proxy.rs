//! `cargo xtask bench` where xtask was built without its benches, which is the usual case: builds
//! xtask with them and passes every argument on.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::{process, root};

/// Takes any argument; the program with the benches reads them.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct BenchOptions {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    args: Vec<OsString>,
}

/// Builds and runs xtask with its benches.
///
/// # Errors
/// When it cannot be built, or ends with an error.
pub fn command(options: &BenchOptions) -> Result<()> {
    let run = [
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "xtask",
    ];
    let mut cargo = root::cargo();
    cargo.args(run).args(["--features", "bench", "--", "bench"]);
    process::run(cargo.args(&options.args))
}
