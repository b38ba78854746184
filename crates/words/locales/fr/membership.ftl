## Se joindre à une communauté
join = Devenir membre
join-ask = Demander à devenir membre
join-pending = Demande envoyée
join-member-badge = Membre
join-title = Devenir membre de { $name }
join-intro = L’équipe d’animation lit ce que vous écrivez ici et décide. Vous serez informé·e de sa décision.
join-open-intro = Vous devenez membre sur-le-champ et suivez la communauté. Vous pouvez la quitter quand vous voulez.
join-who-reads = Seule l’équipe d’animation de cette communauté lit vos réponses.
join-name = Votre nom
join-enter-answer = Répondez à cette question
join-ask-submit = Envoyer ma demande
join-have-account = Vous avez un compte ici?
join-needs-account = Il faut un compte sur ce site pour devenir membre.
join-invitation-only = On devient membre de cette communauté sur invitation. Adressez-vous à l’équipe d’animation.
join-not-possible = Vous ne pouvez pas devenir membre de cette communauté.
join-member = Vous êtes membre de cette communauté.
join-to-community = Aller à la communauté
join-own = Votre demande
join-sent-on = envoyée le
join-waiting-hint = Une personne de l’équipe d’animation lira votre demande. Vous serez informé·e de la décision.
join-withdraw = Retirer ma demande
join-answer = Votre réponse
join-answer-submit = Envoyer ma réponse
join-state-unconfirmed = Adresse non confirmée
join-state-waiting = En attente
join-state-asked = En attente d’une réponse
join-state-accepted = Acceptée
join-state-declined = Refusée
join-state-withdrawn = Retirée
join-said-question = L’équipe d’animation demande
join-said-own-answer = Vous avez répondu
join-said-answer = Réponse
join-said-note = Note réservée à l’équipe d’animation
join-said-decision = Avec la décision
join-mail-sent-title = Consultez vos courriels
join-mail-sent = Nous avons envoyé un message à { $address }. Ouvrez le lien qu’il contient pour confirmer votre demande.
join-mail-sent-hint = L’équipe d’animation voit votre demande une fois que vous l’avez confirmée. Le lien est valable une semaine.
join-demo-mail = Lire ce courriel dans la démo
join-request-title = Votre demande pour devenir membre de { $name }
join-confirm-intro = Confirmez que vous voulez envoyer cette demande.
join-confirm-submit = Oui, envoyer ma demande
join-claim = Devenir membre avec votre compte
join-claim-hint = Votre demande a été acceptée. Devenez membre avec le compte auquel vous êtes connecté·e.
join-claim-submit = Devenir membre
join-make-account = Votre demande a été acceptée
join-make-account-hint = Choisissez un nom d’utilisateur et un mot de passe, et c’est tout.
join-make-account-submit = Créer mon compte et devenir membre
join-dead-title = Ce lien ne fonctionne plus
join-dead-text = Il a déjà servi, ou il est trop ancien. Refaites une demande sur la page de la communauté : vous recevrez un nouveau lien.

## Les demandes, pour l’équipe d’animation
join-requests = Demandes d’adhésion
join-requests-title = Demandes d’adhésion à { $name }
join-requests-intro = L’équipe d’animation les voit et décide. Chaque personne est informée de la décision.
join-requests-none = Aucune demande ici
join-requests-waiting = { $count ->
    [one] { $count } demande d’adhésion
   *[other] { $count } demandes d’adhésion
}
join-settings-link = Comment on devient membre
join-filter-waiting = En attente
join-filter-decided = Traitées
join-without-account = pas encore de compte
join-accept-chosen = Accepter les demandes cochées
join-request-of = Demande de { $name }
join-decide = Décider
join-decide-hint = La personne lira ce que vous écrivez, sauf une note. Pour refuser sans donner de raison, laissez le texte vide.
join-text = Message, question ou note
join-enter-text = Écrivez quelque chose
join-accept = Accepter
join-ask-back = Poser une question
join-decline = Refuser
join-note = Ajouter une note

## Comment on devient membre
join-settings-title = Comment on devient membre de { $name }
join-policy = Qui devient membre?
join-policy-open = Toute personne qui le souhaite
join-policy-open-hint = Un clic suffit.
join-policy-application = Les personnes qui le demandent, une fois acceptées
join-policy-application-hint = Elles répondent à vos questions, même sans compte.
join-policy-invitation = Personne de sa propre initiative
join-policy-invitation-hint = L’équipe d’animation choisit les membres.
join-questions = Questions
join-questions-hint = Le nom et l’adresse courriel sont toujours demandés aux personnes sans compte. Les questions vides sont omises; s’il n’y en a aucune, les questions habituelles sont posées.
join-question-en = Question { $number } (anglais)
join-question-fr = Question { $number } (français)
join-question-required = Il faut répondre à la question { $number }

## Membres et rôles
role-member = Membre
role-member-hint = Participe et lit ce qui est réservé aux membres.
role-moderator = Modération
role-moderator-hint = Retire aussi des messages et les rétablit.
role-facilitator = Animation
role-facilitator-hint = Décide aussi des demandes, des rôles, des étiquettes et de la présentation de la communauté.
members = Membres
members-hint = Ces personnes participent et lisent ce qui est réservé aux membres.
members-private = Seuls les membres voient les noms.
members-count = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
member-role = Rôle
member-change = Changer le rôle
member-title = Rôle de { $name }
member-remove = Mettre fin à l’adhésion
member-remove-hint = La personne ne lit plus ce qui est réservé aux membres. Ce qu’elle a écrit reste.
leave = Quitter
leave-title = Quitter { $name }?
leave-intro = Vous ne lirez plus ce qui est réservé aux membres. Ce que vous avez écrit reste, et vous continuez de suivre la communauté tant que vous ne vous désabonnez pas.
leave-submit = Quitter la communauté
leave-stay = Rester

## Courriels aux personnes sans compte
mail-reason-join = Vous recevez ce message parce que quelqu’un a demandé, avec cette adresse, à devenir membre de { $community } sur { $site }.
mail-join-unasked = Si vous n’avez rien demandé, ignorez ce message : il ne se passera rien.
mail-join-confirm-subject = Confirmez votre demande pour devenir membre de { $community }
mail-join-confirm-text = Vous avez demandé à devenir membre de { $community } sur { $site }. Ouvrez ce lien pour confirmer votre demande et en suivre l’état.
mail-join-confirm-action = Voir ma demande
mail-join-account-subject = Vous avez demandé à devenir membre de { $community }
mail-join-account-text = Quelqu’un a demandé à devenir membre de { $community } avec votre adresse. Vous avez un compte sur { $site } : connectez-vous et faites-y votre demande.
mail-join-account-action = Me connecter
mail-join-asked-subject = Une question sur votre demande pour devenir membre de { $community }
mail-join-asked-text = L’équipe d’animation de { $community } aimerait en savoir plus :
mail-join-asked-action = Répondre
mail-join-accepted-subject = Bienvenue dans { $community }
mail-join-accepted-text = Votre demande pour devenir membre de { $community } a été acceptée. Ouvrez ce lien pour créer votre compte, ou pour devenir membre avec celui que vous avez.
mail-join-accepted-action = Devenir membre
mail-join-declined-subject = Votre demande pour devenir membre de { $community }
mail-join-declined-text = L’équipe d’animation de { $community } n’a pas accepté votre demande.
mail-join-declined-action = Voir ma demande
