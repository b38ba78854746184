//! Pictures of posts on their way to other servers.

use super::Weavers;
use domain::Tx;
use domain::post::{Draft, NewPicture, Pictures};
use domain::testing::{PNG, draft};
use model::Origin;
use serde_json::Value;

#[tokio::test]
async fn a_picture_is_attached_fetched_without_a_signature_and_taken_back() {
    let story = Weavers::new().await;
    let (alpha, beta, ann) = (&story.alpha, &story.beta, story.ann.id());
    let file = alpha.media().store_post_picture(PNG.into()).await.unwrap();
    let alt = "A loom with red thread".to_owned();
    let added = vec![NewPicture { file, alt }];
    let new = Draft {
        pictures: Some(Pictures {
            added,
            ..Pictures::default()
        }),
        ..draft("Looms", "Look.")
    };
    let weavers = alpha.actor("weavers@alpha.test").await.unwrap().id;
    let start = move |tx: &mut Tx<'_>| {
        domain::discussion::start(tx, ann, Some(weavers), &new, &Origin::Local)
    };
    let thread = alpha.ops().write(start).await.unwrap();
    story.net.settle().await;

    let page = format!("/p/{thread}");
    let json = [("accept", "application/activity+json")];
    let (_, _, body) = alpha.get(&page, &json).await;
    let page: Value = serde_json::from_str(&body).unwrap();
    let attached = &page["attachment"][0];
    assert_eq!(attached["type"], "Image");
    assert_eq!(attached["name"], "A loom with red thread");
    let url = attached["url"].as_str().unwrap();
    let path = url.trim_start_matches(&alpha.at("")).to_owned();
    for accept in ["image/*", "*/*"] {
        let (status, headers, _) = alpha.get(&path, &[("accept", accept)]).await;
        assert_eq!(status, 200, "{accept}");
        assert_eq!(headers["content-type"], "image/jpeg");
    }
    let received = story
        .bea
        .find(&alpha.at(&format!("/p/{thread}")))
        .await
        .unwrap();
    let read = move |db: &mut store::Db| Ok(store::raw::post::by_id(db, received.id)?);
    let html = beta.read(read).await.unwrap().html;
    let link = format!("<a href=\"{url}\"");
    let (_, html) = html.first().unwrap();
    assert!(
        html.contains(&link) && html.contains("A loom with red thread"),
        "{html}"
    );

    let remove = move |tx: &mut Tx<'_>| domain::post::remove(tx, ann, thread, &Origin::Local);
    alpha.ops().write(remove).await.unwrap();
    story.net.settle().await;
    assert_eq!(alpha.get(&path, &[]).await.0, 404);
}
