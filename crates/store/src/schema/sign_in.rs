//! The tables of what people and applications sign in with.

diesel::table! {
    credential (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        secret -> Text,
        created_at -> Timestamp,
        step -> BigInt,
        name -> Text,
        key_id -> Text,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    passkey_challenge (token_hash) {
        token_hash -> Text,
        purpose -> Text,
        account_id -> Nullable<BigInt>,
        state -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_step (token_hash) {
        token_hash -> Text,
        account_id -> BigInt,
        attempts -> Integer,
        expires_at -> Timestamp,
        oidc_subject -> Text,
        oidc_session -> Text,
    }
}

diesel::table! {
    mail_link (token_hash) {
        token_hash -> Text,
        account_id -> BigInt,
        kind -> Text,
        address -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_link (token_hash) {
        token_hash -> Text,
        account_id -> BigInt,
        by_id -> Nullable<BigInt>,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    session (id) {
        id -> BigInt,
        actor_id -> BigInt,
        token_hash -> Text,
        agent -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        oidc_subject -> Text,
        oidc_session -> Text,
        confirmed_at -> Nullable<Timestamp>,
        only_connects -> Bool,
    }
}

diesel::table! {
    oidc_step (token_hash) {
        token_hash -> Text,
        kind -> Text,
        provider -> Text,
        account_id -> Nullable<BigInt>,
        state -> Text,
        expires_at -> Timestamp,
        oidc_subject -> Text,
        oidc_session -> Text,
    }
}

diesel::table! {
    oauth_app (id) {
        id -> BigInt,
        owner_id -> Nullable<BigInt>,
        client_id -> Text,
        secret_hash -> Text,
        name -> Text,
        website -> Text,
        redirects -> Text,
        scopes -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    oauth_code (code_hash) {
        code_hash -> Text,
        app_id -> BigInt,
        account_id -> BigInt,
        redirect -> Text,
        scopes -> Text,
        challenge -> Text,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    oauth_token (id) {
        id -> BigInt,
        app_id -> BigInt,
        account_id -> Nullable<BigInt>,
        token_hash -> Text,
        scopes -> Text,
        code_hash -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        expires_at -> Nullable<Timestamp>,
    }
}
