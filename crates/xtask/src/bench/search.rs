//! What searching costs among many posts: a page of results at 10⁵ posts, and at 10⁶ with `--full`, on both
//! databases. The posts are written straight into the database, and indexed by `hedgerow search rebuild`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use model::id::IdMint;
use model::{LangText, PostId};
use store::row;

use super::http::Request;
use super::inbox::run::InboxFixture;
use super::instance::{BenchInstance, DatabaseKind};
use super::{BenchContext, Measure, load};

/// Words of which the texts are made. The first ones are the most frequent, as in any language.
const WORDS: usize = 4_000;
/// How long each body is, about two paragraphs.
const TEXT_WORDS: usize = 60;
/// Posts in a thread, the first included.
const POSTS_PER_THREAD: usize = 10;
/// Posts written in one transaction.
const CHUNK: usize = 5_000;

const CONNECTIONS: usize = 16;
const LOAD_DURATION: Duration = Duration::from_secs(5);
const COMMUNITY: &str = "handover";

/// What is searched for, by what it is.
const QUERIES: [(&str, &str); 6] = [
    ("a rare word", "/search?q=zehihi"),
    ("a frequent word", "/search?q=barane"),
    ("three words", "/search?q=lodovo+mirafi+barane"),
    ("a phrase", "/search?q=%22barane+babani%22"),
    ("a misspelt word", "/search?q=lodvo"),
    ("suggestions", "/search/suggest?q=bar"),
];

/// Runs the bench.
///
/// # Errors
/// When an instance cannot be started, filled or measured.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for (name, kind) in [
        ("SQLite", DatabaseKind::Sqlite),
        ("PostgreSQL", DatabaseKind::Postgres),
    ] {
        for size in [100_000, 1_000_000] {
            if size > 100_000 && !context.full {
                break;
            }
            measures.extend(measure(context, name, kind, size)?);
        }
    }
    Ok(measures)
}

fn measure(
    context: &BenchContext,
    name: &str,
    kind: DatabaseKind,
    size: usize,
) -> Result<Vec<Measure>> {
    let mut instance = BenchInstance::set_up_on(context, "search", kind)?;
    let person = instance.add_person("reader", "Reader")?;
    instance.start()?;
    let mut connection = instance.site.connect()?;
    person.create_community(&mut connection, COMMUNITY)?;
    let first = person.start_thread(&mut connection, COMMUNITY, "What we leave out")?;
    let cookie = person.sign_in(&mut connection)?;
    let fixture = InboxFixture::with_instance(instance, &[], vec![first.ap_id.clone()])?;
    fill(&fixture, &first.ap_id, size)?;
    let began = Instant::now();
    fixture.instance.rebuild_search_index()?;
    let indexed = began.elapsed();
    eprintln!(
        "  {name}, {size} posts indexed in {:.0} s",
        indexed.as_secs_f64()
    );
    let mut measures = vec![Measure {
        bench: "search",
        case: format!("{name}, {size} posts, index rebuilt"),
        unit: "s",
        value: Some(indexed.as_secs_f64()),
        ..Measure::default()
    }];
    for (what, path) in QUERIES {
        let request = Request::get(path)
            .header("Cookie", &cookie)
            .with_many_clients();
        let load = load::run(&fixture.instance, &request, CONNECTIONS, LOAD_DURATION)?;
        eprintln!("  {name}, {size} posts, {what}: {:.0} µs", load.cpu_us());
        measures.push(Measure {
            rss_mb: Some(fixture.instance.rss_mb()?),
            ..load.measure("search", format!("{name}, {size} posts, {what}"))
        });
    }
    Ok(measures)
}

/// Writes posts with texts of their own into the community of a first one.
fn fill(fixture: &InboxFixture<'_>, first: &str, size: usize) -> Result<()> {
    let name = first.to_owned();
    let template = fixture.write(move |db| Ok(store::raw::post::by_ap_id(db, &name)?))?;
    let template = template.context("the first thread is not there")?;
    let (ids, mut texts) = (IdMint::new(254), Texts::new());
    let url = fixture.instance.site.url();
    for from in (0..size).step_by(CHUNK) {
        let mut root = template.clone();
        let mut rows = Vec::with_capacity(CHUNK);
        for number in from..size.min(from + CHUNK) {
            let age = i64::try_from(number / POSTS_PER_THREAD).unwrap_or(0);
            let at = template.published_at.plus_seconds(age - 40_000_000);
            let id: PostId = ids.next(at);
            let is_root = number % POSTS_PER_THREAD == 0;
            let post = row::Post {
                id,
                ap_id: format!("{url}/p/{id}"),
                url: format!("{url}/p/{id}"),
                root_id: if is_root { id } else { root.id },
                parent_id: (!is_root).then_some(root.id),
                branch_id: id,
                depth: i32::from(!is_root),
                title: match is_root {
                    true => LangText::single("en", &texts.text(6)),
                    false => LangText::default(),
                },
                html: LangText::single("en", &format!("<p>{}</p>", texts.text(TEXT_WORDS))),
                published_at: at,
                active_at: at,
                last_post_id: id,
                ..template.clone()
            };
            if is_root {
                root = post.clone();
            }
            rows.push(post);
        }
        fixture.write(move |db| {
            for row in &rows {
                store::post::insert(db, row)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Texts of made-up words, the same in every run.
struct Texts {
    words: Vec<String>,
    state: u64,
}

impl Texts {
    fn new() -> Self {
        const SYLLABLES: [&str; 16] = [
            "ba", "ra", "ne", "ni", "lo", "do", "vo", "mi", "fi", "tu", "sa", "ke", "po", "gu",
            "ze", "hi",
        ];
        let syllable = |n: usize| SYLLABLES.get(n % 16).copied().unwrap_or_default();
        let word = |n: usize| {
            let (a, b, c) = (n / 256, n / 16 % 16, n % 16);
            format!("{}{}{}", syllable(a), syllable(b), syllable(c))
        };
        Self {
            words: (0..WORDS).map(word).collect(),
            state: 1,
        }
    }

    /// A number below `end` (xorshift).
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap_or(0) % end.max(1)
    }

    fn text(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count)
            .map(|_| {
                // The lower of two is drawn more often.
                let end = self.below(WORDS) + 1;
                let at = self.below(end);
                self.words.get(at).cloned().unwrap_or_default()
            })
            .collect();
        words.join(" ")
    }
}
