kind-discussion = Discussion
kind-discussion-hint = Un sujet auquel réfléchir ensemble
kind-question = Question
kind-question-hint = Il vous faut une réponse, ou plusieurs
kind-tip = Astuce
kind-tip-hint = Quelque chose qui marche et qui peut servir à d’autres
kind-story = Récit
kind-story-hint = Ce qui s’est passé, ce que vous en retenez
kind-announcement = Annonce
kind-announcement-hint = Une information à faire connaître; les réponses sont bienvenues
kind-event = Évènement
event-when = Quand
event-where = Où

## Une discussion
from-organizations = { $count ->
    [one] { $count } organisation participe
   *[other] { $count } organisations participent
}
edited = modifié
helpful = { $count ->
    [one] Utile pour { $count } personne
   *[other] Utile pour { $count } personnes
}
helpful-none = Utile
thread-unread = { $count ->
    [one] { $count } réponse non lue.
   *[other] { $count } réponses non lues.
}
thread-unread-jump = Aller à la première
watch = Suivre la discussion
watching = Vous êtes avisé·e de chaque réponse
unwatch = Ne plus suivre
mute = Mettre en sourdine
muted = En sourdine : aucune notification de cette discussion
unmute = Réactiver les notifications
answered = Résolue
accepted = Réponse acceptée
accepted-answers = { $count ->
    [one] Réponse acceptée
   *[other] { $count } réponses acceptées
}
answer-in-place = La voir dans la discussion
accept = Accepter comme réponse
unaccept = Annuler l’acceptation
reply = Répondre
link = Copier le lien
link-share = Partager le lien
link-copied = Lien copié
origin = Voir sur { $host }
in-reply-to = En réponse à { $name }
post-deleted = Supprimé
post-waiting = En attente : { $host } (nouvel essai sous peu)
post-not-accepted = { $host } n’a pas accepté ce message : il se peut que les gens de ce serveur ne le voient pas.
post-removed = L’équipe de modération de la communauté a retiré ce message. Il reste visible pour vous et pour cette équipe seulement.
replies-none = Aucune réponse pour l’instant
replies-none-hint = Même une réponse courte, ou « ici aussi », aide la personne qui a posé la question.
reply-title = Répondre
reply-body = Votre réponse
reply-hint = Toute personne qui a le lien peut la lire. Dites ce que vous avez essayé et ce que vous avez appris. Pour mentionner une personne, tapez @ et son nom.
reply-lang = Langue
reply-to = En réponse à
reply-to-cancel = Répondre plutôt à toute la discussion
sign-in-to-reply = pour répondre.
preview-unknown = Nous ne connaissons personne du nom de { $name }. Le nom reste du simple texte.
preview-empty = Rien à afficher pour l’instant.
preview-language = Langue de ce texte : { $lang }

## Rédiger
compose-ask = Poser une question à la communauté
compose-ask-intro = Une bonne question dit ce que vous cherchez à faire, ce que vous avez essayé et où cela bloque.
compose-share = Partager avec la communauté
compose-share-intro = Une astuce, un récit, une réflexion : qu’est-ce qui vous aurait été utile il y a un an?
compose-edit-thread = Modifier la discussion
compose-edit-reply = Modifier la réponse
compose-edit-intro = On verra que le texte a été modifié et on pourra lire les versions précédentes.
compose-kind = Que voulez-vous publier?
compose-conflict = Le texte actuel
compose-title = Titre
compose-title-hint = Ce que vos collègues reconnaîtraient dans une liste.
compose-body = Texte
compose-body-hint = N’écrivez rien qui permettrait d’identifier une personne soignée ou accompagnée. Pour mentionner une personne, tapez @ et son nom.
compose-lang = Langue de ce texte
compose-lang-detect = Détecter automatiquement
compose-lang-other = Autre langue ({ $tag })
compose-lang-unknown = Inconnue
compose-second = Ajouter le texte dans une deuxième langue
compose-second-hint = Les personnes qui lisent cette langue le verront en premier.
compose-pictures = Ajouter des images
compose-pictures-hint = Jusqu’à quatre, en PNG, JPEG, WebP ou GIF, de 8 Mo chacune. Décrivez chacune pour les personnes qui ne la voient pas.
compose-picture = Image { $number }
compose-title2 = Titre dans l’autre langue
compose-body2 = Texte dans l’autre langue
compose-more = Plus d’options
content-warning = Avertissement :
compose-warning = Avertissement sur le contenu
compose-warning2 = Avertissement dans l’autre langue
compose-warning-hint = Il s’affiche en premier; le texte et les images s’ouvrent ensuite sur demande.
compose-public = Public : tout le monde peut le lire. Les personnes abonnées d’autres organisations le reçoivent aussi.
compose-public-remote = Public : le texte est envoyé à { $host }, qui le transmet à toutes les personnes abonnées.
compose-not-a-question = Ce n’est pas une question? Choisir un autre type
formatting = Aide à la mise en forme
formatting-tools = Mise en forme
format-bold = Gras
format-italic = Italique
format-link = Lien
format-list = Liste
format-quote = Citation
format-code = Code
format-person = Mentionner une personne
format-community = Lien vers une communauté
characters-left = Caractères restants :
suggestions = Suggestions
draft-restored = Le brouillon laissé sur cet appareil est rétabli.
draft-discard = Le supprimer
compose-submit = Publier

