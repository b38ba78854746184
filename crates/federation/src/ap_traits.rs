//! The federation library's traits on our kinds of object: what a post and an actor of ours can do,
//! under the names that the library's users know. The work is done in `kinds`, `fetch` and `import`.

use crate::context::Federation;
use crate::fetch::{Budget, FetchFailure};
use crate::import::import_requested;
use crate::kinds::VerifiedObject;
use crate::kinds::{self, ActorDocumentData, PostDocumentData};
use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::traits::{Actor, Object};
use async_trait::async_trait;
use client::same_origin_text;
use domain::{Error, Outcome};
use futures::FutureExt;
use model::access::{Reader, Viewer};
use model::actor::ActorState;
use serde::Serialize;
use serde_json::Value;
use store::Db;
use url::Url;

/// Returns the library's configuration. Its own client, queue and signatures are never used:
/// only `Data`, which its traits take, comes from it.
///
/// # Errors
/// A fault where the library refuses it.
pub(crate) fn config(fed: &Federation) -> Outcome<FederationConfig<Federation>> {
    let host = fed.urls().map(|urls| urls.host().to_owned());
    let built = FederationConfig::builder()
        .domain(host.unwrap_or_default())
        .app_data(fed.clone())
        .build()
        .now_or_never();
    let unusable = |why: String| Error::Fault(store::StoreError::Internal(why));
    built
        .ok_or_else(|| unusable("the library's configuration is not ready".to_owned()))?
        .map_err(|error| unusable(error.to_string()))
}

/// A post with the data of its document.
#[derive(Debug)]
pub(crate) struct Post {
    id: Url,
    /// The data of its document.
    pub data: PostDocumentData,
}

impl Post {
    /// Creates one from its data.
    ///
    /// # Errors
    /// `Unfit` where its id is no URL.
    pub(crate) fn of(data: PostDocumentData) -> Result<Self, FetchFailure> {
        let id = Url::parse(&data.post.ap_id);
        let id = id.map_err(|_bad| FetchFailure::Unfit("the id is no URL"))?;
        Ok(Self { id, data })
    }
}

#[async_trait]
impl Object for Post {
    type DataType = Federation;
    type Kind = vocab::Object;
    type Error = FetchFailure;

    fn id(&self) -> &Url {
        &self.id
    }

    /// Returns the post with this id, ours or a peer's, if a guest may see it.
    async fn read_from_id(id: Url, fed: &Data<Federation>) -> Result<Option<Self>, FetchFailure> {
        let (name, now) = (id.to_string(), fed.ops().now());
        let reader = Reader {
            viewer: Viewer::Guest,
            now,
        };
        let read = move |db: &mut Db| -> Outcome<Option<PostDocumentData>> {
            match store::raw::post::id_of(db, &name)? {
                Some(post) => kinds::visible_post_data(db, reader, post),
                None => Ok(None),
            }
        };
        let found = fed.store().read(read).await?;
        found.map(Self::of).transpose()
    }

    fn is_deleted(&self) -> bool {
        self.data.post.deleted_at.is_some() || self.data.author.state != ActorState::Active
    }

    async fn into_json(self, fed: &Data<Federation>) -> Result<vocab::Object, FetchFailure> {
        Ok(kinds::object(&fed.urls()?, &self.data))
    }

    /// Checks that it is a public post of the expected origin, by an author of that origin.
    async fn verify(
        json: &vocab::Object,
        expected: &Url,
        _fed: &Data<Federation>,
    ) -> Result<(), FetchFailure> {
        let post = VerifiedObject::read(&value(json)?)?;
        post.audience()?;
        if same_origin_text(&post.id, expected.as_str()) {
            Ok(())
        } else {
            Err(FetchFailure::Unfit("the post is of another origin"))
        }
    }

    /// Imports the post, with the thread above it.
    async fn from_json(json: vocab::Object, fed: &Data<Federation>) -> Result<Self, FetchFailure> {
        let post = VerifiedObject::read(&value(&json)?)?;
        let id = Url::parse(&post.id).map_err(|_bad| FetchFailure::Unfit("the id is no URL"))?;
        import_requested(fed, &post, &mut Budget::thread()).await?;
        Self::read_from_id(id, fed)
            .await?
            .ok_or(FetchFailure::Missing)
    }
}

