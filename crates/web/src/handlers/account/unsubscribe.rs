//! The link that ends the mails of a topic (RFC 8058). Opening it changes nothing, so that a scanner that looks at
//! it does not unsubscribe anybody; a POST does, without a session, a cookie or a key of the form: the link itself
//! is the proof. Whatever is wrong with one, the answer is the same.

use axum::extract::State;
use domain::notice::mail::UnsubscribeLink;
use domain::{Error, Outcome, Tx};
use http::StatusCode;
use httpkit::App;
use model::Refusal;
use model::notice_mail::Unsubscribe;
use query::notice_mail::UnsubscribeView;

use super::sign_in_link::not_stored;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::FormPost;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, show_with_status};
use crate::handlers::show::community;
use crate::views::account::notices::UnsubscribePage;

/// `GET /mail/unsubscribe?key=…`
pub async fn form(request: PageRequest) -> Page {
    answer(&request, false).await
}

/// `POST /mail/unsubscribe?key=…`
pub async fn unsubscribe(State(app): State<App>, posted: FormPost) -> Page {
    if let Some(link) = link_of(&posted.request) {
        let verb = move |tx: &mut Tx<'_>| domain::notice::mail::unsubscribe(tx, &link);
        match app.ops().write(verb).await {
            Ok(()) | Err(Error::Refused(Refusal::NotFound(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    answer(&posted.request, true).await
}

fn link_of(request: &PageRequest) -> Option<UnsubscribeLink> {
    UnsubscribeLink::read(request.q("key").unwrap_or_default())
}

async fn answer(request: &PageRequest, done: bool) -> Page {
    let view = view(request).await?;
    let f = request.framed(Section::Elsewhere).await?;
    let key = request.q("key").unwrap_or_default();
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let key: String = key.chars().filter(fits).take(200).collect();
    let status = match view {
        Some(_) => StatusCode::OK,
        None => StatusCode::GONE,
    };
    let page = UnsubscribePage {
        what: view.map(|view| what(&f, &view)),
        done,
        action: format!("/mail/unsubscribe?key={key}"),
        f,
    };
    show_with_status(status, &page).map(not_stored)
}

async fn view(request: &PageRequest) -> Outcome<Option<UnsubscribeView>> {
    match link_of(request) {
        Some(link) => {
            let read = move |db: &mut query::Db, _: query::Reader| {
                query::notice_mail::unsubscribes(db, &link)
            };
            request.read(read).await
        }
        None => Ok(None),
    }
}

fn what(f: &Frame, view: &UnsubscribeView) -> String {
    match (view.what, &view.community) {
        (Unsubscribe::Topic(topic), _) => f.text(topic.label()).to_owned(),
        (Unsubscribe::Digest, _) => f.text("unsubscribe-digest").to_owned(),
        (Unsubscribe::Community(_), Some(place)) => {
            let (name, _) = community::name(place, f.lang);
            f.message("unsubscribe-community")
                .arg("name", name)
                .to_string()
        }
        (Unsubscribe::Community(_), None) => f.text("mail-topic-community").to_owned(),
    }
}
