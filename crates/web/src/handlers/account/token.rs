//! API tokens.

use axum::extract::State;
use domain::{Outcome, secret};
use httpkit::App;
use model::TokenId;
use query::row;

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::views::account::{SettingsTab, TokenRow, Tokens, settings_tabs, token_form};

/// `GET /settings/tokens`
pub async fn list(request: PageRequest) -> Page {
    let (f, rows) = rows(&request).await?;
    let form = token_form(&f);
    show(&page(f, &rows, form, None))
}

async fn rows(request: &PageRequest) -> Outcome<(Frame, Vec<row::ApiToken>)> {
    let me = request.me()?.id();
    request
        .page(Section::Me, move |db, _| query::account::tokens(db, me))
        .await
}

fn page(f: Frame, rows: &[row::ApiToken], form: Form, fresh: Option<String>) -> Tokens {
    Tokens {
        tabs: settings_tabs(&f, SettingsTab::Tokens),
        tokens: rows
            .iter()
            .map(|row| TokenRow {
                name: row.name.clone(),
                created: row.created_at.utc(),
                last_used: row.used_at.map(model::Time::utc),
                revoke_url: format!("/settings/tokens/{}/revoke", row.id),
            })
            .collect(),
        fresh,
        form,
        f,
    }
}

/// `POST /settings/tokens`: the response shows the token, only this once.
pub async fn make(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let token = secret::token();
    let (id, digest, name) = (
        me.id(),
        secret::digest(&token),
        posted.fields.trimmed("name"),
    );
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::make_token(tx, id, &digest, &name);
    let made = app.ops().write(verb).await;
    let (f, rows) = rows(&posted.request).await?;
    let form = token_form(&f);
    match made {
        Ok(_) => show(&page(f, &rows, form, Some(token))),
        Err(error) => {
            let form = posted.field_errors(error)?.show_on(&f, form);
            show_invalid(&page(f, &rows, form, None))
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
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::drop_token(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/tokens", "token-revoked")
}
