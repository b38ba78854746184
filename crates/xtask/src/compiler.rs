//! How cargo builds the workspace: with rustc, or with clippy's driver, which lints while it compiles.
//! All steps of a run share one `Compiler`, so that nothing is compiled twice.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{process, root};

/// What is built to be checked and tested: every package, the benches of xtask too, as Cargo.lock says.
pub const WORKSPACE: &[&str] = &["--workspace", "--features", "xtask/bench", "--locked"];

/// The targets that are built and tested in one go.
pub const TARGETS: &[&str] = &["--lib", "--bins", "--tests"];

/// Selects what compiles the workspace's own crates. Dependencies are always compiled by rustc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    Rustc,
    /// Compiles as rustc does, and makes every warning of rustc or clippy an error.
    Clippy,
}

impl Compiler {
    /// Returns cargo, set up to use this compiler. Cargo keeps the artifacts of the two apart.
    pub fn cargo(self) -> Command {
        let mut cargo = root::cargo();
        match self {
            Self::Rustc => {}
            Self::Clippy => {
                cargo.env("RUSTC_WORKSPACE_WRAPPER", clippy_driver());
                cargo.env("CLIPPY_ARGS", clippy_args(&["-D", "warnings"]));
                cargo.env("CLIPPY_CONF_DIR", root::repository());
            }
        }
        cargo
    }

    /// Builds every library, binary and test of the workspace.
    ///
    /// # Errors
    /// When something does not compile, or has a warning under [`Compiler::Clippy`].
    pub fn build(self) -> Result<()> {
        process::run(self.cargo().arg("build").args(WORKSPACE).args(TARGETS))
    }
}

/// Returns clippy's driver of the toolchain in use; cargo hashes this path into the artifacts' names.
fn clippy_driver() -> PathBuf {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(root::repository());
    let sysroot = process::output(rustc.args(["--print", "sysroot"])).unwrap_or_default();
    let driver = PathBuf::from(sysroot.trim()).join("bin/clippy-driver");
    if driver.is_file() {
        driver
    } else {
        "clippy-driver".into()
    }
}

/// Joins arguments in the way in which `cargo clippy` hands them to its driver.
fn clippy_args(args: &[&str]) -> String {
    let mut joined = String::new();
    for arg in args {
        joined.push_str(arg);
        joined.push_str("__CLIPPY_HACKERY__");
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Stdio;

    use super::*;

    /// Compiles one line of code as cargo would through the wrapper; returns whether it passed.
    fn compiles(code: &str) -> bool {
        let folder = std::env::temp_dir().join(format!("xtask-clippy-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("lib.rs");
        fs::write(&file, code).unwrap();
        let cargo = Compiler::Clippy.cargo();
        let mut driver = Command::new(clippy_driver());
        for (name, value) in cargo.get_envs() {
            if let Some(value) = value {
                driver.env(name, value);
            }
        }
        driver.args(["rustc", "--crate-type", "lib", "--emit", "link"]);
        driver.arg("--out-dir").arg(&folder).arg(&file);
        let status = driver.stderr(Stdio::null()).status().unwrap();
        let built = folder.join("liblib.rlib").is_file();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(status.success(), built, "a passing run generates code");
        status.success()
    }

    /// Fails when a toolchain changes how clippy's driver takes its arguments, so that CI cannot
    /// pass without linting.
    #[test]
    fn the_build_lints_and_a_warning_fails_it() {
        assert!(compiles("pub fn one() -> u8 { 1 }"));
        assert!(!compiles("pub fn one() -> u8 { return 1; }"), "clippy");
        assert!(!compiles("fn unused() {}"), "rustc");
        let wall_clock = "pub fn now() -> std::time::SystemTime { std::time::SystemTime::now() }";
        assert!(!compiles(wall_clock), "clippy.toml");
    }
}
