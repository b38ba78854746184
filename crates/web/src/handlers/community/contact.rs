//! Whom visitors of a community can write to.

use axum::extract::State;
use domain::community::contact;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::community::contact::{CONTACTS_MAX, Contact, ContactLetter};
use model::mail::{BadAddress, MailAddress};
use model::refusal::Checks;
use model::{ActorId, Lang, LangText, Why};
use query::row::{CommunityContact, CommunityWithActor};
use query::{Db, Reader};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::community::contact::{
    ContactLine, ContactPage, ContactsPage, contact_form, contacts_form,
};

type Rows = (CommunityWithActor, Vec<CommunityContact>);

/// Reads a community of ours and its contacts; `manages` demands that the reader facilitates it.
async fn rows(request: &PageRequest, text: &str, manages: bool) -> Outcome<(Frame, Rows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        if place.actor.peer_id.is_some() {
            return Err(Error::not_found("page"));
        }
        if manages {
            query::community::require_manage(db, reader, place.id())?;
        }
        let contacts = query::community::contacts(db, &place)?;
        Ok((place, contacts))
    };
    request.page(Section::Communities, read).await
}

/// The contacts of a community as its pages show them, without their addresses.
pub(super) fn lines(rows: &[CommunityContact], lang: Lang) -> Vec<ContactLine> {
    let line = |row: &CommunityContact| {
        let (tag, about) = row.about.shown(lang).unwrap_or_default();
        ContactLine {
            number: row.number,
            name: row.name.clone(),
            about: about.to_owned(),
            lang: tag.to_owned(),
        }
    };
    rows.iter().map(line).collect()
}

fn url(place: &CommunityWithActor, page: &str) -> String {
    format!("{}/{page}", actor::url(&place.actor))
}

fn letter_form(f: &Frame, (place, contacts): &Rows) -> Form {
    contact_form(f, &url(place, "contact"), &lines(contacts, f.lang))
}

fn letter_page(f: Frame, (place, contacts): &Rows, form: Form, sends_mail: bool) -> ContactPage {
    let form = (sends_mail && !contacts.is_empty()).then_some(form);
    ContactPage {
        place: community::place(place, f.lang),
        contacts: lines(contacts, f.lang),
        sends_mail,
        f: match &form {
            Some(form) => f.sending(form),
            None => f,
        },
        form,
    }
}

/// `GET /c/{handle}/contact`
pub async fn form(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    request: PageRequest,
) -> Page {
    let (f, rows) = rows(&request, &text, false).await?;
    let mut form = letter_form(&f, &rows);
    if let Ok(me) = request.me() {
        form.set("name", &me.actor.name);
        form.set("address", &me.account.address);
    }
    show(&letter_page(f, &rows, form, app.mailer().is_configured()))
}

/// Reads an address; what is wrong with it is noted under a field.
fn read_address(typed: &str, field: &'static str, checks: &mut Checks) -> Option<MailAddress> {
    match typed.trim().parse() {
        Ok(address) => Some(address),
        Err(bad) => {
            let bad: BadAddress = bad;
            checks.that(false, field, bad.into());
            None
        }
    }
}

async fn send(app: &App, posted: &FormPost, id: ActorId) -> Outcome<()> {
    if !app.mailer().is_configured() {
        return Err(Error::not_found("page"));
    }
    let fields = &posted.fields;
    let mut checks = Checks::default();
    let address = read_address(fields.get("address"), "address", &mut checks);
    let Some(address) = address else {
        checks.done()?;
        return Err(Error::invalid("address", Why::Required));
    };
    let letter = ContactLetter {
        name: fields.trimmed("name"),
        address,
        text: fields.trimmed("text"),
    };
    let number: i32 = fields.choice("to").unwrap_or_default();
    app.limits()
        .count_ip(RateLimit::Contact, posted.request.ip)?;
    let verb = move |tx: &mut Tx<'_>| contact::write(tx, id, number, &letter);
    app.ops().write(verb).await.map(drop)
}

/// `POST /c/{handle}/contact`
pub async fn write(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    posted: FormPost,
) -> Page {
    let found = rows(&posted.request, &text, false).await;
    let (f, rows) = found.map_err(|error| posted.fail(error))?;
    match posted.attempt(send(&app, &posted, rows.0.id())).await {
        Ok(()) => redirect_with_flash(&actor::url(&rows.0.actor), "contact-sent"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, letter_form(&f, &rows));
            errors.respond(&letter_page(f, &rows, form, app.mailer().is_configured()))
        }
    }
}

fn list_page(f: Frame, place: &CommunityWithActor, form: Form) -> ContactsPage {
    ContactsPage {
        place: community::place(place, f.lang),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/contacts`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, (place, contacts)) = rows(&request, &text, true).await?;
    let mut form = contacts_form(&f, &url(&place, "contacts"));
    for contact in &contacts {
        let name = |field: &str| format!("contact_{}_{field}", contact.number);
        form.set(&name("name"), &contact.name);
        form.set(&name("address"), &contact.address);
        form.choose(&name("lang"), contact.lang.as_str());
        form.set_lang_text(&name("about"), &contact.about);
    }
    show(&list_page(f, &place, form))
}

/// The contacts that are filled in: those with a name or an address. What is wrong is noted under its field.
fn typed(fields: &Fields, before: &[CommunityContact]) -> Outcome<Vec<Contact>> {
    let mut checks = Checks::default();
    let mut contacts = Vec::new();
    for number in 1..=CONTACTS_MAX {
        let value = |field: &str| fields.trimmed(&format!("contact_{number}_{field}"));
        let (name, address) = (value("name"), value("address"));
        if name.is_empty() && address.is_empty() {
            continue;
        }
        let known = before
            .iter()
            .find(|row| usize::try_from(row.number) == Ok(number));
        let about = known.map_or_else(LangText::default, |row| row.about.clone());
        let fields_of = FIELDS
            .get(number - 1)
            .copied()
            .unwrap_or(("contacts", "contacts"));
        checks.that(!name.is_empty(), fields_of.0, Why::Required);
        if let Some(address) = read_address(&address, fields_of.1, &mut checks) {
            contacts.push(Contact {
                name,
                about: fields.lang_text(&format!("contact_{number}_about"), &about),
                address,
                lang: Lang::from_tag(&value("lang")).unwrap_or(Lang::En),
            });
        }
    }
    checks.done()?;
    Ok(contacts)
}

/// The fields of each contact that can be wrong: name and address.
const FIELDS: [(&str, &str); CONTACTS_MAX] = [
    ("contact_1_name", "contact_1_address"),
    ("contact_2_name", "contact_2_address"),
    ("contact_3_name", "contact_3_address"),
    ("contact_4_name", "contact_4_address"),
];

/// `POST /c/{handle}/contacts`
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let found = rows(&posted.request, &text, true).await;
    let (f, (place, before)) = found.map_err(|error| posted.fail(error))?;
    let (by, id) = (me.id(), place.id());
    let write = async {
        let contacts = typed(&posted.fields, &before)?;
        let verb = move |tx: &mut Tx<'_>| contact::set(tx, by, id, &contacts);
        app.ops().write(verb).await
    };
    match posted.attempt(write).await {
        Ok(()) => redirect_with_flash(&url(&place, "about"), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, contacts_form(&f, &url(&place, "contacts")));
            errors.respond(&list_page(f, &place, form))
        }
    }
}
