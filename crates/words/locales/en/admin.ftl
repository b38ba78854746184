admin-overview = Overview
admin-accounts = Accounts
admin-communities = Communities
erase-title = Erase a post for good
erase-overview = When the law or its author asks you to, you can take a post’s text from this site, even where you can’t see it.
erase-intro = Its text, pictures and earlier versions are deleted from this site, including in places you can’t see, and nobody can bring them back. If the author has an account here, or it stands in a community of this site, other sites are asked to delete it too. Replies stay.
erase-address = Address of the post
erase-address-hint = The link to the discussion or reply, as its author or the complaint gives it.
erase-reason-hint = Kept in the history of the author’s account, or of yours if they have none here. Only administrators see it.
ask-erase-title = Erase this post for good?
ask-erase-reply = Reply
ask-erase-hidden = You may not read this post, so its text is not shown.
ask-erase-reason = Reason:
ask-erase-replies = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
ask-erase-pictures = { $count ->
    [one] { $count } picture
   *[other] { $count } pictures
}
erase-submit = Erase for good
give-intro = These communities have no facilitator: theirs are suspended or gone. Give each one to someone who can facilitate it.
give-none = Every community has a facilitator.
give-title = Give a community to someone
give-community = Community
give-person = New facilitator
give-person-hint = Their username here, such as @ann. They will follow the community.
give-submit = Give
admin-invitations = Invitations
admin-peers = Other servers
admin-queue = Deliveries
admin-settings = Site
admin-intro = How { $site } is doing, and what needs your attention.
admin-needs-attention = (needs attention)
admin-server = This server
admin-address = Public address
admin-address-fixed = The public address was chosen at setup and can’t be changed:
admin-version = Version
admin-database = Database
admin-since = Running since
admin-figure-waiting = { $count ->
    [one] account waiting for approval
   *[other] accounts waiting for approval
}
admin-figure-accounts = { $count ->
    [one] account
   *[other] accounts
}
admin-figure-communities = { $count ->
    [one] community
   *[other] communities
}
admin-figure-threads = { $count ->
    [one] discussion
   *[other] discussions
}
admin-figure-peers = { $count ->
    [one] other server known
   *[other] other servers known
}
admin-figure-parked = { $count ->
    [one] server not responding
   *[other] servers not responding
}
admin-figure-queue = { $count ->
    [one] delivery waiting
   *[other] deliveries waiting
}
admin-figure-failed = { $count ->
    [one] delivery failed
   *[other] deliveries failed
}
admin-accounts-intro = Everyone who has an account here, or has asked for one. Open an account to see its sessions and history, or to suspend it.
admin-accounts-none = No matching accounts.
accounts-filter-all = All
accounts-filter-waiting = Waiting
accounts-filter-suspended = Suspended
accounts-filter-refused = Refused
accounts-search = Search by name or username
account-waiting = Waiting
account-suspended = Suspended
account-refused = Refused
account-admin = Admin
account-since = Since
account-seen = last visit
account-approve = Approve
account-refuse = Refuse
account-suspend = Suspend
account-restore = Restore
account-reconsider = Reconsider
account-last-visit = Last visit
account-request = Request
account-sessions = Where they are signed in
account-end-session = End
account-end-sessions = Sign out everywhere
account-role = Role
account-role-admin = This person is an administrator: they can do everything that is in Admin.
account-role-member = This person is an ordinary member.
account-role-last = They are the only administrator. Make someone else an administrator first to change that.
account-suspension = Suspension
account-suspension-text = The person is signed out and their posts are hidden until you restore the account. Nothing is deleted.
account-promote = Make administrator
account-demote = Remove administrator role
account-history = History
account-history-none = No administrator has changed this account.
account-action-by = By { $name }
account-action-shell = From the server’s command line

## What administrators did with an account
admin-action-approved = Request approved
admin-action-refused = Request refused
admin-action-suspended = Suspended
admin-action-restored = Restored
admin-action-promoted = Made an administrator
admin-action-demoted = Administrator role removed
admin-action-signed-out = Signed out
admin-action-link-made = Sign-in link created
admin-action-post-erased = Post erased
admin-action-password-set = Password set
admin-action-token-made = API token created
admin-action-address-set = E-mail address set

