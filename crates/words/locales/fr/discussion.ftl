kind-discussion = Discussion
kind-discussion-hint = De quoi réfléchir ensemble
kind-question = Question
kind-question-hint = Il vous faut une réponse, ou plusieurs
kind-tip = Astuce
kind-tip-hint = Ce qui marche, à reprendre
kind-story = Récit
kind-story-hint = Ce qui s’est passé, ce que vous en retenez
kind-announcement = Annonce
kind-announcement-hint = Une chose à savoir; les réponses sont bienvenues
kind-event = Évènement
event-when = Quand
event-where = Où

## Une discussion
from-servers = { $count ->
    [one] de { $count } serveur
   *[other] de { $count } serveurs
}
edited = modifié
helpful = { $count ->
    [one] Utile à { $count }
   *[other] Utile à { $count }
}
helpful-none = Utile
reply = Répondre
link = Lien
origin = Original
in-reply-to = En réponse à { $name }
post-deleted = Supprimé
post-removed = L’équipe de modération de cette communauté a retiré ce message. Vous seul·e et cette équipe le voyez encore.
replies-none = Aucune réponse pour l’instant
replies-none-hint = Une réponse courte, ou « ici aussi », aide déjà la personne qui demande.
reply-title = Votre réponse
reply-body = Ce que vous avez essayé, et appris
reply-hint = Public : toute personne qui a le lien peut la lire. Le Markdown fonctionne, et @nom@hôte mentionne quelqu’un.
reply-lang = Langue
reply-to = En réponse à
reply-to-cancel = Répondre plutôt à toute la discussion
sign-in-to-reply = pour répondre.
preview-empty = Rien à voir pour l’instant.

## Rédiger
compose-ask = Demander à la communauté
compose-ask-intro = Une bonne question dit ce que vous cherchez à faire, ce que vous avez essayé et où cela bloque.
compose-share = Partager avec la communauté
compose-share-intro = Une astuce, un récit, une réflexion : qu’est-ce qui vous aurait aidé il y a un an?
compose-edit-thread = Modifier la discussion
compose-edit-reply = Modifier la réponse
compose-edit-intro = On verra que le texte a été modifié et on pourra lire ce qu’il disait avant.
compose-kind = Qu’est-ce que c’est?
compose-title = Titre
compose-title-hint = Ce que vos collègues reconnaîtraient dans une liste.
compose-body = Texte
compose-body-hint = Le Markdown fonctionne, et @nom@hôte mentionne quelqu’un. Laissez de côté ce qui pourrait identifier une personne soignée.
compose-lang = Langue de ce texte
compose-second = Ajouter le texte dans une deuxième langue
compose-second-hint = Les personnes qui lisent cette langue le verront en premier.
compose-title2 = Titre dans l’autre langue
compose-body2 = Texte dans l’autre langue
compose-public = Public : tout le monde peut le lire, et il part vers les serveurs de toutes les personnes abonnées.
compose-public-remote = Public : il part vers { $host }, qui le transmet aux serveurs de tous les abonnés.
compose-submit = Publier

## Supprimer, historique
delete-title = Supprimer cette réponse?
delete-thread = Supprimer cette discussion?
delete-intro = On ne peut pas revenir en arrière. Une marque reste à sa place, pour que les réponses autour gardent leur sens.
delete-replies = { $count ->
    [one] La réponse reçue ({ $count }) reste.
   *[other] Les { $count } réponses reçues restent.
}
delete-elsewhere = Les autres serveurs qui en ont une copie sont priés de la supprimer aussi. La plupart le font; personne ne peut le garantir.
delete-submit = Supprimer
delete-keep = Garder
history-title = Ce que cela disait avant
history-intro = Les versions de ce que { $name } a écrit, la plus récente d’abord.
history-back = Revenir à la discussion
history-current = Actuelle
history-first = Première
read-on = Lire la suite
