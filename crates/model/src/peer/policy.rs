//! With whom we exchange: the instance's policy, and rules about single domains. Pure. A rule
//! holds for its domain and every name below it; of several, the longest name decides.

use crate::text_enum;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::IpAddr;

text_enum! {
    /// With whom we exchange at all.
    Mode {
        /// Everyone but those blocked.
        Open = "open",
        /// Only those a rule allows.
        AllowList = "allow-list",
        /// Nobody.
        Closed = "closed",
    }
}

text_enum! {
    /// What a rule says of its domain.
    Severity {
        /// It is on the list of an allow-list; elsewhere it stands out from a wider rule.
        Allow = "allow",
        /// Nothing but what the rule says of pictures and reports (Mastodon's `noop`).
        Noop = "noop",
        /// Heard by those who follow there; shown to nobody who does not look for it.
        Silence = "silence",
        /// Neither heard, asked, told nor shown.
        Block = "block",
    }
}

text_enum! {
    /// How a peer stands by the rules alone, as its row keeps it: what is hidden here depends on
    /// it, in whatever mode.
    Standing {
        /// Like any other.
        Open = "open",
        /// See [`Severity::Silence`].
        Silenced = "silenced",
        /// See [`Severity::Block`].
        Blocked = "blocked",
    }
}

impl Severity {
    /// How the peers of such a rule stand.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::Allow | Self::Noop => Standing::Open,
            Self::Silence => Standing::Silenced,
            Self::Block => Standing::Blocked,
        }
    }
}

/// Why we exchange nothing with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A rule blocks it.
    Blocked,
    /// Only listed domains are heard, and it is not one.
    NotListed,
    /// Nobody is heard.
    Closed,
}

/// What the policy says of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Like any other.
    Open,
    /// We exchange with it, and show it to those who follow there.
    Silenced,
    /// We do not exchange with it.
    Refused(Refused),
}

/// As much of a rule as is looked at for every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What it says.
    pub severity: Severity,
    /// Its pictures are not fetched.
    pub reject_media: bool,
}

/// Rules by their domain, normalised as [`domain`] does.
pub type Rules = HashMap<String, Limit>;

/// What an admin sets for the whole instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// With whom we exchange.
    pub mode: Mode,
    /// The limited domains and their reasons are shown to everybody.
    pub publish: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Open,
            publish: false,
        }
    }
}

/// The policy as it is held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// For the whole instance.
    pub settings: Settings,
    /// For single domains.
    pub rules: Rules,
}

impl Policy {
    /// What it says of a host (with or without a port).
    #[must_use]
    pub fn verdict(&self, host: &str) -> Verdict {
        decide(self.settings.mode, &self.rules, host)
    }

    /// Why we exchange nothing with a host; `None` where we do.
    #[must_use]
    pub fn refuses(&self, host: &str) -> Option<Refused> {
        match self.verdict(host) {
            Verdict::Refused(why) => Some(why),
            Verdict::Open | Verdict::Silenced => None,
        }
    }

    /// As [`Policy::refuses`], of the host of a URL; what is no URL is nobody's.
    #[must_use]
    pub fn refuses_url(&self, url: &str) -> Option<Refused> {
        if self.settings.mode == Mode::Open && self.rules.is_empty() {
            return None;
        }
        let url = url::Url::parse(url).ok()?;
        self.refuses(url.host_str()?)
    }

    /// The pictures of a host are not fetched.
    #[must_use]
    pub fn rejects_media(&self, host: &str) -> bool {
        rule_for(&self.rules, host).is_some_and(|rule| rule.reject_media)
    }
}

/// What a mode and rules say of a host.
#[must_use]
pub fn decide(mode: Mode, rules: &Rules, host: &str) -> Verdict {
    if mode == Mode::Closed {
        return Verdict::Refused(Refused::Closed);
    }
    match (rule_for(rules, host).map(|rule| rule.severity), mode) {
        (Some(Severity::Block), _) => Verdict::Refused(Refused::Blocked),
        (Some(Severity::Allow), _) => Verdict::Open,
        (_, Mode::AllowList | Mode::Closed) => Verdict::Refused(Refused::NotListed),
        (Some(Severity::Silence), Mode::Open) => Verdict::Silenced,
        (Some(Severity::Noop) | None, Mode::Open) => Verdict::Open,
    }
}

fn rule_for<'r>(rules: &'r Rules, host: &str) -> Option<&'r Limit> {
    if rules.is_empty() {
        return None;
    }
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        let host = host.to_ascii_lowercase();
        return names(&host).find_map(|name| rules.get(name));
    }
    names(host).find_map(|name| rules.get(name))
}

