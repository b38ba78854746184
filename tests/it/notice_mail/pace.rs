//! How many mails go to one provider within a minute.

use super::{Scene, follow_at_once};
use std::collections::BTreeMap;

#[tokio::test]
async fn mails_to_one_domain_wait_for_their_turn_and_all_arrive() {
    let s = Scene::configured("per_domain_per_minute = 2\n").await;
    let mut people = Vec::new();
    for (name, domain) in [
        ("bea", "example.org"),
        ("cleo", "example.org"),
        ("dan", "Example.org"),
        ("eve", "example.org"),
        ("fay", "example.org"),
        ("gus", "example.net"),
    ] {
        let person = s.alpha.person(name).await;
        s.address(&person, &format!("{name}@{domain}")).await;
        person.follow("!weavers@alpha.test").await;
        follow_at_once(&s, &person).await;
        people.push(person);
    }
    s.net.settle().await;
    s.pass(super::HOUR).await;
    let before = s.server.received().len();
    s.ann.start_discussion(&s.weavers, "Warping a heddle").await;
    s.net.settle().await;

    // In steps of ten seconds: how many have come to each domain.
    let mut steps: Vec<(usize, usize)> = Vec::new();
    s.pass(super::PAUSE - 10).await;
    for _ in 0..24 {
        s.pass(10).await;
        let received = s.server.received();
        let mut domains: BTreeMap<String, usize> = BTreeMap::new();
        for mail in &received[before..] {
            let (_, domain) = mail.to.rsplit_once('@').unwrap();
            *domains.entry(domain.to_lowercase()).or_default() += 1;
        }
        let of = |domain: &str| domains.get(domain).copied().unwrap_or(0);
        steps.push((of("example.org"), of("example.net")));
    }
    for minute in steps.windows(6) {
        let came = minute[5].0 - minute[0].0;
        assert!(came <= 2, "{came} in less than a minute: {steps:?}");
    }
    assert_eq!(steps[3].1, 1, "the other domain does not wait: {steps:?}");
    assert_eq!(steps[0].0, 2, "{steps:?}");
    assert_eq!(steps[23].0, 5, "{steps:?}");
    let aside = s.alpha.set_aside().await;
    assert_eq!(aside.jobs, 0, "waiting is no failure");
}
