//! What may act for the reader: applications, and tokens of their own.

use axum::extract::State;
use domain::oauth::OwnToken;
use domain::{Outcome, secret};
use httpkit::App;
use model::oauth::{Scope, Scopes};
use model::{OauthAppId, Time, TokenId};
use query::oauth::Access;

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::views::account::{AppRow, SettingsTab, TokenRow, Tokens, settings_tabs, token_form};

/// `GET /settings/tokens`
pub async fn list(request: PageRequest) -> Page {
    let (f, access) = rows(&request).await?;
    let form = token_form(&f);
    show(&page(f, access, form, None))
}

async fn rows(request: &PageRequest) -> Outcome<(Frame, Access)> {
    let me = request.me()?.id();
    let read =
        move |db: &mut query::Db, reader: query::Reader| query::oauth::access(db, me, reader.now);
    request.page(Section::Me, read).await
}

fn page(f: Frame, access: Access, form: Form, fresh: Option<String>) -> Tokens {
    let labels = |scopes: &Scopes| scopes.widest().map(Scope::label).collect();
    let apps = access.apps.into_iter().map(|access| AppRow {
        name: access.app.name,
        scopes: labels(&access.scopes),
        since: access.since.utc(),
        last_used: access.used_at.map(Time::utc),
        end_url: format!("/settings/apps/{}/end", access.app.id),
    });
    let tokens = access.own.into_iter().map(|own| TokenRow {
        name: own.name,
        scopes: labels(&Scopes::stored(&own.token.scopes)),
        created: own.token.created_at.utc(),
        last_used: own.token.used_at.map(Time::utc),
        until: own.token.expires_at.map(Time::utc),
        revoke_url: format!("/settings/tokens/{}/revoke", own.token.id),
    });
    Tokens {
        tabs: settings_tabs(&f, SettingsTab::Tokens),
        apps: apps.collect(),
        tokens: tokens.collect(),
        f: match &fresh {
            Some(_) => f.sending(&form).showing_once(),
            None => f.sending(&form),
        },
        fresh,
        form,
    }
}

/// What a choice of the form lets a program do.
fn scopes(access: &str) -> Scopes {
    match access {
        "read" => Scopes::stored("read profile"),
        "all" => Scopes::all(),
        _ => Scopes::stored("read write follow push profile hedgerow:communities"),
    }
}

/// `POST /settings/tokens`: the response shows the token, only this once.
pub async fn make(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let token = secret::token();
    let days: Option<i64> = posted.fields.choice("days");
    let days = days.filter(|days| (1..=365).contains(days));
    let new = OwnToken {
        token_hash: secret::digest(&token),
        name: posted.fields.trimmed("name"),
        scopes: scopes(posted.fields.get("access")),
        expires_at: days.map(|days| app.ops().now().plus_seconds(days * 86_400)),
    };
    let id = me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::oauth::make_own_token(tx, id, &new);
    let made = posted.attempt(app.ops().write(verb)).await;
    let (f, access) = rows(&posted.request).await?;
    let form = token_form(&f);
    match made {
        Ok(_) => show(&page(f, access, form, Some(token))),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, form);
            errors.respond(&page(f, access, form, None))
        }
    }
}

/// `POST /settings/tokens/{id}/revoke`
pub async fn revoke(
    State(app): State<App>,
    PathParam(id): PathParam<TokenId>,
    signed_in: SignedInForm,
) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::oauth::end_token(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/tokens", "token-revoked")
}

/// `POST /settings/apps/{id}/end`
pub async fn end_app(
    State(app): State<App>,
    PathParam(id): PathParam<OauthAppId>,
    signed_in: SignedInForm,
) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::oauth::end_app_access(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/tokens", "app-ended")
}
