//! Atom feeds are asked for over and over by programs: they are rendered once, and sent only to who does not
//! have them.

use super::browser::Browser;
use http::{HeaderValue, StatusCode, header};
use store::Store;
use store::testing::{on_sqlite, run_sql_elsewhere};

async fn rename(store: &Store, to: &str) {
    let words = format!("UPDATE actor SET name = '{to}' WHERE handle = 'ann'");
    run_sql_elsewhere(store, &words).await.unwrap();
}

#[test]
fn a_feed_is_rendered_once_until_something_is_written() {
    on_sqlite(|store: Store| async move {
        let (mut reader, world) = Browser::new(store.clone()).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let reply = world.reply(ann, thread, "A peg helps.").await.unwrap();
        let paths = [
            "/c/weavers/feed.atom".to_owned(),
            format!("/p/{thread}/feed.atom"),
            "/u/ann/feed.atom".to_owned(),
        ];
        for path in &paths {
            rename(&store, "Ann").await;
            world.clock.pass(2);
            assert!(reader.get(path).await.says("<name>Ann</name>"), "{path}");
            rename(&store, "Anna").await;
            // The same bytes, though the rows are others: nothing was read for them.
            let again = reader.get(path).await;
            assert!(again.says("<name>Ann</name>"), "{path}");
            assert!(again.headers.contains_key(header::ETAG), "{path}");
            world.clock.pass(2);
            assert!(reader.get(path).await.says("<name>Anna</name>"), "{path}");
        }
        // What is taken away is gone at once.
        let delete = move |tx: &mut domain::Tx<'_>| {
            domain::post::remove(tx, ann, reply, &model::Origin::Local)
        };
        world.ops.write(delete).await.unwrap();
        for path in &paths {
            assert!(!reader.get(path).await.says("A peg helps."), "{path}");
        }
    });
}

#[test]
fn a_feed_that_the_reader_has_is_not_sent_again() {
    on_sqlite(|store: Store| async move {
        let (mut reader, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let first = reader.get("/c/weavers/feed.atom").await;
        let tag = first.headers[header::ETAG].clone();
        // Both the first and the cached response are compared with what the reader has.
        for _ in 0..2 {
            let same = reader.get_known("/c/weavers/feed.atom", &tag).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED);
            assert_eq!(
                (same.html.as_str(), &same.headers[header::ETAG]),
                ("", &tag)
            );
        }
        let other = HeaderValue::from_static("\"other\"");
        let whole = reader.get_known("/c/weavers/feed.atom", &other).await;
        assert_eq!((whole.status, whole.html), (StatusCode::OK, first.html));
        world.thread(ann, weavers, "Warping").await.unwrap();
        let new = reader.get_known("/c/weavers/feed.atom", &tag).await;
        assert!(new.says("Warping"), "{}", new.html);
    });
}
