//! The values of the sections about identity providers, and what follows from them together.

use std::fmt;
use std::net::IpAddr;

use client::{Guard, Private};
use model::{Lang, LangText};
use oidc::{ClaimNames, ProviderConfig};
use url::{Host, Url};

use super::Oidc;
use super::mistake::{Mistake, Mistakes};
use super::value::TextValue;

/// Letters of a provider's key, at most.
const KEY_MAX: usize = 30;

impl Oidc {
    /// Returns how the provider is used; reads the file of its secret.
    ///
    /// # Errors
    /// Every key that is missing, and the file that cannot be read.
    pub fn provider(&self) -> Result<ProviderConfig, Mistakes> {
        let key = self.key.as_ref().ok_or_else(|| {
            let remedy = "write key = \"institution\"";
            Mistake::of_key("oidc.key", "an [[oidc]] section has no key", remedy)
        });
        let mut mistakes = Mistakes::default();
        let key = mistakes.value(key);
        let section = match key {
            Some(key) => format!("[[oidc]] {key}"),
            None => "an [[oidc]] section".to_owned(),
        };
        let missing = |name: &str| {
            let wrong = format!("{section} has no {name}");
            Mistake::of_key(&format!("oidc.{name}"), wrong, format!("write {name}"))
        };
        let issuer = mistakes.value(self.issuer.as_ref().ok_or_else(|| missing("issuer")));
        let client_id = self.client_id.as_ref();
        let client_id = mistakes.value(client_id.ok_or_else(|| missing("client_id")));
        let secret = mistakes.value(self.secret(&section));
        let given = key.zip(issuer).zip(client_id).zip(secret);
        let config =
            given.map(|(((key, issuer), id), secret)| self.config(key, issuer, id, secret));
        mistakes.unless_any(config)
    }

    fn secret(&self, section: &str) -> Result<Option<String>, Mistake> {
        match (&self.client_secret, &self.client_secret_file) {
            (Some(_), Some(_)) => Err(Mistake::of_key(
                "oidc.client_secret",
                format!("{section} has both client_secret and client_secret_file"),
                "remove one of them",
            )),
            (Some(secret), None) => Ok(Some(secret.expose().to_owned())),
            (None, Some(file)) => file.first_line("oidc.client_secret_file").map(Some),
            (None, None) => Ok(None),
        }
    }

    fn config(
        &self,
        key: &ProviderKey,
        issuer: &IssuerAddress,
        client_id: &ShortText,
        client_secret: Option<String>,
    ) -> ProviderConfig {
        let name = self.name.as_ref().map_or(key.as_str(), ShortText::as_str);
        let name = LangText::single("en", name);
        let text = |value: &ShortText| value.as_str().to_owned();
        ProviderConfig {
            key: key.as_str().to_owned(),
            name: match &self.name_fr {
                Some(french) => name.with(Lang::Fr, french.as_str()),
                None => name,
            },
            issuer: issuer.as_str().to_owned(),
            client_id: text(client_id),
            client_secret,
            scopes: self.scopes.iter().map(text).collect(),
            claims: ClaimNames {
                handle: text(&self.claim_handle),
                name: text(&self.claim_name),
                mail: text(&self.claim_mail),
                groups: text(&self.claim_groups),
            },
            require_group: self.require_group.as_ref().map(text),
            trusts_mail: self.trust_mail,
            factors: self.second_factor_values.iter().map(text).collect(),
            creates_accounts: self.create_accounts,
            is_only: self.only,
        }
    }

    /// Returns where requests to the provider may go: any port, and with `allow_private` its own host,
    /// although it is not public, also with plain http.
    #[must_use]
    pub fn guard(&self) -> Guard {
        let url = self.issuer.as_ref().map(IssuerAddress::url);
        let own = url.filter(|_| self.allow_private);
        let private = own.as_ref().and_then(|url| match url.host() {
            Some(Host::Domain(name)) => Some(Private::Host(name.to_ascii_lowercase())),
            Some(Host::Ipv4(ip)) => Some(Private::Network(IpAddr::V4(ip), 32)),
            Some(Host::Ipv6(ip)) => Some(Private::Network(IpAddr::V6(ip), 128)),
            None => None,
        });
        Guard {
            allow_http: own.as_ref().is_some_and(|url| url.scheme() == "http"),
            allow_ports: true,
            allow_private: private.into_iter().collect(),
        }
    }
}

/// Checks the providers together.
///
/// # Errors
/// Those of [`Oidc::provider`]; and every pair that has the same key, name or issuer.
pub fn providers(all: &[Oidc]) -> Result<Vec<ProviderConfig>, Mistakes> {
    let mut mistakes = Mistakes::default();
    let mut found: Vec<ProviderConfig> = Vec::new();
    for section in all {
        let Some(one) = mistakes.all(section.provider()) else {
            continue;
        };
        for other in &found {
            mistakes.0.extend(alike(other, &one));
        }
        found.push(one);
    }
    mistakes.unless_any(Some(found))
}

/// Returns why two providers cannot be told apart: by addresses, by people, or as the owners of identities.
fn alike(one: &ProviderConfig, other: &ProviderConfig) -> Vec<Mistake> {
    let key = &other.key;
    if one.key == *key {
        let wrong = format!("two [[oidc]] sections have the key \"{key}\"");
        let remedy = "write another key in one of them";
        return vec![Mistake::of_key("oidc.key", wrong, remedy)];
    }
    let both = format!("the [[oidc]] sections \"{}\" and \"{key}\"", one.key);
    let named = |lang: &Lang| {
        let (name, same) = (other.name.read(*lang), one.name.read(*lang));
        let is_same = name.trim().to_lowercase() == same.trim().to_lowercase();
        is_same.then_some(name)
    };
    let mut mistakes = Vec::new();
    if let Some(name) = Lang::ALL.iter().find_map(named) {
        let wrong = format!("{both} have the same name \"{name}\"");
        let remedy = "write another name in one of them";
        mistakes.push(Mistake::of_key("oidc.name", wrong, remedy));
    }
    if one.issuer == other.issuer {
        let wrong = format!("{both} have the same issuer {}", one.issuer);
        mistakes.push(Mistake::of_key("oidc.issuer", wrong, "remove one of them"));
    }
    mistakes
}

/// Names a provider in addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKey(String);

impl ProviderKey {
    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TextValue for ProviderKey {
    const EXAMPLE: &'static str = "institution";

    fn from_text(text: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > KEY_MAX || !text.chars().all(fits) {
            return Err(format!(
                "\"{text}\" has other characters than a to z, 0 to 9 and -, or none, or more than {KEY_MAX}"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A text on one line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortText(String);

impl ShortText {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TextValue for ShortText {
    const EXAMPLE: &'static str = "hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the text is empty".to_owned()),
            text if text.chars().any(char::is_control) => Err("it has several lines".to_owned()),
            text => Ok(Self(text.to_owned())),
        }
    }
}

/// The issuer of a provider, exactly as it writes it: a slash at the end matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerAddress {
    written: String,
    url: Url,
}

impl IssuerAddress {
    fn as_str(&self) -> &str {
        &self.written
    }

    fn url(&self) -> Url {
        self.url.clone()
    }
}

impl fmt::Display for IssuerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl TextValue for IssuerAddress {
    const EXAMPLE: &'static str = "https://login.example.org/realms/staff";

    fn from_text(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok();
        let plain = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        };
        let url = url.filter(plain);
        let url = url.ok_or_else(|| format!("\"{text}\" is not the address of an issuer"))?;
        Ok(Self {
            written: text.to_owned(),
            url,
        })
    }
}
