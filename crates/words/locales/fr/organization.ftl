## Organizations that people belong to
organizations = Organisations
organizations-intro = Là où travaillent les personnes de ce site, ou ce dont elles font partie.
organizations-none = Aucune organisation ne figure encore dans la liste.
organizations-none-text = L’équipe d’administration tient la liste des organisations; chaque personne indique ensuite la sienne.
organization-site = Site Web
organization-site-hint = Par exemple https://hopital.example.
organization-ror-link = Au registre des organismes de recherche (ROR)
organization-confirmed = Confirmé par l’adresse de courriel
organization-not-confirmed = Non confirmé : votre adresse de courriel n’est pas de cette organisation
organization-people-guests = Les personnes d’une organisation sont présentées aux membres de ce site.
organization-people-none = Parmi les profils que vous pouvez voir, personne n’indique faire partie de cette organisation.
organization-people-hint = Les personnes dont vous voyez le profil et qui indiquent faire partie de cette organisation.

## Where I belong
organization-add = Ajouter
organizations-own = Vos organisations
organizations-own-intro = Elles figurent dans votre profil, pour qui peut le voir. Si votre adresse de courriel confirmée est de l’organisation, le profil le précise.
organizations-own-none = Vous n’en avez choisi aucune.
organizations-none-to-choose = Il n’y a pas d’autre organisation à choisir. Demandez à l’équipe d’administration d’ajouter la vôtre.
organization-own-link = Choisir vos organisations
organization-add-own = Ajouter une organisation
organization-own = Organisation
organization-choose = Choisissez une organisation
organization-leave = Je n’en fais plus partie
enter-organization = Choisissez une organisation
flash-organization-confirmed = C’est enregistré. Votre adresse de courriel le confirme.

## In Admin
organizations-admin-intro = Chaque personne choisit ses organisations dans cette liste. Une adresse de courriel confirmée dans l’un des domaines le confirme, et les communautés peuvent admettre ces personnes d’emblée.
organization-new = Ajouter une organisation
organization-name-en = Nom en anglais
organization-name-fr = Nom en français
organization-place = Lieu
organization-ror = Identifiant ROR
organization-ror-hint = Son identifiant au registre des organismes de recherche, par exemple https://ror.org/03yrm5c26.
organization-domains = Domaines de courriel
organization-domains-hint = Un par ligne, 50 au plus : hopital.example, ou *.hopital.example pour inclure ses sous-domaines. Seule l’équipe d’administration les voit.
enter-organization-name = Indiquez le nom de l’organisation
organization-remove = Retirer
organization-remove-title = Retirer « { $name } »?
organization-remove-intro = { $count ->
    [0] Personne n’indique en faire partie.
    [one] Une personne indique en faire partie; son profil ne le mentionnera plus.
   *[other] { $count } personnes indiquent en faire partie; leurs profils ne le mentionneront plus.
} Les communautés n’admettent plus ses membres d’emblée. Les membres actuels le restent.
flash-organization-removed = L’organisation a été retirée.

## Who may join a community
join-organizations = Organisations
join-organizations-hint = Une personne dont l’adresse de courriel confirmée est de l’une d’elles devient membre d’emblée.

## What is wrong with it
why-affiliations-many = Vous pouvez choisir jusqu’à 8 organisations. Retirez-en une d’abord.
why-organization-stale = Quelqu’un a modifié cette organisation pendant que vous étiez ici. Vérifiez, puis enregistrez de nouveau.
why-organization-taken = Une organisation de ce nom figure déjà dans la liste.
why-ror = Ce n’est pas un identifiant ROR : il compte neuf caractères, comme 03yrm5c26. Vérifiez chacun d’eux.
why-ror-taken = Une organisation qui a cet identifiant ROR figure déjà dans la liste.
why-site = Indiquez une adresse complète, comme https://hopital.example.
why-domains = N’indiquez que des domaines de courriel, un par ligne, comme hopital.example.
