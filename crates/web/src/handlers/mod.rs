//! The handlers, by feature: each parses, reads through `query` or calls one verb, and fills a view.
//!
//! Shared by all of them: [`page_request::PageRequest`] holds the person, path and language of a
//! request; [`form_post::FormPost`] and [`form_post::SignedInForm`] are the only extractors of
//! forms; [`response`] builds responses, [`page_error`] the pages of errors; [`show`] turns rows into parts of
//! views.

mod account;
mod actor;
mod admin;
mod community;
mod discussion;
mod feed;
mod field_errors;
mod flash;
mod follow;
mod follow_from;
mod form_post;
mod guest_page_cache;
mod home;
mod info;
mod install;
mod invitation;
mod language;
mod membership;
mod moderation;
mod notice;
mod notice_stream;
mod oauth;
mod organization;
mod page_error;
mod page_middleware;
mod page_request;
mod path_param;
mod peer;
mod picture;
mod response;
mod search;
mod setup;
mod show;
#[cfg(test)]
mod tests;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use httpkit::App;
use media::Media;
use model::invitation::list::BYTES_MAX as LIST_MAX;
use model::limits::PICTURES_MAX;
use std::sync::Arc;

use crate::assets;

/// Largest form without a file, in bytes: two long texts, percent-encoded.
const FORM_MAX: usize = 2 << 20;
/// Largest form with a picture.
const PICTURE_FORM_MAX: usize = media::MAX_BYTES + (256 << 10);

/// Largest form of a post with pictures.
const POST_FORM_MAX: usize = PICTURES_MAX * media::MAX_BYTES + FORM_MAX;

/// Routes every page, with a 404 page as the fallback. It serves HTML only: `server` decides by
/// `Accept` whether a request comes here.
pub fn routes(app: App, media: Media) -> Router {
    Router::new()
        .merge(open())
        .merge(mine())
        .merge(communities())
        .merge(members())
        .merge(moderators())
        .merge(invitations())
        .merge(by_mail())
        .merge(discussions())
        .merge(administration())
        .merge(assets::router())
        .fallback(response::not_found)
        .method_not_allowed_fallback(response::not_found)
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(Extension(media))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            httpkit::body::limit,
        ))
        .layer(middleware::from_fn_with_state(
            (
                app.clone(),
                Arc::new(guest_page_cache::GuestPageCache::default()),
            ),
            page_middleware::page_middleware,
        ))
        .with_state(app)
}

fn open() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/leaf.svg", get(home::leaf_pattern))
        .route("/language", post(language::switch))
        .route("/media/{id}", get(picture::picture))
        .route("/search", get(search::search).post(search::look_up))
        .route("/search/suggest", get(search::suggest))
        .route("/setup", get(setup::form).post(setup::set_up))
        .route(
            "/sign-in",
            get(account::sign_in::form).post(account::sign_in::sign_in),
        )
        .route(
            "/sign-in/link",
            get(account::sign_in_link::form).post(account::sign_in_link::sign_in),
        )
        .route(
            "/sign-in/code",
            get(|| async { response::redirect("/sign-in") })
                .post(account::second_step::second_step),
        )
        .route(
            "/sign-in/passkey",
            get(|| async { response::redirect("/sign-in") }).post(account::second_step::by_passkey),
        )
        .route("/sign-out", post(account::sign_in::sign_out))
        .route(
            "/sign-up",
            get(account::sign_up::form).post(account::sign_up::sign_up),
        )
        .route("/people", get(actor::list))
        .route("/organizations", get(organization::list))
        .route("/organizations/{slug}", get(organization::page))
        .route("/about", get(info::about))
        .route("/about/{page}", get(info::other))
        .route("/about/servers", get(peer::limits))
        .route("/robots.txt", get(info::robots))
        .route("/manifest.webmanifest", get(install::manifest))
        .route("/favicon.ico", get(install::favicon))
        .route("/sw.js", get(install::service_worker))
        .route("/settings", get(install::settings))
        .route(
            "/.well-known/change-password",
            get(install::change_password),
        )
        .route("/u/{handle}", get(actor::person))
        .route("/u/{handle}/feed.atom", get(feed::person))
        .route(
            "/u/{handle}/follow-from",
            get(follow_from::form).post(follow_from::leave),
        )
        .route("/authorize_interaction", get(follow_from::arrive))
        .route("/u/{handle}/follow", post(follow::follow))
        .route("/u/{handle}/unfollow", post(follow::unfollow))
}

