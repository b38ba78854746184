//! Sessions and the password.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::single_sign_on::owner_proof;
use httpkit::{App, known_browser, session, single_sign_on};
use model::{ActorId, SessionId, Why};
use query::row;

use super::owner::require_owner;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, with_cookie};
use crate::views::account::{
    Password, SessionRow, Sessions, SettingsTab, password_form, settings_tabs,
};

/// `GET /settings/sessions`
pub async fn list(request: PageRequest) -> Page {
    let (me, current) = (request.me()?.id(), request.me()?.session);
    let rows = move |db: &mut query::Db, reader: query::Reader| {
        let since = reader.now.plus_seconds(-session::SESSION_SECONDS);
        query::account::sessions(db, me, since)
    };
    let (f, rows) = request.page(Section::Me, rows).await?;
    show(&Sessions {
        tabs: settings_tabs(&f, SettingsTab::Sessions),
        sessions: rows.iter().map(|row| shown(row, current)).collect(),
        f,
    })
}

fn shown(row: &row::Session, current: Option<SessionId>) -> SessionRow {
    SessionRow {
        device: device(&row.agent),
        last_seen: row.seen_at.utc(),
        since: row.created_at.utc(),
        current: current == Some(row.id),
        end_url: format!("/settings/sessions/{}/end", row.id),
    }
}

/// `POST /settings/sessions/{id}/end`
pub async fn end(
    State(app): State<App>,
    PathParam(id): PathParam<SessionId>,
    signed_in: SignedInForm,
) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::close_session(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/sessions", "session-ended")
}

/// `POST /settings/sessions/end-all`
pub async fn end_all(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::close_sessions(tx, me, None);
    app.ops().write(verb).await?;
    let cookie = session::set_cookie(app.site()?.is_https(), None);
    Ok(with_cookie(
        redirect_with_flash("/sign-in", "signed-out")?,
        &cookie,
    ))
}

/// `GET /settings/password`
pub async fn password_page(request: PageRequest) -> Page {
    let proof = owner_proof(&request.app, request.me()?).await?;
    let f = request.framed(Section::Me).await?;
    let form = password_form(&f, proof);
    show(&page(&request.app, f, form))
}

fn page(app: &App, f: Frame, form: Form) -> Password {
    Password {
        tabs: settings_tabs(&f, SettingsTab::Password),
        has_providers: !single_sign_on::providers(app).is_empty(),
        f: f.sending(&form),
        form,
    }
}

/// `POST /settings/password`
pub async fn change_password(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let written = write_password(&app, &signed_in);
    match signed_in.posted.attempt(written).await {
        Ok(proof) => {
            let known = known_browser::set_cookie(app.site()?.is_https(), &proof);
            let response = redirect_with_flash("/settings/password", "password")?;
            Ok(with_cookie(response, &known))
        }
        Err(error) => {
            let SignedInForm { posted, me } = &signed_in;
            let errors = posted.field_errors(error)?;
            let proof = owner_proof(&app, me).await?;
            let f = posted.request.framed(Section::Me).await?;
            let form = errors.show_on(&f, password_form(&f, proof));
            errors.respond(&page(&app, f, form))
        }
    }
}

/// Checks that somebody may choose a password: not where members sign in with a provider only.
///
/// # Errors
/// `Invalid(password: NotAChoice)`.
pub(super) async fn require_choice(app: &App, owner: ActorId) -> Outcome<()> {
    match single_sign_on::may_have_password(app, owner).await? {
        true => Ok(()),
        false => Err(Error::invalid("password", Why::NotAChoice)),
    }
}

/// Changes the password; returns the proof of a known browser from now on.
async fn write_password(app: &App, SignedInForm { posted, me }: &SignedInForm) -> Outcome<String> {
    require_owner(app, posted, me).await?;
    require_choice(app, me.id()).await?;
    let hash = app
        .hash_password("password", posted.fields.get("password"))
        .await?;
    let (id, keep) = (me.id(), me.session);
    let proof = known_browser::proof(id, &hash);
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::change_password(tx, id, &hash, keep);
    app.ops().write(verb).await?;
    Ok(proof)
}

/// Browser and system of a `User-Agent`: `Firefox, Linux`.
pub fn device(agent: &str) -> String {
    // The order matters: nearly everyone also claims to be Safari, and many to be Chrome.
    const BROWSERS: &[(&str, &str)] = &[
        ("Firefox/", "Firefox"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    match (named(BROWSERS), named(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent
            .split(['/', ' '])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_called_by_its_name() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(device(firefox), "Firefox, Linux");
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(device(edge), "Edge, Windows");
        assert_eq!(device("curl/8.5.0"), "curl");
        assert_eq!(device(""), "");
    }
}
