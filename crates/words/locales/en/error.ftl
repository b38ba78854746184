error-not-found = Page not found
error-not-found-text = Check the address for typing errors. The page may also have moved. You haven’t lost anything.
error-not-allowed = You don’t have access to this
error-not-allowed-text = Try signing in. If you still don’t have access, ask a facilitator or an administrator.
error-gone = This has been deleted
error-gone-text = The author, a facilitator or an administrator has deleted it.
error-gone-actor = This account isn’t available
error-gone-actor-text = It has been suspended or deleted. A suspended account can come back. If it’s yours, ask an administrator of its site.
error-gone-community = This community isn’t open
error-gone-community-text = It has been suspended, or closed by its facilitators. Nobody can write in it.
error-too-many = Too many requests
error-too-many-text = { $count ->
    [one] We received many requests from you in a short time. Try again in { $count } minute.
   *[other] We received many requests from you in a short time. Try again in { $count } minutes.
}
error-fault = Something went wrong on our side
error-fault-text = It wasn’t anything you did, and we’ve logged it. Try again in a moment.
error-timed-out = This took too long
error-timed-out-text = We stopped waiting. It may have been saved. Check first, then send it again.
error-unavailable = We can’t save anything right now
error-unavailable-text = The database is full or out of reach, and the administrators have been alerted in the log. Nothing was saved halfway. Try again in a few minutes.
error-expired = Please send it again
error-expired-text = Your session expired before you sent this form. For your security, we did nothing with it.
error-unreadable = We couldn’t read your request
error-unreadable-text = Go back and try again. If it happens again, tell an administrator.
error-incomplete-link = This link is incomplete
error-incomplete-link-text = It doesn’t say what to follow or open. Go back to the site you came from and try again, or search here for the address.
error-too-large = This is too large
error-too-large-text = Send less at once, or a smaller picture.
error-unreachable = Another site didn’t respond
error-unreachable-text = We couldn’t get an answer from { $host } in time. Nothing was changed. Try again later.
error-reference = Reference for the administrators:
error-kept = We kept what you wrote
error-kept-text = Check it, then send it again.
error-kept-sign-in = Sign in here, and it is sent.
error-sign-in-again = Sign in and send
error-kept-label = What you wrote
error-again = Send again
