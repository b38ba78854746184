//! Whole requests through the routes, on a real database: what every form must carry, what is
//! kept when one is refused, and where the reader is led.

mod accounts;
mod bounds;
mod browser;
mod browsing;
mod dead_link;
mod entry;
mod feeds;
mod invitations;
mod joining;
mod kept;
mod known;
mod language_switch;
mod languages;
mod moderation;
mod moving;
mod notice_mail;
mod oauth;
mod organizations;
mod pages;
mod peer;
mod pictures;
mod poll;
mod profiles;
mod second_factor;
mod sign_in;
mod spaces;
mod stages;
mod statements;
mod suspension;
mod tags;
mod today;
mod too_many;
mod unread;
mod wording;
mod writing;
