//! `cargo xtask bench` where xtask was built without its benches, as it mostly is: builds them in
//! and hands everything on.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::{process, root};

/// What the benches are told.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    words: Vec<OsString>,
}

/// Runs xtask once more, with its benches.
///
/// # Errors
/// When it cannot be built, or ends with an error.
pub fn command(options: &Options) -> Result<()> {
    let again = [
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "xtask",
    ];
    let mut cargo = root::cargo();
    cargo
        .args(again)
        .args(["--features", "bench", "--", "bench"]);
    process::run(cargo.args(&options.words))
}
