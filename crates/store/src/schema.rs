//! The schema of both engines, written manually and matching the migrations.

mod community_parts;
mod invitations;
mod mail;
mod moderation;
mod polls;
mod push;
mod queues;
mod sign_in;

pub use community_parts::*;
pub use invitations::*;
pub use mail::*;
pub use moderation::*;
pub use polls::*;
pub use push::*;
pub use queues::*;
pub use sign_in::*;

diesel::table! {
    setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    peer (id) {
        id -> BigInt,
        host -> Text,
        name -> Nullable<Text>,
        software -> Nullable<Text>,
        version -> Nullable<Text>,
        state -> Text,
        first_seen -> Timestamp,
        last_seen -> Timestamp,
        failures -> Integer,
        last_error -> Nullable<Text>,
        retry_at -> Timestamp,
        lane_until -> Timestamp,
        lane_holder -> BigInt,
        accepted_at -> Nullable<Timestamp>,
        parked_at -> Nullable<Timestamp>,
        standing -> Text,
        signature_form -> Nullable<Text>,
        asked_until -> Nullable<Timestamp>,
        missed_from -> Nullable<BigInt>,
        discarded -> BigInt,
        failed_at -> Nullable<Timestamp>,
        failed_kind -> Nullable<Text>,
        failed_why -> Nullable<Text>,
    }
}

diesel::table! {
    suspended_follow (id) {
        id -> BigInt,
        peer_id -> BigInt,
        follower_id -> BigInt,
        target_id -> BigInt,
        ap_id -> Text,
    }
}

diesel::table! {
    refused_form (peer_id, form) {
        peer_id -> BigInt,
        form -> Text,
        refusals -> Integer,
        refused_at -> Timestamp,
    }
}