## Before something is done with an account
ask-refuse-title = Refuse { $name }’s request?
ask-refuse-text = The account stays closed and its username stays taken. You can reconsider later.
ask-refuse-submit = Refuse the request
ask-suspend-title = Suspend { $name }’s account?
ask-suspend-text = The account is signed out everywhere, its posts are hidden here, and other servers are told to hide them. You can restore it later; nothing is deleted.
ask-suspend-submit = Suspend the account
ask-promote-title = Make { $name } an administrator?
ask-promote-text = Administrators can suspend accounts, block servers and change every setting, and can remove each other’s role.
ask-promote-submit = Make administrator
ask-demote-title = Remove { $name }’s administrator role?
ask-demote-text = The account stays open as an ordinary one.
ask-demote-submit = Remove the role
ask-disconnect-title = Disconnect { $name }’s account?
ask-disconnect-text = The account no longer signs in with an institution, and the sessions that were opened with one end. Whoever has no password then needs a sign-in link.
ask-disconnect-submit = Disconnect the account
ask-reason = Reason
ask-reason-hint = Kept in the account’s history. Only administrators see it.

## One-time sign-in links
link-title = One-time sign-in link
link-text = For someone who has forgotten their password. The link signs them in once and lets them choose a new password.
link-make = Create a link
link-open = A link created earlier is valid until
link-replaces = A new one replaces it.
link-fresh = Copy this link now
link-fresh-hint = We won’t show it again. Whoever has it can sign in as { $name }: send it to them only, by a way you trust.
link-until = It works once, until
invite-intro = An invitation is a link you send. Anyone who opens it can create an account.
invite-new = New invitation
invite-uses = Number of uses
invite-once = One
invite-ten = Ten
invite-hundred = A hundred
invite-days = Valid for
invite-week = A week
invite-month = A month
invite-year = A year
invite-submit = Create invitation
invite-made = Open invitations
invite-none = No open invitations.
invite-by = By { $name }
invite-left = { $count ->
    [one] { $count } use left
   *[other] { $count } uses left
}
invite-until = valid until
invite-withdraw = Withdraw
peers-intro = Servers this one has exchanged with. We try a failing server less and less often. After a week without an answer, we stop sending to it until it responds again.
peers-none = No other servers yet. Look up a community at another organization to begin.
peers-filter-all = All
peers-filter-failing = Failing
peers-filter-parked = Not responding
peer-host = Server
peer-state = State
peer-contact = Last contact
peer-waiting = Waiting
peer-seen = First seen on
peer-unknown = Unknown software
peer-ok = Normal
peer-failing = Failing
peer-parked = Not responding
peer-last-failure = Last failure:
peer-failures = { $count ->
    [one] { $count } failure in a row
   *[other] { $count } failures in a row
}
peer-given-up = { $count ->
    [one] { $count } dropped
   *[other] { $count } dropped
}
queue-waiting = { $count ->
    [0] No deliveries are waiting.
    [one] { $count } delivery is waiting.
   *[other] { $count } deliveries are waiting.
}
queue-failed = { $count ->
    [0] None have failed.
    [one] { $count } has failed.
   *[other] { $count } have failed.
}

## What is sent, by type of activity
delivery-create = New post
delivery-update = Edited post or profile
delivery-delete = Deletion
delivery-announce = Post shared with followers
delivery-like = “Found helpful”
delivery-chooseanswer = Answer accepted
delivery-follow = Follow request
delivery-accept = Follow request accepted
delivery-reject = Follow request declined
delivery-undo = Something taken back
delivery-move = Account move
delivery-add = Change in a community
delivery-remove = Removal from a community
delivery-block = Ban from a community
delivery-flag = Report
delivery-other = Other activity

## Why a delivery or a task failed
failure-unreachable = We couldn’t connect to the server.
failure-timeout = The server didn’t respond in time.
failure-server-error = The server reported an error on its side.
failure-busy = The server asked us to wait.
failure-refused = The server refused it.
failure-gone = The recipient no longer exists.
failure-blocked = A rule or a safety check here doesn’t allow this address.
failure-unreadable = The server’s answer couldn’t be used.
failure-other = It didn’t work.
failure-details = Technical details

