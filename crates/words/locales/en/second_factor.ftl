## Two-step sign-in
factor-title = Two-step sign-in
factor-intro = With two-step sign-in, you also enter a code from an app on your phone. A stolen password is then not enough.
factor-link = Two-step sign-in settings
factor-needed = On this site, administrators need two-step sign-in. Set it up to continue.
factor-begin = Set it up
factor-scan = Scan this code with your authenticator app
factor-scan-hint = For example Aegis, 2FAS, FreeOTP, Google Authenticator or a password manager.
factor-qr = QR code for the authenticator app
factor-secret = Or type this key into the app
factor-code = Code
factor-code-app = The six digits that the app shows now
factor-code-hint = Six digits from your authenticator app, or one of your recovery codes.
factor-confirm = Turn it on
factor-cancel = Cancel
factor-on = Two-step sign-in is on.
factor-left =
    { $count ->
        [0] You have no recovery code left. Make new ones below.
        [one] You have one recovery code left.
       *[other] You have { $count } recovery codes left.
    }
factor-change = Change two-step sign-in
factor-change-hint = New recovery codes replace the ones you have. If you turn two-step sign-in off, your password alone signs you in.
factor-renew = New recovery codes
factor-end = Turn it off
factor-codes-title = Your recovery codes
factor-codes-hint = Keep these codes in a safe place: each signs you in once if you lose your phone. They are not shown again, and earlier ones no longer work.
factor-codes-done = I have kept them
factor-step-title = Enter the code
factor-step-lost = Lost your phone and your recovery codes? Ask the administrators of this site.
factor-link-password = Enter a new password: your account has two-step sign-in, and this link does not replace its code
enter-code = Enter the code
why-code = This code is wrong or has been used. Wait for the next one.
why-code-expired = That took too long, or too many codes were wrong. Sign in again with your password.
flash-second-factor-ended = Two-step sign-in is off.
rule-second-factor = On this site, administrators need two-step sign-in. Set it up under Settings, Password.
admin-action-second-factor-reset = Two-step sign-in turned off
admin-second-factor = Require two-step sign-in of administrators
admin-second-factor-hint = Administrators without it are led to its settings, and can change nothing until they have set it up.
