//! The shapes of claims that Keycloak and Entra document, and what is made of them.

use crate::identity::{add_claims, has_factor};
use crate::{ClaimNames, Identity};
use serde_json::{Map, Value};

fn fixture(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap()
}

fn read(claims: &Map<String, Value>, groups: &str, trusts_mail: bool) -> Identity {
    let names = ClaimNames {
        groups: groups.to_owned(),
        ..ClaimNames::default()
    };
    let subject = claims["sub"].as_str().unwrap();
    Identity::read(
        "https://login.example",
        subject,
        claims,
        &names,
        trusts_mail,
    )
}

#[test]
fn claims_of_keycloak() {
    let claims = fixture(include_str!("../fixtures/keycloak.json"));
    let identity = read(&claims, "realm_access.roles", false);
    assert_eq!(identity.handle, "mireille.gagnon");
    assert_eq!(identity.name, "Mireille Gagnon");
    assert_eq!(identity.mail, "mireille.gagnon@larchmere.example");
    assert!(identity.mail_verified);
    assert_eq!(identity.groups, ["offline_access", "hedgerow-members"]);
    assert_eq!(
        identity.session.as_deref(),
        Some("6c2cc85a-9b70-4de4-a4bd-b0d2a4ae5c3f")
    );
    let groups = read(&claims, "groups", false).groups;
    assert_eq!(groups, ["staff", "midwives"]);
}

#[test]
fn claims_of_entra() {
    let mut claims = fixture(include_str!("../fixtures/entra.json"));
    let identity = read(&claims, "roles", false);
    assert_eq!(identity.handle, "mgagnon@larchmere.example");
    assert_eq!(identity.groups, ["Hedgerow.Member"]);
    assert!(
        identity.mail_verified,
        "xms_edov says so, as a number or a word"
    );
    claims.insert("xms_edov".to_owned(), Value::Bool(false));
    assert!(
        !read(&claims, "roles", true).mail_verified,
        "what is said counts"
    );
    claims.remove("xms_edov");
    assert!(!read(&claims, "roles", false).mail_verified);
    assert!(read(&claims, "roles", true).mail_verified);
    claims.insert(
        "email_verified".to_owned(),
        Value::String("false".to_owned()),
    );
    assert!(!read(&claims, "roles", true).mail_verified);
}

#[test]
fn what_is_said_of_an_address_is_not_said_of_another() {
    let claims = fixture(
        r#"{"sub":"1","email":"ann@larchmere.example","upn":"bea@larchmere.example","email_verified":true}"#,
    );
    let names = ClaimNames {
        mail: "upn".to_owned(),
        ..ClaimNames::default()
    };
    let read = |trusts| Identity::read("https://login.example", "1", &claims, &names, trusts);
    assert!(!read(false).mail_verified);
    assert!(read(true).mail_verified, "as the administrator says");

    let mut token = fixture(r#"{"sub":"1","email":"ann@larchmere.example"}"#);
    let other = fixture(r#"{"email":"bea@larchmere.example","email_verified":true,"name":"Ann"}"#);
    add_claims(&mut token, other);
    assert!(!token.contains_key("email_verified") && token["name"] == "Ann");
    add_claims(&mut token, claims);
    assert_eq!(token["email_verified"], true, "the same address");
}

#[test]
fn a_second_factor_counts_where_it_is_named() {
    let claims = fixture(r#"{"sub":"1","acr":"urn:gold","amr":["pwd","mfa"]}"#);
    let counts = |values: &[&str]| {
        let values: Vec<String> = values.iter().map(|text| (*text).to_owned()).collect();
        has_factor(&claims, &values)
    };
    assert!(counts(&["mfa"]) && counts(&["x", "urn:gold"]));
    assert!(!counts(&[]) && !counts(&["otp"]));
}

#[test]
fn long_texts_are_cut() {
    let mut claims = fixture(r#"{"sub":"1"}"#);
    claims.insert("name".to_owned(), Value::String("é".repeat(400)));
    assert_eq!(read(&claims, "groups", false).name.chars().count(), 255);
}

#[test]
fn claims_of_other_types_are_nothing() {
    let claims = fixture(
        r#"{"sub":"1","preferred_username":7,"name":["x"],"given_name":"Ann","family_name":"B","email":null,
            "groups":{"a":1}}"#,
    );
    let identity = read(&claims, "groups", true);
    assert_eq!((identity.handle.as_str(), identity.mail.as_str()), ("", ""));
    assert_eq!(identity.name, "Ann B");
    assert!(identity.groups.is_empty());
}
