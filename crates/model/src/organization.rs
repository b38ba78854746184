//! Organizations that people belong to: their ids in the Research Organization Registry, and what confirms an affiliation.

use crate::invitation::domains::MailDomains;
use crate::mail::MailAddress;

/// Organizations that administrators list.
pub const ORGANIZATIONS_MAX: i64 = 2_000;
/// Organizations that one person belongs to.
pub const AFFILIATIONS_MAX: usize = 8;
/// Organizations whose people a community admits.
pub const ELIGIBLE_MAX: usize = 50;
/// Characters of an organization's name in one language.
pub const ORGANIZATION_NAME_MAX: usize = 120;
/// Characters of its place.
pub const PLACE_MAX: usize = 80;

/// Reads an id of the Research Organization Registry, with or without `https://ror.org/`: nine characters, the last two
/// of which are a checksum (<https://ror.readme.io/docs/identifier>). Returns the nine in lower case.
#[must_use]
pub fn read_ror(typed: &str) -> Option<String> {
    let typed = typed.trim().to_ascii_lowercase();
    let id = typed
        .trim_start_matches("https://")
        .trim_start_matches("ror.org/");
    let (letters, check) = id.split_at_checked(7)?;
    let is_checksum = check.len() == 2 && check.bytes().all(|b| b.is_ascii_digit());
    if !letters.starts_with('0') || !is_checksum {
        return None;
    }
    let number = letters.chars().try_fold(0_u64, |number, c| {
        let digit = BASE32.chars().position(|known| known == c)?;
        Some(number * 32 + u64::try_from(digit).ok()?)
    })?;
    let expected = 98 - (number * 100) % 97;
    (check.parse() == Ok(expected)).then(|| id.to_owned())
}

/// Crockford's base 32.
const BASE32: &str = "0123456789abcdefghjkmnpqrstvwxyz";

/// Whether a person's confirmed mail address confirms that they belong to the organization of some mail domains.
#[must_use]
pub fn is_confirmed(domains: &MailDomains, address: &str) -> bool {
    let address: Option<MailAddress> = address.parse().ok();
    address.is_some_and(|address| domains.admit(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_registry_is_read_in_each_usual_form_and_a_mistyped_one_is_not() {
        for typed in [
            "03yrm5c26",
            " https://ror.org/03YRM5C26",
            "ror.org/03yrm5c26",
        ] {
            assert_eq!(read_ror(typed).as_deref(), Some("03yrm5c26"), "{typed}");
        }
        for typed in [
            "",
            "03yrm5c27",
            "03yrm5d26",
            "3yrm5c26",
            "03yrm5c2é",
            "https://ror.org/",
            "03yrm5c26x",
        ] {
            assert_eq!(read_ror(typed), None, "{typed}");
        }
    }
}
