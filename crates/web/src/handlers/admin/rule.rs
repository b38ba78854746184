//! Federation policy: the default policy, domain rules, import and export of lists.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::account::Principal;
use domain::peer::NewRule;
use domain::{Outcome, Tx};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use httpkit::peer::{self, Imported};
use httpkit::{App, Me};
use model::Refusal;
use model::peer::list::Sort;
use model::peer::policy::{self, Settings, Severity};
use query::Db;
use query::row::PeerRule;
use std::collections::HashMap;

use super::{Counts, page};
use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::handlers::field_errors::FieldErrors;
use crate::handlers::form_post::{Fields, FormPost, SignedInForm};
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::views::admin::AdminTab;
use crate::views::admin::rule::{
    Ending, Lists, RuleRow, Rules, UnusedRow, list_form, parts, policy_form, rule_form,
};
use crate::views::parts::{Pager, Tab};

/// The path of the page.
const HERE: &str = "/admin/peers/rules";
const PER_PAGE: usize = 50;
/// Most unused lines listed on the page; further ones are counted.
const NAMED: usize = 200;

struct RuleRows {
    rules: Vec<PeerRule>,
    counts: HashMap<Severity, i64>,
    edited: Option<PeerRule>,
}

/// Filter, cursor and edited rule, from the query.
struct RuleQuery {
    severity: Option<Severity>,
    after: String,
    edited: String,
}

impl RuleQuery {
    fn read(request: &PageRequest) -> Self {
        let text = |name: &str| request.q(name).unwrap_or_default().to_owned();
        Self {
            severity: text("show").parse().ok(),
            after: text("after"),
            edited: text("domain"),
        }
    }
}

async fn read(request: &PageRequest) -> Outcome<(Frame, Counts, RuleRows, RuleQuery)> {
    let params = RuleQuery::read(request);
    let (severity, after, edited) = (params.severity, params.after.clone(), params.edited.clone());
    let rows = move |db: &mut Db, _| -> Outcome<RuleRows> {
        let limit = i64::try_from(PER_PAGE).unwrap_or(i64::MAX);
        Ok(RuleRows {
            rules: query::peer::rules(db, severity, &after, limit)?,
            counts: query::peer::rule_counts(db)?,
            edited: query::peer::find_rule(db, &edited)?,
        })
    };
    let (f, counts, rows) = page(request, rows).await?;
    Ok((f, counts, rows, params))
}

/// The three forms of the page.
struct Forms {
    policy: Form,
    rule: Form,
    ending: Option<Ending>,
    list: Form,
}

impl Forms {
    fn new(f: &Frame, settings: Settings, edited: Option<&PeerRule>) -> Self {
        let mut policy = policy_form(f);
        policy.set("mode", settings.mode.as_str());
        policy.set("publish", tick(settings.publish));
        let mut rule = rule_form(f);
        if let Some(row) = edited {
            rule.set("domain", &row.domain);
            rule.set("severity", row.severity.as_str());
            rule.set("public_reason", &row.reason);
            rule.set("note", &row.note);
            rule.set("reject_media", tick(row.reject_media));
            rule.set("reject_reports", tick(row.reject_reports));
            rule.set("obscure", tick(row.obscure));
        }
        Self {
            policy,
            rule,
            ending: None,
            list: list_form(f),
        }
    }
}

const fn tick(on: bool) -> &'static str {
    if on { "on" } else { "" }
}

/// Builds the page; `edit` marks errors in its forms, `imported` is the result of an import.
async fn view(
    request: &PageRequest,
    change: impl FnOnce(&Frame, &mut Forms),
    imported: Option<Imported>,
) -> Outcome<Rules> {
    let settings = request.app.ops().policy().settings;
    let (mut f, counts, rows, params) = read(request).await?;
    if request.path != HERE {
        // A form's own address has no page to read in another language.
        HERE.clone_into(&mut f.here);
    }
    let mut forms = Forms::new(&f, settings, rows.edited.as_ref());
    change(&f, &mut forms);
    if let Some(rule) = &rows.edited {
        // The page that shows the form again edits the same rule.
        forms.rule.action = format!("{HERE}?domain={}", rule.domain);
    }
    let f = f.sending(&forms.rule);
    let next = rows.rules.last().filter(|_| rows.rules.len() == PER_PAGE);
    let word = params.severity.map_or("all", Severity::as_str);
    Ok(Rules {
        tabs: counts.tabs(&f, AdminTab::Peers),
        parts: parts(&f, true),
        mode: settings.mode,
        filters: filters(&f, params.severity, &rows.counts),
        rules: rows.rules.iter().map(row).collect(),
        any: rows.counts.values().any(|n| *n > 0),
        pager: Pager {
            next: next.map(|rule| format!("?show={word}&after={}", rule.domain)),
            ..Pager::default()
        },
        editing: rows.edited.is_some(),
        policy: forms.policy,
        rule: forms.rule,
        ending: forms.ending,
        list: forms.list,
        imported: imported.map(|imported| lists(&f, imported)),
        f,
    })
}

