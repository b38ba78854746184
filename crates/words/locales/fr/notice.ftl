notices-intro = Les réponses que vous recevez, les mentions et les nouveaux abonnements.
notices-new = Afficher les nouvelles notifications
notices-none = Aucune notification
notices-none-hint = Vous recevrez une notification quand quelqu’un vous répond, vous mentionne ou vous suit.
notice-reply = vous a répondu dans
notice-accepted = a accepté votre réponse à
notice-watched = a répondu dans
notice-others = { $count ->
    [one] et { $count } autre personne
   *[other] et { $count } autres personnes
}
notice-reply-many = vous ont répondu dans
notice-watched-many = ont répondu dans
notice-accepted-many = ont accepté de vos réponses à
notice-mention-many = vous ont mentionné·e dans
notice-mention = vous a mentionné·e dans
notice-follow = vous suit
notice-follow-place = suit
notice-moved = a une nouvelle adresse. Vous suivez maintenant ce compte ici.
notice-approval = demande un compte :
notice-removed = a retiré votre message dans
notice-removed-many = ont retiré de vos messages dans
notice-refused = n’a pas accepté votre message dans
notice-refused-many = n’ont pas accepté de vos messages dans
notice-removed-thread = a retiré une discussion que vous aviez lancée
notice-removed-thread-many = ont retiré des discussions que vous aviez lancées
notice-poll-ended = a clos un sondage que vous aviez lancé, ou auquel vous aviez voté :
notice-poll-ended-many = ont clos des sondages que vous aviez lancés, ou auxquels vous aviez voté :
notice-join-request = demande à devenir membre de
notice-join-request-guest = a reçu une demande d’adhésion d’une personne sans compte :
notice-join-asked = a une question sur votre demande d’adhésion à
notice-join-invited = vous invite à devenir membre de
notice-join-accepted = a accepté votre demande d’adhésion à
notice-join-declined = a refusé votre demande d’adhésion à
notice-role = a changé votre rôle dans
