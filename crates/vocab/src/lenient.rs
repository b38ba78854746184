//! Lenient deserializers. Each accepts any JSON value: a value of the wrong shape is read as absent, so
//! that one bad key never makes a document unreadable. The serializers at the end are for the two kinds
//! of keys whose exact format matters to strict peers.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// The known types; when `type` is a list, the first known one counts.
const KNOWN: &[&str] = &[
    "Accept",
    "Add",
    "Announce",
    "Application",
    "Article",
    "Audio",
    "Block",
    "Collection",
    "CollectionPage",
    "Create",
    "Delete",
    "Dislike",
    "Document",
    "EmojiReact",
    "Event",
    "Flag",
    "Follow",
    "Group",
    "Hashtag",
    "Ignore",
    "Image",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Link",
    "Lock",
    "Mention",
    "Move",
    "Note",
    "Offer",
    "OrderedCollection",
    "OrderedCollectionPage",
    "Organization",
    "Page",
    "Person",
    "Place",
    "PropertyValue",
    "Question",
    "Reject",
    "Remove",
    "Service",
    "TentativeAccept",
    "Tombstone",
    "Undo",
    "Update",
    "Video",
    "View",
];

/// Returns the type in a JSON value of any shape: the string, the first known one of a list, else its
/// first string, or an object's `type`.
#[must_use]
pub fn kind_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(kind) => Some(kind.as_str()),
        Value::Array(list) => {
            let mut kinds = list.iter().filter_map(Value::as_str);
            let first = kinds.clone().next();
            kinds.find(|kind| KNOWN.contains(kind)).or(first)
        }
        Value::Object(map) => map
            .get("type")
            .or_else(|| map.get("@type"))
            .and_then(kind_of),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Returns the id in a JSON value of any shape: the string itself, an object's `id`, `@id` or (of a Link)
/// `href`, or the first id in a list. An empty string is not an id.
#[must_use]
pub fn id_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id.as_str()).filter(|id| !id.is_empty()),
        Value::Array(list) => list.iter().find_map(id_of),
        Value::Object(map) => ["id", "@id", "href"]
            .iter()
            .find_map(|key| map.get(*key).and_then(Value::as_str))
            .filter(|id| !id.is_empty()),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Returns the text in a JSON value: a string, an object's `@value`, or the first text of a list.
pub(crate) fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()),
        Value::Array(list) => list.iter().find_map(text_of),
        Value::Object(map) => map.get("@value").and_then(Value::as_str),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Reads a type with [`kind_of`]; absent is the empty string.
pub(crate) fn kind<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    Value::deserialize(d).map(|v| kind_of(&v).unwrap_or_default().to_owned())
}

/// Reads an id with [`id_of`]; absent is the empty string.
pub(crate) fn id_or_empty<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    id(d).map(Option::unwrap_or_default)
}

/// Reads an id with [`id_of`].
pub(crate) fn id<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(d).map(|v| id_of(&v).map(str::to_owned))
}

/// Reads the ids of a string, an object or a list of either, without duplicates, in order.
pub(crate) fn ids<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let mut found: Vec<String> = Vec::new();
    for value in into_list(Value::deserialize(d)?) {
        if let Some(id) = id_of(&value)
            && !found.iter().any(|known| known == id)
        {
            found.push(id.to_owned());
        }
    }
    Ok(found)
}

/// Reads the author's id from a string or an object. Of a list it takes the first Person, Service or
/// Application, else the first bare id, else the first id (PeerTube lists the person and the channel's
/// Group).
pub(crate) fn author<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(d)?;
    let person = |v: &&Value| matches!(kind_of(v), Some("Person" | "Service" | "Application"));
    let chosen = value.as_array().and_then(|list| {
        let author = list.iter().filter(|v| v.is_object()).find(person);
        author.or_else(|| list.iter().find(|v| v.is_string()))
    });
    Ok(id_of(chosen.unwrap_or(&value)).map(str::to_owned))
}

/// Reads the URL of a page: a string, a Link's `href`, or of a list the first `text/html` Link, else the
/// first URL.
pub(crate) fn url<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(d).map(|v| url_of(&v).map(str::to_owned))
}

/// Returns the URL in a JSON value; see [`url()`].
pub(crate) fn url_of(value: &Value) -> Option<&str> {
    match value {
        Value::Array(list) => {
            let html = |v: &&Value| v.get("mediaType").and_then(Value::as_str) == Some("text/html");
            let page = list.iter().filter(html).find_map(url_of);
            page.or_else(|| list.iter().find_map(url_of))
        }
        Value::Object(map) => ["href", "url", "id"]
            .iter()
            .find_map(|key| map.get(*key).and_then(url_of)),
        _ => Some(value.as_str()?).filter(|url| !url.is_empty()),
    }
}

/// Reads a text with [`text_of`].
pub(crate) fn text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(d).map(|v| text_of(&v).map(str::to_owned))
}

/// Reads the texts of a string or a list; other values are dropped.
pub(crate) fn texts<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let list = into_list(Value::deserialize(d)?);
    Ok(list.iter().filter_map(text_of).map(str::to_owned).collect())
}

