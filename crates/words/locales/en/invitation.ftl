## Invitations to a community
invitations = Invitations
invitations-title = Invitations to { $name }
invitations-intro = They become members once they accept, whatever else the community asks of people. They can decline, and you see it here.
invitations-member-intro = Invite colleagues: up to five a day by e-mail and five by username. The facilitators see whom you invite.
invitations-by-mail = By e-mail
invitations-by-link = By link
invitations-by-list = From a list
invitations-addresses = Addresses or usernames
invitations-addresses-hint = One on each line, 50 at most. A username on this site begins with @.
invitations-words = A personal word
invitations-words-hint = It stands in the e-mail, as you write it.
invitations-lang = Language of the e-mail
invitations-submit = Send the invitations
invitations-sent-heading = Sent
invitations-none = No invitations by e-mail yet
invitations-limit = A community sends at most 1,000 invitations a day. What is above that goes out on the following days.
invitation-by = invited by { $name }
invitation-accepted-by = accepted by
invitation-until = until
invitation-state-queued = Being sent
invitation-state-sent = Sent
invitation-state-refused = Not delivered
invitation-state-accepted = Accepted
invitation-state-declined = Declined
invitation-state-revoked = Revoked
invitation-expired = Expired
invitation-resend = Send again
invitation-revoke = Revoke
invite-colleague = Invite a colleague
invited-by = Invited by { $name }

## Links
invitation-links-title = Links that admit to { $name }
invitation-links-intro = Whoever opens such a link becomes a member at once, also somebody who creates an account for it. Give it only to people you trust with passing it on.
invitation-link-new = New link
invitation-link-life = How long does it work?
link-life-day = One day
link-life-week = One week
link-life-month = 30 days
link-life-quarter = 90 days
invitation-link-uses = For how many people?
invitation-link-uses-hint = 1 to 1,000
enter-uses = Enter a number
invitation-link-make = Make the link
invitation-link-fresh = Your new link
invitation-link-fresh-hint = Copy it now. It is shown only this once.
invitation-link-address = Link
invitation-links-none = No links yet
invitation-link-left = { $left } of { $max } left
invitation-link-ended = Ended
invitation-link-came = came by it:

## Lists
invitation-list-title = Invite to { $name } from a list
invitation-list-intro = Upload a file, or paste rows from a spreadsheet: name, address, language (en or fr), personal word. You see each row before anything is sent.
invitation-list-file = CSV file
invitation-list-file-hint = At most 10,000 people and 2 MB.
invitation-list-rows = Or paste the rows here
invitation-list-rows-hint = Separated by commas, semicolons or tabs; with or without a first line that names the columns.
invitation-list-lang = Language of the e-mail, where a row names none
invitation-list-check = Check the list
invitation-list-preview = Check the list before it is sent
invitation-list-good = { $count ->
    [one] { $count } person will be invited.
   *[other] { $count } people will be invited.
}
invitation-list-bad = { $count ->
    [one] { $count } row is left out.
   *[other] { $count } rows are left out.
}
invitation-list-nothing = Nothing is sent until you confirm.
invitation-list-faults = Rows that are left out
invitation-list-more-faults = Only the first ones are shown here.
invitation-list-people = All rows
invitation-list-row = Row
invitation-list-what = What happens
invitation-list-will = will be invited
invitation-list-confirm = Send the invitations
invitation-list-discard = Send nothing
invitation-list-confirmed = These invitations are being sent, at most 1,000 a day.
row-problem-no-address = There is no address
row-problem-address = This is not an e-mail address
row-problem-name = The name is too long or has characters that can’t be read
row-problem-formula = This looks like a formula of a spreadsheet
row-problem-language = Write en or fr
row-problem-words = The personal word is too long or has characters that can’t be read
row-problem-quotes = A quotation mark is missing
row-problem-twice = The same address is in an earlier row
row-problem-invited = Invited already
row-problem-member = Accepted an invitation, and is a member
row-problem-banned = Accepted an invitation, and is banned since
enter-people-list = Choose a file or paste some rows

## For those who are invited
my-invitations-title = Invitations to you
my-invitations-intro = Communities that somebody would like you to join.
my-invitations-none = No invitations are waiting for you. When somebody invites you to a community, you find it here.
my-invitations-decline = No, thanks
invited-by-to = { $inviter } invites you
invited-title = Invitation to { $name }
invited-intro = { $inviter } invites you to become a member of { $community }.
invited-intro-unknown = You are invited to become a member of { $community }.
invited-as = Join as { $name }
invited-other-address = This invitation was sent to { $address }. If you accept, you join with the account that you are signed in with.
invited-another = You are signed in as { $name }, but this invitation is for another account. Sign out, then sign in with the account that has the address { $address }.
invited-has-account = You have an account here with the address { $address }. Sign in to accept.
invited-create = Create an account to join
invited-create-hint = Your address { $address } is confirmed already.
invited-create-submit = Create my account and join
invited-no-account = This site creates no account from this invitation. If you have one here, sign in.
invited-decline = Decline
invited-decline-title = Decline this invitation?
invited-decline-hint = Whoever invited you is told that you declined.
invited-never = Decline, and no more invitations from this site
invited-never-hint = No community of this site will be able to send an invitation to { $address } again.
invited-declined-title = You have declined
invited-declined = Nothing more happens. You can close this page.
invited-member = You are already a member of this community.
admitted-intro = { $inviter } gave you a link with which you become a member of { $community } at once. You can leave whenever you want.
admitted-guest-intro = With this link you become a member of { $community }. Enter your name and address: we send you an e-mail to confirm it, and then you create your account.
admitted-elsewhere = If you have an account on another server, you can follow { $address } from there. To become a member you need an account here.
admitted-guest-submit = Go on
admitted-used-up = This link has been used as often as it may be. Ask whoever gave it to you for another one.
invitation-dead-title = This invitation no longer works
invitation-dead = It has been used or taken back, or it is too old. Ask whoever gave it to you for another one.

## How much one wants to hear
join-rhythm = How much would you like to hear by e-mail?
join-rhythm-at-once = Each new discussion
join-rhythm-daily = Once a day
join-rhythm-weekly = Once a week
join-rhythm-never = Only when somebody names me or replies to me

## Who may invite, and mail domains
join-invitations = Invitations
join-members-invite = Members may invite colleagues
join-members-invite-hint = By e-mail and by username, five a day each. You see who invited whom.
join-policy-eligibility = People of certain organizations
join-policy-eligibility-hint = Whoever has a confirmed address in one of the mail domains below joins at once. Others can ask.
join-domains = Mail domains
join-domains-hint = One on each line, 50 at most: hospital.example, or *.hospital.example for its subdomains too. They are shown to people who want to join.
join-eligible-intro = People with a confirmed e-mail address of these organizations become members at once:
join-eligible-others = You can ask to join all the same; the facilitators decide.
join-eligible-own = Your address is one of them.

## The mail
mail-greeting-unknown = Hello,
mail-invitation-subject = { $inviter } invites you to { $community }
mail-invitation-text = { $inviter } invites you to become a member of { $community } at { $site }.
mail-invitation-words = { $inviter } writes:
mail-invitation-action = See the invitation
mail-invitation-decline = Decline
mail-invitation-never = No more invitations from this site
mail-reason-invitation = You receive this message because { $inviter } entered your address to invite you to { $community } at { $site }. You are not on any list, and nothing happens unless you accept.
