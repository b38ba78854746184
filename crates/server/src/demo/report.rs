//! What the demo tells when it is ready: addresses and sign-ins, for people and for scripts.

use serde::{Deserialize, Serialize};

/// Everything there is to sign in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The three organizations.
    pub instances: Vec<ReportInstance>,
}

/// One organization's instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportInstance {
    /// The organization's name.
    pub name: String,
    /// Where it answers.
    pub url: String,
    /// Who can sign in.
    pub accounts: Vec<ReportAccount>,
    /// The communities it hosts.
    pub communities: Vec<ReportCommunity>,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAccount {
    /// Handle, without `@`.
    pub handle: String,
    /// The same for all.
    pub password: String,
    /// For the API.
    pub token: String,
    /// The person's name.
    pub name: String,
    /// They administer the instance.
    pub admin: bool,
}

/// A community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCommunity {
    /// Handle, without `!`.
    pub handle: String,
    /// Its English name, else its French one.
    pub name: String,
    /// Its page, which is its id in the world.
    pub url: String,
}

impl Report {
    /// For people, ending without a line break.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut lines = vec!["Three organizations, one conversation:".to_owned()];
        for instance in &self.instances {
            let communities = instance.communities.iter().map(|c| c.name.as_str());
            lines.push(String::new());
            lines.push(format!("  {}", instance.name));
            lines.push(format!("  {}", instance.url));
            lines.push(format!("    communities  {}", list(communities)));
            let people = instance.accounts.iter().map(|a| a.handle.as_str());
            lines.push(format!("    sign in as   {}", list(people)));
            let admin = instance.accounts.iter().filter(|a| a.admin);
            let admin: Vec<&str> = admin.map(|a| a.handle.as_str()).collect();
            lines.push(format!("    administers  {}", admin.join(", ")));
        }
        let password = self.instances.iter().flat_map(|i| &i.accounts).next();
        let password = password.map_or("", |account| &account.password);
        lines.push(String::new());
        lines.push(format!(
            "The password is {password} for everybody. Ctrl-C stops."
        ));
        lines.join("\n")
    }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
