//! `cargo xtask tidy`: the house rules that no compiler sees. Every finding names file, line and remedy.

mod function;
mod language;
mod migration;
mod text;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::root;

/// Something to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Relative to the repository.
    pub file: PathBuf,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    /// Builds a finding.
    pub fn new(file: &Path, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_path_buf(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        match line {
            0 => write!(f, "{}: {what}", file.display()),
            line => write!(f, "{}:{line}: {what}", file.display()),
        }
    }
}

/// Looks through every file of the repository.
///
/// # Errors
/// When there is something to mend, after printing it.
pub fn command() -> Result<()> {
    let mut findings = Vec::new();
    let files = root::files()?;
    for path in &files {
        let bytes = fs::read(root::repository().join(path))?;
        let Ok(content) = String::from_utf8(bytes) else {
            continue;
        };
        text::look(path, &content, &mut findings);
        if path.extension().is_some_and(|ext| ext == "rs") {
            function::look(path, &content, &mut findings);
        }
    }
    migration::look(&files, &mut findings);
    language::look(&files, &mut findings)?;
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} finding(s)", findings.len());
    }
    println!("{} files are tidy", files.len());
    Ok(())
}
