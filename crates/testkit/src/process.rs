//! A real `hedgerow serve` process, which a test may end with `kill -9`. It serves
//! `http://{name}.localhost:{port}/` on loopback, with a temporary data folder.

use reqwest::Method;
use reqwest::header::HOST;
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::{OpenOptions, Store, Synchronous};

/// The longest that a start may take.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A resource limit of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceLimit {
    None,
    /// No file may grow beyond this size in KiB, as on a full disk.
    FileSize(u64),
}

/// An instance that is set up, running or not. Dropping it ends it.
pub struct Process {
    folder: tempfile::TempDir,
    /// `host:port` of its URLs.
    host: String,
    /// The port that it listens on; a twin's differs from the host's.
    port: u16,
    /// Path of the SQLite file, or URL of the PostgreSQL database.
    database: String,
    running: Option<Child>,
    http: reqwest::Client,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    /// Sets an instance up with `hedgerow setup` on SQLite, without starting it.
    #[must_use]
    pub fn set_up(name: &str) -> Self {
        Self::set_up_on(name, None)
    }

    /// Sets an instance up on the PostgreSQL database at this URL, else on SQLite.
    #[must_use]
    pub fn set_up_on(name: &str, postgres: Option<&str>) -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/hedgerow.db").display().to_string();
        let process = Self {
            folder,
            host: format!("{name}.localhost:{port}"),
            port,
            database: postgres.map_or(file, str::to_owned),
            running: None,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        process.write_config();
        let url = process.at("");
        let words = ["setup", "--url", &url, "--name", name, "--admin", "keeper"];
        process.shell(&words, true);
        process
    }

    /// Builds another process of the same instance, on the same database.
    #[must_use]
    pub fn twin(&self) -> Self {
        let twin = Self {
            folder: tempfile::tempdir().unwrap(),
            host: self.host.clone(),
            port: free_port(),
            database: self.database.clone(),
            running: None,
            http: self.http.clone(),
        };
        twin.write_config();
        twin
    }

    fn write_config(&self) {
        let path = |file: &str| self.folder.path().join(file).display().to_string();
        let config = format!(
            "[server]\nbind = \"127.0.0.1:{}\"\npublic_url = \"{}\"\ndata_dir = \"{}\"\n\
             [database]\nurl = \"{}\"\n\
             [federation]\nallow_http = true\nallow_ports = true\nallow_private = [\"*.localhost\"]\n\
             [log]\nlevel = \"info,delivery=debug\"\n",
            self.port,
            self.at(""),
            path("data"),
            self.database,
        );
        fs::write(path("hedgerow.toml"), config).unwrap();
        fs::write(path("password"), "a long password").unwrap();
    }

    /// Returns a URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Returns the address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Adds an account and returns an API token of it.
    #[must_use]
    pub fn person(&self, handle: &str) -> String {
        self.shell(&["user", "add", handle], true);
        let made: Value =
            serde_json::from_str(&self.shell(&["user", "token", handle, "--json"], false)).unwrap();
        made["token"].as_str().unwrap().to_owned()
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        self.start_limited(ResourceLimit::None).await;
    }

