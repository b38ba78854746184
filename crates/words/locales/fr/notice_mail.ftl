## Courriels de notification
mail-notice-line = { $person } { $what }
mail-notice-line-about = { $person } { $what } « { $title } »
mail-new-thread = a lancé
mail-notice-action = Lire et répondre
mail-unsubscribe = Ne plus recevoir ces messages
mail-choices = Choisir vos notifications et leur fréquence
mail-reason-written = Vous recevez ce message parce qu’on s’est adressé à @{ $handle } sur { $site }.
mail-reason-watched = Vous recevez ce message parce que vous suivez cette discussion sur { $site }.
mail-reason-followers = Vous recevez ce message parce que vous avez choisi de savoir qui vous suit sur { $site }.
mail-reason-approval = Vous recevez ce message parce que vous faites partie de l’équipe d’administration de { $site }.
mail-reason-community = Vous recevez ce message parce que vous suivez des communautés sur { $site }.
mail-reason-one-community = Vous recevez ce message parce que vous suivez { $community } sur { $site } et que vous avez choisi d’être au courant de chaque nouvelle discussion.
mail-reason-digest = Vous recevez ce résumé en raison de votre compte @{ $handle } sur { $site }.
mail-digest-subject = Quoi de neuf sur { $site }
mail-digest-action = Aller sur { $site }
mail-digest-questions = Questions auxquelles vous pourriez répondre
mail-digest-notices = À votre attention
mail-digest-community = Nouveau dans { $name }
mail-digest-more = { $count ->
    [one] et { $count } autre discussion
   *[other] et { $count } autres discussions
}
mail-digest-more-notices = { $count ->
    [one] et { $count } autre notification
   *[other] et { $count } autres notifications
}
mail-digest-thread = { $person }, { $when }, { $count ->
    [0] aucune réponse pour l’instant
    [one] { $count } réponse
   *[other] { $count } réponses
}
mail-untitled = Sans titre

## Réglages → Notifications
settings-notices = Notifications
notice-mail-intro = Choisissez les notifications que vous recevez par courriel et dans vos navigateurs, et leur fréquence. Toutes se trouvent aussi sur la page des notifications.
notice-mail-no-address = Vous n’avez pas encore confirmé d’adresse courriel : rien n’est envoyé.
notice-mail-give-address = Entrer une adresse
notice-mail-topics = Par courriel : sujets et fréquence
mail-topic-written = Ce qui vous est adressé
mail-topic-written-hint = Les réponses que vous recevez, les mentions, vos réponses acceptées, les demandes d’adhésion, vos rôles et vos messages retirés ou refusés.
mail-topic-watched = Les discussions que vous suivez
mail-topic-followers = Les nouveaux abonnements à votre compte
mail-topic-approval = Les comptes en attente d’approbation
mail-topic-community = Les nouvelles discussions de vos communautés
mail-topic-digest = Résumé
rhythm-at-once = Tout de suite
rhythm-daily = Chaque jour
rhythm-weekly = Chaque semaine
rhythm-never = Jamais
notice-mail-communities = Communautés
notice-mail-communities-hint = Une communauté peut avoir sa propre fréquence.
notice-mail-as-above = Comme ci-dessus
notice-mail-when = Moment de l’envoi
notice-mail-hour = Heure du résumé
notice-mail-hour-hint = Dans votre fuseau horaire : { $zone }.
notice-mail-weekday = Jour du résumé hebdomadaire
notice-mail-quiet-from = Heures calmes, de
notice-mail-quiet-to = Heures calmes, jusqu’à
notice-mail-quiet-hint = Rien n’est envoyé tout de suite pendant les heures calmes. L’envoi se fait à leur fin.
notice-mail-no-quiet = Aucune
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
notice-mail-recent = Derniers messages envoyés
notice-mail-what = Message
notice-mail-state = État
notice-mail-changed = Quand
notice-mail-none = Aucun message ne vous a été envoyé depuis un mois.
mail-state-queued = En attente
mail-state-sending = Envoi en cours
mail-state-sent = Remis au serveur de courriel
mail-state-refused = Refusé
mail-state-given-up = Non envoyé
address-refused = Le serveur de courriel a refusé votre adresse { $address } : aucune notification n’y est envoyée.
address-refused-retry = Réessayer
address-refused-change = Changer d’adresse
notice-mail-given-up = Des messages n’ont pas pu vous être envoyés : le serveur de courriel n’a pas répondu pendant deux jours. Toutes vos notifications sont ici.

## Le choix proposé à qui suit une communauté
follow-mail = Voulez-vous recevoir par courriel les nouvelles discussions de la communauté { $name }?
follow-mail-at-once = Au fur et à mesure
follow-mail-daily = Chaque jour
follow-mail-weekly = Chaque semaine
follow-mail-never = Seulement ce qui m’est adressé

## Le lien de désabonnement
unsubscribe-title = Ne plus recevoir ces messages
unsubscribe-intro = Vous ne recevrez plus de courriels à ce sujet : { $what }.
unsubscribe-submit = Ne plus recevoir ces messages
unsubscribe-done-title = Ces messages ont cessé
unsubscribe-done = Vous ne recevez plus de courriels à ce sujet : { $what }. Vous pouvez revenir sur ce choix à tout moment.
unsubscribe-community = les nouvelles discussions de la communauté { $name }
unsubscribe-digest = les discussions que vous suivez et les nouvelles discussions de vos communautés
unsubscribe-settings = Réglages des notifications
unsubscribe-dead-title = Ce lien ne fonctionne pas
unsubscribe-dead = Rien n’a changé. Vous pouvez choisir vos notifications dans vos réglages.

## Administration
queue-mail-days = Notifications par courriel de la dernière semaine
queue-mail-day = Jour
queue-mail-sent = Envoyées
queue-mail-refused = Refusées
queue-mail-given-up = Abandonnées

## Messages dans le navigateur
push-title = Dans ce navigateur
push-intro = Ce navigateur peut afficher vos notifications même quand aucune page de ce site n’est ouverte. Elles nomment la communauté, jamais ce qui a été écrit.
push-on = Activées dans ce navigateur jusqu’à ce que vous fermiez la session.
push-turn-on = Activer dans ce navigateur
push-turn-off = Désactiver dans ce navigateur
push-unsupported = Ce navigateur ne peut pas afficher de notifications ici, ou les scripts y sont désactivés.
push-denied = Le navigateur ne l’a pas permis. Ses réglages pour ce site indiquent si les notifications sont bloquées.
push-browsers = { $count ->
    [one] Activées dans { $count } de vos navigateurs.
   *[other] Activées dans { $count } de vos navigateurs.
}
push-choices = Ce que les navigateurs affichent
push-choices-hint = Pour les navigateurs où vous avez activé les notifications. Elles arrivent tout de suite, sauf pendant les heures calmes.
push-topics = Notifications
push-notice = Vous avez une nouvelle notification
push-new-thread = Il y a une nouvelle discussion
way-mail = par courriel
way-push = dans un navigateur
push-state-queued = En attente
push-state-sending = En cours d’envoi
push-state-sent = Remis au service de notification
push-state-refused = Refusé
push-state-ended = Ce navigateur n’est plus là
push-state-given-up = Non envoyé
push-failure-unreachable = Le service de notification n’a pas pu être joint
push-failure-redirect = Le service de notification renvoie ailleurs
push-failure-busy = Le service de notification n’accepte plus rien pour le moment
push-failure-failing = Le service de notification est en panne
push-failure-refused = Le service de notification refuse le message
push-failure-gone = Le navigateur n’accepte plus de messages
queue-push-days = Notifications dans les navigateurs depuis une semaine
