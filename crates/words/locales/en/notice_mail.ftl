## Mails of notifications
mail-notice-line = { $person } { $what }
mail-notice-line-about = { $person } { $what } “{ $title }”
mail-new-thread = started
mail-notice-action = Read and reply
mail-unsubscribe = Stop these messages
mail-choices = Choose what you’re told, and how often
mail-reason-written = You receive this message because something was written to @{ $handle } at { $site }.
mail-reason-watched = You receive this message because you watch this discussion at { $site }.
mail-reason-followers = You receive this message because you chose to be told who follows you at { $site }.
mail-reason-approval = You receive this message because you’re an administrator of { $site }.
mail-reason-community = You receive this message because you follow communities at { $site }.
mail-reason-one-community = You receive this message because you follow { $community } at { $site } and chose to be told of each new discussion.
mail-reason-digest = You receive this digest because of your account @{ $handle } at { $site }.
mail-digest-subject = What’s new at { $site }
mail-digest-action = Go to { $site }
mail-digest-questions = Questions you may be able to answer
mail-digest-notices = Written to you
mail-digest-community = New in { $name }
mail-digest-more = { $count ->
    [one] and { $count } more discussion
   *[other] and { $count } more discussions
}
mail-digest-more-notices = { $count ->
    [one] and { $count } more notification
   *[other] and { $count } more notifications
}
mail-digest-thread = { $person }, { $when }, { $count ->
    [0] no replies yet
    [one] { $count } reply
   *[other] { $count } replies
}
mail-untitled = Untitled

## Settings → Notifications
settings-notices = Notifications
notice-mail-intro = Choose what you’re told by e-mail and in your browsers, and how often. Everything also appears on the notifications page.
notice-mail-no-address = You haven’t confirmed an e-mail address yet, so nothing is sent.
notice-mail-give-address = Enter an address
notice-mail-topics = What comes by e-mail, and how often
mail-topic-written = What’s written to you
mail-topic-written-hint = Replies to you, mentions, accepted answers, requests to join, roles, and posts of yours that were removed or not accepted.
mail-topic-watched = Discussions you watch
mail-topic-followers = New followers
mail-topic-approval = Accounts waiting for approval
mail-topic-community = New discussions in your communities
mail-topic-digest = Digest
rhythm-at-once = At once
rhythm-daily = Every day
rhythm-weekly = Every week
rhythm-never = Never
notice-mail-communities = Communities
notice-mail-communities-hint = A community can have a choice of its own.
notice-mail-as-above = As above
notice-mail-when = When
notice-mail-hour = Time of the digest
notice-mail-hour-hint = In your time zone: { $zone }.
notice-mail-weekday = Day of the weekly digest
notice-mail-quiet-from = Quiet hours from
notice-mail-quiet-to = Quiet hours until
notice-mail-quiet-hint = Nothing is sent at once during quiet hours. It is sent when they end.
notice-mail-no-quiet = None
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
notice-mail-recent = Latest messages to you
notice-mail-what = Message
notice-mail-state = Status
notice-mail-changed = When
notice-mail-none = No messages have been sent to you in the past month.
mail-state-queued = Waiting
mail-state-sending = Being sent
mail-state-sent = Delivered to the mail server
mail-state-refused = Refused
mail-state-given-up = Not sent
address-refused = The mail server refused your e-mail address { $address }, so no notifications are sent there.
address-refused-retry = Try again
address-refused-change = Change address
notice-mail-given-up = Some messages to you couldn’t be sent because the mail server was unreachable for two days. Your notifications are all here.

## The choice offered to who follows a community
follow-mail = Do you want e-mail about new discussions in { $name }?
follow-mail-at-once = Each one
follow-mail-daily = Every day
follow-mail-weekly = Every week
follow-mail-never = Only what’s written to me

## The link that unsubscribes
unsubscribe-title = Stop these messages
unsubscribe-intro = You’ll no longer get e-mail about: { $what }.
unsubscribe-submit = Stop these messages
unsubscribe-done-title = These messages have stopped
unsubscribe-done = You no longer get e-mail about: { $what }. You can change this at any time.
unsubscribe-community = new discussions in { $name }
unsubscribe-digest = discussions you watch, and new discussions in your communities
unsubscribe-settings = Notification settings
unsubscribe-dead-title = This link doesn’t work
unsubscribe-dead = Nothing was changed. You can choose what you’re told in your settings.

## Administration
queue-mail-days = Notifications by e-mail in the past week
queue-mail-day = Day
queue-mail-sent = Sent
queue-mail-refused = Refused
queue-mail-given-up = Given up

## Push messages
push-title = In this browser
push-intro = This browser can show your notifications even while no page of this site is open. They name the community, and never what was written.
push-on = Turned on in this browser until you sign out.
push-turn-on = Turn on in this browser
push-turn-off = Turn off in this browser
push-unsupported = This browser can’t show notifications here, or scripts are turned off.
push-denied = The browser didn’t allow it. Its settings for this site say whether notifications are blocked.
push-browsers = { $count ->
    [one] Turned on in { $count } browser of yours.
   *[other] Turned on in { $count } browsers of yours.
}
push-choices = What browsers show
push-choices-hint = For the browsers in which you turned notifications on. They come at once, but not during quiet hours.
push-topics = Notifications
push-notice = You have a new notification
push-new-thread = There is a new discussion
way-mail = by e-mail
way-push = in a browser
push-state-queued = Waiting
push-state-sending = Being sent
push-state-sent = Delivered to the push service
push-state-refused = Refused
push-state-ended = This browser is gone
push-state-given-up = Not sent
push-failure-unreachable = The push service couldn’t be reached
push-failure-redirect = The push service leads elsewhere
push-failure-busy = The push service takes no more for now
push-failure-failing = The push service has failed
push-failure-refused = The push service refuses the message
push-failure-gone = The browser takes no more messages
queue-push-days = Notifications in browsers in the past week