/// What links in mails open, and what leads to such mails.
fn by_mail() -> Router<App> {
    Router::new()
        .route(
            "/forgotten-password",
            get(account::mail::forgotten_page).post(account::mail::forgotten),
        )
        .route(
            "/reset-password",
            get(account::mail::reset_page).post(account::mail::reset),
        )
        .route(
            "/mail/confirm",
            get(account::mail::confirm_page).post(account::mail::confirm),
        )
        .route(
            "/mail/cancel",
            get(account::mail::cancel_page).post(account::mail::cancel),
        )
        .route(
            "/mail/unsubscribe",
            get(account::unsubscribe::form).post(account::unsubscribe::unsubscribe),
        )
        .route("/demo/mail/{handle}", get(account::mail::demo_inbox))
}

/// What signs in besides the password. A page that only a form leads to leads back to the settings.
fn second_factor() -> Router<App> {
    use account::second_factor as factor;
    let back = || async { response::redirect("/settings/second-factor") };
    Router::new()
        .route(
            "/settings/second-factor",
            get(factor::show_state).post(factor::ask_what),
        )
        .route(
            "/settings/second-factor/app",
            get(back).post(factor::begin_app),
        )
        .route(
            "/settings/second-factor/app/confirm",
            get(back).post(factor::confirm_app),
        )
        .route(
            "/settings/second-factor/app/cancel",
            post(factor::cancel_app),
        )
        .route(
            "/settings/second-factor/app/remove",
            get(back).post(factor::remove_app),
        )
        .route(
            "/settings/second-factor/codes",
            get(back).post(factor::renew_codes),
        )
        .route(
            "/settings/second-factor/passkeys",
            get(back).post(factor::prepare_passkey),
        )
        .route(
            "/settings/second-factor/passkeys/add",
            get(back).post(factor::add_passkey),
        )
        .route(
            "/settings/second-factor/passkeys/{id}/remove",
            get(back).post(factor::remove_passkey),
        )
}

/// Signing in with a provider.
fn single_sign_on() -> Router<App> {
    use account::single_sign_on as sso;
    let back = || async { response::redirect("/settings/single-sign-on") };
    Router::new()
        .route(
            "/sign-in/with/{key}",
            get(|| async { response::redirect("/sign-in") }).post(sso::leave),
        )
        .route("/sign-in/with/{key}/back", get(sso::arrive))
        .route("/sign-in/with/{key}/logout", post(sso::log_out))
        .route("/sign-up/with", get(sso::register_page).post(sso::register))
        .route(
            "/settings/single-sign-on",
            get(sso::settings).post(sso::redraw),
        )
        .route("/settings/confirm", get(account::owner::page))
        .route(
            "/settings/confirm/{key}",
            get(|| async { response::redirect("/settings/confirm") }).post(account::owner::begin),
        )
        .route(
            "/settings/single-sign-on/confirm",
            get(sso::confirm_page).post(sso::confirm),
        )
        .route(
            "/settings/single-sign-on/{key}/connect",
            get(back).post(sso::begin_connect),
        )
        .route(
            "/settings/single-sign-on/{key}/disconnect",
            get(back).post(sso::disconnect),
        )
}