job-send-post = Send a new or edited post
job-relay = Pass on a post from another server
job-announce-thread = Announce a discussion
job-send-like = Send “found helpful”
job-send-vote = Send a vote
job-send-poll-counts = Send the counts of a poll
job-close-poll = Close a poll
job-tell-voters = Notify those who voted in a poll
job-send-answer = Send an accepted answer
job-notify-watchers = Notify those who watch a discussion
job-report-refusal = Tell an author that a server did not accept a post
job-send-follow = Send a follow request
job-answer-follow = Answer a follow request
job-send-actor = Send an updated profile
job-send-suspension = Announce that a suspension starts or ends
job-recount = Count replies, likes and discussions again
job-send-actor-removed = Announce that an account is gone
job-send-move = Announce a move to a new address
job-catch-up = Send what a server missed
job-apply-peer-rule = Apply a federation rule
job-reevaluate-peers = Apply the federation rules to all servers
job-complete-keys = Complete the signing keys
job-sync-followers = Compare the list of followers with another server
job-fan-out = Send to all followers
job-identify-peer = Ask which software a server runs
job-backfill = Fetch a community’s recent discussions
job-fetch-picture = Fetch a picture
job-send-mail = Send a mail
job-send-invitation = Send an invitation to a community
job-queue-invitations = Queue the invitations of a list
job-send-contact-message = Mail a message to a contact of a community
job-send-join-mail = Send a mail about a request to join
job-request-reset = Find the account of a forgotten password
job-send-notice-mail = Send a notification by e-mail
job-send-digest = Send a digest
job-mail-new-thread = E-mail a new discussion to followers
job-send-push = Send a notification to a browser
job-queue-digests = Prepare the digests that are due
job-index-post = Index a post for searching
job-index-actor = Index a person or community for searching
job-rewrite-search-entries = Index again for searching what a former version indexed
job-repeat-follows = Repeat follow requests that had no answer
job-delete-unused-pictures = Delete unused pictures
job-housekeeping = Cleanup
job-write-backup = Daily backup
job-other = Background task
queue-filter-all = All
queue-filter-failed = Failed
queue-filter-waiting = Waiting
queue-filter-mail = Mail
queue-mail-intro = Messages to account owners that haven’t been sent yet, or that failed. Their addresses aren’t shown here.
mail-kind-confirm-address = Confirm an e-mail address
mail-kind-address-change = Announce a new e-mail address to the former one
mail-kind-reset-password = Reset a password
mail-kind-approved = Approve a request for an account
mail-kind-refused = Decline a request for an account
mail-kind-app-added = Tell of a new authenticator app
mail-kind-app-removed = Tell of a removed authenticator app
mail-kind-passkey-added = Tell of a new passkey
mail-kind-passkey-removed = Tell of a removed passkey
mail-kind-wrong-codes = Tell of wrong sign-in codes
mail-failure-unreachable = We couldn’t connect to the mail server.
mail-failure-timeout = The mail server didn’t respond in time.
mail-failure-insecure = The connection to the mail server isn’t secure: it offers no encryption, or its certificate isn’t trusted.
mail-failure-sign-in = The mail server doesn’t accept our user name and password.
mail-failure-later = The mail server asked us to try again later.
mail-failure-refused = The mail server refused the message.
mail-failure-not-configured = No mail server is configured.
mail-failure-other = The message couldn’t be sent.
queue-retry-all = Try all again
queue-none = Nothing is waiting and nothing has failed.
queue-what = What
queue-to = To
queue-state = State
queue-made = Created
queue-local = this server
queue-state-failed = Failed
queue-state-waiting = Waiting
queue-next = Next attempt:
queue-attempts = { $count ->
    [0] not tried yet
    [one] { $count } attempt
   *[other] { $count } attempts
}
peers-met = Servers
peers-rules = Federation rules
peer-silenced = Silenced
peer-blocked = Blocked
rules-intro = Which other servers this one exchanges with.
policy-now-open = It exchanges with everyone except blocked servers.
policy-now-allow-list = It exchanges only with the domains allowed below.
policy-now-closed = It doesn’t exchange with anyone.
policy-title = General rule
policy-mode = This server exchanges with
policy-open = Everyone
policy-open-hint = Except the servers blocked below. This is how a network of practice grows.
policy-allow-list = Allowed servers only
policy-allow-list-hint = Nothing is accepted from, requested from or sent to a domain that isn’t allowed below.
policy-closed = Nobody
policy-closed-hint = Your communities and people can’t be found or followed from other sites. What’s already here stays.
policy-publish = Publish the list of limited domains
policy-publish-hint = On a page linked from the footer, with the reasons. Notes are never published.
limit-new = New rule
limit-edit = Edit this rule
limit-domain = Domain
limit-domain-hint = For example spam.example. The rule also covers its subdomains. If several rules apply, the longest domain wins.
limit-severity = Action
limit-block = Block
limit-block-hint = Nothing is exchanged. Its content here is hidden and follows are suspended in both directions. Both come back if you remove the rule.
limit-silence = Silence
limit-silence-hint = Only people who follow someone there see its posts. They don’t appear in searches and lists, and strangers from there don’t cause notifications.
limit-allow = Allow
limit-allow-hint = Puts it on the list of allowed servers, and exempts it from a rule for a wider domain.
limit-noop = Limit only what is ticked below
limit-noop-hint = Like any other server, except for pictures or reports.
limit-reason = Reason, for everyone
limit-reason-hint = Shown in the public list.
limit-note = Note, for administrators
limit-note-hint = What happened, who decided, when to review it.
limit-more = Pictures, reports, and how it is listed
limit-media = Don’t fetch pictures from there
limit-reports = Ignore reports from there
limit-obscure = Hide the middle of its name in the public list
limit-rule = Rule
limit-ends = Blocking { $domain } suspends follows
limit-ends-ours = { $count ->
    [one] { $count } follow by a person here
   *[other] { $count } follows by people here
}
limit-ends-theirs = { $count ->
    [one] { $count } follow by a person there
   *[other] { $count } follows by people there
}
limit-ends-hint = Nobody there is notified. The follows come back when you remove the block.
limit-ends-submit = Block
limit-submit = Save rule
limit-lift = Remove
limit-why = Reason
limit-since = Since
limit-no-reason = No reason given
limit-note-short = Note:
limit-media-short = no pictures
limit-reports-short = no reports
rules-title = Rules by domain
rules-none = No rules yet. All servers are treated alike.
rules-none-such = No matching rules.
rules-filter-all = All
rules-filter-block = Blocked
rules-filter-silence = Silenced
rules-filter-noop = Other
rules-filter-allow = Allowed
lists-title = Lists
lists-text = Lists are CSV files in Mastodon’s format, so you can share them with the administrators of other servers.
list-import = Import a list
list-file = File
list-file-hint = At most 1 MiB and 50,000 lines. The first line names the columns: #domain,#severity,… or #domain alone for allowed domains. Rules for the same domains are replaced.
list-import-submit = Import
list-export = Export our rules
list-export-limited = Limited domains
list-export-allowed = Allowed domains
list-imported = { $count ->
    [0] No rules imported.
    [one] { $count } rule imported.
   *[other] { $count } rules imported.
}
list-unused = { $count ->
    [one] { $count } line was skipped.
   *[other] { $count } lines were skipped.
}
list-more = { $count ->
    [one] And { $count } more.
   *[other] And { $count } more.
}
list-line = Line
list-text = Content
list-why = Why it was skipped
list-unused-domain = It doesn’t name a valid domain.
list-unused-severity = The severity must be suspend, silence or noop.
list-unused-flag = A true-or-false column contains something else.
list-unused-quote = A quotation mark is missing or misplaced.
list-unused-reason = The reason is longer than 1,000 characters.
list-unused-repeated = An earlier line has the same domain.
list-unused-ours = This is your own domain.
limits-title = Blocked and silenced servers
limits-intro = Servers that { $site } doesn’t exchange with, or shows only to their followers, and why.
limits-none = No servers are limited.
limits-domain = Server
limits-blocked = Blocked
limits-blocked-hint = We exchange nothing with them and show nothing from there.
limits-silenced = Silenced
limits-silenced-hint = Only people who follow someone there see their posts.

## The pages about the site
pages-hint = The default texts are true of the software. Read them once, and write who you are and whom to contact.
page-edit-hint = In Markdown. One language is enough: what you change in one is also shown in place of a default text in the other. With both empty, the default texts come back.
page-see = See the page
page-text-en = Text in English
page-text-fr = Text in French
