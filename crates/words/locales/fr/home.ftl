welcome-communities = Nos communautés
welcome-none = Aucune communauté pour l’instant.
welcome-latest = Dernières discussions
welcome-what = Des communautés de pratique
welcome-what-text = Des personnes qui font un travail semblable posent des questions, partagent et essaient ensemble. On peut simplement lire, ou poser une première question.
welcome-remote = D’une organisation à l’autre
welcome-remote-text = Avec votre compte d’ici, vous pouvez suivre les communautés d’autres organisations. Leurs membres peuvent suivre les nôtres.
welcome-both = En français et en anglais
welcome-both-text = Chaque page existe dans les deux langues. Écrivez dans la vôtre, et ajoutez l’autre quand vous le pouvez.
today = Aujourd’hui
today-intro = Bonjour { $name }. Voici ce qu’il y a de nouveau pour vous.
today-answers = On vous a répondu
today-notices = Toutes les notifications
today-waiting = Questions en attente d’une réponse
today-new = Du nouveau dans vos communautés
today-people = Du nouveau chez les personnes que vous suivez
today-more = { $count ->
    [one] { $count } autre
   *[other] { $count } autres
}
today-caught-up = Vous avez tout lu.
today-suggest = Communautés qui pourraient vous intéresser
today-tip = D’une autre organisation
today-tip-text = Collez l’adresse d’une communauté, d’une personne ou d’une discussion dans la recherche pour l’ouvrir ici.
today-empty = Commencez par une communauté
today-empty-text = Cette page réunit les nouveautés des communautés que vous suivez : questions sans réponse, réponses reçues, récits du terrain.
today-empty-example = Par exemple : suivez une communauté de votre domaine, et une d’un domaine voisin.
