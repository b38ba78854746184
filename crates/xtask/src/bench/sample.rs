//! Measured durations and their percentiles.

use std::time::Duration;

/// Measured durations, the shortest first.
#[derive(Debug, Clone, Default)]
pub struct Sample(Vec<Duration>);

impl FromIterator<Duration> for Sample {
    fn from_iter<I: IntoIterator<Item = Duration>>(measured: I) -> Self {
        let mut sorted: Vec<Duration> = measured.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }
}

impl Sample {
    /// Returns the number of durations.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Returns the smallest measured duration that `share` of a thousand do not exceed (nearest rank), in
    /// milliseconds; `None` without durations.
    pub fn permille(&self, share: usize) -> Option<f64> {
        let rank = (self.0.len() * share).div_ceil(1_000).max(1);
        self.0.get(rank - 1).map(|found| ms(*found))
    }

    /// Returns the median, in milliseconds.
    pub fn p50(&self) -> Option<f64> {
        self.permille(500)
    }

    /// Returns the 95th percentile, in milliseconds.
    pub fn p95(&self) -> Option<f64> {
        self.permille(950)
    }

    /// Returns the 99th percentile, in milliseconds.
    pub fn p99(&self) -> Option<f64> {
        self.permille(990)
    }
}

/// Converts a duration to milliseconds, rounded to the microsecond.
pub fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(measured: impl IntoIterator<Item = u64>) -> Sample {
        measured.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_measured_values() {
        let hundred = sample((1..=100).rev());
        assert_eq!(hundred.count(), 100);
        assert_eq!(hundred.p50(), Some(50.0));
        assert_eq!(hundred.p95(), Some(95.0));
        assert_eq!(hundred.p99(), Some(99.0));
        assert_eq!(hundred.permille(1_000), Some(100.0));
        assert_eq!(sample([7, 3, 5]).p50(), Some(5.0));
        assert_eq!(sample([7, 3]).p99(), Some(7.0));
    }

    #[test]
    fn nothing_measured_has_no_median() {
        assert_eq!(sample([]).p50(), None);
    }

    #[test]
    fn milliseconds_keep_their_microseconds() {
        assert_eq!(ms(Duration::from_nanos(1_234_567)), 1.235);
    }
}
