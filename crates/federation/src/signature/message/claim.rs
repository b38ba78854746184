//! What `Signature-Input` and `Signature` say: under each label what is covered, by which key, and
//! the signature itself.

use crate::signature::fields::{self, Item, Member, Value};
use crate::signature::{Algorithm, MAX_COVERED, SignatureError, plain};
use http::{HeaderMap, HeaderName};

/// Labels that are looked at.
const MAX_LABELS: usize = 8;
const INPUT: &str = "signature-input";

/// Something covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Component {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// An ordinary header.
    Header(HeaderName),
}

impl Component {
    /// Reads a component's name.
    ///
    /// # Errors
    /// `Unsupported` for one that cannot be rebuilt from a request, `Malformed` for no name.
    fn read(name: &str) -> Result<Self, SignatureError> {
        Ok(match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            _ if name.starts_with('@') => {
                return Err(SignatureError::Unsupported(name.to_owned()));
            }
            _ => {
                let header = HeaderName::from_bytes(name.as_bytes());
                let header = header.ok().filter(|header| header.as_str() == name);
                let unfit = SignatureError::Malformed("a component that is no header's name");
                Self::Header(header.ok_or(unfit)?)
            }
        })
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Method => "@method",
            Self::TargetUri => "@target-uri",
            Self::Authority => "@authority",
            Self::Scheme => "@scheme",
            Self::RequestTarget => "@request-target",
            Self::Path => "@path",
            Self::Query => "@query",
            Self::Header(header) => header.as_str(),
        }
    }
}

/// What one label claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// What is covered, in its order, each once.
    pub components: Vec<Component>,
    /// The list and its parameters, as they are signed.
    pub params: String,
    /// The key's id.
    pub key_id: String,
    /// `None` where the key decides.
    pub algorithm: Option<Algorithm>,
    /// Seconds since 1970.
    pub created: Option<i64>,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    /// The signature itself.
    pub signature: Vec<u8>,
}

/// Whether a request says that it is signed in this form.
pub(in crate::signature) fn is_there(headers: &HeaderMap) -> bool {
    headers.contains_key(INPUT)
}

/// What each label claims, in their order; a label that is out of shape spoils no other.
///
/// # Errors
/// `Malformed`, `Duplicate`, and `Missing` where no label has a signature.
pub(super) fn claims(
    headers: &HeaderMap,
) -> Result<Vec<Result<Claim, SignatureError>>, SignatureError> {
    let inputs = members(headers, INPUT, |_| true)?;
    // A line in the draft's form may stand beside ours: its `keyId` is no name of ours.
    let signatures = members(headers, "signature", |line| !line.contains("keyId="))?;
    let claims: Vec<_> = inputs
        .iter()
        .filter_map(|input| {
            let named = signatures.iter().find(|member| member.name == input.name)?;
            Some(Claim::read(input, named))
        })
        .collect();
    if claims.is_empty() {
        return Err(SignatureError::Missing);
    }
    Ok(claims)
}

/// The members of all lines of a header, each name once.
fn members(
    headers: &HeaderMap,
    name: &str,
    ours: impl Fn(&str) -> bool,
) -> Result<Vec<Member>, SignatureError> {
    let mut members: Vec<Member> = Vec::new();
    for line in headers.get_all(name) {
        let line = plain(line)?;
        if !ours(line) {
            continue;
        }
        for member in fields::dictionary(line)? {
            if members.iter().any(|known| known.name == member.name) {
                return Err(SignatureError::Duplicate(member.name));
            }
            members.push(member);
        }
    }
    if members.len() > MAX_LABELS {
        return Err(SignatureError::Malformed(
            "more signatures than anybody needs",
        ));
    }
    Ok(members)
}

impl Claim {
    fn read(input: &Member, signature: &Member) -> Result<Self, SignatureError> {
        let bad = SignatureError::Malformed;
        let Value::List(items) = &input.value else {
            return Err(bad("a signature's input that is no list"));
        };
        let Value::Item(Item::Bytes(signature)) = &signature.value else {
            return Err(bad("a signature that is no bytes"));
        };
        if items.len() > MAX_COVERED {
            return Err(bad("an unreasonable list of components"));
        }
        let mut claim = Self {
            components: Vec::with_capacity(items.len()),
            params: input.written().unwrap_or_default(),
            key_id: String::new(),
            algorithm: None,
            created: None,
            expires: None,
            signature: signature.clone(),
        };
        for (item, params) in items {
            claim.cover(item, params)?;
        }
        for (name, value) in &input.params {
            claim.set(name, value)?;
        }
        if claim.key_id.is_empty() {
            return Err(bad("no keyid"));
        }
        Ok(claim)
    }

    fn cover(&mut self, item: &Item, params: &fields::Params) -> Result<(), SignatureError> {
        let Item::Text(name) = item else {
            return Err(SignatureError::Malformed("a component that is no text"));
        };
        if let Some((param, _)) = params.first() {
            return Err(SignatureError::Unsupported(format!("{name};{param}")));
        }
        let component = Component::read(name)?;
        if self.components.contains(&component) {
            return Err(SignatureError::Duplicate(name.clone()));
        }
        self.components.push(component);
        Ok(())
    }

    /// `nonce`, `tag` and what we do not know are covered by the signature, and not looked at.
    fn set(&mut self, name: &str, value: &Item) -> Result<(), SignatureError> {
        let bad = SignatureError::Malformed;
        match (name, value) {
            ("keyid", Item::Text(id)) => self.key_id.clone_from(id),
            ("created", Item::Integer(at)) => self.created = Some(*at),
            ("expires", Item::Integer(at)) => self.expires = Some(*at),
            ("alg", Item::Text(name)) => self.algorithm = Some(algorithm(name)?),
            ("nonce" | "tag", Item::Text(_)) => {}
            ("created" | "expires", _) => return Err(bad("a time that is no number of seconds")),
            ("keyid" | "alg" | "nonce" | "tag", _) => {
                return Err(bad("a parameter that is no text"));
            }
            _ => {}
        }
        Ok(())
    }
}

fn algorithm(name: &str) -> Result<Algorithm, SignatureError> {
    [Algorithm::Rsa, Algorithm::Ed25519]
        .into_iter()
        .find(|known| known.name() == name)
        .ok_or_else(|| SignatureError::Unsupported(name.to_owned()))
}