/// Reads a boolean, also from the strings `true` and `false`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Bool(flag) => Some(flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Reads a count, also from a string of digits; a negative or fractional number is absent.
pub(crate) fn count<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Reads a time: RFC 3339 with any offset, without an offset (as UTC), or a bare date.
pub(crate) fn time<'de, D: Deserializer<'de>>(d: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Value::deserialize(d).map(|v| text_of(&v).and_then(read_time))
}

/// Parses a time; see [`time`].
pub(crate) fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let date = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    local.or_else(date).map(|time| time.and_utc())
}

/// Reads a structured value: an object, or the first of a list that can be deserialized.
pub(crate) fn part<'de, D, T>(d: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let list = into_list(Value::deserialize(d)?);
    Ok(list
        .into_iter()
        .find_map(|v| serde_json::from_value(v).ok()))
}

/// Reads structured values from an object or a list; those that cannot be deserialized are dropped.
pub(crate) fn parts<'de, D, T>(d: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let list = into_list(Value::deserialize(d)?);
    Ok(list
        .into_iter()
        .filter_map(|v| serde_json::from_value(v).ok())
        .collect())
}

/// Reads the members of a collection: a list, or one member as a list of one; `null` is absent.
pub(crate) fn members<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<Value>>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Null => None,
        value => Some(into_list(value)),
    })
}

/// Keeps a value as received; `null` is absent.
pub(crate) fn raw<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(|v| Some(v).filter(|v| !v.is_null()))
}

/// Converts a value to a list: `null` is empty, and anything but a list is one element.
pub(crate) fn into_list(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list,
        one => vec![one],
    }
}

/// Writes one id as a string, several as a list (Lemmy accepts `audience` and a Group's `attributedTo`
/// only as a single string).
pub(crate) fn write_ids<S: Serializer>(ids: &[String], s: S) -> Result<S::Ok, S::Error> {
    match ids {
        [one] => one.serialize(s),
        several => several.serialize(s),
    }
}

/// Writes one value as an object, several as a list.
pub(crate) fn write_parts<T: Serialize, S: Serializer>(
    parts: &[T],
    s: S,
) -> Result<S::Ok, S::Error> {
    match parts {
        [one] => one.serialize(s),
        several => several.serialize(s),
    }
}

/// Writes RFC 3339 in UTC with `Z`, with as many fractional digits as needed.
pub(crate) fn write_time<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    s: S,
) -> Result<S::Ok, S::Error> {
    time.map(|t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .serialize(s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_type_may_be_a_list() {
        assert_eq!(kind_of(&json!("Note")), Some("Note"));
        assert_eq!(kind_of(&json!(["ex:Recipe", "Article"])), Some("Article"));
        assert_eq!(kind_of(&json!(["ex:Recipe", "ex:Dish"])), Some("ex:Recipe"));
        assert_eq!(kind_of(&json!({"type": ["Person"]})), Some("Person"));
        assert_eq!(kind_of(&json!(7)), None);
    }

    #[test]
    fn ids_are_read_from_every_shape() {
        let read = |v: Value| ids(v).unwrap();
        assert_eq!(read(json!("https://a.example/1")), ["https://a.example/1"]);
        assert_eq!(
            read(
                json!(["x:1", {"id": "x:2"}, null, 3, "", "x:1", {"type": "Link", "href": "x:3"}])
            ),
            ["x:1", "x:2", "x:3"]
        );
        assert!(read(json!(null)).is_empty());
    }

    #[test]
    fn the_author_of_a_list_is_the_person() {
        let read = |v: Value| author(v).unwrap().unwrap();
        assert_eq!(read(json!("x:1")), "x:1");
        assert_eq!(read(json!({"type": "Group", "id": "x:2"})), "x:2");
        let list = json!([{"type": "Group", "id": "x:g"}, {"type": "Person", "id": "x:p"}]);
        assert_eq!(read(list), "x:p");
        assert_eq!(read(json!([{"type": "Group", "id": "x:g"}, "x:s"])), "x:s");
        assert_eq!(read(json!([{"type": "Group", "id": "x:g"}])), "x:g");
    }

    #[test]
    fn a_page_is_preferred_among_links() {
        let read = |v: Value| url(v).unwrap();
        let links = json!([
            {"type": "Link", "mediaType": "video/mp4", "href": "x:mp4"},
            {"type": "Link", "mediaType": "text/html", "href": "x:page"}
        ]);
        assert_eq!(read(links).unwrap(), "x:page");
        assert_eq!(read(json!([{"url": "x:1"}])).unwrap(), "x:1");
        assert_eq!(read(json!({})), None);
    }

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        let at = |t: &str| read_time(t).map(|t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        assert_eq!(
            at("2026-11-22T04:31:57.820865+00:00").unwrap(),
            "2026-11-22T04:31:57.820865Z"
        );
        assert_eq!(
            at("2026-12-01T20:00:00.000+01:00").unwrap(),
            "2026-12-01T19:00:00Z"
        );
        assert_eq!(at("2026-12-01T20:00:00").unwrap(), "2026-12-01T20:00:00Z");
        assert_eq!(at("2026-12-01").unwrap(), "2026-12-01T00:00:00Z");
        assert_eq!(at("soon"), None);
    }
}