## Sondages
kind-poll = Sondage
kind-poll-hint = Les gens choisissent parmi les réponses que vous écrivez
compose-poll = Demander aux gens de choisir
compose-poll-intro = Un sondage montre ce que les gens pensent, ou ce dont ils ont le plus besoin. Dites à quoi servira le résultat.
compose-poll-instead = Vous voulez que les gens choisissent parmi des réponses? Lancer un sondage
compose-choices = Choix
poll-choices-hint = Un par ligne, de 2 à 20. Plus personne ne peut les modifier dès que quelqu’un a voté.
compose-choices2 = Choix dans l’autre langue
poll-choices2-hint = Un par ligne, dans le même ordre.
poll-way = Comment les gens choisissent-ils?
poll-way-one = Un seul choix
poll-way-one-hint = Chaque personne en choisit un
poll-way-several = Plusieurs choix
poll-way-several-hint = Chaque personne en choisit autant qu’elle veut
poll-way-ranked = Par ordre d’importance
poll-way-ranked-hint = Une enquête sur les besoins : chaque personne classe ceux qui comptent le plus pour elle
poll-places = Combien de choix chaque personne peut-elle classer?
poll-places-hint = Au plus autant qu’il y a de choix.
poll-results = Qui voit les résultats avant la fin?
poll-results-hint = Après la fin, toute personne qui peut lire le sondage les voit.
poll-results-always = Tout le monde, en tout temps
poll-results-voted = Les personnes qui ont voté
poll-results-end = Personne
poll-names = Afficher qui a voté pour quoi
poll-names-hint = Les gens en sont avertis avant de voter. Seuls les noms des personnes qui votent sur ce site sont affichés.
poll-end = Durée du sondage, à partir de maintenant
poll-end-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
poll-end-never = Sans fin
poll-end-now = Clore le sondage maintenant
poll-end-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
poll-end-same = Laisser la fin telle quelle
poll-result = Résultat du sondage
poll-open = Ouvert, sans fin prévue
poll-open-until = Ouvert jusqu’au
poll-ended = Terminé le
poll-voters = { $count ->
    [one] { $count } personne a voté
   *[other] { $count } personnes ont voté
}
poll-choose-one = Choisissez une réponse
poll-choose-several = Choisissez une ou plusieurs réponses
poll-choose-ranked = Classez ce qui compte le plus pour vous
poll-choose-ranked-hint = { $count ->
    [one] Donnez le numéro 1 au choix le plus important.
   *[other] Donnez le numéro 1 au choix le plus important, puis continuez jusqu’à { $count }. Vous pouvez laisser les autres de côté.
}
poll-no-place = –
poll-vote = Voter
poll-vote-again = Enregistrer mon vote
poll-change = Modifier mon vote
poll-voted = Votre vote est compté.
poll-voted-elsewhere = C’est { $host } qui le compte : il ne peut pas être modifié ici.
poll-reworded = Le texte a été modifié alors que des personnes avaient déjà voté.
poll-reworded-elsewhere = Le texte a été modifié sur { $host }. Des personnes avaient peut-être déjà voté.
poll-sent-to = Votre vote est envoyé à { $host }. Il ne pourra plus être modifié.
poll-changeable = Vous pouvez modifier votre vote jusqu’à la fin.
poll-names-shown = Votre nom est affiché avec ce que vous choisissez.
poll-names-hidden = Aucun nom n’est affiché.
poll-hidden-voted = Vous verrez les résultats après avoir voté.
poll-hidden-end = Tout le monde verra les résultats à la fin.
poll-so-far = Résultats jusqu’ici
poll-mine = Votre choix
poll-mine-place = { $place ->
    [1] Votre 1er choix
   *[other] Votre { $place }e choix
}
poll-percent = { $percent } %
poll-votes = { $count ->
    [one] { $count } vote
   *[other] { $count } votes
}
poll-points = { $count ->
    [one] { $count } point
   *[other] { $count } points
}
poll-first = { $count ->
    [one] premier choix de { $count } personne
   *[other] premier choix de { $count } personnes
}
poll-points-hint = Chaque première place donne le plus de points, et chaque place suivante un de moins.
poll-chosen-by = Choisi par
sign-in-to-vote = pour voter.

## Supprimer, historique
delete-title = Supprimer cette réponse?
delete-thread = Supprimer cette discussion?
delete-intro = Cette action est définitive. Une mention reste à sa place pour que les réponses gardent leur sens.
delete-replies = { $count ->
    [one] La réponse reçue reste.
   *[other] Les { $count } réponses reçues restent.
}
delete-elsewhere = Nous demanderons aux autres sites qui en ont une copie de la supprimer aussi. La plupart le font, mais nous ne pouvons pas le garantir.
delete-submit = Supprimer
delete-keep = Garder
history-title = Historique des modifications
history-intro = Toutes les versions de ce message, de la plus récente à la plus ancienne. Il est signé { $name }.
history-back = Revenir à la discussion
history-current = Actuelle
history-first = Originale
read-on = Lire la suite
note-link = Note
note-back = Retour au texte
