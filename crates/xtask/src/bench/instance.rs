//! A whole instance: the release binary in its own process, on loopback, with a folder that is removed
//! when the bench ends. Its costs are read from `/proc`.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::BenchContext;
use super::api_client::ApiUser;
use super::http::{Request, Site};
use crate::postgres::{Cluster, Durability};
use crate::{process, root};

/// The password of every account.
pub const PASSWORD: &str = "hawthorn-and-hazel";

/// The unit of the processor times in `/proc`: Linux reports a hundred a second to programs on every
/// machine, whatever the kernel itself uses.
const TICK: Duration = Duration::from_millis(10);

/// Limits the time of a start or a stop.
const TIMEOUT: Duration = Duration::from_secs(30);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Selects the database of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file in the instance's folder, which is the default.
    Sqlite,
    /// A separate PostgreSQL server with synchronous commits, as in production.
    Postgres,
}

/// An instance that is set up, running or not. Dropping it kills the process and removes the folder.
pub struct BenchInstance {
    pub site: Site,
    hedgerow: PathBuf,
    folder: PathBuf,
    process: Option<Child>,
    cluster: Option<Cluster>,
}

impl BenchInstance {
    /// Sets up an instance at `http://{name}.localhost:{free port}`, without starting it.
    ///
    /// # Errors
    /// When the folder cannot be made or `hedgerow setup` fails.
    pub fn set_up(context: &BenchContext, name: &str) -> Result<Self> {
        Self::set_up_on(context, name, DatabaseKind::Sqlite)
    }

    /// Sets up an instance on this database.
    ///
    /// # Errors
    /// As [`BenchInstance::set_up`]; when PostgreSQL is not installed.
    pub fn set_up_on(context: &BenchContext, name: &str, database: DatabaseKind) -> Result<Self> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // In cargo's target folder, because /tmp may be in memory and the disk is a part of the cost.
        let folder = root::target()
            .join("bench")
            .join(format!("{}-{number}-{name}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let instance = Self {
            site: Site::new(&format!("{name}.localhost"), free_port()?),
            hedgerow: context.hedgerow.clone(),
            folder,
            process: None,
            cluster: match database {
                DatabaseKind::Sqlite => None,
                DatabaseKind::Postgres => Some(cluster(number)?),
            },
        };
        fs::write(instance.password_file(), PASSWORD)?;
        fs::write(instance.config_file(), instance.config())?;
        let url = instance.site.url();
        instance.command(
            &["setup", "--url", &url, "--name", name, "--admin", "keeper"],
            true,
        )?;
        Ok(instance)
    }

    /// Returns the settings that differ from the defaults: address, folder, database, federation on loopback.
    fn config(&self) -> String {
        let quoted = |text: String| toml::Value::String(text).to_string();
        let database = self
            .cluster
            .as_ref()
            .map(|cluster| quoted(cluster.url.clone()));
        let database = database.map(|url| format!("[database]\nurl = {url}\n\n"));
        format!(
            "[server]\nbind = {bind}\npublic_url = {url}\ndata_dir = {data}\ntrusted_proxies = [\"127.0.0.1\"]\n\n{database}\
             [federation]\nallow_http = true\nallow_ports = true\nallow_private = [\"*.localhost\"]\n",
            database = database.unwrap_or_default(),
            bind = quoted(self.site.socket().to_string()),
            url = quoted(self.site.url()),
            data = quoted(self.folder.join("data").display().to_string()),
        )
    }

    /// Has the next start send its mail to a server on this machine.
    ///
    /// # Errors
    /// When the configuration cannot be written.
    pub fn send_mail_to(&self, server: SocketAddr) -> Result<()> {
        let config = self.config();
        let mail = "security = \"none\"\nfrom = \"practice@example.org\"";
        let config = format!("{config}\n[mail]\nserver = \"{server}\"\n{mail}\n");
        fs::write(self.config_file(), config).context("writing the configuration")
    }

