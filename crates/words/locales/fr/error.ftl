error-not-found = Cette page n’existe pas
error-not-found-text = L’adresse est peut-être mal écrite, ou ce qui était ici a bougé. Rien de vous n’est perdu.
error-not-allowed = Ceci ne vous est pas ouvert
error-not-allowed-text = Il faut peut-être vous connecter, ou demander à une personne qui s’occupe de ce lieu.
error-gone = Ceci a été supprimé
error-gone-text = C’était ici, et cela a été retiré par qui l’avait écrit ou par les personnes qui s’occupent de ce lieu.
error-gone-actor = Ce compte n’est pas affiché
error-gone-actor-text = Il a été suspendu ou supprimé. S’il est suspendu, il peut revenir ; si c’est le vôtre, demandez à la personne qui s’occupe de son serveur.
error-gone-community = Cette communauté n’est pas ouverte
error-gone-community-text = Elle a été suspendue, ou fermée par les personnes qui s’en occupent. On ne peut plus rien y écrire.
error-too-many = Un peu plus lentement
error-too-many-text = { $count ->
    [one] Cela fait beaucoup de demandes en peu de temps. Réessayez dans { $count } minute.
   *[other] Cela fait beaucoup de demandes en peu de temps. Réessayez dans { $count } minutes.
}
error-fault = Quelque chose s’est brisé de notre côté
error-fault-text = Vous n’y êtes pour rien, et c’est noté. Réessayez dans un moment.
error-timed-out = C’était trop long
error-timed-out-text = Nous avons cessé d’attendre. C’est peut-être enregistré malgré tout : regardez d’abord, puis envoyez de nouveau.
error-unavailable = Rien ne peut être enregistré ici pour le moment
error-unavailable-text = Le stockage de ce serveur est plein ou hors d’atteinte, et son journal en avertit les responsables. Rien n’a été fait à moitié. Réessayez dans quelques minutes.
error-expired = Cette page était ouverte depuis trop longtemps
error-expired-text = Par prudence, rien n’a été fait de ce que vous avez envoyé.
error-unreadable = Nous n’avons pas pu lire ce qui a été envoyé
error-unreadable-text = Revenez en arrière et réessayez. Si cela se répète, dites-le à la personne qui s’occupe de ce serveur.
error-too-large = C’est trop grand
error-too-large-text = Ce qui a été envoyé est plus grand que ce que ce serveur accepte. Envoyez moins à la fois, ou une image plus petite.
error-unreachable = Un autre serveur n’a pas répondu
error-unreachable-text = Il fallait demander à { $host }, qui n’a pas répondu à temps. Rien n’a changé; réessayez plus tard.
error-reference = Référence pour la personne qui s’occupe de ce serveur :
error-kept = Nous avons gardé ce que vous avez écrit
error-kept-text = Relisez, puis envoyez de nouveau.
error-kept-label = Ce que vous avez écrit
error-again = Envoyer de nouveau
