welcome-communities = Our communities
welcome-none = No communities yet.
welcome-latest = Latest discussions
welcome-what = Communities of practice
welcome-what-text = People who do similar work ask, share and try things out together. You’re welcome to just read, or to ask a first question.
welcome-remote = Across organizations
welcome-remote-text = With your account here, you can follow communities at other organizations. Their people can follow ours.
welcome-both = In English and French
welcome-both-text = Every page is in both languages. Write in yours, and add the other when you can.
today = Today
today-intro = Hello { $name }. Here’s what’s new for you.
today-answers = Replies to you
today-notices = All notifications
today-waiting = Questions waiting for an answer
today-new = New in your communities
today-people = New from people you follow
today-more = { $count ->
    [one] { $count } more
   *[other] { $count } more
}
today-caught-up = You’re all caught up.
today-suggest = Communities you might like
today-tip = From another organization
today-tip-text = Paste the address of a community, person or discussion into the search box to open it here.
today-empty = Start with a community
today-empty-text = This page gathers what’s new in the communities you follow: questions waiting for an answer, replies to you, stories from the field.
today-empty-example = For example: follow one from your own work, and one from a neighbouring field.
