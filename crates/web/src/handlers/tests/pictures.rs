//! Pictures of posts, from the form to the reader.

use super::browser::{Browser, PageResponse};
use domain::testing::{PNG, World};
use http::{StatusCode, header};
use model::PostId;
use store::Store;
use store::testing::on_sqlite;

const WORDS: [(&str, &str); 2] = [("body", "See for yourself."), ("lang", "en")];

/// A thread, and the browser of Bea, who replies to it.
async fn thread(store: Store) -> (Browser, World, PostId) {
    let (mut bea, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let thread = world.thread(ann, weavers, "Warping").await.unwrap();
    let id = world.person("bea").await.unwrap();
    bea.sign_in(&world, id).await;
    (bea, world, thread)
}

/// Sends a form with one picture.
async fn send(
    browser: &mut Browser,
    path: &str,
    more: &[(&str, &str)],
    file: &[u8],
) -> PageResponse {
    let fields = [&WORDS[..], more].concat();
    browser
        .post_with_files(path, &fields, &[("picture1", file)])
        .await
}

/// The addresses of the pictures on a page.
fn pictures(page: &PageResponse) -> Vec<String> {
    let parts = page.html.split(r#"<figure class="picture"><a href=""#);
    parts
        .skip(1)
        .map(|part| part.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

fn header_of<'r>(response: &'r PageResponse, name: &header::HeaderName) -> &'r str {
    let value = response.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_picture_is_posted_shown_described_again_and_removed() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let sent = send(&mut bea, &reply, &[("picture1_alt", "A <red> loom")], PNG).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
        let page = bea.get(&format!("/p/{thread}")).await;
        assert!(page.says(r#"alt="A &#60;red&#62; loom""#) && page.says(r#"width="2" height="1""#));
        let [url] = pictures(&page).try_into().unwrap();

        let edit = format!("{}/edit", sent.location);
        let form = bea.get(&edit).await;
        assert!(form.says(&format!(r#"<img src="{url}""#)));
        let revision = form.hidden("revision");
        let kept = [
            ("revision", revision.as_str()),
            ("picture1_number", "1"),
            ("picture1_alt", "A heddle"),
            ("picture2_alt", "A peg"),
        ];
        let fields = [&WORDS[..], &kept].concat();
        let files: [(&str, &[u8]); 1] = [("picture2", PNG)];
        let edited = bea.post_with_files(&edit, &fields, &files).await;
        assert_eq!(edited.status, StatusCode::SEE_OTHER, "{}", edited.html);
        let page = bea.get(&format!("/p/{thread}")).await;
        assert!(page.says(r#"alt="A heddle""#) && page.says(r#"alt="A peg""#));
        assert_eq!(pictures(&page).len(), 2);

        let revision = bea.get(&edit).await.hidden("revision");
        let removed = [
            ("revision", revision.as_str()),
            ("picture1_number", "1"),
            ("picture1_alt", "A heddle"),
            ("picture1_remove", "on"),
        ];
        let fields = [&WORDS[..], &removed].concat();
        let edited = bea.post(&edit, &fields).await;
        assert_eq!(edited.status, StatusCode::SEE_OTHER, "{}", edited.html);
        assert!(pictures(&bea.get(&format!("/p/{thread}")).await).is_empty());
        assert_eq!(bea.get(&url).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_is_wrong_with_a_picture_is_said_and_the_text_kept() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let nameless = send(&mut bea, &reply, &[], PNG).await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nameless.says("e-picture1_alt") && nameless.says("Describe the picture"));
        assert!(nameless.says("Choose the picture again") && nameless.says(WORDS[0].1));

        let alt = [("picture1_alt", "A loom")];
        let text = send(&mut bea, &reply, &alt, b"no picture").await;
        assert!(text.says("This file is something else, or damaged."));
        assert!(text.says(r#"value="A loom""#));

        let fields = [&WORDS[..], &alt].concat();
        let forgotten = bea.post(&reply, &fields).await;
        assert!(forgotten.says("Choose a picture, or delete its description"));
        assert!(
            bea.get(&format!("/p/{thread}"))
                .await
                .says("No replies yet")
        );
    });
}

#[test]
fn a_picture_is_served_as_a_file_of_its_post() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let sent = send(&mut bea, &reply, &[("picture1_alt", "A loom")], PNG).await;
        let [url] = pictures(&bea.get(&format!("/p/{thread}")).await)
            .try_into()
            .unwrap();
        bea.forget();
        let picture = bea.get(&url).await;
        assert_eq!(picture.status, StatusCode::OK);
        assert_eq!(header_of(&picture, &header::CONTENT_TYPE), "image/jpeg");
        assert_eq!(
            header_of(&picture, &header::X_CONTENT_TYPE_OPTIONS),
            "nosniff"
        );
        assert_eq!(
            header_of(&picture, &header::CACHE_CONTROL),
            "public, max-age=300"
        );
        let policy = header_of(&picture, &header::CONTENT_SECURITY_POLICY);
        assert!(policy.ends_with("sandbox"));
        assert!(header_of(&picture, &header::ETAG).len() > 60);

        let id: PostId = sent.location.trim_start_matches("/p/").parse().unwrap();
        let hide = move |tx: &mut domain::Tx<'_>| {
            Ok(store::post::set_state(tx.db, id, model::PostState::Hidden)?)
        };
        world.ops.write(hide).await.unwrap();
        let hidden = bea.get(&url).await;
        let (id, other) = (id.to_string(), PostId(id.0 + 1).to_string());
        let absent = bea.get(&url.replace(&id, &other)).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!(hidden.html, absent.html.replace(&other, &id));
    });
}

#[test]
fn the_right_to_write_is_checked_before_a_picture_is_decoded() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let described = [("picture1_alt", "A loom")];
        let malformed = send(&mut bea, &reply, &described, b"no picture").await;
        assert_eq!(malformed.status, StatusCode::UNPROCESSABLE_ENTITY);
        let hide = move |tx: &mut domain::Tx<'_>| {
            Ok(store::post::set_state(
                tx.db,
                thread,
                model::PostState::Hidden,
            )?)
        };
        world.ops.write(hide).await.unwrap();
        for file in [&b"no picture"[..], PNG] {
            let refused = send(&mut bea, &reply, &described, file).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND);
        }
    });
}

