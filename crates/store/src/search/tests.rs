//! What is found, by whom, on both databases.

use super::matches::{Entries, Matches};
use super::*;
use crate::row::{Actor, Follow, Post};
use crate::testing::rows;
use crate::{Db, Store, StoreError, actor, both, follow, post};
use model::access::{Reader, Viewer};
use model::search::{IndexedText, MatchIn, Pattern};
use model::{
    ActorId, ActorKind, ActorState, Audience, FollowId, LangText, PostId, PostKind, PostState,
    SearchTextId, Time,
};

mod plan;

const ANN: ActorId = ActorId(1);
const BEA: ActorId = ActorId(2);
const SHY: ActorId = ActorId(3);

fn now() -> Time {
    Time::from_unix_millis(1_798_761_600_000)
}

fn as_person(id: ActorId) -> Reader {
    Reader {
        viewer: Viewer::Person(id),
        now: now(),
    }
}

fn guest() -> Reader {
    Reader {
        viewer: Viewer::Guest,
        now: now(),
    }
}

fn people(db: &mut Db) -> Result<(), StoreError> {
    for id in [ANN, BEA] {
        actor::insert(db, &rows::person(id, ActorState::Active))?;
    }
    let shy = Actor {
        indexable: false,
        seen_by: model::SeenBy::CoMembers,
        ..rows::person(SHY, ActorState::Active)
    };
    actor::insert(db, &shy)?;
    Ok(())
}

/// Writes a post with its entries, one for each language of its title.
fn write(db: &mut Db, row: &Post) -> Result<(), StoreError> {
    assert!(post::insert(db, row)?);
    index(db, row)
}

fn index(db: &mut Db, row: &Post) -> Result<(), StoreError> {
    let languages = row.html.iter().enumerate();
    let texts: Vec<(SearchTextId, IndexedText)> = languages
        .map(|(number, (tag, body))| {
            let title = row.title.get(tag).unwrap_or_default();
            let id = SearchTextId(row.id.0 * 10 + i64::try_from(number).unwrap());
            (id, IndexedText::new(tag, title, body).unwrap())
        })
        .collect();
    Ok(put(db, SearchTarget::Post(row.id), &texts)?)
}

fn thread(id: i64, author: ActorId, title: &str, body: &str) -> Post {
    Post {
        title: LangText::single("en", title),
        html: LangText::single("en", body),
        ..rows::thread(PostId(id), author)
    }
}

fn found_by(db: &mut Db, reader: Reader, typed: &str, filter: &PostFilter) -> Vec<i64> {
    let pattern = Pattern::new(typed);
    let found = posts(db, reader, (&pattern, MatchIn::Text), filter, 9).unwrap();
    found.iter().map(|post| post.id.0).collect()
}

fn found(db: &mut Db, typed: &str) -> Vec<i64> {
    found_by(db, guest(), typed, &PostFilter::default())
}

