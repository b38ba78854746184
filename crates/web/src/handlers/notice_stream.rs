//! What an open page is told: a stream of events with the number of notices that its reader has not seen, and
//! the same as an answer, in their language. No event holds anything of a post.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use httpkit::App;
use httpkit::streams::notice_states;
use query::notice::Unseen;
use query::{Db, Reader};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

use super::page_request::{PageRequest, header_text};
use super::response::Page;

/// The media type of a stream of events.
const EVENT_STREAM: &str = "text/event-stream";
/// The time between two comments on a stream without events, which keep proxies from closing it.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// The shortest time after which a page opens its stream again, in milliseconds.
const RETRY_MIN: u64 = 2_000;
/// How much longer it is for some, so that not all come back together.
const RETRY_SPREAD: u64 = 8_000;

/// Has nginx pass on each event at once.
const UNBUFFERED: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-accel-buffering"),
    HeaderValue::from_static("no"),
);
const NO_STORE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// `GET /notices/stream`: 204 where there is no room for another stream; the page then asks `/notices/unseen` now and then.
pub async fn stream(State(app): State<App>, headers: HeaderMap, request: PageRequest) -> Page {
    let Some(me) = &request.me else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    if !header_text(&headers, header::ACCEPT).contains(EVENT_STREAM) {
        return Ok(StatusCode::NOT_ACCEPTABLE.into_response());
    }
    let session = me.session;
    let permit = session.and_then(|session| app.streams().open(me.id(), session));
    let Some(permit) = permit else {
        return Ok((StatusCode::NO_CONTENT, [NO_STORE]).into_response());
    };
    let retry = Duration::from_millis(RETRY_MIN + permit.spread(RETRY_SPREAD));
    let events = events(retry, notice_states(app, permit));
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let body = Sse::new(events).keep_alive(keep_alive);
    Ok(([NO_STORE, UNBUFFERED], body).into_response())
}

fn events(
    retry: Duration,
    states: impl Stream<Item = Unseen>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = stream::once(async move { Ok(Event::default().retry(retry)) });
    first.chain(states.map(|state| Ok(event(state))))
}

fn event(state: Unseen) -> Event {
    let event = Event::default().event("notices");
    event.data(json!({ "unseen": state.count }).to_string())
}

/// `GET /notices/unseen`: the number as the frame shows it, and in words.
pub async fn unseen(request: PageRequest) -> Page {
    let Some(me) = request.reader() else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    let read =
        move |db: &mut Db, reader: Reader| query::account::unseen_notices(db, me, reader.now);
    let count = request.read(read).await?;
    let words = words::message(request.lang, "count-new").arg("count", count);
    let answer = json!({
        "unseen": count,
        "number": words::number(request.lang, count),
        "words": words.to_string(),
    });
    Ok(([NO_STORE], Json(answer)).into_response())
}
