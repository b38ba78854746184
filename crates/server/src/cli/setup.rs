//! `hedgerow setup`: does from a script what the setup page does.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use domain::site::{SetUp, set_up};
use model::mail::MailAddress;
use model::{Handle, Lang, LangText, Registration, Site};
use serde_json::json;

use super::{CommonOptions, database};
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct SetupOptions {
    /// Public URL, which is permanent, such as https://practice.example.org
    #[arg(long)]
    url: String,
    /// Name of the organization
    #[arg(long)]
    name: String,
    /// French name of the organization, if different
    #[arg(long, default_value = "")]
    name_fr: String,
    /// Handle of the first administrator
    #[arg(long, value_name = "HANDLE")]
    admin: String,
    /// Display name of the administrator
    #[arg(long, default_value = "", value_name = "NAME")]
    admin_name: String,
    /// E-mail address of the administrator; a mail asks to confirm it
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    /// A file with the administrator's password; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Languages of the interface; the first is the default
    #[arg(long, value_delimiter = ',', default_value = "en,fr")]
    languages: Vec<Lang>,
    /// Who may register: open, approval, invitation or closed
    #[arg(long, default_value = "approval")]
    registration: Registration,
}

pub(super) async fn run(common: &CommonOptions, options: SetupOptions) -> anyhow::Result<()> {
    let config = common.load()?;
    let url = domain::site::origin(&options.url)
        .with_context(|| format!("--url {}: write scheme and host and nothing after, such as https://practice.example.org", options.url))?;
    if let Some(wanted) = config
        .server
        .public_url
        .as_ref()
        .filter(|u| u.to_string() != url)
    {
        bail!(
            "--url is {url}, but server.public_url in the configuration is {wanted}; the address is for good, so make them the same"
        );
    }
    let Ok(admin) = Handle::parse_any(&options.admin) else {
        bail!(
            "--admin {}: a handle has 2 to 40 of a-z, 0-9, _ and -",
            options.admin
        );
    };
    let address = match &options.mail {
        Some(typed) => Some(address(&config, typed)?),
        None => None,
    };
    let password = database::hash(&database::password(options.password_file.as_deref())?)?;
    let ops = database::open_new(&config, true).await?;
    let lang = options.languages.first().copied().unwrap_or(Lang::En);
    let set = SetUp {
        site: Site {
            url: url.clone(),
            name: LangText::new([
                ("en", options.name.as_str()),
                ("fr", options.name_fr.as_str()),
            ]),
            description: LangText::default(),
            languages: options.languages,
            registration: options.registration,
            zone: String::new(),
            admins_need_second_factor: false,
        },
        admin: admin.clone(),
        admin_name: options.admin_name,
        password,
        address: address.clone(),
        lang,
        keys: [domain::keys::generate()?, domain::keys::generate()?],
    };
    ops.write(move |tx| set_up(tx, &set)).await?;
    let asked = address.as_ref().map(MailAddress::as_str);
    let done = json!({ "url": url, "admin": admin.as_str(), "asked_to_confirm": asked });
    common.printer().say(&done, |_| {
        let asked = address.map_or_else(String::new, |address| {
            format!(" Once the server runs, a mail to {address} asks to confirm the address.")
        });
        format!("{url} is set up; @{admin} looks after it.{asked}")
    });
    Ok(())
}

/// Reads the administrator's address, which can be confirmed only where mail is sent.
fn address(config: &Config, typed: &str) -> anyhow::Result<MailAddress> {
    let address = MailAddress::try_from(typed.to_owned()).map_err(|bad| anyhow!("--mail {bad}"))?;
    if !config.mail.mailer()?.is_configured() {
        bail!(
            "--mail needs a mail server, which asks to confirm the address; write [mail] server and from in the configuration file, or leave --mail out and use `hedgerow user address` afterwards"
        );
    }
    Ok(address)
}
