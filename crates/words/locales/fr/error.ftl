error-not-found = Page introuvable
error-not-found-text = Vérifiez l’adresse. La page a peut-être aussi été déplacée. Vous n’avez rien perdu.
error-not-allowed = Vous n’avez pas accès à cette page
error-not-allowed-text = Essayez de vous connecter. Si cela ne suffit pas, écrivez à l’équipe d’animation ou d’administration.
error-gone = Ce contenu a été supprimé
error-gone-text = La personne qui l’a écrit, ou l’équipe d’animation ou d’administration, l’a supprimé.
error-gone-actor = Ce compte n’est pas accessible
error-gone-actor-text = Il a été suspendu ou supprimé. Un compte suspendu peut revenir. Si c’est le vôtre, écrivez à l’équipe d’administration de son site.
error-gone-community = Cette communauté n’est pas ouverte
error-gone-community-text = Elle a été suspendue, ou fermée par son équipe d’animation. Personne ne peut y écrire.
error-too-many = Trop de demandes
error-too-many-text = { $count ->
    [one] Nous avons reçu beaucoup de demandes de votre part en peu de temps. Réessayez dans { $count } minute.
   *[other] Nous avons reçu beaucoup de demandes de votre part en peu de temps. Réessayez dans { $count } minutes.
}
error-fault = Un problème est survenu de notre côté
error-fault-text = Vous n’y êtes pour rien, et le problème est consigné. Réessayez dans un moment.
error-timed-out = Le délai est dépassé
error-timed-out-text = Nous avons cessé d’attendre. Votre envoi a peut-être été enregistré. Vérifiez d’abord, puis envoyez-le de nouveau.
error-unavailable = Rien ne peut être enregistré pour le moment
error-unavailable-text = La base de données est pleine ou inaccessible, et le journal en avertit l’équipe d’administration. Rien n’a été enregistré à moitié. Réessayez dans quelques minutes.
error-expired = Veuillez l’envoyer de nouveau
error-expired-text = Votre session a expiré avant l’envoi de ce formulaire. Par sécurité, nous n’en avons rien fait.
error-unreadable = Nous n’avons pas pu lire votre demande
error-unreadable-text = Revenez en arrière et réessayez. Si le problème persiste, avertissez l’équipe d’administration.
error-incomplete-link = Ce lien est incomplet
error-incomplete-link-text = Il ne dit pas quoi suivre ou ouvrir. Retournez au site d’où vous venez et réessayez, ou cherchez l’adresse ici.
error-too-large = C’est trop volumineux
error-too-large-text = Envoyez moins à la fois, ou une image plus petite.
error-unreachable = Un autre site n’a pas répondu
error-unreachable-text = Nous n’avons pas obtenu de réponse de { $host } à temps. Rien n’a changé. Réessayez plus tard.
error-reference = Référence pour l’équipe d’administration :
error-kept = Nous avons gardé ce que vous avez écrit
error-kept-text = Vérifiez, puis envoyez de nouveau.
error-kept-sign-in = Connectez-vous ici, et l’envoi se fait.
error-sign-in-again = Se connecter et envoyer
error-kept-label = Ce que vous avez écrit
error-again = Envoyer de nouveau
