## Two-step sign-in
factor-title = Two-step sign-in
factor-intro = With two-step sign-in, your password alone is not enough: you also show an app on your phone or a passkey. Whoever steals your password stays out.
factor-intro-sso = Your institution checks who you are. A passkey or an app on your phone is asked for beside that, so that whoever gets into your account there stays out here.
factor-link = Two-step sign-in settings
factor-needed = On this site, administrators need two-step sign-in. Set it up to continue.
factor-scan = Scan this code with your authenticator app
factor-scan-hint = For example Aegis, 2FAS, FreeOTP, Google Authenticator or a password manager.
factor-qr = QR code for the authenticator app
factor-secret = Or type this key into the app
factor-code = Code
factor-code-app = The six digits that the app shows now
factor-code-hint = Six digits from your authenticator app, or one of your recovery codes.
factor-confirm = Turn it on
factor-cancel = Cancel
factor-on = Two-step sign-in is on: your password alone does not sign you in.
factor-left =
    { $count ->
        [0] You have no recovery code left. Make new ones below.
        [one] You have one recovery code left.
       *[other] You have { $count } recovery codes left.
    }
factor-renew = New recovery codes
factor-codes-title = Your recovery codes
factor-codes-hint = Keep these codes in a safe place: each signs you in once if you lose your phone or your passkey. They are not shown again, and earlier ones no longer work.
factor-codes-done = I have kept them
factor-step-title = Enter the code
factor-step-lost = Lost your phone, your passkeys and your recovery codes? Ask the administrators of this site.
factor-link-password = Enter a new password: your account has two-step sign-in, and this link does not replace its code
enter-code = Enter the code
why-code = This code is wrong or has been used. Wait for the next one.
why-code-expired = That took too long, or too many codes were wrong. Sign in again with your password.
flash-second-factor-added = Added.
flash-second-factor-removed = Removed.
rule-second-factor = On this site, administrators need two-step sign-in. Set it up under Settings, Password.
admin-action-second-factor-reset = Two-step sign-in turned off
admin-second-factor = Require two-step sign-in of administrators
admin-second-factor-hint = Administrators without it are led to its settings, and can change nothing until they have set it up.
factor-codes = Recovery codes
factor-app = Authenticator app
factor-app-hint = An app on your phone shows a new six-digit code every 30 seconds.
factor-app-since = Set up
factor-app-add = Set up an app
factor-app-remove = Remove the app
factor-code-or-passkey = Six digits from your authenticator app, or a recovery code. Leave this empty to use your passkey.
passkeys-title = Passkeys
passkeys-hint = A passkey is kept by your device or your password manager and unlocked with your fingerprint, face or PIN. It signs you in without a password.
passkey-name = Name of the new passkey
passkey-name-hint = For example “Work laptop”.
passkey-add = Add a passkey
passkey-added = Added
passkey-remove = Remove
passkey-sign-in = Sign in with a passkey
passkey-create-title = Create a passkey
passkey-create-hint = Your browser asks where to keep it.
passkey-create = Create the passkey
passkey-use-title = Use your passkey
passkey-use-hint = Your browser asks for your passkey.
passkey-use = Use a passkey
passkey-failed = No passkey was used. Try again.
passkey-unsupported = This browser doesn’t support passkeys.
passkey-no-script = Passkeys need JavaScript. Turn it on, or go back and choose another way.
why-passkey = This passkey isn’t known here.
why-passkey-expired = That took too long. Try again.
why-passkey-taken = This passkey is registered already.
why-passkeys-many = You have as many passkeys as possible. Remove one first.
why-passkey-host = Passkeys need a site whose address is a name, not a number.
