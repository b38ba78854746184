//! A temporary PostgreSQL server for tests: a cluster in its own folder, reached only through a socket
//! in that folder, by default without durability. It ends with the process that started it: a shell
//! script waits on a pipe, and when the pipe closes, even by `kill -9`, it stops the server and removes
//! the folder.
//!
//! This module uses only std, because `xtask` and `store::testing` both compile this file.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Shell script that waits for the end of its standard input, then stops the server and removes the
/// folder. Until then it restarts a server that was killed, as a service manager would.
const SUPERVISOR: &str = r#"
while [ ! -e "$2/stop" ]; do
    "$1/postgres" -D "$2/data" >>"$2/log" 2>&1
    sleep 0.1
done &
server=$!
read -r _
touch "$2/stop"
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
wait "$server"
rm -rf "$2"
"#;

/// The settings of every server; it listens on its socket only.
const SETTINGS: &str = "
listen_addresses = ''
wal_level = minimal
max_wal_senders = 0
max_connections = 400
shared_buffers = 64MB
autovacuum = off
";

/// The settings without durability.
const UNSAFE_SETTINGS: &str = "
fsync = off
full_page_writes = off
synchronous_commit = off
";

/// Whether a commit survives a crash of the machine.
#[allow(
    dead_code,
    reason = "tests never use durable servers, and they compile this file too"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Commits may be lost: for tests.
    Off,
    /// A commit waits for the disk, as in production: for benches.
    Full,
}

/// A running server. Dropping it stops the server and removes its folder.
pub struct Cluster {
    /// The administrator's URL: `postgres:///postgres?host=FOLDER&user=hedgerow`.
    pub url: String,
    supervisor: Child,
}

impl Cluster {
    /// Finds the folder of `initdb` and `postgres`: Debian's newest version, else the PATH's.
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

    /// Creates a cluster in `folder`, which must not exist yet, and waits until it accepts connections.
    /// As root the server runs as `postgres` or `nobody`, because it refuses root; they must be able to
    /// open the folder's parents. The path may have 80 bytes, because a socket's name may have 107.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; the message says why.
    pub fn start(folder: &Path) -> Result<Self, String> {
        Self::start_with(folder, Durability::Off)
    }

    /// Creates a cluster with this durability.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(folder: &Path, durability: Durability) -> Result<Self, String> {
        let programs = Self::programs().ok_or("PostgreSQL is not installed")?;
        let path = folder.to_str().ok_or("the folder's path is not UTF-8")?;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .map_err(|e| format!("{path}: {e}"))?;
        let cluster = Self::init(&programs, folder, path, durability);
        if cluster.is_err() {
            let _ = fs::remove_dir_all(folder);
        }
        cluster
    }

    fn init(
        programs: &Path,
        folder: &Path,
        path: &str,
        durability: Durability,
    ) -> Result<Self, String> {
        let owner = server_user(folder)?;
        if let Some((uid, gid)) = owner {
            chown(folder, Some(uid), Some(gid)).map_err(|e| format!("{path}: {e}"))?;
        }
        let mut initdb = command(&programs.join("initdb"), owner, folder);
        initdb.args(["--username=hedgerow", "--auth=trust", "--encoding=UTF8"]);
        initdb.args(["--locale=C.UTF-8", "--no-sync", "-D"]);
        let output = initdb.arg(folder.join("data")).output();
        let output = output.map_err(|e| format!("initdb: {e}"))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(format!("initdb: {}", stderr.trim()));
        }
        let unsafe_settings = match durability {
            Durability::Off => UNSAFE_SETTINGS,
            Durability::Full => "",
        };
        let settings = format!("{SETTINGS}{unsafe_settings}unix_socket_directories = '{path}'\n");
        fs::write(folder.join("data/postgresql.auto.conf"), settings)
            .map_err(|e| format!("{path}: {e}"))?;
        let mut supervisor = command(Path::new("/bin/sh"), owner, folder);
        supervisor
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(programs)
            .arg(folder);
        // In its own process group: Ctrl-C ends the tests, and the closed pipe then ends the script.
        supervisor.process_group(0).stdin(Stdio::piped());
        supervisor.stdout(Stdio::null()).stderr(Stdio::null());
        let supervisor = supervisor.spawn().map_err(|e| format!("sh: {e}"))?;
        let url = format!("postgres:///postgres?host={path}&user=hedgerow");
        let cluster = Self { url, supervisor };
        wait_until_ready(programs, folder)?;
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// Returns the user and group to run as, when this process runs as root.
fn server_user(folder: &Path) -> Result<Option<(u32, u32)>, String> {
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

/// Waits until the server accepts connections, at most 30 seconds.
fn wait_until_ready(programs: &Path, folder: &Path) -> Result<(), String> {
    for _ in 0..600 {
        let mut pg_isready = Command::new(programs.join("pg_isready"));
        pg_isready
            .arg("-q")
            .arg("-h")
            .arg(folder)
            .stdin(Stdio::null());
        if pg_isready.status().is_ok_and(|answer| answer.success()) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!(
        "PostgreSQL does not accept connections: {}",
        log.trim()
    ))
}
