//! Reads the file and finds every mistake in it, not only the first. An unknown key is a mistake too,
//! because a misspelt key would silently have no effect.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Mistakes};
use super::section::Section;
use super::value::kind;
use super::{Backup, Config, Database, Federation, Log, Mail, Metrics, Oidc, Server};

/// Loads the file; without one the defaults apply.
///
/// # Errors
/// [`Mistakes`], each with file, key and remedy.
pub fn load(file: Option<&Path>) -> Result<Config, Mistakes> {
    let Some(file) = file else {
        return Ok(Config::default());
    };
    match std::fs::read_to_string(file) {
        Ok(text) => parse(&text, file),
        Err(error) => Err(Mistakes(vec![Mistake {
            file: file.to_owned(),
            line: None,
            key: String::new(),
            wrong: format!("it cannot be read ({error})"),
            remedy: "name a file that exists, or leave --config out to take the defaults"
                .to_owned(),
        }])),
    }
}

/// Parses a file's text; `file` is named in the mistakes.
///
/// # Errors
/// [`Mistakes`], each with file, key and remedy.
pub fn parse(text: &str, file: &Path) -> Result<Config, Mistakes> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = ConfigReader {
        text,
        file,
        mistakes: Vec::new(),
    };
    for error in errors {
        let at = error.span().map(|span| span.start);
        let wrong = format!("this is not TOML ({})", error.message().trim());
        reader.note(
            at,
            "",
            wrong,
            "mend the line, or compare with `hedgerow config example`",
        );
    }
    let mut config = Config::default();
    if reader.mistakes.is_empty() {
        reader.read(table.get_ref(), &mut config);
    }
    if reader.mistakes.is_empty() {
        return Ok(config);
    }
    reader.mistakes.sort_by_key(|mistake| mistake.line);
    Err(Mistakes(reader.mistakes))
}

struct ConfigReader<'a> {
    text: &'a str,
    file: &'a Path,
    mistakes: Vec<Mistake>,
}

/// Lists the sections and their keys.
const SECTIONS: &[(&str, &[&str])] = &[
    ("server", Server::NAMES),
    ("database", Database::NAMES),
    ("federation", Federation::NAMES),
    ("mail", Mail::NAMES),
    ("oidc", Oidc::NAMES),
    ("backup", Backup::NAMES),
    ("metrics", Metrics::NAMES),
    ("log", Log::NAMES),
];

impl ConfigReader<'_> {
    fn read(&mut self, table: &DeTable<'_>, config: &mut Config) {
        for (name, value) in table {
            let (at, name) = (name.span().start, name.get_ref().as_ref());
            match name {
                "server" => self.section(name, value, &mut config.server),
                "database" => self.section(name, value, &mut config.database),
                "federation" => self.section(name, value, &mut config.federation),
                "mail" => self.section(name, value, &mut config.mail),
                "oidc" => self.sections(name, value, &mut config.oidc),
                "backup" => self.section(name, value, &mut config.backup),
                "metrics" => self.section(name, value, &mut config.metrics),
                "log" => self.section(name, value, &mut config.log),
                _ => self.unknown_section(at, name, value.get_ref()),
            }
        }
    }

    /// Reads the sections of a name that may come several times: `[[name]]`.
    fn sections<S: Section>(&mut self, name: &str, value: &Spanned<DeValue<'_>>, all: &mut Vec<S>) {
        let DeValue::Array(items) = value.get_ref() else {
            let wrong = format!(
                "{} stands where a list of sections belongs",
                kind(value.get_ref())
            );
            let remedy = format!("write [[{name}]], with two brackets, on a line of its own");
            return self.note(Some(value.span().start), name, wrong, &remedy);
        };
        for item in items {
            let mut section = S::default();
            self.section(name, item, &mut section);
            all.push(section);
        }
    }

    fn section<S: Section>(&mut self, name: &str, value: &Spanned<DeValue<'_>>, section: &mut S) {
        let DeValue::Table(table) = value.get_ref() else {
            let wrong = format!("{} stands where a section belongs", kind(value.get_ref()));
            let remedy = format!("write [{name}] on a line of its own and its keys below");
            return self.note(Some(value.span().start), name, wrong, &remedy);
        };
        for (key, value) in table {
            let (at, key) = (key.span().start, key.get_ref().as_ref());
            let full = format!("{name}.{key}");
            match section.set(key, value.get_ref()) {
                Some(Ok(())) => {}
                Some(Err(unfit)) => self.note(Some(at), &full, unfit.why, unfit.remedy),
                None => {
                    let remedy = remedy_for_unknown(key, S::NAMES);
                    self.note(Some(at), &full, "there is no such key".to_owned(), &remedy);
                }
            }
        }
    }

    fn unknown_section(&mut self, at: usize, name: &str, value: &DeValue<'_>) {
        let home = SECTIONS.iter().find(|(_, keys)| keys.contains(&name));
        let (wrong, remedy) = match (home, value) {
            (Some((section, _)), value) if !value.is_table() => (
                "this key stands outside of its section".to_owned(),
                format!("write it below a line [{section}]"),
            ),
            (_, value) => {
                let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
                let what = if value.is_table() { "section" } else { "key" };
                let remedy = remedy_for_unknown(name, &names);
                (format!("there is no such {what}"), remedy)
            }
        };
        self.note(Some(at), name, wrong, &remedy);
    }

    fn note(&mut self, at: Option<usize>, key: &str, wrong: String, remedy: &str) {
        let before = at.and_then(|at| self.text.get(..at));
        self.mistakes.push(Mistake {
            file: self.file.to_owned(),
            line: before.map(|before| before.matches('\n').count() + 1),
            key: key.to_owned(),
            wrong,
            remedy: remedy.to_owned(),
        });
    }
}

/// Suggests the name that was probably meant, or lists all names.
fn remedy_for_unknown(written: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|name| distance(written, name));
    match nearest {
        Some(name) if distance(written, name) <= 1 + name.len() / 4 => {
            format!("did you mean {name}?")
        }
        Some(_) | None => format!("remove it; there are {}", known.join(", ")),
    }
}

/// Returns the edit distance of two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != to))
                .min(above + 1)
                .min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
