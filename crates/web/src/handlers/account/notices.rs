//! What somebody is told by mail, and how often.

use axum::extract::State;
use domain::notice::mail::NewChoices;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::mail::MailFailureKind;
use model::notice_mail::{MailHours, MailState, MailTopic, Rhythm};
use model::{ActorId, Why};
use query::notice_mail::MailChoices;
use query::row::NoticeMail;
use query::{Db, Reader};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_naming, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::account::notices::{
    ChoicesShown, MailRow, NoticeSettings, community_field, notices_form, topics,
};
use crate::views::account::{SettingsTab, settings_tabs};

/// Mails that the page shows.
const MAILS: i64 = 10;

/// `GET /settings/notices`
pub async fn form(State(app): State<App>, request: PageRequest) -> Page {
    let (f, chosen) = read(&request).await?;
    let form = form_of(&f, &request, &chosen)?;
    show(&page(&app, &request, f, form, &chosen)?)
}

async fn read(request: &PageRequest) -> Outcome<(Frame, MailChoices)> {
    let me = request.me()?.id();
    let read =
        move |db: &mut Db, reader: Reader| query::notice_mail::chosen(db, me, reader.now, MAILS);
    request.page(Section::Me, read).await
}

fn form_of(f: &Frame, request: &PageRequest, chosen: &MailChoices) -> Outcome<Form> {
    let hours = chosen.setting.as_ref().map(query::row::MailSetting::hours);
    let shown = ChoicesShown {
        is_admin: request.me()?.is_admin(),
        choices: &chosen.choices,
        hours: hours.unwrap_or_default(),
        communities: &chosen.communities,
    };
    Ok(notices_form(f, &shown))
}

fn page(
    app: &App,
    request: &PageRequest,
    f: Frame,
    form: Form,
    chosen: &MailChoices,
) -> Outcome<NoticeSettings> {
    let communities = chosen.communities.iter();
    Ok(NoticeSettings {
        tabs: settings_tabs(&f, SettingsTab::Notices),
        sends_mail: app.mailer().is_configured(),
        has_address: !request.me()?.account.address.is_empty(),
        communities: communities.map(|one| community_field(one.id)).collect(),
        mails: chosen.mails.iter().map(|mail| row(&f, mail)).collect(),
        f: f.sending(&form),
        form,
    })
}

fn row(f: &Frame, mail: &NoticeMail) -> MailRow {
    let topic: Option<MailTopic> = mail.topic.parse().ok();
    let why: Option<MailFailureKind> = mail.failure.parse().ok();
    let key = why.map(|kind| format!("mail-failure-{kind}"));
    MailRow {
        what: f.text(topic.map_or("mail-topic-digest", MailTopic::label)),
        state: f.text(mail.state.label()),
        failed: matches!(mail.state, MailState::Refused | MailState::GivenUp),
        why: key.map(|key| f.text(&key)),
        at: mail.changed_at.utc(),
    }
}

/// `POST /settings/notices`
pub async fn change(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let write = async {
        let (_, chosen) = read(&posted.request).await?;
        let ids: Vec<ActorId> = chosen.communities.iter().map(|one| one.id).collect();
        let new = read_choices(&posted.fields, me.is_admin(), &ids)?;
        let id = me.id();
        let verb = move |tx: &mut Tx<'_>| domain::notice::mail::choose(tx, id, &new);
        app.ops().write(verb).await
    };
    match posted.attempt(write).await {
        Ok(()) => redirect_with_flash("/settings/notices", "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, chosen) = read(&posted.request).await?;
            let form = form_of(&f, &posted.request, &chosen)?;
            let form = errors.show_on(&f, form);
            errors.respond(&page(&app, &posted.request, f, form, &chosen)?)
        }
    }
}

/// # Errors
/// `Invalid(…: NotAChoice)` of the first field that names none.
fn read_choices(fields: &Fields, is_admin: bool, communities: &[ActorId]) -> Outcome<NewChoices> {
    let not = |field: &'static str| Error::invalid(field, Why::NotAChoice);
    let mut chosen = Vec::new();
    for topic in topics(is_admin) {
        let rhythm = fields.choice::<Rhythm>(topic.as_str());
        chosen.push((topic, rhythm.ok_or_else(|| not(topic.as_str()))?));
    }
    let own = communities.iter().map(|id| {
        let field = community_field(*id);
        Ok((
            *id,
            match fields.get(&field) {
                "" => None,
                word => Some(word.parse().ok().ok_or_else(|| not("community"))?),
            },
        ))
    });
    let own: Outcome<Vec<(ActorId, Option<Rhythm>)>> = own.collect();
    let hour = |field: &'static str| fields.choice::<u32>(field).ok_or_else(|| not(field));
    let quiet = match (fields.get("quiet_from"), fields.get("quiet_to")) {
        ("", _) | (_, "") => None,
        _ => Some((hour("quiet_from")?, hour("quiet_to")?)),
    };
    Ok(NewChoices {
        topics: chosen,
        communities: own?,
        hours: MailHours {
            hour: hour("hour")?,
            weekday: hour("weekday")?,
            quiet,
        },
    })
}

/// `POST /settings/mail/retry`: has mail sent again to the address that the mail server refused.
pub async fn retry_address(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::account::retry_address(tx, me);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back("/settings/mail"), "saved")
}

/// `POST /c/{handle}/mail`: how often somebody who follows a community is told of new discussions in it.
pub async fn choose_for_community(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let place = crate::handlers::community::find(&posted.request, &text).await?;
    let rhythm = posted.fields.choice::<Rhythm>("rhythm");
    let rhythm = rhythm.ok_or(Error::invalid("rhythm", Why::NotAChoice))?;
    let (me, id) = (signed_in.me.id(), place.id());
    let verb =
        move |tx: &mut Tx<'_>| domain::notice::mail::choose_for_community(tx, me, id, rhythm);
    app.ops().write(verb).await?;
    let (name, _) = community::name(&place, posted.request.lang);
    redirect_naming(&actor::url(&place.actor), "mail-chosen", &name)
}
