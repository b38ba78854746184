## Joining a community
join = Join
join-ask = Ask to join
join-pending = Request sent
join-member-badge = Member
join-title = Join { $name }
join-intro = The facilitators read what you write here and decide. You’ll be told what they decide.
join-open-intro = You become a member at once, and follow the community. You can leave whenever you want.
join-who-reads = Only the facilitators of this community read your answers.
join-name = Your name
join-enter-answer = Answer this question
join-ask-submit = Send my request
join-have-account = Do you have an account here?
join-needs-account = You need an account on this site to join.
join-invitation-only = People join this community by invitation. Ask a facilitator.
join-not-possible = You can’t join this community.
join-member = You are a member of this community.
join-to-community = Go to the community
join-own = Your request
join-sent-on = sent on
join-waiting-hint = A facilitator will read your request. You’ll be told what they decide.
join-withdraw = Withdraw my request
join-answer = Your answer
join-answer-submit = Send my answer
join-state-unconfirmed = Address not confirmed
join-state-waiting = Waiting
join-state-asked = Waiting for an answer
join-state-accepted = Accepted
join-state-declined = Declined
join-state-withdrawn = Withdrawn
join-said-question = A facilitator asks
join-said-own-answer = You answered
join-said-answer = Answer
join-said-note = Note for facilitators only
join-said-decision = With the decision
join-mail-sent-title = Look at your mail
join-mail-sent = We have sent a message to { $address }. Open its link to confirm your request.
join-mail-sent-hint = The facilitators see your request once you have confirmed it. The link is valid for one week.
join-demo-mail = Read this mail in the demo
join-request-title = Your request to join { $name }
join-confirm-intro = Confirm that you want to send this request.
join-confirm-submit = Yes, send my request
join-claim = Join with your account
join-claim-hint = Your request was accepted. Join with the account that you are signed in with.
join-claim-submit = Join now
join-make-account = Your request was accepted
join-make-account-hint = Choose a username and a password, and you’re in.
join-make-account-submit = Create my account and join
join-dead-title = This link no longer works
join-dead-text = It has been used, or it is too old. Ask to join again on the page of the community: you’ll get another link.

## Requests, for facilitators
join-requests = Requests to join
join-requests-title = Requests to join { $name }
join-requests-intro = Facilitators see them and decide. Each person is told the decision.
join-requests-none = No requests here
join-requests-waiting = { $count ->
    [one] { $count } request to join
   *[other] { $count } requests to join
}
join-settings-link = How people join
join-filter-waiting = Waiting
join-filter-decided = Decided
join-without-account = no account yet
join-accept-chosen = Accept the chosen ones
join-request-of = Request of { $name }
join-decide = Decide
join-decide-hint = The person is told what you write, but not a note. To decline without a reason, leave the text empty.
join-text = Message, question or note
join-enter-text = Write something
join-accept = Accept
join-ask-back = Ask a question
join-decline = Decline
join-note = Add a note

## How people join
join-settings-title = How people join { $name }
join-policy = Who becomes a member?
join-policy-open = Anyone who wants to
join-policy-open-hint = One click, and they are members.
join-policy-application = People who ask, once a facilitator accepts them
join-policy-application-hint = They answer your questions, also without an account.
join-policy-invitation = Nobody by themselves
join-policy-invitation-hint = Facilitators make people members.
join-questions = Questions
join-questions-hint = Name and e-mail address are always asked of people without an account. Empty questions are left out; with none at all, the usual ones are asked.
join-question-en = Question { $number } (English)
join-question-fr = Question { $number } (French)
join-question-required = Question { $number } must be answered

## Members and roles
role-member = Member
role-member-hint = Takes part, and reads what is for members.
role-moderator = Moderator
role-moderator-hint = Also removes and restores posts.
role-facilitator = Facilitator
role-facilitator-hint = Also decides on requests, roles, tags and what the community says of itself.
members = Members
members-hint = They take part, and read what is for members.
members-private = Names are shown only to members.
members-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
member-role = Role
member-change = Change role
member-title = Role of { $name }
member-remove = End membership
member-remove-hint = They no longer read what is for members. What they wrote stays.
leave = Leave
leave-title = Leave { $name }?
leave-intro = You no longer read what is for members. What you wrote stays, and you go on following the community until you stop that too.
leave-submit = Leave the community
leave-stay = Stay

## Mails to people without an account
mail-reason-join = You receive this message because somebody asked, with this address, to join { $community } at { $site }.
mail-join-unasked = If you did not ask for this, ignore this message: nothing will happen.
mail-join-confirm-subject = Confirm your request to join { $community }
mail-join-confirm-text = You asked to join { $community } at { $site }. Open this link to confirm your request and to see what becomes of it.
mail-join-confirm-action = See my request
mail-join-account-subject = You asked to join { $community }
mail-join-account-text = Somebody asked to join { $community } with your address. You have an account at { $site }: sign in and ask there.
mail-join-account-action = Sign in and join
mail-join-asked-subject = A question about your request to join { $community }
mail-join-asked-text = A facilitator of { $community } would like to know more:
mail-join-asked-action = Answer
mail-join-accepted-subject = Welcome to { $community }
mail-join-accepted-text = Your request to join { $community } was accepted. Open this link to create your account, or to join with the one you have.
mail-join-accepted-action = Join now
mail-join-declined-subject = Your request to join { $community }
mail-join-declined-text = The facilitators of { $community } did not accept your request.
mail-join-declined-action = See my request
