//! A real `hedgerow serve` in a process of its own, which a story may end with `kill -9`. It stands
//! at `http://{name}.localhost:{port}/` on loopback, with its folder in a temporary one.

use reqwest::Method;
use reqwest::header::HOST;
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::{OpenOptions, Store, Synchronous};

/// The longest a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An instance that is set up, running or not. Dropping it ends it.
pub struct Process {
    folder: tempfile::TempDir,
    host: String,
    port: u16,
    running: Option<Child>,
    http: reqwest::Client,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    /// Sets one up with `hedgerow setup`; it does not run yet.
    #[must_use]
    pub fn set_up(name: &str) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        let process = Self {
            folder: tempfile::tempdir().unwrap(),
            host: format!("{name}.localhost:{port}"),
            port,
            running: None,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let path = |file: &str| process.folder.path().join(file).display().to_string();
        let config = format!(
            "[server]\nbind = \"127.0.0.1:{port}\"\npublic_url = \"{}\"\ndata_dir = \"{}\"\n\
             [federation]\nallow_http = true\nallow_ports = true\nallow_private = [\"*.localhost\"]\n",
            process.at(""),
            path("data"),
        );
        fs::write(path("hedgerow.toml"), config).unwrap();
        fs::write(path("password"), "a long enough password").unwrap();
        let url = process.at("");
        let words = ["setup", "--url", &url, "--name", name, "--admin", "keeper"];
        process.shell(&words, true);
        process
    }

    /// A URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Where it listens.
    #[must_use]
    pub fn machine(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Adds an account, and answers a token of it for the API.
    #[must_use]
    pub fn person(&self, handle: &str) -> String {
        self.shell(&["user", "add", handle], true);
        let made: Value =
            serde_json::from_str(&self.shell(&["user", "token", handle, "--json"], false)).unwrap();
        made["token"].as_str().unwrap().to_owned()
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(binary())
            .args(["serve", "--config"])
            .arg(self.folder.path().join("hedgerow.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running = Some(child);
        let begun = Instant::now();
        while self.request(Method::GET, "/healthz", None, None).await.0 != 204 {
            assert!(
                begun.elapsed() < PATIENCE,
                "hedgerow serve does not answer: {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It may have ended by itself; then there is nobody to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks its API, below `/api/hedgerow/v1`; the status is 0 where nobody answered.
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

    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let url = format!("http://{}{path}", self.machine());
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

    /// Its database, opened beside it.
    #[must_use]
    pub fn store(&self) -> Store {
        let path = self.folder.path().join("data").join("hedgerow.db");
        let options = OpenOptions {
            readers: 1,
            synchronous: Synchronous::Full,
            create: false,
        };
        Store::open(path.to_str().unwrap(), options).unwrap()
    }

    /// What it has said since its last start.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
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

/// `HEDGEROW_BIN` (as `cargo xtask test` sets it), else the one built beside the tests.
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
