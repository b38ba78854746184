trouble-not-found = There is no such page
trouble-not-found-text = The address may be mistyped, or what was here has moved. Nothing of yours is lost.
trouble-not-allowed = This is not open to you
trouble-not-allowed-text = You may need to sign in, or to ask somebody who looks after this place.
trouble-gone = This has been deleted
trouble-gone-text = It was here once, and was taken away by whoever wrote it or by those who look after this place.
trouble-too-many = A little slower, please
trouble-too-many-text = { $count ->
    [one] That was many requests in a short time. Try again in { $count } minute.
   *[other] That was many requests in a short time. Try again in { $count } minutes.
}
trouble-fault = Something broke on our side
trouble-fault-text = It is not your doing, and it has been written down. Try again in a moment.
trouble-unavailable = Nothing can be saved here at the moment
trouble-unavailable-text = This server’s storage is full or out of reach, and those who look after it have been told in its log. Nothing was half done. Try again in a few minutes.
trouble-expired = This page had been open for too long
trouble-expired-text = To be safe, nothing was done with what you sent.
trouble-unreadable = We could not read what was sent
trouble-unreadable-text = Go back and try once more. If it happens again, tell whoever looks after this server.
trouble-too-large = This is too large
trouble-too-large-text = What was sent is larger than this server takes. Send less at once, or a smaller picture.
trouble-unreachable = Another server did not answer
trouble-unreachable-text = { $host } had to be asked, and did not answer in time. Nothing was changed; try again in a while.
trouble-reference = Reference for whoever looks after this server:
trouble-kept = We kept what you wrote
trouble-kept-text = Look it over, and send it again.
trouble-kept-label = What you wrote
trouble-again = Send it again
