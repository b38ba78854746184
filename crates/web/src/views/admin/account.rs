//! Accounts in Admin: the list, an account's page, and the pages that ask before something is done.

use askama::Template;
use chrono::{DateTime, Utc};
use model::AccountState;
use model::account::ADMIN_REASON_MAX;

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::SessionRow;
use crate::views::parts::{Pager, Person, Tab};

/// An account in the list, and at the top of its page.
#[derive(Debug, Clone)]
pub struct AccountRow {
    pub person: Person,
    /// Its page in Admin.
    pub page_url: String,
    pub state: AccountState,
    pub admin: bool,
    pub since: DateTime<Utc>,
    pub last_seen: Option<DateTime<Utc>>,
    /// Their e-mail address, and whether it is confirmed.
    pub address: Option<(String, bool)>,
    /// The reason given when signing up.
    pub reason: Option<String>,
    /// Where each change is asked about or posted; `None` for those that the reader cannot make.
    pub approve_url: Option<String>,
    pub refuse_url: Option<String>,
    pub suspend_url: Option<String>,
    pub restore_url: Option<String>,
    pub promote_url: Option<String>,
    pub demote_url: Option<String>,
    pub link_url: Option<String>,
}

impl AccountRow {
    /// The message of its state, and the colour of that; an open account has none.
    fn state_label(&self) -> Option<(&'static str, &'static str)> {
        match self.state {
            AccountState::Pending => Some(("account-waiting", "kind-sun")),
            AccountState::Suspended => Some(("account-suspended", "kind-berry")),
            AccountState::Refused => Some(("account-refused", "kind-berry")),
            AccountState::Active => None,
        }
    }

    /// The label of what undoes a suspension or a refusal.
    fn restore_label(&self) -> &'static str {
        match self.state {
            AccountState::Refused => "account-reconsider",
            AccountState::Pending | AccountState::Suspended | AccountState::Active => {
                "account-restore"
            }
        }
    }
}

/// `/admin/accounts`
#[derive(Debug, Template)]
#[template(path = "admin/accounts.html")]
pub struct Accounts {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub filters: Vec<Tab>,
    /// The filter in use, as in the URL.
    pub shown: &'static str,
    /// What is searched for.
    pub text: String,
    pub accounts: Vec<AccountRow>,
    pub pager: Pager,
}

/// What an admin did with the account.
#[derive(Debug, Clone)]
pub struct ActionRow {
    /// The key of its message.
    pub label: &'static str,
    /// Who did it; nobody from the shell.
    pub by: Option<String>,
    /// Empty where none is asked for.
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// A link that has just been made.
#[derive(Debug, Clone)]
pub struct NewLink {
    pub url: String,
    pub until: DateTime<Utc>,
}

/// `/admin/accounts/{id}`
#[derive(Debug, Template)]
#[template(path = "admin/account.html")]
pub struct AccountDetails {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub account: AccountRow,
    /// It is the reader's own.
    pub own: bool,
    /// It is the only admin, and stays one.
    pub last_admin: bool,
    /// Where they are signed in; `end_url` has the id that the form sends.
    pub sessions: Vec<SessionRow>,
    pub sign_out_url: String,
    /// What they are called at the providers that the account is connected with.
    pub identities: Vec<String>,
    /// Asks whether to disconnect it from all of them.
    pub disconnect_url: String,
    /// Until when the sign-in link can be used that was made last.
    pub link_until: Option<DateTime<Utc>>,
    /// Just made; shown this once.
    pub new_link: Option<NewLink>,
    pub history: Vec<ActionRow>,
}

/// What is asked about before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountQuestion {
    Refuse,
    Suspend,
    Promote,
    Demote,
    /// From every institution that it signs in with.
    Disconnect,
}

impl AccountQuestion {
    fn word(self) -> &'static str {
        match self {
            AccountQuestion::Refuse => "refuse",
            AccountQuestion::Suspend => "suspend",
            AccountQuestion::Promote => "promote",
            AccountQuestion::Demote => "demote",
            AccountQuestion::Disconnect => "disconnect",
        }
    }

    /// The confirmation of what was done, see `flash`.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            AccountQuestion::Refuse => "account-refused",
            AccountQuestion::Suspend => "account-suspended",
            AccountQuestion::Promote => "account-promoted",
            AccountQuestion::Demote => "account-demoted",
            AccountQuestion::Disconnect => "account-identities",
        }
    }

    fn key(self, part: &str) -> String {
        format!("ask-{}-{part}", self.word())
    }

    /// Whether it closes the account.
    fn closes(self) -> bool {
        matches!(self, AccountQuestion::Refuse | AccountQuestion::Suspend)
    }
}

/// `/admin/accounts/{id}/suspend` and its like
#[derive(Debug, Template)]
#[template(path = "admin/ask_account.html")]
pub struct AskAccount {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub account: AccountRow,
    pub question: AccountQuestion,
    pub form: Form,
}

/// `reason`, where the account is closed; otherwise nothing is asked for.
#[must_use]
pub fn question_form(f: &Frame, question: AccountQuestion, account_url: &str) -> Form {
    let form = Form::new(format!("{account_url}/{}", question.word()));
    if !question.closes() {
        return form;
    }
    let kind = Kind::Area {
        rows: 3,
        markdown: false,
    };
    form.with(
        Field::new("reason", kind, f.text("ask-reason"))
            .hint(f.text("ask-reason-hint"))
            .max(ADMIN_REASON_MAX)
            .required(f.text("enter-admin-reason")),
    )
}

#[cfg(test)]
mod tests;
