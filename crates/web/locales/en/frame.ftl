## What surrounds every page
skip = Skip to the content
language = Language
search-label = Search, or the address of a community, person or discussion
search-placeholder = Search, or paste !community@host
nav-main = Main
nav-home = Home
nav-communities = Communities
nav-people = People
nav-search = Search
nav-notices = Notices
nav-me = Me
nav-admin = Administration
nav-mine = My communities
nav-mine-none = The communities you follow will stand here.
nav-new = new
nav-waiting = waiting
menu-me = My menu
menu-page = My page
menu-settings = Settings
sign-in = Sign in
sign-out = Sign out
sign-up = Sign up
foot-made = Made with Hedgerow, where communities of practice meet across organizations.
foot-api = For programs
foot-limits = Limited servers
foot-source = Source code
foot-trial = This server answers only on this machine for now: a trial. Other servers cannot reach it.
pager = Pages
pager-prev = Previous
pager-next = Next
pager-at = Page { $page } of { $pages }
crumbs = Where this is
filter = Show
sort = Sort by
actions = Actions
new = New
edit = Edit
delete = Delete
save = Save
cancel = Cancel
retry = Try again
never = never
by = by
since = since
active = active
seen-all = Mark all as seen
in-english = In English
in-french = In French
also-here = Also in English
also-available = Also available in English
hosted-by = Hosted by
follow = Follow
following = Following
unfollow = Unfollow
follow-pending = Asked to follow
follow-cancel = Take the request back

## Forms
form-faults = Something needs your attention
form-optional = optional
form-write = Write
form-preview = Preview

## Counts
count-new = { $n ->
    [one] { $count } new
   *[other] { $count } new
}
count-replies = { $n ->
    [one] { $count } reply
   *[other] { $count } replies
}
replies-word = { $n ->
    [one] reply
   *[other] replies
}
count-threads = { $n ->
    [one] { $count } discussion
   *[other] { $count } discussions
}
count-followers = { $n ->
    [one] { $count } follower
   *[other] { $count } followers
}
count-servers = { $n ->
    [one] on { $count } server
   *[other] on { $count } servers
}
count-communities = { $n ->
    [one] { $count } community
   *[other] { $count } communities
}
count-people = { $n ->
    [one] { $count } person
   *[other] { $count } people
}

## Time
time-now = just now
time-minutes = { $n ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-hours = { $n ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
time-days = { $n ->
    [one] yesterday
   *[other] { $count } days ago
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
