//! Web push. A choice has one row for each account, topic and community, or none.

diesel::table! {
    push_subscription (id) {
        id -> BigInt,
        account_id -> BigInt,
        session_id -> BigInt,
        endpoint -> Text,
        p256dh -> Text,
        auth -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    push_choice (account_id, topic) {
        account_id -> BigInt,
        topic -> Text,
        community_id -> Nullable<BigInt>,
        wanted -> Bool,
    }
}

diesel::table! {
    notice_push (id) {
        id -> BigInt,
        account_id -> BigInt,
        subscription_id -> BigInt,
        topic -> Text,
        thread_id -> Nullable<BigInt>,
        notice_id -> BigInt,
        state -> Text,
        failure -> Text,
        created_at -> Timestamp,
        changed_at -> Timestamp,
    }
}
