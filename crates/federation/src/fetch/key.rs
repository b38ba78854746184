//! Verifies who owns a key. The id of a key is usually below its actor's; a key elsewhere on the server counts
//! only if its own document names the actor. Otherwise an actor could claim the key of another one, whose
//! signatures would then be attributed to the wrong actor.

use super::FetchFailure;
use super::own_origin::{is_below, on_origin};
use crate::context::Federation;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::without_fragment;
use serde_json::Value;
use url::Url;
use vocab::{Actor, id_of};

/// Returns the key of an actor whose id is not below the actor's, if the key's own document names this actor
/// as its owner and contains the same key.
///
/// # Errors
/// Transient failures, and faults.
pub(super) async fn standalone_key(
    fed: &Federation,
    document: &Actor,
) -> Result<Option<(String, String)>, FetchFailure> {
    let Some(key) = document.public_keys.first() else {
        return Ok(None);
    };
    let (Ok(id), Ok(url)) = (Url::parse(&document.id), Url::parse(&key.id)) else {
        return Ok(None);
    };
    let fits = key.owner == document.id && on_origin(Some(&key.id), &id).is_some();
    if !fits || is_below(&key.id, &id) || fed.verifying_key(&key.public_key_pem).is_none() {
        return Ok(None);
    }
    let signing = fed.instance_key().await?;
    let url = without_fragment(&url);
    let key_document = match fed
        .client()
        .get_json(&ACTIVITY_JSON, &url, signing.as_ref())
        .await
    {
        Ok(key_document) => without_nul(key_document.body),
        Err(error) if error.is_transient() => return Err(error.into()),
        Err(error) => {
            tracing::debug!(key = key.id, %error, "key not found at its id");
            return Ok(None);
        }
    };
    let pem = key.public_key_pem.as_str();
    let is_same = key_in_document(&key_document, &key.id).is_some_and(|(owner, key_text)| {
        owner == document.id && key_text.is_some_and(|key_text| key_text.trim() == pem.trim())
    });
    Ok(is_same.then(|| (key.id.clone(), pem.to_owned())))
}

/// Returns the owner of a key and the key itself, from its own document or an actor's.
pub(crate) fn key_in_document(document: &Value, key_id: &str) -> Option<(String, Option<String>)> {
    let listed = |name: &str| match document.get(name) {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let (assertion_keys, public_keys) = (listed("assertionMethod"), listed("publicKey"));
    let mut all = assertion_keys.iter().chain(public_keys);
    let by_id = all.find(|key| key.get("id").and_then(id_of) == Some(key_id));
    let key = by_id.or(public_keys.first()).unwrap_or(document);
    let owner = ["owner", "controller"]
        .into_iter()
        .find_map(|name| key.get(name).and_then(id_of))
        .or_else(|| document.get("id").and_then(id_of));
    let key_text = ["publicKeyPem", "publicKeyMultibase"]
        .into_iter()
        .find_map(|name| key.get(name).and_then(Value::as_str));
    Some((owner?.to_owned(), key_text.map(str::to_owned)))
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
                key_in_document(&document, "https://a.test/u/main-key"),
                Some(("https://a.test/u".to_owned(), Some("P".to_owned())))
            );
        }
        assert_eq!(
            key_in_document(&json!({"id": "https://a.test/u"}), id),
            Some(("https://a.test/u".to_owned(), None))
        );
        assert_eq!(key_in_document(&json!({}), id), None);
        let mut two = part.clone();
        two["publicKey"] = json!([{"id": "https://a.test/u#old", "owner": "https://a.test/u", "publicKeyPem": "O"}, part["publicKey"]]);
        assert_eq!(
            key_in_document(&two, "https://a.test/u/main-key"),
            Some(("https://a.test/u".to_owned(), Some("P".to_owned())))
        );
        let multikey =
            json!({"id": id, "controller": "https://a.test/u", "publicKeyMultibase": "z"});
        let mut actor = part;
        actor["assertionMethod"] = json!([{"id": "https://a.test/u#other"}, multikey]);
        for document in [multikey, actor] {
            assert_eq!(
                key_in_document(&document, id),
                Some(("https://a.test/u".to_owned(), Some("z".to_owned())))
            );
        }
    }
}
