//! Moving: by which other addresses I am known, or a community I facilitate, and leaving for
//! another one. People and communities share one space of handles, so one page serves both.

use axum::extract::State;
use domain::actor::moving;
use domain::{Error, Outcome, Tx};
use httpkit::limits::Act;
use httpkit::{App, Found, Me};
use model::refusal::Rule;
use model::{ActorId, MemberRole, Refusal, Why};
use store::Db;
use store::row::Actor;

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::answer::{Page, done, refused, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::sent::{Sent, Signed};
use crate::handlers::show::{actor, community};
use crate::views::account::{
    Moving, OtherAddress, SettingsTab, moving_form, moving_url, settings_tabs,
};

/// Whoever moves, or may.
struct Rows {
    who: Actor,
    community: Option<store::row::Community>,
    others: Vec<Actor>,
    moved: Option<Actor>,
}

fn read(db: &mut Db, handle: &str) -> Outcome<Rows> {
    let who = store::actor::by_address(db, handle, "")?;
    let who = who.ok_or(Error::not_found("actor"))?;
    Ok(Rows {
        community: store::community::by_id(db, who.id)?.map(|(community, _)| community),
        others: store::actor::alias::of(db, who.id)?,
        moved: match who.moved_to {
            Some(to) => store::actor::by_id(db, to)?,
            None => None,
        },
        who,
    })
}

/// `GET /settings/moving/{handle}`
pub async fn form(State(app): State<App>, At(handle): At<String>, ask: Ask) -> Page {
    find(&app, ask.me()?.id(), &handle).await?;
    let (f, rows) = framed(&ask, &handle).await?;
    let form = moving_form(&f, &handle);
    show(&page(f, form, &rows))
}

async fn framed(ask: &Ask, handle: &str) -> Outcome<(Frame, Rows)> {
    let handle = handle.to_owned();
    ask.page(Section::Me, move |db: &mut Db| read(db, &handle))
        .await
}

/// Oneself, or a community one looks after.
async fn find(app: &App, me: ActorId, handle: &str) -> Outcome<ActorId> {
    let handle = handle.to_owned();
    let read = move |db: &mut Db| -> Outcome<ActorId> {
        let who = store::actor::by_address(db, &handle, "")?.ok_or(Error::not_found("actor"))?;
        let role = store::community::role(db, who.id, me)?;
        if who.id == me || role == Some(MemberRole::Facilitator) {
            return Ok(who.id);
        }
        Err(Error::not_allowed(Rule::Facilitator))
    };
    app.store().read(read).await
}

fn page(f: Frame, form: Form, rows: &Rows) -> Moving {
    let who = &rows.who;
    let place = rows.community.clone().map(|row| (row, who.clone()));
    let community = place.map(|place| (community::name(&place, f.lang).0, actor::url(who)));
    let url = moving_url(&who.handle);
    let other = |row: &Actor| OtherAddress {
        person: actor::person(row),
        drop_url: format!("{url}/drop?other={}", row.id),
    };
    Moving {
        tabs: match community {
            Some(_) => Vec::new(),
            None => settings_tabs(&f, SettingsTab::Moving),
        },
        community,
        address: format!("{}@{}", who.handle, f.site.host),
        others: rows.others.iter().map(other).collect(),
        moved: rows.moved.as_ref().map(actor::person),
        url,
        form,
        f,
    }
}

/// `POST /settings/moving/{handle}`: another address is mine too.
pub async fn name(State(app): State<App>, At(handle): At<String>, signed: Signed) -> Page {
    let (sent, me) = (&signed.sent, signed.me.id());
    let named = async {
        let id = find(&app, me, &handle).await?;
        let other = look_up(&app, sent, me, "known").await?;
        let verb = move |tx: &mut Tx<'_>| moving::also_known_as(tx, me, id, other);
        app.ops().write(verb).await
    };
    match named.await {
        Ok(()) => done(&moving_url(&handle), "saved"),
        Err(error) => at_fault(sent, &handle, error).await,
    }
}

/// `POST /settings/moving/{handle}/drop?other={id}`: it is not, after all.
pub async fn drop(State(app): State<App>, At(handle): At<String>, signed: Signed) -> Page {
    let me = signed.me.id();
    let id = find(&app, me, &handle).await?;
    let other = signed.sent.ask.q("other").and_then(|id| id.parse().ok());
    let other: ActorId = other.ok_or(Error::not_found("actor"))?;
    let verb = move |tx: &mut Tx<'_>| moving::no_longer_known_as(tx, me, id, other);
    app.ops().write(verb).await?;
    done(&moving_url(&handle), "saved")
}

/// `POST /settings/moving/{handle}/leave`: away, to an address that knows this one.
pub async fn leave(State(app): State<App>, At(handle): At<String>, signed: Signed) -> Page {
    match write_leave(&app, &handle, &signed).await {
        Ok(()) => done(&moving_url(&handle), "moved"),
        Err(error) => at_fault(&signed.sent, &handle, error).await,
    }
}

async fn write_leave(app: &App, handle: &str, Signed { sent, me }: &Signed) -> Outcome<()> {
    let by = me.id();
    let id = find(app, by, handle).await?;
    check_password(app, sent, me).await?;
    let to = look_up(app, sent, by, "new_home").await?;
    let ours = move |db: &mut Db| store::actor::by_id(db, id).map_err(Error::from);
    let ours = app.store().read(ours).await?;
    let ours = ours.ok_or(Error::not_found("actor"))?.ap_id;
    let names = app.remote().also_known_as(to).await;
    if !names
        .map_err(|why| unknown(why, "new_home"))?
        .contains(&ours)
    {
        return Err(Error::invalid("new_home", Why::Mismatch));
    }
    let verb = move |tx: &mut Tx<'_>| moving::leave(tx, by, id, to);
    app.ops().write(verb).await
}

async fn check_password(app: &App, sent: &Sent, me: &Me) -> Outcome<()> {
    app.limits().count_actor(Act::SignIn, me.id())?;
    let typed = sent.fields.get("current");
    if app.check_password(typed, &me.account.password).await? {
        return Ok(());
    }
    Err(Error::invalid("current", Why::Mismatch))
}

/// `POST /settings/moving/{handle}/stay`: back, or not gone after all.
pub async fn stay(State(app): State<App>, At(handle): At<String>, signed: Signed) -> Page {
    let me = signed.me.id();
    let id = find(&app, me, &handle).await?;
    let verb = move |tx: &mut Tx<'_>| moving::stay(tx, me, id);
    app.ops().write(verb).await?;
    done(&moving_url(&handle), "saved")
}

/// Who is at the address typed into a field; its server is asked.
async fn look_up(app: &App, sent: &Sent, me: ActorId, field: &'static str) -> Outcome<ActorId> {
    let typed = sent.fields.trimmed(field);
    if typed.is_empty() {
        return Err(Error::invalid(field, Why::Required));
    }
    app.limits().count_actor(Act::LookUp, me)?;
    match app.remote().look_up(&typed).await {
        Ok(Found::Actor(id)) => Ok(id),
        Ok(Found::Post(_)) => Err(Error::invalid(field, Why::Unknown)),
        Err(why) => Err(unknown(why, field)),
    }
}

/// A look-up that led nowhere is the fault of what was typed.
fn unknown(why: Refusal, field: &'static str) -> Error {
    match why {
        Refusal::NotFound(_)
        | Refusal::Gone(_)
        | Refusal::Invalid(_)
        | Refusal::Unreachable { .. } => Error::invalid(field, Why::Unknown),
        other @ (Refusal::NotAllowed(_) | Refusal::TooMany { .. } | Refusal::TooLarge) => {
            other.into()
        }
    }
}

async fn at_fault(sent: &Sent, handle: &str, error: Error) -> Page {
    let faults = sent.faults(error)?;
    let (f, rows) = framed(&sent.ask, handle).await?;
    let form = faults.mark(&f, moving_form(&f, handle));
    refused(&page(f, form, &rows))
}
