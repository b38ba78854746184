//! The leak test: a marker word stands in every text of posts that a viewer may not see. Every route of
//! the pages, the API and ActivityPub, read from the routers themselves, is requested as each viewer
//! before the posts exist and once more afterwards: the word never appears, and every response is the
//! same as for what does not exist.

mod hidden;
mod mail;
mod viewer;

use hidden::{Hidden, MARKER, TITLE_WORD};
use std::collections::BTreeMap;
use testkit::{HttpResponse, Instance, MailServer, Network, Person};
use viewer::{Probe, Side, Viewer};

/// An instance with two communities and a thread that everybody sees.
struct Story {
    net: Network,
    alpha: Instance,
    /// Founded `weavers`, where the hidden posts are, and wrote them.
    ann: Person,
    /// A member of `weavers`, who sees its members space.
    mia: Person,
    /// The thread that everybody sees.
    open_thread: String,
    hidden: Hidden,
}

impl Story {
    async fn new() -> Self {
        Self::on(Network::new()).await
    }

    async fn sending_mail(server: &MailServer) -> Self {
        let net = Network::new();
        net.send_mail_through(server);
        Self::on(net).await
    }

    async fn on(net: Network) -> Self {
        let alpha = net.instance("alpha.test").await;
        let ann = alpha.person("ann").await;
        let mia = alpha.person("mia").await;
        let weavers = ann.found_community("weavers").await;
        ann.add_tag(&weavers, model::LangText::single("en", "Looms"))
            .await;
        let dan = alpha.person("dan").await;
        dan.found_community("dyers").await;
        let thread = ann.start_discussion(&weavers, "Warping a heddle").await;
        net.settle().await;
        // Away from the moment at which a time is shown in other words.
        net.advance(2 * 3_600 + 1_800);
        net.settle().await;
        let hidden = Hidden::plan(&alpha, &ann, &mia, thread.id).await;
        Self {
            net,
            alpha,
            ann,
            mia,
            open_thread: thread.id.to_string(),
            hidden,
        }
    }

    /// The requests of a viewer: every route with the parameters that could lead to a hidden post.
    fn probes(&self, viewer: &Viewer) -> Vec<Probe> {
        let routes = self.alpha.routes();
        assert!(routes.pages.len() > 60, "{:?}", routes.pages);
        assert!(routes.api.len() > 40, "{:?}", routes.api);
        assert!(routes.activitypub.len() > 20, "{:?}", routes.activitypub);
        let sides = [
            (Side::Pages, &routes.pages),
            (Side::Api, &routes.api),
            (Side::ActivityPub, &routes.activitypub),
        ];
        let mut probes = Vec::new();
        for (side, paths) in sides {
            if viewer.uses(side) {
                for path in paths {
                    self.probes_of(side, path, &mut probes);
                }
            }
        }
        probes
    }

    fn probes_of(&self, side: Side, path: &str, probes: &mut Vec<Probe>) {
        let id = ["{id}", "{post}"]
            .into_iter()
            .find(|name| path.contains(name));
        let mut add = |method, path| {
            probes.push(Probe { side, method, path });
        };
        if let Some(id) = id {
            for hidden in self.hidden.ids() {
                add("GET", fill(path, id, &hidden));
            }
            for hidden in self.hidden.some() {
                for method in ["POST", "PUT", "DELETE"] {
                    add(method, fill(path, id, &hidden));
                }
                let shown = fill(path, id, &self.open_thread);
                add("GET", format!("{shown}?to={hidden}"));
            }
            add("GET", fill(path, id, &self.open_thread));
            return;
        }
        let parameter = path
            .split(['{', '}'])
            .nth(1)
            .map(|name| format!("{{{name}}}"));
        let filled: Vec<String> = match &parameter {
            Some(name) => ["weavers", "dyers", "ann"]
                .map(|handle| fill(path, name, handle))
                .to_vec(),
            None => vec![path.to_owned()],
        };
        for path in filled {
            let search = format!("{path}?q={}", self.hidden.ap_id());
            if side == Side::Api && parameter.is_none() {
                // The look-up takes its text in a body, and no other of these does without more.
                add("POST", search.clone());
            }
            add("GET", search);
            add(
                "GET",
                format!("{path}?q={TITLE_WORD}&page=1&unanswered=true"),
            );
            if path.contains("search") {
                // Misspelled, a beginning, in quotation marks, and with a filter.
                for query in [
                    "selvdege",
                    "selv",
                    "%22selvedge%22",
                    "selvedge&kind=event&sort=newest",
                ] {
                    add("GET", format!("{path}?q={query}"));
                }
            }
            if parameter.is_some() {
                add("GET", format!("{path}?kind=event"));
                add("GET", format!("{path}?tag=looms"));
            }
            add("GET", path);
        }
    }

