//! Response bodies that tell when they have been sent. They are passed on in small parts, so that little
//! of them is in the buffers of a connection whose client does not read. A stream of events is never sent as a
//! whole: it tells whether the connection has taken what there was.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::body::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// The longest part that is passed on at once, in bytes.
pub(super) const PART_MAX: usize = 64 << 10;

/// The requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Requests {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    started: usize,
    /// The requests that are not finished, with the time since which the connection is to send something: of a
    /// whole response, or of the last part of a stream.
    running: HashMap<usize, Option<Instant>>,
}

impl Requests {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, which runs until the returned value is dropped.
    pub(super) fn start(self: &Arc<Self>) -> RunningRequest {
        let mut state = self.state();
        let number = state.started;
        state.started += 1;
        state.running.insert(number, None);
        RunningRequest {
            requests: Arc::clone(self),
            number,
        }
    }

    /// Returns the number of requests so far; `None` while one is running.
    pub(super) fn idle_count(&self) -> Option<usize> {
        let state = self.state();
        state.running.is_empty().then_some(state.started)
    }

    /// Returns since when the connection is to send something.
    pub(super) fn oldest_response(&self) -> Option<Instant> {
        self.state().running.values().flatten().min().copied()
    }
}

/// A request that is not finished: its response is not sent yet.
#[derive(Debug)]
pub(super) struct RunningRequest {
    requests: Arc<Requests>,
    number: usize,
}

impl RunningRequest {
    /// The response is ready: its body is sent from now on.
    pub(super) fn respond(self, response: Response<Body>) -> Response<ResponseBody> {
        let kind = response.headers().get(CONTENT_TYPE);
        let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        self.set_sending(true);
        response.map(|body| ResponseBody {
            body,
            rest: Bytes::new(),
            is_stream,
            running: self,
        })
    }

    /// Whether the connection has something to send from now on.
    fn set_sending(&self, sending: bool) {
        let since = sending.then(Instant::now);
        self.requests.state().running.insert(self.number, since);
    }
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        self.requests.state().running.remove(&self.number);
    }
}

/// The body of a response, in parts.
pub(super) struct ResponseBody {
    body: Body,
    /// What is left of a part that was too long.
    rest: Bytes,
    /// It is a stream of events.
    is_stream: bool,
    running: RunningRequest,
}

impl hyper::body::Body for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let next = Pin::new(&mut self.body).poll_frame(cx);
            if self.is_stream {
                // It is asked for more, so that the part before was taken.
                self.running.set_sending(next.is_ready());
            }
            match ready!(next) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                ended => return Poll::Ready(ended),
            }
        }
        let length = self.rest.len().min(PART_MAX);
        let part = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}
