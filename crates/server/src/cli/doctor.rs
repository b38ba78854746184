//! `hedgerow doctor`: looks at everything an instance needs, and says what to do about what is missing.

mod clock;
mod services;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use client::{Client, ClientConfig, FetchError};
use model::peer::policy::Mode;
use model::{Clock, SystemClock};
use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};
use serde::Serialize;
use store::{Backend, Store};

use super::{CommonOptions, database};
use crate::config::Config;

/// Less free space than this is too little, in MB.
const MIN_FREE_MB: u64 = 200;
/// Less than this is said to be little, in MB.
const FEW_FREE_MB: u64 = 2_000;
/// Connections, files and databases take this many open files on a busy day.
const MIN_FILES: u64 = 8_192;
/// A newest backup of this age is said to be old, in days.
const OLD_BACKUP_DAYS: u64 = 2;
/// The longest that the mail server may take to answer.
const MAIL_TIMEOUT: Duration = Duration::from_secs(15);

/// What the requests of these checks call themselves.
const AGENT: &str = concat!("Hedgerow/", env!("CARGO_PKG_VERSION"), " (doctor)");

/// What to do where the public address does not lead here.
const OUTSIDE: &str = "compare DNS, certificate and proxy with docs/admins/reverse-proxy.md";

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    /// It works, and something may be wrong or missing.
    Warn,
    Fail,
}

/// One line of the output.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    /// What to do about it.
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    fn warn(check: &'static str, found: impl Into<String>, remedy: &str) -> Self {
        Self {
            verdict: Verdict::Warn,
            remedy: Some(remedy.to_owned()),
            ..Self::ok(check, found)
        }
    }

    fn fail(check: &'static str, found: impl Into<String>, remedy: &str) -> Self {
        Self {
            verdict: Verdict::Fail,
            ..Self::warn(check, found, remedy)
        }
    }

    fn line(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        let remedy = self.remedy.as_ref();
        let remedy = remedy.map_or_else(String::new, |remedy| format!(" – {remedy}"));
        format!("{verdict:<5} {:<13} {}{remedy}", self.check, self.found)
    }
}

/// Prints a line for each check.
///
/// # Errors
/// When a check failed, so that the exit code says so.
pub(super) async fn run(common: &CommonOptions) -> anyhow::Result<()> {
    let config = common.load()?;
    let mut findings = vec![configuration(&config, common.config.as_deref())];
    let store = check_database(&config, &mut findings);
    findings.push(disk(&config));
    findings.push(media(&config));
    findings.push(mail(&config).await);
    findings.push(files());
    findings.push(backups(&config));
    findings.extend(services::sign_in(&config).await);
    if store.is_some() {
        check_site(&config, &mut findings).await;
    }
    let failed = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Fail)
        .count();
    common.printer().say(&findings, |findings| {
        let lines: Vec<String> = findings.iter().map(Finding::line).collect();
        lines.join("\n")
    });
    match failed {
        0 => Ok(()),
        1 => anyhow::bail!("one check failed"),
        many => anyhow::bail!("{many} checks failed"),
    }
}

/// Whether the values go together, and the files that they name can be read: without that the server does not start.
fn configuration(config: &Config, file: Option<&Path>) -> Finding {
    match config.check(file) {
        Ok(()) => Finding::ok("configuration", "no mistakes"),
        Err(mistakes) => {
            let found = mistakes.to_string().replace('\n', "; ");
            Finding::fail(
                "configuration",
                found,
                "the server does not start with this",
            )
        }
    }
}

/// Compares the public URL in the configuration with the permanent one.
fn public_url(config: &Config, stored: &str) -> Option<Finding> {
    let wanted = config.server.public_url.as_ref()?.to_string();
    (wanted != stored).then(|| {
        let found =
            format!("server.public_url is {wanted}, but this instance was set up as {stored}");
        let remedy = format!("write public_url = \"{stored}\", or leave the key out");
        Finding::fail("configuration", found, &remedy)
    })
}

