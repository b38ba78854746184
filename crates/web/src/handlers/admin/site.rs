//! What the instance says of itself.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::App;
use model::Lang;

use super::page;
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::answer::{Page, done, refused, show};
use crate::handlers::ask::Ask;
use crate::handlers::sent::Signed;
use crate::handlers::setup;
use crate::views::admin::{AdminTab, Settings, settings_form};

/// `GET /admin/settings`
pub async fn form(ask: Ask) -> Page {
    let site = ask.site()?.clone();
    view(&ask, |f| {
        let mut form = settings_form(f);
        form.set("name_en", &site.name.en);
        form.set("name_fr", &site.name.fr);
        form.set("description_en", &site.description.en);
        form.set("description_fr", &site.description.fr);
        let languages: Vec<&str> = site
            .languages
            .iter()
            .map(|lang: &Lang| lang.as_str())
            .collect();
        form.set("languages", &languages.join(" "));
        form.set("registration", setup::word(site.registration));
        form
    })
    .await
    .map_err(Into::into)
    .and_then(|view| show(&view))
}

async fn view(ask: &Ask, form: impl FnOnce(&Frame) -> Form) -> Outcome<Settings> {
    let (f, counts, ()) = page(ask, |_| Ok(())).await?;
    Ok(Settings {
        tabs: counts.tabs(&f, AdminTab::Settings),
        form: form(&f),
        public_url: ask.site()?.url.clone(),
        f,
    })
}

/// `POST /admin/settings`
pub async fn change(State(app): State<App>, Signed { sent, me }: Signed) -> Page {
    let by = Principal::Person(me.id());
    let site = setup::site(&sent.fields, String::new());
    let verb = move |tx: &mut Tx<'_>| domain::site::change(tx, by, &site);
    match app.ops().write(verb).await {
        Ok(()) => {
            app.ops().refresh_site().await?;
            done("/admin/settings", "saved")
        }
        Err(error) => {
            let faults = sent.faults(error)?;
            let view = view(&sent.ask, |f| faults.mark(f, settings_form(f))).await;
            refused(&view.map_err(|error| sent.fail(error))?)
        }
    }
}
