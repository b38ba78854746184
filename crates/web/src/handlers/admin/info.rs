//! Writing the pages on which the organization says what holds on its site.

use axum::extract::State;
use domain::account::Principal;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::{InfoPage, Lang, LangText};

use super::page;
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::views::admin::AdminTab;
use crate::views::info::{EditPage, page_form, page_url};

fn which(text: &str) -> Outcome<InfoPage> {
    text.parse().ok().ok_or(Error::not_found("page"))
}

/// `GET /admin/pages/{page}`: the text, or the default one to begin from.
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let which = which(&text)?;
    let view = view(&request, which, |f, text| {
        let mut form = page_form(f, which);
        form.set_lang_text("text", &shown(f, which, text));
        form
    });
    show(&view.await?)
}

/// The text to be edited: the written one, or the default in both languages.
fn shown(f: &Frame, which: InfoPage, written: &LangText) -> LangText {
    if !written.is_empty() {
        return written.clone();
    }
    Lang::ALL.iter().fold(LangText::default(), |text, lang| {
        let default = words::page(*lang, which, &f.site.name, &f.site.host);
        text.with(*lang, &default)
    })
}

async fn view(
    request: &PageRequest,
    which: InfoPage,
    form: impl FnOnce(&Frame, &LangText) -> Form,
) -> Outcome<EditPage> {
    let read = move |db: &mut query::Db, _| query::site::page(db, which);
    let (f, counts, text) = page(request, read).await?;
    let form = form(&f, &text);
    Ok(EditPage {
        tabs: counts.tabs(&f, AdminTab::Settings),
        title: f.text(&format!("page-{which}")),
        page_url: page_url(which),
        f: f.sending(&form),
        form,
    })
}

/// `POST /admin/pages/{page}`: a text that is still the default is not kept, so that it changes with the
/// software.
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let which = which(&text)?;
    let by = Principal::Person(me.id());
    let f = posted.request.bare();
    let typed = posted.fields.lang_text("text", &LangText::default());
    let same = |lang: &Lang| {
        let default = words::page(*lang, which, &f.site.name, &f.site.host);
        let typed = typed
            .in_lang(*lang)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        typed.trim() == default.trim()
    };
    let text = match Lang::ALL.iter().all(same) {
        true => LangText::default(),
        false => typed.clone(),
    };
    let verb = move |tx: &mut Tx<'_>| domain::site::set_page(tx, by, which, &text);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&page_url(which), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let view = view(&posted.request, which, |f, _| {
                errors.mark(f, page_form(f, which))
            });
            show_invalid(&view.await.map_err(|error| posted.fail(error))?)
        }
    }
}
