//! What somebody is told by mail, and how often.

use axum::extract::State;
use domain::notice::mail::NewChoices;
use domain::notice::push::NewPushChoices;
use domain::vapid::VapidKey;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::mail::MailFailureKind;
use model::notice_mail::{MailHours, MailState, MailTopic, Rhythm};
use model::notice_push::{PushFailureKind, PushState};
use model::{ActorId, Why};
use query::notice_mail::MailChoices;
use query::notice_push::PushSettings;
use query::row::{NoticeMail, NoticePush};
use query::{Db, Reader};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_naming, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::account::notices::{
    ChoicesShown, MailRow, NoticeSettings, PushPanel, community_field, notices_form, push_topics,
    topics,
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

/// What the page shows.
struct Chosen {
    mail: MailChoices,
    push: PushSettings,
    key: Option<VapidKey>,
}

async fn read(request: &PageRequest) -> Outcome<(Frame, Chosen)> {
    let (me, session) = (request.me()?.id(), request.me()?.session);
    let read = move |db: &mut Db, reader: Reader| {
        Ok(Chosen {
            mail: query::notice_mail::chosen(db, me, reader.now, MAILS)?,
            push: query::notice_push::chosen(db, me, session, MAILS)?,
            key: query::notice_push::key(db)?,
        })
    };
    request.page(Section::Me, read).await
}

fn form_of(f: &Frame, request: &PageRequest, chosen: &Chosen) -> Outcome<Form> {
    let (push, has_push) = (&chosen.push.choices, chosen.key.is_some());
    let chosen = &chosen.mail;
    let hours = chosen.setting.as_ref().map(query::row::MailSetting::hours);
    let shown = ChoicesShown {
        is_admin: request.me()?.is_admin(),
        choices: &chosen.choices,
        hours: hours.unwrap_or_default(),
        communities: &chosen.communities,
        push: has_push.then_some(push),
    };
    Ok(notices_form(f, &shown))
}

fn page(
    app: &App,
    request: &PageRequest,
    f: Frame,
    form: Form,
    chosen: &Chosen,
) -> Outcome<NoticeSettings> {
    let communities = chosen.mail.communities.iter();
    Ok(NoticeSettings {
        tabs: settings_tabs(&f, SettingsTab::Notices),
        sends_mail: app.mailer().is_configured(),
        has_address: !request.me()?.account.address.is_empty(),
        communities: communities.map(|one| community_field(one.id)).collect(),
        push: push_panel(chosen)?,
        mails: rows(&f, chosen),
        f: f.sending(&form),
        form,
    })
}

fn push_panel(chosen: &Chosen) -> Outcome<PushPanel> {
    let key = chosen.key.as_ref().map(VapidKey::public).transpose();
    let browsers = i64::try_from(chosen.push.browsers).unwrap_or(0);
    let others = browsers - i64::from(chosen.push.is_on);
    Ok(PushPanel {
        key: key.map_err(|error| Error::fault(error.to_string()))?,
        is_on: chosen.push.is_on,
        browsers: (others > 0).then_some(browsers),
    })
}

/// The newest mails and push messages, the newest first.
fn rows(f: &Frame, chosen: &Chosen) -> Vec<MailRow> {
    let mails = chosen.mail.mails.iter().map(|mail| row(f, mail));
    let pushes = chosen.push.newest.iter().map(|push| push_row(f, push));
    let mut rows: Vec<MailRow> = mails.chain(pushes).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    rows.truncate(usize::try_from(MAILS).unwrap_or(0));
    rows
}

fn push_row(f: &Frame, push: &NoticePush) -> MailRow {
    let why: Option<PushFailureKind> = push.failure.parse().ok();
    MailRow {
        what: f.text(push.topic.label()),
        way: f.text("way-push"),
        state: f.text(push.state.label()),
        failed: match push.state {
            PushState::Refused | PushState::Ended | PushState::GivenUp => true,
            PushState::Queued | PushState::Sending | PushState::Sent => false,
        },
        why: why.map(|kind| f.text(kind.label())),
        at: push.changed_at.utc(),
    }
}

fn row(f: &Frame, mail: &NoticeMail) -> MailRow {
    let topic: Option<MailTopic> = mail.topic.parse().ok();
    let why: Option<MailFailureKind> = mail.failure.parse().ok();
    let key = why.map(|kind| format!("mail-failure-{kind}"));
    MailRow {
        what: f.text(topic.map_or("mail-topic-digest", MailTopic::label)),
        way: f.text("way-mail"),
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
        let communities = chosen.mail.communities.iter();
        let ids: Vec<ActorId> = communities.map(|one| one.id).collect();
        let new = read_choices(&posted.fields, me.is_admin(), &ids)?;
        let push = read_push_choices(&posted.fields, me.is_admin(), &ids);
        let id = me.id();
        let verb = move |tx: &mut Tx<'_>| {
            domain::notice::mail::choose(tx, id, &new)?;
            match &push {
                Some(push) => domain::notice::push::choose(tx, id, push),
                None => Ok(()),
            }
        };
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
        ("", "") => None,
        ("", _) => return Err(Error::invalid("quiet_from", Why::Unknown)),
        (_, "") => return Err(Error::invalid("quiet_to", Why::Unknown)),
        (from, to) if from == to => return Err(Error::invalid("quiet_to", Why::Mismatch)),
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

/// What somebody chooses to be told by push; `None` where the form did not ask.
fn read_push_choices(
    fields: &Fields,
    is_admin: bool,
    communities: &[ActorId],
) -> Option<NewPushChoices> {
    if fields.get("push").is_empty() {
        return None;
    }
    let (wanted, places) = (
        fields.all::<MailTopic>("push_topics"),
        fields.all::<ActorId>("push_communities"),
    );
    let wanted_communities = communities.iter().filter(|id| places.contains(id));
    Some(NewPushChoices {
        topics: push_topics(is_admin)
            .map(|topic| (topic, wanted.contains(&topic)))
            .collect(),
        communities: wanted_communities.map(|id| (*id, true)).collect(),
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
