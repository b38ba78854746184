welcome-communities = Nos communautés
welcome-none = Aucune communauté n’est encore fondée.
welcome-latest = Dernières discussions
welcome-what = Des communautés de pratique
welcome-what-text = Des gens au travail semblable demandent, racontent et essaient ensemble. Lire est bienvenu; une première question aussi.
welcome-remote = D’une organisation à l’autre
welcome-remote-text = On peut suivre les communautés d’ici depuis d’autres serveurs, et les leurs depuis ici, avec le compte qu’on a.
welcome-both = En français et en anglais
welcome-both-text = Chaque page parle les deux. Écrivez dans la vôtre; ajoutez l’autre quand vous le pouvez.
today = Aujourd’hui
today-intro = Heureux de vous voir, { $name }. Voici ce qui s’est passé là où vous êtes.
today-answers = On vous a répondu
today-notices = Tous les avis
today-answered = a répondu dans
today-new = Du nouveau dans vos communautés
today-more = { $count ->
    [one] Encore { $count }
   *[other] Encore { $count }
}
today-caught-up = Vous avez tout vu. C’est calme pour l’instant.
today-suggest = À suivre peut-être
today-tip = D’un autre serveur
today-tip-text = Collez l’adresse d’une communauté, d’une personne ou d’une discussion dans la recherche pour l’ouvrir ici.
today-empty = Commencez par une communauté
today-empty-text = Cette page réunit ce qu’il y a de nouveau dans les communautés que vous suivez : questions sans réponse, réponses reçues, récits du terrain.
today-empty-example = Par exemple : suivez-en une de votre travail, et une d’à côté.
