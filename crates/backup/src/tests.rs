//! Backups of filled databases of both kinds, restored, damaged and refused.

use std::fs;
use std::io::Read as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use domain::testing::World;
use model::Time;
use store::testing::{Fresh, row_counts, run_sql};
use store::{OpenOptions, Store};
use tempfile::TempDir;

use crate::digest::digest;
use crate::{BackupError, Existing, Location, Plan, create, restore, verify};

const NOW: &str = "2026-11-30T03:30:00Z";

/// An instance's data: a person, a community, a thread and a picture.
struct Source {
    store: Fresh,
    location: Location,
    folder: TempDir,
    picture: String,
}

impl Source {
    async fn new(store: Fresh) -> Self {
        let world = World::new((*store).clone()).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        world.thread(ann, weavers, "Warping").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let location = Location {
            database_url: store.url().to_owned(),
            media: folder.path().join("media"),
        };
        let picture = add_picture(&location.media, b"a picture");
        Self {
            store,
            location,
            folder,
            picture,
        }
    }

    fn create(&self, name: &str) -> Result<PathBuf, BackupError> {
        let file = self.folder.path().join(name);
        let silent = &|_done, _all| {};
        create(&self.store, &self.location, &file, now(), silent).map(|_contents| file)
    }
}

fn add_picture(media: &Path, bytes: &[u8]) -> String {
    let digest = digest(bytes).unwrap();
    let folder = media.join(&digest[..2]).join(&digest[2..4]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&digest), bytes).unwrap();
    digest
}

fn now() -> Time {
    Time::parse_rfc3339(NOW).unwrap()
}

/// An empty place for an SQLite instance.
fn place(folder: &TempDir) -> Location {
    Location {
        database_url: folder.path().join("data/hedgerow.db").display().to_string(),
        media: folder.path().join("data/media"),
    }
}

fn restore_to(file: &Path, location: &Location, existing: Existing) -> Result<(), BackupError> {
    restore(file, location, existing, &|_done, _all| {}).map(|_contents| ())
}

/// Restores a backup to a place that has data already, and finds every row and picture there.
async fn everything_comes_back(source: Source, location: Location) {
    let file = source.create("one.tar.gz").unwrap();
    let filled = row_counts(&source.store).await;
    let refused = restore_to(&file, &location, Existing::Keep);
    assert!(
        matches!(refused, Err(BackupError::DatabaseExists(_))),
        "{refused:?}"
    );
    restore_to(&file, &location, Existing::Replace).unwrap();
    let restored = Store::open(&location.database_url, OpenOptions::default()).unwrap();
    assert_eq!(restored.pending_migrations().unwrap(), Vec::<String>::new());
    assert_eq!(row_counts(&restored).await, filled);
    restored.close().await;
    let digest = &source.picture;
    let picture = location.media.join(&digest[..2]).join(&digest[2..4]);
    assert_eq!(fs::read(picture.join(digest)).unwrap(), b"a picture");
}

/// Restores a backup that was made before the newest migrations. It is as it was then, and migrates to what it would
/// be without the backup.
async fn an_older_backup_is_restored_and_migrated(source: Source, location: Location) {
    let newest = source.store.newest_migration().unwrap();
    for _ in 0..3 {
        source.store.revert_newest().unwrap();
    }
    let filled = row_counts(&source.store).await;
    assert!(filled["post"] > 0 && filled["account"] > 0, "{filled:?}");
    let file = source.create("older.tar.gz").unwrap();
    let contents = verify(&file, &|_done, _all| {}).unwrap();
    assert!(contents.header.migration < newest, "{newest}");
    restore_to(&file, &location, Existing::Replace).unwrap();
    let restored = Store::open(&location.database_url, OpenOptions::default()).unwrap();
    assert_eq!(restored.pending_migrations().unwrap().len(), 3);
    assert_eq!(row_counts(&restored).await, filled);
    assert_eq!(restored.migrate().unwrap().len(), 3);
    assert_eq!(restored.newest_migration().unwrap(), newest);
    let migrated = row_counts(&restored).await;
    for table in ["actor", "account", "community", "post", "space"] {
        assert_eq!(migrated[table], filled[table], "{table}");
    }
    restored.close().await;
}

