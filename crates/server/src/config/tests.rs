//! Tests that every mistake is reported with key and remedy, and that the example matches the structs.

use std::path::Path;

use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let found = parse(text, Path::new("h.toml")).expect_err("mistakes");
    found.0.iter().map(ToString::to_string).collect()
}

#[test]
fn no_file_and_an_empty_file_are_the_defaults() {
    let config = parse("", Path::new("h.toml")).expect("empty");
    assert_eq!(config, load(None).expect("none"));
    assert_eq!(config.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url(), "./data/hedgerow.db");
    assert_eq!(config.media_dir(), Path::new("./data/media"));
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
        [server]
        bind = "[::1]:9000"
        public_url = "https://Practice.example/"
        data_dir = "/srv/hedgerow"
        trusted_proxies = ["127.0.0.1", "10.1.0.0/16"]
        [database]
        url = "postgres://h:p@localhost/h"
        [federation]
        allow_ports = true
        allow_private = ["10.0.0.0/8", "*.localhost"]
        [log]
        level = "info,federation=debug"
        format = "json"
    "#;
    let config = parse(text, Path::new("h.toml")).expect("read");
    assert_eq!(
        config.server.public_url.as_ref().unwrap().to_string(),
        "https://practice.example"
    );
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.database_url(), "postgres://h:p@localhost/h");
    assert_eq!(config.guard().allow_private.len(), 2);
    assert!(config.guard().allow_ports && !config.guard().allow_http);
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn every_mistake_of_a_file_is_reported() {
    let text = r#"listen = "127.0.0.1:80"
bind = "127.0.0.1:80"
[server]
bnid = "127.0.0.1:80"
bind = "localhost"
public_url = "https://practice.example/sub"
data_dir = 3
trusted_proxies = "127.0.0.1"
[databse]
url = "x"
[database]
url = "mysql://x/y"
[federation]
allow_http = "yes"
allow_private = ["10.0.0.0/40"]
[log]
level = "loud"
format = "xml"
colour = true
"#;
    assert_eq!(
        mistakes(text),
        [
            "h.toml:1: listen: there is no such key; remove it; there are server, database, federation, mail, oidc, backup, metrics, log",
            "h.toml:2: bind: this key stands outside of its section; write it below a line [server]",
            "h.toml:4: server.bnid: there is no such key; did you mean bind?",
            "h.toml:5: server.bind: \"localhost\" is not an address and a port; write an address and a port, such as \"127.0.0.1:8080\"",
            "h.toml:6: server.public_url: \"https://practice.example/sub\" is not the address of a whole site; write scheme and host and nothing after, such as \"https://practice.example.org\"",
            "h.toml:7: server.data_dir: a number stands where a path belongs; write the path of a folder, such as \"/var/lib/hedgerow/data\"",
            "h.toml:8: server.trusted_proxies: a string stands where a list belongs; write a list of addresses and networks, such as [\"127.0.0.1\", \"10.1.0.0/16\"]",
            "h.toml:9: databse: there is no such section; did you mean database?",
            "h.toml:12: database.url: there is no database of the kind \"mysql\"; write a path, \"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/DATABASE\"",
            "h.toml:14: federation.allow_http: a string stands where true or false belongs; write true or false",
            "h.toml:15: federation.allow_private: `10.0.0.0/40`: the part after / is no number up to 32; write a list, such as [\"10.20.0.0/16\", \"loom.hospital.internal\"]",
            "h.toml:17: log.level: \"loud\" is no level; write off, error, warn, info, debug or trace",
            "h.toml:18: log.format: \"xml\" is no format; write \"text\" or \"json\"",
            "h.toml:19: log.colour: there is no such key; remove it; there are level, format",
        ]
    );
}

#[test]
fn invalid_toml_is_reported_with_its_lines() {
    let found = mistakes("[server]\nbind = \n[log\nlevel = \"info\"\n");
    assert!(
        found[0].starts_with("h.toml:2: this is not TOML ("),
        "{found:?}"
    );
    assert!(
        found.len() > 1 && found[1].starts_with("h.toml:3:"),
        "{found:?}"
    );
}

#[test]
fn a_section_that_is_a_value_is_reported() {
    let found = mistakes("server = 1");
    assert_eq!(
        found,
        [
            "h.toml:1: server: a number stands where a section belongs; write [server] on a line of its own and its keys below"
        ]
    );
}

#[test]
fn a_missing_file_is_reported() {
    let found = load(Some(Path::new("/nowhere/h.toml"))).expect_err("missing");
    assert!(
        found
            .to_string()
            .starts_with("/nowhere/h.toml: it cannot be read"),
        "{found}"
    );
}

/// `config/example.toml` is generated; `cargo xtask codegen` updates it.
#[test]
fn the_example_matches_the_structs() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/example.toml");
    let written = std::fs::read_to_string(file).expect("config/example.toml");
    assert_eq!(written, example());
}

#[test]
fn the_example_is_read_with_and_without_its_comments() {
    let file = Path::new("example.toml");
    assert_eq!(
        parse(&example(), file).expect("as it is"),
        Config::default()
    );
    let uncommented: Vec<String> = example()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if !key.starts_with(' ') => key.to_owned(),
            Some(_) | None => line.to_owned(),
        })
        .collect();
    let mut config = parse(&uncommented.join("\n"), file).expect("uncommented");
    assert!(config.server.public_url.take().is_some() && config.database.url.take().is_some());
    assert!(config.server.source_url.take().is_some());
    assert!(config.mail.server.is_some() && config.mail.from.is_some());
    assert!(config.backup.folder.is_some() && config.metrics.bind.is_some());
    let [provider] = config.oidc.as_slice() else {
        panic!("one provider: {:?}", config.oidc);
    };
    assert!(provider.issuer.is_some() && provider.only == Oidc::default().only);
    config.oidc.clear();
    config.mail = Mail::default();
    config.backup = Backup::default();
    config.metrics = Metrics::default();
    assert_eq!(config, Config::default());
}

