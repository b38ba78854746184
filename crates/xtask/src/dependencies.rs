//! `cargo xtask dependencies`: cargo-deny checks licences, bans, sources and advisories by deny.toml, and
//! cargo-machete finds dependencies that no code names. Both are installed when missing.

use anyhow::Result;

use crate::{process, programs, root};

/// Checks what is built in. Advisories are left out, and that is said, where their database cannot be fetched.
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
    match deny(&["fetch", "db"]) {
        Ok(()) => deny(&["check", "--disable-fetch", "advisories"])?,
        Err(problem) => println!("advisories are not checked: {problem:#}"),
    }
    let machete = ["machete", "--with-metadata"];
    process::run(root::cargo().args(machete).arg(root::repository()))
}
