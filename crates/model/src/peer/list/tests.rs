//! Tests with Mastodon's lists, lists with mistakes, and arbitrary bytes.

use super::*;
use proptest::prelude::*;

const MASTODON: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
spam.example,suspend,True,true,\"Spam, and worse\",false
loud.example,silence,false,false,,true
plain.example,noop,true,false,,
";

#[test]
fn mastodons_list_is_read_and_written_back() {
    let list = read(MASTODON.as_bytes()).unwrap();
    assert_eq!(list.faults, []);
    let [spam, loud, plain] = list.entries.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!((spam.line, spam.severity), (2, Severity::Block));
    assert_eq!(spam.reason, "Spam, and worse");
    assert!(spam.reject_media && spam.reject_reports && !spam.obscure);
    assert!(loud.severity == Severity::Silence && loud.obscure);
    assert!(plain.severity == Severity::Noop && plain.reject_media);
    let written = write(Sort::Limited, &list.entries);
    assert_eq!(read(written.as_bytes()).unwrap(), list);
    assert_eq!(write(Sort::Allowed, &list.entries), "#domain\n");
}

#[test]
fn a_list_of_domains_alone_allows_them() {
    let list = read("\u{feff}domain\r\nFriend.example\r\n*.kin.example\r\n".as_bytes()).unwrap();
    let of: Vec<_> = list.entries.iter().map(|e| e.domain.as_str()).collect();
    assert_eq!(of, ["friend.example", "kin.example"]);
    assert!(list.entries.iter().all(|e| e.severity == Severity::Allow));
    assert_eq!(
        write(Sort::Allowed, &list.entries),
        "#domain\nfriend.example\nkin.example\n"
    );
    let only_limits = format!("{LIMITED}\n");
    assert_eq!(write(Sort::Limited, &list.entries), only_limits);
}

#[test]
fn every_invalid_line_is_reported_with_number_and_reason() {
    let text = "#domain,#severity,#reject_media,#public_comment
not a domain,suspend,,
a.example,ban,,
b.example,suspend,maybe,
c.example,suspend,,fine
C.example,silence,,again
d.example,suspend,,\"open
e.example,silence,,fine
,suspend,,
";
    let list = read(text.as_bytes()).unwrap();
    let used: Vec<_> = list.entries.iter().map(|e| e.domain.as_str()).collect();
    assert_eq!(used, ["c.example", "e.example"]);
    let faults: Vec<_> = list.faults.iter().map(|f| (f.line, f.why)).collect();
    assert_eq!(
        faults,
        [
            (2, Unused::Domain),
            (3, Unused::Severity),
            (4, Unused::Flag),
            (6, Unused::Repeated),
            (7, Unused::Quote),
            (9, Unused::Domain),
        ]
    );
    assert_eq!(list.faults[0].text, "not a domain");
}

#[test]
fn a_reason_is_trimmed_and_has_no_nul() {
    let list = read(b"#domain,#severity,#public_comment\na.example,suspend,\0 why \0\n").unwrap();
    assert_eq!(list.entries[0].reason, "why");
}

#[test]
fn an_invalid_list_is_rejected_as_a_whole() {
    assert_eq!(read(b""), Err(Unreadable::NoHeadings));
    assert_eq!(read(b"a.example\nb.example\n"), Err(Unreadable::NoHeadings));
    let vague = b"#domain,#public_comment\na.example,why\n";
    assert_eq!(read(vague), Err(Unreadable::NoHeadings));
    assert_eq!(read(b"#domain\n\xff\n"), Err(Unreadable::NotText));
    let large = vec![b'a'; BYTES_MAX + 1];
    assert_eq!(read(&large), Err(Unreadable::TooLarge));
    let many = format!("#domain\n{}", "a.io\n".repeat(ROWS_MAX + 1));
    assert_eq!(read(many.as_bytes()), Err(Unreadable::TooMany));
    let long = format!(
        "{LIMITED}\na.example,suspend,,,{},\n",
        "x".repeat(REASON_MAX + 1)
    );
    let list = read(long.as_bytes()).unwrap();
    assert_eq!(list.faults[0].why, Unused::Reason);
}

proptest! {
    #[test]
    fn no_list_brings_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        invariants::list(&bytes);
    }

    #[test]
    fn no_text_under_headings_does_either(text in "[a-z.,\"\r\n# é-]{0,400}") {
        invariants::list(format!("{LIMITED}\n{text}").as_bytes());
        invariants::list(format!("{ALLOWED}\n{text}").as_bytes());
    }

    #[test]
    fn what_is_written_is_read_back(reason in "\\PC{0,80}", media: bool, hide: bool) {
        let entry = Entry {
            line: 2,
            domain: "spam.example".to_owned(),
            severity: Severity::Block,
            reject_media: media,
            reject_reports: !media,
            reason: reason.trim().to_owned(),
            obscure: hide,
        };
        let text = write(Sort::Limited, std::slice::from_ref(&entry));
        let list = read(text.as_bytes()).unwrap();
        prop_assert_eq!(list.entries, vec![entry]);
    }

    #[test]
    fn no_host_brings_the_rules_down(host in "\\PC{0,60}") {
        let _ = domain(&host);
        let policy = crate::peer::policy::Policy::default();
        prop_assert_eq!(policy.refuses(&host), None);
        let _ = crate::peer::policy::names(&host).count();
    }
}
