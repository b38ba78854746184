//! The reader's account: sign-in, sign-up, profile, password, sessions, tokens.

pub mod dead_link;
pub mod mail;
pub mod moving;
pub mod notices;
pub mod owner;
pub mod profile;
pub mod push;
pub mod second_factor;
pub mod second_step;
pub mod session;
pub mod sign_in;
pub mod sign_in_link;
pub mod sign_up;
pub mod single_sign_on;
pub mod token;
pub mod unsubscribe;
