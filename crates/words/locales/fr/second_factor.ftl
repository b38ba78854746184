## Connexion en deux étapes
factor-title = Connexion en deux étapes
factor-intro = Avec la connexion en deux étapes, votre mot de passe ne suffit plus : vous utilisez aussi une application sur votre téléphone ou une clé d’accès. Un mot de passe volé ne sert alors à rien.
factor-intro-sso = Votre établissement vérifie votre identité. Une clé d’accès ou une application sur votre téléphone est demandée en plus : la personne qui accéderait à votre compte là-bas n’entrerait pas ici.
factor-link = Réglages de la connexion en deux étapes
factor-needed = Sur ce site, la connexion en deux étapes est exigée de l’équipe d’administration. Configurez-la pour continuer.
factor-scan = Numérisez ce code avec votre application d’authentification
factor-scan-hint = Par exemple Aegis, 2FAS, FreeOTP, Google Authenticator ou un gestionnaire de mots de passe.
factor-qr = Code QR pour l’application d’authentification
factor-secret = Ou saisissez cette clé dans l’application
factor-code = Code
factor-code-app = Les six chiffres que l’application affiche maintenant
factor-code-hint = Les six chiffres de votre application d’authentification, ou l’un de vos codes de secours.
factor-confirm = L’activer
factor-cancel = Annuler
factor-on = La connexion en deux étapes est activée : votre mot de passe seul ne vous connecte pas.
factor-left =
    { $count ->
        [0] Il ne vous reste aucun code de secours. Créez-en de nouveaux ci-dessous.
        [one] Il vous reste { $count } code de secours.
       *[other] Il vous reste { $count } codes de secours.
    }
factor-renew = Nouveaux codes de secours
factor-codes-title = Vos codes de secours
factor-codes-hint = Gardez ces codes en lieu sûr : chacun vous connecte une fois si vous perdez votre téléphone ou votre clé d’accès. Ils ne seront plus affichés, et les précédents ne fonctionnent plus.
factor-codes-done = Je les ai conservés
factor-step-title = Entrez le code
factor-step-lost = Vous avez perdu votre téléphone, vos clés d’accès et vos codes de secours? Écrivez à l’équipe d’administration de ce site.
factor-link-password = Entrez un nouveau mot de passe : votre compte utilise la connexion en deux étapes, et ce lien n’en remplace pas le code
enter-code = Entrez le code
why-code = Ce code est faux ou a déjà servi. Attendez le suivant.
why-code-expired = Le délai est dépassé, ou trop de codes étaient faux. Connectez-vous de nouveau avec votre mot de passe.
flash-second-factor-added = C’est ajouté.
flash-second-factor-removed = C’est retiré.
rule-second-factor = Sur ce site, la connexion en deux étapes est exigée de l’équipe d’administration. Configurez-la dans vos réglages, sous Mot de passe.
admin-action-second-factor-reset = Connexion en deux étapes désactivée
admin-second-factor = Exiger la connexion en deux étapes de l’équipe d’administration
admin-second-factor-hint = Les membres de l’équipe qui ne l’ont pas sont dirigés vers ses réglages et ne peuvent rien modifier avant de l’avoir configurée.
factor-codes = Codes de secours
factor-app = Application d’authentification
factor-app-hint = Une application sur votre téléphone affiche un nouveau code à six chiffres toutes les 30 secondes.
factor-app-since = Configurée
factor-app-add = Configurer une application
factor-app-remove = Retirer l’application
factor-code-or-passkey = Les six chiffres de votre application d’authentification, ou un code de secours. Laissez ce champ vide pour utiliser votre clé d’accès.
passkeys-title = Clés d’accès
passkeys-hint = Votre appareil ou votre gestionnaire de mots de passe garde une clé d’accès, que vous déverrouillez par empreinte, visage ou NIP. Elle vous connecte sans mot de passe.
passkey-name = Nom de la nouvelle clé d’accès
passkey-name-hint = Par exemple « Portable du travail ».
passkey-add = Ajouter une clé d’accès
passkey-added = Ajoutée le
passkey-remove = Retirer
passkey-sign-in = Se connecter avec une clé d’accès
passkey-create-title = Créer une clé d’accès
passkey-create-hint = Votre navigateur demande où la garder.
passkey-create = Créer la clé d’accès
passkey-use-title = Utilisez votre clé d’accès
passkey-use-hint = Votre navigateur demande votre clé d’accès.
passkey-use = Utiliser une clé d’accès
passkey-failed = Aucune clé d’accès n’a été utilisée. Réessayez.
passkey-unsupported = Ce navigateur ne prend pas en charge les clés d’accès.
passkey-no-script = Les clés d’accès ont besoin de JavaScript. Activez-le, ou revenez en arrière et choisissez un autre moyen.
why-passkey = Cette clé d’accès n’est pas connue ici.
why-passkey-expired = Le délai est dépassé. Réessayez.
why-passkey-taken = Cette clé d’accès est déjà enregistrée.
why-passkeys-many = Vous avez le nombre maximal de clés d’accès. Retirez-en une d’abord.
why-passkey-host = Les clés d’accès demandent un site dont l’adresse est un nom, et non un numéro.
