//! Erasing a post for good, with a reason: one form names it, the next one asks.

use axum::extract::State;
use domain::account::Principal;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::account::ADMIN_REASON_MAX;
use model::refusal::Checks;
use model::{Lang, PostId, Why};
use query::erase::ErasablePost;

use super::page;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community, discussion, prose};
use crate::views::admin::AdminTab;
use crate::views::admin::erase::{AskErase, ErasableRow, Erase, ask_erase_form, erase_form};

async fn view(request: &PageRequest) -> Outcome<Erase> {
    let (f, counts, ()) = page(request, |_, _| Ok(())).await?;
    let form = erase_form(&f);
    Ok(Erase {
        tabs: counts.tabs(&f, AdminTab::Overview),
        f: f.sending(&form),
        form,
    })
}

/// `GET /admin/erase`
pub async fn form(request: PageRequest) -> Page {
    show(&view(&request).await?)
}

/// `POST /admin/erase`: asks, and erases once that is answered.
pub async fn erase(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let by = Principal::Person(me.id());
    let reason = posted.fields.trimmed("reason");
    let confirmed = posted.fields.get("confirmed").parse::<PostId>();
    // The language switch shows the page again that asked; it confirms nothing.
    let asks_again = confirmed.is_ok() && posted.switches_language();
    let found = match asks_again {
        true => find(&app, &posted).await,
        false => posted.attempt(find(&app, &posted)).await,
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let mut view = view(&posted.request).await?;
            view.form = errors.show_on(&view.f, view.form);
            return errors.respond(&view);
        }
    };
    if found.erased {
        return redirect_with_flash("/admin/erase", "erased-before");
    }
    let post = found.post.id;
    if asks_again || confirmed != Ok(post) {
        let (f, counts, ()) = page(&posted.request, |_, _| Ok(())).await?;
        let form = ask_erase_form(&posted.fields.trimmed("address"), &reason, post);
        return show(&AskErase {
            tabs: counts.tabs(&f, AdminTab::Overview),
            row: row(&found, f.lang),
            reason,
            f: f.sending(&form),
            form,
        });
    }
    let verb = move |tx: &mut Tx<'_>| domain::post::erase(tx, by, post, &reason);
    app.ops().write(verb).await?;
    redirect_with_flash("/admin", "erased")
}

/// The post at the address that was typed.
async fn find(app: &App, posted: &FormPost) -> Outcome<ErasablePost> {
    let address = posted.fields.trimmed("address");
    let (mut checks, urls) = (Checks::default(), app.urls()?);
    checks.that(!address.is_empty(), "address", Why::Required);
    checks.text("reason", posted.fields.get("reason"), ADMIN_REASON_MAX);
    checks.done().map_err(Error::from)?;
    let find =
        move |db: &mut query::Db, reader| query::erase::erasable(db, reader, &urls, &address);
    posted.request.read(find).await
}

fn row(found: &ErasablePost, lang: Lang) -> ErasableRow {
    let post = &found.post;
    let text = discussion::text(post, lang);
    // What is erased must be recognized: a warning hides nothing here.
    let shown = [
        text.title,
        text.warning.unwrap_or_default(),
        &prose::excerpt(text.html),
    ];
    let shown = shown.into_iter().filter(|part| !part.is_empty());
    ErasableRow {
        excerpt: shown
            .filter(|_| found.readable)
            .collect::<Vec<_>>()
            .join(" · "),
        lang: text.lang.to_owned(),
        pictures: i64::try_from(found.pictures).unwrap_or_default(),
        author: actor::person(&found.author),
        kind: found.post.kind.label(),
        is_reply: found.post.parent_id.is_some(),
        community: found
            .community
            .as_ref()
            .map(|place| community::place(place, lang).name),
        published: found.post.published_at.utc(),
        replies: found.post.reply_count.into(),
        address: found.post.ap_id.clone(),
    }
}
