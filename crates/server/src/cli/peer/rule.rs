//! `hedgerow peer block`, `policy`, `import` and others: the rules about domains. A running server applies
//! a change within five seconds.

use std::path::Path;

use anyhow::{Context, bail};
use domain::account::Principal;
use domain::peer::NewRule;
use domain::{Error, Ops, Outcome};
use httpkit::peer;
use model::peer::list::Sort;
use model::peer::policy::{Mode, Settings, Severity};
use model::{PeerId, Refusal, Time};
use serde::Serialize;
use serde_json::json;
use store::row::PeerRule;

use super::minute;
use crate::cli::print::{Printer, line};

/// The rule to set.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RuleOptions {
    /// Domain; the rule includes its subdomains
    domain: String,
    /// Reason, shown to everybody when the list is published
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Note for the administrators
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Do not fetch pictures from there
    #[arg(long)]
    reject_media: bool,
    /// Hide the middle of the domain in the published list
    #[arg(long)]
    obscure: bool,
}

/// The policy to set; without options it is shown.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PolicyOptions {
    /// Which servers to federate with
    #[arg(value_parser = ["open", "allow-list", "closed"])]
    mode: Option<String>,
    /// Show the limited domains and their reasons to everybody
    #[arg(long, value_name = "YES", action = clap::ArgAction::Set)]
    publish: Option<bool>,
}

/// Selects the list to print.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportOptions {
    /// Export the allowed domains instead of the limited ones
    #[arg(long)]
    allowed: bool,
}

/// A rule in the output.
#[derive(Debug, Serialize)]
struct RuleRow {
    domain: String,
    severity: Severity,
    reject_media: bool,
    reject_reports: bool,
    reason: String,
    obscure: bool,
    note: String,
    created_at: Time,
}

impl RuleRow {
    fn new(rule: PeerRule) -> Self {
        Self {
            domain: rule.domain,
            severity: rule.severity,
            reject_media: rule.reject_media,
            reject_reports: rule.reject_reports,
            reason: rule.reason,
            obscure: rule.obscure,
            note: rule.note,
            created_at: rule.created_at,
        }
    }
}

pub(super) async fn write(
    ops: &Ops,
    out: Printer,
    options: RuleOptions,
    severity: Severity,
) -> anyhow::Result<()> {
    let new = NewRule {
        reason: options.reason.unwrap_or_default(),
        note: options.note.unwrap_or_default(),
        reject_media: options.reject_media,
        obscure: options.obscure,
        ..NewRule::new(&options.domain, severity)
    };
    let verb = move |tx: &mut domain::Tx<'_>| -> Outcome<(PeerRule, i64)> {
        let domain = domain::peer::rule(tx, Principal::Operator, &new)?;
        let row = store::peer::rule::by_domain(tx.db, &domain)?.ok_or(Error::not_found("rule"))?;
        // The follows still exist here: a job ends them.
        let peers = store::peer::rule::under(tx.db, &domain)?;
        let peers: Vec<PeerId> = peers.iter().map(|peer| peer.id).collect();
        let (ours, theirs) = store::peer::blocked_follow::would_end(tx.db, &peers)?;
        Ok((row, ours + theirs))
    };
    let (row, follows) = ops.write(verb).await?;
    let row = RuleRow::new(row);
    out.say(&row, |row| {
        let what = match row.severity {
            Severity::Block if follows > 0 => {
                return format!(
                    "{} is blocked, and every name below it. Follows suspended until it is lifted: {follows}.",
                    row.domain
                );
            }
            Severity::Block => "is blocked",
            Severity::Silence => "is silenced",
            Severity::Allow => "is allowed",
            Severity::Noop => "has a rule",
        };
        format!("{} {what}, and every name below it.", row.domain)
    });
    Ok(())
}

pub(super) async fn lift(ops: &Ops, out: Printer, domain: String) -> anyhow::Result<()> {
    let name = domain.clone();
    ops.write(move |tx| domain::peer::lift(tx, Principal::Operator, &name))
        .await?;
    out.say(&json!({ "lifted": domain }), |_| {
        format!("There is no rule about {domain} any more.")
    });
    Ok(())
}

pub(super) async fn list(ops: &Ops, out: Printer) -> anyhow::Result<()> {
    const LIMIT: i64 = 100_000;
    let rows = ops
        .store()
        .read(|db| store::peer::rule::list(db, None, "", LIMIT).map_err(Error::from))
        .await?;
    let rows: Vec<RuleRow> = rows.into_iter().map(RuleRow::new).collect();
    let head = ["domain", "severity", "since", "reason", "note"];
    out.rows(&rows, "There are no rules.", head, |row| {
        [
            row.domain.clone(),
            row.severity.to_string(),
            minute(row.created_at),
            row.reason.replace('\n', " "),
            row.note.replace('\n', " "),
        ]
    });
    Ok(())
}

pub(super) async fn policy(ops: &Ops, out: Printer, options: &PolicyOptions) -> anyhow::Result<()> {
    let mut settings = ops.policy().settings;
    if let Some(mode) = &options.mode {
        settings.mode = mode.parse()?;
    }
    if let Some(publish) = options.publish {
        settings.publish = publish;
    }
    if settings != ops.policy().settings {
        ops.write(move |tx| domain::peer::set_policy(tx, Principal::Operator, &settings))
            .await?;
    }
    out.say(&settings, |settings| describe(*settings));
    Ok(())
}

fn describe(settings: Settings) -> String {
    let mode = match settings.mode {
        Mode::Open => "open: with everyone but those blocked",
        Mode::AllowList => "allow-list: only with those allowed",
        Mode::Closed => "closed: with nobody",
    };
    let list = if settings.publish {
        "The limited domains are shown to everybody."
    } else {
        "The limited domains are shown to admins only."
    };
    format!("{mode}\n{list}")
}

pub(super) async fn import(ops: &Ops, out: Printer, file: &Path) -> anyhow::Result<()> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
            .context("reading the list")?;
        bytes
    } else {
        std::fs::read(file).with_context(|| format!("reading {}", file.display()))?
    };
    let imported = match peer::import(ops, Principal::Operator, bytes).await {
        Err(Error::Refused(Refusal::Invalid(_))) => bail!(
            "nothing was taken in: a list is CSV in UTF-8 with a line of headings (`#domain,#severity,…`, or `#domain`), at most 1 MiB and 50,000 lines"
        ),
        other => other?,
    };
    let unused: Vec<_> = imported
        .faults
        .iter()
        .map(|fault| json!({ "line": fault.line, "text": fault.text, "why": fault.why }))
        .collect();
    let summary = json!({ "taken": imported.written, "unused": unused });
    out.say(&summary, |_| {
        let mut lines = vec![format!("{} rules imported.", imported.written)];
        lines.extend(imported.faults.iter().map(|fault| {
            format!(
                "line {} was not used ({}): {}",
                fault.line, fault.why, fault.text
            )
        }));
        lines.join("\n")
    });
    Ok(())
}

pub(super) async fn export(ops: &Ops, options: &ExportOptions) -> anyhow::Result<()> {
    let sort = if options.allowed {
        Sort::Allowed
    } else {
        Sort::Limited
    };
    line(peer::export(ops, sort).await?.trim_end());
    Ok(())
}