#[test]
fn what_is_wrong_with_pictures_and_with_the_text_is_said_together() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, thread) = thread(store).await;
        let large = vec![0; media::MAX_BYTES + 1];
        let files: [(&str, &[u8]); 3] = [
            ("picture1", PNG),
            ("picture2", b"no picture"),
            ("picture3", &large),
        ];
        let long = "x".repeat(model::limits::TITLE_MAX + 1);
        let faults = [
            "Describe the picture",
            "This file is something else, or damaged.",
            "This picture is too large.",
            "Choose a picture, or delete its description",
            "Write your text",
        ];
        let alts = [
            ("kind", "tip"),
            ("lang", "en"),
            ("picture2_alt", "A peg"),
            ("picture3_alt", "A loom"),
            ("picture4_alt", "A heddle"),
        ];
        for (path, title, said) in [
            ("/c/weavers/new".to_owned(), "", "Enter a title"),
            (
                "/c/weavers/new".to_owned(),
                long.as_str(),
                "This title is too long.",
            ),
            (format!("/p/{thread}/reply"), "", "Choose the picture again"),
        ] {
            let fields = [&alts[..], &[("title", title)]].concat();
            let page = bea.post_with_files(&path, &fields, &files).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            for fault in faults.iter().chain([&said]) {
                assert!(page.says(fault), "{path}: {fault} is not said");
            }
            assert!(page.says(r#"value="A peg""#) && page.says(r#"value="A loom""#));
        }
    });
}

#[test]
fn the_text_before_pictures_that_are_too_large_together_is_kept() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let large = vec![0; 40 << 20];
        let page = send(&mut bea, &reply, &[("picture1_alt", "A loom")], &large).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.says(WORDS[0].1), "{}", page.text());
        let alone = bea.post(&reply, &WORDS).await;
        assert_eq!(alone.status, StatusCode::SEE_OTHER);
    });
}
