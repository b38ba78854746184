## Connexion en deux étapes
factor-title = Connexion en deux étapes
factor-intro = Avec la connexion en deux étapes, vous entrez aussi un code affiché par une application sur votre téléphone. Un mot de passe volé ne suffit alors plus.
factor-link = Paramètres de la connexion en deux étapes
factor-needed = Sur ce site, l’administration exige la connexion en deux étapes. Configurez-la pour continuer.
factor-begin = La configurer
factor-scan = Numérisez ce code avec votre application d’authentification
factor-scan-hint = Par exemple Aegis, 2FAS, FreeOTP, Google Authenticator ou un gestionnaire de mots de passe.
factor-qr = Code QR pour l’application d’authentification
factor-secret = Ou saisissez cette clé dans l’application
factor-code = Code
factor-code-app = Les six chiffres que l’application affiche maintenant
factor-code-hint = Les six chiffres de votre application d’authentification, ou l’un de vos codes de secours.
factor-confirm = L’activer
factor-cancel = Annuler
factor-on = La connexion en deux étapes est activée.
factor-left =
    { $count ->
        [0] Il ne vous reste aucun code de secours. Créez-en de nouveaux ci-dessous.
        [one] Il vous reste { $count } code de secours.
       *[other] Il vous reste { $count } codes de secours.
    }
factor-change = Modifier la connexion en deux étapes
factor-change-hint = De nouveaux codes de secours remplacent ceux que vous avez. Si vous désactivez la connexion en deux étapes, votre mot de passe suffit pour vous connecter.
factor-renew = Nouveaux codes de secours
factor-end = La désactiver
factor-codes-title = Vos codes de secours
factor-codes-hint = Gardez ces codes en lieu sûr : chacun vous connecte une fois si vous perdez votre téléphone. Ils ne seront plus affichés, et les précédents ne fonctionnent plus.
factor-codes-done = Je les ai conservés
factor-step-title = Entrez le code
factor-step-lost = Vous avez perdu votre téléphone et vos codes de secours? Écrivez à l’administration de ce site.
factor-link-password = Entrez un nouveau mot de passe : votre compte utilise la connexion en deux étapes, et ce lien n’en remplace pas le code
enter-code = Entrez le code
why-code = Ce code est faux ou a déjà servi. Attendez le suivant.
why-code-expired = Le délai est dépassé, ou trop de codes étaient faux. Connectez-vous de nouveau avec votre mot de passe.
flash-second-factor-ended = La connexion en deux étapes est désactivée.
rule-second-factor = Sur ce site, l’administration exige la connexion en deux étapes. Configurez-la dans vos paramètres, sous Mot de passe.
admin-action-second-factor-reset = Connexion en deux étapes désactivée
admin-second-factor = Exiger la connexion en deux étapes pour l’administration
admin-second-factor-hint = Les personnes de l’administration qui ne l’ont pas sont dirigées vers ses paramètres et ne peuvent rien modifier avant de l’avoir configurée.
