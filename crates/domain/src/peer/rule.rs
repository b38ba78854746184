//! With whom we exchange: the policy of the instance, and rules about single domains. A block hides
//! at once what is here of a peer, and a job ends what binds us to it; lifting the rule shows it
//! again.

use super::apply_rule::reevaluate;
use crate::account::{Principal, require_admin};
use crate::{Error, Outcome, Tx};
use model::peer::list::{Entry, REASON_MAX};
use model::peer::policy::{Settings, Severity, domain, names};
use model::refusal::Checks;
use model::{Fact, Why};
use store::row;

/// A rule as an admin writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRule {
    /// The domain, as typed.
    pub domain: String,
    /// What is to become of it.
    pub severity: Severity,
    /// Its pictures are not fetched.
    pub reject_media: bool,
    /// Reports from there are not listened to.
    pub reject_reports: bool,
    /// Why, for everybody; at most 1,000 characters.
    pub reason: String,
    /// The public list hides the middle of the domain.
    pub obscure: bool,
    /// Why, for the admins; at most 1,000 characters.
    pub note: String,
}

impl NewRule {
    /// Returns a rule of this severity without options.
    #[must_use]
    pub fn new(domain: &str, severity: Severity) -> Self {
        Self {
            domain: domain.to_owned(),
            severity,
            reject_media: false,
            reject_reports: false,
            reason: String::new(),
            obscure: false,
            note: String::new(),
        }
    }

    fn row(&self, tx: &Tx<'_>, by: Principal) -> Outcome<row::PeerRule> {
        let name = domain(&self.domain);
        let ours = match &name {
            Some(name) => is_ours(tx, name)?,
            None => false,
        };
        Checks::default()
            .that(!self.domain.trim().is_empty(), "domain", Why::Required)
            .done()?;
        Checks::default()
            .that(name.is_some(), "domain", Why::Malformed)
            .that(!ours, "domain", Why::Reserved)
            .at_most("public_reason", &self.reason, REASON_MAX)
            .at_most("note", &self.note, REASON_MAX)
            .done()?;
        Ok(row::PeerRule {
            domain: name.unwrap_or_default(),
            severity: self.severity,
            reject_media: self.reject_media,
            reject_reports: self.reject_reports,
            reason: self.reason.trim().to_owned(),
            obscure: self.obscure,
            note: self.note.trim().to_owned(),
            created_at: tx.now,
            created_by: match by {
                Principal::Person(id) => Some(id),
                Principal::Operator => None,
            },
        })
    }
}

/// A domain is our own host. One above it may be meant: it holds for those beside us.
fn is_ours(tx: &Tx<'_>, domain: &str) -> Outcome<bool> {
    let urls = tx.urls()?;
    Ok(names(&urls.host().to_lowercase()).next() == Some(domain))
}

/// Sets with whom we exchange. Nothing that is here changes by it, and what waits for a peer that
/// is now refused is set aside when its turn comes.
///
/// # Errors
/// `NotAllowed(Admin)`.
pub fn set_policy(tx: &mut Tx<'_>, by: Principal, settings: &Settings) -> Outcome<()> {
    require_admin(tx, by)?;
    store::peer::rule::put_settings(tx.db, settings)?;
    changed(tx)
}

/// Writes a rule about a domain, over the one there is.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid(domain: Required | Malformed | Reserved)` (`Reserved` where it
/// is ours), `Invalid(public_reason | note: TooLong)`.
pub fn rule(tx: &mut Tx<'_>, by: Principal, new: &NewRule) -> Outcome<String> {
    require_admin(tx, by)?;
    let row = new.row(tx, by)?;
    store::peer::rule::put(tx.db, &row)?;
    reevaluate_under(tx, &row.domain)?;
    changed(tx)?;
    Ok(row.domain)
}

/// Takes the rule about a domain away.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn lift(tx: &mut Tx<'_>, by: Principal, text: &str) -> Outcome<()> {
    require_admin(tx, by)?;
    let name = domain(text).ok_or(Error::not_found("rule"))?;
    if !store::peer::rule::remove(tx.db, &name)? {
        return Err(Error::not_found("rule"));
    }
    reevaluate_under(tx, &name)?;
    changed(tx)
}

/// Takes rules in from a list, over those there are, whose notes stay; at most 500 at a time. A job
/// evaluates the peers by them. Returns the lines that were not used, since their domain is ours.
///
/// # Errors
/// `NotAllowed(Admin)`.
pub fn import(tx: &mut Tx<'_>, by: Principal, entries: &[Entry]) -> Outcome<Vec<usize>> {
    require_admin(tx, by)?;
    let mut ours = Vec::new();
    for entry in entries {
        if is_ours(tx, &entry.domain)? {
            ours.push(entry.line);
            continue;
        }
        let known = store::peer::rule::by_domain(tx.db, &entry.domain)?;
        let new = NewRule {
            domain: entry.domain.clone(),
            severity: entry.severity,
            reject_media: entry.reject_media,
            reject_reports: entry.reject_reports,
            reason: entry.reason.clone(),
            obscure: entry.obscure,
            note: known.map(|rule| rule.note).unwrap_or_default(),
        };
        let row = new.row(tx, by)?;
        store::peer::rule::put(tx.db, &row)?;
    }
    tx.record(Fact::PeerRulesImported);
    changed(tx)?;
    Ok(ours)
}

/// Evaluates the peers at a domain and below by the rules there are now.
fn reevaluate_under(tx: &mut Tx<'_>, domain: &str) -> Outcome<()> {
    for peer in store::peer::rule::under(tx.db, domain)? {
        reevaluate(tx, &peer)?;
    }
    Ok(())
}

/// Every process reads the policy again.
fn changed(tx: &mut Tx<'_>) -> Outcome<()> {
    let stamp: i64 = tx.id();
    store::peer::rule::put_stamp(tx.db, stamp)?;
    Ok(())
}
