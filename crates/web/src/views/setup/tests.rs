//! Samples of the setup.

use super::*;
use crate::tests::check_both;
use crate::views::parts::samples::visitor;

impl Setup {
    pub(crate) fn sample(lang: Lang) -> Self {
        let mut f = visitor(lang);
        f.bare = true;
        f.site.name = "Hedgerow".into();
        f.site.trial = true;
        let mut form = setup_form(&f, "0ne-t1me", true);
        form.set("url", "http://localhost:8080");
        form.set("languages", "en fr");
        form.set("registration", "approval");
        Self { f, form }
    }
}

#[test]
fn setup() {
    check_both("setup", Setup::sample);
    check_both("setup-closed", |lang| SetupClosed {
        f: Setup::sample(lang).f,
        done: false,
    });
    check_both("setup-done", |lang| SetupClosed {
        f: Setup::sample(lang).f,
        done: true,
    });
}
