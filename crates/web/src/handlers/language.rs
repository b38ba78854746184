//! The language switch of pages without a form. A link with `?lang=` shows its page in a language, and
//! changes no account: this form does.

use model::Lang;

use super::form_post::FormPost;
use super::response::{Page, lang_cookie, local_path, redirect, with_cookie};

/// `POST /language?next=…`
pub async fn switch(posted: FormPost) -> Page {
    let next = posted.request.q("next").and_then(local_path).unwrap_or("/");
    let mut response = redirect(next);
    if let Some(lang) = Lang::from_tag(posted.fields.get("lang")) {
        posted.request.set_lang(lang).await?;
        response = with_cookie(response, &lang_cookie(lang));
    }
    Ok(response)
}
