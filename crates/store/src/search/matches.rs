//! What is looked for, in the syntax of either database. Only letters, digits and marks come from what
//! somebody typed (`model::search`).

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use model::search::{MatchIn, Pattern, Phrase};

/// A row of `search_index` matches a pattern.
#[derive(Debug, Clone)]
pub(super) struct Matches {
    fts5: String,
    tsquery: String,
}

/// A row of `search_index` matches this pattern, which looks for something.
pub(super) fn matches(pattern: &Pattern, within: MatchIn) -> Matches {
    let alternatives = pattern.alternatives(within);
    let render = |phrase: &dyn Fn(&Phrase) -> String, and: &str, or: &str| {
        let term = |term: &Vec<Phrase>| joined(term.iter().map(phrase), or);
        let form = |form: &Vec<Vec<Phrase>>| joined(form.iter().map(term), and);
        joined(alternatives.iter().map(form), or)
    };
    Matches {
        fts5: render(&fts5, " AND ", " OR "),
        tsquery: render(&tsquery, " & ", " | "),
    }
}

fn joined(parts: impl Iterator<Item = String>, with: &str) -> String {
    let parts: Vec<String> = parts.collect();
    format!("({})", parts.join(with))
}

fn fts5(phrase: &Phrase) -> String {
    let column = if phrase.in_title { "{title} : " } else { "" };
    let prefix = if phrase.prefix { " *" } else { "" };
    format!("{column}\"{}\"{prefix}", phrase.words.join(" "))
}

fn tsquery(phrase: &Phrase) -> String {
    let weight = if phrase.in_title { "A" } else { "" };
    let last = phrase.words.len().saturating_sub(1);
    let words = phrase.words.iter().enumerate().map(|(number, word)| {
        let prefix = if phrase.prefix && number == last {
            "*"
        } else {
            ""
        };
        match (prefix, weight) {
            ("", "") => format!("'{word}'"),
            (prefix, weight) => format!("'{word}':{prefix}{weight}"),
        }
    });
    joined(words, " <-> ")
}

impl QueryId for Matches {
    type QueryId = Self;
}

impl Expression for Matches {
    type SqlType = Bool;
}

impl<From> SelectableExpression<From> for Matches where Self: AppearsOnTable<From> {}
impl<From> AppearsOnTable<From> for Matches where Self: Expression {}

impl<Group> ValidGrouping<Group> for Matches {
    type IsAggregate = is_aggregate::Never;
}

impl QueryFragment<Sqlite> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search_index MATCH ");
        out.push_bind_param::<Text, _>(&self.fts5)
    }
}

impl QueryFragment<Pg> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("search_index.tokens @@ (");
        out.push_bind_param::<Text, _>(&self.tsquery)?;
        out.push_sql(")::tsquery");
        Ok(())
    }
}