    /// Starts it with a resource limit and waits until it answers.
    pub async fn start_limited(&mut self, limit: ResourceLimit) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let child = limited(limit)
            .args(["serve", "--config"])
            .arg(self.folder.path().join("hedgerow.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running = Some(child);
        let begun = Instant::now();
        while self.health().await != 204 {
            assert!(
                begun.elapsed() < START_TIMEOUT,
                "hedgerow serve does not answer: {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Tries to start it as a user who may read its database but not write it; it must exit by
    /// itself. Returns its standard error.
    #[must_use]
    pub fn start_unable_to_write(&self) -> String {
        let folder = self.folder.path();
        let program = folder.join("hedgerow");
        fs::copy(binary(), &program).unwrap();
        let data = folder.join("data");
        let closed = |closed: bool| {
            let files = fs::read_dir(&data)
                .unwrap()
                .map(|file| file.unwrap().path());
            for path in files.filter(|path| path.is_file()) {
                let mode = if closed { 0o444 } else { 0o644 };
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        closed(true);
        let mut command = Command::new(&program);
        command.args(["serve", "--config"]);
        command.arg(folder.join("hedgerow.toml"));
        if fs::metadata(folder).unwrap().uid() == 0 {
            // Root may write anything: as `nobody`, who may not.
            command.uid(65_534).gid(65_534);
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        closed(false);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Leaves this many KiB of disk to the running server: the write-ahead log of its SQLite database
    /// may grow no further.
    pub fn fill_disk(&self, kilobytes: u64) {
        let log = self.folder.path().join("data/hedgerow.db-wal");
        let size = fs::metadata(log).unwrap().len() + kilobytes * 1024;
        self.limit_files(&size.to_string());
    }

    /// Lifts the limit.
    pub fn make_room(&self) {
        self.limit_files("unlimited");
    }

    fn limit_files(&self, bytes: &str) {
        let pid = self.running.as_ref().unwrap().id().to_string();
        let mut limit = Command::new("prlimit");
        // The soft limit only, which may be raised again.
        limit.args(["--pid", &pid, &format!("--fsize={bytes}:")]);
        assert!(limit.status().unwrap().success());
    }

    /// Returns the size of the largest file of its SQLite database, in KiB.
    #[must_use]
    pub fn database_kilobytes(&self) -> u64 {
        let files = fs::read_dir(self.folder.path().join("data")).unwrap();
        let sizes = files.map(|file| file.unwrap().metadata().unwrap().len());
        sizes.max().unwrap_or_default().div_ceil(1024)
    }

    /// Returns the host and port of its URLs.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Makes a backup, while it runs or not, and returns its path.
    #[must_use]
    pub fn backup(&self) -> String {
        let file = self.folder.path().join("backup.tar.gz");
        let file = file.display().to_string();
        self.shell(&["backup", &file], false);
        file
    }

    /// Tries to make a backup with a resource limit, which must fail. Returns its standard error, and what stands in the
    /// folder of the backup then.
    #[must_use]
    pub fn backup_limited(&self, limit: ResourceLimit) -> (String, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let output = limited(limit)
            .arg("backup")
            .arg(folder.path().join("backup.tar.gz"))
            .arg("--config")
            .arg(self.folder.path().join("hedgerow.toml"))
            .output()
            .unwrap();
        assert!(!output.status.success());
        let left = fs::read_dir(folder.path()).unwrap();
        let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let why = String::from_utf8(output.stderr).unwrap();
        assert!(
            why.contains(&folder.path().display().to_string()),
            "it names the folder: {why}"
        );
        (why, left.collect())
    }

    /// Restores a backup.
    pub fn restore(&self, file: &str) {
        self.shell(&["restore", file], false);
    }

    /// Deletes its data folder, as a lost disk does. It must not run.
    pub fn lose_data(&self) {
        assert!(self.running.is_none());
        fs::remove_dir_all(self.folder.path().join("data")).unwrap();
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It may have exited already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Calls its API, below `/api/hedgerow/v1`; the status is 0 without a response.
    pub async fn ask(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let path = format!("/api/hedgerow/v1{path}");
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.request(method, &path, Some(token), body).await
    }

    /// Asks `/readyz`; returns the status.
    pub async fn health(&self) -> u16 {
        self.request(Method::GET, "/readyz", None, None).await.0
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let url = format!("http://{}{path}", self.addr());
        let mut request = self.http.request(method, url).header(HOST, &self.host);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                (status, response.json().await.unwrap_or_default())
            }
            Err(_) => (0, Value::Null),
        }
    }

    /// Opens its database beside it.
    #[must_use]
    pub fn store(&self) -> Store {
        let options = OpenOptions {
            readers: 1,
            synchronous: Synchronous::Full,
            create: false,
        };
        Store::open(&self.database, options).unwrap()
    }

    /// Returns its log since the last start.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Counts the successful deliveries in its log since the last start.
    #[must_use]
    pub fn arrivals(&self) -> usize {
        self.log().matches("outcome=Delivered").count()
    }

    fn shell(&self, words: &[&str], with_password: bool) -> String {
        let mut command = Command::new(binary());
        command
            .args(words)
            .arg("--config")
            .arg(self.folder.path().join("hedgerow.toml"));
        if with_password {
            command
                .arg("--password-file")
                .arg(self.folder.path().join("password"));
        }
        let output = command.output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "hedgerow {words:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    free.local_addr().unwrap().port()
}

/// Builds the command through a shell, so that a write beyond the limit fails as on a full disk
/// instead of ending the process.
fn limited(limit: ResourceLimit) -> Command {
    let blocks = match limit {
        ResourceLimit::None => "unlimited".to_owned(),
        // `ulimit -f` counts blocks of 512 bytes.
        ResourceLimit::FileSize(kilobytes) => (kilobytes * 2).to_string(),
    };
    let mut shell = Command::new("/bin/sh");
    let words = r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    shell.args(["-c", words, "held", &blocks]).arg(binary());
    shell
}

/// Returns `HEDGEROW_BIN` (as `cargo xtask test` sets it), else the binary built beside the tests.
fn binary() -> PathBuf {
    let beside = || {
        std::env::current_exe()
            .unwrap()
            .parent()
            .unwrap()
            .parent()
            .unwrap()
            .join("hedgerow")
    };
    let binary = std::env::var_os("HEDGEROW_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        binary.is_file(),
        "{} is not built: cargo build --workspace",
        binary.display()
    );
    binary
}
