//! What an activity is about: later activities about the same wait for it, all others do not.

use model::peer::AnnounceForm;
use vocab::Activity;

/// What an activity is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// The id of an object or an activity, with a prefix where it is the announcing itself.
    pub id: Option<String>,
    /// The form of Announce it is, where not every peer takes that.
    pub form: Option<AnnounceForm>,
}

impl Subject {
    /// Reads it from an activity of ours. Create, Update and Delete are about their object; a Like, a Follow
    /// and an Announce by id are about themselves, so that only their own Undo waits for them.
    pub(super) fn of(activity: &Activity) -> Self {
        let object = || activity.object_id().map(str::to_owned);
        match (activity.kind.as_str(), activity.embedded_activity()) {
            ("Create" | "Update" | "Delete" | "Accept" | "Reject", _) => Self::about(object()),
            ("Announce", Some(inner)) => Self::of_announced(&inner),
            ("Announce", None) => Self {
                id: object().map(|id| format!("announce {id}")),
                form: Some(AnnounceForm::ById),
            },
            ("Undo", Some(inner)) => {
                let undone = Self::of(&inner);
                Self {
                    form: undone.form.map(|_| AnnounceForm::UndoById),
                    ..undone
                }
            }
            ("Undo", None) => Self::about(object()),
            (_, _) => Self::about(activity.id.clone()),
        }
    }

    /// Reads it from the activity that a community announces unchanged.
    pub(super) fn of_announced(inner: &Activity) -> Self {
        let undone = inner.embedded_activity().filter(|_| inner.kind == "Undo");
        let is_like = inner.kind == "Like" || undone.is_some_and(|undone| undone.kind == "Like");
        Self {
            form: is_like.then_some(AnnounceForm::Like),
            ..Self::of(inner)
        }
    }

    const fn about(id: Option<String>) -> Self {
        Self { id, form: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn subject(activity: Value) -> (String, Option<AnnounceForm>) {
        let Subject { id, form } = Subject::of(&serde_json::from_value(activity).unwrap());
        (id.unwrap_or_default(), form)
    }

    #[test]
    fn an_undo_is_about_what_it_undoes() {
        let like = json!({"id": "l:1", "type": "Like", "actor": "u", "object": "p:1"});
        assert_eq!(subject(like.clone()), ("l:1".into(), None));
        let undo = json!({"id": "a:2", "type": "Undo", "actor": "u", "object": like});
        assert_eq!(subject(undo), ("l:1".into(), None));
        let announced = json!({"id": "a:3", "type": "Announce", "actor": "c", "object": {
            "id": "a:2", "type": "Undo", "actor": "u", "object": {"id": "l:1", "type": "Like", "actor": "u"}}});
        let form = Some(AnnounceForm::Like);
        assert_eq!(subject(announced), ("l:1".into(), form));
    }

    #[test]
    fn an_announce_by_id_is_not_about_its_thread() {
        let create =
            json!({"id": "a:1", "type": "Create", "object": {"id": "p:1", "type": "Page"}});
        assert_eq!(subject(create), ("p:1".into(), None));
        let by_id = json!({"id": "a:4", "type": "Announce", "object": "p:1"});
        let form = Some(AnnounceForm::ById);
        assert_eq!(subject(by_id.clone()), ("announce p:1".into(), form));
        let undo = json!({"id": "a:5", "type": "Undo", "object": by_id});
        let form = Some(AnnounceForm::UndoById);
        assert_eq!(subject(undo), ("announce p:1".into(), form));
    }
}
