//! The demo's folder: one data folder for each organization, and `demo.json`, written when all was
//! settled. Without that file a start begins anew; with it, it resumes. Nothing but what the demo
//! made is ever removed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::report::Report;

/// The file that says the demo is whole.
const DONE: &str = "demo.json";
/// The mark of a data folder that may be removed.
const MARK: &str = ".hedgerow-demo";

/// What `demo.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    port: u16,
    report: Report,
}

/// The folder of a demo.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The data folder of an organization.
    pub(super) fn of(&self, slug: &str) -> PathBuf {
        self.0.join(slug)
    }

    /// What was made here before and can be resumed.
    ///
    /// # Errors
    /// When it was made for another port: its addresses are in every id.
    pub(super) fn resume(&self, port: u16) -> anyhow::Result<Option<Report>> {
        let Ok(text) = fs::read_to_string(self.0.join(DONE)) else {
            return Ok(None);
        };
        let done: Done = serde_json::from_str(&text)
            .with_context(|| format!("{} is not the demo's; try --fresh", self.shown(DONE)))?;
        if done.port != port {
            bail!(
                "the demo in {} was made for port {}, which is in all its addresses; use --port {} or --fresh",
                self.0.display(),
                done.port,
                done.port
            );
        }
        Ok(Some(done.report))
    }

    /// Empties the folder of an earlier demo and makes the organizations' folders.
    ///
    /// # Errors
    /// When a folder is in the way that is not the demo's, or the disk refuses.
    pub(super) fn begin(&self, slugs: &[&str]) -> anyhow::Result<()> {
        let done = self.0.join(DONE);
        if done.exists() {
            fs::remove_file(&done).with_context(|| self.shown(DONE))?;
        }
        for slug in slugs {
            let folder = self.of(slug);
            if folder.exists() {
                let ours = folder.join(MARK).exists();
                let empty = fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_none());
                if !ours && !empty {
                    bail!(
                        "{} is in the way and is not the demo's; name another folder with --dir",
                        folder.display()
                    );
                }
                fs::remove_dir_all(&folder).with_context(|| self.shown(slug))?;
            }
            fs::create_dir_all(&folder).with_context(|| self.shown(slug))?;
            fs::write(folder.join(MARK), "").with_context(|| self.shown(slug))?;
        }
        Ok(())
    }

    /// Says that the demo is whole. The file holds sign-ins, so only its owner reads it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn finish(&self, port: u16, report: &Report) -> anyhow::Result<()> {
        let done = Done {
            port,
            report: report.clone(),
        };
        let json = serde_json::to_string_pretty(&done)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(self.0.join(DONE));
        let mut file = file.with_context(|| self.shown(DONE))?;
        file.write_all(json.as_bytes())
            .with_context(|| self.shown(DONE))
    }

    fn shown(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_demo_made_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path());
        folder.begin(&["alliance"]).unwrap();
        fs::write(folder.of("alliance").join("hedgerow.db"), "x").unwrap();
        folder.begin(&["alliance"]).unwrap();
        assert!(!folder.of("alliance").join("hedgerow.db").exists());
        fs::create_dir(folder.of("faculty")).unwrap();
        fs::write(folder.of("faculty").join("thesis.tex"), "x").unwrap();
        let refused = folder.begin(&["faculty"]).unwrap_err().to_string();
        assert!(refused.contains("is in the way"), "{refused}");
        assert!(folder.of("faculty").join("thesis.tex").exists());
    }

    #[test]
    fn a_whole_demo_is_resumed_on_its_own_port_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path());
        assert!(folder.resume(8081).unwrap().is_none());
        let report = Report {
            instances: Vec::new(),
        };
        folder.finish(8081, &report).unwrap();
        assert_eq!(folder.resume(8081).unwrap(), Some(report));
        let refused = folder.resume(9000).unwrap_err().to_string();
        assert!(refused.contains("use --port 8081 or --fresh"), "{refused}");
    }
}
