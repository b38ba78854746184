//! The network in which fixtures are sent: one instance, and for every host of the fixtures a peer that
//! serves its documents and signs as its actors.

use super::fixture_table::{FixtureLine, FixtureTable, words};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::row;
use testkit::{Hostile, Instance, Network, PeerResponse, Person, PostSnapshot, ReceivedRequest};

const HOSTS: &[&str] = &[
    "nodebb.example",
    "piefed.example",
    "lemmy.example",
    "mastodon.example",
    "gts.example",
    "mitra.example",
    "snac.example",
    "wp.example",
    "gancio.example",
    "mobilizon.example",
    "pasture.example",
];

type Documents = Arc<Mutex<HashMap<String, Value>>>;

/// One instance and the peers of all fixtures.
pub(super) struct FixtureNetwork {
    pub net: Network,
    pub alpha: Instance,
    pub ann: Person,
    pub thread: PostSnapshot,
    peers: HashMap<&'static str, Hostile>,
    documents: Documents,
    pem: String,
}

impl FixtureNetwork {
    pub(super) async fn new() -> Self {
        let net = Network::new();
        let alpha = net.instance("alpha.example").await;
        let ann = alpha.person("ann").await;
        let weavers = ann.found_community("weavers").await;
        let thread = ann.start_discussion(&weavers, "Warping a heddle").await;
        let documents = Documents::default();
        let mut peers = HashMap::new();
        for host in HOSTS {
            let kept = Arc::clone(&documents);
            let serve = move |request: &ReceivedRequest| {
                let id = format!("http://{host}{}", request.path);
                let found = kept.lock().unwrap().get(&id).cloned();
                found.map(|json| PeerResponse::activity(&json))
            };
            peers.insert(*host, net.hostile(host, serve).await);
        }
        let pem = peers["nodebb.example"].pem().to_owned();
        let network = Self {
            net,
            alpha,
            ann,
            thread,
            peers,
            documents,
            pem,
        };
        network.add_missing_actors();
        network.net.settle().await;
        network
    }

