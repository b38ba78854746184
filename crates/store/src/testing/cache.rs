//! Files that all test processes of a build share. nextest runs each test in a process of its own, so
//! that what is expensive to make (a migrated database, RSA keys) is read from here.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use tempfile::NamedTempFile;

/// Returns the bytes of a file in the cache, or makes and stores them; empty ones are not stored. Processes that make the same
/// file at once may get different bytes; the last one is kept.
pub fn cached(name: &str, make: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let Some(folder) = folder() else {
        return make();
    };
    if let Ok(bytes) = fs::read(folder.join(name)) {
        return bytes;
    }
    let bytes = make();
    if !bytes.is_empty() {
        // Without the cache the next process only takes longer.
        let _ = store(&folder, name, &bytes);
    }
    bytes
}

/// Returns the cache's folder: `test-cache` beside the folder of the test binaries, which `cargo clean`
/// removes.
fn folder() -> Option<PathBuf> {
    let binary = env::current_exe().ok()?;
    let profile = binary.parent()?.parent()?;
    Some(profile.join("test-cache"))
}

/// Writes a file under another name first, because other processes may read it at any time.
fn store(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let partial = NamedTempFile::new_in(folder)?;
    fs::write(partial.path(), bytes)?;
    partial.persist(folder.join(name))?;
    Ok(())
}
