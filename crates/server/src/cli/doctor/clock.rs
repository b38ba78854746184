//! Whether the clock is right: not before what was written already, and near those of other servers.

use client::Client;
use http::header::DATE;
use model::{Clock, SystemClock, Time};
use url::Url;

use super::Finding;

/// Codes of two-step sign-in hold for half a minute: a clock that is further off is said to be wrong.
const TOLERANCE_SECONDS: i64 = 30;
/// From here on other servers may refuse signatures, and the check fails.
const MAX_SECONDS: i64 = 300;
/// Other servers that are asked at most, and since when one of them must have taken something from here.
const SERVERS: i64 = 3;
const REACHABLE_SECONDS: i64 = 7 * 86_400;
const REMEDY: &str = "set the clock by NTP (`timedatectl set-ntp true`); other servers refuse signatures with wrong times";

/// The clock of a server, as the header `Date` of its answer has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    host: String,
    /// The seconds that ours is ahead of it; negative where it is behind.
    ahead: i64,
}

/// Compares the clock with what was written before, and with the servers that took something last; where none of them
/// answers, with what answers at the public URL, which may have the clock of this machine.
pub(super) async fn check(
    ops: &domain::Ops,
    client: Option<&Client>,
    url: Option<&str>,
) -> Finding {
    let now = SystemClock.now();
    let since = now.plus_seconds(-REACHABLE_SECONDS);
    let read = move |db: &mut store::Db| -> domain::Outcome<_> {
        let newest = store::queue::clock::greatest_id(db)?;
        Ok((newest, store::peer::reachable(db, since, SERVERS)?))
    };
    let (newest, hosts) = match ops.store().read(read).await {
        Ok(found) => found,
        Err(fault) => return Finding::fail("clock", fault.to_string(), "see the message"),
    };
    let newest = model::id::minted_at(newest);
    // Ids of one moment are counted upward.
    if newest > now.plus_seconds(2) {
        let (now, newest) = (now.to_rfc3339(), newest.to_rfc3339());
        let found = format!("{now} is before the newest post ({newest})");
        return Finding::fail("clock", found, REMEDY);
    }
    let Some(client) = client else {
        return compared(now, None);
    };
    let mut readings = Vec::new();
    for host in hosts {
        let ways = [format!("https://{host}/"), format!("http://{host}/")];
        for way in ways.iter().take(1 + usize::from(client.guard().allow_http)) {
            readings.extend(reading(client, way).await);
        }
    }
    if readings.is_empty()
        && let Some(url) = url
    {
        readings.extend(reading(client, url).await);
    }
    // One of them may be wrong itself.
    readings.sort_by_key(|one| one.ahead.abs());
    compared(now, readings.first())
}

/// Asks a server for the time; `None` where it does not answer.
async fn reading(client: &Client, url: &str) -> Option<Reading> {
    let host = Url::parse(url).ok()?.host_str()?.to_owned();
    let request = http::Request::get(url).body(Vec::new()).ok()?;
    let before = SystemClock.now();
    let answer = client.send(request).await.ok()?;
    let took = SystemClock.now().unix_millis() - before.unix_millis();
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    let theirs = Time::parse_http_date(date)?;
    // It was written half-way, within the second that it names.
    let ours = before.plus_millis(took / 2 - 500);
    Some(Reading {
        host,
        ahead: (ours.unix_millis() - theirs.unix_millis()) / 1_000,
    })
}

fn compared(now: Time, reading: Option<&Reading>) -> Finding {
    let now = now.to_rfc3339();
    let Some(Reading { host, ahead }) = reading else {
        let found = format!("{now}, compared with nothing: no other server answered");
        return Finding::warn("clock", found, "see that it is set by NTP: `timedatectl`");
    };
    let off = ahead.abs();
    let way = if *ahead > 0 { "ahead of" } else { "behind" };
    match off {
        0 | 1 => Finding::ok("clock", format!("{now}, as at {host}")),
        2..=TOLERANCE_SECONDS => Finding::ok("clock", format!("{now}, {off} s {way} {host}")),
        _ if off <= MAX_SECONDS => {
            Finding::warn("clock", format!("{now}, {off} s {way} {host}"), REMEDY)
        }
        _ => Finding::fail("clock", format!("{now}, {off} s {way} {host}"), REMEDY),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_is_right_within_half_a_minute_and_wrong_after_five() {
        let now = Time::from_unix_millis(1_800_000_000_000);
        for (ahead, verdict, said) in [
            (0, Verdict::Ok, "as at beta.test"),
            (-30, Verdict::Ok, "30 s behind beta.test"),
            (31, Verdict::Warn, "31 s ahead of beta.test"),
            (-300, Verdict::Warn, "300 s behind beta.test"),
            (7_200, Verdict::Fail, "7200 s ahead of beta.test"),
        ] {
            let host = "beta.test".to_owned();
            let finding = compared(now, Some(&Reading { host, ahead }));
            assert_eq!(finding.verdict, verdict, "{ahead}");
            assert!(finding.found.ends_with(said), "{}", finding.found);
        }
        let alone = compared(now, None);
        assert_eq!(alone.verdict, Verdict::Warn);
        assert!(alone.found.contains("compared with nothing"), "{alone:?}");
    }
}
