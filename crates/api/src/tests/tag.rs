//! Tags of a community and of its threads.

use super::*;
use model::LangText;

const THREADS: &str = "/communities/weavers/threads";

async fn tags_are_listed_chosen_and_filtered_by(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let verb = move |tx: &mut domain::Tx<'_>| {
        let looms = domain::tag::add(tx, ann, weavers, &LangText::single("en", "Old looms"))?;
        domain::tag::add(tx, ann, weavers, &LangText::single("en", "Wool"))?;
        let name = LangText::new([("en", "Looms"), ("fr", "Métiers")]);
        domain::tag::rename(tx, ann, looms, &name, None)?;
        Ok(looms.to_string())
    };
    let looms = world.ops.write(verb).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;

    let post = |title: &str, tags: Value| json!({"lang": "en", "title": title, "body": "Of #wool.", "tags": tags});
    let tagged = post("Warping", json!([looms]));
    let made = program.ask(Method::POST, THREADS, Some(tagged)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let slugs = |tags: &Value| -> Vec<String> {
        let tags = tags.as_array().cloned().unwrap_or_default();
        let slugs = tags.iter().filter_map(|tag| tag["slug"].as_str());
        slugs.map(str::to_owned).collect()
    };
    assert_eq!(slugs(&made.body["tags"]), ["looms", "wool"]);
    for bad in [json!(["7"]), json!(["x"])] {
        let refused = post("Weld", bad);
        let refused = program.ask(Method::POST, THREADS, Some(refused)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    let list = "/communities/weavers/tags";
    let tags = program.ask(Method::GET, list, None).await.body;
    assert_eq!(slugs(&tags), ["looms", "wool"]);
    assert_eq!(
        (&tags[0]["threads"], &tags[0]["name"]["fr"]),
        (&json!(1), &json!("Métiers"))
    );
    for (slug, found) in [("looms", 1), ("old-looms", 1), ("other", 0)] {
        let path = format!("{THREADS}?tag={slug}");
        let threads = program.ask(Method::GET, &path, None).await.body;
        assert_eq!(threads["items"].as_array().unwrap().len(), found, "{slug}");
    }
    let path = format!("/posts/{}", made.body["id"].as_str().unwrap());
    for (tags, expected) in [
        (Value::Null, vec!["looms", "wool"]),
        (json!([]), vec!["wool"]),
    ] {
        let edited = program
            .ask(Method::PUT, &path, Some(post("Warping", tags)))
            .await;
        assert_eq!(slugs(&edited.body["tags"]), expected, "{}", edited.body);
    }
}

stories!(tags_are_listed_chosen_and_filtered_by as listed);