    /// Sends all probes as a viewer.
    async fn probe(&self, viewer: &Viewer, probes: &[Probe]) -> BTreeMap<Probe, HttpResponse> {
        let mut responses = BTreeMap::new();
        for probe in probes {
            let mut response = viewer.send(&self.alpha, probe).await;
            assert!(
                !response.body.contains(MARKER) && !response.location.contains(MARKER),
                "{viewer:?} reads the marker at {probe:?}"
            );
            response.body = without_form_tokens(&response.body);
            responses.insert(probe.clone(), response);
        }
        responses
    }
}

/// Leaves out the random token that makes each form one of its own.
fn without_form_tokens(body: &str) -> String {
    const FIELD: &str = r#"name="once" value=""#;
    let mut parts = body.split(FIELD);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let rest = part.split_once('"').map_or(part, |(_, rest)| rest);
        all + FIELD + rest
    })
}

/// Fills one parameter with a value, and the others with a word that names nothing.
fn fill(path: &str, parameter: &str, value: &str) -> String {
    let filled = path.replace(parameter, value);
    let parts = filled.split('/').map(|part| match part.starts_with('{') {
        true => "1",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn hidden_posts_are_like_what_does_not_exist() {
    let story = Story::new().await;
    let viewers = Viewer::all(&story).await;
    story.net.stop_clock();
    let mut before = Vec::new();
    for viewer in &viewers {
        let probes = story.probes(viewer);
        // Once without a comparison: the first request records when a session or token was used.
        for (side, path) in [(Side::Pages, "/me"), (Side::Api, "/api/hedgerow/v1/me")] {
            let path = path.to_owned();
            let method = "GET";
            viewer
                .send(&story.alpha, &Probe { side, method, path })
                .await;
        }
        before.push(story.probe(viewer, &probes).await);
    }
    story.hidden.insert(&story.alpha, &viewers).await;
    story.assert_shown_to_those_who_may().await;
    let mut wrong = Vec::new();
    for (viewer, before) in viewers.iter().zip(before) {
        let probes: Vec<Probe> = before.keys().cloned().collect();
        for (probe, now) in story.probe(viewer, &probes).await {
            if before[&probe] != now {
                wrong.push(format!(
                    "{viewer:?} {probe:?}: {}",
                    difference(&before[&probe], &now)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    story.net.settle().await;
}

/// Describes where two responses differ.
fn difference(before: &HttpResponse, now: &HttpResponse) -> String {
    if (before.status, &before.location) != (now.status, &now.location) {
        return format!(
            "{} {} became {} {}",
            before.status, before.location, now.status, now.location
        );
    }
    let lines = before.body.lines().zip(now.body.lines());
    let first = lines.into_iter().find(|(a, b)| a != b);
    format!("{}: {first:?}", now.status)
}

impl Story {
    /// The test would pass where nobody saw the posts: those who may, do.
    async fn assert_shown_to_those_who_may(&self) {
        for (person, post) in [
            (&self.mia, self.hidden.members),
            (&self.ann, self.hidden.draft),
        ] {
            let viewer = Viewer::person("allowed", person).await;
            for (side, path) in [
                (Side::Pages, format!("/p/{post}")),
                (Side::Api, format!("/api/hedgerow/v1/posts/{post}")),
            ] {
                let probe = Probe {
                    side,
                    method: "GET",
                    path,
                };
                let seen = viewer.send(&self.alpha, &probe).await;
                assert!(seen.body.contains(MARKER), "{probe:?}: {seen:?}");
            }
            let path = format!("/p/{post}/pictures/1");
            let (side, method) = (Side::Pages, "GET");
            let picture = Probe { side, method, path };
            assert_eq!(viewer.send(&self.alpha, &picture).await.status, 200);
        }
    }
}
