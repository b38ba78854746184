//! A throwaway PostgreSQL server for tests: a cluster in a folder of its own, reached through a
//! socket in that folder only, with no care for its data unless asked for. It lives as long as the process that
//! started it: a small shell holds the other end of a pipe, and when that closes, even by
//! `kill -9`, it stops the server and removes the folder.
//!
//! Only std, because `xtask` and `store::testing` both compile this file.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Waits for the end of its standard input, then stops the server and cleans up. Until then a
/// server that was killed is started again, as a service manager would.
const KEEPER: &str = r#"
while [ ! -e "$2/over" ]; do
    "$1/postgres" -D "$2/data" >>"$2/log" 2>&1
    sleep 0.1
done &
server=$!
read -r _
touch "$2/over"
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
wait "$server"
rm -rf "$2"
"#;

/// The socket is the only door.
const SETTINGS: &str = "
listen_addresses = ''
wal_level = minimal
max_wal_senders = 0
max_connections = 400
shared_buffers = 64MB
autovacuum = off
";

/// Speed over safety.
const CARELESS: &str = "
fsync = off
full_page_writes = off
synchronous_commit = off
";

/// How a server treats its data.
#[allow(
    dead_code,
    reason = "tests are careless, and they compile this file too"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// It may lose them with the machine: for tests.
    Careless,
    /// A commit waits for the disk, as on a server in use: for measuring.
    Durable,
}

/// A running server. Dropping it stops the server and removes its folder.
pub struct Cluster {
    /// The administrator's URL: `postgres:///postgres?host=FOLDER&user=hedgerow`.
    pub url: String,
    keeper: Child,
}

impl Cluster {
    /// The folder of `initdb` and `postgres`: Debian's newest, else the one on the PATH.
    pub fn programs() -> Option<PathBuf> {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let mut found: Vec<(u32, PathBuf)> = versions
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .filter(|(_, bin)| bin.join("initdb").is_file())
            .collect();
        found.sort();
        found.pop().map(|(_, bin)| bin).or_else(|| {
            let path = std::env::var_os("PATH")?;
            let mut folders = std::env::split_paths(&path);
            let initdb = folders.find_map(|dir| dir.join("initdb").canonicalize().ok())?;
            initdb.parent().map(Path::to_path_buf)
        })
    }

    /// Makes a cluster in `folder`, which must not exist yet, and waits until it answers. As root
    /// it runs under `postgres` or `nobody`, because the server refuses root; the folder's parents
    /// must be open to them. The path may have 80 bytes, since a socket's name may have 107.
    ///
    /// # Errors
    /// A sentence for people: PostgreSQL is not installed, or what it complained of.
    pub fn start(folder: &Path) -> Result<Self, String> {
        Self::start_with(folder, Care::Careless)
    }

    /// The same, with this care for its data.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(folder: &Path, care: Care) -> Result<Self, String> {
        let programs = Self::programs().ok_or("PostgreSQL is not installed")?;
        let place = folder.to_str().ok_or("the folder's path is not UTF-8")?;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .map_err(|e| format!("{place}: {e}"))?;
        let cluster = Self::furnish(&programs, folder, place, care);
        if cluster.is_err() {
            let _ = fs::remove_dir_all(folder);
        }
        cluster
    }

    fn furnish(programs: &Path, folder: &Path, place: &str, care: Care) -> Result<Self, String> {
        let owner = servant(folder)?;
        if let Some((uid, gid)) = owner {
            chown(folder, Some(uid), Some(gid)).map_err(|e| format!("{place}: {e}"))?;
        }
        let mut initdb = command(&programs.join("initdb"), owner, folder);
        initdb.args(["--username=hedgerow", "--auth=trust", "--encoding=UTF8"]);
        initdb.args(["--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(folder.join("data")).output();
        let made = made.map_err(|e| format!("initdb: {e}"))?;
        if !made.status.success() {
            let complaint = String::from_utf8_lossy(&made.stderr);
            return Err(format!("initdb: {}", complaint.trim()));
        }
        let careless = match care {
            Care::Careless => CARELESS,
            Care::Durable => "",
        };
        let settings = format!("{SETTINGS}{careless}unix_socket_directories = '{place}'\n");
        fs::write(folder.join("data/postgresql.auto.conf"), settings)
            .map_err(|e| format!("{place}: {e}"))?;
        let mut keeper = command(Path::new("/bin/sh"), owner, folder);
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(programs)
            .arg(folder);
        // A process group of its own: Ctrl-C is for the tests, the pipe then tells the keeper.
        keeper.process_group(0).stdin(Stdio::piped());
        keeper.stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = keeper.spawn().map_err(|e| format!("sh: {e}"))?;
        let url = format!("postgres:///postgres?host={place}&user=hedgerow");
        let cluster = Self { url, keeper };
        await_answer(programs, folder)?;
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The user to run as, when we are root.
fn servant(folder: &Path) -> Result<Option<(u32, u32)>, String> {
    let me = folder.metadata().map_err(|e| e.to_string())?.uid();
    if me != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(|e| e.to_string())?;
    let find = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2);
        Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .map(Some)
        .ok_or_else(|| "there is no user `postgres` or `nobody` to run PostgreSQL as".to_owned())
}

fn command(program: &Path, owner: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    if let Some((uid, gid)) = owner {
        command.gid(gid).uid(uid);
    }
    command
}

/// At most half a minute.
fn await_answer(programs: &Path, folder: &Path) -> Result<(), String> {
    for _ in 0..600 {
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.arg("-q").arg("-h").arg(folder).stdin(Stdio::null());
        if ask.status().is_ok_and(|answer| answer.success()) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!("PostgreSQL does not answer: {}", log.trim()))
}
