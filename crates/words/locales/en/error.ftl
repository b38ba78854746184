error-not-found = There is no such page
error-not-found-text = The address may be mistyped, or what was here has moved. Nothing of yours is lost.
error-not-allowed = This is not open to you
error-not-allowed-text = You may need to sign in, or to ask somebody who looks after this place.
error-gone = This has been deleted
error-gone-text = It was here once, and was taken away by whoever wrote it or by those who look after this place.
error-gone-actor = This account is not shown
error-gone-actor-text = It has been suspended or deleted. If it was suspended, it can come back; if it is yours, ask whoever looks after its server.
error-gone-community = This community is not open
error-gone-community-text = It has been suspended, or closed by those who look after it. Nothing can be written in it.
error-too-many = A little slower, please
error-too-many-text = { $count ->
    [one] That was many requests in a short time. Try again in { $count } minute.
   *[other] That was many requests in a short time. Try again in { $count } minutes.
}
error-fault = Something broke on our side
error-fault-text = It is not your doing, and it has been written down. Try again in a moment.
error-timed-out = This took too long
error-timed-out-text = We stopped waiting. It may have been saved all the same: look first, then send it again.
error-unavailable = Nothing can be saved here at the moment
error-unavailable-text = This server’s storage is full or out of reach, and those who look after it have been told in its log. Nothing was half done. Try again in a few minutes.
error-expired = This page had been open for too long
error-expired-text = To be safe, nothing was done with what you sent.
error-unreadable = We could not read what was sent
error-unreadable-text = Go back and try once more. If it happens again, tell whoever looks after this server.
error-too-large = This is too large
error-too-large-text = What was sent is larger than this server takes. Send less at once, or a smaller picture.
error-unreachable = Another server did not answer
error-unreachable-text = { $host } had to be asked, and did not answer in time. Nothing was changed; try again in a while.
error-reference = Reference for whoever looks after this server:
error-kept = We kept what you wrote
error-kept-text = Look it over, and send it again.
error-kept-label = What you wrote
error-again = Send it again
