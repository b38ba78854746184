//! The federation policy: the instance's mode, and rules about domains. A rule applies to its domain and all
//! subdomains; of several rules the one with the longest name decides.

use crate::text_enum;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::IpAddr;

text_enum! {
    /// The mode of federation.
    Mode {
        /// Every server that no rule blocks.
        Open = "open",
        /// Only servers that a rule allows.
        AllowList = "allow-list",
        /// No server.
        Closed = "closed",
    }
}

text_enum! {
    /// The effect of a rule on its domain.
    Severity {
        /// Is allowed in mode `AllowList`; in other modes an exception from the rule of a parent domain.
        Allow = "allow",
        /// Has no effect except for the rule's options for pictures and reports (Mastodon's `noop`).
        Noop = "noop",
        /// Is shown only to people who follow actors there, or who search for it.
        Silence = "silence",
        /// Nothing is received from there, fetched, sent or shown.
        Block = "block",
    }
}

text_enum! {
    /// The effect of the rules on a peer in any mode, stored in its row. It decides what is hidden here.
    PeerStanding {
        /// No restriction.
        Open = "open",
        /// See [`Severity::Silence`].
        Silenced = "silenced",
        /// See [`Severity::Block`].
        Blocked = "blocked",
    }
}

impl Severity {
    /// Returns the standing of peers under such a rule.
    #[must_use]
    pub const fn standing(self) -> PeerStanding {
        match self {
            Self::Allow | Self::Noop => PeerStanding::Open,
            Self::Silence => PeerStanding::Silenced,
            Self::Block => PeerStanding::Blocked,
        }
    }
}

/// The reason why this instance does not federate with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A rule blocks the host.
    Blocked,
    /// The mode is `AllowList` and no rule allows the host.
    NotListed,
    /// The mode is `Closed`.
    Closed,
}

/// The policy's decision about a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No restriction.
    Open,
    /// Federates; shown only to people who follow actors there.
    Silenced,
    /// Does not federate.
    Refused(Refused),
}

/// The part of a rule that is needed for every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub severity: Severity,
    /// Whether pictures from the domain are not fetched.
    pub reject_media: bool,
}

/// Rules by domain, normalised by [`domain`].
pub type Rules = HashMap<String, Limit>;

/// The settings of the policy for the whole instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub mode: Mode,
    /// Whether everybody may see the limited domains and their reasons.
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

/// The policy in memory: the settings, and the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub settings: Settings,
    pub rules: Rules,
}

impl Policy {
    /// Decides about a host, with or without a port.
    #[must_use]
    pub fn verdict(&self, host: &str) -> Verdict {
        decide(self.settings.mode, &self.rules, host)
    }

    /// Returns why the instance does not federate with a host; `None` when it does.
    #[must_use]
    pub fn refuses(&self, host: &str) -> Option<Refused> {
        match self.verdict(host) {
            Verdict::Refused(why) => Some(why),
            Verdict::Open | Verdict::Silenced => None,
        }
    }

    /// Calls [`Policy::refuses`] with the host of a URL; anything but a URL is not refused.
    #[must_use]
    pub fn refuses_url(&self, url: &str) -> Option<Refused> {
        if self.settings.mode == Mode::Open && self.rules.is_empty() {
            return None;
        }
        let url = url::Url::parse(url).ok()?;
        self.refuses(url.host_str()?)
    }

    /// Returns whether pictures from a host are not fetched.
    #[must_use]
    pub fn rejects_media(&self, host: &str) -> bool {
        rule_for(&self.rules, host).is_some_and(|rule| rule.reject_media)
    }
}

/// Decides about a host by mode and rules.
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

/// Iterates over the names whose rules apply to a host: the host without its port, then each parent
/// domain. An IP address has no parent.
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

/// Limits the name of a domain, in bytes (RFC 1035).
const DOMAIN_MAX: usize = 253;

/// Normalises a domain for a rule: lower case, ASCII (IDNA), without port. Accepts what people paste:
/// `spam.example`, `*.spam.example`, `@spam.example`, `https://spam.example/about`. Rejects a name
/// without a dot, which would be a whole top-level domain.
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
    // The dot may be another character: `。`, or `%2E`.
    let name = name.to_string().to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let named = name.contains('.') || name.starts_with('[');
    // A URL's host may contain quotation marks and commas; a list of domains may not.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let odd = name.contains("..") || name.starts_with('.');
    let odd = odd || !(name.starts_with('[') || name.chars().all(plain));
    // Without its trailing dot `a.1` would be a number and not a valid host.
    let same = url::Host::parse(name).is_ok_and(|again| again.to_string() == name);
    (named && same && name.len() <= DOMAIN_MAX && !odd).then(|| name.to_owned())
}

/// Masks the middle of a domain for the public list: `spam.example` becomes `spa*.****ple`.
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
    fn a_rule_applies_to_its_domain_and_subdomains() {
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
    fn an_allow_list_admits_only_listed_domains() {
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
    fn a_policy_reads_urls_and_is_open_by_default() {
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
    fn pasted_domains_are_normalised() {
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
