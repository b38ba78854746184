//! Hands mails to a mail server over SMTP.

use std::time::Duration;

use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use model::mail::{MailAddress, MailSecurity};

use crate::headers::{ListId, ListUnsubscribe, ListUnsubscribePost};
use crate::mail_text::MailText;
use crate::{AutoSubmitted, MailError};

/// Connections that are kept open at most, and for how long.
const CONNECTIONS: u32 = 4;
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// What a mail server answers when it wants to know who we are (RFC 4954 §6, RFC 5248 3.5.1): the
/// configuration is wrong, not the recipient.
const SIGN_IN_CODES: [&str; 4] = ["530", "534", "535", "538"];

/// Which mail server sends, and how it is spoken to.
#[derive(Clone)]
pub struct SmtpConfig {
    pub host: String,
    /// `None`: 587 with STARTTLS, 465 with TLS, 25 without.
    pub port: Option<u16>,
    pub security: MailSecurity,
    /// User and password, where the server asks for them.
    pub credentials: Option<(String, String)>,
    /// A certificate authority in PEM that is trusted beside the system's.
    pub authority: Option<Vec<u8>>,
    /// The sender's address.
    pub from: MailAddress,
    /// The address that mails come back to which cannot be delivered; `None`: the sender's.
    pub bounces: Option<MailAddress>,
    /// How long the mail server may take for the whole conversation.
    pub timeout: Duration,
}

/// A connection pool to the mail server.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    bounces: Address,
    /// The domain of `Message-ID`.
    domain: String,
    timeout: Duration,
}

impl Smtp {
    /// Prepares a pool; connects only when a mail is sent.
    pub(crate) fn new(config: &SmtpConfig) -> Result<Self, MailError> {
        let tls = || -> Result<TlsParameters, MailError> {
            let mut builder = TlsParameters::builder(config.host.clone());
            if let Some(pem) = &config.authority {
                let authority = Certificate::from_pem(pem).map_err(|e| setting("ca_file", &e))?;
                builder = builder.add_root_certificate(authority);
            }
            builder.build().map_err(|e| setting("TLS", &e))
        };
        let (tls, port) = match config.security {
            MailSecurity::Starttls => (Tls::Required(tls()?), smtp::SUBMISSION_PORT),
            MailSecurity::Tls => (Tls::Wrapper(tls()?), smtp::SUBMISSIONS_PORT),
            MailSecurity::None => (Tls::None, smtp::SMTP_PORT),
        };
        let from = address(&config.from)?;
        let domain = from.domain().to_owned();
        let pool = PoolConfig::new()
            .max_size(CONNECTIONS)
            .idle_timeout(IDLE_TIMEOUT);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port.unwrap_or(port))
            .tls(tls)
            .hello_name(ClientId::Domain(domain.clone()))
            .timeout(Some(config.timeout))
            .pool_config(pool);
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            bounces: address(config.bounces.as_ref().unwrap_or(&config.from))?,
            from,
            domain,
            timeout: config.timeout,
        })
    }

    /// Gives a conversation up after the time limit. The limit of lettre covers the connection only: a
    /// server that accepts it and never answers would be waited for without an end.
    async fn in_time<T>(
        &self,
        conversation: impl Future<Output = Result<T, smtp::Error>>,
    ) -> Result<T, MailError> {
        match tokio::time::timeout(self.timeout, conversation).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_elapsed) => Err(MailError::Unavailable(format!(
                "the mail server did not answer within {} s",
                self.timeout.as_secs()
            ))),
        }
    }

    /// Connects and signs in, without sending.
    pub(crate) async fn check(&self) -> Result<(), MailError> {
        match self.in_time(self.transport.test_connection()).await? {
            true => Ok(()),
            false => Err(MailError::Unavailable(
                "the mail server does not answer NOOP".to_owned(),
            )),
        }
    }

    /// Adds what programs sort the mail by.
    fn with_headers(&self, builder: MessageBuilder, mail_text: &MailText) -> MessageBuilder {
        let mut builder = builder;
        if let Some(list) = &mail_text.headers.list {
            builder = builder.header(ListId(format!("<{list}>")));
        }
        if let Some(thread) = &mail_text.headers.thread {
            // Nobody has a message of this id: programs group what refers to the same one.
            let id = format!("<{thread}@{}>", self.domain);
            builder = builder.in_reply_to(id.clone()).references(id);
        }
        if let Some((name, to)) = &mail_text.headers.reply_to
            && let Ok(to) = address(to)
        {
            builder = builder.reply_to(Mailbox::new(Some(name.clone()), to));
        }
        if let Some(url) = &mail_text.headers.unsubscribe {
            builder = builder.header(ListUnsubscribe(format!("<{url}>")));
            // RFC 8058 wants https.
            if url.starts_with("https://") {
                let one_click = ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned());
                builder = builder.header(one_click);
            }
        }
        builder
    }

    /// Sends a mail. `id` is the same at each attempt, so that programs recognize a mail that came twice.
    pub(crate) async fn send(
        &self,
        to: &MailAddress,
        name: &str,
        mail_text: &MailText,
        id: &str,
    ) -> Result<(), MailError> {
        let to = address(to)?;
        let built = |e: &dyn std::error::Error| {
            MailError::Refused(format!("the mail cannot be written: {e}"))
        };
        let html = mail_text.html().map_err(|e| built(&e))?;
        let builder = Message::builder()
            .from(Mailbox::new(
                Some(mail_text.site.clone()),
                self.from.clone(),
            ))
            .to(Mailbox::new(Some(name.to_owned()), to.clone()))
            .subject(mail_text.subject.clone())
            .message_id(Some(format!("<{id}@{}>", self.domain)))
            .header(AutoSubmitted);
        let message = self
            .with_headers(builder, mail_text)
            .multipart(MultiPart::alternative_plain_html(mail_text.plain(), html))
            .map_err(|e| built(&e))?;
        let envelope = lettre::address::Envelope::new(Some(self.bounces.clone()), vec![to])
            .map_err(|e| built(&e))?;
        let bytes = message.formatted();
        let sent = self.transport.send_raw(&envelope, &bytes);
        self.in_time(sent).await.map(|_accepted| ())
    }
}

/// Says whether trying again can help. The whole chain of causes is told, since the last one names the
/// certificate or the port at fault.
fn failure(error: &smtp::Error) -> MailError {
    let code = error.status().map(|code| code.to_string());
    let signs_in = code
        .as_deref()
        .is_some_and(|code| SIGN_IN_CODES.contains(&code));
    let mut why = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        // Some errors begin with the text of what they wrap, others end with it.
        if inner_text.contains(&why) {
            why = inner_text;
        } else if !why.contains(&inner_text) {
            why = format!("{why}: {inner_text}");
        }
        cause = inner.source();
    }
    match error.is_permanent() && !signs_in {
        true => MailError::Refused(why),
        false => MailError::Unavailable(why),
    }
}

fn address(address: &MailAddress) -> Result<Address, MailError> {
    let parsed = address.as_str().parse();
    parsed.map_err(|e| MailError::Refused(format!("{address}: {e}")))
}

fn setting(key: &str, why: &dyn std::fmt::Display) -> MailError {
    MailError::Setting(format!("[mail] {key}: {why}"))
}
