admin-overview = Overview
admin-accounts = Accounts
admin-communities = Communities
give-intro = These communities have nobody who can look after them: their facilitators are suspended or gone. Give each to somebody who will.
give-none = Every community has somebody who looks after it.
give-title = Give a community to somebody
give-community = Community
give-person = Who will facilitate it
give-person-hint = Their handle here, such as @ann. They follow the community from then on.
give-submit = Give
admin-invitations = Invitations
admin-peers = Other servers
admin-queue = Deliveries
admin-settings = Site
admin-intro = How { $site } is doing, and what waits for you.
admin-needs-attention = (needs a look)
admin-server = This server
admin-address = Public address
admin-address-fixed = The public address was chosen at setup and stays:
admin-version = Version
admin-database = Database
admin-since = Since
admin-figure-waiting = accounts waiting for approval
admin-figure-accounts = accounts
admin-figure-communities = communities
admin-figure-threads = discussions
admin-figure-peers = other servers known
admin-figure-parked = servers that have gone silent
admin-figure-queue = deliveries waiting
admin-figure-failed = deliveries set aside
admin-accounts-intro = Approving opens an account; suspending signs it out and hides what it wrote.
admin-accounts-none = No account of this kind.
accounts-filter-all = All
accounts-filter-waiting = Waiting
accounts-filter-suspended = Suspended
account-waiting = Waiting
account-suspended = Suspended
account-admin = Administrator
account-since = Since
account-seen = last here
account-approve = Approve
account-refuse = Refuse
account-suspend = Suspend
account-restore = Restore
invite-intro = An invitation is a link to hand on. Whoever opens it can create an account.
invite-new = New invitation
invite-uses = How often it works
invite-once = Once
invite-ten = Ten times
invite-hundred = A hundred times
invite-days = How long it works
invite-week = A week
invite-month = A month
invite-year = A year
invite-submit = Make an invitation
invite-made = Invitations
invite-none = No invitation is open.
invite-by = By { $name }
invite-left = { $count ->
    [one] works { $count } more time
   *[other] works { $count } more times
}
invite-until = until
invite-withdraw = Withdraw
peers-intro = Servers this one has met. One that fails is tried less and less often; after a week of silence nothing more is queued for it until it shows a sign of life.
peers-none = This server has met no other yet. Look up a community elsewhere to begin.
peers-filter-all = All
peers-filter-failing = Failing
peers-filter-parked = Silent
peer-host = Server
peer-state = State
peer-contact = Last contact
peer-waiting = Waiting
peer-seen = First met on
peer-unknown = Unknown software
peer-ok = Fine
peer-failing = Failing
peer-parked = Silent
peer-failures = { $count ->
    [one] { $count } failure in a row
   *[other] { $count } failures in a row
}
peer-given-up = { $count ->
    [one] { $count } given up
   *[other] { $count } given up
}
queue-waiting = { $count ->
    [0] Nothing is on its way.
    [one] { $count } delivery is on its way.
   *[other] { $count } deliveries are on their way.
}
queue-failed = { $count ->
    [0] None has been set aside.
    [one] { $count } was set aside after three attempts, with its reason.
   *[other] { $count } were set aside after three attempts, each with its reason.
}
job-send-post = Send a post or its change
job-relay = Announce what another server sent
job-announce-thread = Announce a discussion by its address
job-send-like = Send “found helpful”
job-send-follow = Ask to follow
job-answer-follow = Answer a follower
job-send-actor = Send a changed profile
job-send-actor-removed = Send that an account is gone
job-fan-out = Queue for every follower’s server
job-backfill = Fetch a community’s recent discussions
job-fetch-picture = Fetch a picture
job-repeat-follows = Ask again where a follow had no answer
job-housekeeping = Housekeeping
queue-filter-all = All
queue-filter-failed = Set aside
queue-filter-waiting = Waiting
queue-retry-all = Try all again
queue-none = Nothing waits and nothing failed.
queue-what = What
queue-to = To
queue-state = State
queue-made = Made
queue-local = this server
queue-state-failed = Set aside
queue-state-waiting = Waiting
queue-next = Next attempt
queue-attempts = { $count ->
    [one] { $count } attempt
   *[other] { $count } attempts
}
peers-met = Servers met
peers-rules = With whom we exchange
peer-silenced = Silenced
peer-blocked = Blocked
rules-intro = Which other servers this one listens to, tells and shows.
policy-now-open = It exchanges with everyone but those blocked.
policy-now-allow-list = It exchanges only with the domains allowed below.
policy-now-closed = It exchanges with nobody.
policy-title = The rule for everyone
policy-mode = This server exchanges with
policy-open = Everyone
policy-open-hint = But for those blocked below. This is how a network of practice grows.
policy-allow-list = Only those allowed
policy-allow-list-hint = Nothing is taken from, asked of or sent to a domain that no rule below allows.
policy-closed = Nobody
policy-closed-hint = Communities and people cannot be found or followed from elsewhere. What has come here until now stays.
policy-publish = Show the limited domains to everybody
policy-publish-hint = With their reasons, on a page linked at the foot of every page. Notes are never shown.
limit-new = A rule for one domain
limit-edit = Change this rule
limit-domain = Domain
limit-domain-hint = For example spam.example. Every name below it is meant too; where several rules fit, the longest domain decides.
limit-severity = What becomes of it
limit-block = Block
limit-block-hint = Nothing is exchanged. What is here of it is hidden, and comes back if you lift the rule; follows in both directions are suspended, and come back too.
limit-silence = Silence
limit-silence-hint = Only those who follow somebody there see it. It is not found in searches and lists, and its strangers cause no notices.
limit-allow = Allow
limit-allow-hint = It is on the list of those allowed, and stands out from a rule for a wider domain.
limit-noop = Only what is ticked below
limit-noop-hint = Like any other, but for pictures or reports.
limit-reason = Reason, for everybody
limit-reason-hint = Shown where the limited domains are.
limit-note = Note, for those who look after this server
limit-note-hint = What happened, who decided, when to look again.
limit-more = Pictures, reports, and how it is listed
limit-media = Do not fetch pictures from there
limit-reports = Do not listen to reports from there
limit-obscure = Hide the middle of its name in the public list
limit-rule = Rule
limit-ends = Blocking { $domain } suspends follows
limit-ends-ours = { $count ->
    [one] { $count } follow of somebody here
   *[other] { $count } follows of people here
}
limit-ends-theirs = { $count ->
    [one] { $count } follow of somebody there
   *[other] { $count } follows of people there
}
limit-ends-hint = Nobody there is told. The follows come back when the block is lifted.
limit-ends-submit = Block it
limit-submit = Write this rule
limit-lift = Lift
limit-why = Why
limit-since = Since
limit-no-reason = No reason given
limit-note-short = Note:
limit-media-short = no pictures
limit-reports-short = no reports
rules-title = Rules for single domains
rules-none = There are no rules yet. Everybody is treated alike.
rules-none-such = There is no rule of this kind.
rules-filter-all = All
rules-filter-block = Blocked
rules-filter-silence = Silenced
rules-filter-noop = Other
rules-filter-allow = Allowed
lists-title = Lists
lists-text = Lists are CSV files as Mastodon reads and writes them, so that they can be shared with those who look after other servers.
list-import = Take a list in
list-file = File
list-file-hint = At most 1 MiB and 50,000 lines. Its first line names the columns: #domain,#severity,… or #domain alone for domains that are allowed. Rules for the same domains are replaced.
list-import-submit = Take it in
list-export = Get our rules as a list
list-export-limited = Limited domains
list-export-allowed = Allowed domains
list-imported = { $count ->
    [0] No rule was taken in.
    [one] { $count } rule was taken in.
   *[other] { $count } rules were taken in.
}
list-unused = { $count ->
    [one] { $count } line was not used.
   *[other] { $count } lines were not used.
}
list-more = { $count ->
    [one] And { $count } more.
   *[other] And { $count } more.
}
list-line = Line
list-text = What it says
list-why = Why it was not used
list-unused-domain = It names no domain.
list-unused-severity = The severity is none of suspend, silence and noop.
list-unused-flag = A column that is true or false holds something else.
list-unused-quote = A quotation mark is not closed, or stands where none may.
list-unused-reason = The reason is longer than 1,000 characters.
list-unused-repeated = An earlier line says something of the same domain.
list-unused-ours = This is our own domain.
limits-title = Servers this one limits
limits-intro = With whom { $site } does not exchange, or only quietly, and why.
limits-none = No server is limited.
limits-domain = Server
limits-blocked = Blocked
limits-blocked-hint = Nothing is exchanged with them, and nothing from there is shown.
limits-silenced = Silenced
limits-silenced-hint = Only people who follow somebody there see what they write.
