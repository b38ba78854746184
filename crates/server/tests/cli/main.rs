//! The command line as a shell sees it: what it prints, where it prints it, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod doctor;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const HEDGEROW: &str = env!("CARGO_BIN_EXE_hedgerow");

/// A folder to run in, with a password in it.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("password"), "loom-and-shuttle\n").unwrap();
    home
}

fn run(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(HEDGEROW);
    command.current_dir(home).args(args);
    command.stdin(Stdio::null()).output().unwrap()
}

/// What it printed, after it ended well.
fn says(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(home: &Path, args: &[&str]) -> Value {
    let text = says(home, &[args, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e}: {text}"))
}

/// What it complained about, and the exit code.
fn fails(home: &Path, args: &[&str]) -> (String, i32) {
    let output = run(home, args);
    let complaint = String::from_utf8(output.stderr).unwrap();
    (complaint, output.status.code().unwrap())
}

const SETUP: &[&str] = &[
    "setup",
    "--url",
    "https://practice.example",
    "--name",
    "Practice",
    "--name-fr",
    "Pratique",
    "--admin",
    "ann",
    "--password-file",
    "password",
];

#[test]
fn the_setup_asks_the_administrator_to_confirm_an_address() {
    let home = home();
    let at = home.path();
    let with_mail = [SETUP, &["--mail", "ann@example.org"]].concat();
    let (complaint, _) = fails(at, &with_mail);
    assert!(
        complaint.contains("--mail needs a mail server"),
        "{complaint}"
    );
    let config = "[mail]\nserver = \"127.0.0.1:9\"\nsecurity = \"none\"\nfrom = \"a@b.example\"\n";
    std::fs::write(at.join("mail.toml"), config).unwrap();
    let configured = ["--config", "mail.toml"];
    let wrong = [SETUP, &["--mail", "ann"], &configured].concat();
    assert!(fails(at, &wrong).0.contains("not an e-mail address"));
    let done = says(at, &[&with_mail[..], &configured].concat());
    assert!(
        done.contains("a mail to ann@example.org asks to confirm"),
        "{done}"
    );
    let queued = json(at, &[&["mail", "queue"][..], &configured].concat());
    assert_eq!(queued[0]["account"], "ann", "{queued}");
    assert_eq!(queued[0]["mail"], "confirm-address", "{queued}");
    assert!(!queued.to_string().contains("example.org"), "{queued}");
}

#[test]
fn an_instance_is_set_up_once() {
    let home = home();
    let (complaint, code) = fails(home.path(), &["user", "list"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("there is no database"), "{complaint}");
    assert!(!home.path().join("data").exists(), "asking makes nothing");
    assert!(says(home.path(), &["migrate"]).contains("migrations were run"));
    let (complaint, _) = fails(home.path(), &["user", "list"]);
    assert!(complaint.contains("not set up yet"), "{complaint}");
    let done = json(home.path(), SETUP);
    assert_eq!(done["url"], "https://practice.example");
    let (complaint, code) = fails(home.path(), SETUP);
    assert_eq!(
        (complaint.trim(), code),
        ("hedgerow: the instance is set up already", 1)
    );
}

#[test]
fn an_account_is_shown_with_its_history_and_gets_a_sign_in_link() {
    let home = home();
    let at = home.path();
    says(at, SETUP);
    says(at, &["user", "add", "bea", "--password-file", "password"]);
    says(at, &["user", "suspend", "bea", "--reason", "Posts adverts"]);
    let told = says(at, &["user", "show", "bea"]);
    assert!(
        told.contains("suspended by the command line: Posts adverts"),
        "{told}"
    );
    says(at, &["user", "restore", "bea"]);
    says(at, &["user", "token", "bea", "--name", "script"]);
    says(
        at,
        &["user", "password", "bea", "--password-file", "password"],
    );
    let told = says(at, &["user", "show", "bea"]);
    for done in [
        "token-made by the command line: script",
        "password-set by the command line",
    ] {
        assert!(told.contains(done), "{told}");
    }
    let link = json(at, &["user", "sign-in-link", "bea"]);
    let link = link["url"].as_str().unwrap();
    assert!(
        link.starts_with("https://practice.example/sign-in/link?key="),
        "{link}"
    );
}

#[test]
fn accounts_come_are_stopped_and_come_back() {
    let home = home();
    let at = home.path();
    says(at, SETUP);
    let add = [
        "user",
        "add",
        "bea",
        "--name",
        "Bea",
        "--password-file",
        "password",
    ];
    assert_eq!(json(at, &add)["state"], "active");
    let (complaint, code) = fails(at, &add);
    assert_eq!(
        (complaint.trim(), code),
        ("hedgerow: invalid: handle taken", 1)
    );
    let token = json(at, &["user", "token", "@bea", "--name", "script"]);
    assert!(token["token"].as_str().unwrap().len() >= 40);
    let suspend = |handle| ["user", "suspend", handle, "--reason", "Posts adverts"];
    assert_eq!(json(at, &suspend("bea"))["state"], "suspended");
    let stopped = json(at, &["user", "list", "--state", "suspended"]);
    assert_eq!(stopped[0]["handle"], "bea");
    assert_eq!(json(at, &["user", "restore", "bea"])["state"], "active");
    let (complaint, code) = fails(at, &["community", "give", "weavers", "bea"]);
    assert_eq!(
        (complaint.trim(), code),
        ("hedgerow: there is no such community", 1)
    );
    let (complaint, _) = fails(at, &suspend("ann"));
    assert!(complaint.contains("last administrator"), "{complaint}");
    assert_eq!(json(at, &["user", "admin", "bea"])["role"], "admin");
    assert_eq!(
        json(at, &["user", "admin", "ann", "--remove"])["role"],
        "member"
    );
    says(
        at,
        &["user", "password", "bea", "--password-file", "password"],
    );
    let table = says(at, &["user", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("HANDLE  NAME"), "{table}");
    assert!(
        lines[1].starts_with("@bea") && lines[2].starts_with("@ann"),
        "{table}"
    );
    let (complaint, _) = fails(at, &["user", "token", "zoe"]);
    assert!(complaint.contains("there is no account zoe"), "{complaint}");
    // What the suspension leaves to send waits for a running server.
    assert!(says(at, &["queue", "jobs"]).contains("send_suspension"));
}

#[test]
fn bad_values_are_refused_in_words() {
    let home = home();
    std::fs::write(home.path().join("short"), "loom").unwrap();
    says(home.path(), SETUP);
    for (args, code, words) in [
        (
            &["user", "add", "bea", "--password-file", "short"][..],
            1,
            "password too-short",
        ),
        (
            &["user", "add", "b!", "--password-file", "password"],
            1,
            "a handle has 2 to 40",
        ),
        (
            &["user", "add", "bea", "--password-file", "missing"],
            1,
            "reading the password from missing",
        ),
        (
            &["user", "list", "--state", "gone"],
            2,
            "invalid value 'gone'",
        ),
        (&["user", "lst"], 2, "list"),
        (
            &["peer", "show", "nobody.example"],
            1,
            "no server nobody.example has been met",
        ),
        (&["queue", "retry", "7"], 1, "no delivery and no job 7"),
    ] {
        let (complaint, ended) = fails(home.path(), args);
        assert!(
            complaint.contains(words) && ended == code,
            "{args:?}: {ended}: {complaint}"
        );
    }
    assert_eq!(json(home.path(), &["peer", "list"]), serde_json::json!([]));
    assert_eq!(
        says(home.path(), &["queue", "failed"]),
        "Nothing was set aside.\n"
    );
    assert_eq!(json(home.path(), &["queue", "retry-all"])["retried"], 0);
    assert_eq!(
        json(home.path(), &["queue", "inbound"]),
        serde_json::json!([])
    );
}

#[test]
fn the_configuration_is_checked() {
    let home = home();
    let example = says(home.path(), &["config", "example"]);
    std::fs::write(home.path().join("good.toml"), example).unwrap();
    let good = says(home.path(), &["config", "check", "--config", "good.toml"]);
    assert_eq!(good, "good.toml: no mistakes.\n");
    std::fs::write(
        home.path().join("bad.toml"),
        "[server]\nbnid = \"x\"\nbind = 3\n",
    )
    .unwrap();
    let (complaint, code) = fails(home.path(), &["config", "check", "--config", "bad.toml"]);
    assert_eq!(code, 2);
    assert_eq!(complaint.lines().count(), 2, "{complaint}");
    assert!(
        complaint.starts_with("bad.toml:2: server.bnid:"),
        "{complaint}"
    );
    let output = run(
        home.path(),
        &["config", "check", "--config", "bad.toml", "--json"],
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["mistakes"][1]["key"], "server.bind");
    let (_, code) = fails(home.path(), &["serve", "--config", "bad.toml"]);
    assert_eq!(code, 2, "a server refuses to guess");
}

#[test]
fn what_the_configuration_names_is_checked_before_anything_is_written() {
    let home = home();
    let at = home.path();
    for (mail, wrong) in [
        ("server = \"mail.example.org\"\n", "no sender"),
        (
            "server = \"mail.example.org\"\nfrom = \"a@b.example\"\nuser = \"a\"\npassword_file = \"none\"\n",
            "cannot read none",
        ),
        ("timeout = 0\n", "0 is not between 1 and 65535"),
        ("from = \"anaïs@b.example\"\n", "letters without accents"),
    ] {
        std::fs::write(at.join("mail.toml"), format!("[mail]\n{mail}")).unwrap();
        for command in [&["config", "check"][..], &["serve"]] {
            let (complaint, code) = fails(at, &[command, &["--config", "mail.toml"]].concat());
            assert!(
                code == 2 && complaint.contains(wrong),
                "{command:?}: {code}: {complaint}"
            );
        }
        assert!(!at.join("data").exists(), "{mail}");
    }
    let whole = "[mail]\nserver = \"mail.example.org\"\nfrom = \"a@b.example\"\n";
    std::fs::write(at.join("whole.toml"), whole).unwrap();
    let good = says(at, &["config", "check", "--config", "whole.toml"]);
    assert_eq!(good, "whole.toml: no mistakes.\n");
    // All that does not go together is said at once, for people and for programs.
    let several = "[mail]\nserver = \"mail.example.org\"\nca_file = \"none.pem\"\nuser = \"a\"\n\
                   [[oidc]]\nkey = \"a\"\n";
    std::fs::write(at.join("several.toml"), several).unwrap();
    let check = ["config", "check", "--config", "several.toml"];
    let (complaint, code) = fails(at, &check);
    assert_eq!((complaint.lines().count(), code), (5, 2), "{complaint}");
    let output = run(at, &[&check[..], &["--json"]].concat());
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (i, key) in [
        "mail.from",
        "mail.ca_file",
        "mail.password_file",
        "oidc.issuer",
        "oidc.client_id",
    ]
    .into_iter()
    .enumerate()
    {
        let mistake = &found["mistakes"][i];
        assert_eq!(mistake["key"], key, "{found}");
        assert_eq!(mistake["file"], "several.toml", "{found}");
        assert!(!mistake["remedy"].as_str().unwrap().is_empty(), "{found}");
    }
}

#[test]
fn an_instance_keeps_its_name() {
    let home = home();
    says(home.path(), SETUP);
    let other = "[server]\nbind = \"127.0.0.1:0\"\npublic_url = \"https://other.example\"\n";
    std::fs::write(home.path().join("other.toml"), other).unwrap();
    let (complaint, code) = fails(home.path(), &["serve", "--config", "other.toml"]);
    assert_eq!(code, 1);
    assert!(
        complaint.contains("was set up as https://practice.example"),
        "{complaint}"
    );
}

/// A server that runs, on a port of its own.
struct Server {
    process: Child,
    /// What it printed first.
    said: String,
}

impl Server {
    fn start(home: &Path, args: &[&str]) -> Self {
        let mut process = Command::new(HEDGEROW)
            .current_dir(home)
            .args(["serve", "--bind", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut said).unwrap();
        Self { process, said }
    }

    /// The port in what it printed: `http://localhost:8080/` or `127.0.0.1:8080.`
    fn port(&self) -> u16 {
        let after = |mark: &str| {
            let rest = self.said.split(mark).nth(1)?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        };
        after("localhost:").or_else(|| after("127.0.0.1:")).unwrap()
    }

    /// Ends it with SIGTERM; it must end well.
    fn stop(mut self) {
        let pid = self.process.id().to_string();
        let stop = Command::new("kill").arg(pid).status().unwrap();
        assert!(stop.success() && self.process.wait().unwrap().success());
    }
}

#[test]
fn a_server_prints_the_address_of_its_setup_and_stops_when_told() {
    let home = home();
    let server = Server::start(home.path(), &[]);
    let said = &server.said;
    let key = said
        .split("/setup?key=")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    assert!(key.is_some_and(|key| key.len() >= 40), "{said}");
    for path in ["/healthz", "/readyz"] {
        let answer = get(server.port(), path);
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }
    let told = get(server.port(), "/metrics");
    assert!(!told.contains("hedgerow_requests"), "{told}");
    // A command works beside it.
    says(home.path(), SETUP);
    server.stop();
}

#[test]
fn metrics_are_told_to_who_bears_the_token() {
    let home = home();
    says(home.path(), SETUP);
    let config = "[metrics]\ntoken = \"a-long-random-token\"\n";
    std::fs::write(home.path().join("metrics.toml"), config).unwrap();
    let server = Server::start(home.path(), &["--config", "metrics.toml"]);
    let answer = get(server.port(), "/metrics");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let wrong = request(
        server.port(),
        "/metrics",
        "Authorization: Bearer another\r\n",
    );
    assert!(wrong.starts_with("HTTP/1.1 401"), "{wrong}");
    get(server.port(), "/about");
    let bearer = "Authorization: Bearer a-long-random-token\r\n";
    let told = request(server.port(), "/metrics", bearer);
    for line in [
        "hedgerow_requests_total{frontend=\"pages\",method=\"GET\",status=\"2xx\"} 1",
        "hedgerow_request_seconds_bucket{frontend=\"pages\",le=\"+Inf\"} 1",
        "hedgerow_queue_due{queue=\"deliveries\"} 0",
        "hedgerow_queue_oldest_due_seconds{queue=\"received\"} 0",
        "hedgerow_queue_set_aside{queue=\"jobs\"} 0",
        "process_resident_memory_bytes ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    server.stop();
}

#[test]
fn a_backup_is_made_beside_a_server_and_restored_when_it_has_stopped() {
    let home = home();
    let at = home.path();
    says(at, SETUP);
    let server = Server::start(at, &[]);
    let made = json(at, &["backup", "one.tar.gz"]);
    assert_eq!(made["database"], "sqlite");
    let (complaint, code) = fails(at, &["backup", "one.tar.gz"]);
    assert!(
        complaint.contains("exists already") && code == 1,
        "{complaint}"
    );
    says(at, &["user", "add", "bea", "--password-file", "password"]);
    let restore = ["restore", "one.tar.gz", "--replace"];
    let (complaint, _) = fails(at, &restore);
    assert!(complaint.contains("stop it first"), "{complaint}");
    server.stop();
    assert!(says(at, &["restore", "one.tar.gz", "--check"]).starts_with("Sound: one.tar.gz"));
    let (complaint, _) = fails(at, &["restore", "one.tar.gz"]);
    assert!(complaint.contains("add --replace"), "{complaint}");
    assert_eq!(json(at, &["user", "list"]).as_array().unwrap().len(), 2);
    says(at, &restore);
    assert_eq!(json(at, &["user", "list"]).as_array().unwrap().len(), 1);
}

fn get(port: u16, path: &str) -> String {
    request(port, path, "")
}

/// Requests a path with these header lines.
fn request(port: u16, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn rules_about_servers_are_written_and_shared() {
    let home = home();
    says(home.path(), &["migrate"]);
    says(home.path(), SETUP);
    let blocked = json(
        home.path(),
        &[
            "peer",
            "block",
            "Spam.example",
            "--reason",
            "It advertises, loudly",
        ],
    );
    assert_eq!(
        (&blocked["domain"], &blocked["severity"]),
        (&"spam.example".into(), &"block".into())
    );
    says(home.path(), &["peer", "silence", "loud.example"]);
    says(home.path(), &["peer", "allow", "friend.example"]);
    assert_eq!(
        says(home.path(), &["peer", "export"]),
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
         loud.example,silence,false,false,,false\n\
         spam.example,suspend,false,false,\"It advertises, loudly\",false\n"
    );
    assert_eq!(
        says(home.path(), &["peer", "export", "--allowed"]),
        "#domain\nfriend.example\n"
    );
    says(home.path(), &["peer", "unblock", "spam.example"]);
    let (complaint, code) = fails(home.path(), &["peer", "unblock", "spam.example"]);
    assert_eq!(
        (complaint.trim(), code),
        ("hedgerow: there is no such rule", 1)
    );
}

#[test]
fn lists_of_servers_are_taken_in_and_the_policy_is_set() {
    let home = home();
    says(home.path(), &["migrate"]);
    says(home.path(), SETUP);
    let list = "#domain,#severity\nspam.example,suspend\nnonsense,suspend\n";
    std::fs::write(home.path().join("list.csv"), list).unwrap();
    let told = json(home.path(), &["peer", "import", "list.csv"]);
    assert_eq!(told["taken"], 1);
    assert_eq!(told["unused"][0]["line"], 3);
    assert_eq!(
        json(home.path(), &["peer", "rules"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (complaint, code) = fails(home.path(), &["peer", "import", "password"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("nothing was taken in"), "{complaint}");
    assert_eq!(json(home.path(), &["peer", "policy"])["mode"], "open");
    let set = json(
        home.path(),
        &["peer", "policy", "allow-list", "--publish", "true"],
    );
    assert_eq!(
        (&set["mode"], &set["publish"]),
        (&"allow-list".into(), &true.into())
    );
    assert!(says(home.path(), &["peer", "policy"]).starts_with("allow-list: "));
}
