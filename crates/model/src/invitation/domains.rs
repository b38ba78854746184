//! Mail domains whose people are admitted to a community at once.

use crate::mail::MailAddress;
use crate::{Refusal, Why};
use url::Host;

/// Domains of one community.
pub const DOMAINS_MAX: usize = 50;

/// Mail domains: `example.org`, or `*.example.org` with those below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailDomains(Vec<String>);

impl MailDomains {
    /// Reads what a facilitator typed: domains separated by white space, commas or semicolons.
    ///
    /// # Errors
    /// `Invalid(domains)`: `Malformed` for what is no domain, `TooLong` for more than fifty.
    pub fn read(typed: &str) -> Result<Self, Refusal> {
        let mut all: Vec<String> = Vec::new();
        let words = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        for word in words.filter(|word| !word.is_empty()) {
            let (star, name) = match word.strip_prefix("*.") {
                Some(name) => ("*.", name),
                None => ("", word.trim_start_matches('@')),
            };
            let parsed = match Host::parse(name) {
                Ok(Host::Domain(domain)) if domain.contains('.') => domain,
                Ok(_) | Err(_) => return Err(Refusal::invalid("domains", Why::Malformed)),
            };
            let domain = format!("{star}{parsed}");
            if !all.contains(&domain) {
                all.push(domain);
            }
        }
        match all.len() {
            ..=DOMAINS_MAX => Ok(Self(all)),
            _ => Err(Refusal::invalid("domains", Why::TooLong)),
        }
    }

    /// Reads the stored form.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_owned).collect())
    }

    /// Returns the domains, as they are shown and stored.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.0
    }

    /// Whether an address is in one of them.
    #[must_use]
    pub fn admit(&self, address: &MailAddress) -> bool {
        let domain = address.domain().to_ascii_lowercase();
        self.0.iter().any(|known| match known.strip_prefix("*.") {
            Some(parent) => {
                let below = domain.strip_suffix(parent);
                below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            None => *known == domain,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(domains: &str, address: &str) -> bool {
        let domains = MailDomains::read(domains).unwrap();
        domains.admit(&address.parse().unwrap())
    }

    #[test]
    fn a_domain_admits_its_own_addresses_and_a_star_those_below() {
        assert!(admits("Mill.example, loom.example", "ann@mill.example"));
        assert!(!admits("mill.example", "ann@west.mill.example"));
        assert!(admits("*.mill.example", "ann@west.mill.example"));
        assert!(admits("*.mill.example", "ann@mill.example"));
        assert!(!admits("*.mill.example", "ann@windmill.example"));
        assert!(!admits("mill.example", "ann@mill.example.attacker.test"));
        assert!(!admits("", "ann@mill.example"));
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for bad in ["mill", "*.", "ann@mill.example", "10.0.0.1", "a b.c/d"] {
            assert!(MailDomains::read(bad).is_err(), "{bad}");
        }
        let many: String = (0..51).map(|n| format!("d{n}.example\n")).collect();
        assert!(MailDomains::read(&many).is_err());
        let read = MailDomains::read("@École.example;école.example").unwrap();
        assert_eq!(read.all(), ["xn--cole-9oa.example"]);
    }
}
