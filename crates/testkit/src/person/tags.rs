//! What people do with the tags of a community.

use super::Person;
use crate::{Community, PostSnapshot};
use domain::post::Draft;
use model::tag::WantedTags;
use model::{LangText, Origin, TagId};
use store::row;

impl Person {
    /// Adds a tag to the list of a community that they facilitate.
    pub async fn add_tag(&self, community: &Community, name: LangText) {
        let (by, place) = (self.id, self.known_actor(&community.ap_id).await);
        let verb = move |tx: &mut domain::Tx<'_>| domain::tag::add(tx, by, place, &name);
        self.instance.ops().write(verb).await.unwrap();
    }

    /// Gives the tag with this slug another name.
    pub async fn rename_tag(&self, community: &Community, slug: &str, name: LangText) {
        let by = self.id;
        let id = self.tag(community, slug).await;
        let verb = move |tx: &mut domain::Tx<'_>| domain::tag::rename(tx, by, id, &name, None);
        self.instance.ops().write(verb).await.unwrap();
    }

    /// Removes the tag with this slug.
    pub async fn remove_tag(&self, community: &Community, slug: &str) {
        let by = self.id;
        let id = self.tag(community, slug).await;
        let verb = move |tx: &mut domain::Tx<'_>| domain::tag::remove(tx, by, id);
        self.instance.ops().write(verb).await.unwrap();
    }

    /// Starts a thread with the tags of these slugs.
    pub async fn start_tagged(
        &self,
        community: &Community,
        title: &str,
        slugs: &[&str],
    ) -> PostSnapshot {
        let (by, place) = (self.id, self.known_actor(&community.ap_id).await);
        let tags = WantedTags {
            chosen: Some(self.tags(community, slugs).await),
            ..WantedTags::default()
        };
        let draft = Draft {
            tags,
            ..self.draft(title, "What do you think?").await
        };
        let verb = move |tx: &mut domain::Tx<'_>| {
            domain::discussion::start(tx, by, Some(place), &draft, &Origin::Local)
        };
        let id = self.instance.ops().write(verb).await.unwrap();
        self.own(id).await
    }

    /// Gives a thread the tags of these slugs.
    pub async fn choose_tags(&self, community: &Community, post: &PostSnapshot, slugs: &[&str]) {
        let (by, id) = (self.id, self.post(post).await);
        let tags = self.tags(community, slugs).await;
        let verb = move |tx: &mut domain::Tx<'_>| domain::tag::choose(tx, by, id, &tags);
        self.instance.ops().write(verb).await.unwrap();
    }

    /// Returns the slugs of a community's tags, as their instance has them.
    pub async fn tag_list(&self, community: &Community) -> Vec<String> {
        slugs(self.known_tags(community).await)
    }

    /// Returns the slugs of a thread's tags, as their instance has them.
    pub async fn tags_of(&self, post: &PostSnapshot) -> Vec<String> {
        let id = self.post(post).await;
        let tags = self
            .instance
            .read(move |db| Ok(store::tag::of_posts(db, &[id])?))
            .await;
        slugs(tags.into_values().flatten().collect())
    }

    async fn tags(&self, community: &Community, slugs: &[&str]) -> Vec<TagId> {
        let mut ids = Vec::new();
        for slug in slugs {
            ids.push(self.tag(community, slug).await);
        }
        ids
    }

    async fn tag(&self, community: &Community, slug: &str) -> TagId {
        let tags = self.known_tags(community).await;
        let tag = tags.iter().find(|tag| tag.slug == slug);
        tag.unwrap_or_else(|| panic!("{} knows no tag {slug}", self.address()))
            .id
    }

    async fn known_tags(&self, community: &Community) -> Vec<row::Tag> {
        let place = self.known_actor(&community.ap_id).await;
        self.instance
            .read(move |db| Ok(store::tag::of_community(db, place)?))
            .await
    }
}

fn slugs(tags: Vec<row::Tag>) -> Vec<String> {
    let mut slugs: Vec<String> = tags.into_iter().map(|tag| tag.slug).collect();
    slugs.sort();
    slugs
}
