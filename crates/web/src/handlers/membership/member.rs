//! The role of a member, which facilitators give, and leaving a community.

use axum::extract::{Path, State};
use domain::{Error, Outcome, Tx, membership};
use httpkit::App;
use model::{ActorId, MemberRole, Why};
use query::row::{Actor, CommunityWithActor};
use query::{Db, Reader};

use super::place_link;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::membership::{Leave, MemberPage, role_form};

struct OneMember {
    place: CommunityWithActor,
    role: MemberRole,
    who: Actor,
    /// Who brought them.
    by: Option<Actor>,
}

async fn rows(request: &PageRequest, (text, id): &(String, String)) -> Outcome<(Frame, OneMember)> {
    let id: ActorId = id.parse().map_err(|_bad| Error::not_found("member"))?;
    if text.contains('\0') {
        return Err(Error::not_found("member"));
    }
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let (place, role, who) = query::membership::member(db, reader, (&handle, &host), id)?;
        let by = query::invitation::brought_by(db, reader, place.id(), who.id)?;
        Ok(OneMember {
            place,
            role,
            who,
            by,
        })
    };
    request.page(Section::Communities, read).await
}

fn people_url(place: &CommunityWithActor) -> String {
    format!("{}/people", actor::url(&place.actor))
}

fn member_url(rows: &OneMember) -> String {
    format!("{}/members/{}", actor::url(&rows.place.actor), rows.who.id)
}

/// `GET /c/{handle}/members/{id}`
pub async fn page(Path(path): Path<(String, String)>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = rows(&request, &path).await?;
    let form = role_form(&f, &member_url(&rows), rows.role);
    show(&page_of(f, &rows, form))
}

fn page_of(f: Frame, rows: &OneMember, form: Form) -> MemberPage {
    MemberPage {
        place: place_link(&rows.place, &f),
        person: actor::person(&rows.who),
        role: rows.role,
        invited_by: rows.by.as_ref().map(actor::name),
        back_url: people_url(&rows.place),
        f: f.sending(&form),
        form,
    }
}

/// `POST /c/{handle}/members/{id}`: gives another role, or ends the membership.
pub async fn change(
    State(app): State<App>,
    Path(path): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &path).await;
    let (f, rows) = found.map_err(|error| posted.fail(error))?;
    let (by, community, who) = (signed_in.me.id(), rows.place.id(), rows.who.id);
    if posted.fields.get("do") == "remove" {
        let verb = move |tx: &mut Tx<'_>| membership::remove(tx, by, community, who);
        app.ops().write(verb).await?;
        return redirect_with_flash(&people_url(&rows.place), "member-removed");
    }
    let role: Option<MemberRole> = posted.fields.choice("role");
    let verb = move |tx: &mut Tx<'_>| match role {
        Some(role) => membership::set_role(tx, by, community, who, role),
        None => Err(Error::invalid("role", Why::NotAChoice)),
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&people_url(&rows.place), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, role_form(&f, &member_url(&rows), rows.role));
            errors.respond(&page_of(f, &rows, form))
        }
    }
}

async fn own(request: &PageRequest, text: &str) -> Outcome<(Frame, CommunityWithActor)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        Ok(query::membership::own_role(db, reader, &handle, &host)?.0)
    };
    request.page(Section::Communities, read).await
}

/// `GET /c/{handle}/leave`
pub async fn leave_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, place) = own(&request, &text).await?;
    show(&Leave {
        action: format!("{}/leave", actor::url(&place.actor)),
        place: place_link(&place, &f),
        f,
    })
}

/// `POST /c/{handle}/leave`
pub async fn leave(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let (_, place) = own(&signed_in.posted.request, &text).await?;
    let (who, community) = (signed_in.me.id(), place.id());
    let verb = move |tx: &mut Tx<'_>| membership::leave(tx, who, community);
    app.ops().write(verb).await?;
    redirect_with_flash(&actor::url(&place.actor), "left")
}
