//! The tables of invitations to communities.

diesel::table! {
    join_setting (community_id) {
        community_id -> BigInt,
        members_invite -> Bool,
        domains -> Text,
    }
}

diesel::table! {
    invitation_link (id) {
        id -> BigInt,
        community_id -> BigInt,
        by_id -> BigInt,
        token_hash -> Text,
        expires_at -> Timestamp,
        uses_max -> Integer,
        uses_left -> Integer,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    join_request_link (request_id) {
        request_id -> BigInt,
        link_id -> BigInt,
    }
}

diesel::table! {
    invitation (id) {
        id -> BigInt,
        community_id -> BigInt,
        by_id -> BigInt,
        from_member -> Bool,
        address -> Text,
        name -> Text,
        lang -> Text,
        words -> Text,
        state -> Text,
        changed_at -> Timestamp,
        queued_at -> Timestamp,
        expires_at -> Timestamp,
        actor_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    invitation_token (token_hash) {
        token_hash -> Text,
        invitation_id -> BigInt,
    }
}

diesel::table! {
    invitation_list (id) {
        id -> BigInt,
        community_id -> BigInt,
        by_id -> BigInt,
        state -> Text,
        queued_to -> Integer,
    }
}

diesel::table! {
    invitation_list_row (list_id, number) {
        list_id -> BigInt,
        number -> Integer,
        address -> Text,
        name -> Text,
        lang -> Text,
        words -> Text,
        problem -> Text,
    }
}

diesel::table! {
    invited_member (community_id, actor_id) {
        community_id -> BigInt,
        actor_id -> BigInt,
        by_id -> BigInt,
        link_id -> Nullable<BigInt>,
        since -> Timestamp,
    }
}

diesel::table! {
    uninvitable_address (address_hash) {
        address_hash -> Text,
        since -> Timestamp,
    }
}
