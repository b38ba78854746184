admin-overview = Aperçu
admin-accounts = Comptes
admin-communities = Communautés
erase-title = Effacer un message pour de bon
erase-overview = Si la loi ou son auteur ou autrice le demande, vous pouvez retirer le texte d’un message de ce site, même là où vous ne le voyez pas.
erase-intro = Son texte, ses images et ses versions précédentes sont supprimés de ce site, y compris là où vous ne les voyez pas, et personne ne peut les rétablir. Si la personne qui l’a écrit a un compte ici, ou si le message se trouve dans une communauté de ce site, les autres sites sont priés de le supprimer aussi. Les réponses restent.
erase-address = Adresse du message
erase-address-hint = Le lien vers la discussion ou la réponse, tel que l’indique la personne qui l’a écrite ou la plainte.
erase-reason-hint = Conservée dans l’historique du compte de la personne qui l’a écrit, ou du vôtre si elle n’en a pas ici. Seule l’équipe d’administration la voit.
ask-erase-title = Effacer ce message pour de bon?
ask-erase-hidden = Vous ne pouvez pas lire ce message : son texte n’est pas affiché.
ask-erase-reason = Raison :
ask-erase-reply = Réponse
ask-erase-replies = { $count ->
    [one] { $count } réponse
   *[other] { $count } réponses
}
ask-erase-pictures = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
erase-submit = Effacer pour de bon
give-intro = Ces communautés n’ont plus d’équipe d’animation : les comptes sont suspendus ou n’existent plus. Confiez chacune à une personne qui pourra l’animer.
give-none = Chaque communauté a une équipe d’animation.
give-title = Confier une communauté à une personne
give-community = Communauté
give-person = Personne qui animera la communauté
give-person-hint = Son nom d’utilisateur ici, par exemple @ann. Cette personne suivra la communauté.
give-submit = Confier
admin-invitations = Invitations
admin-peers = Autres serveurs
admin-queue = Envois
admin-settings = Site
admin-intro = L’état du site { $site }, et ce qui demande votre attention.
admin-needs-attention = (à vérifier)
admin-server = Ce serveur
admin-address = Adresse publique
admin-address-fixed = L’adresse publique a été choisie à l’installation et ne peut plus changer :
admin-version = Version
admin-database = Base de données
admin-since = En service depuis le
admin-figure-waiting = { $count ->
    [one] compte à approuver
   *[other] comptes à approuver
}
admin-figure-accounts = { $count ->
    [one] compte
   *[other] comptes
}
admin-figure-communities = { $count ->
    [one] communauté
   *[other] communautés
}
admin-figure-threads = { $count ->
    [one] discussion
   *[other] discussions
}
admin-figure-peers = { $count ->
    [one] autre serveur connu
   *[other] autres serveurs connus
}
admin-figure-parked = { $count ->
    [one] serveur sans réponse
   *[other] serveurs sans réponse
}
admin-figure-queue = { $count ->
    [one] envoi en attente
   *[other] envois en attente
}
admin-figure-failed = { $count ->
    [one] envoi en échec
   *[other] envois en échec
}
admin-accounts-intro = Les personnes qui ont un compte ici ou qui en ont demandé un. Ouvrez un compte pour voir ses sessions et son historique, ou pour le suspendre.
admin-accounts-none = Aucun compte ne correspond.
accounts-filter-all = Tous
accounts-filter-waiting = En attente
accounts-filter-suspended = Suspendus
accounts-filter-refused = Refusés
accounts-search = Nom ou nom d’utilisateur
account-waiting = En attente
account-suspended = Suspendu
account-refused = Refusé
account-admin = Admin
account-since = Depuis le
account-seen = dernière visite
account-approve = Approuver
account-refuse = Refuser
account-suspend = Suspendre
account-restore = Rétablir
account-reconsider = Réexaminer
account-last-visit = Dernière visite
account-request = Demande
account-sessions = Sessions ouvertes
account-end-session = Fermer
account-end-sessions = Fermer toutes les sessions
account-role = Rôle
account-role-admin = Cette personne fait partie de l’équipe d’administration : elle a accès à toutes les pages d’administration.
account-role-member = Cette personne a un compte ordinaire.
account-role-last = C’est la seule personne à avoir ce rôle. Pour changer cela, donnez d’abord ce rôle à quelqu’un d’autre.
account-suspension = Suspension
account-suspension-text = Les sessions de cette personne sont fermées et ses messages sont masqués jusqu’à ce que le compte soit rétabli. Rien n’est supprimé.
account-promote = Donner le rôle d’administration
account-demote = Retirer le rôle d’administration
account-history = Historique
account-history-none = L’équipe d’administration n’a rien changé à ce compte.
account-action-by = Par { $name }
account-action-shell = Depuis la ligne de commande du serveur