fn mine() -> Router<App> {
    use account::{mail, moving, notices, profile, push, session, token};
    let with_picture = DefaultBodyLimit::max(PICTURE_FORM_MAX);
    Router::new()
        .route("/me", get(actor::me))
        .route("/notices", get(notice::list))
        .route("/notices/seen", post(notice::see))
        .route("/notices/unseen", get(notice_stream::unseen))
        .route("/notices/stream", get(notice_stream::stream))
        .route("/people/seen", post(home::see_people))
        .route(
            "/settings/profile",
            get(profile::form).post(profile::change).layer(with_picture),
        )
        .route(
            "/settings/mail",
            get(mail::address).post(mail::change_address),
        )
        .route(
            "/settings/organizations",
            get(organization::own).post(organization::join),
        )
        .route(
            "/settings/organizations/{id}/leave",
            post(organization::leave),
        )
        .route("/settings/mail/retry", post(notices::retry_address))
        .route(
            "/settings/notices",
            get(notices::form).post(notices::change),
        )
        .route(
            "/settings/notices/push",
            get(|| async { response::redirect("/settings/notices") }).post(push::subscribe),
        )
        .route("/settings/notices/push/end", post(push::unsubscribe))
        .route(
            "/settings/password",
            get(session::password_page).post(session::change_password),
        )
        .merge(second_factor())
        .merge(single_sign_on())
        .route("/settings/sessions", get(session::list))
        .route("/settings/sessions/end-all", post(session::end_all))
        .route("/settings/sessions/{id}/end", post(session::end))
        .route("/settings/tokens", get(token::list).post(token::make))
        .route("/settings/tokens/{id}/revoke", post(token::revoke))
        .route("/settings/apps/{id}/end", post(token::end_app))
        .route("/oauth/authorize", get(oauth::ask).post(oauth::answer))
        .route(
            "/settings/moving/{handle}",
            get(moving::form).post(moving::name),
        )
        .route("/settings/moving/{handle}/drop", post(moving::drop))
        .route("/settings/moving/{handle}/leave", post(moving::leave))
        .route("/settings/moving/{handle}/stay", post(moving::stay))
}

/// What a community says of itself beside its description: contacts, stage and timeline.
fn about_pages() -> Router<App> {
    use community as c;
    Router::new()
        .route(
            "/c/{handle}/contact",
            get(c::contact::form).post(c::contact::write),
        )
        .route(
            "/c/{handle}/contacts",
            get(c::contact::list).post(c::contact::change),
        )
        .route(
            "/c/{handle}/stage",
            get(c::stage::form).post(c::stage::change),
        )
        .route(
            "/c/{handle}/timeline",
            get(c::stage::timeline).post(c::stage::add),
        )
        .route("/c/{handle}/timeline/{id}/remove", post(c::stage::remove))
}

fn communities() -> Router<App> {
    use community as c;
    Router::new()
        .route("/communities", get(c::list))
        .route("/communities/new", get(c::found_form).post(c::found))
        .route("/c/{handle}", get(c::front))
        .route("/c/{handle}/leaf.svg", get(c::leaf_pattern))
        .route("/c/{handle}/discussions", get(c::discussions))
        .route("/c/{handle}/feed.atom", get(feed::community))
        .route("/c/{handle}/seen", post(c::see_all))
        .route("/c/{handle}/people", get(c::people))
        .route("/c/{handle}/about", get(c::about))
        .route("/c/{handle}/edit", get(c::edit_form).post(c::change))
        .merge(about_pages())
        .route("/c/{handle}/spaces", get(c::spaces).post(c::make_space))
        .route(
            "/c/{handle}/spaces/{id}",
            get(c::space_form).post(c::change_space),
        )
        .route("/c/{handle}/tags", get(c::tags).post(c::add_tag))
        .route("/c/{handle}/tags/{id}", get(c::tag))
        .route(
            "/c/{handle}/tags/{id}/edit",
            get(c::tag_form).post(c::rename_tag),
        )
        .route(
            "/c/{handle}/tags/{id}/remove",
            get(c::tag_remove_form).post(c::remove_tag),
        )
        .route(
            "/c/{handle}/new",
            get(discussion::new_form)
                .post(discussion::start)
                .layer(DefaultBodyLimit::max(POST_FORM_MAX)),
        )
        .route(
            "/c/{handle}/follow-from",
            get(follow_from::form).post(follow_from::leave),
        )
        .route("/c/{handle}/follow", post(follow::follow))
        .route("/c/{handle}/unfollow", post(follow::unfollow))
        .route(
            "/c/{handle}/mail",
            post(account::notices::choose_for_community),
        )
}

