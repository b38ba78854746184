//! A measured number with its percentiles and costs, as a table row or a JSON object.

use std::fmt::Write;

use serde::Serialize;

/// The result of a bench for one case. A column that does not apply is `None`, and `null` in JSON.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measure {
    pub bench: &'static str,
    /// Names what varies within the bench: a page, a database, a number of connections.
    pub case: String,
    /// The unit of `value`: `ms`, `requests/s`, `MB`, …
    pub unit: &'static str,
    pub value: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// The server's processor time for one unit of work.
    pub cpu_us_per_unit: Option<f64>,
    /// The most that `cpu_us_per_unit` may be.
    pub limit_us_per_unit: Option<f64>,
    /// The server's resident memory at the end, in megabytes.
    pub rss_mb: Option<f64>,
    /// The number of units measured.
    pub n: Option<u64>,
}

const HEADINGS: [&str; 11] = [
    "bench",
    "case",
    "value",
    "unit",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "cpu µs",
    "limit µs",
    "rss MB",
    "n",
];

/// Formats the measures as aligned columns with a heading.
pub fn table(measures: &[Measure]) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(measures.iter().map(cells));
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut table = String::new();
    for row in &rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(cell.chars().count()));
            let is_text = matches!(column, 0 | 1 | 3);
            let _ = if is_text {
                write!(table, "{cell}{gap}  ")
            } else {
                write!(table, "{gap}{cell}  ")
            };
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    table
}

fn cells(measure: &Measure) -> [String; 11] {
    [
        measure.bench.to_owned(),
        measure.case.clone(),
        number(measure.value),
        measure.unit.to_owned(),
        number(measure.p50_ms),
        number(measure.p95_ms),
        number(measure.p99_ms),
        number(measure.cpu_us_per_unit),
        number(measure.limit_us_per_unit),
        number(measure.rss_mb),
        measure.n.map(|n| n.to_string()).unwrap_or_default(),
    ]
}

fn number(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Measure {
        Measure {
            bench: "pages",
            case: "thread, signed in".into(),
            unit: "requests/s",
            value: Some(1_612.4),
            p50_ms: Some(9.04),
            n: Some(20_000),
            ..Measure::default()
        }
    }

    #[test]
    fn what_does_not_apply_is_null_in_json() {
        let json = serde_json::to_value(sample()).unwrap();
        assert_eq!(json["p50_ms"], 9.04);
        assert!(json["rss_mb"].is_null());
        assert_eq!(json.as_object().unwrap().len(), HEADINGS.len());
    }

    #[test]
    fn the_table_lines_up() {
        let table = table(&[sample()]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("pages  thread, signed in   1612  requests/s     9.0"));
    }
}
