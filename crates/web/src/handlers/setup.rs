//! The first visit: with the key the server printed, the organization is named and its first
//! admin made. Without the key, and once it is done, the setup is closed.

use axum::extract::State;
use axum::response::Response;
use domain::site::SetUp;
use domain::{Error, Outcome, secret};
use http::StatusCode;
use httpkit::limits::Act;
use httpkit::{App, session};
use model::{ActorId, Bilingual, Handle, Lang, Registration, Site, Why};

use super::account::sign_up;
use super::answer::{Page, done, refused, show, show_as, with_cookie};
use super::ask::Ask;
use super::sent::{Fields, Sent};
use crate::views::setup::{Setup, SetupClosed, setup_form};

/// The setting that holds the digest of the key, until the setup is done.
const KEY: &str = "setup_key";

/// `GET /setup?key=…`
pub async fn form(State(app): State<App>, ask: Ask) -> Page {
    let key = ask.q("key").unwrap_or_default().to_owned();
    if let Some(closed) = closed(&app, &ask, &key).await? {
        return Ok(closed);
    }
    let f = ask.bare();
    let mut form = setup_form(&f, &key);
    let asked = address_asked(&ask.host);
    form.set("url", app.public_url().unwrap_or(&asked));
    form.set("languages", "en fr");
    form.set("registration", word(Registration::Approval));
    show(&Setup { form, f })
}

/// `POST /setup`
pub async fn set_up(State(app): State<App>, sent: Sent) -> Page {
    let key = sent.fields.get("key").to_owned();
    if let Some(closed) = closed(&app, &sent.ask, &key).await? {
        return Ok(closed);
    }
    match open_the_doors(&app, &sent).await {
        Ok(admin) => {
            let token = session::open(&app, admin, &sent.agent).await?;
            let https = app.site()?.is_https();
            let cookie = session::set_cookie(https, Some(&token));
            Ok(with_cookie(done("/", "set-up")?, &cookie))
        }
        Err(error) => {
            let faults = sent.faults(error)?;
            let f = sent.ask.bare();
            let mut form = faults.mark(&f, setup_form(&f, &key));
            let given = sent.fields.trimmed("url");
            let configured = app.public_url().filter(|_| !given.is_empty());
            if let Some(expected) = configured.filter(|url| !is_configured(Some(*url), &given)) {
                let why = f
                    .message("why-url-other")
                    .arg("given", given)
                    .arg("expected", expected);
                form.fault("url", why.to_string());
            }
            refused(&Setup { form, f })
        }
    }
}

/// The page that stands here without the right key, and once the setup is done.
async fn closed(app: &App, ask: &Ask, key: &str) -> Result<Option<Response>, super::answer::Fail> {
    if app.ops().site().is_some() {
        return show(&SetupClosed {
            f: ask.bare(),
            done: true,
        })
        .map(Some);
    }
    let read = |db: &mut store::Db| store::site::get(db, KEY).map_err(Error::from);
    let digest = app.store().read(read).await?;
    if opens(digest.as_deref(), key) {
        return Ok(None);
    }
    app.limits().count_ip(Act::SignUp, ask.ip)?;
    let view = SetupClosed {
        f: ask.bare(),
        done: false,
    };
    show_as(StatusCode::FORBIDDEN, &view).map(Some)
}

/// The key is the one whose digest is kept. No digest, no key.
fn opens(digest: Option<&str>, key: &str) -> bool {
    digest.is_some_and(|digest| !key.is_empty() && secret::same(digest, &secret::digest(key)))
}

/// The address is the one the configuration names, where it names one: the next start would
/// refuse another.
fn is_configured(configured: Option<&str>, typed: &str) -> bool {
    configured.is_none_or(|url| url == typed.trim_end_matches('/'))
}

async fn open_the_doors(app: &App, sent: &Sent) -> Outcome<ActorId> {
    let (typed, lang) = (&sent.fields, sent.ask.lang);
    let site = site(typed, typed.trimmed("url"));
    let mut checks = domain::site::checks(&site);
    checks.that(
        is_configured(app.public_url(), &site.url),
        "url",
        Why::Mismatch,
    );
    let admin = sign_up::check(checks, Handle::parse_any(typed.get("handle")), typed)?;
    let setup = SetUp {
        site,
        admin,
        admin_name: typed.trimmed("admin_name"),
        password: app.hash_password("password", typed.get("password")).await?,
        lang,
        keys: [app.new_key().await?, app.new_key().await?],
    };
    let verb = move |tx: &mut domain::Tx<'_>| {
        let admin = domain::site::set_up(tx, &setup)?;
        store::site::remove(tx.db, KEY)?;
        Ok(admin)
    };
    let admin = app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    Ok(admin)
}

/// What the fields say of the instance.
pub fn site(typed: &Fields, url: String) -> Site {
    let both = |name: &str| {
        let [en, fr] = Lang::ALL else {
            return Bilingual::default();
        };
        let of = |lang: &Lang| typed.trimmed(&format!("{name}_{lang}"));
        Bilingual::new(&of(en), &of(fr))
    };
    Site {
        url,
        name: both("name"),
        description: both("description"),
        languages: typed.all("languages"),
        registration: registration(typed.get("registration")),
    }
}

/// The word of the form for who may register.
pub fn word(registration: Registration) -> &'static str {
    match registration {
        Registration::Open => "anyone",
        Registration::Approval => "approval",
        Registration::Invitation => "invitation",
        Registration::Closed => "nobody",
    }
}

/// What a word of the form means; nobody may register where it means nothing.
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