fn row(rule: &PeerRule) -> RuleRow {
    RuleRow {
        domain: rule.domain.clone(),
        severity: rule.severity,
        reject_media: rule.reject_media,
        reject_reports: rule.reject_reports,
        reason: rule.reason.clone(),
        note: rule.note.clone(),
        since: rule.created_at.utc(),
        edit_url: format!("{HERE}?domain={}#typed", rule.domain),
        lift_url: format!("{HERE}/{}/lift", rule.domain),
    }
}

fn filters(f: &Frame, here: Option<Severity>, counts: &HashMap<Severity, i64>) -> Vec<Tab> {
    let total = counts.values().sum();
    let tab = |severity: Option<Severity>, n: i64| {
        let word = severity.map_or("all", Severity::as_str);
        let label = f.text(&format!("rules-filter-{word}"));
        Tab::new(label, format!("{HERE}?show={word}"), here == severity).count(n)
    };
    let mut tabs = vec![tab(None, total)];
    for severity in [
        Severity::Block,
        Severity::Silence,
        Severity::Noop,
        Severity::Allow,
    ] {
        let n = counts.get(&severity).copied().unwrap_or(0);
        if n > 0 || here == Some(severity) {
            tabs.push(tab(Some(severity), n));
        }
    }
    tabs
}

fn lists(f: &Frame, imported: Imported) -> Lists {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let unused = count(imported.faults.len());
    let named = imported.faults.into_iter().take(NAMED);
    let named: Vec<UnusedRow> = named
        .map(|fault| UnusedRow {
            line: count(fault.line),
            text: fault.text,
            why: f.text(&format!("list-unused-{}", fault.why)).to_owned(),
        })
        .collect();
    Lists {
        written: count(imported.written),
        more: unused - count(named.len()),
        unused,
        named,
    }
}

/// `GET /admin/peers/rules?show=all|block|silence|noop|allow&domain=…`
pub async fn list(request: PageRequest) -> Page {
    request.admin()?;
    show(&view(&request, |_, _| {}, None).await?)
}

