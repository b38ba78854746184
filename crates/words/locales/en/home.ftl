welcome-communities = Our communities
welcome-none = No community has been founded yet.
welcome-latest = Latest discussions
welcome-what = Communities of practice
welcome-what-text = People who do similar work ask, tell and try things out together. Reading along is welcome; so is a first question.
welcome-remote = Across organizations
welcome-remote-text = Communities here can be followed from other servers, and theirs from here, with the account you have.
welcome-both = In English and French
welcome-both-text = Every page speaks both. Write in yours; add the other when you can.
today = Today
today-intro = Good to see you, { $name }. This is what happened in the places you follow.
today-answers = Replies to you
today-notices = All notices
today-answered = replied in
today-new = New in your communities
today-more = { $count ->
    [one] { $count } more
   *[other] { $count } more
}
today-caught-up = You have seen everything. It is quiet for now.
today-suggest = You may want to follow
today-tip = From another server
today-tip-text = Paste the address of a community, person or discussion into the search box to open it here.
today-empty = Begin with a community
today-empty-text = This page gathers what is new in the communities you follow: questions waiting for an answer, replies to you, stories from the field.
today-empty-example = For example: follow one from your own work, and one from next door.