/// Opens the database, and looks at its migrations and at the clock.
fn check_database(config: &Config, findings: &mut Vec<Finding>) -> Option<Store> {
    let opened = database::open_store(config, false);
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            let remedy = "begin with `hedgerow serve`, or correct [database] url";
            findings.push(Finding::fail("database", format!("{error:#}"), remedy));
            return None;
        }
    };
    let kind = match store.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    };
    findings.push(Finding::ok("database", format!("{kind} answers")));
    findings.push(
        match (store.pending_migrations(), store.newest_migration()) {
            (Ok(pending), Ok(newest)) if pending.is_empty() => {
                Finding::ok("migrations", format!("up to date ({newest})"))
            }
            (Ok(pending), _) => Finding::fail(
                "migrations",
                format!("{} are pending", pending.len()),
                "run `hedgerow migrate`, or start the server, which runs them",
            ),
            (Err(error), _) => Finding::fail("migrations", error.to_string(), "see the message"),
        },
    );
    Some(store)
}

/// The free space of the data folder.
fn disk(config: &Config) -> Finding {
    let folder = &config.server.data_dir;
    let space = match statvfs(folder) {
        Ok(space) => space,
        Err(error) => {
            let found = format!("{}: {error}", folder.display());
            return Finding::fail("disk", found, "create the folder, or correct data_dir");
        }
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize) / 1_000_000;
    let found = format!("{free} MB free in {}", folder.display());
    let remedy = "make room: a full disk stops every write";
    if free < MIN_FREE_MB {
        Finding::fail("disk", found, remedy)
    } else if free < FEW_FREE_MB {
        Finding::warn("disk", found, remedy)
    } else {
        Finding::ok("disk", found)
    }
}

/// Whether pictures can be written.
fn media(config: &Config) -> Finding {
    let folder = config.media_dir();
    let existing = if folder.exists() {
        folder.clone()
    } else {
        config.server.data_dir.clone()
    };
    match write_probe(&existing) {
        Ok(()) => Finding::ok("media", format!("{} can be written", folder.display())),
        Err(error) => Finding::fail(
            "media",
            format!("{}: {error}", folder.display()),
            "give the folder to the user that runs the server",
        ),
    }
}

/// Creates and deletes a file.
fn write_probe(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(".doctor");
    fs::write(&probe, b"")?;
    fs::remove_file(&probe)
}

/// Whether the mail server answers and lets us in.
async fn mail(config: &Config) -> Finding {
    let mailer = match config.mail.mailer() {
        Ok(mailer) => mailer,
        Err(mistakes) => {
            let found = mistakes.to_string().replace('\n', "; ");
            return Finding::fail("mail", found, "correct [mail]");
        }
    };
    if !mailer.is_configured() {
        let remedy = "without it nobody can reset a password; write [mail] server and from";
        return Finding::warn("mail", "no mail server is configured", remedy);
    }
    let remedy = "correct [mail]; `hedgerow mail test ADDRESS` sends a message";
    match tokio::time::timeout(MAIL_TIMEOUT, mailer.check()).await {
        Ok(Ok(())) => Finding::ok("mail", "the mail server answers and lets us in"),
        Ok(Err(error)) => Finding::fail("mail", error.to_string(), remedy),
        Err(_late) => Finding::fail("mail", "the mail server does not answer", remedy),
    }
}

/// How many files the process may open.
fn files() -> Finding {
    let limit = getrlimit(Resource::Nofile).current;
    let remedy = "raise it: LimitNOFILE=65536 in the systemd unit, or `ulimit -n 65536`";
    match limit {
        Some(files) if files < MIN_FILES => Finding::warn(
            "open files",
            format!("at most {files} in this shell"),
            remedy,
        ),
        Some(files) => Finding::ok("open files", format!("at most {files} in this shell")),
        None => Finding::ok("open files", "no limit"),
    }
}

/// The age of the newest backup.
fn backups(config: &Config) -> Finding {
    let Some(plan) = config.backup_plan() else {
        return Finding::warn(
            "backup",
            "no daily backups",
            "write [backup] folder, or make them in another way",
        );
    };
    if !plan.folder.exists() {
        let found = format!("{} does not exist yet", plan.folder.display());
        let remedy = "the first backup creates it; see whether the server may write there";
        return Finding::warn("backup", found, remedy);
    }
    let remedy = "see Administration → Deliveries, and whether the folder can be written";
    match plan.list().map(|made| made.last().cloned()) {
        Ok(Some(newest)) => {
            let found = format!("the newest is {}", newest.display());
            match age_days(&newest) {
                Some(days) if days >= OLD_BACKUP_DAYS => {
                    Finding::warn("backup", format!("{found}, {days} days old"), remedy)
                }
                Some(_) | None => Finding::ok("backup", found),
            }
        }
        Ok(None) => Finding::warn("backup", "none was made yet", remedy),
        Err(error) => Finding::warn("backup", error.to_string(), remedy),
    }
}

