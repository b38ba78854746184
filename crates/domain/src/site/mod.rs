//! Setting the instance up, and what it says of itself.

use crate::account::{self, NewAccount};
use crate::actor;
use crate::keys::KeyPair;
use crate::{Error, Outcome, Tx};
use model::account::AccountState;
use model::handle::Handle;
use model::limits::INFO_PAGE_MAX;
use model::mail::MailAddress;
use model::refusal::{Checks, Rule};
use model::site::is_zone_name;
use model::{ActorId, ActorKind, InfoPage, Lang, LangText, Site, SiteRole, Urls, Why};

/// What a setup needs; the keys and the hash are made before.
pub struct SetUp {
    /// The instance.
    pub site: Site,
    /// The first admin's handle; reserved names are allowed here.
    pub admin: Handle,
    /// Their name.
    pub admin_name: String,
    /// The hash of their password.
    pub password: String,
    /// Their e-mail address, which they are asked to confirm.
    pub address: Option<MailAddress>,
    /// Their language.
    pub lang: Lang,
    /// The instance actor's key, and the admin's.
    pub keys: [KeyPair; 2],
}

/// The setting that holds the digest of the setup key, until the setup is done.
pub const SETUP_KEY: &str = "setup_key";

/// Longest name of an organization, in characters.
pub const NAME_MAX: usize = 120;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 5_000;

/// What is wrong with an instance's names, descriptions, languages and URL.
#[must_use]
pub fn checks(site: &Site) -> Checks {
    let mut checks = Checks::default();
    checks
        .that(!site.name.is_empty(), "name_en", Why::Required)
        .that(!site.languages.is_empty(), "languages", Why::Required)
        .that(origin(&site.url).is_some(), "url", Why::Malformed)
        .that(is_zone_name(&site.zone), "zone", Why::NotAChoice);
    for (lang, [name, description]) in [
        (Lang::En, ["name_en", "description_en"]),
        (Lang::Fr, ["name_fr", "description_fr"]),
    ] {
        checks
            .at_most(name, site.name.in_lang(lang).unwrap_or_default(), NAME_MAX)
            .at_most(
                description,
                site.description.in_lang(lang).unwrap_or_default(),
                DESCRIPTION_MAX,
            );
    }
    checks
}

/// The origin of a public URL: `https://practice.example`, with a port where it is not the
/// scheme's own, and nothing after. `None` where there is more to it, or it is no http URL.
#[must_use]
pub fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then(|| url.origin().ascii_serialization())
}

/// Sets the instance up, once: what it is, its own actor, its first admin.
///
/// # Errors
/// `NotAllowed(Setup)` when it is set up already, `Invalid` with the fields at fault.
pub fn set_up(tx: &mut Tx<'_>, set_up: &SetUp) -> Outcome<ActorId> {
    if store::site::site(tx.db)?.is_some() {
        return Err(Error::not_allowed(Rule::Setup));
    }
    checks(&set_up.site).done()?;
    let origin = origin(&set_up.site.url).ok_or(Error::invalid("url", Why::Malformed))?;
    let site = Site {
        url: origin.clone(),
        ..set_up.site.clone()
    };
    store::site::put_site(tx.db, &site)?;
    store::site::remove(tx.db, SETUP_KEY)?;
    tx.set_origin(&origin);
    let [instance_key, admin_key] = &set_up.keys;
    let host = Urls::new(&origin).host().to_owned();
    let name = site.name.read(site.default_lang()).to_owned();
    actor::create_local(tx, ActorKind::Application, &host, &name, instance_key)?;
    account::create(
        tx,
        &NewAccount {
            handle: set_up.admin.clone(),
            name: set_up.admin_name.clone(),
            password: Some(set_up.password.clone()),
            address: set_up.address.clone(),
            lang: set_up.lang,
            request: String::new(),
            key: admin_key.clone(),
        },
        SiteRole::Admin,
        AccountState::Active,
    )
}

/// Changes what the instance says of itself. Its URL stays: it is in every id.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid` with the fields at fault.
pub fn change(tx: &mut Tx<'_>, by: account::Principal, site: &Site) -> Outcome<()> {
    account::require_admin(tx, by)?;
    let site = Site {
        url: tx.site()?.url.clone(),
        ..site.clone()
    };
    checks(&site).done()?;
    store::site::put_site(tx.db, &site)?;
    Ok(())
}

/// Writes a page of the instance; an empty text brings the default one back.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid(text_en | text_fr)`.
pub fn set_page(
    tx: &mut Tx<'_>,
    by: account::Principal,
    page: InfoPage,
    text: &LangText,
) -> Outcome<()> {
    account::require_admin(tx, by)?;
    let mut checks = Checks::default();
    for (lang, field) in [(Lang::En, "text_en"), (Lang::Fr, "text_fr")] {
        checks.at_most(field, text.in_lang(lang).unwrap_or_default(), INFO_PAGE_MAX);
    }
    checks.done()?;
    match text.is_empty() {
        true => store::site::remove(tx.db, &store::site::page_name(page))?,
        false => store::site::put_page(tx.db, page, text)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(
            origin("https://Practice.example/").as_deref(),
            Some("https://practice.example")
        );
        assert_eq!(
            origin("http://localhost:8080").as_deref(),
            Some("http://localhost:8080")
        );
        assert_eq!(origin("https://practice.example/sub"), None);
        assert_eq!(origin("ftp://practice.example"), None);
    }
}
