//! The page on which somebody joins: with an account at once or by a request, without one by a request that a mail
//! confirms.

use axum::extract::State;
use domain::membership::Applicant;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::Registration;
use model::limits::JOIN_QUESTIONS_MAX;
use model::membership::{JoinGuest, JoinPolicy, JoinState};
use model::refusal::Checks;
use query::membership::JoinPage;
use query::{Db, Reader};

use super::{card, is_asked, place_link, spoken};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, FormPost, SignedInForm};
use crate::handlers::invitation::{choose_rhythm, typed_rhythm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, sign_in_path};
use crate::handlers::show::{actor, community};
use crate::views::community::CommunityTab;
use crate::views::invitation::rhythm_field;
use crate::views::membership::{Join, JoinOffer, JoinSent, join_form, text_form};

async fn read_page(request: &PageRequest, text: &str) -> Outcome<(Frame, JoinPage)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let registration = registration(request)?;
    let read = move |db: &mut Db, reader: Reader| {
        query::membership::join_page(db, reader, &handle, &host, registration)
    };
    request.page(Section::Communities, read).await
}

/// How people get accounts here; without a mail server, nobody asks without one.
fn registration(request: &PageRequest) -> Outcome<Registration> {
    Ok(match request.app.mailer().is_configured() {
        true => request.site()?.registration,
        false => Registration::Closed,
    })
}

fn base_url(page: &JoinPage) -> String {
    format!("{}/join", actor::url(&page.view.place.actor))
}

/// The form of a page, empty.
fn ask_form(f: &Frame, page: &JoinPage) -> Form {
    let questions: Vec<_> = page
        .questions
        .iter()
        .map(|question| (spoken(&question.text, f), question.required))
        .collect();
    join_form(f, &base_url(page), f.me.is_none(), &questions)
}

fn offer(f: &Frame, page: &JoinPage) -> JoinOffer {
    let policy = page.view.place.community.join_policy;
    let waits = page
        .own
        .as_ref()
        .is_some_and(|own| own.request.state.is_open());
    let own = page.own.as_ref().map(|own| own.request.state);
    match (page.view.role, f.me.is_some()) {
        (Some(role), _) => JoinOffer::Member(role),
        (None, true) if own == Some(JoinState::Invited) && page.view.allowed.join => {
            JoinOffer::Invited
        }
        (None, true) if waits => JoinOffer::Waiting,
        (None, true) if !page.view.allowed.join => JoinOffer::No,
        (None, _) if policy == JoinPolicy::Invitation => JoinOffer::InvitationOnly,
        (None, true) if policy == JoinPolicy::Open || is_eligible(page) => JoinOffer::Button,
        (None, false) if !page.takes_guests => JoinOffer::SignIn,
        (None, _) => JoinOffer::Form,
    }
}

/// Whether the reader's own address is admitted at once.
fn is_eligible(page: &JoinPage) -> bool {
    page.eligibility.as_ref().is_some_and(|whom| whom.own)
}

/// The organizations and mail domains whose people are admitted at once.
fn admitted(f: &Frame, page: &JoinPage) -> Vec<String> {
    let whom = page.eligibility.iter();
    let both = whom.flat_map(|whom| {
        let organizations = whom.organizations.iter();
        let names = organizations.map(|row| row.name.read(f.lang).to_owned());
        names.chain(whom.domains.all().iter().cloned())
    });
    both.collect()
}

fn page_of(f: Frame, page: &JoinPage, form: Form, answer_form: Option<Form>) -> Join {
    let base = base_url(page);
    let waits = |own: &query::membership::RequestView| own.request.state.is_open();
    let offer = offer(&f, page);
    Join {
        c: community::head(&f, &page.view, CommunityTab::Front),
        offer,
        own: page.own.as_ref().map(|own| card(own, &f, "", true)),
        rhythm: rhythm_field(&f),
        admitted: admitted(&f, page),
        eligible: is_eligible(page),
        sign_in_url: sign_in_path(&base),
        leave_url: format!("{}/leave", actor::url(&page.view.place.actor)),
        withdraw_url: page
            .own
            .as_ref()
            .filter(|own| waits(own) || own.request.state == JoinState::Invited)
            .map(|_| format!("{base}/withdraw")),
        // The page has one form of the two.
        f: match (&answer_form, offer) {
            (Some(answer), _) => f.sending(answer),
            (None, JoinOffer::Form) => f.sending(&form),
            (None, _) => f,
        },
        answer_form,
        form,
    }
}

