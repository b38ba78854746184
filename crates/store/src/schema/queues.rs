//! The tables of the second migration: the queues, the processes that serve them, and the search index.

diesel::table! {
    activity (id) {
        id -> BigInt,
        ap_id -> Text,
        actor_id -> BigInt,
        kind -> Text,
        once_key -> Text,
        order_key -> Text,
        subject -> Text,
        form -> Nullable<Text>,
        origin_peer_id -> Nullable<BigInt>,
        signing_key_id -> Nullable<BigInt>,
        public -> Bool,
        post_id -> Nullable<BigInt>,
        json -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    delivery (id) {
        id -> BigInt,
        activity_id -> BigInt,
        peer_id -> BigInt,
        inbox -> Text,
        order_key -> Text,
        subject -> Text,
        form -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        next_at -> Timestamp,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    inbound (id) {
        id -> BigInt,
        guard -> Text,
        signer -> Text,
        host -> Text,
        kind -> Text,
        order_key -> Text,
        body -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        attempts -> Integer,
        run_at -> Timestamp,
        lease_until -> Timestamp,
        received_at -> Timestamp,
    }
}

diesel::table! {
    inbound_hold (name, inbound_id) {
        name -> Text,
        inbound_id -> BigInt,
    }
}

diesel::table! {
    job (id) {
        id -> BigInt,
        kind -> Text,
        payload -> Text,
        order_key -> Nullable<Text>,
        dead -> Bool,
        attempts -> Integer,
        run_at -> Timestamp,
        lease_until -> Timestamp,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    process (number) {
        number -> SmallInt,
        holder -> BigInt,
        lease_until -> Timestamp,
    }
}

diesel::table! {
    search_text (id) {
        id -> BigInt,
        post_id -> Nullable<BigInt>,
        actor_id -> Nullable<BigInt>,
        lang -> Text,
        words -> Text,
    }
}

diesel::table! {
    /// Its words are in columns that differ between the databases.
    search_index (rowid) {
        rowid -> BigInt,
    }
}

diesel::table! {
    /// Its words are in columns that differ between the databases.
    search_name (rowid) {
        rowid -> BigInt,
    }
}

diesel::table! {
    search_outdated (text_id) {
        text_id -> BigInt,
    }
}

diesel::table! {
    search_trigram (trigram, word) {
        trigram -> Text,
        word -> Text,
    }
}

diesel::joinable!(delivery -> activity (activity_id));
