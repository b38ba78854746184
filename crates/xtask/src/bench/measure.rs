//! One measured number and its company, as a table row or a JSON object.

use std::fmt::Write;

use serde::Serialize;

/// What a bench found out about one case. `None` (`null` in JSON) where a column does not apply.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measure {
    /// Name of the bench.
    pub bench: &'static str,
    /// What was varied: a page, a database, a number of connections.
    pub case: String,
    /// Unit of `value`: `ms`, `requests/s`, `MB`, …
    pub unit: &'static str,
    /// The headline number.
    pub value: Option<f64>,
    /// Median, milliseconds.
    pub p50_ms: Option<f64>,
    /// 95th percentile, milliseconds.
    pub p95_ms: Option<f64>,
    /// 99th percentile, milliseconds.
    pub p99_ms: Option<f64>,
    /// Processor time of the server for one unit of work, microseconds.
    pub cpu_us_per_unit: Option<f64>,
    /// What that processor time must stay under, microseconds.
    pub limit_us_per_unit: Option<f64>,
    /// Resident memory of the server at the end, megabytes.
    pub rss_mb: Option<f64>,
    /// How many units were measured.
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

/// The measures as aligned columns with a heading.
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
