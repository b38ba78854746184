//! Limits repeated warnings and errors: whoever makes requests fail would otherwise choose the size of the
//! log. Lines of one place in the program count together; what was left out is told later.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

/// The time in which lines are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// Lines of one place within that time; the rest is left out.
const LINES_MAX: u32 = 30;

/// The lines of one place.
#[derive(Debug)]
struct Lines {
    since: Instant,
    count: u32,
    /// Left out since that was told last.
    left_out: u32,
    /// The message of those that were left out.
    message: String,
}

/// The counts, shared by the filter and by who tells what was left out.
#[derive(Debug, Clone, Default)]
pub(super) struct RepeatedLines(Arc<Mutex<HashMap<Identifier, Lines>>>);

impl RepeatedLines {
    /// Counts a line; returns whether it is written.
    fn count(&self, place: Identifier, now: Instant, message: impl FnOnce() -> String) -> bool {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = places.entry(place).or_insert_with(|| Lines {
            since: now,
            count: 0,
            left_out: 0,
            message: String::new(),
        });
        if now.duration_since(lines.since) >= WINDOW {
            (lines.since, lines.count) = (now, 0);
        }
        lines.count = lines.count.saturating_add(1);
        if lines.count <= LINES_MAX {
            return true;
        }
        if lines.left_out == 0 {
            lines.message = message();
        }
        lines.left_out += 1;
        false
    }

    /// Takes what was left out since the last call: how many lines, and their message.
    fn take(&self) -> Vec<(u32, String)> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left_out = places.values_mut().filter(|lines| lines.left_out > 0);
        left_out
            .map(|lines| (std::mem::take(&mut lines.left_out), lines.message.clone()))
            .collect()
    }

    /// Logs what was left out, from time to time, until the process ends.
    pub(super) async fn tell(self) {
        loop {
            tokio::time::sleep(WINDOW).await;
            for (lines, message) in self.take() {
                tracing::warn!(lines, message, "similar log lines were left out");
            }
        }
    }
}

impl<S: Subscriber> Filter<S> for RepeatedLines {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::WARN {
            return true;
        }
        self.count(metadata.callsite(), Instant::now(), || message(event))
    }
}

fn message(event: &Event<'_>) -> String {
    struct Message(String);
    impl Visit for Message {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            if field.name() == "message" {
                self.0 = format!("{value:?}");
            }
        }
    }
    let mut found = Message(String::new());
    event.record(&mut found);
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_flood_of_one_warning_is_cut_and_told() {
        let (repeated, written) = (RepeatedLines::default(), Written::default());
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(repeated.clone()));
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..400 {
                tracing::warn!(number, "request failed");
                tracing::info!(number, "told every time");
            }
            tracing::warn!("another warning");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("request failed").count(), 30);
        assert_eq!(text.matches("told every time").count(), 400);
        assert!(text.contains("another warning"));
        assert_eq!(repeated.take(), [(370, "request failed".to_owned())]);
        assert!(repeated.take().is_empty());
    }

    #[test]
    fn the_next_minute_is_counted_anew() {
        let repeated = RepeatedLines::default();
        let place = || {
            struct Place;
            impl tracing::Callsite for Place {
                fn set_interest(&self, _: tracing::subscriber::Interest) {}
                fn metadata(&self) -> &Metadata<'_> {
                    unreachable!("only its address is used")
                }
            }
            static PLACE: Place = Place;
            Identifier(&PLACE)
        };
        let begin = Instant::now();
        let written = |at: Instant| repeated.count(place(), at, String::new);
        assert_eq!((0..40).filter(|_| written(begin)).count(), 30);
        assert!(written(begin + WINDOW));
    }
}
