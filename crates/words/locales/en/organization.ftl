## Organizations that people belong to
organizations = Organizations
organizations-intro = Where the people of this site work or belong.
organizations-none = No organization is listed yet.
organizations-none-text = The administrators list organizations, and people then say where they belong.
organization-site = Website
organization-site-hint = For example https://hospital.example.
organization-ror-link = In the registry of research organizations (ROR)
organization-confirmed = Confirmed by e-mail address
organization-not-confirmed = Not confirmed: your e-mail address is not one of this organization’s
organization-people-guests = The people of an organization are shown to members of this site.
organization-people-none = Nobody whose profile you see says that they belong here.
organization-people-hint = Those whose profile you see, and who say that they belong here.

## Where I belong
organization-add = Add
organizations-own = Organizations you belong to
organizations-own-intro = They are shown on your profile, to whoever sees it. Where your confirmed e-mail address is one of the organization’s, the profile says so.
organizations-own-none = You have chosen none.
organizations-none-to-choose = There is no other organization to choose. Ask an administrator to list yours.
organization-own-link = Choose organizations you belong to
organization-add-own = Add an organization
organization-own = Organization
organization-choose = Choose an organization
organization-leave = I no longer belong here
enter-organization = Choose an organization
flash-organization-confirmed = Saved. Your e-mail address confirms it.

## In Admin
organizations-admin-intro = People choose from this list where they belong. A confirmed e-mail address in one of the mail domains confirms it, and communities can admit those people at once.
organization-new = List an organization
organization-name-en = Name in English
organization-name-fr = Name in French
organization-place = Place
organization-ror = ROR id
organization-ror-hint = Its id in the Research Organization Registry, for example https://ror.org/03yrm5c26.
organization-domains = Mail domains
organization-domains-hint = One on each line, 50 at most: hospital.example, or *.hospital.example for its subdomains too. Only administrators see them.
enter-organization-name = Enter the name of the organization
organization-remove = Remove
organization-remove-title = Remove “{ $name }”?
organization-remove-intro = { $count ->
    [0] Nobody says that they belong to it.
    [one] One person says that they belong to it; their profile will no longer say so.
   *[other] { $count } people say that they belong to it; their profiles will no longer say so.
} Communities no longer admit its people at once. Members stay members.
flash-organization-removed = The organization has been removed.

## Who may join a community
join-organizations = Organizations
join-organizations-hint = Whoever has a confirmed e-mail address of one of them joins at once.

## What is wrong with it
why-affiliations-many = You can choose up to 8 organizations. Remove one first.
why-organization-stale = Someone else changed this organization while you were here. Check it, then save again.
why-organization-taken = An organization with this name is listed already.
why-ror = This isn’t a ROR id: it has nine characters, such as 03yrm5c26. Check each of them.
why-ror-taken = An organization with this ROR id is listed already.
why-site = Enter a whole address, such as https://hospital.example.
why-domains = Enter mail domains only, one on each line, such as hospital.example.
