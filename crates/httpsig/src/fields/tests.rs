//! Tests of parsing and serializing structured fields.

use super::*;
use crate::invariants::structured;
use proptest::prelude::*;

fn one(text: &str) -> Member {
    dictionary(text).unwrap().remove(0)
}

#[test]
fn a_signatures_parameters_are_written_as_they_are_signed() {
    for text in [
        "(\"@method\" \"@target-uri\");created=1618884473;keyid=\"test-key-ed25519\"",
        "()",
        "(\"date\";req \"@query-param\";name=\"Pet\");x=?0;y=4.25;z=tok/en;b=:aGk=:;neg=-7",
        "(\"a\");q=\"say \\\"no\\\" \\\\\"",
    ] {
        assert_eq!(
            one(&format!("sig={text}")).serialize_list().as_deref(),
            Some(text)
        );
    }
    let loose = one("sig=(  \"a\"   \"b\" );  created=007;flag=?1;d=1.500");
    assert_eq!(
        loose.serialize_list().as_deref(),
        Some("(\"a\" \"b\");created=7;flag;d=1.5")
    );
    assert_eq!(one("sig=:aGk=:").serialize_list(), None);
    assert_eq!(one("d=-0.5").value, Value::Item(Item::Decimal(-500)));
}

#[test]
fn members_stand_side_by_side() {
    let members = dictionary("  a=(\"x\");p, b ,\tc=:aGk:;q=1").unwrap();
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(members[1].value, Value::Item(Item::Flag(true)));
    assert_eq!(members[2].value, Value::Item(Item::Bytes(b"hi".to_vec())));
    assert_eq!(dictionary(""), Ok(Vec::new()));
}

#[test]
fn what_is_out_of_shape_is_refused() {
    let many = |what: &str| what.repeat(40);
    for text in [
        "A=1",
        "=1",
        "a=",
        "a=1,",
        "a=1 b=2",
        "a=(\"x\"",
        "a=(\"x\"\"y\")",
        "a=(\"x\",\"y\")",
        "a=\"x",
        "a=\"x\\n\"",
        "a=\"x\\",
        "a=\"é\"",
        "a=:aGk=",
        "a=:~:",
        "a=?2",
        "a=-",
        "a=1.",
        "a=1.2345",
        "a=1234567890123456",
        "a=1;",
        "a=1;B",
        "a=@12",
        "a=((\"x\"))",
        &format!("a=({})", many("1 ")),
        &format!("a=1{}", many(";b").replace(";b", ";c1")),
        &format!("a=\"{}\"", "x".repeat(20_000)),
    ] {
        assert!(
            matches!(
                dictionary(text),
                Err(SignatureError::Malformed(_) | SignatureError::Duplicate(_))
            ),
            "{text}: {:?}",
            dictionary(text)
        );
    }
    let members: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
    assert!(dictionary(&members.join(",")).is_err());
    let twice = SignatureError::Duplicate("a".into());
    assert_eq!(dictionary("a=1,a=2"), Err(twice.clone()));
    assert_eq!(dictionary("b=1;a=1;a=2"), Err(twice));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = dictionary(&text);
    }

    #[test]
    fn any_shape_is_read_or_refused(text in r#"[a-c"\\();=:?, \t\-0-9.*]{0,80}"#) {
        structured(&text);
    }

    #[test]
    fn any_plain_text_survives_its_quotes(text in "[ -~]{0,60}") {
        let member = one(&format!("a={}", quoted(&text).unwrap()));
        prop_assert_eq!(member.value, Value::Item(Item::Text(text)));
    }
}