    /// Returns the database's URL or path, as the store opens it.
    pub fn database_url(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url.clone(),
            None => self.folder.join("data/hedgerow.db").display().to_string(),
        }
    }

    /// Returns the file with the certificates that the next start trusts, in place of the machine's.
    pub fn trust(&self) -> PathBuf {
        self.folder.join("trusted.pem")
    }

    fn config_file(&self) -> PathBuf {
        self.folder.join("hedgerow.toml")
    }

    fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Runs a command of `hedgerow` and returns its output.
    fn command(&self, args: &[&str], with_password: bool) -> Result<String> {
        let mut command = Command::new(&self.hedgerow);
        command.args(args).arg("--config").arg(self.config_file());
        if with_password {
            command.arg("--password-file").arg(self.password_file());
        }
        process::output(&mut command)
    }

    /// Adds an account and creates a token for the API.
    ///
    /// # Errors
    /// When `hedgerow user` fails.
    pub fn add_person(&self, handle: &str, name: &str) -> Result<ApiUser> {
        self.command(&["user", "add", handle, "--name", name], true)?;
        let made = self.command(&["user", "token", handle, "--json"], false)?;
        let made: Value = serde_json::from_str(&made).context("what `user token` printed")?;
        let token = made.get("token").and_then(Value::as_str);
        Ok(ApiUser {
            handle: handle.to_owned(),
            token: token.context("`user token` printed no token")?.to_owned(),
        })
    }

    /// Writes the search index anew, as an administrator would.
    ///
    /// # Errors
    /// When `hedgerow search rebuild` fails.
    pub fn rebuild_search_index(&self) -> Result<()> {
        self.command(&["search", "rebuild"], false)?;
        Ok(())
    }

    /// Starts the process and waits for its first response; returns how long that took.
    ///
    /// # Errors
    /// When the process exits or does not respond within [`TIMEOUT`]; the error contains its log.
    pub fn start(&mut self) -> Result<Duration> {
        let log = File::create(self.log_file())?;
        let mut command = Command::new(&self.hedgerow);
        command.arg("serve").arg("--config").arg(self.config_file());
        if self.trust().is_file() {
            command.env("SSL_CERT_FILE", self.trust());
        }
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let started = Instant::now();
        let child = command.spawn().context("cannot start hedgerow serve")?;
        let child = self.process.insert(child);
        loop {
            if is_healthy(&self.site) {
                return Ok(started.elapsed());
            }
            if started.elapsed() > TIMEOUT || child.try_wait()?.is_some() {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("hedgerow serve does not respond: {}", log.trim());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Stops the process with SIGTERM.
    ///
    /// # Errors
    /// When it does not exit within [`TIMEOUT`].
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.process.take() else {
            return Ok(());
        };
        process::run(Command::new("kill").arg(child.id().to_string()))?;
        let started = Instant::now();
        while child.try_wait()?.is_none() {
            if started.elapsed() > TIMEOUT {
                child.kill()?;
                child.wait()?;
                bail!("hedgerow serve did not stop on SIGTERM");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Waits until background work is done: half a second without processor time, at most [`TIMEOUT`].
    ///
    /// # Errors
    /// When the process does not run.
    pub fn settle(&self) -> Result<()> {
        let started = Instant::now();
        let mut before = self.cpu()?;
        while started.elapsed() < TIMEOUT {
            thread::sleep(Duration::from_millis(500));
            let now = self.cpu()?;
            if now.saturating_sub(before) <= TICK {
                return Ok(());
            }
            before = now;
        }
        Ok(())
    }

    fn proc(&self, file: &str) -> Result<String> {
        let child = self
            .process
            .as_ref()
            .context("the instance is not running")?;
        let path = Path::new("/proc").join(child.id().to_string()).join(file);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    }

    /// Returns the processor time since the start, of all threads, in user and system mode.
    ///
    /// # Errors
    /// When the process does not run, or this is not Linux.
    pub fn cpu(&self) -> Result<Duration> {
        ticks(&self.proc("stat")?)
            .map(|ticks| TICK * ticks)
            .context("/proc/PID/stat has an unknown format")
    }

    /// Returns the resident memory, in megabytes (10⁶ bytes).
    ///
    /// # Errors
    /// As [`BenchInstance::cpu`].
    pub fn rss_mb(&self) -> Result<f64> {
        resident_kib(&self.proc("status")?)
            .map(|kib| f64::from(kib) * 1_024.0 / 1e6)
            .context("/proc/PID/status has an unknown format")
    }
}

impl Drop for BenchInstance {
    fn drop(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts a PostgreSQL server for one bench, in a folder with a short name that the server's user may open.
fn cluster(number: u32) -> Result<Cluster> {
    let folder =
        std::env::temp_dir().join(format!("hedgerow-bench-{}-{number}", std::process::id()));
    Cluster::start_with(&folder, Durability::Full).map_err(|why| anyhow!("PostgreSQL: {why}"))
}

fn is_healthy(site: &Site) -> bool {
    let response = site
        .connect()
        .and_then(|mut c| c.send(&Request::get("/readyz")));
    response.is_ok_and(|answer| matches!(answer.status, 200 | 204))
}

/// Returns a port that is free now; nothing reserves it.
fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// Returns the processor time of this thread, which does not depend on other programs.
///
/// # Errors
/// When this is not Linux.
pub fn own_cpu() -> Result<Duration> {
    let stat =
        fs::read_to_string("/proc/thread-self/stat").context("reading the times of this thread")?;
    ticks(&stat)
        .map(|ticks| TICK * ticks)
        .context("/proc/thread-self/stat has an unknown format")
}

/// Reads `utime` and `stime`, proc(5). The program's name before them may contain spaces and brackets.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// Reads `VmRSS`, proc(5).
fn resident_kib(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_after_any_program_name() {
        let stat = "42 (hedge) row (x) S 1 42 42 0 -1 4194560 900 0 0 0 120 34 0 0 20 0 9 0 555";
        assert_eq!(ticks(stat), Some(154));
        assert_eq!(ticks("42 (hedgerow) S 1"), None);
    }

    #[test]
    fn resident_memory_is_in_kibibytes() {
        let status = "Name:\thedgerow\nVmHWM:\t   99999 kB\nVmRSS:\t   41234 kB\nThreads:\t9\n";
        assert_eq!(resident_kib(status), Some(41_234));
        assert_eq!(resident_kib("Name:\thedgerow\n"), None);
    }

    #[test]
    fn the_running_process_can_be_read() {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        assert!(ticks(&stat).is_some());
        let status = fs::read_to_string("/proc/self/status").unwrap();
        assert!(resident_kib(&status).is_some_and(|kib| kib > 0));
    }
}
