## En-tête, navigation et pied de chaque page
skip = Aller au contenu
language = Langue
search-label = Rechercher des mots, ou l’adresse d’une communauté, d’une personne ou d’une discussion
search-placeholder = Rechercher
nav-main = Navigation principale
nav-home = Accueil
nav-communities = Communautés
nav-people = Personnes
nav-search = Recherche
nav-notices = Notifications
nav-me = Moi
nav-admin = Administration
nav-mine = Mes communautés
nav-mine-none = Les communautés que vous suivez apparaissent ici.
nav-new = à lire
nav-waiting = en attente
menu-me = Mon menu
menu-page = Mon profil
menu-settings = Réglages
sign-in = Se connecter
sign-out = Se déconnecter
sign-up = S’inscrire
footer-made = Propulsé par Hedgerow, où les communautés de pratique se rencontrent d’une organisation à l’autre.
page-about = À propos
page-privacy = Confidentialité
page-conduct = Code de conduite
page-accessibility = Accessibilité
page-contact = Nous joindre
pages-about = À propos de ce site
footer-api = API
footer-limits = Serveurs bloqués
footer-source = Code source
footer-trial = Ceci est un essai : seul cet ordinateur peut joindre ce serveur. Les autres serveurs ne le peuvent pas.
pager = Pages
pager-above = Pages, avant les réponses
pager-page = Page { $page }
pager-prev = Précédente
pager-next = Suivante
pager-at = Page { $page } de { $pages }
title-page = page { $page }
title-error = Erreur :
crumbs = Fil d’Ariane
filter = Filtrer
sort = Trier par
actions = Actions
new = À lire
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
language-en = anglais
language-fr = français
only-in-en = En anglais seulement
only-in-fr = En français seulement
also-available = Aussi disponible en français
hosted-by = Hébergée par
follow = Suivre
following = Vous suivez
unfollow = Ne plus suivre
follow-pending = Demande envoyée
follow-cancel = Annuler la demande

## Formulaires
form-errors = Il y a un problème
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
row-asked = a posé la question
row-posted = a publié
row-replied = a répondu
replies-word = { $count ->
    [one] réponse
   *[other] réponses
}
count-threads = { $count ->
    [one] { $count } discussion
   *[other] { $count } discussions
}
count-threads-here = { $count ->
    [one] { $count } discussion ici
   *[other] { $count } discussions ici
}
count-followers-here = { $count ->
    [one] { $count } personne abonnée ici
   *[other] { $count } personnes abonnées ici
}
count-followers = { $count ->
    [one] { $count } personne abonnée
   *[other] { $count } personnes abonnées
}
followers-from = { $count ->
    [one] de { $count } organisation
   *[other] de { $count } organisations
}
count-communities = { $count ->
    [one] { $count } communauté
   *[other] { $count } communautés
}
count-people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
