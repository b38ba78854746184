time-now = à l’instant
time-minutes = { $count ->
    [one] il y a { $count } minute
   *[other] il y a { $count } minutes
}
time-hours = { $count ->
    [one] il y a { $count } heure
   *[other] il y a { $count } heures
}
time-days = { $count ->
    [one] hier
   *[other] il y a { $count } jours
}
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
month-short-1 = janv.
month-short-2 = févr.
month-short-3 = mars
month-short-4 = avr.
month-short-5 = mai
month-short-6 = juin
month-short-7 = juill.
month-short-8 = août
month-short-9 = sept.
month-short-10 = oct.
month-short-11 = nov.
month-short-12 = déc.

## Les fuseaux horaires, par les lieux qu’on connaît
zone-st-johns = Terre-Neuve (St. John’s)
zone-halifax = Atlantique (Halifax, Moncton)
zone-toronto = Est (Montréal, Toronto, Ottawa)
zone-winnipeg = Centre (Winnipeg)
zone-regina = Saskatchewan (Regina)
zone-edmonton = Rocheuses (Edmonton, Calgary)
zone-whitehorse = Yukon (Whitehorse)
zone-vancouver = Pacifique (Vancouver)
