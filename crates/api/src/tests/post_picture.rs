//! Pictures of posts, as a program sends them.

use super::*;

const PIXEL: &[u8] = include_bytes!("pixel.png");

/// Sends a post and files as a form.
async fn send_form(
    program: &Program,
    method: Method,
    path: &str,
    post: &Value,
    files: &[&[u8]],
) -> ApiResponse {
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(b"--part\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"post\"", post.to_string().as_bytes());
    for file in files {
        part("name=\"picture\"; filename=\"loom.png\"", file);
    }
    body.extend_from_slice(b"--part--\r\n");
    program
        .send_as(method, path, "multipart/form-data; boundary=part", body)
        .await
}

fn post(pictures: &Value) -> Value {
    json!({"lang": "en", "title": "My loom", "body": "It works.", "pictures": pictures})
}

/// The numbers and alternative texts of a post's pictures.
fn shown(response: &ApiResponse) -> Vec<(i64, String)> {
    let pictures = response.body["pictures"].as_array();
    let pictures = pictures.map_or(&[][..], Vec::as_slice);
    let text = |one: &Value| one["alt"].as_str().unwrap().to_owned();
    let rows = pictures.iter();
    rows.map(|one| (one["number"].as_i64().unwrap(), text(one)))
        .collect()
}

/// A program of somebody with a community.
async fn scene(store: Store) -> Program {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    program
}

const THREADS: &str = "/communities/weavers/threads";

async fn a_post_comes_with_its_pictures(store: Store) {
    let program = scene(store).await;
    let two = post(&json!([{"alt": "A loom"}, {"alt": " A peg "}]));
    let thread = send_form(&program, Method::POST, THREADS, &two, &[PIXEL, PIXEL]).await;
    assert_eq!(thread.status, 201, "{}", thread.body);
    assert_eq!(shown(&thread), [(1, "A loom".into()), (2, "A peg".into())]);
    let id = thread.body["id"].as_str().unwrap();
    let url = thread.body["pictures"][0]["url"].as_str().unwrap();
    let path = format!("https://alpha.test/p/{id}/pictures/1");
    assert!(url.starts_with(&path), "{url}");
    let path = format!("/posts/{id}/replies");
    let one = json!({"lang": "en", "body": "Mine.", "pictures": [{"alt": "Mine"}]});
    let reply = send_form(&program, Method::POST, &path, &one, &[PIXEL]).await;
    assert_eq!(
        (reply.status.as_u16(), shown(&reply)),
        (201, vec![(1, "Mine".into())])
    );

    // An edit that does not name them keeps them; one that does keeps, describes, adds and takes away.
    let path = format!("/posts/{id}");
    let plain = json!({"lang": "en", "title": "My loom", "body": "It works well."});
    let edited = program.ask(Method::PUT, &path, Some(plain)).await;
    assert_eq!(shown(&edited), shown(&thread));
    let other = post(&json!([{"number": 2, "alt": "A long peg"}, {"alt": "Wool"}]));
    let edited = send_form(&program, Method::PUT, &path, &other, &[PIXEL]).await;
    assert_eq!(
        shown(&edited),
        [(2, "A long peg".into()), (3, "Wool".into())]
    );
    let edited = program
        .ask(Method::PUT, &path, Some(post(&json!([]))))
        .await;
    assert_eq!((edited.status.as_u16(), shown(&edited)), (200, Vec::new()));
}

async fn pictures_have_the_limits_of_the_form(store: Store) {
    let program = scene(store).await;
    let long = "x".repeat(model::limits::ALT_MAX + 1);
    let cases: [(Value, &[&[u8]], &str, &str); 7] = [
        (json!([{"alt": " "}]), &[PIXEL], "picture_alt", "required"),
        (json!([{"alt": long}]), &[PIXEL], "picture_alt", "too-long"),
        (json!(null), &[PIXEL], "picture_alt", "required"),
        (json!([{"alt": "A loom"}]), &[], "picture", "required"),
        (
            json!([{"alt": "A loom"}]),
            &[b"no picture"],
            "picture",
            "malformed",
        ),
        (json!([]), &[PIXEL; 5], "pictures", "too-long"),
        (
            json!(vec![json!({"alt": "A", "number": 1}); 5]),
            &[],
            "pictures",
            "too-long",
        ),
    ];
    for (pictures, files, field, code) in cases {
        let response = send_form(&program, Method::POST, THREADS, &post(&pictures), files).await;
        let error = &response.body["errors"][0];
        assert_eq!(response.status, 422, "{field} {code}: {}", response.body);
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(field), &json!(code))
        );
    }
    let large = vec![0; media::MAX_BYTES + 1];
    let one = post(&json!([{"alt": "A loom"}]));
    let response = send_form(&program, Method::POST, THREADS, &one, &[&large]).await;
    assert_eq!(
        response.body["errors"][0]["field"], "picture",
        "{}",
        response.body
    );
    let words = json!({"lang": "en", "title": "Long", "body": "x".repeat(3 << 20)});
    let response = program.ask(Method::POST, THREADS, Some(words)).await;
    assert_eq!(response.status, 413, "{}", response.body);
    let listed = program.ask(Method::GET, THREADS, None).await;
    assert_eq!(listed.body["items"], json!([]));
    // Nobody else's program sends so much.
    let stranger = Program {
        token: None,
        ..program
    };
    let response = send_form(&stranger, Method::POST, THREADS, &one, &[PIXEL]).await;
    assert_eq!(response.status, 401);
}

async fn the_right_to_write_is_checked_before_a_picture_is_decoded(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let thread = world.thread(ann, weavers, "Warping").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, bea).await;
    let one = post(&json!([{"alt": "A loom"}]));
    let path = format!("/posts/{thread}");
    let changed = send_form(&program, Method::PUT, &path, &one, &[b"no picture"]).await;
    assert_eq!(changed.status, 403, "{}", changed.body);
    let remove =
        move |tx: &mut domain::Tx<'_>| domain::post::remove(tx, ann, thread, &model::Origin::Local);
    world.ops.write(remove).await.unwrap();
    let path = format!("/posts/{thread}/replies");
    let reply = send_form(&program, Method::POST, &path, &one, &[b"no picture"]).await;
    assert_eq!(reply.status, 410, "{}", reply.body);
}

stories!(
    a_post_comes_with_its_pictures as sent,
    pictures_have_the_limits_of_the_form as limited,
    the_right_to_write_is_checked_before_a_picture_is_decoded as refused_first,
);