#[tokio::test]
async fn an_older_backup_of_sqlite_is_migrated() {
    let target = tempfile::tempdir().unwrap();
    let source = Source::new(store::testing::sqlite()).await;
    an_older_backup_is_restored_and_migrated(source, place(&target)).await;
}

#[tokio::test]
async fn an_older_backup_of_postgresql_is_migrated() {
    let (Some(source), Some(target)) = (store::testing::postgres(), store::testing::postgres())
    else {
        return;
    };
    target.close().await;
    let folder = tempfile::tempdir().unwrap();
    let location = Location {
        database_url: target.url().to_owned(),
        media: folder.path().join("media"),
    };
    an_older_backup_is_restored_and_migrated(Source::new(source).await, location).await;
}

/// The entry of an archive.
fn entry(file: &Path, wanted: &str) -> Vec<u8> {
    let unpacked = flate2::read::GzDecoder::new(fs::File::open(file).unwrap());
    let mut archive = tar::Archive::new(unpacked);
    let named = |entry: &tar::Entry<'_, _>| entry.path().unwrap() == Path::new(wanted);
    let mut entries = archive.entries().unwrap().map(Result::unwrap);
    let mut found = entries.find(named).unwrap();
    let mut bytes = Vec::new();
    found.read_to_end(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_damaged_dump_leaves_a_postgresql_database_as_it_was() {
    let (Some(source), Some(target)) = (store::testing::postgres(), store::testing::postgres())
    else {
        return;
    };
    let source = Source::new(source).await;
    let whole = entry(&source.create("one.tar.gz").unwrap(), "database.pgdump");
    let existing = World::new((*target).clone()).await.unwrap();
    existing.person("bea").await.unwrap();
    let before = row_counts(&target).await;
    target.close().await;
    let location = Location {
        database_url: target.url().to_owned(),
        media: source.folder.path().join("other-media"),
    };
    // The archive is sound and its digests are right: only the programs of PostgreSQL find out.
    let mut scrambled = whole.clone();
    let end = scrambled.len() - 200;
    scrambled[end - 400..end].fill(0xff);
    let mut dumps: Vec<Vec<u8>> = [0, 100, whole.len() / 2, whole.len() - 1_000]
        .map(|length| whole[..length].to_vec())
        .into();
    dumps.push(scrambled);
    let file = source.folder.path().join("damaged.tar.gz");
    for dump in dumps {
        archive(
            &file,
            &header("postgres", "1"),
            &[("database.pgdump", &dump)],
        );
        let refused = restore_to(&file, &location, Existing::Replace);
        assert!(
            matches!(refused, Err(BackupError::Program { .. })),
            "{} bytes: {refused:?}",
            dump.len()
        );
        let kept = Store::open(&location.database_url, OpenOptions::default()).unwrap();
        assert_eq!(row_counts(&kept).await, before, "{} bytes", dump.len());
        kept.close().await;
    }
}

#[tokio::test]
async fn an_sqlite_instance_comes_back_and_what_was_there_is_kept_aside() {
    let target = tempfile::tempdir().unwrap();
    let location = place(&target);
    let former = Store::open(&location.database_url, OpenOptions::default()).unwrap();
    former.migrate().unwrap();
    let source = Source::new(store::testing::sqlite()).await;
    everything_comes_back(source, location).await;
    former.close().await;
    for name in ["hedgerow.db", "hedgerow.db.replaced-1"] {
        let file = target.path().join("data").join(name);
        assert_eq!(mode(&file), 0o600, "{name} is for its owner alone");
    }
}

fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_postgresql_instance_comes_back() {
    let (Some(source), Some(target)) = (store::testing::postgres(), store::testing::postgres())
    else {
        return;
    };
    // A table that a newer version may have added.
    let newer = "CREATE TABLE newer (id BIGINT PRIMARY KEY REFERENCES search_text (id))";
    let write = move |db: &mut store::Db| Ok::<_, store::StoreError>(run_sql(db, newer)?);
    target.write(write).await.unwrap();
    target.close().await;
    let folder = tempfile::tempdir().unwrap();
    let location = Location {
        database_url: target.url().to_owned(),
        media: folder.path().join("media"),
    };
    everything_comes_back(Source::new(source).await, location).await;
}

#[tokio::test]
async fn a_backup_is_private_and_readable_with_standard_tools() {
    use std::os::unix::fs::PermissionsExt;
    let source = Source::new(store::testing::sqlite()).await;
    let file = source.create("one.tar.gz").unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    let out = tempfile::tempdir().unwrap();
    let unpacked = std::process::Command::new("tar")
        .args(["-xzf", file.to_str().unwrap(), "-C"])
        .arg(out.path())
        .status();
    assert!(unpacked.unwrap().success());
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(out.path())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    // Nothing else is left beside it.
    let names: Vec<_> = fs::read_dir(source.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

/// What a file holds, where gzip finds nothing wrong with it.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut held = Vec::new();
    let read = flate2::read::GzDecoder::new(bytes).read_to_end(&mut held);
    read.is_ok().then_some(held)
}

#[tokio::test]
async fn a_damaged_or_foreign_file_changes_nothing() {
    let source = Source::new(store::testing::sqlite()).await;
    let file = source.create("one.tar.gz").unwrap();
    let whole = fs::read(&file).unwrap();
    let target = tempfile::tempdir().unwrap();
    let location = place(&target);
    let ends = [20, whole.len() - 600, whole.len() - 9, whole.len() - 3];
    for at in (40..whole.len()).step_by(997).chain(ends) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        if unpacked(&bytes) == unpacked(&whole) {
            // Zeros copied from another place are zeros too.
            continue;
        }
        let damaged = source.folder.path().join("damaged.tar.gz");
        fs::write(&damaged, &bytes).unwrap();
        let refused = restore_to(&damaged, &location, Existing::Keep);
        assert!(
            matches!(
                refused,
                Err(BackupError::Damaged { .. } | BackupError::NotABackup(_))
            ),
            "byte {at}: {refused:?}"
        );
    }
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 300] {
        let cut = source.folder.path().join("cut.tar.gz");
        fs::write(&cut, &whole[..length]).unwrap();
        assert!(
            restore_to(&cut, &location, Existing::Keep).is_err(),
            "{length}"
        );
    }
    let foreign = source.folder.path().join("foreign.tar.gz");
    fs::write(&foreign, b"once upon a time").unwrap();
    let refused = restore_to(&foreign, &location, Existing::Keep);
    assert!(
        matches!(refused, Err(BackupError::NotABackup(_))),
        "{refused:?}"
    );
    assert!(!target.path().join("data").exists());
}

/// Writes an archive of these entries, with right digests.
fn archive(path: &Path, header: &str, entries: &[(&str, &[u8])]) {
    let gzip =
        flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut sums = Vec::new();
    let all = [("backup.json", header.as_bytes())];
    for (name, bytes) in all.iter().chain(entries) {
        let digest = digest(*bytes).unwrap();
        writeln!(sums, "{digest}  {name}").unwrap();
        append(&mut tar, name, bytes);
    }
    append(&mut tar, "SHA256SUMS", &sums);
    tar.into_inner().unwrap().finish().unwrap();
}

fn append<W: std::io::Write>(tar: &mut tar::Builder<W>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    // Written as it is, also where the library would refuse it.
    let field = &mut header.as_old_mut().name;
    field[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    tar.append(&header, bytes).unwrap();
}

fn header(database: &str, migration: &str) -> String {
    format!(
        r#"{{"format":1,"program":"Hedgerow 9.9.9","database":"{database}","migration":"{migration}","created_at":"{NOW}"}}"#
    )
}

#[test]
fn a_file_cannot_write_outside_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evil.tar.gz");
    for name in [
        "media/../../../evil",
        "/tmp/evil",
        "media/ab/cd/evil",
        "hedgerow.db",
    ] {
        archive(&file, &header("sqlite", "1"), &[(name, b"x")]);
        let refused = verify(&file, &|_done, _all| {});
        assert!(
            matches!(refused, Err(BackupError::Damaged { .. })),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn a_newer_backup_and_one_of_the_other_database_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (file, location) = (folder.path().join("other.tar.gz"), place(&folder));
    archive(
        &file,
        &header("sqlite", "99991231000001"),
        &[("database.sqlite", b"x")],
    );
    let refused = restore_to(&file, &location, Existing::Keep).unwrap_err();
    let words = refused.to_string();
    assert!(
        words.contains("Hedgerow 9.9.9") && words.contains("99991231000001"),
        "{words}"
    );
    archive(
        &file,
        &header("postgres", "1"),
        &[("database.pgdump", b"x")],
    );
    let refused = restore_to(&file, &location, Existing::Keep).unwrap_err();
    assert!(
        matches!(refused, BackupError::OtherDatabase { .. }),
        "{refused}"
    );
    // Sound as an archive, and no database.
    archive(
        &file,
        &header("sqlite", "1"),
        &[("database.sqlite", b"no database, whatever its name says")],
    );
    let refused = restore_to(&file, &location, Existing::Keep);
    assert!(matches!(refused, Err(BackupError::Store(_))), "{refused:?}");
    assert!(!folder.path().join("data/hedgerow.db").exists());
}

#[test]
fn an_archive_without_a_database_or_with_two_or_with_a_wrong_picture_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.tar.gz");
    let database = ("database.sqlite", b"x".as_slice());
    let wrong = format!("media/ab/cd/abcd{}", "0".repeat(60));
    for entries in [
        vec![],
        vec![database, database],
        vec![database, (wrong.as_str(), b"another picture".as_slice())],
    ] {
        archive(&file, &header("sqlite", "1"), &entries);
        let refused = verify(&file, &|_done, _all| {});
        assert!(
            matches!(refused, Err(BackupError::Damaged { .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn an_existing_file_is_never_overwritten() {
    let source = Source::new(store::testing::sqlite()).await;
    fs::write(source.folder.path().join("one.tar.gz"), b"dear").unwrap();
    let refused = source.create("one.tar.gz");
    assert!(
        matches!(refused, Err(BackupError::Exists(_))),
        "{refused:?}"
    );
    assert_eq!(
        fs::read(source.folder.path().join("one.tar.gz")).unwrap(),
        b"dear"
    );
}

#[tokio::test]
async fn a_running_server_is_not_replaced() {
    let source = Source::new(store::testing::sqlite()).await;
    let file = source.create("one.tar.gz").unwrap();
    let _serving = source.store.lock_for_serving().unwrap();
    let refused = restore_to(&file, &source.location, Existing::Replace).unwrap_err();
    assert!(refused.to_string().contains("stop it first"), "{refused}");
}

#[tokio::test]
async fn the_schedule_keeps_the_newest_and_what_is_not_its_own() {
    let source = Source::new(store::testing::sqlite()).await;
    let folder = source.folder.path().join("kept");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("hedgerow-before-the-move.tar.gz"), b"mine").unwrap();
    let plan = Plan {
        location: source.location.clone(),
        folder: folder.clone(),
        keep: 2,
        at: (3, 30),
    };
    // What a crash left.
    fs::write(folder.join(".hedgerow-partial-x"), b"half").unwrap();
    for day in 0..4 {
        plan.run(&source.store, now().plus_seconds(day * 86_400))
            .unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "hedgerow-2026-12-02T033000Z.tar.gz",
            "hedgerow-2026-12-03T033000Z.tar.gz",
            "hedgerow-before-the-move.tar.gz"
        ]
    );
}
