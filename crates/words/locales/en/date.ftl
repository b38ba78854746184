time-now = just now
time-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
time-days = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

## Time zones, by the places that know them
zone-st-johns = Newfoundland (St. John’s)
zone-halifax = Atlantic (Halifax, Moncton)
zone-toronto = Eastern (Toronto, Montréal, Ottawa)
zone-winnipeg = Central (Winnipeg)
zone-regina = Saskatchewan (Regina)
zone-edmonton = Mountain (Edmonton, Calgary)
zone-whitehorse = Yukon (Whitehorse)
zone-vancouver = Pacific (Vancouver)