/// Joining communities, deciding on requests, and roles.
fn members() -> Router<App> {
    use membership as m;
    Router::new()
        .route("/c/{handle}/join", get(m::join_form).post(m::ask))
        .route("/c/{handle}/join/withdraw", post(m::withdraw))
        .route("/c/{handle}/join/answer", post(m::answer))
        .route("/c/{handle}/leave", get(m::leave_form).post(m::leave))
        .route(
            "/c/{handle}/joining",
            get(m::settings).post(m::change_settings),
        )
        .route(
            "/c/{handle}/requests",
            get(m::requests).post(m::accept_chosen),
        )
        .route("/c/{handle}/requests/{id}", get(m::request).post(m::decide))
        .route(
            "/c/{handle}/members/{id}",
            get(m::member).post(m::change_member),
        )
        .route("/join/request", get(m::show_request).post(m::act_by_link))
}

/// Reports, and what the moderators of communities do.
fn moderators() -> Router<App> {
    use moderation as m;
    Router::new()
        .route("/p/{id}/report", get(m::report_form).post(m::report))
        .route("/p/{id}/moderate", get(m::moderate).post(m::act))
        .route("/p/{id}/appeal", get(m::appeal_form).post(m::appeal))
        .route("/c/{handle}/moderation", get(m::queue).post(m::set_review))
        .route("/c/{handle}/moderation/bans", get(m::bans))
        .route("/c/{handle}/moderation/log", get(m::log))
        .route("/c/{handle}/moderation/me", get(m::own))
        .route(
            "/c/{handle}/moderation/people/{id}",
            get(m::person).post(m::act_on_person),
        )
        .route("/admin/reports", get(m::reports))
}

/// Invitations to communities, and what their links open.
fn invitations() -> Router<App> {
    use invitation as i;
    let with_list = DefaultBodyLimit::max(LIST_MAX + FORM_MAX);
    Router::new()
        .route("/invitations", get(i::mine).post(i::answer_mine))
        .route("/c/{handle}/invitations", get(i::sent).post(i::invite))
        .route("/c/{handle}/invitations/{id}", post(i::change_invitation))
        .route(
            "/c/{handle}/invitations/links",
            get(i::links).post(i::make_link),
        )
        .route(
            "/c/{handle}/invitations/links/{id}/revoke",
            post(i::revoke_link),
        )
        .route(
            "/c/{handle}/invitations/lists",
            get(i::list_form).post(i::upload).layer(with_list),
        )
        .route(
            "/c/{handle}/invitations/lists/{id}",
            get(i::list_preview).post(i::decide_list),
        )
        .route("/join/link", get(i::opened_link).post(i::join_by_link))
        .route(
            "/join/invited",
            get(i::opened_invitation).post(i::answer_invitation),
        )
}

