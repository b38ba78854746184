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
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::views::admin::AdminTab;
use crate::views::info::{EditPage, page_form, page_url};

fn which(text: &str) -> Outcome<InfoPage> {
    text.parse().ok().ok_or(Error::not_found("page"))
}

/// `GET /admin/pages/{page}`: the text, or the default one to begin from.
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let which = which(&text)?;
    let defaults = defaults(&request, which)?;
    let view = view(&request, which, |f, text| {
        let mut form = page_form(f, which);
        let shown = if text.is_empty() { &defaults } else { text };
        form.set_lang_text("text", shown);
        form
    });
    show(&view.await?)
}

/// The default text in each language, with the site's name in that language.
fn defaults(request: &PageRequest, which: InfoPage) -> Outcome<LangText> {
    let (site, host) = (request.site()?, request.our_host());
    Ok(Lang::ALL.iter().fold(LangText::default(), |text, lang| {
        text.with(
            *lang,
            &words::page(*lang, which, site.name.read(*lang), &host),
        )
    }))
}

/// What was typed, without the languages in which it is still the default.
fn changed(typed: &LangText, defaults: &LangText) -> LangText {
    let plain = |text: &LangText, lang: Lang| {
        let text = text.in_lang(lang).unwrap_or_default();
        text.replace("\r\n", "\n").trim().to_owned()
    };
    let is_new = |lang: &&Lang| plain(typed, **lang) != plain(defaults, **lang);
    let new = Lang::ALL.iter().filter(is_new);
    new.fold(LangText::default(), |text, lang| {
        text.with(*lang, typed.in_lang(*lang).unwrap_or_default())
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
/// software; each language by itself.
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let which = which(&text)?;
    let by = Principal::Person(me.id());
    let typed = posted.fields.lang_text("text", &LangText::default());
    let text = changed(&typed, &defaults(&posted.request, which)?);
    let verb = move |tx: &mut Tx<'_>| domain::site::set_page(tx, by, which, &text);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&page_url(which), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let view = view(&posted.request, which, |f, _| {
                errors.show_on(f, page_form(f, which))
            });
            errors.respond(&view.await.map_err(|error| posted.fail(error))?)
        }
    }
}
