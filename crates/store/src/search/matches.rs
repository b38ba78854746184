//! What is looked for, in the syntax of either database, and the entries that have it. Only letters,
//! digits and marks come from what somebody typed (`model::search`).

use super::letter;
use crate::connection::Db;
use crate::fragment::{Value, statement};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use model::ActorKind;
use model::search::{MatchIn, Pattern, Phrase};

/// The entries among which something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entries {
    /// Posts by all their words, in `search_index`.
    Posts,
    /// Posts by their titles, in `search_name`.
    Titles,
    /// Actors of a kind by their names and what they say of themselves, in `search_name`.
    Actors(ActorKind),
}

impl Entries {
    /// The letters before a word; an entry may have it with either.
    fn letters(self, in_title: bool) -> Vec<&'static str> {
        match self {
            Self::Posts => vec![""],
            Self::Titles => vec![letter::TITLE],
            Self::Actors(kind) if in_title => vec![letter::name(kind)],
            Self::Actors(kind) => vec![letter::name(kind), letter::about(kind)],
        }
    }
}

/// A pattern, which looks for something, among some entries.
#[derive(Debug, Clone)]
pub(super) struct Matches {
    entries: Entries,
    fts5: String,
    tsquery: String,
}

#[derive(QueryableByName)]
struct EntryId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

impl Matches {
    pub(super) fn new(pattern: &Pattern, within: MatchIn, entries: Entries) -> Self {
        let alternatives = pattern.alternatives(within);
        let render = |word: &dyn Fn(&Phrase, &str) -> String, and: &str, or: &str| {
            let phrase = |phrase: &Phrase| {
                let letters = entries.letters(phrase.in_title).into_iter();
                joined(letters.map(|letter| word(phrase, letter)), or)
            };
            let term = |term: &Vec<Phrase>| joined(term.iter().map(phrase), or);
            let form = |form: &Vec<Vec<Phrase>>| joined(form.iter().map(term), and);
            joined(alternatives.iter().map(form), or)
        };
        Self {
            entries,
            fts5: render(&fts5, " AND ", " OR "),
            tsquery: render(&tsquery, " & ", " | "),
        }
    }

    /// The ids of the entries that have it, the newest first, below `before` and at most `limit`.
    /// Whether a reader may find them is not asked here.
    pub(super) fn newest(&self, db: &mut Db, before: i64, limit: i64) -> QueryResult<Vec<i64>> {
        let found: Vec<EntryId> = match db {
            Db::Sqlite(c) => self.newest_of_sqlite(c, before, limit)?,
            Db::Pg(c) => self.newest_of_postgres(c, before, limit)?,
        };
        Ok(found.into_iter().map(|entry| entry.id).collect())
    }

    #[cfg(test)]
    pub(super) fn fts5(&self) -> &str {
        &self.fts5
    }

    #[cfg(test)]
    pub(super) fn tsquery(&self) -> &str {
        &self.tsquery
    }

    fn newest_of_sqlite(
        &self,
        c: &mut SqliteConnection,
        before: i64,
        limit: i64,
    ) -> QueryResult<Vec<EntryId>> {
        let values = [
            Value::Text(self.fts5.clone()),
            Value::BigInt(before),
            Value::BigInt(limit),
        ];
        match self.entries {
            Entries::Posts => statement!(
                "SELECT rowid AS id FROM search_index WHERE search_index MATCH ? AND rowid < ? \
                 ORDER BY rowid DESC LIMIT ?",
                values
            )
            .load(c),
            Entries::Titles | Entries::Actors(_) => statement!(
                "SELECT rowid AS id FROM search_name WHERE search_name MATCH ? AND rowid < ? \
                 ORDER BY rowid DESC LIMIT ?",
                values
            )
            .load(c),
        }
    }

    /// Looks among the newest rows first, where what is frequent is found at once, then in the index of words. Left to
    /// its choice, PostgreSQL takes a rare word for one that the newest rows have, and reads all of them.
    fn newest_of_postgres(
        &self,
        c: &mut PgConnection,
        before: i64,
        limit: i64,
    ) -> QueryResult<Vec<EntryId>> {
        let table = match self.entries {
            Entries::Posts => "search_index",
            Entries::Titles | Entries::Actors(_) => "search_name",
        };
        let among_newest = format!(
            "SELECT rowid AS id FROM \
             (SELECT rowid, tokens FROM {table} WHERE rowid < $2 ORDER BY rowid DESC LIMIT {NEWEST}) AS newest \
             WHERE tokens @@ CAST($1 AS tsquery) ORDER BY rowid DESC LIMIT $3"
        );
        let by_words = format!(
            "WITH found AS MATERIALIZED \
             (SELECT rowid FROM {table} WHERE tokens @@ CAST($1 AS tsquery) AND rowid < $2) \
             SELECT rowid AS id FROM found ORDER BY rowid DESC LIMIT $3"
        );
        let mut found: Vec<EntryId> = Vec::new();
        for query in [among_newest, by_words] {
            found = sql_query(query)
                .bind::<Text, _>(&self.tsquery)
                .bind::<BigInt, _>(before)
                .bind::<BigInt, _>(limit)
                .load(c)?;
            if i64::try_from(found.len()).is_ok_and(|count| count >= limit) {
                break;
            }
        }
        Ok(found)
    }
}

/// The newest rows among which PostgreSQL looks first.
const NEWEST: i64 = 2_000;

fn joined(parts: impl Iterator<Item = String>, with: &str) -> String {
    let parts: Vec<String> = parts.collect();
    format!("({})", parts.join(with))
}

fn fts5(phrase: &Phrase, letter: &str) -> String {
    let words = phrase.words.iter().map(|word| format!("{letter}{word}"));
    let words: Vec<String> = words.collect();
    let prefix = if phrase.prefix { " *" } else { "" };
    format!("\"{}\"{prefix}", words.join(" "))
}

fn tsquery(phrase: &Phrase, letter: &str) -> String {
    let last = phrase.words.len().saturating_sub(1);
    let words = phrase.words.iter().enumerate().map(|(number, word)| {
        let prefix = if phrase.prefix && number == last {
            ":*"
        } else {
            ""
        };
        format!("'{letter}{word}'{prefix}")
    });
    joined(words, " <-> ")
}