## Ce que l’équipe d’administration a fait d’un compte
admin-action-approved = Demande approuvée
admin-action-refused = Demande refusée
admin-action-suspended = Compte suspendu
admin-action-restored = Compte rétabli
admin-action-promoted = Rôle d’administration donné
admin-action-demoted = Rôle d’administration retiré
admin-action-signed-out = Sessions fermées
admin-action-link-made = Lien de connexion créé
admin-action-post-erased = Message effacé
admin-action-password-set = Mot de passe défini
admin-action-token-made = Jeton d’API créé
admin-action-address-set = Adresse courriel attribuée

## Avant d’agir sur un compte
ask-refuse-title = Refuser la demande du compte « { $name } »?
ask-refuse-text = Le compte reste fermé et son nom d’utilisateur reste pris. Vous pourrez réexaminer la demande plus tard.
ask-refuse-submit = Refuser la demande
ask-suspend-title = Suspendre le compte « { $name } »?
ask-suspend-text = Toutes ses sessions sont fermées, ses messages sont masqués ici, et les autres serveurs reçoivent la consigne de les masquer. Vous pourrez rétablir le compte plus tard; rien n’est supprimé.
ask-suspend-submit = Suspendre le compte
ask-promote-title = Donner le rôle d’administration à { $name }?
ask-promote-text = Ce rôle permet de suspendre des comptes, de bloquer des serveurs, de changer tous les réglages et de retirer ce même rôle à d’autres personnes.
ask-promote-submit = Donner le rôle
ask-demote-title = Retirer le rôle d’administration à { $name }?
ask-demote-text = Le compte reste ouvert, comme un compte ordinaire.
ask-demote-submit = Retirer le rôle
ask-disconnect-title = Dissocier le compte de { $name }?
ask-disconnect-text = Le compte ne permet plus de se connecter avec un établissement, et les sessions ouvertes de cette façon sont fermées. Sans mot de passe, la personne aura besoin d’un lien de connexion.
ask-disconnect-submit = Dissocier le compte
ask-reason = Raison
ask-reason-hint = Conservée dans l’historique du compte. Seule l’équipe d’administration la voit.

## Liens de connexion à usage unique
link-title = Lien de connexion à usage unique
link-text = Pour une personne qui a oublié son mot de passe. Le lien ouvre une session une seule fois et permet de choisir un nouveau mot de passe.
link-make = Créer un lien
link-open = Un lien créé plus tôt est valable jusqu’au
link-replaces = Un nouveau lien le remplacera.
link-fresh = Copiez ce lien maintenant
link-fresh-hint = Il ne sera plus affiché. Quiconque l’a peut se connecter au nom de { $name } : ne l’envoyez qu’à cette personne, par un moyen sûr.
link-until = Il sert une seule fois, jusqu’au
invite-intro = Une invitation est un lien à envoyer. Toute personne qui l’ouvre peut créer un compte.
invite-new = Nouvelle invitation
invite-uses = Nombre d’utilisations
invite-once = Une
invite-ten = Dix
invite-hundred = Cent
invite-days = Durée de validité
invite-week = Une semaine
invite-month = Un mois
invite-year = Un an
invite-submit = Créer l’invitation
invite-made = Invitations ouvertes
invite-none = Aucune invitation ouverte.
invite-by = Par { $name }
invite-left = { $count ->
    [one] encore { $count } utilisation
   *[other] encore { $count } utilisations
}
invite-until = valable jusqu’au
invite-withdraw = Retirer
peers-intro = Les serveurs avec lesquels celui-ci a échangé. Nous essayons de moins en moins souvent un serveur en échec. Après une semaine sans réponse, nous ne lui envoyons plus rien jusqu’à ce qu’il réponde.
peers-none = Aucun autre serveur pour l’instant. Cherchez une communauté d’une autre organisation pour commencer.
peers-filter-all = Tous
peers-filter-failing = En échec
peers-filter-parked = Sans réponse
peer-host = Serveur
peer-state = État
peer-contact = Dernier contact
peer-waiting = En attente
peer-seen = Connu depuis le
peer-unknown = Logiciel inconnu
peer-ok = Normal
peer-failing = En échec
peer-parked = Sans réponse
peer-last-failure = Dernier échec :
peer-failures = { $count ->
    [one] { $count } échec de suite
   *[other] { $count } échecs de suite
}
peer-given-up = { $count ->
    [one] { $count } envoi abandonné
   *[other] { $count } envois abandonnés
}
queue-waiting = { $count ->
    [0] Aucun envoi en attente.
    [one] { $count } envoi en attente.
   *[other] { $count } envois en attente.
}
queue-failed = { $count ->
    [0] Aucun échec.
    [one] { $count } envoi en échec.
   *[other] { $count } envois en échec.
}

