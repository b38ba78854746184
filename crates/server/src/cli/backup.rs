//! `hedgerow backup` and `hedgerow restore`.

use std::path::PathBuf;

use backup::{Contents, Existing};
use indicatif::{ProgressBar, ProgressStyle};
use model::{Clock, SystemClock};
use serde::Serialize;

use super::{CommonOptions, database};

#[derive(Debug, clap::Args)]
pub(super) struct BackupOptions {
    /// The file to write, such as hedgerow.tar.gz; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct RestoreOptions {
    /// The backup to restore
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put it in the place of a database that is there: an SQLite file is kept under another name, the
    /// tables of a PostgreSQL database are dropped
    #[arg(long)]
    replace: bool,
    /// Only check the file, and say what it holds
    #[arg(long, conflicts_with = "replace")]
    check: bool,
}

/// A backup, in the output.
#[derive(Debug, Serialize)]
struct BackupFile {
    file: String,
    #[serde(flatten)]
    contents: Contents,
}

impl BackupFile {
    fn words(&self, done: &str) -> String {
        let Contents {
            header,
            pictures,
            bytes,
        } = &self.contents;
        format!(
            "{done} {} ({bytes} bytes): the database ({}, {}) and {pictures} pictures, as of {}.",
            self.file, header.database, header.migration, header.created_at
        )
    }
}

pub(super) fn create(common: &CommonOptions, options: &BackupOptions) -> anyhow::Result<()> {
    anyhow::ensure!(
        options.file.as_os_str() != "-",
        "a backup is checked after it was written, so it needs a file; name one"
    );
    let config = common.load()?;
    let store = database::open_store(&config, false)?;
    let (bar, now) = (bar("Writing"), SystemClock.now());
    let made = backup::create(
        &store,
        &config.location(),
        &options.file,
        now,
        &progress(&bar),
    );
    bar.finish_and_clear();
    let file = BackupFile {
        file: options.file.display().to_string(),
        contents: made?,
    };
    common.printer().say(&file, |file| file.words("Wrote"));
    Ok(())
}

pub(super) fn restore(common: &CommonOptions, options: &RestoreOptions) -> anyhow::Result<()> {
    let config = common.load()?;
    let bar = bar(if options.check {
        "Checking"
    } else {
        "Restoring"
    });
    let (restored, done) = if options.check {
        (backup::verify(&options.file, &progress(&bar)), "Sound:")
    } else {
        let existing = match options.replace {
            true => Existing::Replace,
            false => Existing::Keep,
        };
        let location = config.location();
        let restored = backup::restore(&options.file, &location, existing, &progress(&bar));
        (restored, "Restored")
    };
    bar.finish_and_clear();
    let file = BackupFile {
        file: options.file.display().to_string(),
        contents: restored?,
    };
    common.printer().say(&file, |file| file.words(done));
    Ok(())
}

/// A bar of bytes on a terminal; elsewhere nothing.
fn bar(doing: &str) -> ProgressBar {
    let template = format!("{doing} {{bar:30}} {{bytes}} of {{total_bytes}} ({{eta}} left)");
    let style = ProgressStyle::with_template(&template)
        .unwrap_or_else(|_plain| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

fn progress(bar: &ProgressBar) -> impl Fn(u64, u64) + '_ {
    |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }
}
