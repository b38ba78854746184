//! The setup: with the key that the server printed, it saves the settings and the first admin.
//! Without the key, and once it is done, it is closed.

use axum::extract::State;
use axum::response::Response;
use domain::site::{SETUP_KEY, SetUp};
use domain::{Outcome, secret};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{App, session};
use model::{ActorId, Handle, LangText, Registration, Site, Why};

use super::account::sign_up;
use super::form_post::{Fields, FormPost};
use super::page_request::PageRequest;
use super::response::{Page, redirect_with_flash, show, show_with_status, with_sign_in};
use crate::views::setup::{Setup, SetupClosed, setup_form};

/// The time zone offered; the script offers the browser's instead.
const ZONE_OFFERED: &str = "America/Toronto";

/// `GET /setup?key=…`
pub async fn form(State(app): State<App>, request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    if let Some(closed) = closed(&app, &request, &key).await? {
        return Ok(closed);
    }
    let f = request.bare();
    let mut form = setup_form(&f, &key, app.mailer().is_configured());
    let suggested = address_asked(&request.host);
    form.set("url", app.public_url().unwrap_or(&suggested));
    form.set("languages", "en fr");
    form.set("registration", word(Registration::Approval));
    form.set("zone", ZONE_OFFERED);
    show(&Setup {
        f: f.sending(&form),
        form,
    })
}

/// `POST /setup`
pub async fn set_up(State(app): State<App>, posted: FormPost) -> Page {
    let key = posted.fields.get("key").to_owned();
    if let Some(closed) = closed(&app, &posted.request, &key).await? {
        return Ok(closed);
    }
    match posted.attempt(set_up_site(&app, &posted)).await {
        Ok(admin) => {
            let signed_in = session::open(&app, admin, &posted.agent).await?;
            let response = redirect_with_flash("/", "set-up")?;
            Ok(with_sign_in(response, app.site()?.is_https(), &signed_in))
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let f = posted.request.bare();
            let mut form = errors.show_on(&f, setup_form(&f, &key, app.mailer().is_configured()));
            let given = posted.fields.trimmed("url");
            let configured = app.public_url().filter(|_| !given.is_empty());
            if let Some(expected) = configured.filter(|url| !is_configured(Some(*url), &given)) {
                let why = f
                    .message("why-url-other")
                    .arg("given", given)
                    .arg("expected", expected);
                form.fault("url", why.to_string());
            }
            errors.respond(&Setup {
                f: f.sending(&form),
                form,
            })
        }
    }
}

/// The page without the right key, or after the setup.
async fn closed(
    app: &App,
    request: &PageRequest,
    key: &str,
) -> Result<Option<Response>, super::page_error::PageError> {
    if app.ops().site().is_some() {
        return show(&SetupClosed {
            f: request.bare(),
            done: true,
        })
        .map(Some);
    }
    let read = |db: &mut query::Db, _| query::site::setting(db, SETUP_KEY);
    let digest = request.read(read).await?;
    if opens(digest.as_deref(), key) {
        return Ok(None);
    }
    app.limits().count_ip(RateLimit::SignUp, request.ip)?;
    let view = SetupClosed {
        f: request.bare(),
        done: false,
    };
    show_with_status(StatusCode::FORBIDDEN, &view).map(Some)
}

/// Whether the key matches the stored digest; never without a digest.
fn opens(digest: Option<&str>, key: &str) -> bool {
    digest.is_some_and(|digest| !key.is_empty() && secret::same(digest, &secret::digest(key)))
}

/// The address is the one the configuration names, where it names one: the next start would
/// refuse another.
fn is_configured(configured: Option<&str>, typed: &str) -> bool {
    configured.is_none_or(|url| url == typed.trim_end_matches('/'))
}

async fn set_up_site(app: &App, posted: &FormPost) -> Outcome<ActorId> {
    let (typed, lang) = (&posted.fields, posted.request.lang);
    let site = Site {
        url: typed.trimmed("url"),
        ..site(typed, None)
    };
    let mut checks = domain::site::checks(&site);
    checks.that(
        is_configured(app.public_url(), &site.url),
        "url",
        Why::Mismatch,
    );
    let address = match typed.trimmed("address").as_str() {
        "" => Ok(None),
        address => app.new_address(address),
    };
    if let Err(why) = address {
        checks.that(false, "address", why);
    }
    let admin = sign_up::check(checks, Handle::parse_any(typed.get("handle")), typed)?;
    let setup = SetUp {
        site,
        admin,
        admin_name: typed.trimmed("admin_name"),
        password: app.hash_password("password", typed.get("password")).await?,
        address: address.ok().flatten(),
        lang,
        keys: [app.new_key().await?, app.new_key().await?],
    };
    let verb = move |tx: &mut domain::Tx<'_>| domain::site::set_up(tx, &setup);
    let admin = app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    Ok(admin)
}

/// Reads the settings of the instance from a form, without its URL, which is not changed by it.
pub fn site(typed: &Fields, before: Option<&Site>) -> Site {
    let none = LangText::default();
    let text =
        |name: &str, of: fn(&Site) -> &LangText| typed.lang_text(name, before.map_or(&none, of));
    Site {
        url: String::new(),
        name: text("name", |site| &site.name),
        description: text("description", |site| &site.description),
        languages: typed.all("languages"),
        registration: registration(typed.get("registration")),
        zone: typed.trimmed("zone"),
        admins_need_second_factor: typed.ticked("second_factor"),
    }
}

/// The form value of a registration mode.
pub fn word(registration: Registration) -> &'static str {
    match registration {
        Registration::Open => "anyone",
        Registration::Approval => "approval",
        Registration::Invitation => "invitation",
        Registration::Closed => "nobody",
    }
}

/// Parses a registration mode; closed where it is unknown.
fn registration(typed: &str) -> Registration {
    let all = Registration::ALL.iter().copied();
    all.into_iter()
        .find(|registration| word(*registration) == typed)
        .unwrap_or(Registration::Closed)
}

/// The public address a visitor seems to have used: https but for a machine's own names, and
/// where a port is named.
fn address_asked(host: &str) -> String {
    let own = host.contains(':') || host == "localhost" || host.ends_with(".localhost");
    let scheme = if own { "http" } else { "https" };
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_printed_key_opens_the_setup() {
        let key = secret::token();
        let digest = secret::digest(&key);
        assert!(opens(Some(&digest), &key));
        assert!(!opens(Some(&digest), "another"));
        assert!(!opens(Some(&digest), ""));
        assert!(!opens(Some(&digest), &digest));
        assert!(!opens(None, ""));
        assert!(!opens(Some(&secret::digest("")), ""));
    }

    #[test]
    fn the_address_is_the_configured_one() {
        let url = "https://practice.example";
        assert!(is_configured(None, "https://other.example"));
        assert!(is_configured(Some(url), "https://practice.example/"));
        assert!(!is_configured(Some(url), "https://other.example"));
    }

    #[test]
    fn the_words_of_the_form_are_read_back() {
        for registered in Registration::ALL {
            assert_eq!(registration(word(*registered)), *registered);
        }
        assert_eq!(registration("everybody"), Registration::Closed);
    }

    #[test]
    fn the_address_offered_is_the_one_used() {
        assert_eq!(address_asked("localhost:8080"), "http://localhost:8080");
        assert_eq!(
            address_asked("practice.example"),
            "https://practice.example"
        );
    }
}
