kind-discussion = Discussion
kind-discussion-hint = Something to think about together
kind-question = Question
kind-question-hint = You need an answer, or several
kind-tip = Tip
kind-tip-hint = Something that works, for others to use
kind-story = Story
kind-story-hint = What happened, and what you learned
kind-announcement = Announcement
kind-announcement-hint = Something people should know; replies are welcome
kind-event = Event
event-when = When
event-where = Where

## A thread
from-organizations = { $count ->
    [one] { $count } organization taking part
   *[other] { $count } organizations taking part
}
edited = edited
helpful = { $count ->
    [one] { $count } person found this helpful
   *[other] { $count } people found this helpful
}
helpful-none = Helpful
thread-unread = { $count ->
    [one] { $count } unread reply.
   *[other] { $count } unread replies.
}
thread-unread-jump = Jump to the first
watch = Watch
watching = You’re told of every reply
unwatch = Stop watching
mute = Mute
muted = Muted: no notifications from this discussion
unmute = Unmute
answered = Answered
accepted = Accepted answer
accepted-answers = { $count ->
    [one] Accepted answer
   *[other] { $count } accepted answers
}
answer-in-place = See it in the discussion
accept = Accept as answer
unaccept = Undo acceptance
reply = Reply
link = Copy link
link-share = Share the link
link-copied = Link copied
origin = View on { $host }
in-reply-to = In reply to { $name }
post-deleted = Deleted
post-waiting = Waiting for { $host } (trying again)
post-not-accepted = { $host } did not accept this, so people there may not see it.
post-removed = The community’s moderators removed this post. Only you and they can still see it.
replies-none = No replies yet
replies-none-hint = Even a short answer, or “same here”, helps the person who asked.
reply-title = Reply
reply-body = Your reply
reply-hint = Anyone with the link can read it. Say what you tried and what you learned. To mention someone, type @ and their name.
reply-lang = Language
reply-to = In reply to
reply-to-cancel = Reply to the whole discussion instead
sign-in-to-reply = to reply.
preview-unknown = Nobody we know is called { $name }. It stays plain text.
preview-empty = Nothing to preview yet.
preview-language = Language of this text: { $lang }

## Composing
compose-ask = Ask the community
compose-ask-intro = A good question says what you’re trying to do, what you’ve tried, and where you’re stuck.
compose-share = Share with the community
compose-share-intro = A tip, a story, a thought: what would have helped you a year ago?
compose-edit-thread = Edit the discussion
compose-edit-reply = Edit the reply
compose-edit-intro = Readers see that it was edited and can read earlier versions.
compose-kind = What would you like to post?
compose-conflict = What it says now
compose-title = Title
compose-title-hint = What a colleague would recognize in a list.
compose-body = Text
compose-body-hint = Leave out anything that could identify a patient or client. To mention someone, type @ and their name.
compose-lang = Language of this text
compose-lang-detect = Detect automatically
compose-lang-other = Other language ({ $tag })
compose-lang-unknown = Unknown
compose-second = Add the text in a second language
compose-second-hint = People who read that language will see it first.
compose-pictures = Add pictures
compose-pictures-hint = Up to four, PNG, JPEG, WebP or GIF, 8 MB each. Describe each for people who can’t see it.
compose-picture = Picture { $number }
compose-title2 = Title in the other language
compose-body2 = Text in the other language
compose-more = More options
content-warning = Content warning:
compose-warning = Content warning
compose-warning2 = Content warning in the other language
compose-warning-hint = Readers see it first, and open the text and the pictures themselves.
compose-public = Public: anyone can read it. Followers at other organizations receive it too.
compose-public-remote = Public: it is sent to { $host }, which passes it on to all followers.
compose-not-a-question = Not a question? Choose another kind
formatting = Formatting help
formatting-tools = Formatting
format-bold = Bold
format-italic = Italic
format-link = Link
format-list = List
format-quote = Quote
format-code = Code
format-person = Mention a person
format-community = Link to a community
characters-left = Characters left:
suggestions = Suggestions
draft-restored = We restored the draft that you left on this device.
draft-discard = Discard it
compose-submit = Publish

