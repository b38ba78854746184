//! Asks WebFinger which actor has an address, and which address an actor has.

use super::FetchFailure;
use crate::context::Federation;
use crate::identity::{Query, webfinger_url};
use crate::json_format::PLAIN_JSON;
use client::{FetchError, Guard};
use domain::Outcome;
use domain::actor::RemoteActor;
use model::{ActorKind, Address};
use vocab::Jrd;

/// Queries WebFinger for an address. The response must be about an account.
pub(crate) async fn webfinger(fed: &Federation, address: &Address) -> Result<Jrd, FetchFailure> {
    let mut failure = FetchFailure::Unfit("the address has no host");
    for scheme in schemes(fed.client().guard(), &address.host) {
        let Some(url) = webfinger_url(address, scheme) else {
            continue;
        };
        match fed.client().get_json(&PLAIN_JSON, &url, None).await {
            Ok(found) => return parse_jrd(found.body),
            Err(
                error @ (FetchError::Unreachable(_) | FetchError::Timeout | FetchError::Blocked(_)),
            ) => {
                failure = error.into();
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(failure)
}

pub(crate) fn parse_jrd(body: serde_json::Value) -> Result<Jrd, FetchFailure> {
    let jrd: Jrd = serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a WebFinger answer"))?;
    subject(&jrd)?;
    Ok(jrd)
}

/// Returns the schemes to try: https, and http where it is allowed; http first for `localhost`.
pub(crate) fn schemes(guard: &Guard, host: &str) -> &'static [&'static str] {
    let bare = host.split(':').next().unwrap_or(host);
    let is_loopback = bare == "localhost" || bare.ends_with(".localhost");
    match (guard.allow_http, is_loopback) {
        (false, _) => &["https"],
        (true, true) => &["http", "https"],
        (true, false) => &["https", "http"],
    }
}

/// Returns the actor of the preferred type that a descriptor names, else the first one.
pub(crate) fn choose_actor<'a>(jrd: &'a Jrd, kind: Option<&str>) -> Option<&'a str> {
    let preferred = jrd.actors().find(|(_, of)| of.is_some() && *of == kind);
    preferred.or_else(|| jrd.actors().next()).map(|(id, _)| id)
}

/// The account that a descriptor is about, with its host as hosts are compared.
pub(crate) fn subject(jrd: &Jrd) -> Result<Address, FetchFailure> {
    jrd.account()
        .and_then(Query::parse)
        .and_then(|query| query.address().cloned())
        .ok_or(FetchFailure::Unfit("WebFinger's subject is no account"))
}

pub(crate) fn is_same(one: &Address, other: &Address) -> bool {
    one.host == other.host && one.name.to_lowercase() == other.name.to_lowercase()
}

/// Returns the host of an actor's address, if WebFinger there names the actor: of the one that its document claims
/// (FEP-2c59), where that is another host than its server's, or, where another actor has its address, of that one.
/// Nobody is asked in any other case.
///
/// # Errors
/// Faults.
pub(super) async fn confirmed_host(
    fed: &Federation,
    document: &vocab::Actor,
    actor: &RemoteActor,
) -> Outcome<Option<String>> {
    let claimed = document.webfinger.as_deref().and_then(Query::parse);
    let claimed = claimed.as_ref().and_then(Query::address);
    let claimed = claimed.filter(|claimed| is_handle(&claimed.name, actor));
    let claimed = claimed.map_or(&actor.host, |claimed| &claimed.host).clone();
    let (handle, host, ap_id) = (actor.handle.clone(), claimed.clone(), actor.ap_id.clone());
    let is_group = actor.kind == ActorKind::Group;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let holder = store::raw::actor::holder(db, &handle, &host, is_group)?;
        let known = store::raw::actor::by_ap_id(db, &ap_id)?.map(|row| row.id);
        Ok((holder, known))
    };
    let (holder, known) = fed.store().read(read).await?;
    let is_free = holder.is_none() && claimed == actor.host;
    if is_free || holder.as_ref().is_some_and(|(id, _)| Some(*id) == known) {
        return Ok(None);
    }
    // Some servers take `Priya` and `priya` for two: the holder loses what its server gives to another one.
    let name = holder.map_or_else(|| actor.handle.clone(), |(_, name)| name);
    let address = Address {
        name,
        host: claimed.clone(),
    };
    Ok(names(fed, &address, actor).await.then_some(claimed))
}

/// Whether WebFinger of an address's host names an actor as the one that has it.
async fn names(fed: &Federation, address: &Address, actor: &RemoteActor) -> bool {
    let is_ours = fed.urls().is_ok_and(|urls| urls.host() == address.host);
    if is_ours || fed.ops().policy().refuses(&address.host).is_some() {
        return false;
    }
    let kind = match actor.kind {
        ActorKind::Group => "Group",
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => "Person",
    };
    match webfinger(fed, address).await {
        Ok(jrd) => {
            let is_about = subject(&jrd).is_ok_and(|subject| is_same(&subject, address));
            is_about && choose_actor(&jrd, Some(kind)) == Some(actor.ap_id.as_str())
        }
        Err(failure) => {
            tracing::debug!(actor = actor.ap_id, error = %failure, "address not confirmed");
            false
        }
    }
}

fn is_handle(name: &str, actor: &RemoteActor) -> bool {
    name.to_lowercase() == actor.handle.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_apart() {
        let path = format!(
            "{}/../../tests/fixtures/lemmy/webfinger.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let jrd: Jrd = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(
            choose_actor(&jrd, Some("Group")),
            Some("https://lemmy.example/c/dialogue")
        );
        assert_eq!(
            choose_actor(&jrd, Some("Person")),
            Some("https://lemmy.example/u/dialogue")
        );
        assert_eq!(
            choose_actor(&jrd, None),
            Some("https://lemmy.example/u/dialogue")
        );
    }

    #[test]
    fn http_is_only_asked_where_it_is_allowed() {
        let open = Guard {
            allow_http: true,
            ..Guard::default()
        };
        assert_eq!(schemes(&Guard::default(), "a.localhost:8081"), ["https"]);
        assert_eq!(schemes(&open, "a.localhost:8081"), ["http", "https"]);
        assert_eq!(schemes(&open, "a.example"), ["https", "http"]);
    }

    #[test]
    fn a_subject_that_is_no_account_is_not_believed() {
        let answer =
            |subject: &str| parse_jrd(serde_json::json!({"subject": subject, "links": []}));
        assert!(answer("acct:weavers@alpha.test").is_ok());
        assert!(answer("https://alpha.test/c/weavers").is_err());
        assert!(answer("").is_err());
    }
}