fn discussions() -> Router<App> {
    use discussion as d;
    let with_pictures = DefaultBodyLimit::max(POST_FORM_MAX);
    Router::new()
        .route("/p/{id}", get(d::thread))
        .route("/p/{id}/pictures/{number}", get(d::picture))
        .route(
            "/p/{id}/reply",
            get(d::reply_page).post(d::reply).layer(with_pictures),
        )
        .route(
            "/p/{id}/edit",
            get(d::edit_form).post(d::edit).layer(with_pictures),
        )
        .route("/p/{id}/delete", get(d::delete_form).post(d::delete))
        .route("/p/{id}/tags", get(d::tags_form).post(d::choose_tags))
        .route("/p/{id}/history", get(d::history))
        .route("/p/{id}/feed.atom", get(feed::thread))
        .route("/p/{id}/like", post(d::like))
        .route("/p/{id}/unlike", post(d::unlike))
        .route("/p/{id}/vote", get(d::vote_page).post(d::vote))
        .route("/p/{id}/accept", post(d::accept))
        .route("/p/{id}/watch", post(d::watch))
        .route("/p/{id}/mute", post(d::mute))
        .route("/p/{id}/usual", post(d::usual))
        .route("/p/{id}/unaccept", post(d::unaccept))
        .route("/preview", post(d::preview))
        .route("/complete", get(d::complete))
}

/// The accounts in Admin.
fn accounts() -> Router<App> {
    use admin::{account, account_page as one};
    Router::new()
        .route("/admin/accounts", get(account::list))
        .route("/admin/accounts/{id}", get(one::details))
        .route("/admin/accounts/{id}/approve", post(account::approve))
        .route("/admin/accounts/{id}/restore", post(account::restore))
        .route("/admin/accounts/{id}/sign-out", post(account::sign_out))
        .route("/admin/accounts/{id}/sign-in-link", post(one::make_link))
        .route(
            "/admin/accounts/{id}/refuse",
            get(one::refuse_form).post(one::refuse),
        )
        .route(
            "/admin/accounts/{id}/suspend",
            get(one::suspend_form).post(one::suspend),
        )
        .route(
            "/admin/accounts/{id}/promote",
            get(one::promote_form).post(one::promote),
        )
        .route(
            "/admin/accounts/{id}/demote",
            get(one::demote_form).post(one::demote),
        )
        .route(
            "/admin/accounts/{id}/disconnect",
            get(one::disconnect_form).post(one::disconnect),
        )
}

/// The organizations in Admin.
fn organizations() -> Router<App> {
    use admin::organization as one;
    Router::new()
        .route("/admin/organizations", get(one::list).post(one::add))
        .route(
            "/admin/organizations/{id}/edit",
            get(one::edit_form).post(one::change),
        )
        .route(
            "/admin/organizations/{id}/remove",
            get(one::remove_form).post(one::remove),
        )
}

fn administration() -> Router<App> {
    use admin::{info, invitation, peer, queue, rule, site};
    accounts()
        .merge(organizations())
        .route("/admin", get(admin::overview))
        .route(
            "/admin/communities",
            get(admin::community::list).post(admin::community::give),
        )
        .route(
            "/admin/erase",
            get(admin::erase::form).post(admin::erase::erase),
        )
        .route(
            "/admin/invitations",
            get(invitation::list).post(invitation::make),
        )
        .route(
            "/admin/invitations/{id}/withdraw",
            post(invitation::withdraw),
        )
        .route("/admin/peers", get(peer::list))
        .route("/admin/peers/{id}/retry", post(peer::retry))
        .route("/admin/peers/policy", post(rule::set_policy))
        .route("/admin/peers/rules", get(rule::list).post(rule::set_rule))
        .route("/admin/peers/rules/import", post(rule::import))
        .route("/admin/peers/rules/export", get(rule::export))
        .route("/admin/peers/rules/{domain}/lift", post(rule::lift))
        .route("/admin/queue", get(queue::list))
        .route("/admin/queue/retry-all", post(queue::retry_all))
        .route(
            "/admin/queue/deliveries/{id}/retry",
            post(queue::retry_delivery),
        )
        .route("/admin/queue/jobs/{id}/retry", post(queue::retry_job))
        .route("/admin/settings", get(site::form).post(site::change))
        .route("/admin/pages/{page}", get(info::form).post(info::change))
}
