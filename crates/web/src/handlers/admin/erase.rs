//! Erasing a post for good, with a reason.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::App;

use super::page;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::views::admin::{AdminTab, Erase, erase_form};

async fn view(request: &PageRequest) -> Outcome<Erase> {
    let (f, counts, ()) = page(request, |_, _| Ok(())).await?;
    let f: Frame = f;
    Ok(Erase {
        tabs: counts.tabs(&f, AdminTab::Overview),
        form: erase_form(&f),
        f,
    })
}

/// `GET /admin/erase`
pub async fn form(request: PageRequest) -> Page {
    show(&view(&request).await?)
}

/// `POST /admin/erase`
pub async fn erase(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let by = Principal::Person(me.id());
    let (address, reason) = (
        posted.fields.trimmed("address"),
        posted.fields.trimmed("reason"),
    );
    let verb = move |tx: &mut Tx<'_>| domain::post::erase(tx, by, &address, &reason);
    match app.ops().write(verb).await {
        Ok(()) => redirect_with_flash("/admin", "erased"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let mut view = view(&posted.request).await?;
            view.form = errors.show_on(&view.f, view.form);
            show_invalid(&view)
        }
    }
}
