//! `cargo xtask dependencies`: cargo-deny checks licences, bans, sources and advisories by deny.toml, and
//! cargo-machete finds dependencies that no code names. Both are installed when missing.

use anyhow::Result;

use crate::{process, programs, root};

/// Checks what is built in. Advisories are printed only: they come at any time, and must not stop a change that
/// has nothing to do with them. Where their database cannot be fetched, that is said.
///
/// # Errors
/// When a program cannot be installed, or finds something.
pub fn command() -> Result<()> {
    programs::cargo_install("cargo-deny")?;
    programs::cargo_install("cargo-machete")?;
    let deny = |args: &[&str]| {
        let workspace = ["deny", "--workspace", "--locked"];
        process::run(root::cargo().args(workspace).args(args))
    };
    deny(&["check", "licenses", "bans", "sources"])?;
    if let Err(problem) = deny(&["check", "advisories"]) {
        println!("warning: advisories, or no database of them: {problem:#}");
    }
    let machete = ["machete", "--with-metadata"];
    process::run(root::cargo().args(machete).arg(root::repository()))
}