## Polls
kind-poll = Poll
kind-poll-hint = People choose between answers that you write
compose-poll = Ask people to choose
compose-poll-intro = A poll shows what people think, or what they need most. Say what the result is for.
compose-poll-instead = Would you like people to choose between answers? Start a poll
compose-choices = Choices
poll-choices-hint = One on each line, 2 to 20. Nobody can change them once somebody has voted.
compose-choices2 = Choices in the other language
poll-choices2-hint = One on each line, in the same order.
poll-way = How do people choose?
poll-way-one = One choice
poll-way-one-hint = Each person chooses one
poll-way-several = Several choices
poll-way-several-hint = Each person chooses as many as they like
poll-way-ranked = In order of importance
poll-way-ranked-hint = A survey of needs: each person puts their most important ones in order
poll-places = If in order of importance: how many can each person name?
poll-places-hint = At most as many as there are choices.
poll-results = Who sees the results before the end?
poll-results-hint = After the end, everyone who can read the poll sees them.
poll-results-always = Everyone, at any time
poll-results-voted = Those who have voted
poll-results-end = Nobody
poll-names = Show who voted for what
poll-names-hint = People are told before they vote. Only the names of those who vote on this site are shown.
poll-end = How long is it open from now?
poll-end-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
poll-end-never = No end
poll-end-now = End the poll now
poll-end-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
poll-end-same = Leave the end as it is
poll-result = Result of the poll
poll-open = Open, with no end set
poll-open-until = Open until
poll-ended = Ended
poll-voters = { $count ->
    [one] { $count } person voted
   *[other] { $count } people voted
}
poll-choose-one = Choose one
poll-choose-several = Choose one or more
poll-choose-ranked = Put what matters most to you in order
poll-choose-ranked-hint = { $count ->
    [one] Give the number 1 to the most important one.
   *[other] Give the number 1 to the most important one, then up to { $count }. You can leave the others out.
}
poll-no-place = –
poll-vote = Vote
poll-vote-again = Save my vote
poll-change = Change my vote
poll-voted = Your vote is counted.
poll-voted-elsewhere = { $host } counts it, so it can’t be changed here.
poll-reworded = The text was changed after some votes had been cast.
poll-reworded-elsewhere = The text was changed on { $host }. Some votes may have been cast before that.
poll-sent-to = Your vote is sent to { $host }. It can’t be changed afterwards.
poll-changeable = You can change your vote until the end.
poll-names-shown = Your name is shown with what you choose.
poll-names-hidden = Nobody’s name is shown.
poll-hidden-voted = You see the results once you have voted.
poll-hidden-end = Everyone sees the results at the end.
poll-so-far = Results so far
poll-mine = Your choice
poll-mine-place = { $place ->
    [1] Your 1st choice
    [2] Your 2nd choice
    [3] Your 3rd choice
   *[other] Your { $place }th choice
}
poll-percent = { $percent }%
poll-votes = { $count ->
    [one] { $count } vote
   *[other] { $count } votes
}
poll-points = { $count ->
    [one] { $count } point
   *[other] { $count } points
}
poll-first = { $count ->
    [one] first for { $count } person
   *[other] first for { $count } people
}
poll-points-hint = Each first place gives the most points, each place after it one less.
poll-chosen-by = Chosen by
sign-in-to-vote = to vote.

## Deleting, history
delete-title = Delete this reply?
delete-thread = Delete this discussion?
delete-intro = You can’t undo this. A placeholder stays so replies make sense.
delete-replies = { $count ->
    [one] Its { $count } reply stays.
   *[other] Its { $count } replies stay.
}
delete-elsewhere = We’ll ask other sites that have a copy to delete it too. Most do, but we can’t guarantee it.
delete-submit = Delete
delete-keep = Keep it
history-title = Edit history
history-intro = Every version of { $name }’s post, newest first.
history-back = Back to the discussion
history-current = Current
history-first = Original
read-on = Read on
note-link = Note
note-back = Back to the text