    /// Adds actors whose activities are fixtures and whose documents are not.
    fn add_missing_actors(&self) {
        for (id, name, kind) in [
            ("https://pasture.example/actor", "pasture", "Person"),
            ("https://piefed.example/u/pia", "pia", "Person"),
        ] {
            let actor = serde_json::json!({
                "id": id, "type": kind, "preferredUsername": name, "inbox": format!("{id}/inbox"),
                "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": "" },
            });
            self.publish(self.adapt(&actor.to_string()));
        }
    }

    /// Returns a fixture with this network's URLs and keys.
    pub(super) fn fixture(&self, file: &str, instead: &[(&str, &str)]) -> Value {
        let text = instead
            .iter()
            .fold(words(file), |text, (from, to)| text.replace(from, to));
        self.adapt(&text)
    }

    fn adapt(&self, text: &str) -> Value {
        let mut json: Value = serde_json::from_str(&self.localize(text)).unwrap();
        self.replace_keys(&mut json);
        json
    }

    /// The same words about this network: without TLS, and with the thread that Ann has started.
    pub(super) fn localize(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for host in HOSTS.iter().chain(&["alpha.example"]) {
            text = text.replace(&format!("https://{host}"), &format!("http://{host}"));
        }
        text.replace("http://alpha.example/p/1", self.thread.ap_id())
    }

    /// Replaces every public key by the one with which the peers sign.
    fn replace_keys(&self, json: &mut Value) {
        match json {
            Value::Object(map) => {
                for (key, value) in map {
                    if key == "publicKeyPem" {
                        *value = Value::from(self.pem.as_str());
                    } else {
                        self.replace_keys(value);
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.replace_keys(value)),
            _ => {}
        }
    }

    /// Serves a document under its id.
    pub(super) fn publish(&self, document: Value) {
        let id = id_of(&document).to_owned();
        self.documents.lock().unwrap().insert(id, document);
    }

    /// Serves the object of an activity.
    pub(super) fn part(&self, file: &str) {
        let mut object = self.fixture(file, &[])["object"].clone();
        while object.get("actor").is_some() && object.get("object").is_some() {
            object = object["object"].clone();
        }
        self.publish(object);
    }

    /// Serves a document with one more key.
    pub(super) fn publish_with(&self, file: &str, key: &str, value: &str) {
        self.republish(file, key, Value::from(self.localize(value)));
    }

    fn republish(&self, file: &str, key: &str, value: Value) {
        let mut document = self
            .document(&self.id_of(file))
            .unwrap_or(self.fixture(file, &[]));
        document[key] = value;
        self.publish(document);
    }

    /// Stops serving an id.
    pub(super) fn forget(&self, id: &str) {
        self.documents.lock().unwrap().remove(&self.localize(id));
    }

    /// Returns the path of a post's page.
    pub(super) async fn page_of(&self, id: &str) -> String {
        let post = self.ann.find(&self.localize(id)).await.unwrap();
        format!("/p/{}", post.id)
    }

    /// Serves the documents of a table, and lets Ann follow its actors, which accept that.
    pub(super) async fn prepare(&self, table: &FixtureTable) {
        for file in table.served {
            self.publish(self.fixture(file, &[]));
        }
        for file in table.followed {
            self.ann.follow(&self.id_of(file)).await;
        }
        self.net.settle().await;
        self.ann.is_accepted_by_all().await;
    }

    /// Sends every line of a table and compares the results; reports all differences at once.
    pub(super) async fn send_all(&self, table: &FixtureTable) {
        self.prepare(table).await;
        let (mut actual, mut wanted) = (Vec::new(), Vec::new());
        for line in table.lines {
            actual.push(format!("{} {}", line.file, self.sent(line).await));
            wanted.push(format!("{} {}", line.file, line.ends));
            if let Some((at, like)) = line.looks {
                actual.push(self.looks(at).await);
                wanted.push(like.to_owned());
            }
        }
        for (file, at, like) in table.looked {
            let found = self.ann.look_up(&self.id_of(file)).await;
            self.net.settle().await;
            actual.push(format!(
                "{file} {}: {}",
                found.is_some(),
                self.looks(at).await
            ));
            wanted.push(format!("{file} true: {like}"));
        }
        for file in table.served {
            actual.push(format!("{file} {}", self.was_asked(&self.id_of(file))));
            wanted.push(format!("{file} true"));
        }
        assert_eq!(actual, wanted);
    }

    /// Returns the id of a fixture, or of the collection of a page without an id.
    fn id_of(&self, file: &str) -> String {
        id_of(&self.fixture(file, &[])).to_owned()
    }

    fn was_asked(&self, id: &str) -> bool {
        let (host, path) = split(id);
        let request = self.peers[host.as_str()].requests();
        request.iter().any(|one| one.path == path)
    }

    /// Sends one line; returns the outcome.
    pub(super) async fn sent(&self, line: &FixtureLine) -> String {
        self.sent_again(line, "").await
    }

    /// Sends one line as another activity whose id ends in `mark`. An updated object is served from then on.
    pub(super) async fn sent_again(&self, line: &FixtureLine, mark: &str) -> String {
        if let Some((file, key, json)) = line.meanwhile {
            self.republish(file, key, self.adapt(json));
        }
        let mut activity = self.fixture(line.file, line.instead);
        if activity["type"] == "Update" && activity["object"].is_object() {
            self.publish(activity["object"].clone());
        }
        if let Some(id) = activity["id"].as_str().filter(|_| !mark.is_empty()) {
            activity["id"] = Value::from(format!("{id}{mark}"));
        }
        let signer = self.fixture(line.from, &[]);
        let activity = if activity["actor"] == signer["id"] {
            activity
        } else {
            self.announced(&signer, &activity)
        };
        self.send(&signer, &activity).await
    }

    fn document(&self, id: &str) -> Option<Value> {
        self.documents.lock().unwrap().get(id).cloned()
    }

    /// Returns the peer of a host.
    pub(super) fn peer(&self, host: &str) -> &Hostile {
        &self.peers[host]
    }

    /// Returns the number of requests to a host for a path.
    pub(super) fn asked(&self, host: &str) -> usize {
        let request = self.peers[host].requests();
        request.iter().filter(|one| one.method == "GET").count()
    }

    /// Returns the types of the activities posted to a host, in order.
    pub(super) fn posted(&self, host: &str) -> Vec<String> {
        let request = self.peers[host].requests();
        let posts = request.iter().filter(|one| one.method == "POST");
        let json = posts.map(|one| serde_json::from_str::<Value>(&one.body).unwrap());
        json.map(|json| json["type"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Returns the last activity posted to a host.
    pub(super) fn last_posted(&self, host: &str) -> Value {
        let request = self.peers[host].requests();
        let last = request.iter().rfind(|one| one.method == "POST").unwrap();
        serde_json::from_str(&last.body).unwrap()
    }

    /// Wraps an activity in a community's Announce.
    pub(super) fn announced(&self, group: &Value, activity: &Value) -> Value {
        let id = group["id"].as_str().unwrap();
        let inner = activity["id"].as_str().unwrap().to_owned();
        serde_json::json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{id}/announced?{inner}"),
            "type": "Announce",
            "actor": id,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [format!("{id}/followers")],
            "object": activity,
        })
    }

    /// Sends an activity signed by its actor; returns the outcome.
    pub(super) async fn send(&self, signer: &Value, activity: &Value) -> String {
        let before = self.newest().await.map(|row| row.id);
        let key_id = signer["publicKey"]["id"].as_str().unwrap();
        let (host, _) = split(key_id);
        let (names, algorithm) = signature_style(&host);
        let inbox = self.alpha.at("/inbox");
        let signed = self.peers[host.as_str()].signed_request_as(key_id, &inbox, activity);
        let signed = signed.signed_over(names, &format!("keyId=\"{key_id}\"{algorithm}"));
        let (status, words) = self.net.send(signed).await;
        assert_eq!(status, 202, "{activity}: {words}");
        self.net.settle().await;
        let row = self.newest().await.filter(|row| Some(row.id) != before);
        let row = row.unwrap_or_else(|| panic!("not kept: {activity}"));
        let why = row.reason.map(|why| format!(": {why}")).unwrap_or_default();
        format!("{}{why}", row.state)
    }

    async fn newest(&self) -> Option<row::Inbound> {
        self.alpha
            .read(|db| {
                let mut newest: Option<row::Inbound> = None;
                for state in model::peer::InboundState::ALL {
                    let top = model::InboundId(i64::MAX);
                    let rows = store::queue::inbound::list(db, *state, top, 1)?;
                    let found = rows.into_iter().next();
                    if found.as_ref().map(|row| row.id) > newest.as_ref().map(|row| row.id) {
                        newest = found;
                    }
                }
                Ok(newest)
            })
            .await
    }
}

/// Returns the signed headers and the algorithm of each software's signatures.
fn signature_style(host: &str) -> (&'static str, &'static str) {
    let usual = "(request-target) host date digest";
    match host {
        "nodebb.example" => (usual, ""),
        "piefed.example" => ("(request-target) host date digest content-type", ""),
        "snac.example" => (
            "(request-target) host digest date",
            r#",algorithm="rsa-sha256""#,
        ),
        "gts.example" => (usual, r#",algorithm="hs2019""#),
        _ => (usual, r#",algorithm="rsa-sha256""#),
    }
}

fn id_of(document: &Value) -> &str {
    let id = document["id"].as_str().or(document["partOf"].as_str());
    id.expect("a document with an address")
}

/// Splits an id into the host, and the path with its query.
fn split(id: &str) -> (String, String) {
    let rest = id.trim_start_matches("http://");
    let rest = rest.split('#').next().unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (host.to_owned(), format!("/{path}"))
}
