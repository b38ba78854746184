//! The values of the sections about identity providers, and what follows from them together.

use std::fmt;
use std::net::IpAddr;

use anyhow::{Context, bail};
use client::{Guard, Private};
use model::{Lang, LangText};
use oidc::{ClaimNames, ProviderConfig};
use url::{Host, Url};

use super::Oidc;
use super::value::TextValue;

/// Letters of a provider's key, at most.
const KEY_MAX: usize = 30;

impl Oidc {
    /// Returns how the provider is used; reads the file of its secret.
    ///
    /// # Errors
    /// When a key is missing, or the file cannot be read.
    pub fn provider(&self) -> anyhow::Result<ProviderConfig> {
        let key = self.key.as_ref();
        let key = key.context("an [[oidc]] section has no key; write key = \"institution\"")?;
        let missing = |name: &str| format!("[[oidc]] {key} has no {name}");
        let issuer = self.issuer.as_ref().with_context(|| missing("issuer"))?;
        let client_id = self
            .client_id
            .as_ref()
            .with_context(|| missing("client_id"))?;
        let client_secret = match (&self.client_secret, &self.client_secret_file) {
            (Some(_), Some(_)) => bail!(
                "[[oidc]] {key} has both client_secret and client_secret_file; remove one of them"
            ),
            (Some(secret), None) => Some(secret.expose().to_owned()),
            (None, Some(file)) => Some(file.first_line("oidc.client_secret_file")?),
            (None, None) => None,
        };
        let name = self.name.as_ref().map_or(key.as_str(), ShortText::as_str);
        let name = LangText::single("en", name);
        let text = |value: &ShortText| value.as_str().to_owned();
        Ok(ProviderConfig {
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
        })
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
/// Those of [`Oidc::provider`]; when two have the same key, name or issuer.
pub fn providers(all: &[Oidc]) -> anyhow::Result<Vec<ProviderConfig>> {
    let mut found: Vec<ProviderConfig> = Vec::new();
    for section in all {
        let one = section.provider()?;
        for other in &found {
            check_together(other, &one)?;
        }
        found.push(one);
    }
    Ok(found)
}

/// Checks that two providers can be told apart: by addresses, by people, and as the owners of identities.
fn check_together(one: &ProviderConfig, other: &ProviderConfig) -> anyhow::Result<()> {
    let key = &other.key;
    if one.key == *key {
        bail!("two [[oidc]] sections have the key \"{key}\"; write another key in one of them");
    }
    for lang in Lang::ALL {
        let (name, same) = (other.name.read(*lang), one.name.read(*lang));
        if name.trim().to_lowercase() == same.trim().to_lowercase() {
            bail!(
                "the [[oidc]] sections \"{}\" and \"{key}\" have the same name \"{name}\"; \
                 write another name in one of them",
                one.key
            );
        }
    }
    if one.issuer == other.issuer {
        bail!(
            "the [[oidc]] sections \"{}\" and \"{key}\" have the same issuer {}; remove one of them",
            one.key,
            one.issuer
        );
    }
    Ok(())
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
