//! Tokens for programs that act as me.

use axum::extract::State;
use domain::{Error, Outcome, secret};
use httpkit::App;
use model::TokenId;
use store::row;

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::answer::{Page, done, refused, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::sent::Signed;
use crate::views::account::{SettingsTab, TokenRow, Tokens, settings_tabs, token_form};

/// `GET /settings/tokens`
pub async fn list(ask: Ask) -> Page {
    let (f, rows) = rows(&ask).await?;
    let form = token_form(&f);
    show(&page(f, &rows, form, None))
}

async fn rows(ask: &Ask) -> Outcome<(Frame, Vec<row::ApiToken>)> {
    let me = ask.me()?.id();
    let rows = move |db: &mut store::Db| store::account::tokens(db, me).map_err(Error::from);
    ask.page(Section::Me, rows).await
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

/// `POST /settings/tokens`: the answer shows the token, this once.
pub async fn make(State(app): State<App>, Signed { sent, me }: Signed) -> Page {
    let token = secret::token();
    let (id, digest, name) = (me.id(), secret::digest(&token), sent.fields.trimmed("name"));
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::make_token(tx, id, &digest, &name);
    let made = app.ops().write(verb).await;
    let (f, rows) = rows(&sent.ask).await?;
    let form = token_form(&f);
    match made {
        Ok(_) => show(&page(f, &rows, form, Some(token))),
        Err(error) => {
            let form = sent.faults(error)?.mark(&f, form);
            refused(&page(f, &rows, form, None))
        }
    }
}

/// `POST /settings/tokens/{id}/revoke`
pub async fn revoke(State(app): State<App>, At(id): At<TokenId>, signed: Signed) -> Page {
    let me = signed.me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::drop_token(tx, me, id);
    app.ops().write(verb).await?;
    done("/settings/tokens", "token-revoked")
}
