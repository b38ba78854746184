//! `cargo xtask dependencies`: cargo-deny checks licences, bans, sources and advisories by deny.toml, and
//! cargo-machete finds dependencies that no code names. Both are installed when missing.

use anyhow::Result;

use crate::{process, programs, root};

/// Checks what is built in.
///
/// # Errors
/// When a program cannot be installed, or finds something.
pub fn command() -> Result<()> {
    programs::cargo_install("cargo-deny")?;
    programs::cargo_install("cargo-machete")?;
    process::run(root::cargo().args(["deny", "--workspace", "--locked", "check"]))?;
    process::run(
        root::cargo()
            .args(["machete", "--with-metadata"])
            .arg(root::repository()),
    )
}
