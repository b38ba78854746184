//! Backups in a folder: made by the schedule, named by their time, the oldest deleted.

use std::fs;
use std::path::{Path, PathBuf};

use model::Time;
use store::Store;

use crate::create::delete_partial;
use crate::error::at;
use crate::{BackupError, Contents, Location, create};

const PREFIX: &str = "hedgerow-";
const SUFFIX: &str = ".tar.gz";

/// The backups that an instance makes by itself.
#[derive(Debug, Clone)]
pub struct Plan {
    pub location: Location,
    /// Where they are kept.
    pub folder: PathBuf,
    /// How many are kept; at least one.
    pub keep: usize,
    /// Hour and minute of each day.
    pub at: (u8, u8),
}

impl Plan {
    /// Makes a backup, and deletes the oldest of those that were made so, and what a crash left. Other files in
    /// the folder stay.
    ///
    /// # Errors
    /// Those of [`create`]; then nothing is deleted.
    pub fn run(&self, store: &Store, now: Time) -> Result<Contents, BackupError> {
        fs::create_dir_all(&self.folder).map_err(at(&self.folder))?;
        delete_partial(&self.folder)?;
        let file = self.folder.join(name(now));
        let contents = create(store, &self.location, &file, now, &|_done, _all| {})?;
        let made = self.list()?;
        let excess = made.len().saturating_sub(self.keep.max(1));
        for old in made.iter().take(excess) {
            fs::remove_file(old).map_err(at(old))?;
        }
        Ok(contents)
    }

    /// Lists the backups of this folder, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<PathBuf>, BackupError> {
        let mut made = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let path = entry.map_err(at(&self.folder))?.path();
            if is_ours(&path) {
                made.push(path);
            }
        }
        made.sort();
        Ok(made)
    }
}

/// `hedgerow-2026-11-30T033000Z.tar.gz`: such names sort by their times.
fn name(now: Time) -> String {
    let seconds = now.to_rfc3339().replace(':', "");
    let seconds = seconds.split('.').next().unwrap_or_default();
    format!("{PREFIX}{}Z{SUFFIX}", seconds.trim_end_matches('Z'))
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let moment = name.and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    moment.is_some_and(|moment| {
        moment.len() == "2026-11-30T033000Z".len()
            && moment
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'T' | b'Z'))
    })
}
