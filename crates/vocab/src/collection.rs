//! Collections and their pages, ordered or not, in one type.

use crate::lenient::{self, id_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A `Collection`, `OrderedCollection`, `CollectionPage` or `OrderedCollectionPage` in its wire format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Collection {
    /// Absent on some peers' pages.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// One of the four types.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The owner; for a conversation's collection the Group (FEP-f228).
    #[serde(
        deserialize_with = "lenient::author",
        skip_serializing_if = "Option::is_none"
    )]
    pub attributed_to: Option<String>,
    /// The group of a conversation (NodeBB).
    #[serde(
        deserialize_with = "lenient::ids",
        serialize_with = "lenient::write_ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub audience: Vec<String>,
    /// A title in plain text.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The collection of a page.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub part_of: Option<String>,
    /// The number of members that the collection claims.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_items: Option<u64>,
    /// The first page: an id, or the embedded page.
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub first: Option<Value>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub last: Option<String>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub next: Option<String>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub prev: Option<String>,
    /// The members of an unordered collection.
    #[serde(
        deserialize_with = "lenient::members",
        skip_serializing_if = "Option::is_none"
    )]
    pub items: Option<Vec<Value>>,
    /// The members of an ordered collection.
    #[serde(
        deserialize_with = "lenient::members",
        skip_serializing_if = "Option::is_none"
    )]
    pub ordered_items: Option<Vec<Value>>,
}

impl Collection {
    /// Builds an OrderedCollection with the number of members and, if given, the first page.
    #[must_use]
    pub fn counted(id: &str, total: u64, first: Option<&str>) -> Self {
        Self {
            id: Some(id.to_owned()),
            kind: "OrderedCollection".to_owned(),
            total_items: Some(total),
            first: first.map(Value::from),
            ..Self::default()
        }
    }

    /// Builds an OrderedCollection with all members.
    #[must_use]
    pub fn listed(id: &str, members: Vec<Value>) -> Self {
        Self {
            ordered_items: Some(members),
            ..Self::counted(id, 0, None)
        }
        .with_total_of_members()
    }

    /// Builds an OrderedCollectionPage with the id of the next page.
    #[must_use]
    pub fn page(id: &str, part_of: &str, members: Vec<Value>, next: Option<&str>) -> Self {
        Self {
            id: Some(id.to_owned()),
            kind: "OrderedCollectionPage".to_owned(),
            part_of: Some(part_of.to_owned()),
            next: next.map(str::to_owned),
            ordered_items: Some(members),
            ..Self::default()
        }
    }

    fn with_total_of_members(mut self) -> Self {
        let count = self.ordered_items.as_ref().map_or(0, Vec::len);
        self.total_items = u64::try_from(count).ok();
        self
    }

    /// Iterates over the members, ordered ones first.
    pub fn members(&self) -> impl Iterator<Item = &Value> {
        let unordered = self.items.iter().flatten();
        self.ordered_items.iter().flatten().chain(unordered)
    }

    /// Iterates over the members' ids, whether they are bare ids or embedded.
    pub fn member_ids(&self) -> impl Iterator<Item = &str> {
        self.members().filter_map(id_of)
    }

    /// Returns the first page's id.
    #[must_use]
    pub fn first_id(&self) -> Option<&str> {
        self.first.as_ref().and_then(id_of)
    }

    /// Returns the first page if it is embedded with members.
    #[must_use]
    pub fn first_page(&self) -> Option<Self> {
        let page: Self = serde_json::from_value(self.first.clone()?).ok()?;
        let filled = page.members().next().is_some();
        filled.then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_may_be_one_or_many_and_in_either_key() {
        let read = |v: Value| serde_json::from_value::<Collection>(v).unwrap();
        let one = read(json!({"type": "Collection", "items": "x:1", "totalItems": "1"}));
        assert_eq!(
            (one.member_ids().collect::<Vec<_>>(), one.total_items),
            (vec!["x:1"], Some(1))
        );
        let many = read(json!({"orderedItems": [{"id": "x:1"}, "x:2", 3]}));
        assert_eq!(many.member_ids().collect::<Vec<_>>(), ["x:1", "x:2"]);
        let paged = read(json!({"first": {"id": "x:p", "items": ["x:3"]}}));
        assert_eq!(paged.first_id(), Some("x:p"));
        assert_eq!(
            paged.first_page().unwrap().member_ids().collect::<Vec<_>>(),
            ["x:3"]
        );
        assert!(read(json!({"first": "x:p"})).first_page().is_none());
    }

    #[test]
    fn an_empty_collection_has_a_total_of_zero() {
        let json = serde_json::to_value(Collection::listed("x:c", Vec::new())).unwrap();
        let expected =
            json!({"id": "x:c", "type": "OrderedCollection", "totalItems": 0, "orderedItems": []});
        assert_eq!(json, expected);
        let counted =
            serde_json::to_value(Collection::counted("x:c", 3, Some("x:c?page=1"))).unwrap();
        assert_eq!(counted["first"], "x:c?page=1");
    }
}
