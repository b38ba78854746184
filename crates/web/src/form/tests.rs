//! Forms keep what was typed and tie every word to its box.

use super::*;

fn form() -> Form {
    Form::new("/x")
        .with(Field::new("name", Kind::Text, "Name").hint("As on your badge"))
        .with(Field::new("password", Kind::Password, "Password"))
        .with(Field::new(
            "langs",
            Kind::Checks(vec![
                Choice::new("en", "English"),
                Choice::new("fr", "French"),
            ]),
            "Languages",
        ))
}

#[test]
fn what_was_typed_is_kept_but_for_the_password() {
    let mut form = form();
    let posted = [
        ("name", "Ann <b>"),
        ("password", "secret"),
        ("langs", "en"),
        ("langs", "fr"),
    ]
    .map(|(a, b)| (a.to_owned(), b.to_owned()));
    form.fill(&posted);
    let name = form.get("name").render().unwrap();
    assert!(name.contains(r#"value="Ann &#60;b&#62;""#), "{name}");
    assert!(!form.get("password").render().unwrap().contains("secret"));
    assert_eq!(
        form.get("langs")
            .render()
            .unwrap()
            .matches("checked")
            .count(),
        2
    );
}

#[test]
fn an_error_stands_at_its_field_and_is_announced_with_it() {
    let mut form = form();
    form.fault("name", "Too short");
    let name = form.get("name").render().unwrap();
    assert!(
        name.contains(r#"aria-describedby="e-name h-name""#),
        "{name}"
    );
    assert!(name.contains("Too short"));
    form.fault("elsewhere", "Try later");
    assert_eq!(form.fault.as_deref(), Some("Try later"));
    assert_eq!(form.faults().len(), 1);
}