both! {
    async fn words_and_phrases_are_found_in_every_language(store: Store) {
        store.write(|db| {
            people(db)?;
            let bilingual = Post {
                title: LangText::new([("en", "Night teams"), ("fr-CA", "Équipes de nuit")]),
                html: LangText::new([("en", "Handover at seven"), ("fr-CA", "La relève à l’hôpital")]),
                ..rows::thread(PostId(10), ANN)
            };
            write(db, &bilingual)?;
            write(db, &thread(11, ANN, "Handing over", "The team of the night, seven in all"))?;
            for (typed, expected) in [
                ("releve", vec![10]),
                ("HOPITAUX hôpital", vec![10]),
                ("equipe nuit", vec![10]),
                ("\"night team\"", vec![10]),
                ("night team", vec![11, 10]),
                ("\"team of the night\"", vec![11]),
                ("\"teams handover\"", vec![]),
                ("seven night", vec![11, 10]),
                ("night releve", vec![]),
                ("", vec![]),
                ("\"", vec![]),
            ] {
                assert_eq!(found(db, typed), expected, "{typed}");
            }
            let french = PostFilter { lang: Some("fr".into()), ..PostFilter::default() };
            assert_eq!(found_by(db, guest(), "hopital", &french), [10]);
            assert_eq!(found_by(db, guest(), "seven", &french), [] as [i64; 0]);
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn what_is_typed_is_never_syntax(store: Store) {
        store.write(|db| {
            people(db)?;
            write(db, &thread(10, ANN, "Plain", "near or not and title"))?;
            for typed in [
                "NOT near", "title : plain", "{title}: plain*", "plain AND", "(plain", "plain -not",
                "' | 'x", "plain:A", "plain\\", "\"plain", "plain\0", "%plain%", "^plain", "NEAR(plain not)",
                "'); DROP TABLE post; --", "!plain & <-> '", "*", "-", "'''", "\"\"\"\"",
            ] {
                let pattern = Pattern::new(typed);
                for within in [MatchIn::Text, MatchIn::Title, MatchIn::Names, MatchIn::Beginnings] {
                    let search = (&pattern, within);
                    posts(db, guest(), search, &PostFilter::default(), 9).expect(typed);
                    actors(db, guest(), search, ActorKind::Person, 9).expect(typed);
                }
            }
            assert_eq!(found(db, "title : plain"), [10]);
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn an_entry_shows_only_what_its_row_allows(store: Store) {
        store.write(|db| {
            people(db)?;
            for (id, state) in (10..).zip([
                PostState::Live, PostState::Held, PostState::Hidden, PostState::Draft, PostState::Tombstone,
            ]) {
                write(db, &Post { state, ..thread(id, ANN, "Quokka", "body") })?;
            }
            write(db, &Post { audience: Audience::Unlisted, ..thread(20, ANN, "Quokka", "body") })?;
            write(db, &thread(21, SHY, "Quokka", "body"))?;
            let reply = |id: i64, root: i64, author| Post {
                parent_id: Some(PostId(root)),
                root_id: PostId(root),
                title: LangText::default(),
                ..thread(id, author, "", "quokka")
            };
            write(db, &reply(30, 10, BEA))?;
            write(db, &reply(31, 12, BEA))?;
            write(db, &reply(32, 20, BEA))?;
            write(db, &reply(33, 21, BEA))?;
            let none = PostFilter::default();
            assert_eq!(found(db, "quokka"), [30, 10]);
            assert_eq!(found_by(db, as_person(ANN), "quokka", &none), [31, 30, 10]);
            assert_eq!(found_by(db, as_person(SHY), "quokka", &none), [33, 30, 21, 10]);
            let row = Follow {
                id: FollowId(1), follower_id: ANN, target_id: SHY, accepted: true, asked_at: now(),
                ap_id: "https://alpha.test/follows/1".into(),
            };
            follow::insert(db, &row)?;
            assert_eq!(found_by(db, as_person(ANN), "quokka", &none), [33, 31, 30, 21, 10]);
            let suspended = Actor { state: ActorState::Suspended, ..rows::person(ANN, ActorState::Active) };
            actor::update(db, &suspended)?;
            assert_eq!(found(db, "quokka"), [] as [i64; 0]);
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn filters_narrow_what_is_found(store: Store) {
        store.write(|db| {
            people(db)?;
            write(db, &Post { kind: PostKind::Question, ..thread(10, ANN, "Heddle", "one") })?;
            write(db, &Post { kind: PostKind::Question, answer_count: 1, ..thread(11, BEA, "Heddle", "two") })?;
            let later = now().plus_seconds(86_400);
            write(db, &Post { published_at: later, ..thread(12, BEA, "Heddle", "three") })?;
            let reply = Post {
                parent_id: Some(PostId(11)), root_id: PostId(11), title: LangText::default(),
                ..thread(13, ANN, "", "heddle")
            };
            write(db, &reply)?;
            let none = PostFilter::default;
            for (filter, expected) in [
                (none(), vec![13, 12, 11, 10]),
                (PostFilter { author: Some(ANN), ..none() }, vec![13, 10]),
                (PostFilter { kind: Some(PostKind::Question), ..none() }, vec![11, 10]),
                (PostFilter { answered: Some(true), ..none() }, vec![11]),
                (PostFilter { answered: Some(false), ..none() }, vec![10]),
                (PostFilter { replies: Some(true), ..none() }, vec![13]),
                (PostFilter { replies: Some(false), ..none() }, vec![12, 11, 10]),
                (PostFilter { since: Some(later), ..none() }, vec![12]),
                (PostFilter { until: Some(later), replies: Some(false), ..none() }, vec![11, 10]),
                (PostFilter { community: Some(ActorId(99)), ..none() }, vec![]),
            ] {
                assert_eq!(found_by(db, guest(), "heddle", &filter), expected, "{filter:?}");
            }
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn an_edit_leaves_nothing_of_what_was_there(store: Store) {
        store.write(|db| {
            people(db)?;
            let old = thread(10, ANN, "Anticoagulants", "Secret dose");
            write(db, &old)?;
            write(db, &thread(11, ANN, "Anticoagulants again", "Other"))?;
            assert_eq!(similar(db, "anticoagulents")?, ["anticoagulants"]);
            index(db, &thread(10, ANN, "Compression", "Open dose"))?;
            assert_eq!(found(db, "secret"), [] as [i64; 0]);
            assert_eq!(found(db, "compressions dose"), [10]);
            assert_eq!(similar(db, "anticoagulents")?, ["anticoagulants"]);
            put(db, SearchTarget::Post(PostId(11)), &[])?;
            assert_eq!(similar(db, "anticoagulents")?, [] as [&str; 0]);
            assert_eq!(similar(db, "compresion")?, ["compression"]);
            assert_eq!(similar(db, "compress")?, ["compression"]);
            assert_eq!(left_behind(db, SearchTextId(1_000), 9)?, [SearchTextId(100)]);
            remove_text(db, SearchTextId(100))?;
            assert_eq!(found(db, "compression"), [] as [i64; 0]);
            assert_eq!(similar(db, "compresion")?, [] as [&str; 0]);
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn a_look_up_goes_on_where_the_newest_are_not_for_the_reader(store: Store) {
        store.write(|db| {
            people(db)?;
            write(db, &thread(10, ANN, "Quokka", "body"))?;
            for id in 20..80 {
                write(db, &thread(id, SHY, "Quokka", "body"))?;
            }
            let pattern = Pattern::new("quokka");
            for within in [MatchIn::Text, MatchIn::Title, MatchIn::Beginnings] {
                let find = |db: &mut Db, reader, limit| {
                    let found = posts(db, reader, (&pattern, within), &PostFilter::default(), limit);
                    found.unwrap().iter().map(|post| post.id.0).collect::<Vec<_>>()
                };
                assert_eq!(find(db, guest(), 1), [10]);
                assert_eq!(find(db, guest(), 200), [10]);
                assert_eq!(find(db, as_person(SHY), 3), [79, 78, 77]);
                assert_eq!(find(db, as_person(SHY), 200).len(), 61);
            }
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn people_are_looked_up_without_reading_what_is_written(store: Store) {
        store.write(|db| {
            people(db)?;
            for id in [ANN, BEA] {
                let text = IndexedText::new("en", "Barane Berg", "Barane").unwrap();
                put(db, SearchTarget::Actor(id, ActorKind::Person), &[(SearchTextId(id.0), text)])?;
            }
            let mut seen = Vec::new();
            for range in [10..15, 15..60] {
                for id in range {
                    write(db, &thread(id, ANN, "Barane", "Barane and barane"))?;
                }
                for within in [MatchIn::Names, MatchIn::Beginnings, MatchIn::Title] {
                    for typed in ["bar", "barane"] {
                        let entries = Entries::Actors(ActorKind::Person);
                        let matches = Matches::new(&Pattern::new(typed), within, entries);
                        let found = matches.newest(db, i64::MAX, 1_000)?;
                        assert!(found.len() <= 2, "{found:?}");
                        seen.push(plan::index_rows(db, &matches)?);
                    }
                }
            }
            let (few, many) = seen.split_at(seen.len() / 2);
            assert_eq!(few, many, "it grows with what is written");
            assert!(many.iter().all(|rows| *rows <= 6), "{many:?}");
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn people_are_found_by_the_beginning_of_their_name(store: Store) {
        store.write(|db| {
            people(db)?;
            for (id, name) in [(ANN, "Anna Åberg"), (BEA, "Béatrice Blanc"), (SHY, "Anna Shy")] {
                let text = IndexedText::new("und", name, "Weaving nurse").unwrap();
                put(db, SearchTarget::Actor(id, ActorKind::Person), &[(SearchTextId(id.0), text)])?;
            }
            let find = |db: &mut Db, reader, typed: &str| {
                let pattern = Pattern::new(typed);
                let search = (&pattern, MatchIn::Names);
                let found = actors(db, reader, search, ActorKind::Person, 9).unwrap();
                found.iter().map(|found| found.id).collect::<Vec<_>>()
            };
            assert_eq!(find(db, guest(), "ann"), [ANN]);
            assert_eq!(find(db, as_person(SHY), "ann"), [SHY, ANN]);
            assert_eq!(find(db, guest(), "aberg anna"), [ANN]);
            assert_eq!(find(db, guest(), "beatr nurse"), [BEA]);
            assert_eq!(find(db, guest(), "nur"), [] as [ActorId; 0]);
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }
}
