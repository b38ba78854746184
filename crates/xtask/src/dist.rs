//! `cargo xtask dist`: what is published. A Debian package, an archive for other systems and its checksums,
//! the debug symbols beside them, and a Containerfile; all in `target/dist`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, programs, root};

/// The largest program that is published, in bytes.
const MAX_BYTES: u64 = 76_000_000;

#[derive(Debug, Args)]
pub struct DistOptions {
    /// Package this program instead of a release build
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Install the package in a Debian of its own and go through a drill (as root)
    #[arg(long)]
    drill: bool,
}

impl DistOptions {
    /// A program, packaged, installed and tried.
    pub const fn drill(binary: PathBuf) -> Self {
        Self {
            binary: Some(binary),
            drill: true,
        }
    }
}

/// Builds and packages.
///
/// # Errors
/// When a program is missing or fails, or the result is too large.
pub fn command(options: &DistOptions) -> Result<()> {
    let out = root::repository().join("target/dist");
    match fs::remove_dir_all(&out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    fs::create_dir_all(out.join("share"))?;
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => release()?,
    };
    split(&binary, &out, options.binary.is_none())?;
    share(&out)?;
    let deb = debian_package(&out)?;
    archive(&out)?;
    fs::copy(
        root::repository().join("packaging/Containerfile"),
        out.join("Containerfile"),
    )?;
    checksums(&out)?;
    for entry in fs::read_dir(&out)? {
        let entry = entry?;
        if entry.path().is_file() {
            println!(
                "{:>12}  {}",
                entry.metadata()?.len(),
                entry.path().display()
            );
        }
    }
    if options.drill {
        drill(&deb)?;
    }
    Ok(())
}

/// Builds the program with debug lines and returns its path.
fn release() -> Result<PathBuf> {
    let args = [
        "build",
        "--profile",
        "published",
        "--locked",
        "-p",
        "server",
    ];
    process::run(root::cargo().args(args))?;
    Ok(root::target().join("published/hedgerow"))
}

/// Copies the program without its debug symbols, which stay in a file beside it that debuggers and the
/// program's own backtraces find.
fn split(binary: &Path, out: &Path, check_size: bool) -> Result<()> {
    let (program, symbols) = (out.join("hedgerow"), out.join("hedgerow.debug"));
    fs::copy(binary, &program).with_context(|| binary.display().to_string())?;
    let objcopy = || Command::new("objcopy");
    let keep = ["--only-keep-debug", "--compress-debug-sections"];
    process::run(objcopy().args(keep).arg(binary).arg(&symbols))?;
    process::run(objcopy().arg("--strip-all").arg(&program))?;
    let mut link = objcopy();
    link.current_dir(out)
        .arg("--add-gnu-debuglink=hedgerow.debug");
    process::run(link.arg(&program))?;
    let bytes = fs::metadata(&program)?.len();
    if check_size && bytes > MAX_BYTES {
        bail!("the program has {bytes} bytes, more than {MAX_BYTES}");
    }
    Ok(())
}

/// Writes the manual page and the completions.
fn share(out: &Path) -> Result<()> {
    for (args, name) in [
        (&["man"][..], "hedgerow.1"),
        (&["completions", "bash"], "hedgerow.bash"),
        (&["completions", "zsh"], "_hedgerow"),
        (&["completions", "fish"], "hedgerow.fish"),
    ] {
        let text = process::output(Command::new(out.join("hedgerow")).args(args))?;
        fs::write(out.join("share").join(name), text)?;
    }
    Ok(())
}

fn debian_package(out: &Path) -> Result<PathBuf> {
    programs::cargo_install("cargo-deb")?;
    let args = [
        "deb",
        "--package",
        "server",
        "--no-build",
        "--no-strip",
        "--compress-system",
        "--output",
    ];
    process::run(root::cargo().args(args).arg(out))?;
    let packages = fs::read_dir(out)?.flatten().map(|entry| entry.path());
    packages
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("cargo deb wrote no package")
}

/// Writes the archive for systems without a package.
fn archive(out: &Path) -> Result<()> {
    let name = format!(
        "hedgerow-{}-{}-linux",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH
    );
    let folder = out.join(&name);
    fs::create_dir_all(&folder)?;
    let repository = root::repository();
    for file in [
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "config/example.toml",
        "config/hedgerow.service",
        "config/Caddyfile",
        "config/prometheus-rules.yml",
        "config/grafana-dashboard.json",
    ] {
        let from = repository.join(file);
        let name = from.file_name().context("a file has a name")?;
        fs::copy(&from, folder.join(name)).with_context(|| file.to_owned())?;
    }
    for entry in fs::read_dir(out.join("share"))? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    fs::copy(out.join("hedgerow"), folder.join("hedgerow"))?;
    let mut tar = Command::new("tar");
    tar.current_dir(out)
        .args(["--owner=0", "--group=0", "-czf"])
        .arg(format!("{name}.tar.gz"))
        .arg(&name);
    process::run(&mut tar)?;
    Ok(fs::remove_dir_all(folder)?)
}

fn checksums(out: &Path) -> Result<()> {
    let mut names: Vec<String> = fs::read_dir(out)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            name.ends_with(".deb") || name.ends_with(".tar.gz") || name.ends_with(".debug")
        })
        .collect();
    names.sort();
    let mut sum = Command::new("sha256sum");
    let sums = process::output(sum.current_dir(out).args(&names))?;
    Ok(fs::write(out.join("SHA256SUMS"), sums)?)
}

/// Runs the drill in a minimal Debian.
fn drill(deb: &Path) -> Result<()> {
    let missing: Vec<&str> = ["mmdebstrap", "curl", "jq"]
        .into_iter()
        .filter(|name| programs::find(name).is_none())
        .collect();
    if !missing.is_empty() && !programs::install(&missing, false)? {
        bail!("install {} first, or run this as root", missing.join(", "));
    }
    process::run(Command::new(root::repository().join("packaging/drill.sh")).arg(deb))
}
