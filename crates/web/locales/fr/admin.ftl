admin-overview = Aperçu
admin-accounts = Comptes
admin-invitations = Invitations
admin-peers = Autres serveurs
admin-queue = Livraisons
admin-settings = Site
admin-lede = Comment va { $site }, et ce qui vous attend.
admin-care = (à regarder)
admin-server = Ce serveur
admin-address = Adresse publique
admin-address-fixed = L’adresse publique a été choisie à l’installation et demeure :
admin-version = Version
admin-database = Base de données
admin-since = Depuis le
admin-figure-waiting = comptes en attente d’accord
admin-figure-accounts = comptes
admin-figure-communities = communautés
admin-figure-threads = discussions
admin-figure-peers = autres serveurs connus
admin-figure-parked = serveurs devenus silencieux
admin-figure-queue = livraisons en attente
admin-figure-failed = livraisons mises de côté
admin-accounts-lede = Approuver ouvre un compte; suspendre le déconnecte et cache ce qu’il a écrit.
admin-accounts-none = Aucun compte de ce genre.
accounts-filter-all = Tous
accounts-filter-waiting = En attente
accounts-filter-suspended = Suspendus
account-waiting = En attente
account-suspended = Suspendu
account-admin = Administration
account-since = Depuis le
account-seen = vu
account-approve = Approuver
account-refuse = Refuser
account-suspend = Suspendre
account-restore = Rétablir
invite-lede = Une invitation est un lien à remettre. Qui l’ouvre peut créer un compte.
invite-new = Nouvelle invitation
invite-uses = Combien de fois elle sert
invite-once = Une fois
invite-ten = Dix fois
invite-hundred = Cent fois
invite-days = Combien de temps elle sert
invite-week = Une semaine
invite-month = Un mois
invite-year = Un an
invite-do = Créer une invitation
invite-made = Invitations
invite-none = Aucune invitation n’est ouverte.
invite-by = Par { $name }
invite-left = { $n ->
    [one] sert encore { $count } fois
   *[other] sert encore { $count } fois
}
invite-until = jusqu’au
invite-withdraw = Retirer
peers-lede = Les serveurs que celui-ci a rencontrés. Celui qui fait défaut est essayé de moins en moins souvent; après une semaine de silence, plus rien n’est mis en file pour lui jusqu’à ce qu’il donne signe de vie.
peers-none = Ce serveur n’en a encore rencontré aucun autre. Cherchez une communauté d’ailleurs pour commencer.
peers-filter-all = Tous
peers-filter-failing = En défaut
peers-filter-parked = Silencieux
peer-host = Serveur
peer-state = État
peer-contact = Dernier contact
peer-waiting = En attente
peer-seen = Rencontré le
peer-unknown = Logiciel inconnu
peer-fine = Bien
peer-slow = En défaut
peer-parked = Silencieux
peer-failures = { $n ->
    [one] { $count } échec de suite
   *[other] { $count } échecs de suite
}
queue-waiting = { $n ->
    [0] Rien n’est en route.
    [one] { $count } livraison est en route.
   *[other] { $count } livraisons sont en route.
}
queue-failed = { $n ->
    [0] Aucune n’a été mise de côté.
    [one] { $count } a été mise de côté après trois essais, avec son motif.
   *[other] { $count } ont été mises de côté après trois essais, chacune avec son motif.
}
job-send-post = Envoyer un message ou sa modification
job-relay = Annoncer ce qu’un autre serveur a envoyé
job-announce-thread = Annoncer une discussion par son adresse
job-send-like = Envoyer « jugé utile »
job-send-follow = Demander à suivre
job-answer-follow = Répondre à une demande de suivi
job-send-actor = Envoyer un profil modifié
job-send-actor-removed = Envoyer qu’un compte n’existe plus
job-fan-out = Préparer l’envoi à chaque serveur abonné
job-backfill = Chercher les discussions récentes d’une communauté
job-fetch-picture = Chercher une image
job-repeat-follows = Redemander un suivi resté sans réponse
job-housekeeping = Ménage
queue-filter-all = Toutes
queue-filter-failed = Mises de côté
queue-filter-waiting = En attente
queue-retry-all = Tout réessayer
queue-none = Rien n’attend et rien n’a échoué.
queue-what = Quoi
queue-to = Vers
queue-state = État
queue-made = Créée
queue-inside = ce serveur
queue-aside = Mise de côté
queue-waits = En attente
queue-next = Prochain essai
queue-attempts = { $n ->
    [one] { $count } essai
   *[other] { $count } essais
}
