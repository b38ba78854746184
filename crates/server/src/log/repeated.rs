//! Limits repeated warnings and errors: whoever makes requests fail would otherwise choose the size of the
//! log. Lines of one place in the program, and there of one kind of job, count together; what was left out is told
//! later.

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
/// Lines of one trouble within that time; the rest is left out.
const LINES_MAX: u32 = 1;

/// What is counted together: the place in the program, and the field `kind` of its lines.
type Trouble = (Identifier, String);

/// The lines of one trouble.
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
pub(super) struct RepeatedLines(Arc<Mutex<HashMap<Trouble, Lines>>>);

impl RepeatedLines {
    /// Counts a line; returns whether it is written.
    fn count(&self, (place, seen): (Identifier, Seen), now: Instant) -> bool {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = places.entry((place, seen.kind)).or_insert_with(|| Lines {
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
            lines.message = seen.message;
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
        self.count((metadata.callsite(), Seen::of(event)), Instant::now())
    }
}

/// The fields of a line by which it is counted and told.
#[derive(Debug, Default)]
struct Seen {
    message: String,
    kind: String,
}

impl Seen {
    fn of(event: &Event<'_>) -> Self {
        let mut seen = Self::default();
        event.record(&mut seen);
        seen
    }
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "kind" => self.kind = format!("{value:?}"),
            _ => {}
        }
    }
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
                let kind = if number % 2 == 0 {
                    "send_mail"
                } else {
                    "backfill"
                };
                tracing::warn!(kind, "job failed");
                tracing::info!(number, "told every time");
            }
            tracing::warn!("another warning");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("request failed").count(), 1);
        assert_eq!(text.matches("job failed").count(), 2, "one of each kind");
        assert_eq!(text.matches("told every time").count(), 400);
        assert!(text.contains("another warning"));
        let mut left_out = repeated.take();
        left_out.sort();
        let told = [
            (199, "job failed"),
            (199, "job failed"),
            (399, "request failed"),
        ];
        assert_eq!(
            left_out,
            told.map(|(lines, message)| (lines, message.to_owned()))
        );
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
        let written = |at: Instant| repeated.count((place(), Seen::default()), at);
        assert_eq!((0..40).filter(|_| written(begin)).count(), 1);
        assert!(written(begin + WINDOW));
    }
}
