# Between the last two items of a list.
list-and = et