/// The days since a file was written; `None` where that is not known.
fn age_days(file: &Path) -> Option<u64> {
    let written = fs::metadata(file).and_then(|metadata| metadata.modified());
    Some(written.ok()?.elapsed().ok()?.as_secs() / 86_400)
}

/// The clock, and the public address as another server sees it.
async fn check_site(config: &Config, findings: &mut Vec<Finding>) {
    let ops = match database::open_new(config, false).await {
        Ok(ops) => ops,
        Err(error) => {
            let remedy = "see the message";
            findings.push(Finding::fail("instance", format!("{error:#}"), remedy));
            return;
        }
    };
    let site = ops.site();
    let client = client(config);
    let url = site.as_ref().map(|site| site.url.as_str());
    findings.push(clock::check(&ops, client.as_ref().ok(), url).await);
    let Some(site) = site else {
        let remedy = "run `hedgerow setup`, or open the address that `hedgerow serve` prints";
        findings.push(Finding::fail("instance", "it is not set up", remedy));
        return;
    };
    findings.extend(public_url(config, &site.url));
    findings.push(services::push(&ops).await);
    let trusts = !config.server.trusted_proxies.is_empty();
    findings.push(if config.server.bind.ip().is_loopback() && !trusts {
        Finding::warn(
            "proxy",
            "trusted_proxies is empty",
            "if a proxy stands in front, all its visitors share one rate limit; write trusted_proxies = [\"127.0.0.1\"]",
        )
    } else {
        Finding::ok("proxy", format!("{} trusted", config.server.trusted_proxies.len()))
    });
    if ops.policy().settings.mode == Mode::Closed {
        let found = "federation is closed, so this instance answers other servers, and this check, with 403";
        findings.push(Finding::ok("public URL", found));
        return;
    }
    findings.extend(match client {
        Ok(client) => outside(&client, &site.url).await,
        Err(error) => vec![Finding::fail("public URL", error, OUTSIDE)],
    });
}

/// What asks other servers, within the configuration's guard.
fn client(config: &Config) -> Result<Client, String> {
    let now = Arc::new(|| SystemClock.now().utc());
    let client = Client::new(ClientConfig::new(config.guard(), AGENT, now));
    client.map_err(|error| error.to_string())
}

/// Asks for WebFinger and NodeInfo at the public address, through its name, proxy and certificate.
async fn outside(client: &Client, url: &str) -> Vec<Finding> {
    let remedy = OUTSIDE;
    let nodeinfo = ask(client, &format!("{url}/.well-known/nodeinfo")).await;
    let host = url.split_once("://").map_or(url, |(_scheme, host)| host);
    let webfinger = format!("{url}/.well-known/webfinger?resource=acct:{host}@{host}");
    vec![
        match nodeinfo {
            Ok(body) if body.contains(&format!("{url}/nodeinfo/")) => {
                Finding::ok("public URL", format!("{url} answers as this instance"))
            }
            Ok(_) => Finding::fail(
                "public URL",
                format!("{url} is answered by something else"),
                remedy,
            ),
            Err(FetchError::Blocked(why)) => Finding::warn(
                "public URL",
                format!("{url}: {why}"),
                "other servers on the internet cannot reach such an address",
            ),
            Err(error) => Finding::fail("public URL", format!("{url}: {error}"), remedy),
        },
        match ask(client, &webfinger).await {
            Ok(_) => Finding::ok("WebFinger", "it answers for this instance"),
            Err(FetchError::Blocked(why)) => Finding::warn("WebFinger", why.to_string(), remedy),
            Err(error) => Finding::fail("WebFinger", error.to_string(), remedy),
        },
    ]
}

async fn ask(client: &Client, url: &str) -> Result<String, FetchError> {
    let url = url::Url::parse(url).map_err(|e| FetchError::Unreachable(e.to_string()))?;
    let accept = "application/jrd+json, application/json";
    let (_mime, bytes) = client.get_bytes(&url, 64 * 1024, accept).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
