//! `hedgerow setup`: does from a script what the setup page does.

use std::path::PathBuf;

use anyhow::{Context, bail};
use domain::site::{SetUp, set_up};
use model::{Handle, Lang, LangText, Registration, Site};
use serde_json::json;

use super::{CommonOptions, database};

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
        },
        admin: admin.clone(),
        admin_name: options.admin_name,
        password,
        lang,
        keys: [domain::keys::generate()?, domain::keys::generate()?],
    };
    ops.write(move |tx| set_up(tx, &set)).await?;
    let done = json!({ "url": url, "admin": admin.as_str() });
    common.printer().say(&done, |_| {
        format!("{url} is set up; @{admin} looks after it.")
    });
    Ok(())
}
