//! A certified OpenID provider (npm `oidc-provider`), run by node on loopback.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The secret of the client `hedgerow`.
const SECRET: &str = "a-secret-of-the-test";

/// A running provider. Dropping it ends it.
pub struct OidcProvider {
    child: Child,
    issuer: String,
    site: String,
    key: String,
    http: reqwest::Client,
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl OidcProvider {
    /// Starts the provider with the key `institution`, see [`OidcProvider::start_as`].
    #[must_use]
    pub fn start(host: &str) -> Option<Self> {
        Self::start_as(host, "institution")
    }

    /// Starts a provider that knows the site at `http://{host}/`, which calls it by this key; `None`, with a line that
    /// says so, where this machine has no node.
    ///
    /// # Panics
    /// Where it does not start, and in CI where there is no node.
    #[must_use]
    pub fn start_as(host: &str, key: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oidc");
        if !packages(&folder) {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "node and npm are missing (apt-get install nodejs npm)");
            eprintln!(
                "skipped: no node and npm, so no identity provider (apt-get install nodejs npm)"
            );
            return None;
        }
        let site = format!("http://{host}");
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .arg(format!("{site}/sign-in/with/{key}/back"))
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut issuer = String::new();
        let output = child.stdout.take().expect("its output");
        let mut output = BufReader::new(output);
        output.read_line(&mut issuer).unwrap();
        // It says more later, and ends where nobody listens.
        child.stdout = Some(output.into_inner());
        let no_redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(no_redirect);
        let issuer = issuer.trim().to_owned();
        assert!(issuer.starts_with("http"), "the provider says its issuer");
        Some(Self {
            child,
            issuer,
            site,
            key: key.to_owned(),
            http: http.build().unwrap(),
        })
    }

    /// The section of the configuration with which an instance signs in with it, as Larchmere, or by its key where that
    /// is another; `more` are further lines.
    #[must_use]
    pub fn section(&self, more: &str) -> String {
        let key = &self.key;
        let name = if key == "institution" {
            "Larchmere"
        } else {
            key
        };
        format!(
            "[[oidc]]\nkey = \"{key}\"\nname = \"{name}\"\nissuer = \"{}\"\nclient_id = \"hedgerow\"\n\
             client_secret = \"{SECRET}\"\nallow_private = true\n{more}\n",
            self.issuer
        )
    }

    /// Sets who signs in from now on: `{"sub": …, "claims": {…}}`; with `"refuses": true`, nobody; with
    /// `"signed_in_before": 60`, somebody who showed a minute ago who they are.
    pub async fn says(&self, what: &Value) {
        self.test_request("/test", what).await;
    }

    /// Signs in at the provider, as a browser that was sent to `url`; returns the path with which it comes back.
    pub async fn sign_in(&self, url: &str) -> String {
        let mut cookies: BTreeMap<String, String> = BTreeMap::new();
        let mut at = url.to_owned();
        for _ in 0..12 {
            if let Some(back) = at.strip_prefix(&self.site) {
                return back.to_owned();
            }
            let pairs = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let sent = pairs.collect::<Vec<_>>().join("; ");
            let answer = self
                .http
                .get(&at)
                .header(COOKIE, sent)
                .send()
                .await
                .unwrap();
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let next = answer.headers().get(LOCATION);
            let next = next.map(|to| to.to_str().unwrap().to_owned());
            let Some(next) = next else {
                panic!(
                    "the provider ends at {at}: {}",
                    answer.text().await.unwrap()
                );
            };
            at = url::Url::parse(&at).unwrap().join(&next).unwrap().into();
        }
        panic!("the provider redirects for ever: {at}");
    }

    /// The logout token that the provider sends for somebody, or for one of its sessions.
    pub async fn logout_token(&self, sub: &str, sid: &str) -> String {
        let asked = serde_json::json!({ "sub": sub, "sid": sid });
        self.test_request("/test/logout", &asked).await
    }

    async fn test_request(&self, path: &str, what: &Value) -> String {
        let request = self.http.post(format!("{}{path}", self.issuer));
        let answer = request.body(what.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.text().await.unwrap()
    }

    /// Ends it, as a provider that is down.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Installs the packages of tests/oidc, unless those of this very lock file are there. Returns whether they are.
fn packages(folder: &PathBuf) -> bool {
    let lock = std::fs::read(folder.join("package-lock.json")).unwrap();
    let stamp = folder.join("node_modules").join(".installed-from");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return true;
    }
    // One process at a time: each test is one.
    let guard = std::fs::File::create(folder.join(".lock")).unwrap();
    guard.lock().unwrap();
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return true;
    }
    let installed = Command::new("npm")
        .current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund"])
        .stdout(Stdio::null())
        .status();
    if !installed.is_ok_and(|status| status.success()) {
        return false;
    }
    std::fs::write(stamp, lock).unwrap();
    true
}
