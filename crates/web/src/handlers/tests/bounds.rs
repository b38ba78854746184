//! How large a page becomes, whatever others have written.

use super::browser::Browser;
use domain::Tx;
use domain::testing::{delivered, draft};
use http::StatusCode;
use model::limits::{REPLIES_PER_PAGE, REVISIONS_MAX, VERSIONS_PER_PAGE};
use model::{LangText, RevisionId};
use store::Store;
use store::row::Revision;
use store::testing::on_sqlite;

/// Bytes of what stands around the texts of a page.
const FRAME: usize = 100_000;
/// Bytes of a text that is cut, and what stands around it.
const CUT: usize = 22_000;

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap()
}

#[test]
fn a_history_of_long_texts_is_shown_in_short_pages() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Wool").await.unwrap();
        let long = LangText::single("en", &format!("<p>{}</p>", "wool ".repeat(30_000)));
        let keep = move |tx: &mut Tx<'_>| {
            for _ in 0..REVISIONS_MAX {
                let row = Revision {
                    id: tx.id::<RevisionId>(),
                    post_id: thread,
                    title: LangText::single("en", "Wool"),
                    source: LangText::default(),
                    html: long.clone(),
                    warning: LangText::default(),
                    written_at: tx.now,
                };
                store::post::insert_revision(tx.db, &row, REVISIONS_MAX)?;
            }
            Ok(())
        };
        world.ops.write(keep).await.unwrap();
        let page = guest.get(&format!("/p/{thread}/history")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says("wool wool") && page.says("before="),
            "{}",
            page.text()
        );
        let most = FRAME + count(VERSIONS_PER_PAGE) * CUT;
        assert!(page.html.len() <= most, "{} bytes", page.html.len());
    });
}

#[test]
fn a_thread_of_long_replies_is_a_short_page() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Wool").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        let reply = move |tx: &mut Tx<'_>| {
            let peer = store::raw::actor::by_id(tx.db, bea)?
                .unwrap()
                .peer_id
                .unwrap();
            let long = draft("", &"wool ".repeat(30_000));
            for number in 0..REPLIES_PER_PAGE {
                let origin = delivered(&format!("https://beta.test/n/{number}"), peer);
                domain::discussion::reply(tx, bea, thread, &long, &origin)?;
            }
            Ok(())
        };
        world.ops.write(reply).await.unwrap();
        let page = guest.get(&format!("/p/{thread}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.matches("wool wool").count() > 50);
        let most = FRAME + count(REPLIES_PER_PAGE) * CUT;
        assert!(page.html.len() <= most, "{} bytes", page.html.len());
    });
}

#[test]
fn a_long_address_is_answered_shortly() {
    on_sqlite(|store: Store| async move {
        let (mut guest, _world) = Browser::new(store).await;
        for one in ["a", "%25", "%22", "a+"] {
            let asked = one.repeat(60_000 / one.len());
            for (path, status) in [
                (format!("/search?q={asked}"), StatusCode::OK),
                (format!("/search/suggest?q={asked}"), StatusCode::OK),
                (format!("/{asked}"), StatusCode::NOT_FOUND),
            ] {
                let page = guest.get(&path).await;
                assert_eq!(page.status, status, "{one}");
                let bytes = page.html.len();
                assert!(bytes <= 60_000, "{one}: {bytes} bytes");
            }
        }
    });
}
