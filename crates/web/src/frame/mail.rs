//! What pages say of the mails to their reader.

use super::Frame;

impl Frame {
    /// The reader's e-mail address, on the pages of settings, where the mail server refuses it.
    #[must_use]
    pub fn refused_address(&self) -> Option<&str> {
        let me = self
            .me
            .as_ref()
            .filter(|_| self.here.starts_with("/settings/"))?;
        me.refused_address.as_deref()
    }

    /// Whether the reader, who has just begun to follow a community, is offered to be told of it by mail.
    #[must_use]
    pub fn offers_mail(&self) -> bool {
        let offers = self.flash.as_ref().is_some_and(|flash| flash.offers_mail);
        offers && self.me.as_ref().is_some_and(|me| me.has_address)
    }
}