#[test]
fn providers_are_read_and_checked_together() {
    let one = "[[oidc]]\nkey = \"a\"\nname = \"Larchmere\"\nissuer = \"https://10.1.2.3:8443/x\"\nclient_id = \"h\"\n";
    let read = |text: &str| parse(text, Path::new("h.toml")).expect("read").oidc;
    let all = read(one);
    let provider = &providers(&all).expect("whole")[0];
    assert_eq!(provider.issuer, "https://10.1.2.3:8443/x");
    assert_eq!(provider.scopes, ["profile", "email"]);
    let url = url::Url::parse(&provider.issuer).unwrap();
    assert!(all[0].guard().check(&url).is_err(), "a private address");
    let allowed = &read(&format!("{one}allow_private = true\n"))[0];
    assert_eq!(allowed.guard().check(&url), Ok(()));
    let why = |text: &str| providers(&read(text)).expect_err("a mistake").to_string();
    assert_eq!(
        why(&format!("{one}{one}")),
        "oidc.key: two [[oidc]] sections have the key \"a\"; write another key in one of them"
    );
    let second = |name: &str, issuer: &str| {
        format!(
            "{one}[[oidc]]\nkey = \"b\"\nname = \"{name}\"\nissuer = \"{issuer}\"\nclient_id = \"h\"\n"
        )
    };
    let same_name = why(&second("larchmere", "https://b.example"));
    assert!(
        same_name.contains("have the same name \"larchmere\""),
        "{same_name}"
    );
    let same_issuer = why(&second("Oakley", "https://10.1.2.3:8443/x"));
    assert!(
        same_issuer.contains("have the same issuer"),
        "{same_issuer}"
    );
    let both = read(&second("Oakley", "https://b.example"));
    assert_eq!(providers(&both).expect("two").len(), 2);
    let lacking = why("[[oidc]]\nkey = \"a\"\n[[oidc]]\nkey = \"b\"\n");
    for (line, said) in lacking.lines().zip([
        "oidc.issuer: [[oidc]] a has no issuer",
        "oidc.client_id: [[oidc]] a has no client_id",
        "oidc.issuer: [[oidc]] b has no issuer",
        "oidc.client_id: [[oidc]] b has no client_id",
    ]) {
        assert!(line.starts_with(said), "{lacking}");
    }
    assert_eq!(lacking.lines().count(), 4, "{lacking}");
    let twice = why(&second("Larchmere", "https://10.1.2.3:8443/x"));
    assert_eq!(twice.lines().count(), 2, "the name and the issuer: {twice}");
    let found = mistakes("[oidc]\nkey = \"a\"\n");
    assert!(found[0].contains("write [[oidc]]"), "{found:?}");
    let found = mistakes("[[oidc]]\nkey = \"A b\"\nissuer = \"x\"\n");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn values_that_the_server_cannot_work_with_are_mistakes() {
    let why = |text: &str| {
        let config = parse(text, Path::new("h.toml")).expect("read");
        config.check(None).expect_err("a mistake").to_string()
    };
    assert_eq!(
        why("[server]\nevent_streams = 4000\n"),
        "server.event_streams: 4000 is not between 0 and 3000; write a number up to 3000, such as 2000"
    );
    let same = why("[metrics]\nbind = \"127.0.0.1:8080\"\n");
    assert!(same.starts_with("metrics.bind: "), "{same}");
    for url in ["postgres://", "postgresql://", "sqlite://"] {
        let found = mistakes(&format!("[database]\nurl = \"{url}\"\n"));
        assert!(found[0].contains("names no database"), "{found:?}");
    }
    for text in [
        "[server]\nevent_streams = 3000\n",
        "[metrics]\nbind = \"127.0.0.1:9464\"\n",
        "[database]\nurl = \"postgres:///hedgerow\"\n",
    ] {
        let config = parse(text, Path::new("h.toml")).expect("read");
        assert_eq!(config.check(None), Ok(()), "{text}");
    }
}

/// The blocks of TOML in a page of the book, with every key that is commented out in them.
fn blocks(page: &str) -> Vec<String> {
    let parts = page.split("```toml\n").skip(1);
    let blocks = parts.filter_map(|rest| rest.split("```").next());
    blocks
        .map(|block| {
            let lines = block.lines().map(|line| match line.strip_prefix('#') {
                Some(key) if key.contains(" = ") || key.starts_with('[') => key.trim_start(),
                Some(_) | None => line,
            });
            lines.collect::<Vec<_>>().join("\n")
        })
        .collect()
}

#[test]
fn the_examples_of_the_book_are_read() {
    for page in [
        include_str!("../../../../docs/admins/mail.md"),
        include_str!("../../../../docs/admins/single-sign-on.md"),
    ] {
        let all = blocks(page);
        assert!(!all.is_empty());
        for block in all {
            let read = parse(&block, Path::new("h.toml"));
            assert!(read.is_ok(), "{block}: {}", read.unwrap_err());
        }
    }
}
