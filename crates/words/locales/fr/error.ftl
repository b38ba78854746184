trouble-not-found = Cette page n’existe pas
trouble-not-found-text = L’adresse est peut-être mal écrite, ou ce qui était ici a bougé. Rien de vous n’est perdu.
trouble-not-allowed = Ceci ne vous est pas ouvert
trouble-not-allowed-text = Il faut peut-être vous connecter, ou demander à une personne qui s’occupe de ce lieu.
trouble-gone = Ceci a été supprimé
trouble-gone-text = C’était ici, et cela a été retiré par qui l’avait écrit ou par les personnes qui s’occupent de ce lieu.
trouble-too-many = Un peu plus lentement
trouble-too-many-text = { $count ->
    [one] Cela fait beaucoup de demandes en peu de temps. Réessayez dans { $count } minute.
   *[other] Cela fait beaucoup de demandes en peu de temps. Réessayez dans { $count } minutes.
}
trouble-fault = Quelque chose s’est brisé de notre côté
trouble-fault-text = Vous n’y êtes pour rien, et c’est noté. Réessayez dans un moment.
trouble-unavailable = Rien ne peut être enregistré ici pour le moment
trouble-unavailable-text = Le stockage de ce serveur est plein ou hors d’atteinte, et son journal en avertit les responsables. Rien n’a été fait à moitié. Réessayez dans quelques minutes.
trouble-expired = Cette page était ouverte depuis trop longtemps
trouble-expired-text = Par prudence, rien n’a été fait de ce que vous avez envoyé.
trouble-unreadable = Nous n’avons pas pu lire ce qui a été envoyé
trouble-unreadable-text = Revenez en arrière et réessayez. Si cela se répète, dites-le à la personne qui s’occupe de ce serveur.
trouble-too-large = C’est trop grand
trouble-too-large-text = Ce qui a été envoyé est plus grand que ce que ce serveur accepte. Envoyez moins à la fois, ou une image plus petite.
trouble-unreachable = Un autre serveur n’a pas répondu
trouble-unreachable-text = Il fallait demander à { $host }, qui n’a pas répondu à temps. Rien n’a changé; réessayez plus tard.
trouble-reference = Référence pour la personne qui s’occupe de ce serveur :
trouble-kept = Nous avons gardé ce que vous avez écrit
trouble-kept-text = Relisez, puis envoyez de nouveau.
trouble-kept-label = Ce que vous avez écrit
trouble-again = Envoyer de nouveau
