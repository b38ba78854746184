//! Pictures go with their post, on both databases.

use super::*;
use crate::post::{Removal, insert, tombstone};
use crate::row::{PictureFile, Post};
use crate::testing::rows;
use crate::{Store, StoreError, actor, both};
use model::access::Viewer;
use model::{ActorId, ActorState, DeletedBy, PostState, Time};

const AUTHOR: ActorId = ActorId(1);

fn now() -> Time {
    Time::from_unix_millis(1_798_761_600_000)
}

fn picture_of(post: PostId, number: i32) -> PostPicture {
    PostPicture {
        post_id: post,
        number,
        file: PictureFile {
            digest: format!("d{post}{number}"),
            media_type: "image/png".to_owned(),
            bytes: 9,
            width: 3,
            height: 2,
        },
        alt: "A loom".to_owned(),
    }
}

fn seen(db: &mut Db, viewer: Viewer, post: PostId) -> Result<Option<String>, StoreError> {
    let reader = Reader { viewer, now: now() };
    Ok(picture(db, reader, post, 2)?.map(|picture| picture.file.digest))
}

both! {
    async fn a_picture_is_seen_with_its_post_and_removed_with_it(store: Store) {
        let done = store.write(|db: &mut Db| {
            actor::insert(db, &rows::person(AUTHOR, ActorState::Active))?;
            let (open, hidden) = (PostId(7), PostId(8));
            insert(db, &rows::thread(open, AUTHOR))?;
            insert(db, &Post { state: PostState::Hidden, ..rows::thread(hidden, AUTHOR) })?;
            for post in [hidden, open] {
                for number in [2, 1] {
                    insert_picture(db, &picture_of(post, number))?;
                }
            }
            describe_picture(db, open, 1, "A heddle")?;
            assert_eq!(seen(db, Viewer::Guest, open)?.as_deref(), Some("d72"));
            assert_eq!(seen(db, Viewer::Guest, hidden)?, None);
            let of_posts = pictures(db, &[open, hidden])?;
            let alts: Vec<&str> = of_posts[&open].iter().map(|p| p.alt.as_str()).collect();
            assert_eq!((alts, of_posts.len()), (vec!["A heddle", "A loom"], 2));
            delete_picture(db, open, 1)?;
            assert_eq!(pictures(db, &[open])?[&open].len(), 1);
            let removal = Removal { by: DeletedBy::Author, at: now(), before: PostState::Live };
            tombstone(db, open, removal)?;
            assert!(pictures(db, &[open])?.is_empty());
            let asked = ["d72", "d82", "other"].map(str::to_owned);
            assert_eq!(used_digests(db, &asked)?, ["d82"]);
            Ok::<_, StoreError>(())
        });
        done.await.unwrap();
    }
}
