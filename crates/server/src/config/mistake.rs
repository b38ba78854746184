//! Mistakes in a configuration file: where, what, and how to correct it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A mistake in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Empty where it is not known.
    pub file: PathBuf,
    /// Counted from 1; `None` when the mistake is of no line: of the whole file, of keys together, or of a
    /// file that a key names.
    pub line: Option<usize>,
    /// The full key, such as `server.bind`; empty when the file is not TOML.
    pub key: String,
    pub wrong: String,
    pub remedy: String,
}

impl Mistake {
    /// A mistake of keys that do not go together, or of a file that one of them names.
    pub(super) fn of_key(key: &str, wrong: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            file: PathBuf::new(),
            line: None,
            key: key.to_owned(),
            wrong: wrong.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        match (self.file.as_os_str().is_empty(), self.line) {
            (true, _) => {}
            (false, Some(line)) => parts.push(format!("{}:{line}:", self.file.display())),
            (false, None) => parts.push(format!("{}:", self.file.display())),
        }
        if !self.key.is_empty() {
            parts.push(format!("{}:", self.key));
        }
        parts.push(format!("{}; {}", self.wrong, self.remedy));
        f.write_str(&parts.join(" "))
    }
}

/// All mistakes of a file in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// Takes the value of a result, or keeps its mistake.
    pub(super) fn value<T>(&mut self, result: Result<T, Mistake>) -> Option<T> {
        result.map_err(|mistake| self.0.push(mistake)).ok()
    }

    /// Takes the value of a result, or keeps its mistakes.
    pub(super) fn all<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        result.map_err(|found| self.0.extend(found.0)).ok()
    }

    /// Returns the value where it was made and there is no mistake.
    pub(super) fn unless_any<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(self),
        }
    }

    /// Names the file in every mistake.
    pub(super) fn in_file(mut self, file: Option<&Path>) -> Self {
        for mistake in &mut self.0 {
            mistake.file = file.map(Path::to_owned).unwrap_or_default();
        }
        self
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, mistake) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
