//! The tables of moderation: reports, removals, the log, and posts that wait.

diesel::table! {
    report (id) {
        id -> BigInt,
        post_id -> BigInt,
        reporter_id -> BigInt,
        reason -> Text,
        text -> Text,
        state -> Text,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    removal (post_id) {
        post_id -> BigInt,
        removed_by -> BigInt,
        removed_at -> Timestamp,
        to_admins -> Bool,
        reason -> Text,
        title -> Text,
        source -> Text,
        html -> Text,
        warning -> Text,
        appeal_state -> Text,
        appeal -> Text,
        appealed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    moderation_entry (id) {
        id -> BigInt,
        community_id -> Nullable<BigInt>,
        kind -> Text,
        by_id -> BigInt,
        subject_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        until -> Nullable<Timestamp>,
        reason -> Text,
        note -> Text,
    }
}

diesel::table! {
    held_activity (post_id) {
        post_id -> BigInt,
        activity -> Text,
    }
}