/// The form that answers a facilitator, where one has asked something.
fn answer_form(f: &Frame, page: &JoinPage) -> Option<Form> {
    let asked = page.own.as_ref().is_some_and(is_asked);
    asked.then(|| {
        let action = format!("{}/answer", base_url(page));
        text_form(f, &action, "join-answer", "join-enter-answer")
    })
}

/// `GET /c/{handle}/join`
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (f, page) = read_page(&request, &text).await?;
    let form = ask_form(&f, &page);
    let answer = answer_form(&f, &page);
    show(&page_of(f, &page, form, answer))
}

fn typed_answers(fields: &Fields) -> Vec<String> {
    (0..JOIN_QUESTIONS_MAX)
        .map(|number| fields.trimmed(domain::membership::answer_field(number)))
        .collect()
}

/// What a request led to.
enum RequestOutcome {
    State(JoinState),
    MailSent(String),
}

/// `POST /c/{handle}/join`
pub async fn ask(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    posted: FormPost,
) -> Page {
    let (f, page) = read_page(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    let url = actor::url(&page.view.place.actor);
    match posted.attempt(send(&app, &posted, &page)).await {
        Ok(RequestOutcome::State(JoinState::Accepted)) => redirect_with_flash(&url, "joined"),
        Ok(RequestOutcome::State(_)) => redirect_with_flash(&format!("{url}/join"), "join-asked"),
        Ok(RequestOutcome::MailSent(address)) => show(&JoinSent {
            place: place_link(&page.view.place, &f),
            demo_inbox: app
                .mailer()
                .demo_inbox()
                .map(|_| format!("/demo/mail/{address}")),
            address,
            f,
        }),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, ask_form(&f, &page));
            errors.respond(&page_of(f, &page, form, None))
        }
    }
}

async fn send(app: &App, posted: &FormPost, page: &JoinPage) -> Outcome<RequestOutcome> {
    let community = page.view.place.id();
    let answers = typed_answers(&posted.fields);
    if let Some(me) = &posted.request.me {
        let by = me.id();
        app.limits().count_actor(RateLimit::Write, by)?;
        let rhythm = typed_rhythm(&posted.fields);
        let verb = move |tx: &mut Tx<'_>| {
            let state = domain::membership::ask(tx, by, community, &answers)?;
            let joined = state == JoinState::Accepted;
            choose_rhythm(tx, by, community, rhythm.filter(|_| joined))?;
            Ok(state)
        };
        return app.ops().write(verb).await.map(RequestOutcome::State);
    }
    app.limits()
        .count_ip(RateLimit::SignUp, posted.request.ip)?;
    if registration(&posted.request)? == Registration::Closed {
        return Err(Error::not_allowed(model::refusal::Rule::RegistrationClosed));
    }
    let mut checks = Checks::default();
    let address = match posted.fields.get("address").parse() {
        Ok(address) => address,
        Err(bad) => {
            let bad: model::mail::BadAddress = bad;
            checks.that(false, "address", bad.into());
            return Err(checks
                .done()
                .err()
                .map_or_else(|| Error::invalid("address", bad.into()), Error::Refused));
        }
    };
    let guest = JoinGuest {
        name: posted.fields.trimmed("name"),
        address,
    };
    let shown = guest.address.to_string();
    let lang = posted.request.lang;
    let verb = move |tx: &mut Tx<'_>| {
        domain::membership::ask_as_guest(tx, community, &guest, lang, &answers)
    };
    app.ops().write(verb).await?;
    Ok(RequestOutcome::MailSent(shown))
}

/// Who asked, by the newest request of theirs.
fn applicant(signed_in: &SignedInForm, page: &JoinPage) -> Outcome<Applicant> {
    let own = page.own.as_ref().ok_or(Error::not_found("request"))?;
    Ok(Applicant::Person(signed_in.me.id(), own.request.id))
}

/// `POST /c/{handle}/join/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let (_, page) = read_page(&signed_in.posted.request, &text).await?;
    let who = applicant(&signed_in, &page)?;
    let verb = move |tx: &mut Tx<'_>| domain::membership::withdraw(tx, &who);
    app.ops().write(verb).await?;
    redirect_with_flash(&base_url(&page), "join-withdrawn")
}

/// `POST /c/{handle}/join/answer`
pub async fn answer(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let (f, page) = read_page(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    let who = applicant(&signed_in, &page).map_err(|error| posted.fail(error))?;
    let text = posted.fields.trimmed("text");
    let verb = move |tx: &mut Tx<'_>| domain::membership::reply(tx, &who, &text);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&base_url(&page), "join-answered"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let answer = answer_form(&f, &page).map(|form| errors.show_on(&f, form));
            let form = ask_form(&f, &page);
            errors.respond(&page_of(f, &page, form, answer))
        }
    }
}
