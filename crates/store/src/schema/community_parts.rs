//! The tables of what communities have: spaces, members, tags.

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
