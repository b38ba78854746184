//! What `hedgerow doctor` finds.

use super::*;
use model::{Clock, SystemClock};

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let home = home();
    let at = home.path();
    let (complaint, code) = fails(at, &["doctor"]);
    assert_eq!((complaint.contains("checks failed"), code), (true, 1));
    says(at, SETUP);
    let output = run(at, &["doctor", "--json"]);
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdict = |check: &str| {
        let all = findings.as_array().unwrap();
        let found = all.iter().find(|one| one["check"] == check);
        found.unwrap_or_else(|| panic!("no {check}: {findings}"))["verdict"].clone()
    };
    // The room on the disk is the machine's own matter.
    for check in ["configuration", "database", "migrations", "media"] {
        assert_eq!(verdict(check), "ok", "{findings}");
    }
    // There is nobody to compare it with.
    assert_eq!(verdict("clock"), "warn", "{findings}");
    assert_eq!(verdict("mail"), "warn");
    // Nobody answers at practice.example.
    assert_eq!(verdict("public URL"), "fail", "{findings}");
    assert_eq!(output.status.code(), Some(1));
    let config = "[mail]\nserver = \"127.0.0.1:9\"\nsecurity = \"none\"\nfrom = \"a@b.example\"\n";
    std::fs::write(at.join("mail.toml"), config).unwrap();
    let told = run(at, &["doctor", "--config", "mail.toml"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("FAIL  mail"), "{told}");
    assert!(told.contains("correct [mail]"), "{told}");
}

/// Answers everything with an empty page of this moment, as the header `Date` has it.
fn web_server_at(date: String) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
            while head
                .next()
                .is_some_and(|line| line.is_ok_and(|l| !l.is_empty()))
            {}
            let answer = format!(
                "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn the_doctor_compares_the_clock_with_what_answers_at_the_public_url() {
    for (seconds, verdict, said) in [
        (0, "ok", " localhost"),
        (-3_600, "fail", " s ahead of localhost"),
        (3_600, "fail", " s behind localhost"),
    ] {
        let home = home();
        let at = home.path();
        let theirs = SystemClock.now().plus_seconds(seconds).utc();
        let port = web_server_at(theirs.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        let url = format!("http://localhost:{port}");
        let setup: Vec<&str> = SETUP
            .iter()
            .map(|word| match *word {
                "https://practice.example" => url.as_str(),
                word => word,
            })
            .collect();
        says(at, &setup);
        let config = "[federation]\nallow_http = true\nallow_ports = true\nallow_private = [\"localhost\"]\n";
        std::fs::write(at.join("local.toml"), config).unwrap();
        let output = run(at, &["doctor", "--json", "--config", "local.toml"]);
        let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut all = findings.as_array().unwrap().iter();
        let clock = all.find(|one| one["check"] == "clock").unwrap();
        let found = clock["found"].as_str().unwrap();
        assert!(
            clock["verdict"] == verdict && found.contains(said),
            "{clock}"
        );
    }
}

#[test]
fn the_doctor_sees_what_keeps_the_server_from_starting_or_people_from_signing_in() {
    let home = home();
    let at = home.path();
    says(at, SETUP);
    let config = "[server]\npublic_url = \"https://other.example\"\n[backup]\nfolder = \"backups\"\n\
        [[oidc]]\nkey = \"a\"\nname = \"A\"\nissuer = \"https://127.0.0.1:9\"\nclient_id = \"h\"\nallow_private = true\n";
    std::fs::write(at.join("h.toml"), config).unwrap();
    let told = run(at, &["doctor", "--config", "h.toml"]);
    let told = String::from_utf8(told.stdout).unwrap();
    for said in [
        "FAIL  configuration server.public_url is https://other.example, but",
        "FAIL  sign-in       a: https://127.0.0.1:9: ",
        "warn  push ",
        "warn  backup        backups does not exist yet",
    ] {
        assert!(told.contains(said), "{said} in {told}");
    }
}

#[test]
fn a_closed_instance_is_not_said_to_be_out_of_reach() {
    let home = home();
    let at = home.path();
    says(at, SETUP);
    says(at, &["peer", "policy", "closed"]);
    let told = run(at, &["doctor"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains("ok    public URL    federation is closed"),
        "{told}"
    );
    assert!(!told.contains("WebFinger"), "{told}");
}
