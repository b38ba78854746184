//! A whole instance as people run it: the release binary in a process of its own, on loopback, with
//! a folder that goes when the bench ends. What it costs is read from the kernel.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::Setting;
use super::api::Person;
use super::http::{Request, Site};
use crate::postgres::{Care, Cluster};
use crate::{process, root};

/// Of every account.
pub const PASSWORD: &str = "hawthorn-and-hazel";

/// A tick of the processor times in `/proc`: Linux shows programs a hundred a second on every
/// machine, whatever it uses itself.
const TICK: Duration = Duration::from_millis(10);

/// The longest a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(30);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where an instance keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file in its folder, as by default.
    Sqlite,
    /// A PostgreSQL server of its own, which waits for the disk as one in use does.
    Postgres,
}

/// An instance that is set up, running or not. Dropping it ends it and removes its folder.
pub struct Instance {
    /// Where it answers.
    pub site: Site,
    hedgerow: PathBuf,
    folder: PathBuf,
    running: Option<Child>,
    cluster: Option<Cluster>,
}

impl Instance {
    /// Sets an instance up at `http://{name}.localhost:{some free port}`; it does not run yet.
    ///
    /// # Errors
    /// When the folder cannot be made or `hedgerow setup` fails.
    pub fn set_up(setting: &Setting, name: &str) -> Result<Self> {
        Self::set_up_on(setting, name, Database::Sqlite)
    }

    /// The same on the database named.
    ///
    /// # Errors
    /// As [`Instance::set_up`]; when PostgreSQL is not installed.
    pub fn set_up_on(setting: &Setting, name: &str, database: Database) -> Result<Self> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Beside what was built, not in a /tmp that may be memory: the disk is a part of the cost.
        let folder = root::target()
            .join("bench")
            .join(format!("{}-{number}-{name}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let instance = Self {
            site: Site::new(&format!("{name}.localhost"), free_port()?),
            hedgerow: setting.hedgerow.clone(),
            folder,
            running: None,
            cluster: match database {
                Database::Sqlite => None,
                Database::Postgres => Some(cluster(number)?),
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

    /// All that differs from the defaults: the port, the folder, and what loopback needs.
    fn config(&self) -> String {
        let quoted = |text: String| toml::Value::String(text).to_string();
        let database = self
            .cluster
            .as_ref()
            .map(|cluster| quoted(cluster.url.clone()));
        let database = database.map(|url| format!("[database]\nurl = {url}\n\n"));
        format!(
            "[server]\nbind = {bind}\npublic_url = {url}\ndata_dir = {data}\n\n{database}\
             [federation]\nallow_http = true\nallow_ports = true\nallow_private = [\"*.localhost\"]\n",
            database = database.unwrap_or_default(),
            bind = quoted(self.site.socket().to_string()),
            url = quoted(self.site.url()),
            data = quoted(self.folder.join("data").display().to_string()),
        )
    }

    /// Its database, as the store opens it.
    pub fn database_url(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url.clone(),
            None => self.folder.join("data/hedgerow.db").display().to_string(),
        }
    }

    /// Where a certificate lies that its next start trusts, in place of the machine's.
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

    /// Runs a command of the shell and returns what it printed.
    fn command(&self, args: &[&str], with_password: bool) -> Result<String> {
        let mut command = Command::new(&self.hedgerow);
        command.args(args).arg("--config").arg(self.config_file());
        if with_password {
            command.arg("--password-file").arg(self.password_file());
        }
        process::output(&mut command)
    }

    /// Adds an account and makes it a token for the API.
    ///
    /// # Errors
    /// When the shell refuses.
    pub fn add_person(&self, handle: &str, name: &str) -> Result<Person> {
        self.command(&["user", "add", handle, "--name", name], true)?;
        let made = self.command(&["user", "token", handle, "--json"], false)?;
        let made: Value = serde_json::from_str(&made).context("what `user token` printed")?;
        let token = made.get("token").and_then(Value::as_str);
        Ok(Person {
            handle: handle.to_owned(),
            token: token.context("`user token` printed no token")?.to_owned(),
        })
    }

    /// Starts it and waits until it has answered a request; answers how long that took.
    ///
    /// # Errors
    /// When it ends early or does not answer within half a minute; the error carries its log.
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
        let began = Instant::now();
        let child = command.spawn().context("cannot start hedgerow serve")?;
        let child = self.running.insert(child);
        loop {
            if is_answering(&self.site) {
                return Ok(began.elapsed());
            }
            if began.elapsed() > PATIENCE || child.try_wait()?.is_some() {
                let said = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("hedgerow serve does not answer: {}", said.trim());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends it as an administrator would, with SIGTERM.
    ///
    /// # Errors
    /// When it does not end within half a minute.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.running.take() else {
            return Ok(());
        };
        process::run(Command::new("kill").arg(child.id().to_string()))?;
        let began = Instant::now();
        while child.try_wait()?.is_none() {
            if began.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                bail!("hedgerow serve did not end by itself");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Waits until what was left to do in the background is done: half a second without work, at
    /// most half a minute.
    ///
    /// # Errors
    /// When it does not run.
    pub fn settle(&self) -> Result<()> {
        let began = Instant::now();
        let mut before = self.cpu()?;
        while began.elapsed() < PATIENCE {
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
        let child = self.running.as_ref().context("the instance does not run")?;
        let path = Path::new("/proc").join(child.id().to_string()).join(file);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    }

    /// Processor time spent since its start, all threads, in user and system mode.
    ///
    /// # Errors
    /// When it does not run, or this is not Linux.
    pub fn cpu(&self) -> Result<Duration> {
        ticks(&self.proc("stat")?)
            .map(|ticks| TICK * ticks)
            .context("/proc/PID/stat is not what it was")
    }

    /// Resident memory, megabytes (of a million bytes).
    ///
    /// # Errors
    /// As [`Instance::cpu`].
    pub fn rss_mb(&self) -> Result<f64> {
        resident_kib(&self.proc("status")?)
            .map(|kib| f64::from(kib) * 1_024.0 / 1e6)
            .context("/proc/PID/status is not what it was")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server for one bench, in a folder whose name is short and open to whoever runs it.
fn cluster(number: u32) -> Result<Cluster> {
    let folder =
        std::env::temp_dir().join(format!("hedgerow-bench-{}-{number}", std::process::id()));
    Cluster::start_with(&folder, Care::Durable).map_err(|why| anyhow!("PostgreSQL: {why}"))
}

fn is_answering(site: &Site) -> bool {
    let asked = site
        .connect()
        .and_then(|mut c| c.send(&Request::get("/healthz")));
    asked.is_ok_and(|answer| matches!(answer.status, 200 | 204))
}

/// Free now; nobody holds it for us.
fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// Processor time this thread has spent: what something costs, whoever else is at work.
///
/// # Errors
/// When this is not Linux.
pub fn own_cpu() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/stat").context("reading our own times")?;
    ticks(&stat)
        .map(|ticks| TICK * ticks)
        .context("/proc/thread-self/stat is not what it was")
}

/// `utime` and `stime`, proc(5). The name before them stands in brackets and may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// `VmRSS`, proc(5).
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
    fn processor_time_is_read_behind_any_name() {
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
    fn our_own_process_can_be_read() {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        assert!(ticks(&stat).is_some());
        let status = fs::read_to_string("/proc/self/status").unwrap();
        assert!(resident_kib(&status).is_some_and(|kib| kib > 0));
    }
}
