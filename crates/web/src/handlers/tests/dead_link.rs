//! Links of mails and of administrators that cannot be used: the page says why, probably, and asks for a new
//! one where it can.

use super::browser::Browser;
use super::too_many::make_links_with;
use domain::secret;
use http::StatusCode;
use store::Store;
use store::testing::on_sqlite;

const PATHS: &[(&str, &str)] = &[
    ("/sign-in/link", "link"),
    ("/reset-password", "reset"),
    ("/mail/confirm", "confirm"),
    ("/mail/cancel", "cancel"),
];

#[test]
fn a_link_that_cannot_be_used_says_why_and_what_to_do() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::with_mail(store).await;
        let bea = world.person("bea").await.unwrap();
        let (token, other) = (secret::token(), secret::token());
        for (path, kind) in PATHS {
            make_links_with(&world, bea, |one| format!("{one}{token}")).await;
            let whole = format!("{path}?key={token}");
            let cut = guest.get(&format!("{path}?key={}", &token[..20])).await;
            assert_eq!(cut.status, StatusCode::GONE, "{path}");
            assert!(
                cut.says("This link is incomplete"),
                "{path}: {}",
                cut.text()
            );
            let unknown = guest.get(&format!("{path}?key={other}")).await;
            assert!(unknown.says("This link no longer works"), "{path}");
            assert!(unknown.says("works once"), "{path}: {}", unknown.text());
            let french = guest.get(&format!("{path}?key={other}&lang=fr")).await;
            assert!(french.says("Ce lien ne fonctionne plus"), "{path}");
            assert!(french.says("Ce que vous pouvez faire"), "{path}");
            guest.forget();

            make_links_with(&world, bea, |one| match one == *kind {
                true => token.clone(),
                false => one.to_owned(),
            })
            .await;
            assert_eq!(guest.get(&whole).await.status, StatusCode::OK, "{path}");
            world.clock.pass(8 * 86_400);
            let late = guest.get(&whole).await;
            assert_eq!(late.status, StatusCode::GONE, "{path}");
            assert!(
                late.says("This link has expired"),
                "{path}: {}",
                late.text()
            );
            let fields = [("key", token.as_str()), ("password", "heron by the river")];
            let posted = guest.post(path, &fields).await;
            assert_eq!(posted.status, StatusCode::GONE, "{path}");
            assert!(posted.says("This link has expired"), "{path}");
            let asks = late.says(r#"action="/forgotten-password""#);
            assert_eq!(asks, ["link", "reset"].contains(kind), "{path}");
        }
        let asked = guest
            .post("/forgotten-password", &[("account", "bea")])
            .await;
        assert!(asked.says("Check your mail"), "{}", asked.text());
    });
}
