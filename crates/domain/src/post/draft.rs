//! What is to be published: rendered, sanitized and its mentions looked up before the transaction.

use super::Pictures;
use crate::prose::{self, Prose};
use crate::{Outcome, poll, secret};
use model::lang::is_tag;
use model::lang_text::LANGUAGES_MAX;
use model::limits::{BODY_MAX, TITLE_MAX};
use model::refusal::Checks;
use model::tag::WantedTags;
use model::{
    ActorId, Audience, LangText, PollTally, PostDetails, PostKind, SpaceId, Time, Why, name,
};
use store::row::PostText;

/// A post to be published, or the new text of one.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The kind of a thread; a reply is a discussion.
    pub kind: PostKind,
    pub audience: Audience,
    /// Its text in each language, the author's first.
    pub wordings: Vec<Wording>,
    /// Who is named in it.
    pub mentions: Vec<ActorId>,
    /// What only its kind has. In an edit, `None` leaves what is there.
    pub details: Option<PostDetails>,
    /// The counts of a remote poll, as its server tells them.
    pub tally: Option<PollTally>,
    /// Its pictures. In an edit, `None` leaves those that are there.
    pub pictures: Option<Pictures>,
    /// The space of a new thread; `None` for the one that is open to everybody.
    pub space: Option<SpaceId>,
    /// The tags of a thread.
    pub tags: WantedTags,
    /// Identifies the form or request it came in; empty for none. See [`once`].
    pub once: String,
    /// Of an edit: when the text was written that it began from; `None` takes whatever is there.
    pub began_from: Option<Time>,
}

/// A text in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// BCP 47 tag.
    pub lang: String,
    /// Title of a thread; not used for a reply.
    pub title: String,
    pub body: Prose,
    /// The warning about its content, plain; empty where there is none.
    pub warning: String,
}

impl Wording {
    /// Returns the warning, where there is a text behind it.
    fn shown_warning(&self) -> &str {
        let nothing = self.warning.is_empty() || prose::is_blank(&self.body.html);
        if nothing { "" } else { &self.warning }
    }
}

/// The value of [`Draft::once`]: the token of a form or request, bound to what was typed, so that
/// another text in the same form, or another picture, is another post.
#[must_use]
pub fn once(token: &str, wordings: &[Wording], pictures: Option<&Pictures>) -> String {
    if token.is_empty() {
        return String::new();
    }
    let warnings = wordings.iter().map(|wording| &wording.warning);
    let typed = wordings
        .iter()
        .flat_map(|wording| [&wording.lang, &wording.title, &wording.body.md]);
    let added = pictures.into_iter().flat_map(|pictures| &pictures.added);
    let typed = typed.chain(added.map(|picture| &picture.file.digest));
    let typed = typed.chain(warnings.filter(|warning| !warning.is_empty()));
    let typed = typed.fold(token.to_owned(), |all, text| all + "\0" + text);
    secret::digest(&typed)
}

impl Draft {
    /// Returns the details, where they are those of the post's kind. A reply has none.
    pub(crate) fn details_of(&self, kind: PostKind) -> Option<&PostDetails> {
        let details = self.details.as_ref();
        details.filter(|details| details.kind() == kind)
    }

    /// Checks what somebody typed here; a peer's text is taken as it comes.
    ///
    /// # Errors
    /// `Invalid` with the fields at fault.
    pub(crate) fn check(&self, thread: bool) -> Outcome<()> {
        Ok(self.checks(thread).done()?)
    }

    /// Notes the fields at fault of what somebody typed here. The verbs check it too: this is for a form that
    /// has other faults as well.
    #[must_use]
    pub fn checks(&self, thread: bool) -> Checks {
        let mut checks = Checks::default();
        if let Some(pictures) = &self.pictures {
            pictures.check(&mut checks);
        }
        if let Some(PostDetails::Poll(poll)) = &self.details {
            poll::check(&mut checks, poll);
        }
        let mut wordings = self.wordings.iter();
        let Some(first) = wordings.next() else {
            checks.that(false, "body", Why::Required);
            return checks;
        };
        if thread {
            checks.text("title", &name::one_line(&first.title), TITLE_MAX);
            let composed = PostKind::COMPOSED.contains(&self.kind);
            checks.that(composed, "kind", Why::NotAChoice);
        }
        checks.at_most("warning", &first.warning, TITLE_MAX);
        check_body(&mut checks, "body", &first.body);
        checks.that(is_tag(&first.lang), "lang", Why::NotAChoice);
        for other in wordings {
            checks.at_most("second_title", &name::one_line(&other.title), TITLE_MAX);
            checks.at_most("second_warning", &other.warning, TITLE_MAX);
            check_body(&mut checks, "second_body", &other.body);
            checks.that(is_tag(&other.lang), "second_lang", Why::NotAChoice);
        }
        let mut tags: Vec<&str> = self.wordings.iter().map(|w| w.lang.as_str()).collect();
        tags.sort_unstable();
        tags.dedup();
        checks.that(tags.len() == self.wordings.len(), "second_lang", Why::Taken);
        checks.that(
            self.wordings.len() <= LANGUAGES_MAX,
            "second_lang",
            Why::TooLong,
        );
        checks
    }

    /// The texts of a thread, or of a reply, which has no title whatever was sent.
    pub(crate) fn text(&self, thread: bool) -> PostText {
        let column = |text: fn(&Wording) -> &str| {
            LangText::new(self.wordings.iter().map(|w| (w.lang.as_str(), text(w))))
        };
        let titles = self.wordings.iter().map(|w| name::one_line(&w.title));
        let titles: Vec<String> = titles.collect();
        let tags = self.wordings.iter().map(|w| w.lang.as_str());
        PostText {
            title: if thread {
                LangText::new(tags.zip(titles.iter().map(String::as_str)))
            } else {
                LangText::default()
            },
            source: column(|wording| &wording.body.md),
            html: column(|wording| &wording.body.html),
            warning: column(Wording::shown_warning),
        }
    }
}

/// Required, and with something to see.
fn check_body(checks: &mut Checks, field: &'static str, body: &Prose) {
    let blank = body.md.trim().is_empty() || prose::is_blank(&body.html);
    checks.that(!blank, field, Why::Required);
    checks.at_most(field, &body.md, BODY_MAX);
}