/// A local actor with the data of its document.
#[derive(Debug)]
pub(crate) struct LocalActor {
    id: Url,
    inbox: Url,
    /// The data of its document.
    pub data: ActorDocumentData,
}

#[async_trait]
impl Object for LocalActor {
    type DataType = Federation;
    type Kind = vocab::Actor;
    type Error = FetchFailure;

    fn id(&self) -> &Url {
        &self.id
    }

    /// Returns the local actor with this id.
    async fn read_from_id(id: Url, fed: &Data<Federation>) -> Result<Option<Self>, FetchFailure> {
        let name = id.to_string();
        let read = move |db: &mut Db| -> Outcome<Option<ActorDocumentData>> {
            match store::raw::actor::by_ap_id(db, &name)? {
                Some(row) if row.peer_id.is_none() => kinds::actor_data(db, row.id).map(Some),
                Some(_) | None => Ok(None),
            }
        };
        let Some(data) = fed.store().read(read).await? else {
            return Ok(None);
        };
        let inbox = Url::parse(&data.actor.inbox)
            .map_err(|_bad| FetchFailure::Unfit("the inbox is no URL"))?;
        Ok(Some(Self { id, inbox, data }))
    }

    fn is_deleted(&self) -> bool {
        self.data.actor.state == ActorState::Deleted
    }

    async fn into_json(self, fed: &Data<Federation>) -> Result<vocab::Actor, FetchFailure> {
        Ok(kinds::actor(&fed.urls()?, &self.data))
    }

    async fn verify(
        json: &vocab::Actor,
        expected: &Url,
        _fed: &Data<Federation>,
    ) -> Result<(), FetchFailure> {
        if same_origin_text(&json.id, expected.as_str()) {
            Ok(())
        } else {
            Err(FetchFailure::Unfit("the actor is of another origin"))
        }
    }

    /// Refuses: a local actor is created by a verb, and a peer's by `fetch::actor` from its own server.
    async fn from_json(_: vocab::Actor, _: &Data<Federation>) -> Result<Self, FetchFailure> {
        Err(FetchFailure::Unfit("not an actor of ours"))
    }
}

impl Actor for LocalActor {
    fn public_key_pem(&self) -> &str {
        &self.data.public_pem
    }

    /// Returns `None`: `httpsig` signs with keys that are read for signing only.
    fn private_key_pem(&self) -> Option<String> {
        None
    }

    fn inbox(&self) -> Url {
        self.inbox.clone()
    }
}

fn value<T: Serialize>(json: &T) -> Result<Value, FetchFailure> {
    serde_json::to_value(json).map_err(|_never| FetchFailure::Unfit("not JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_instance::TestInstance;

    #[tokio::test]
    async fn a_post_is_read_verified_and_written_by_the_librarys_names() {
        let instance = TestInstance::new().await;
        let weavers = instance.community("weavers").await;
        let thread = instance.thread(instance.ann, weavers, "Warping").await;
        let data = config(&instance.fed).unwrap().to_request_data();
        let id = Url::parse(&format!("https://alpha.test/p/{thread}")).unwrap();
        let post = Post::read_from_id(id.clone(), &data)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((post.id(), post.is_deleted()), (&id, false));
        let json = post.into_json(&data).await.unwrap();
        Post::verify(&json, &id, &data).await.unwrap();
        let elsewhere = Url::parse("https://beta.test/").unwrap();
        assert!(Post::verify(&json, &elsewhere, &data).await.is_err());
        let ann = Url::parse("https://alpha.test/u/ann").unwrap();
        let ann = LocalActor::read_from_id(ann, &data).await.unwrap().unwrap();
        assert_eq!(ann.inbox().as_str(), "https://alpha.test/u/ann/inbox");
        assert!(ann.private_key_pem().is_none());
        assert_eq!(ann.public_key_pem(), ann.data.public_pem);
        let nobody = Url::parse("https://beta.test/p/1").unwrap();
        assert!(Post::read_from_id(nobody, &data).await.unwrap().is_none());
    }
}
