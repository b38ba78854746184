## Invitations dans une communauté
invitations = Invitations
invitations-title = Invitations dans { $name }
invitations-intro = Ces personnes deviennent membres en acceptant, quelles que soient les autres conditions de la communauté. Elles peuvent refuser, et vous le voyez ici.
invitations-member-intro = Invitez des collègues : jusqu’à cinq par jour par courriel et cinq par nom d’utilisateur. L’équipe d’animation voit qui vous invitez.
invitations-by-mail = Par courriel
invitations-by-link = Par lien
invitations-by-list = À partir d’une liste
invitations-addresses = Adresses ou noms d’utilisateur
invitations-addresses-hint = Une ligne par personne, 50 au plus. Un nom d’utilisateur de ce site commence par @.
invitations-words = Un mot personnel
invitations-words-hint = Il figure dans le courriel, tel que vous l’écrivez.
invitations-lang = Langue du courriel
invitations-submit = Envoyer les invitations
invitations-sent-heading = Envoyées
invitations-none = Aucune invitation par courriel pour le moment
invitations-limit = Une communauté envoie au plus 1 000 invitations par jour. Le reste part les jours suivants.
invitation-by = invitation de { $name }
invitation-accepted-by = acceptée par
invitation-until = jusqu’au
invitation-state-queued = Envoi en cours
invitation-state-sent = Envoyée
invitation-state-refused = Non distribuée
invitation-state-accepted = Acceptée
invitation-state-declined = Refusée
invitation-state-revoked = Annulée
invitation-expired = Expirée
invitation-resend = Envoyer de nouveau
invitation-revoke = Annuler
invite-colleague = Inviter un·e collègue
invited-by = Sur l’invitation de { $name }

## Liens
invitation-links-title = Liens pour devenir membre de { $name }
invitation-links-intro = Toute personne qui ouvre un tel lien devient membre immédiatement, même si elle crée un compte pour cela. Donnez-le seulement à des personnes de confiance.
invitation-link-new = Nouveau lien
invitation-link-life = Combien de temps fonctionne-t-il?
link-life-day = Un jour
link-life-week = Une semaine
link-life-month = 30 jours
link-life-quarter = 90 jours
invitation-link-uses = Pour combien de personnes?
invitation-link-uses-hint = De 1 à 1 000
enter-uses = Entrez un nombre
invitation-link-make = Créer le lien
invitation-link-fresh = Votre nouveau lien
invitation-link-fresh-hint = Copiez-le maintenant. Il n’est affiché qu’une seule fois.
invitation-link-address = Lien
invitation-links-none = Aucun lien pour le moment
invitation-link-left = { $left } sur { $max } restants
invitation-link-ended = Terminé
invitation-link-came = membres venus par ce lien :

## Listes
invitation-list-title = Inviter dans { $name } à partir d’une liste
invitation-list-intro = Téléversez un fichier ou collez des lignes d’un tableur : nom, adresse, langue (fr ou en), mot personnel. Vous voyez chaque ligne avant tout envoi.
invitation-list-file = Fichier CSV
invitation-list-file-hint = Au plus 10 000 personnes et 2 Mo.
invitation-list-rows = Ou collez les lignes ici
invitation-list-rows-hint = Séparées par des virgules, des points-virgules ou des tabulations; avec ou sans première ligne nommant les colonnes.
invitation-list-lang = Langue du courriel lorsqu’une ligne n’en indique pas
invitation-list-check = Vérifier la liste
invitation-list-preview = Vérifiez la liste avant l’envoi
invitation-list-good = { $count ->
    [one] { $count } personne sera invitée.
   *[other] { $count } personnes seront invitées.
}
invitation-list-bad = { $count ->
    [one] { $count } ligne est laissée de côté.
   *[other] { $count } lignes sont laissées de côté.
}
invitation-list-nothing = Rien n’est envoyé avant votre confirmation.
invitation-list-faults = Lignes laissées de côté
invitation-list-more-faults = Seules les premières sont affichées ici.
invitation-list-people = Toutes les lignes
invitation-list-row = Ligne
invitation-list-what = Résultat
invitation-list-will = sera invitée
invitation-list-confirm = Envoyer les invitations
invitation-list-discard = Ne rien envoyer
invitation-list-confirmed = Ces invitations sont en cours d’envoi, au plus 1 000 par jour.
row-problem-no-address = Il n’y a pas d’adresse
row-problem-address = Ce n’est pas une adresse courriel
row-problem-name = Le nom est trop long ou contient des caractères illisibles
row-problem-formula = Cela ressemble à une formule de tableur
row-problem-language = Écrivez fr ou en
row-problem-words = Le mot personnel est trop long ou contient des caractères illisibles
row-problem-quotes = Il manque un guillemet
row-problem-twice = Une ligne précédente a la même adresse
row-problem-invited = Déjà invitée
row-problem-member = A accepté une invitation et est membre
row-problem-banned = A accepté une invitation et a été exclue depuis
enter-people-list = Choisissez un fichier ou collez des lignes

