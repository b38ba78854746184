//! The tables of what communities have: spaces, members, requests to join, tags.

diesel::table! {
    tag (id) {
        id -> BigInt,
        community_id -> BigInt,
        ap_id -> Text,
        slug -> Text,
        name -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    former_slug (community_id, slug) {
        community_id -> BigInt,
        slug -> Text,
        tag_id -> BigInt,
    }
}

diesel::table! {
    post_tag (post_id, tag_id) {
        post_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    post_tagging (post_id) {
        post_id -> BigInt,
        changed_at -> Timestamp,
        by_moderator -> Bool,
    }
}

diesel::table! {
    community_ban (community_id, actor_id) {
        community_id -> BigInt,
        actor_id -> BigInt,
        until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    space (id) {
        id -> BigInt,
        community_id -> BigInt,
        access -> Text,
        name -> Text,
        created_at -> Timestamp,
        posting -> Text,
        closed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    space_member (space_id, actor_id) {
        space_id -> BigInt,
        actor_id -> BigInt,
        since -> Timestamp,
    }
}

diesel::table! {
    membership (community_id, actor_id) {
        community_id -> BigInt,
        actor_id -> BigInt,
        role -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    join_question (community_id, number) {
        community_id -> BigInt,
        number -> Integer,
        text -> Text,
        is_required -> Bool,
    }
}

diesel::table! {
    join_request (id) {
        id -> BigInt,
        community_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        state -> Text,
        name -> Text,
        address -> Text,
        lang -> Text,
        changed_at -> Timestamp,
        decided_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    join_answer (request_id, number) {
        request_id -> BigInt,
        number -> Integer,
        question -> Text,
        answer -> Text,
    }
}

diesel::table! {
    join_message (id) {
        id -> BigInt,
        request_id -> BigInt,
        kind -> Text,
        author_id -> Nullable<BigInt>,
        text -> Text,
    }
}

diesel::table! {
    join_link (token_hash) {
        token_hash -> Text,
        request_id -> BigInt,
        expires_at -> Timestamp,
    }
}
