//! The tables of polls.

diesel::table! {
    poll (post_id) {
        post_id -> BigInt,
        way -> Text,
        places -> Integer,
        results -> Text,
        shows_names -> Bool,
        ends_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        voters -> BigInt,
        changed_at -> Nullable<Timestamp>,
        is_update_due -> Bool,
    }
}

diesel::table! {
    poll_choice (post_id, number) {
        post_id -> BigInt,
        number -> Integer,
        name -> Text,
        votes -> BigInt,
        points -> BigInt,
    }
}

diesel::table! {
    poll_vote (post_id, actor_id, number) {
        post_id -> BigInt,
        actor_id -> BigInt,
        number -> Integer,
        place -> Integer,
        vote_id -> BigInt,
    }
}
