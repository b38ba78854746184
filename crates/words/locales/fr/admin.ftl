admin-overview = Aperçu
admin-accounts = Comptes
admin-communities = Communautés
give-intro = Personne ne peut s’occuper de ces communautés : les personnes qui les animaient sont suspendues ou parties. Confiez chacune à quelqu’un.
give-none = Chaque communauté a quelqu’un qui s’en occupe.
give-title = Confier une communauté
give-community = Communauté
give-person = Qui l’animera
give-person-hint = Son identifiant ici, par exemple @ann. Cette personne suivra aussi la communauté.
give-submit = Confier
admin-invitations = Invitations
admin-peers = Autres serveurs
admin-queue = Livraisons
admin-settings = Site
admin-intro = Comment va { $site }, et ce qui vous attend.
admin-needs-attention = (à regarder)
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
admin-accounts-intro = Approuver ouvre un compte; suspendre le déconnecte et cache ce qu’il a écrit.
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
invite-intro = Une invitation est un lien à remettre. Qui l’ouvre peut créer un compte.
invite-new = Nouvelle invitation
invite-uses = Combien de fois elle sert
invite-once = Une fois
invite-ten = Dix fois
invite-hundred = Cent fois
invite-days = Combien de temps elle sert
invite-week = Une semaine
invite-month = Un mois
invite-year = Un an
invite-submit = Créer une invitation
invite-made = Invitations
invite-none = Aucune invitation n’est ouverte.
invite-by = Par { $name }
invite-left = { $count ->
    [one] sert encore { $count } fois
   *[other] sert encore { $count } fois
}
invite-until = jusqu’au
invite-withdraw = Retirer
peers-intro = Les serveurs que celui-ci a rencontrés. Celui qui fait défaut est essayé de moins en moins souvent; après une semaine de silence, plus rien n’est mis en file pour lui jusqu’à ce qu’il donne signe de vie.
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
peer-ok = Bien
peer-failing = En défaut
peer-parked = Silencieux
peer-failures = { $count ->
    [one] { $count } échec de suite
   *[other] { $count } échecs de suite
}
peer-given-up = { $count ->
    [one] { $count } abandonnée
   *[other] { $count } abandonnées
}
queue-waiting = { $count ->
    [0] Rien n’est en route.
    [one] { $count } livraison est en route.
   *[other] { $count } livraisons sont en route.
}
queue-failed = { $count ->
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
queue-local = ce serveur
queue-state-failed = Mise de côté
queue-state-waiting = En attente
queue-next = Prochain essai
queue-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
}
peers-met = Serveurs rencontrés
peers-rules = Avec qui nous échangeons
peer-silenced = Mis en sourdine
peer-blocked = Bloqué
rules-intro = Quels autres serveurs celui-ci écoute, informe et montre.
policy-now-open = Il échange avec tout le monde, sauf les serveurs bloqués.
policy-now-allow-list = Il n’échange qu’avec les domaines admis ci-dessous.
policy-now-closed = Il n’échange avec personne.
policy-title = La règle pour tous
policy-mode = Ce serveur échange avec
policy-open = Tout le monde
policy-open-hint = Sauf les serveurs bloqués ci-dessous. C’est ainsi que grandit un réseau de pratique.
policy-allow-list = Seulement les serveurs admis
policy-allow-list-hint = Rien n’est reçu d’un domaine qu’aucune règle ci-dessous n’admet, ni demandé, ni envoyé.
policy-closed = Personne
policy-closed-hint = Communautés et personnes ne peuvent être ni trouvées ni suivies d’ailleurs. Ce qui est arrivé jusqu’ici reste.
policy-publish = Montrer à tous les domaines limités
policy-publish-hint = Avec leurs raisons, sur une page liée au bas de chaque page. Les notes ne sont jamais montrées.
limit-new = Une règle pour un domaine
limit-edit = Modifier cette règle
limit-domain = Domaine
limit-domain-hint = Par exemple spam.example. Tous les noms qui en dépendent sont visés; si plusieurs règles conviennent, le domaine le plus long décide.
limit-severity = Ce qu’il en advient
limit-block = Bloquer
limit-block-hint = Rien n’est échangé. Ce qui en est ici est caché, et revient si vous levez la règle; les abonnements sont suspendus dans les deux sens, et reviennent aussi.
limit-silence = Mettre en sourdine
limit-silence-hint = Seules les personnes qui y suivent quelqu’un le voient. Il n’apparaît ni dans les recherches ni dans les listes, et ses inconnus ne causent aucun avis.
limit-allow = Admettre
limit-allow-hint = Il est sur la liste des admis, et échappe à la règle d’un domaine plus large.
limit-noop = Seulement ce qui est coché ci-dessous
limit-noop-hint = Comme tout autre, sauf pour les images ou les signalements.
limit-reason = Raison, pour tous
limit-reason-hint = Montrée là où le sont les domaines limités.
limit-note = Note, pour les personnes qui prennent soin de ce serveur
limit-note-hint = Ce qui s’est passé, qui a décidé, quand y revenir.
limit-more = Images, signalements, et présence dans la liste
limit-media = Ne pas y chercher d’images
limit-reports = Ne pas écouter ses signalements
limit-obscure = Cacher le milieu de son nom dans la liste publique
limit-rule = Règle
limit-ends = Bloquer { $domain } suspend des abonnements
limit-ends-ours = { $count ->
    [one] { $count } abonnement d’une personne d’ici
   *[other] { $count } abonnements de personnes d’ici
}
limit-ends-theirs = { $count ->
    [one] { $count } abonnement d’une personne de là-bas
   *[other] { $count } abonnements de personnes de là-bas
}
limit-ends-hint = Personne n’en est averti là-bas. Les abonnements reviennent quand le blocage est levé.
limit-ends-submit = Bloquer
limit-submit = Écrire cette règle
limit-lift = Lever
limit-why = Pourquoi
limit-since = Depuis le
limit-no-reason = Aucune raison donnée
limit-note-short = Note :
limit-media-short = sans images
limit-reports-short = sans signalements
rules-title = Règles pour des domaines
rules-none = Il n’y a pas encore de règle. Tous sont traités de la même façon.
rules-none-such = Il n’y a aucune règle de ce genre.
rules-filter-all = Toutes
rules-filter-block = Bloqués
rules-filter-silence = En sourdine
rules-filter-noop = Autres
rules-filter-allow = Admis
lists-title = Listes
lists-text = Les listes sont des fichiers CSV tels que Mastodon les lit et les écrit, pour être partagées avec les personnes qui prennent soin d’autres serveurs.
list-import = Reprendre une liste
list-file = Fichier
list-file-hint = Au plus 1 Mio et 50 000 lignes. La première ligne nomme les colonnes : #domain,#severity,… ou #domain seul pour des domaines admis. Les règles des mêmes domaines sont remplacées.
list-import-submit = La reprendre
list-export = Obtenir nos règles en liste
list-export-limited = Domaines limités
list-export-allowed = Domaines admis
list-imported = { $count ->
    [0] Aucune règle n’a été reprise.
    [one] { $count } règle a été reprise.
   *[other] { $count } règles ont été reprises.
}
list-unused = { $count ->
    [one] { $count } ligne n’a pas servi.
   *[other] { $count } lignes n’ont pas servi.
}
list-more = { $count ->
    [one] Et { $count } autre.
   *[other] Et { $count } autres.
}
list-line = Ligne
list-text = Ce qu’elle dit
list-why = Pourquoi elle n’a pas servi
list-unused-domain = Elle ne nomme aucun domaine.
list-unused-severity = La sévérité n’est ni suspend, ni silence, ni noop.
list-unused-flag = Une colonne qui est vraie ou fausse contient autre chose.
list-unused-quote = Un guillemet n’est pas fermé, ou se trouve là où il ne peut être.
list-unused-reason = La raison dépasse 1 000 caractères.
list-unused-repeated = Une ligne précédente parle du même domaine.
list-unused-ours = C’est notre propre domaine.
limits-title = Serveurs que celui-ci limite
limits-intro = Avec qui { $site } n’échange pas, ou seulement en sourdine, et pourquoi.
limits-none = Aucun serveur n’est limité.
limits-domain = Serveur
limits-blocked = Bloqués
limits-blocked-hint = Rien n’est échangé avec eux, et rien de ce qui en vient n’est montré.
limits-silenced = En sourdine
limits-silenced-hint = Seules les personnes qui y suivent quelqu’un voient ce qui s’y écrit.