## Pour les personnes invitées
my-invitations-title = Vos invitations
my-invitations-intro = Des communautés dont quelqu’un aimerait que vous deveniez membre.
my-invitations-none = Aucune invitation ne vous attend. Si quelqu’un vous invite dans une communauté, vous la trouverez ici.
my-invitations-decline = Non, merci
invited-by-to = { $inviter } vous invite
invited-title = Invitation dans { $name }
invited-intro = { $inviter } vous invite à devenir membre de { $community }.
invited-intro-unknown = Vous êtes invité·e à devenir membre de { $community }.
invited-as = Devenir membre en tant que { $name }
invited-other-address = Cette invitation a été envoyée à { $address }. Si vous l’acceptez, vous devenez membre avec le compte auquel vous êtes connecté·e.
invited-another = Vous êtes connecté·e en tant que { $name }, mais cette invitation est pour un autre compte. Déconnectez-vous, puis connectez-vous avec le compte qui a l’adresse { $address }.
invited-has-account = Vous avez ici un compte avec l’adresse { $address }. Connectez-vous pour accepter.
invited-create = Créez un compte pour devenir membre
invited-create-hint = Votre adresse { $address } est déjà confirmée.
invited-create-submit = Créer mon compte et devenir membre
invited-no-account = Ce site ne crée pas de compte à partir de cette invitation. Si vous en avez un ici, connectez-vous.
invited-decline = Refuser
invited-decline-title = Refuser cette invitation?
invited-decline-hint = La personne qui vous a invité·e apprend que vous avez refusé.
invited-never = Refuser, et ne plus recevoir d’invitations de ce site
invited-never-hint = Aucune communauté de ce site ne pourra plus envoyer d’invitation à { $address }.
invited-declined-title = Vous avez refusé
invited-declined = Il ne se passera rien d’autre. Vous pouvez fermer cette page.
invited-member = Vous êtes déjà membre de cette communauté.
admitted-intro = { $inviter } vous a donné un lien pour devenir membre de { $community } immédiatement. Vous pourrez quitter la communauté quand vous le voudrez.
admitted-guest-intro = Avec ce lien, vous devenez membre de { $community }. Entrez votre nom et votre adresse : nous vous envoyons un courriel pour la confirmer, puis vous créez votre compte.
admitted-elsewhere = Si vous avez un compte sur un autre serveur, vous pouvez suivre { $address } à partir de celui-ci. Pour devenir membre, il vous faut un compte ici.
admitted-guest-submit = Continuer
admitted-used-up = Ce lien a été utilisé autant de fois que permis. Demandez-en un autre à la personne qui vous l’a donné.
invitation-dead-title = Cette invitation ne fonctionne plus
invitation-dead = Elle a été utilisée ou annulée, ou elle est trop ancienne. Demandez-en une autre à la personne qui vous l’a donnée.

## Ce que l’on veut recevoir
join-rhythm = Que voulez-vous recevoir par courriel?
join-rhythm-at-once = Chaque nouvelle discussion
join-rhythm-daily = Un résumé par jour
join-rhythm-weekly = Un résumé par semaine
join-rhythm-never = Seulement si l’on me nomme ou me répond

## Qui invite, et les domaines de courriel
join-invitations = Invitations
join-members-invite = Les membres peuvent inviter des collègues
join-members-invite-hint = Par courriel et par nom d’utilisateur, cinq par jour chacun. Vous voyez qui a invité qui.
join-policy-eligibility = Les personnes de certains organismes
join-policy-eligibility-hint = Toute personne qui a une adresse confirmée dans un des domaines ci-dessous devient membre immédiatement. Les autres peuvent faire une demande.
join-domains = Domaines de courriel
join-domains-hint = Un par ligne, 50 au plus : hopital.example, ou *.hopital.example pour ses sous-domaines aussi. Ils sont affichés aux personnes qui veulent devenir membres.
join-eligible-intro = Les personnes qui ont une adresse courriel confirmée de ces organismes deviennent membres immédiatement :
join-eligible-others = Vous pouvez tout de même faire une demande; l’équipe d’animation décide.
join-eligible-own = Votre adresse en fait partie.

## Le courriel
mail-greeting-unknown = Bonjour,
mail-invitation-subject = { $inviter } vous invite dans { $community }
mail-invitation-text = { $inviter } vous invite à devenir membre de { $community } sur { $site }.
mail-invitation-words = { $inviter } écrit :
mail-invitation-action = Voir l’invitation
mail-invitation-decline = Refuser
mail-invitation-never = Ne plus recevoir d’invitations de ce site
mail-reason-invitation = Vous recevez ce message parce que { $inviter } a saisi votre adresse pour vous inviter dans { $community } sur { $site }. Vous n’êtes sur aucune liste, et il ne se passe rien si vous n’acceptez pas.