/// The names whose rules hold for a host: itself without its port, then each name above it. An
/// address has none above it.
pub fn names(host: &str) -> impl Iterator<Item = &str> {
    let host = without_port(host).trim_end_matches('.');
    let number = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    std::iter::successors(Some(host), move |name| {
        let above = name.split_once('.').map(|(_, above)| above);
        above.filter(|_| !number)
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

/// Longest name of a domain, in bytes (RFC 1035).
const DOMAIN_MAX: usize = 253;

/// A domain as rules are kept: lower case, in ASCII (IDNA), without port. Reads what people
/// paste: `spam.example`, `*.spam.example`, `@spam.example`, `https://spam.example/about`. A name
/// without a dot is no domain: it would be a whole top level.
#[must_use]
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    let text = text
        .strip_prefix("*.")
        .or_else(|| text.strip_prefix('@'))
        .unwrap_or(text);
    let text = without_port(text).trim_end_matches('.');
    let name = url::Host::parse(text).ok()?;
    // A full stop may have been written otherwise: `。`, or `%2E`.
    let name = name.to_string().to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let named = name.contains('.') || name.starts_with('[');
    // A URL may have quotation marks and commas in its host; a list of domains may not.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let odd = name.contains("..") || name.starts_with('.');
    let odd = odd || !(name.starts_with('[') || name.chars().all(plain));
    // Without its last full stop `a.1` would be a number, and no host any more.
    let same = url::Host::parse(name).is_ok_and(|again| again.to_string() == name);
    (named && same && name.len() <= DOMAIN_MAX && !odd).then(|| name.to_owned())
}

/// A domain with its middle hidden, for a public list that is to accuse nobody by name:
/// `spam.example` reads `spa******ple`.
#[must_use]
pub fn obscured(domain: &str) -> String {
    let length = domain.chars().count();
    let shown = length / 4;
    domain
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if at < shown || at >= length - shown || c == '.' {
                c
            } else {
                '*'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(of: &[(&str, Severity)]) -> Rules {
        of.iter()
            .map(|(name, severity)| {
                let limit = Limit {
                    severity: *severity,
                    reject_media: false,
                };
                ((*name).to_owned(), limit)
            })
            .collect()
    }

    const BLOCKED: Verdict = Verdict::Refused(Refused::Blocked);
    const NOT_LISTED: Verdict = Verdict::Refused(Refused::NotListed);

    #[test]
    fn a_rule_holds_for_its_domain_and_below() {
        let rules = rules(&[
            ("spam.example", Severity::Block),
            ("good.spam.example", Severity::Allow),
            ("loud.example", Severity::Silence),
            ("plain.example", Severity::Noop),
            ("10.0.0.1", Severity::Block),
        ]);
        for (host, verdict) in [
            ("spam.example", BLOCKED),
            ("a.b.spam.example", BLOCKED),
            ("Spam.Example", BLOCKED),
            ("spam.example:8081", BLOCKED),
            ("notspam.example", Verdict::Open),
            ("good.spam.example", Verdict::Open),
            ("very.good.spam.example", Verdict::Open),
            ("loud.example", Verdict::Silenced),
            ("plain.example", Verdict::Open),
            ("example", Verdict::Open),
            ("", Verdict::Open),
            ("10.0.0.1:80", BLOCKED),
            ("1.10.0.0.1", BLOCKED),
            ("[2001:db8::1]:443", Verdict::Open),
        ] {
            assert_eq!(decide(Mode::Open, &rules, host), verdict, "{host}");
        }
    }

    #[test]
    fn an_allow_list_lets_only_those_on_it_in() {
        let rules = rules(&[
            ("friend.example", Severity::Allow),
            ("bad.friend.example", Severity::Block),
            ("loud.example", Severity::Silence),
            ("plain.example", Severity::Noop),
        ]);
        let of = |host| decide(Mode::AllowList, &rules, host);
        assert_eq!(of("friend.example"), Verdict::Open);
        assert_eq!(of("social.friend.example"), Verdict::Open);
        assert_eq!(of("bad.friend.example"), BLOCKED);
        assert_eq!(of("loud.example"), NOT_LISTED);
        assert_eq!(of("plain.example"), NOT_LISTED);
        assert_eq!(of("stranger.example"), NOT_LISTED);
        let closed = Verdict::Refused(Refused::Closed);
        assert_eq!(decide(Mode::Closed, &rules, "friend.example"), closed);
    }

    #[test]
    fn a_policy_reads_urls_and_lets_everybody_in_at_first() {
        let mut policy = Policy::default();
        assert_eq!(policy.refuses_url("https://spam.example/u/a"), None);
        policy.rules = rules(&[("spam.example", Severity::Block)]);
        let blocked = Some(Refused::Blocked);
        assert_eq!(policy.refuses_url("https://spam.example/u/a"), blocked);
        assert_eq!(policy.refuses_url("http://x.spam.example:8081/"), blocked);
        assert_eq!(
            policy.refuses_url("https://else.example/spam.example"),
            None
        );
        assert_eq!(policy.refuses_url("spam.example"), None);
    }

    #[test]
    fn domains_are_read_as_people_paste_them() {
        for (typed, read) in [
            (" Spam.Example ", Some("spam.example")),
            ("*.spam.example", Some("spam.example")),
            ("@spam.example", Some("spam.example")),
            ("https://spam.example/about?x#y", Some("spam.example")),
            ("spam.example:8081", Some("spam.example")),
            ("spam.example.", Some("spam.example")),
            ("étude.example", Some("xn--tude-9oa.example")),
            ("spam.example。", Some("spam.example")),
            ("spam.example%2E", Some("spam.example")),
            ("10.0.0.1", Some("10.0.0.1")),
            ("*.*.spam.example", None),
            ("%2a.spam.example", None),
            ("example。", None),
            ("spam.1..\u{feff}", None),
            ("spam\".example", None),
            ("spam,a.example", None),
            ("[2001:db8::1]:443", Some("[2001:db8::1]")),
            ("", None),
            ("example", None),
            ("spam example.org", None),
            ("ann@spam.example", None),
            (".example", None),
            ("a..example", None),
            ("%", None),
        ] {
            assert_eq!(domain(typed).as_deref(), read, "{typed}");
        }
        assert_eq!(domain(&format!("{}.example", "a.".repeat(200))), None);
    }

    #[test]
    fn an_obscured_domain_keeps_its_ends() {
        assert_eq!(obscured("spam.example"), "spa*.****ple");
        assert_eq!(obscured("é.fr"), "é.*r");
        assert_eq!(obscured(""), "");
    }
}
