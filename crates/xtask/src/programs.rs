//! Finds the programs that a test run needs beside Rust, or installs Debian's packages for them.
//! It installs only as root, or with `--install` through sudo.

use std::env;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{process, root};

/// Finds a browser that Playwright can drive.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| find(name))
}

/// Finds a program of this name on the PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
}

/// Returns whether this process runs as root.
pub fn is_root() -> bool {
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|us| us.uid() == 0)
}

/// Installs Debian packages; returns false without doing anything where that is not allowed.
///
/// # Errors
/// When apt fails.
pub fn install(packages: &[&str], asked: bool) -> Result<bool> {
    if find("apt-get").is_none() || !(is_root() || (asked && find("sudo").is_some())) {
        return Ok(false);
    }
    println!("Installing {}", packages.join(", "));
    process::run(apt().args(["update", "-qq"]))?;
    process::run(
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages),
    )?;
    Ok(true)
}

/// Builds and installs a program that cargo calls by its name, unless it is installed: unoptimized, since it
/// takes longer to build than to run.
///
/// # Errors
/// When cargo cannot build it.
pub fn cargo_install(name: &str) -> Result<()> {
    if find(name).is_some() {
        return Ok(());
    }
    println!("Installing {name}");
    process::run(root::cargo().args(["install", "--locked", "--quiet", "--debug", name]))
}

fn apt() -> Command {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
