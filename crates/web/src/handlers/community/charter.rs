//! Starting a community and editing its description.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::App;
use model::community::Charter;
use model::refusal::Rule;
use model::{ActorId, Bilingual, Handle, Lang, MemberRole};
use store::community::Place;

use super::find;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_up;
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::handlers::show::{actor, community};
use crate::views::account::moving_url;
use crate::views::community::{Edit, community_form};

const FOUND: &str = "/communities/new";
const TEXTS: [&str; 5] = ["name", "purpose", "domain", "community", "practice"];

/// `GET /communities/new`
pub async fn found_form(request: PageRequest) -> Page {
    request.me()?;
    let f = request.framed(Section::Communities).await?;
    let mut form = community_form(&f, FOUND, true);
    form.set("languages", f.lang.as_str());
    show(&Edit {
        form,
        editing: None,
        moving_url: None,
        f,
    })
}

/// `POST /communities/new`
pub async fn found(State(app): State<App>, signed_in: SignedInForm) -> Page {
    match create(&app, signed_in.me.id(), &signed_in.posted.fields).await {
        Ok(handle) => redirect_with_flash(&format!("/c/{handle}"), "founded"),
        Err(error) => {
            let errors = signed_in.posted.field_errors(error)?;
            let f = signed_in
                .posted
                .request
                .framed(Section::Communities)
                .await?;
            let form = errors.mark(&f, community_form(&f, FOUND, true));
            show_invalid(&Edit {
                form,
                editing: None,
                moving_url: None,
                f,
            })
        }
    }
}

async fn create(app: &App, by: ActorId, typed: &Fields) -> Outcome<Handle> {
    let text = typed.get("handle");
    let handle =
        Handle::parse(text).map_err(|bad| Error::invalid("handle", sign_up::why(bad, text)))?;
    let (charter, key) = (charter(typed), app.new_key().await?);
    let made = handle.clone();
    let verb =
        move |tx: &mut domain::Tx<'_>| domain::community::found(tx, by, &handle, &charter, &key);
    app.ops().write(verb).await?;
    Ok(made)
}

/// Reads the description of a community from a form.
fn charter(typed: &Fields) -> Charter {
    let [name, purpose, domain, community, practice] = TEXTS.map(|text| {
        let of = |lang: Lang| typed.trimmed(&format!("{text}_{lang}"));
        Bilingual::new(&of(Lang::En), &of(Lang::Fr))
    });
    Charter {
        name,
        purpose,
        domain,
        community,
        practice,
        languages: typed.languages(),
    }
}

/// `GET /c/{handle}/edit`
pub async fn edit_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let me = request.me()?.id();
    let place = find(&request, &text).await?;
    let id = place.1.id;
    let role = move |db: &mut store::Db| store::community::role(db, id, me).map_err(Error::from);
    let (f, role) = request.page(Section::Communities, role).await?;
    if role != Some(MemberRole::Facilitator) {
        return Err(Error::not_allowed(Rule::Facilitator).into());
    }
    let form = filled(&f, &place);
    show(&page(f, form, &place))
}

fn filled(f: &Frame, place: &Place) -> Form {
    let mut form = form(f, place);
    let said = domain::community::charter(&place.0, &place.1);
    let texts = [
        said.name,
        said.purpose,
        said.domain,
        said.community,
        said.practice,
    ];
    for (name, text) in TEXTS.iter().zip(&texts) {
        form.set(&format!("{name}_en"), &text.en);
        form.set(&format!("{name}_fr"), &text.fr);
    }
    form.set("languages", &said.languages.join(" "));
    form
}

fn form(f: &Frame, place: &Place) -> Form {
    community_form(f, &format!("{}/edit", actor::url(&place.1)), false)
}

fn page(f: Frame, form: Form, place: &Place) -> Edit {
    let (name, _) = community::name(place, f.lang);
    Edit {
        form,
        editing: Some((name, actor::url(&place.1))),
        moving_url: Some(moving_url(&place.1.handle)),
        f,
    }
}

/// `POST /c/{handle}/edit`
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let place = find(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    let (id, by, charter) = (place.1.id, signed_in.me.id(), charter(&posted.fields));
    let verb = move |tx: &mut domain::Tx<'_>| domain::community::describe(tx, by, id, &charter);
    match app.ops().write(verb).await {
        Ok(()) => redirect_with_flash(&actor::url(&place.1), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let f = posted.request.framed(Section::Communities).await?;
            let form = errors.mark(&f, form(&f, &place));
            show_invalid(&page(f, form, &place))
        }
    }
}
