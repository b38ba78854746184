//! Links that admit whoever opens them, for facilitators. A link is shown once, when it is made.

use axum::extract::{Path, State};
use domain::membership::invitation;
use domain::{Error, Outcome, Tx, secret};
use httpkit::App;
use model::invitation::LinkLife;
use model::{InvitationLinkId, Urls, Why};
use query::invitation::LinkView;
use query::row::CommunityWithActor;
use query::{Db, Reader};

use super::{Way, invitations_url, tabs};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{AdmittingLink, AdmittingLinks, link_form};

type LinkRows = (CommunityWithActor, Vec<LinkView>);

async fn rows(request: &PageRequest, text: &str) -> Outcome<(Frame, LinkRows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::invitation::links(db, reader, &handle, &host);
    request.page(Section::Communities, read).await
}

fn links_url(place: &CommunityWithActor) -> String {
    format!("{}/links", invitations_url(place))
}

fn page_of(f: Frame, (place, links): &LinkRows, form: Form) -> AdmittingLinks {
    let base = links_url(place);
    let line = |view: &LinkView| AdmittingLink {
        by: view.by.as_ref().map(actor::name).unwrap_or_default(),
        left: view.link.uses_left.into(),
        max: view.link.uses_max.into(),
        until: view.link.expires_at.utc(),
        came: view.came.iter().map(actor::person).collect(),
        revoke_url: view
            .usable
            .then(|| format!("{base}/{}/revoke", view.link.id)),
    };
    AdmittingLinks {
        place: community::place(place, f.lang),
        tabs: tabs(&f, place, Way::Link),
        fresh: None,
        links: links.iter().map(line).collect(),
        // The page that shows a new link has no form.
        f: match f.shown_once {
            true => f,
            false => f.sending(&form),
        },
        form,
    }
}

/// `GET /c/{handle}/invitations/links`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = rows(&request, &text).await?;
    let form = link_form(&f, &links_url(&rows.0));
    show(&page_of(f, &rows, form))
}

/// `POST /c/{handle}/invitations/links`: makes a link, and shows it this once.
pub async fn make(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &text).await;
    let (f, before) = found.map_err(|error| posted.fail(error))?;
    let (by, id, url) = (signed_in.me.id(), before.0.id(), links_url(&before.0));
    let token = secret::token();
    let digest = secret::digest(&token);
    let life: Option<LinkLife> = posted.fields.choice("life");
    let uses: Option<i32> = posted.fields.trimmed("uses").parse().ok();
    let typed = !posted.fields.trimmed("uses").is_empty();
    let verb = move |tx: &mut Tx<'_>| {
        let life = life.ok_or(Error::invalid("life", Why::NotAChoice))?;
        let missing = match typed {
            true => Why::Malformed,
            false => Why::Required,
        };
        let uses = uses.ok_or(Error::invalid("uses", missing))?;
        invitation::make_link(tx, by, id, &digest, life, uses)
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(_link) => {
            let (f, after) = rows(&posted.request, &text).await?;
            let path = format!("/join/link?key={token}");
            let form = link_form(&f, &url);
            let page = AdmittingLinks {
                fresh: Some(Urls::new(&posted.request.site()?.url).at(&path)),
                ..page_of(f.showing_once(), &after, form)
            };
            show(&page).map(not_stored)
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, link_form(&f, &url));
            errors.respond(&page_of(f, &before, form))
        }
    }
}

/// `POST /c/{handle}/invitations/links/{id}/revoke`
pub async fn revoke(
    State(app): State<App>,
    Path((text, id)): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let id: InvitationLinkId = id.parse().map_err(|_bad| Error::not_found("link"))?;
    if text.contains('\0') {
        return Err(Error::not_found("link").into());
    }
    let (_, (place, _)) = rows(&signed_in.posted.request, &text).await?;
    let (by, community) = (signed_in.me.id(), place.id());
    let verb = move |tx: &mut Tx<'_>| invitation::revoke_link(tx, by, community, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&links_url(&place), "invitation-revoked")
}
