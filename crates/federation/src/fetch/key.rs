//! Whose key it is. A key's id lies below its actor's, as it does with nearly everybody; one that
//! stands elsewhere on the server counts where the document there says whose it is. Otherwise anybody
//! could claim the key of a neighbour, whose own signatures would then be held against the wrong one.

use super::FetchFailure;
use super::own_origin::{is_below, on_origin};
use crate::context::Federation;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::without_fragment;
use serde_json::Value;
use url::Url;
use vocab::{Actor, id_of};

/// The key of an actor that stands elsewhere on its server, where the document there names this actor
/// as its owner and shows the same key.
///
/// # Errors
/// What may be better later, and faults.
pub(super) async fn elsewhere(
    fed: &Federation,
    document: &Actor,
) -> Result<Option<(String, String)>, FetchFailure> {
    let Some(key) = document.public_key.as_ref() else {
        return Ok(None);
    };
    let (Ok(id), Ok(at)) = (Url::parse(&document.id), Url::parse(&key.id)) else {
        return Ok(None);
    };
    let fits = key.owner == document.id && on_origin(Some(&key.id), &id).is_some();
    if !fits || is_below(&key.id, &id) || fed.verifying_key(&key.public_key_pem).is_none() {
        return Ok(None);
    }
    let signing = fed.instance_key().await?;
    let at = without_fragment(&at);
    let found = match fed
        .client()
        .get_json(&ACTIVITY_JSON, &at, signing.as_ref())
        .await
    {
        Ok(found) => without_nul(found.body),
        Err(error) if error.is_transient() => return Err(error.into()),
        Err(error) => {
            tracing::debug!(key = key.id, why = %error, "not found where it says it is");
            return Ok(None);
        }
    };
    let pem = key.public_key_pem.as_str();
    let same = named_in(&found, &key.id).is_some_and(|(owner, shown)| {
        owner == document.id && shown.is_some_and(|shown| shown.trim() == pem.trim())
    });
    Ok(same.then(|| (key.id.clone(), pem.to_owned())))
}

/// The owner of a key in its own or an actor's document, and the key as it stands there.
pub(crate) fn named_in(document: &Value, key_id: &str) -> Option<(String, Option<String>)> {
    let further = document.get("assertionMethod");
    let further = further.map_or(&[][..], |value| match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    });
    let named = further
        .iter()
        .find(|key| key.get("id").and_then(id_of) == Some(key_id));
    let key = named
        .or_else(|| document.get("publicKey"))
        .unwrap_or(document);
    let owner = ["owner", "controller"]
        .into_iter()
        .find_map(|name| key.get(name).and_then(id_of))
        .or_else(|| document.get("id").and_then(id_of));
    let shown = ["publicKeyPem", "publicKeyMultibase"]
        .into_iter()
        .find_map(|name| key.get(name).and_then(Value::as_str));
    Some((owner?.to_owned(), shown.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_owner_is_named_in_four_ways() {
        let id = "https://a.test/u#ed25519";
        let bare =
            json!({"id": "https://a.test/u/key", "owner": "https://a.test/u", "publicKeyPem": "P"});
        let part = json!({"id": "https://a.test/u", "publicKey": {"id": "https://a.test/u/main-key", "owner": "https://a.test/u", "publicKeyPem": "P"}});
        for document in [bare, part.clone()] {
            assert_eq!(
                named_in(&document, "https://a.test/u/main-key"),
                Some(("https://a.test/u".to_owned(), Some("P".to_owned())))
            );
        }
        assert_eq!(
            named_in(&json!({"id": "https://a.test/u"}), id),
            Some(("https://a.test/u".to_owned(), None))
        );
        assert_eq!(named_in(&json!({}), id), None);
        let multikey =
            json!({"id": id, "controller": "https://a.test/u", "publicKeyMultibase": "z"});
        let mut actor = part;
        actor["assertionMethod"] = json!([{"id": "https://a.test/u#other"}, multikey]);
        for document in [multikey, actor] {
            assert_eq!(
                named_in(&document, id),
                Some(("https://a.test/u".to_owned(), Some("z".to_owned())))
            );
        }
    }
}
