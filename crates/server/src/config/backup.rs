//! The values of the section about backups.

use std::fmt;
use std::path::PathBuf;

use backup::{Location, Plan};

use super::value::TextValue;
use super::{Backup, Config};

impl Config {
    /// Returns what a backup holds: the database and the pictures.
    #[must_use]
    pub fn location(&self) -> Location {
        Location {
            database_url: self.database_url(),
            media: self.media_dir(),
        }
    }

    /// Returns the plan of daily backups; `None` where no folder is named.
    #[must_use]
    pub fn backup_plan(&self) -> Option<Plan> {
        let Backup { folder, at, keep } = &self.backup;
        folder.as_ref().map(|folder| Plan {
            location: self.location(),
            folder: folder.0.clone(),
            keep: usize::from(keep.get()),
            at: (at.hour, at.minute),
        })
    }
}

/// Where the daily backups are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPath(PathBuf);

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

impl TextValue for FolderPath {
    const EXAMPLE: &'static str = "/var/backups/hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the path is empty".to_owned()),
            path => Ok(Self(PathBuf::from(path))),
        }
    }
}

/// An hour and a minute of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

impl TimeOfDay {
    pub(super) const fn new(hour: u8, minute: u8) -> Self {
        Self { hour, minute }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl TextValue for TimeOfDay {
    const EXAMPLE: &'static str = "03:30";

    fn from_text(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':');
        let parsed = parts.and_then(|(hour, minute)| {
            Some(Self {
                hour: hour.parse().ok().filter(|hour| *hour < 24)?,
                minute: minute.parse().ok().filter(|minute| *minute < 60)?,
            })
        });
        parsed.ok_or_else(|| format!("\"{text}\" is no time of day"))
    }
}
