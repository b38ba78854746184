## En-tête, navigation et pied de chaque page
skip = Aller au contenu
language = Langue
search-label = Chercher, ou l’adresse d’une communauté, d’une personne ou d’une discussion
search-placeholder = Chercher, ou coller !communauté@hôte
nav-main = Navigation principale
nav-home = Accueil
nav-communities = Communautés
nav-people = Personnes
nav-search = Recherche
nav-notices = Avis
nav-me = Moi
nav-admin = Administration
nav-mine = Mes communautés
nav-mine-none = Les communautés que vous suivez apparaîtront ici.
nav-new = à lire
nav-waiting = en attente
menu-me = Mon menu
menu-page = Ma page
menu-settings = Réglages
sign-in = Se connecter
sign-out = Se déconnecter
sign-up = S’inscrire
footer-made = Fait avec Hedgerow, où les communautés de pratique se rencontrent d’une organisation à l’autre.
footer-api = Pour les programmes
footer-limits = Serveurs limités
footer-source = Code source
footer-trial = Pour l’instant, ce serveur ne répond que sur cette machine : c’est un essai. Les autres serveurs ne peuvent pas le joindre.
pager = Pages
pager-prev = Précédente
pager-next = Suivante
pager-at = Page { $page } de { $pages }
crumbs = Où l’on est
filter = Afficher
sort = Trier par
actions = Actions
new = Nouveau
edit = Modifier
delete = Supprimer
save = Enregistrer
cancel = Annuler
retry = Réessayer
never = jamais
by = par
since = depuis le
active = active
mark-all-read = Tout marquer comme lu
in-english = En anglais
in-french = En français
also-here = Aussi en français
also-available = Aussi disponible en français
hosted-by = Hébergée par
follow = Suivre
following = Vous suivez
unfollow = Ne plus suivre
follow-pending = Demande envoyée
follow-cancel = Retirer la demande

## Formulaires
form-errors = Quelque chose demande votre attention
form-optional = facultatif
form-write = Écrire
form-preview = Aperçu

## Nombres
count-new = { $count ->
    [one] { $count } à lire
   *[other] { $count } à lire
}
count-replies = { $count ->
    [one] { $count } réponse
   *[other] { $count } réponses
}
replies-word = { $count ->
    [one] réponse
   *[other] réponses
}
count-threads = { $count ->
    [one] { $count } discussion
   *[other] { $count } discussions
}
count-followers = { $count ->
    [one] { $count } abonnement
   *[other] { $count } abonnements
}
count-servers = { $count ->
    [one] sur { $count } serveur
   *[other] sur { $count } serveurs
}
count-communities = { $count ->
    [one] { $count } communauté
   *[other] { $count } communautés
}
count-people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
