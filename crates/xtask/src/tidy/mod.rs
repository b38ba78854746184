//! `cargo xtask tidy`: the rules that no compiler checks. Every finding names file, line and remedy.

mod doc_comment;
mod file;
mod function;
mod language;
mod migration;
mod source;
mod type_name;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::root;
use type_name::TypeNames;

/// A violation of a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Relative to the repository.
    pub file: PathBuf,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    /// Says what is wrong and what to do.
    pub what: String,
}

impl Finding {
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

/// Checks every file of the repository.
///
/// # Errors
/// When a rule is violated, after printing every finding.
pub fn command() -> Result<()> {
    let mut findings = Vec::new();
    let mut type_names = TypeNames::default();
    let files = root::files()?;
    for path in &files {
        let bytes = fs::read(root::repository().join(path))?;
        let Ok(content) = String::from_utf8(bytes) else {
            continue;
        };
        file::check(path, &content, &mut findings);
        if path.extension().is_some_and(|ext| ext == "rs") {
            function::check(path, &content, &mut findings);
            doc_comment::check(path, &content, &mut findings);
            type_names.add(path, &content);
        }
    }
    type_names.check(&mut findings);
    migration::check(&files, &mut findings);
    language::check(&files, &mut findings)?;
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