/// Renders the page again with the errors of one of its forms.
async fn show_errors(
    posted: &FormPost,
    errors: FieldErrors<'_>,
    show_errors: fn(&FieldErrors<'_>, &Frame, &mut Forms),
) -> Page {
    let view = view(
        &posted.request,
        |f, forms| show_errors(&errors, f, forms),
        None,
    )
    .await;
    errors.respond(&view.map_err(|error| posted.fail(error))?)
}

/// `POST /admin/peers/policy`
pub async fn set_policy(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let by = Principal::Person(me.id());
    let publish = posted.fields.ticked("publish");
    let written = match posted.fields.choice("mode") {
        Some(mode) => {
            let settings = Settings { mode, publish };
            let verb = move |tx: &mut Tx<'_>| domain::peer::set_policy(tx, by, &settings);
            app.ops().write(verb).await
        }
        None => Err(domain::Error::invalid("mode", model::Why::NotAChoice)),
    };
    match written {
        Ok(()) => {
            app.ops().refresh_site().await?;
            redirect_with_flash(HERE, "saved")
        }
        Err(error) => {
            posted.request.admin()?;
            let errors = posted.field_errors(error)?;
            show_errors(&posted, errors, |errors, f, forms| {
                forms.policy = errors.show_on(f, policy_form(f));
            })
            .await
        }
    }
}

fn typed(fields: &Fields) -> Outcome<NewRule> {
    let severity = fields.choice("severity");
    Ok(NewRule {
        domain: fields.trimmed("domain"),
        severity: severity.ok_or(domain::Error::invalid("severity", model::Why::NotAChoice))?,
        reject_media: fields.ticked("reject_media"),
        reject_reports: fields.ticked("reject_reports"),
        reason: fields.trimmed("public_reason"),
        obscure: fields.ticked("obscure"),
        note: fields.trimmed("note"),
    })
}

async fn write(app: &App, me: &Me, fields: &Fields) -> Outcome<String> {
    let (by, new) = (Principal::Person(me.id()), typed(fields)?);
    let verb = move |tx: &mut Tx<'_>| domain::peer::rule(tx, by, &new);
    let domain = app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    Ok(domain)
}

/// Counts the follows that a block would end, unless the form confirms the block of this domain. The language
/// switch confirms nothing: the page that asked asks again.
async fn ending(posted: &FormPost) -> Outcome<Option<Ending>> {
    let fields = &posted.fields;
    let blocks = fields.choice("severity") == Some(Severity::Block);
    let domain = policy::domain(fields.get("domain"))
        .filter(|domain| blocks && (fields.get("sure") == domain) == posted.switches_language());
    let Some(domain) = domain else {
        return Ok(None);
    };
    let read = move |db: &mut Db, _| -> Outcome<Option<Ending>> {
        let ends = query::peer::would_end(db, &domain)?;
        let ends = ends.filter(|ends| ends.ours + ends.theirs > 0);
        Ok(ends.map(|ends| Ending {
            domain,
            ours: ends.ours,
            theirs: ends.theirs,
        }))
    };
    posted.request.read(read).await
}

/// Renders the page again and asks for confirmation of the block.
async fn ask_again(posted: &FormPost, ending: Ending) -> Page {
    posted.request.admin()?;
    let typed = posted.field_errors(Refusal::Invalid(Vec::new()).into())?;
    let change = |f: &Frame, forms: &mut Forms| {
        let sure = Field::new("sure", Kind::Hidden, "").value(&ending.domain);
        forms.rule = typed.show_on(f, rule_form(f)).with(sure);
        typed.show_along(&mut forms.policy, "mode");
        forms.ending = Some(ending);
    };
    let view = view(&posted.request, change, None).await;
    show(&view.map_err(|error| posted.fail(error))?)
}

/// `POST /admin/peers/rules`
pub async fn set_rule(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    if let Some(ending) = ending(&posted).await? {
        return ask_again(&posted, ending).await;
    }
    match posted.attempt(write(&app, &me, &posted.fields)).await {
        Ok(_) => redirect_with_flash(HERE, "rule-written"),
        Err(error) => {
            posted.request.admin()?;
            let errors = posted.field_errors(error)?;
            show_errors(&posted, errors, |errors, f, forms| {
                forms.rule = errors.show_on(f, rule_form(f));
                errors.show_along(&mut forms.policy, "mode");
            })
            .await
        }
    }
}

/// `POST /admin/peers/rules/{domain}/lift`
pub async fn lift(
    State(app): State<App>,
    PathParam(domain): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::peer::lift(tx, by, &domain);
    app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    redirect_with_flash(HERE, "rule-lifted")
}

/// `POST /admin/peers/rules/import`
pub async fn import(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    posted.request.admin()?;
    let imported = match posted.file("list") {
        Some(bytes) => peer::import(app.ops(), Principal::Person(me.id()), bytes.to_vec()).await,
        None => Err(domain::Error::invalid("list", model::Why::Required)),
    };
    match imported {
        Ok(imported) => show(&view(&posted.request, |_, _| {}, Some(imported)).await?),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            show_errors(&posted, errors, |errors, f, forms| {
                forms.list = errors.show_on(f, list_form(f));
            })
            .await
        }
    }
}

/// `GET /admin/peers/rules/export?list=limited|allowed`
pub async fn export(State(app): State<App>, request: PageRequest) -> Result<Response, PageError> {
    request.admin()?;
    let sort: Sort = request
        .q("list")
        .and_then(|word| word.parse().ok())
        .unwrap_or(Sort::Limited);
    let csv = peer::export(app.ops(), sort).await?;
    let name = format!("attachment; filename=\"{}\"", peer::file_name(sort));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, csv).into_response())
}
