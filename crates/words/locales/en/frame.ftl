## Header, navigation and footer of every page
skip = Skip to content
language = Language
search-label = Search words, or the address of a community, person or discussion
search-placeholder = Search
nav-main = Main
nav-home = Home
nav-communities = Communities
nav-people = People
nav-search = Search
nav-notices = Notifications
nav-me = Me
nav-admin = Administration
nav-mine = My communities
nav-mine-none = Communities you follow appear here.
nav-new = new
nav-waiting = waiting
menu-me = My menu
menu-page = My profile
menu-settings = Settings
sign-in = Sign in
sign-out = Sign out
sign-up = Sign up
footer-made = Powered by Hedgerow, where communities of practice meet across organizations.
page-about = About
page-privacy = Privacy
page-conduct = Code of conduct
page-accessibility = Accessibility
page-contact = Contact
pages-about = About this site
footer-api = API
footer-limits = Blocked servers
footer-source = Source code
footer-trial = This is a trial: only this computer can reach this server. Other servers can’t.
pager = Pages
pager-above = Pages, above the replies
pager-page = Page { $page }
pager-prev = Previous
pager-next = Next
pager-at = Page { $page } of { $pages }
title-page = page { $page }
title-error = Error:
crumbs = You are here
filter = Filter
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
mark-all-read = Mark all as read
in-english = In English
in-french = In French
language-en = English
language-fr = French
only-in-en = In English only
only-in-fr = In French only
also-available = Also available in English
hosted-by = Hosted by
follow = Follow
following = Following
unfollow = Stop following
follow-pending = Requested
follow-cancel = Cancel request

## Forms
form-errors = There is a problem
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
row-asked = asked
row-posted = posted
row-replied = replied
replies-word = { $count ->
    [one] reply
   *[other] replies
}
count-threads = { $count ->
    [one] { $count } discussion
   *[other] { $count } discussions
}
count-threads-here = { $count ->
    [one] { $count } discussion here
   *[other] { $count } discussions here
}
count-followers-here = { $count ->
    [one] { $count } follower here
   *[other] { $count } followers here
}
count-followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
}
followers-from = { $count ->
    [one] from { $count } organization
   *[other] from { $count } organizations
}
count-communities = { $count ->
    [one] { $count } community
   *[other] { $count } communities
}
count-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