diesel::table! {
    peer_rule (domain) {
        domain -> Text,
        severity -> Text,
        reject_media -> Bool,
        reject_reports -> Bool,
        reason -> Text,
        obscure -> Bool,
        note -> Text,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    actor (id) {
        id -> BigInt,
        kind -> Text,
        peer_id -> Nullable<BigInt>,
        handle -> Text,
        handle_folded -> Text,
        host -> Text,
        state -> Text,
        ap_id -> Text,
        url -> Text,
        inbox -> Text,
        delivery_inbox -> Text,
        outbox -> Nullable<Text>,
        followers_url -> Nullable<Text>,
        moderators_url -> Nullable<Text>,
        name -> Text,
        summary_md -> Text,
        summary_html -> Text,
        pronouns -> Text,
        job_title -> Text,
        organization -> Text,
        languages -> Text,
        picture_id -> Nullable<BigInt>,
        picture_url -> Nullable<Text>,
        picture_alt -> Text,
        indexable -> Bool,
        show_follows -> Bool,
        key_id -> Nullable<Text>,
        key_pem -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        fetched_at -> Nullable<Timestamp>,
        follower_count -> Integer,
        post_count -> Integer,
        moved_to -> Nullable<BigInt>,
        seen_by -> Text,
    }
}

diesel::table! {
    profile_entry (actor_id, kind, number) {
        actor_id -> BigInt,
        kind -> Text,
        number -> Integer,
        text -> Text,
        folded -> Text,
    }
}

diesel::table! {
    organization (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        folded -> Text,
        place -> Text,
        ror -> Text,
        site -> Text,
        domains -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    affiliation (actor_id, organization_id) {
        actor_id -> BigInt,
        organization_id -> BigInt,
        since -> Timestamp,
    }
}

diesel::table! {
    eligible_organization (community_id, organization_id) {
        community_id -> BigInt,
        organization_id -> BigInt,
    }
}

diesel::table! {
    also_known_as (actor_id, other_id) {
        actor_id -> BigInt,
        other_id -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    signing_key (id) {
        id -> BigInt,
        actor_id -> BigInt,
        private_der -> Binary,
        public_pem -> Text,
        created_at -> Timestamp,
        kind -> Text,
    }
}

diesel::table! {
    assertion_key (actor_id, key_id) {
        actor_id -> BigInt,
        key_id -> Text,
        multibase -> Text,
    }
}

diesel::table! {
    account (actor_id) {
        actor_id -> BigInt,
        state -> Text,
        role -> Text,
        lang -> Text,
        zone -> Text,
        request -> Text,
        created_at -> Timestamp,
        seen_at -> Nullable<Timestamp>,
        address -> Text,
        pending_address -> Text,
        address_refused_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    admin_action (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        reason -> Text,
        by_id -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    invite (id) {
        id -> BigInt,
        code -> Text,
        created_by -> BigInt,
        uses_left -> Integer,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    community (actor_id) {
        actor_id -> BigInt,
        founded_by -> Nullable<BigInt>,
        name -> Text,
        purpose -> Text,
        domain -> Text,
        #[sql_name = "community"]
        about_community -> Text,
        practice -> Text,
        colour -> Integer,
        backfill -> Text,
        private -> Bool,
        question_answer -> Bool,
        posts_per_hour -> BigInt,
        join_policy -> Text,
        stage -> Text,
        opens_on -> Text,
        purposes -> Text,
    }
}

diesel::table! {
    community_contact (community_id, number) {
        community_id -> BigInt,
        number -> Integer,
        name -> Text,
        about -> Text,
        address -> Text,
        lang -> Text,
    }
}

diesel::table! {
    contact_message (id) {
        id -> BigInt,
        community_id -> BigInt,
        to_name -> Text,
        to_address -> Text,
        to_lang -> Text,
        name -> Text,
        address -> Text,
        text -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    milestone (id) {
        id -> BigInt,
        community_id -> BigInt,
        kind -> Text,
        on_day -> Text,
        by_id -> Nullable<BigInt>,
        word -> Text,
        text -> Text,
    }
}

diesel::table! {
    follow (id) {
        id -> BigInt,
        follower_id -> BigInt,
        target_id -> BigInt,
        ap_id -> Text,
        accepted -> Bool,
        asked_at -> Timestamp,
    }
}

diesel::table! {
    post (id) {
        id -> BigInt,
        ap_id -> Text,
        peer_id -> Nullable<BigInt>,
        url -> Text,
        space_id -> Nullable<BigInt>,
        community_id -> Nullable<BigInt>,
        author_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        root_id -> BigInt,
        branch_id -> BigInt,
        depth -> Integer,
        kind -> Text,
        state -> Text,
        audience -> Text,
        title -> Text,
        source -> Text,
        html -> Text,
        warning -> Text,
        published_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        deleted_at -> Nullable<Timestamp>,
        deleted_by -> Nullable<Text>,
        state_before -> Nullable<Text>,
        reply_count -> Integer,
        like_count -> Integer,
        accepted_at -> Nullable<Timestamp>,
        answer_count -> Integer,
        last_post_id -> BigInt,
        active_at -> Timestamp,
        announce_id -> Nullable<Text>,
        context -> Nullable<Text>,
        named_communities -> Text,
        locked_at -> Nullable<Timestamp>,
        pinned_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    event (post_id) {
        post_id -> BigInt,
        starts_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        zone -> Nullable<Text>,
        utc_offset -> Integer,
        place -> Text,
    }
}

diesel::table! {
    post_picture (post_id, number) {
        post_id -> BigInt,
        number -> Integer,
        digest -> Text,
        media_type -> Text,
        bytes -> BigInt,
        width -> Integer,
        height -> Integer,
        alt -> Text,
    }
}

diesel::table! {
    post_share (community_id, post_id) {
        community_id -> BigInt,
        post_id -> BigInt,
        announce_id -> Text,
        shared_by -> BigInt,
        shared_at -> Timestamp,
    }
}

diesel::table! {
    post_grant (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
        until -> Timestamp,
    }
}

diesel::table! {
    revision (id) {
        id -> BigInt,
        post_id -> BigInt,
        title -> Text,
        source -> Text,
        html -> Text,
        warning -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    mention (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
    }
}

diesel::table! {
    edit_pace (author_id) {
        author_id -> BigInt,
        whole_at -> Timestamp,
    }
}

diesel::table! {
    submission (author_id, target_id, token) {
        author_id -> BigInt,
        target_id -> BigInt,
        token -> Text,
        post_id -> BigInt,
        sent_at -> Timestamp,
    }
}

diesel::table! {
    post_like (id) {
        id -> BigInt,
        post_id -> BigInt,
        actor_id -> BigInt,
        ap_id -> Text,
    }
}

diesel::table! {
    read_mark (actor_id, root_id) {
        actor_id -> BigInt,
        root_id -> BigInt,
        seen_id -> BigInt,
    }
}

diesel::table! {
    thread_notify (root_id, actor_id) {
        root_id -> BigInt,
        actor_id -> BigInt,
        level -> Text,
    }
}

diesel::table! {
    notice (id) {
        id -> BigInt,
        actor_id -> BigInt,
        kind -> Text,
        from_id -> BigInt,
        post_id -> Nullable<BigInt>,
        community_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        seen -> Bool,
        for_digest -> Bool,
    }
}

diesel::table! {
    tombstone (ap_id) {
        ap_id -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    blob (id) {
        id -> BigInt,
        digest -> Text,
        media_type -> Text,
        bytes -> BigInt,
        width -> Integer,
        height -> Integer,
        created_at -> Timestamp,
    }
}

diesel::joinable!(account -> actor (actor_id));
diesel::joinable!(community -> actor (actor_id));
diesel::joinable!(credential -> account (account_id));
diesel::joinable!(sign_in_step -> account (account_id));
diesel::joinable!(session -> account (actor_id));
diesel::joinable!(sign_in_link -> account (account_id));
diesel::joinable!(mail_link -> account (account_id));
diesel::joinable!(mail_setting -> account (account_id));
diesel::joinable!(oauth_token -> account (account_id));
diesel::joinable!(oauth_token -> oauth_app (app_id));
diesel::joinable!(oauth_code -> oauth_app (app_id));
diesel::joinable!(signing_key -> actor (actor_id));
diesel::joinable!(assertion_key -> actor (actor_id));
diesel::joinable!(revision -> post (post_id));
diesel::joinable!(event -> post (post_id));
diesel::joinable!(poll -> post (post_id));
diesel::joinable!(post_share -> post (post_id));
diesel::joinable!(space -> community (community_id));
diesel::joinable!(affiliation -> organization (organization_id));
diesel::joinable!(affiliation -> account (actor_id));
diesel::joinable!(eligible_organization -> organization (organization_id));
diesel::joinable!(former_slug -> tag (tag_id));
diesel::joinable!(post_tag -> tag (tag_id));
diesel::joinable!(post_tag -> post (post_id));
diesel::joinable!(delivery -> peer (peer_id));
diesel::joinable!(actor -> peer (peer_id));
diesel::allow_tables_to_appear_in_same_query!(
    report,
    removal,
    moderation_entry,
    held_activity,
    peer,
    peer_rule,
    suspended_follow,
    actor,
    also_known_as,
    profile_entry,
    community_contact,
    contact_message,
    milestone,
    organization,
    affiliation,
    eligible_organization,
    signing_key,
    assertion_key,
    account,
    credential,
    sign_in_step,
    session,
    admin_action,
    sign_in_link,
    mail_link,
    mail_choice,
    mail_setting,
    notice_mail,
    push_subscription,
    push_choice,
    notice_push,
    oauth_app,
    oauth_code,
    oauth_token,
    invite,
    community,
    membership,
    community_ban,
    space,
    space_member,
    join_question,
    join_request,
    join_answer,
    join_message,
    join_link,
    tag,
    former_slug,
    post_tag,
    post_tagging,
    follow,
    post,
    event,
    poll,
    poll_choice,
    poll_vote,
    post_picture,
    post_share,
    post_grant,
    revision,
    mention,
    submission,
    post_like,
    read_mark,
    thread_notify,
    notice,
    tombstone,
    blob,
    activity,
    delivery,
    inbound,
    inbound_hold,
    job,
    search_text,
    search_index,
    search_name,
    search_outdated,
    search_trigram,
);
