//! What a page costs: the number of its statements does not depend on how much a member follows.

use super::browser::Browser;
use super::today;
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, PostId};
use store::Store;
use store::testing::statements::{Statements, on_watched_sqlite};

/// How many communities the two members follow.
const FOLLOWED: [usize; 2] = [2, 40];

/// Most statements of a page of a member, one of which counts the invitations for the menu.
const MOST: usize = 23;

/// The pages that a member reads, beside threads and people.
const PAGES: &[&str] = &[
    "/",
    "/about",
    "/c/weavers0",
    "/c/weavers0/about",
    "/c/weavers0/discussions",
    "/c/weavers0/discussions?show=unread",
    "/c/weavers0/feed.atom",
    "/c/weavers0/new",
    "/c/weavers0/people",
    "/communities",
    "/communities/new",
    "/notices",
    "/people",
    "/search",
    "/search/suggest?q=war",
    "/search?q=warping",
    "/settings/mail",
    "/settings/notices",
    "/settings/password",
    "/settings/profile",
    "/settings/second-factor",
    "/settings/sessions",
    "/settings/tokens",
    "/u/root",
];

/// Communities with a thread each, and one reply in it that its author is told of.
async fn communities(world: &World, authors: [ActorId; 2]) -> Vec<(ActorId, PostId)> {
    let mut made = Vec::new();
    for number in 0..FOLLOWED[1] {
        let community = world
            .community(world.admin, &format!("weavers{number}"))
            .await
            .unwrap();
        let thread = world
            .thread(world.admin, community, "Warping")
            .await
            .unwrap();
        made.push((community, thread));
    }
    for author in authors {
        let own = world.thread(author, made[0].0, "Woad").await.unwrap();
        world.reply(world.admin, own, "Weld.").await.unwrap();
    }
    made
}

/// The statements of a page, once it has been read before; none where there is no such page.
async fn cost(browser: &mut Browser, statements: &Statements, path: &str) -> Vec<String> {
    browser.get(path).await;
    let _ = statements.take();
    let page = browser.get(path).await;
    let made = statements.take();
    match page.status {
        StatusCode::OK => made,
        _ => Vec::new(),
    }
}

#[test]
fn a_page_does_not_cost_more_to_who_follows_more() {
    on_watched_sqlite(|store: Store, statements| async move {
        let (mut browser, world) = Browser::new(store).await;
        let [few, many] = [
            world.person("ann").await.unwrap(),
            world.person("bea").await.unwrap(),
        ];
        let made = communities(&world, [few, many]).await;
        let mut people = Vec::new();
        for number in 0..FOLLOWED[1] {
            let name = format!("zoe{number}");
            people.push(world.stranger(&name, "social.test").await.unwrap());
        }
        for (who, count) in [few, many].into_iter().zip(FOLLOWED) {
            for (community, _) in made.iter().take(count).copied() {
                let follow =
                    move |tx: &mut domain::Tx<'_>| domain::follow::follow(tx, who, community);
                world.ops.write(follow).await.unwrap();
            }
            for person in people.iter().take(count).copied() {
                today::follow(&world, who, person).await;
            }
        }
        world.clock.pass(60);
        for (_, thread) in &made {
            world
                .reply(world.admin, *thread, "A peg helps.")
                .await
                .unwrap();
        }
        for person in people {
            today::write(&world, person, ("", "A peg helps.")).await;
        }

        let thread = format!("/p/{}", made[1].1);
        let (history, feed) = (format!("{thread}/history"), format!("{thread}/feed.atom"));
        let of_posts = [thread.as_str(), &history, &feed];
        let mut wrong = Vec::new();
        for path in PAGES.iter().copied().chain(of_posts) {
            browser.sign_in(&world, few).await;
            let of_few = cost(&mut browser, &statements, path).await;
            browser.sign_in(&world, many).await;
            let of_many = cost(&mut browser, &statements, path).await;
            if of_few.len() != of_many.len() || !(1..=MOST).contains(&of_many.len()) {
                wrong.push(format!(
                    "{path}: {} and {} statements: {of_many:#?}",
                    of_few.len(),
                    of_many.len()
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
