//! `hedgerow mail`: tests the mail server, and shows the mails that wait or failed.

use anyhow::{Context, Error, bail};
use mail::{MailHeaders, MailText};
use model::job::Payload;
use model::mail::{MailAddress, SendMail};
use model::{JobId, Lang, Time};
use query::queue::QueuedJob;
use serde::Serialize;
use serde_json::json;

use super::peer::minute;
use super::print::Printer;
use super::queue::Limit;
use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum MailCommand {
    /// Send a test message to an address, and say what the mail server answered
    Test { address: String },
    /// List the mails that wait or failed, with their reasons
    Queue(Limit),
    /// Send a failed mail again; without an id, all of them
    Retry {
        /// Id from `queue`
        id: Option<i64>,
    },
}

/// A mail that waits or failed. Whom it goes to and what it says is not shown.
#[derive(Debug, Serialize)]
struct QueuedMail {
    id: JobId,
    /// A handle.
    account: String,
    mail: &'static str,
    failed: bool,
    attempts: i32,
    next_at: Time,
    last_error: Option<String>,
}

pub(super) async fn run(common: &CommonOptions, command: MailCommand) -> anyhow::Result<()> {
    let out = common.printer();
    match command {
        MailCommand::Test { address } => test(common, out, &address).await,
        MailCommand::Queue(limit) => queue(common, out, limit).await,
        MailCommand::Retry { id } => retry(common, out, id).await,
    }
}

async fn test(common: &CommonOptions, out: Printer, typed: &str) -> anyhow::Result<()> {
    let address = MailAddress::try_from(typed.to_owned()).map_err(Error::msg)?;
    let mailer = common.load()?.mail.mailer()?;
    if !mailer.is_configured() {
        bail!(
            "no mail server is configured; write [mail] server and from in the configuration file"
        );
    }
    let ops = database::open(common).await?;
    let site = ops.site().context("the instance is not set up")?;
    let lang = site.languages.first().copied().unwrap_or(Lang::En);
    let name = site.name.read(lang);
    let said = |key: &str| words::message(lang, key).arg("site", name).to_string();
    let mail_text = MailText {
        lang,
        subject: said("mail-test-subject"),
        greeting: words::message(lang, "mail-greeting")
            .arg("name", address.as_str())
            .to_string(),
        paragraphs: vec![said("mail-test-text")],
        sections: Vec::new(),
        action: None,
        reason: said("mail-reason-test"),
        footer: Vec::new(),
        site: name.to_owned(),
        site_url: site.url.clone(),
        headers: MailHeaders::default(),
    };
    let id = format!("test-{}", domain::secret::token());
    let sent = mailer.send(&address, address.as_str(), &mail_text, &id, ops.now());
    sent.await
        .context("the mail server did not take the message")?;
    out.say(&json!({ "sent": address.as_str() }), |_| {
        format!("The mail server took the message to {address}.")
    });
    Ok(())
}

async fn queue(common: &CommonOptions, out: Printer, limit: Limit) -> anyhow::Result<()> {
    let ops = database::open(common).await?;
    let newest = JobId(i64::MAX);
    let found = ops
        .store()
        .read(move |db| query::queue::mails(db, newest, limit.limit));
    let rows: Vec<QueuedMail> = found.await?.into_iter().map(queued).collect();
    let head = ["id", "account", "mail", "state", "tries", "next", "reason"];
    out.rows(&rows, "No mail waits, and none failed.", head, |row| {
        [
            row.id.to_string(),
            row.account.clone(),
            row.mail.to_owned(),
            if row.failed { "failed" } else { "waiting" }.to_owned(),
            row.attempts.to_string(),
            minute(row.next_at),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    Ok(())
}

fn queued(QueuedJob { row, mail }: QueuedJob) -> QueuedMail {
    let (account, kind) = mail.map_or_else(Default::default, |mail| (mail.handle, mail.kind));
    QueuedMail {
        id: row.id,
        account,
        mail: kind,
        failed: row.dead,
        attempts: row.attempts,
        next_at: row.run_at,
        last_error: row.last_error,
    }
}

async fn retry(common: &CommonOptions, out: Printer, id: Option<i64>) -> anyhow::Result<()> {
    let ops = database::open(common).await?;
    let retried = ops.write(move |tx| {
        let rows = store::queue::jobs::of_kind(tx.db, SendMail::KIND, 10_000)?;
        let mut retried = 0;
        for row in rows {
            let named = id.is_none_or(|id| row.id == JobId(id));
            if named && store::queue::jobs::retry(tx.db, row.id, tx.now)? {
                retried += 1;
            }
        }
        Ok(retried)
    });
    let retried = retried.await?;
    match (id, retried) {
        (Some(id), 0) => bail!("there is no mail {id}; `hedgerow mail queue` names them"),
        (Some(_) | None, _) => {
            out.say(&json!({ "retried": retried }), |_| match retried {
                0 => "No mail waits, and none failed.".to_owned(),
                1 => "One mail is sent again.".to_owned(),
                many => format!("{many} mails are sent again."),
            });
            Ok(())
        }
    }
}
