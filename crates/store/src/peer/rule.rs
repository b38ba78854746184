//! The federation policy: rules about domains, its settings, and the standing of each peer.

use crate::connection::Db;
use crate::each;
use crate::row::{Peer, PeerRule};
use crate::schema::{peer, peer_rule};
use crate::site;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use model::PeerId;
use model::peer::policy::{Limit, PeerStanding, Policy, Rules, Settings, Severity, names};

/// The names of the two settings.
const SETTINGS: &str = "peer_policy";
const STAMP: &str = "peer_policy_stamp";

/// What the admins set for the whole instance; open where they have set nothing.
pub fn settings(db: &mut Db) -> QueryResult<Settings> {
    let Some(json) = site::get(db, SETTINGS)? else {
        return Ok(Settings::default());
    };
    serde_json::from_str(&json)
        .map_err(|e| diesel::result::Error::DeserializationError(Box::new(e)))
}

/// Keeps what the admins set.
pub fn put_settings(db: &mut Db, settings: &Settings) -> QueryResult<()> {
    let json = serde_json::to_string(settings)
        .map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))?;
    site::put(db, SETTINGS, &json)
}

/// Names the present state of settings and rules: while it stays the same, so do they.
pub fn stamp(db: &mut Db) -> QueryResult<String> {
    Ok(site::get(db, STAMP)?.unwrap_or_default())
}

/// Settings or rules have changed; `stamp` was never given before.
pub fn put_stamp(db: &mut Db, stamp: i64) -> QueryResult<()> {
    site::put(db, STAMP, &stamp.to_string())
}

/// Settings and rules, as they are held in memory.
pub fn policy(db: &mut Db) -> QueryResult<Policy> {
    let rows: Vec<(String, Severity, bool)> = peer_rule::table
        .select((
            peer_rule::domain,
            peer_rule::severity,
            peer_rule::reject_media,
        ))
        .load(db)?;
    let rules: Rules = rows
        .into_iter()
        .map(|(domain, severity, reject_media)| {
            let limit = Limit {
                severity,
                reject_media,
            };
            (domain, limit)
        })
        .collect();
    Ok(Policy {
        settings: settings(db)?,
        rules,
    })
}

/// One rule.
pub fn by_domain(db: &mut Db, domain: &str) -> QueryResult<Option<PeerRule>> {
    peer_rule::table
        .find(domain)
        .select(PeerRule::as_select())
        .first(db)
        .optional()
}

/// Rules in the order of their domains after a cursor, of one severity where one is named.
pub fn list(
    db: &mut Db,
    severity: Option<Severity>,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<PeerRule>> {
    let rows = peer_rule::table
        .filter(peer_rule::domain.gt(after))
        .order(peer_rule::domain.asc())
        .limit(limit)
        .select(PeerRule::as_select());
    match severity {
        Some(severity) => rows.filter(peer_rule::severity.eq(severity)).load(db),
        None => rows.load(db),
    }
}

/// How many rules there are of each severity.
pub fn counts(db: &mut Db) -> QueryResult<Vec<(Severity, i64)>> {
    peer_rule::table
        .group_by(peer_rule::severity)
        .select((peer_rule::severity, diesel::dsl::count_star()))
        .load(db)
}

/// Writes a rule, new or over the one of its domain, whose beginning stays.
pub fn put(db: &mut Db, row: &PeerRule) -> QueryResult<()> {
    if by_domain(db, &row.domain)?.is_none() {
        each!(db, c => diesel::insert_into(peer_rule::table).values(row).execute(c))?;
        return Ok(());
    }
    diesel::update(peer_rule::table.find(&row.domain))
        .set((
            peer_rule::severity.eq(row.severity),
            peer_rule::reject_media.eq(row.reject_media),
            peer_rule::reject_reports.eq(row.reject_reports),
            peer_rule::reason.eq(&row.reason),
            peer_rule::obscure.eq(row.obscure),
            peer_rule::note.eq(&row.note),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes a rule. Returns whether there was one.
pub fn remove(db: &mut Db, domain: &str) -> QueryResult<bool> {
    Ok(diesel::delete(peer_rule::table.find(domain)).execute(db)? == 1)
}

/// Evaluates the rules for a host.
pub fn standing_by_rules(db: &mut Db, host: &str) -> QueryResult<PeerStanding> {
    let host = host.to_ascii_lowercase();
    let of: Vec<&str> = names(&host).collect();
    let rows: Vec<(String, Severity)> = each!(db, c => peer_rule::table
        .filter(peer_rule::domain.eq_any(&of))
        .select((peer_rule::domain, peer_rule::severity))
        .load(c))?;
    let longest = rows.into_iter().max_by_key(|(domain, _)| domain.len());
    Ok(longest.map_or(PeerStanding::Open, |(_, severity)| severity.standing()))
}

/// Reads the standing in a peer's row; open for `None`, which is local.
pub fn stored_standing(db: &mut Db, id: Option<PeerId>) -> QueryResult<PeerStanding> {
    let Some(id) = id else {
        return Ok(PeerStanding::Open);
    };
    let kept = peer::table.find(id).select(peer::standing);
    let kept: Option<PeerStanding> = each!(db, c => kept.first(c).optional())?;
    Ok(kept.unwrap_or(PeerStanding::Open))
}

/// Stores the standing of a peer.
pub fn set_standing(db: &mut Db, id: PeerId, standing: PeerStanding) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set(peer::standing.eq(standing))
        .execute(db)?;
    Ok(())
}

/// The peers at a domain and below it, whatever their port.
pub fn under(db: &mut Db, domain: &str) -> QueryResult<Vec<Peer>> {
    let literal = domain.replace('\\', "\\\\").replace('_', "\\_");
    peer::table
        .filter(
            peer::host.eq(domain).or(sql::<Bool>("(peer.host LIKE ")
                .bind::<Text, _>(format!("%.{literal}"))
                .sql(" ESCAPE '\\' OR peer.host LIKE ")
                .bind::<Text, _>(format!("{literal}:%"))
                .sql(" ESCAPE '\\' OR peer.host LIKE ")
                .bind::<Text, _>(format!("%.{literal}:%"))
                .sql(" ESCAPE '\\')")),
        )
        .select(Peer::as_select())
        .load(db)
}

/// Peers in the order they were met, after a cursor.
pub fn after(db: &mut Db, after: PeerId, limit: i64) -> QueryResult<Vec<Peer>> {
    peer::table
        .filter(peer::id.gt(after))
        .order(peer::id.asc())
        .limit(limit)
        .select(Peer::as_select())
        .load(db)
}
