notices-intro = Replies to you, mentions, and new followers.
notices-new = Show new notifications
notices-none = No notifications
notices-none-hint = You’ll be notified here when someone replies to you, mentions you or follows you.
notice-reply = replied to you in
notice-accepted = accepted your reply as an answer to
notice-watched = replied in
notice-others = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
}
notice-reply-many = replied to you in
notice-watched-many = replied in
notice-accepted-many = accepted replies of yours as answers to
notice-mention-many = mentioned you in
notice-mention = mentioned you in
notice-follow = follows you
notice-follow-place = follows
notice-moved = has moved to this address. You now follow them here.
notice-approval = has requested an account:
notice-removed = removed your post in
notice-removed-many = removed posts of yours in
notice-refused = did not accept your post in
notice-refused-many = did not accept posts of yours in
notice-removed-thread = removed a discussion that you started
notice-removed-thread-many = removed discussions that you started
notice-poll-ended = closed a poll of yours, or one that you voted in:
notice-poll-ended-many = closed polls that you asked or voted in:
notice-join-request = asks to join
notice-join-request-guest = has a request to join from someone without an account:
notice-join-asked = has a question about your request to join
notice-join-invited = invites you to join
notice-join-accepted = accepted your request to join
notice-join-declined = declined your request to join
notice-role = changed your role in
