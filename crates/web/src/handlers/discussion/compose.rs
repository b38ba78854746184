//! Starting a thread, changing what one wrote, and seeing Markdown before it is sent.

use axum::extract::State;
use domain::{Error, Outcome, Tx};
use httpkit::{App, compose};
use model::refusal::Rule;
use model::{ActorId, MemberRole, Origin, PostId, PostKind};
use store::community::Place;
use store::row::Post;

use super::{One, find, typed};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::answer::{Page, done, refused, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::community as places;
use crate::handlers::sent::{Sent, Signed};
use crate::handlers::show::{actor, community};
use crate::views::discussion::{Compose, ComposePurpose, Preview, edit_reply_form, thread_form};

/// `GET /c/{handle}/new?kind=question`
pub async fn new_form(At(text): At<String>, ask: Ask) -> Page {
    let me = ask.me()?.id();
    let place = places::find(&ask, &text).await?;
    let kind = ask.q("kind").and_then(|kind| kind.parse().ok());
    let kind = kind.unwrap_or(PostKind::Tip);
    let (f, kinds) = new_page(&ask, me, place.1.id).await?;
    let form = thread_form(&f, &new_url(&place), kind, &kinds);
    show(&new_view(f, form, &place, kind))
}

/// The frame, and the kinds of thread the reader may start: announcements are the facilitators'.
async fn new_page(ask: &Ask, me: ActorId, id: ActorId) -> Outcome<(Frame, Vec<PostKind>)> {
    let role = move |db: &mut store::Db| store::community::role(db, id, me).map_err(Error::from);
    let (f, role) = ask.page(Section::Communities, role).await?;
    let announces = role == Some(MemberRole::Facilitator);
    let kinds = PostKind::ALL.iter().copied();
    let kinds = kinds.filter(|kind| announces || *kind != PostKind::Announcement);
    Ok((f, kinds.collect()))
}

fn new_url(place: &Place) -> String {
    format!("{}/new", actor::url(&place.1))
}

fn new_view(f: Frame, form: Form, place: &Place, kind: PostKind) -> Compose {
    Compose {
        place: community::place(place, f.lang),
        form,
        purpose: match kind {
            PostKind::Question => ComposePurpose::Ask,
            PostKind::Discussion | PostKind::Tip | PostKind::Story | PostKind::Announcement => {
                ComposePurpose::Share
            }
        },
        back_url: actor::url(&place.1),
        f,
    }
}

/// `POST /c/{handle}/new`
pub async fn start(State(app): State<App>, At(text): At<String>, signed: Signed) -> Page {
    let (sent, me) = (&signed.sent, signed.me.id());
    let place = places::find(&sent.ask, &text)
        .await
        .map_err(|error| sent.fail(error))?;
    match publish(&app, sent, me, place.1.id).await {
        Ok(id) => done(&format!("/p/{id}"), "published"),
        Err(error) => {
            let faults = sent.faults(error)?;
            let kind = sent.fields.choice("kind").unwrap_or(PostKind::Discussion);
            let (f, kinds) = new_page(&sent.ask, me, place.1.id).await?;
            let form = faults.mark(&f, thread_form(&f, &new_url(&place), kind, &kinds));
            refused(&new_view(f, form, &place, kind))
        }
    }
}

async fn publish(app: &App, sent: &Sent, by: ActorId, community: ActorId) -> Outcome<PostId> {
    let draft = compose::draft(app, by, typed(&sent.fields)).await?;
    let verb = move |tx: &mut Tx<'_>| {
        domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
    };
    app.ops().write(verb).await
}

/// `GET /p/{id}/edit`
pub async fn edit_form(State(app): State<App>, At(id): At<PostId>, ask: Ask) -> Page {
    let me = ask.me()?.id();
    let one = find(&app, id).await?;
    if one.view.post.author_id != me {
        return Err(Error::not_allowed(Rule::Author).into());
    }
    let f = ask.framed(Section::Elsewhere).await?;
    let form = filled(&f, &one);
    show(&edit_view(f, form, &one))
}

fn filled(f: &Frame, one: &One) -> Form {
    let mut form = empty(f, one);
    let post: &Post = &one.view.post;
    for (name, value) in [
        ("title", &post.title),
        ("body", &post.body_md),
        ("lang", &post.lang),
        ("title2", &post.alt_title),
        ("body2", &post.alt_md),
    ] {
        form.set(name, value);
    }
    form
}

/// The form of a thread without its kind, which stays; or that of a reply.
fn empty(f: &Frame, one: &One) -> Form {
    let action = format!("/p/{}/edit", one.view.post.id);
    if !one.is_thread() {
        return edit_reply_form(f, &action);
    }
    let mut form = thread_form(f, &action, one.view.post.kind, &[]);
    form.fields.retain(|field| field.name != "kind");
    form
}

fn edit_view(f: Frame, form: Form, one: &One) -> Compose {
    Compose {
        place: one.place(f.lang),
        form,
        purpose: if one.is_thread() {
            ComposePurpose::EditThread
        } else {
            ComposePurpose::EditReply
        },
        back_url: format!("/p/{}", one.view.post.id),
        f,
    }
}

/// `POST /p/{id}/edit`
pub async fn edit(State(app): State<App>, At(id): At<PostId>, signed: Signed) -> Page {
    let (sent, me) = (&signed.sent, signed.me.id());
    match rewrite(&app, sent, me, id).await {
        Ok(()) => done(&format!("/p/{id}"), "edited"),
        Err(error) => {
            let faults = sent.faults(error)?;
            let one = find(&app, id).await.map_err(|error| sent.fail(error))?;
            let f = sent.ask.framed(Section::Elsewhere).await?;
            let form = faults.mark(&f, empty(&f, &one));
            refused(&edit_view(f, form, &one))
        }
    }
}

async fn rewrite(app: &App, sent: &Sent, by: ActorId, id: PostId) -> Outcome<()> {
    let draft = compose::draft(app, by, typed(&sent.fields)).await?;
    let verb = move |tx: &mut Tx<'_>| domain::discussion::edit(tx, by, id, &draft, &Origin::Local);
    app.ops().write(verb).await
}

/// `POST /preview`: the text as it would stand, put into the page by its script.
pub async fn preview(sent: Sent) -> Page {
    sent.ask.me()?;
    let body = sent.fields.get("body");
    let short: String = body.chars().take(model::discussion::BODY_MAX).collect();
    let shown = compose::render(short, Vec::new()).await?;
    show(&Preview {
        f: sent.ask.bare(),
        body_html: shown.html,
    })
}
