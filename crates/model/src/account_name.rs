//! What somebody types to name an account of this instance: to sign in, or to reset a password.

use crate::mail::MailAddress;
use crate::{Address, Handle, Why};

/// A name of an account: a username (`ann`, `@ann`), a full handle (`@ann@alpha.test`), or an e-mail address.
/// A full handle without its `@` may be an e-mail address as well: then both are given, and the address, which
/// only its owner could confirm, comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    address: Option<MailAddress>,
    handle: Option<Handle>,
}

/// The reason why a text names no account, whatever accounts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAccountName {
    /// Nothing.
    Missing,
    /// A handle on another server.
    Elsewhere,
    /// Neither a handle nor an address.
    Form,
}

impl BadAccountName {
    /// Returns the reason as that of a field.
    #[must_use]
    pub const fn why(self) -> Why {
        match self {
            Self::Missing => Why::Required,
            Self::Elsewhere => Why::Mismatch,
            Self::Form => Why::Malformed,
        }
    }
}

impl AccountName {
    /// Parses what was typed on the instance at `our_host`.
    ///
    /// # Errors
    /// [`BadAccountName`] says what it is instead.
    pub fn parse(typed: &str, our_host: &str) -> Result<Self, BadAccountName> {
        let full = Address::parse(typed);
        let handle = match &full {
            Some(full) if full.host == our_host => Handle::parse_any(&full.name),
            Some(_) | None => Handle::parse_any(typed),
        };
        let name = Self {
            address: typed.parse().ok(),
            handle: handle.ok(),
        };
        if name.address.is_some() || name.handle.is_some() {
            return Ok(name);
        }
        Err(match full {
            Some(_) => BadAccountName::Elsewhere,
            None if typed.trim().is_empty() => BadAccountName::Missing,
            None => BadAccountName::Form,
        })
    }

    /// Returns the e-mail address that it may be.
    #[must_use]
    pub fn address(&self) -> Option<&MailAddress> {
        self.address.as_ref()
    }

    /// Returns the handle that it may be.
    #[must_use]
    pub fn handle(&self) -> Option<&Handle> {
        self.handle.as_ref()
    }

    /// Returns what attempts to sign in are counted by: the same for every spelling, and for an account that
    /// there is none of. A username and an e-mail address are counted apart, because one count for both would
    /// tell whose an address is.
    #[must_use]
    pub fn spellings(&self) -> Vec<String> {
        let handle = self.handle.as_ref().map(Handle::to_string);
        let address = self.address.as_ref().map(MailAddress::folded);
        handle.into_iter().chain(address).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "alpha.test";

    fn parse(typed: &str) -> Result<(Option<String>, Option<String>), BadAccountName> {
        let name = AccountName::parse(typed, HOST)?;
        let handle = name.handle().map(Handle::to_string);
        Ok((handle, name.address().map(MailAddress::to_string)))
    }

    #[test]
    fn a_username_and_a_full_handle_are_the_same_name() {
        let ann = Ok((Some("ann".to_owned()), None));
        for typed in ["ann", " @Ann ", "@ann@alpha.test", "@Ann@ALPHA.test"] {
            assert_eq!(parse(typed), ann, "{typed}");
        }
        assert_eq!(parse("root"), Ok((Some("root".to_owned()), None)));
    }

    #[test]
    fn an_address_may_be_a_full_handle_as_well() {
        let both = Ok((Some("ann".to_owned()), Some("ann@alpha.test".to_owned())));
        assert_eq!(parse("ann@alpha.test"), both);
        let mail = Ok((None, Some("Ann@example.org".to_owned())));
        assert_eq!(parse(" Ann@Example.org"), mail);
        let local = AccountName::parse("ann@localhost:8080", "localhost:8080").unwrap();
        assert_eq!(local.handle().unwrap().as_str(), "ann");
        assert!(local.address().is_none());
    }

    #[test]
    fn what_names_no_account_says_why() {
        assert_eq!(parse("  "), Err(BadAccountName::Missing));
        assert_eq!(parse("@ann@beta.test"), Err(BadAccountName::Elsewhere));
        assert_eq!(parse("Ann Tran"), Err(BadAccountName::Form));
        assert_eq!(parse("https://alpha.test/u/ann"), Err(BadAccountName::Form));
    }

    #[test]
    fn every_spelling_is_counted_as_one() {
        let keys = |typed| AccountName::parse(typed, HOST).unwrap().spellings();
        assert_eq!(keys("@Ann"), keys("@ann@alpha.test"));
        assert_eq!(keys("ANN@example.org"), ["ann@example.org"]);
        assert!(keys("ann@alpha.test").contains(&"ann".to_owned()));
    }
}
