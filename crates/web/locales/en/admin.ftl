admin-overview = Overview
admin-accounts = Accounts
admin-invitations = Invitations
admin-peers = Other servers
admin-queue = Deliveries
admin-settings = Site
admin-lede = How { $site } is doing, and what waits for you.
admin-care = (needs a look)
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
admin-accounts-lede = Approving opens an account; suspending signs it out and hides what it wrote.
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
invite-lede = An invitation is a link to hand on. Whoever opens it can create an account.
invite-new = New invitation
invite-uses = How often it works
invite-once = Once
invite-ten = Ten times
invite-hundred = A hundred times
invite-days = How long it works
invite-week = A week
invite-month = A month
invite-year = A year
invite-do = Make an invitation
invite-made = Invitations
invite-none = No invitation is open.
invite-by = By { $name }
invite-left = { $n ->
    [one] works { $count } more time
   *[other] works { $count } more times
}
invite-until = until
invite-withdraw = Withdraw
peers-lede = Servers this one has met. One that fails is tried less and less often; after a week of silence nothing more is queued for it until it shows a sign of life.
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
peer-fine = Fine
peer-slow = Failing
peer-parked = Silent
peer-failures = { $n ->
    [one] { $count } failure in a row
   *[other] { $count } failures in a row
}
queue-waiting = { $n ->
    [0] Nothing is on its way.
    [one] { $count } delivery is on its way.
   *[other] { $count } deliveries are on their way.
}
queue-failed = { $n ->
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
queue-inside = this server
queue-aside = Set aside
queue-waits = Waiting
queue-next = Next attempt
queue-attempts = { $n ->
    [one] { $count } attempt
   *[other] { $count } attempts
}