## Ce qui est envoyé, selon le genre d’activité
delivery-create = Nouveau message
delivery-update = Message ou profil modifié
delivery-delete = Suppression
delivery-announce = Message transmis aux personnes abonnées
delivery-like = « Utile »
delivery-chooseanswer = Réponse acceptée
delivery-follow = Demande d’abonnement
delivery-accept = Demande d’abonnement acceptée
delivery-reject = Demande d’abonnement refusée
delivery-undo = Annulation
delivery-move = Compte déplacé
delivery-add = Changement dans une communauté
delivery-remove = Retrait d’une communauté
delivery-block = Exclusion d’une communauté
delivery-flag = Signalement
delivery-other = Autre activité

## Pourquoi un envoi ou une tâche a échoué
failure-unreachable = Nous n’avons pas pu joindre le serveur.
failure-timeout = Le serveur n’a pas répondu à temps.
failure-server-error = Le serveur a signalé une erreur de son côté.
failure-busy = Le serveur nous demande d’attendre.
failure-refused = Le serveur a refusé l’envoi.
failure-gone = Le destinataire n’existe plus.
failure-blocked = Une règle ou une mesure de sécurité d’ici n’autorise pas cette adresse.
failure-unreadable = La réponse du serveur est inutilisable.
failure-other = L’opération a échoué.
failure-details = Détails techniques

