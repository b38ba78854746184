//! The settings of the instance.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::App;
use model::{InfoPage, Lang};

use super::page;
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::setup;
use crate::views::admin::{AdminTab, Settings, settings_form};
use crate::views::parts::Tab;

/// `GET /admin/settings`
pub async fn form(request: PageRequest) -> Page {
    let site = request.site()?.clone();
    view(&request, |f| {
        let mut form = settings_form(f);
        for (name, text) in [("name", &site.name), ("description", &site.description)] {
            form.set_lang_text(name, text);
        }
        let languages: Vec<&str> = site
            .languages
            .iter()
            .map(|lang: &Lang| lang.as_str())
            .collect();
        form.set("languages", &languages.join(" "));
        form.set("registration", setup::word(site.registration));
        if site.admins_need_second_factor {
            form.set("second_factor", "on");
        }
        form.choose(
            "zone",
            if site.zone.is_empty() {
                "UTC"
            } else {
                &site.zone
            },
        );
        form
    })
    .await
    .map_err(Into::into)
    .and_then(|view| show(&view))
}

async fn view(request: &PageRequest, form: impl FnOnce(&Frame) -> Form) -> Outcome<Settings> {
    let (f, counts, ()) = page(request, |_, _| Ok(())).await?;
    let form = form(&f);
    Ok(Settings {
        tabs: counts.tabs(&f, AdminTab::Settings),
        public_url: request.site()?.url.clone(),
        pages: InfoPage::ALL
            .iter()
            .map(|page| {
                let label = f.text(&format!("page-{page}"));
                Tab::new(label, format!("/admin/pages/{page}"), false)
            })
            .collect(),
        f: f.sending(&form),
        form,
    })
}

/// `POST /admin/settings`
pub async fn change(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let by = Principal::Person(me.id());
    let site = setup::site(&posted.fields, Some(posted.request.site()?));
    let verb = move |tx: &mut Tx<'_>| domain::site::change(tx, by, &site);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => {
            app.ops().refresh_site().await?;
            redirect_with_flash("/admin/settings", "saved")
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let view = view(&posted.request, |f| errors.show_on(f, settings_form(f))).await;
            errors.respond(&view.map_err(|error| posted.fail(error))?)
        }
    }
}
