## Header, navigation and footer of every page
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
footer-made = Made with Hedgerow, where communities of practice meet across organizations.
footer-api = For programs
footer-limits = Limited servers
footer-source = Source code
footer-trial = This server answers only on this machine for now: a trial. Other servers cannot reach it.
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
mark-all-read = Mark all as seen
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
form-errors = Something needs your attention
form-optional = optional
form-write = Write
form-preview = Preview

## Counts
count-new = { $count ->
    [one] { $count } new
   *[other] { $count } new
}
count-replies = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
replies-word = { $count ->
    [one] reply
   *[other] replies
}
count-threads = { $count ->
    [one] { $count } discussion
   *[other] { $count } discussions
}
count-followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
}
count-servers = { $count ->
    [one] on { $count } server
   *[other] on { $count } servers
}
count-communities = { $count ->
    [one] { $count } community
   *[other] { $count } communities
}
count-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