job-send-post = Envoyer un message nouveau ou modifié
job-relay = Transmettre un message d’un autre serveur
job-announce-thread = Annoncer une discussion
job-send-like = Envoyer « utile »
job-send-vote = Envoyer un vote
job-send-poll-counts = Envoyer les résultats d’un sondage
job-close-poll = Clore un sondage
job-tell-voters = Aviser les personnes qui ont voté à un sondage
job-send-answer = Envoyer une réponse acceptée
job-notify-watchers = Aviser les personnes qui suivent une discussion
job-report-refusal = Informer une personne qu’un serveur n’a pas accepté son message
job-send-follow = Envoyer une demande d’abonnement
job-answer-follow = Répondre à une demande d’abonnement
job-send-actor = Envoyer un profil modifié
job-send-suspension = Annoncer le début ou la fin d’une suspension
job-recount = Recompter les réponses, les mentions « utile » et les discussions
job-send-actor-removed = Annoncer qu’un compte n’existe plus
job-send-move = Annoncer une nouvelle adresse
job-catch-up = Envoyer à un serveur ce qu’il a manqué
job-apply-peer-rule = Appliquer une règle de fédération
job-reevaluate-peers = Appliquer les règles de fédération à tous les serveurs
job-complete-keys = Compléter les clés de signature
job-sync-followers = Comparer la liste des personnes abonnées avec un autre serveur
job-fan-out = Envoyer à toutes les personnes abonnées
job-identify-peer = Demander quel logiciel un serveur utilise
job-backfill = Récupérer les discussions récentes d’une communauté
job-fetch-picture = Récupérer une image
job-send-mail = Envoyer un courriel
job-send-invitation = Envoyer une invitation dans une communauté
job-queue-invitations = Mettre en file les invitations d’une liste
job-send-contact-message = Envoyer un message à une personne-ressource
job-send-join-mail = Envoyer un courriel à propos d’une demande d’adhésion
job-request-reset = Trouver le compte d’un mot de passe oublié
job-send-notice-mail = Envoyer une notification par courriel
job-send-digest = Envoyer un résumé
job-send-push = Envoyer une notification à un navigateur
job-mail-new-thread = Envoyer une nouvelle discussion par courriel aux personnes abonnées
job-queue-digests = Préparer les résumés à envoyer
job-index-post = Indexer un message pour la recherche
job-index-actor = Indexer une personne ou une communauté pour la recherche
job-rewrite-search-entries = Réindexer pour la recherche ce qu’une version antérieure a indexé
job-repeat-follows = Répéter les demandes d’abonnement sans réponse
job-delete-unused-pictures = Supprimer les images inutilisées
job-housekeeping = Nettoyage
job-write-backup = Sauvegarde quotidienne
job-other = Tâche de fond
queue-filter-all = Tous
queue-filter-failed = En échec
queue-filter-waiting = En attente
queue-filter-mail = Courriels
queue-mail-intro = Messages aux titulaires de comptes qui n’ont pas encore été envoyés ou dont l’envoi a échoué. Leurs adresses ne sont pas affichées ici.
mail-kind-confirm-address = Confirmer une adresse courriel
mail-kind-address-change = Annoncer une nouvelle adresse courriel à l’ancienne
mail-kind-reset-password = Réinitialiser un mot de passe
mail-kind-approved = Accepter une demande de compte
mail-kind-refused = Refuser une demande de compte
mail-kind-app-added = Signaler une nouvelle application d’authentification
mail-kind-app-removed = Signaler le retrait d’une application d’authentification
mail-kind-passkey-added = Signaler une nouvelle clé d’accès
mail-kind-passkey-removed = Signaler le retrait d’une clé d’accès
mail-kind-wrong-codes = Signaler des codes de connexion erronés
mail-failure-unreachable = Nous n’avons pas pu joindre le serveur de courriel.
mail-failure-timeout = Le serveur de courriel n’a pas répondu à temps.
mail-failure-insecure = La connexion au serveur de courriel n’est pas sûre : elle n’est pas chiffrée, ou le certificat du serveur n’est pas reconnu.
mail-failure-sign-in = Le serveur de courriel n’accepte pas notre nom d’utilisateur et notre mot de passe.
mail-failure-later = Le serveur de courriel nous demande de réessayer plus tard.
mail-failure-refused = Le serveur de courriel a refusé le message.
mail-failure-not-configured = Aucun serveur de courriel n’est configuré.
mail-failure-other = Le message n’a pas pu être envoyé.
queue-retry-all = Tout réessayer
queue-none = Rien n’attend et rien n’a échoué.
queue-what = Contenu
queue-to = Vers
queue-state = État
queue-made = Créé
queue-local = ce serveur
queue-state-failed = En échec
queue-state-waiting = En attente
queue-next = Prochain essai :
queue-attempts = { $count ->
    [0] pas encore essayé
    [one] { $count } essai
   *[other] { $count } essais
}
peers-met = Serveurs
peers-rules = Règles de fédération
peer-silenced = En sourdine
peer-blocked = Bloqué
rules-intro = Les autres serveurs avec lesquels celui-ci échange.
policy-now-open = Il échange avec tout le monde, sauf les serveurs bloqués.
policy-now-allow-list = Il n’échange qu’avec les domaines admis ci-dessous.
policy-now-closed = Il n’échange avec personne.
policy-title = Règle générale
policy-mode = Ce serveur échange avec
policy-open = Tout le monde
policy-open-hint = Sauf les serveurs bloqués ci-dessous. C’est ainsi que grandit un réseau de pratique.
policy-allow-list = Seulement les serveurs admis
policy-allow-list-hint = Rien n’est accepté d’un domaine qui n’est pas admis ci-dessous; rien ne lui est demandé ni envoyé.
policy-closed = Personne
policy-closed-hint = On ne peut ni trouver ni suivre vos communautés et vos membres depuis d’autres sites. Ce qui est déjà ici reste.
policy-publish = Rendre publique la liste des domaines limités
policy-publish-hint = Sur une page accessible au bas de chaque page, avec les raisons. Les notes ne sont jamais publiées.
limit-new = Nouvelle règle
limit-edit = Modifier cette règle
limit-domain = Domaine
limit-domain-hint = Par exemple spam.example. La règle vise aussi ses sous-domaines. Si plusieurs règles s’appliquent, le domaine le plus long l’emporte.
limit-severity = Mesure
limit-block = Bloquer
limit-block-hint = Rien n’est échangé. Son contenu est masqué ici et les abonnements sont suspendus dans les deux sens. Le tout revient si vous retirez la règle.
limit-silence = Mettre en sourdine
limit-silence-hint = Seules les personnes qui y suivent quelqu’un voient ses messages. Ils n’apparaissent ni dans les recherches ni dans les listes, et les personnes inconnues d’ici ne causent aucune notification.
limit-allow = Admettre
limit-allow-hint = L’ajoute à la liste des serveurs admis, et l’exempte d’une règle visant un domaine plus large.
limit-noop = Limiter seulement ce qui est coché ci-dessous
limit-noop-hint = Comme tout autre serveur, sauf pour les images ou les signalements.
limit-reason = Raison, pour tout le monde
limit-reason-hint = Affichée dans la liste publique.
limit-note = Note, pour l’équipe d’administration
limit-note-hint = Ce qui s’est passé, qui a décidé, quand y revenir.
limit-more = Images, signalements et affichage dans la liste
limit-media = Ne pas récupérer les images de ce domaine
limit-reports = Ignorer les signalements de ce domaine
limit-obscure = Masquer le milieu de son nom dans la liste publique
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
limit-ends-hint = Personne n’en est averti là-bas. Les abonnements reviennent quand vous retirez le blocage.
limit-ends-submit = Bloquer
limit-submit = Enregistrer la règle
limit-lift = Retirer
limit-why = Raison
limit-since = Depuis le
limit-no-reason = Aucune raison donnée
limit-note-short = Note :
limit-media-short = sans images
limit-reports-short = sans signalements
rules-title = Règles par domaine
rules-none = Aucune règle pour l’instant. Tous les serveurs sont traités de la même façon.
rules-none-such = Aucune règle ne correspond.
rules-filter-all = Toutes
rules-filter-block = Bloqués
rules-filter-silence = En sourdine
rules-filter-noop = Autres
rules-filter-allow = Admis
lists-title = Listes
lists-text = Les listes sont des fichiers CSV au format de Mastodon; vous pouvez les échanger avec l’équipe d’administration d’autres serveurs.
list-import = Importer une liste
list-file = Fichier
list-file-hint = Au plus 1 Mio et 50 000 lignes. La première ligne nomme les colonnes : #domain,#severity,… ou #domain seul pour des domaines admis. Les règles des mêmes domaines sont remplacées.
list-import-submit = Importer
list-export = Exporter nos règles
list-export-limited = Domaines limités
list-export-allowed = Domaines admis
list-imported = { $count ->
    [0] Aucune règle importée.
    [one] { $count } règle importée.
   *[other] { $count } règles importées.
}
list-unused = { $count ->
    [one] { $count } ligne ignorée.
   *[other] { $count } lignes ignorées.
}
list-more = { $count ->
    [one] Et { $count } autre.
   *[other] Et { $count } autres.
}
list-line = Ligne
list-text = Contenu
list-why = Pourquoi elle a été ignorée
list-unused-domain = Elle ne nomme aucun domaine valide.
list-unused-severity = La sévérité doit être suspend, silence ou noop.
list-unused-flag = Une colonne « vrai ou faux » contient autre chose.
list-unused-quote = Un guillemet manque ou est mal placé.
list-unused-reason = La raison dépasse 1 000 caractères.
list-unused-repeated = Une ligne précédente porte sur le même domaine.
list-unused-ours = C’est votre propre domaine.
limits-title = Serveurs bloqués et en sourdine
limits-intro = Les serveurs avec lesquels { $site } n’échange pas, ou qui ne sont visibles que pour les personnes qui y suivent quelqu’un, et pourquoi.
limits-none = Aucun serveur n’est limité.
limits-domain = Serveur
limits-blocked = Bloqués
limits-blocked-hint = Nous n’échangeons rien avec eux et n’affichons rien qui en vient.
limits-silenced = En sourdine
limits-silenced-hint = Seules les personnes qui y suivent quelqu’un voient leurs messages.

## Les pages sur le site
pages-hint = Les textes fournis sont justes pour ce logiciel. Relisez-les une fois, et écrivez qui vous êtes et comment vous joindre.
page-edit-hint = En Markdown. Une langue suffit : ce que vous changez dans l’une remplace aussi le texte fourni dans l’autre. Si les deux sont vides, les textes fournis reviennent.
page-see = Voir la page
page-text-en = Texte en anglais
page-text-fr = Texte en français
