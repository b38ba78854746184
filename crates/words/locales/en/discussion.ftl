kind-discussion = Discussion
kind-discussion-hint = Something to think about together
kind-question = Question
kind-question-hint = You need an answer, or several
kind-tip = Tip
kind-tip-hint = Something that works, for others to use
kind-story = Story
kind-story-hint = What happened, and what you learned
kind-announcement = Announcement
kind-announcement-hint = Something to know; replies are welcome
kind-event = Event
event-when = When
event-where = Where

## A thread
from-servers = { $count ->
    [one] from { $count } server
   *[other] from { $count } servers
}
edited = edited
helpful = { $count ->
    [one] { $count } found this helpful
   *[other] { $count } found this helpful
}
helpful-none = Helpful
reply = Reply
link = Link
origin = Original
in-reply-to = In reply to { $name }
post-deleted = Deleted
post-removed = The moderators of this community removed it. Only you and they still see it.
replies-none = No reply yet
replies-none-hint = A short answer, or “same here”, already helps the person who asked.
reply-title = Your reply
reply-body = What you tried, and what you learned
reply-hint = Public: anyone with the link can read it. Markdown works, and @name@host mentions somebody.
reply-lang = Language
reply-to = In reply to
reply-to-cancel = Reply to the whole discussion instead
sign-in-to-reply = to reply.
preview-empty = Nothing to preview yet.

## Composing
compose-ask = Ask the community
compose-ask-intro = A good question says what you are trying to do, what you tried, and where you are stuck.
compose-share = Share with the community
compose-share-intro = A tip, a story, a thought: what would have helped you a year ago?
compose-edit-thread = Edit the discussion
compose-edit-reply = Edit the reply
compose-edit-intro = Readers see that it was edited, and can read what it said before.
compose-kind = What is it?
compose-title = Title
compose-title-hint = What a colleague would recognize in a list.
compose-body = Text
compose-body-hint = Markdown works, and @name@host mentions somebody. Leave out what could identify a patient or client.
compose-lang = Language of this text
compose-second = Add the text in a second language
compose-second-hint = Readers of that language will see it first.
compose-title2 = Title in the other language
compose-body2 = Text in the other language
compose-public = Public: anyone can read it, and it goes to the servers of all followers.
compose-public-remote = Public: it goes to { $host }, which passes it on to the servers of all followers.
compose-submit = Publish

## Deleting, history
delete-title = Delete this reply?
delete-thread = Delete this discussion?
delete-intro = It cannot be brought back. A mark stays in its place, so that the replies around it still make sense.
delete-replies = { $count ->
    [one] The { $count } reply to it stays.
   *[other] The { $count } replies to it stay.
}
delete-elsewhere = Other servers that have a copy are asked to delete it too. Most do, but nobody can make sure.
delete-submit = Delete it
delete-keep = Keep it
history-title = What it said before
history-intro = Versions of what { $name } wrote, newest first.
history-back = Back to the discussion
history-current = Current
history-first = First
read-on = Read on
