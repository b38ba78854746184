//! How people join a community, which its facilitators choose.

use axum::extract::State;
use domain::membership::invitation::set_invitations;
use domain::membership::question_field;
use domain::{Outcome, Tx};
use httpkit::App;
use model::OrganizationId;
use model::limits::JOIN_QUESTIONS_MAX;
use model::membership::{JoinPolicy, JoinQuestion};
use query::row::{CommunityWithActor, JoinSetting, Organization};
use query::{Db, Reader};

use super::place_link;
use crate::form::{Choice, Form};
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::membership::{JoinSettings, required_field, settings_form};

/// All organizations, and those whose people the community admits.
type OrganizationRows = (Vec<Organization>, Vec<Organization>);

type SettingsRows = (
    CommunityWithActor,
    Vec<JoinQuestion>,
    JoinSetting,
    OrganizationRows,
);

async fn rows(request: &PageRequest, text: &str) -> Outcome<(Frame, SettingsRows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let (place, questions) = query::membership::settings(db, reader, &handle, &host)?;
        let setting = query::invitation::setting(db, reader, &handle, &host)?;
        let eligible = query::organization::eligible(db, place.id())?;
        let organizations = (query::organization::all(db)?, eligible);
        Ok((place, questions, setting, organizations))
    };
    request.page(Section::Communities, read).await
}

fn url(place: &CommunityWithActor) -> String {
    format!("{}/joining", actor::url(&place.actor))
}

/// The form, with the organizations that can be chosen; those of `chosen` are.
fn empty_form(
    f: &Frame,
    place: &CommunityWithActor,
    policy: JoinPolicy,
    (all, chosen): &OrganizationRows,
) -> Form {
    let choice = |row: &Organization| Choice {
        chosen: chosen.iter().any(|one| one.id == row.id),
        ..Choice::new(row.id.to_string(), row.name.read(f.lang))
    };
    settings_form(f, &url(place), policy, all.iter().map(choice).collect())
}

fn page(f: Frame, place: &CommunityWithActor, form: Form) -> JoinSettings {
    JoinSettings {
        place: place_link(place, &f),
        requests_url: format!("{}/requests", actor::url(&place.actor)),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/joining`
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, (place, questions, setting, organizations)) = rows(&request, &text).await?;
    let mut form = empty_form(&f, &place, place.community.join_policy, &organizations);
    form.set("domains", &setting.domains.replace(' ', "\n"));
    if setting.members_invite {
        form.set("members_invite", "on");
    }
    for (number, question) in questions.iter().enumerate() {
        for lang in f.langs() {
            let text = question.text.in_lang(lang).unwrap_or_default();
            form.set(question_field(number, lang), text);
        }
        if question.required {
            form.set(&required_field(number), "on");
        }
    }
    show(&page(f, &place, form))
}

/// The questions that are filled in, with what they say in other languages than the form's.
fn typed(fields: &Fields, before: &[JoinQuestion]) -> Vec<JoinQuestion> {
    let question = |number: usize| {
        let start = before.get(number).map(|question| question.text.clone());
        let name = format!("question_{}", number + 1);
        JoinQuestion {
            text: fields.lang_text(&name, &start.unwrap_or_default()),
            required: fields.ticked(&required_field(number)),
        }
    };
    let all = (0..JOIN_QUESTIONS_MAX).map(question);
    all.filter(|question| !question.text.is_empty()).collect()
}

/// `POST /c/{handle}/joining`
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &text).await;
    let (f, (place, before, _, organizations)) = found.map_err(|error| posted.fail(error))?;
    let (id, by) = (place.id(), signed_in.me.id());
    let policy = posted.fields.choice("policy");
    let policy: JoinPolicy = policy.unwrap_or(place.community.join_policy);
    let questions = typed(&posted.fields, &before);
    let members_invite = posted.fields.ticked("members_invite");
    let domains = posted.fields.trimmed("domains");
    let admitted: Vec<OrganizationId> = posted.fields.all("organizations");
    let verb = move |tx: &mut Tx<'_>| {
        set_invitations(tx, by, id, members_invite, &domains)?;
        domain::organization::set_eligible(tx, by, id, &admitted)?;
        domain::membership::set_form(tx, by, id, policy, &questions)
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&url(&place), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, empty_form(&f, &place, policy, &organizations));
            errors.respond(&page(f, &place, form))
        }
    }
}
