//! The rules of an instance about its peers.

use crate::instance::Instance;
use domain::account::Principal;
use domain::peer::NewRule;
use httpkit::peer::{self, Imported};
use model::peer::list::Sort;
use model::peer::policy::{Mode, Settings, Severity};

impl Instance {
    /// Writes a rule as an admin.
    pub async fn rule(&self, domain: &str, severity: Severity) {
        let new = NewRule::new(domain, severity);
        self.ops()
            .write(move |tx| domain::peer::rule(tx, Principal::Operator, &new))
            .await
            .unwrap();
        self.ops().refresh_site().await.unwrap();
    }

    /// Lifts a rule as an admin.
    pub async fn lift(&self, domain: &str) {
        let domain = domain.to_owned();
        self.ops()
            .write(move |tx| domain::peer::lift(tx, Principal::Operator, &domain))
            .await
            .unwrap();
        self.ops().refresh_site().await.unwrap();
    }

    /// Sets the federation mode as an admin.
    pub async fn exchange(&self, mode: Mode) {
        let settings = Settings {
            mode,
            publish: false,
        };
        self.ops()
            .write(move |tx| domain::peer::set_policy(tx, Principal::Operator, &settings))
            .await
            .unwrap();
        self.ops().refresh_site().await.unwrap();
    }

    /// Imports a list of rules.
    pub async fn import_rules(&self, list: &str) -> Imported {
        let bytes = list.as_bytes().to_vec();
        peer::import(self.ops(), Principal::Operator, bytes)
            .await
            .unwrap()
    }

    /// Exports its rules as a list.
    pub async fn export_rules(&self, sort: Sort) -> String {
        peer::export(self.ops(), sort).await.unwrap()
    }

    /// Returns the status of an anonymous request.
    pub async fn shows(&self, path: &str, accept: &str) -> u16 {
        let request = reqwest::Client::new().get(format!("http://{}{path}", self.addr()));
        let request = request.header("accept", accept).header("host", self.host());
        request.send().await.unwrap().status().as_u16()
    }
}
