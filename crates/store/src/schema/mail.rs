//! Mail. A choice has one row for each account, topic and community, or none.

diesel::table! {
    mail_choice (account_id, topic) {
        account_id -> BigInt,
        topic -> Text,
        community_id -> Nullable<BigInt>,
        rhythm -> Text,
    }
}

diesel::table! {
    mail_setting (account_id) {
        account_id -> BigInt,
        hour -> Integer,
        weekday -> Integer,
        quiet_from -> Nullable<Integer>,
        quiet_to -> Nullable<Integer>,
        digest_at -> Timestamp,
        daily_from -> Timestamp,
        weekly_from -> Timestamp,
        unsubscribe_key -> Text,
    }
}

diesel::table! {
    notice_mail (id) {
        id -> BigInt,
        account_id -> BigInt,
        topic -> Text,
        thread_id -> Nullable<BigInt>,
        first_notice -> BigInt,
        state -> Text,
        failure -> Text,
        created_at -> Timestamp,
        changed_at -> Timestamp,
    }
}
