//! Reads `Signature-Input` and `Signature`: for each label the covered components, the key's id and the
//! signature.

use crate::fields::{self, Item, Member, Value};
use crate::{Algorithm, MAX_COVERED, SignatureError, header_text};
use http::{HeaderMap, HeaderName};

/// The largest accepted number of labels.
const MAX_LABELS: usize = 8;
const INPUT: &str = "signature-input";

/// A covered component.
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
    /// `Unsupported` for a component that cannot be derived from a request, `Malformed` for an invalid
    /// name.
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

    /// Returns its name in the list.
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

/// One labelled signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// The covered components in their order, each once.
    pub components: Vec<Component>,
    /// The list with its parameters, as signed.
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

/// Whether a request has a signature in this form.
pub(crate) fn is_present(headers: &HeaderMap) -> bool {
    headers.contains_key(INPUT)
}

/// Reads the labelled signatures in their order; a malformed one does not affect the others.
///
/// # Errors
/// `Malformed`, `Duplicate`, and `Missing` where no label has a signature.
pub(super) fn claims(
    headers: &HeaderMap,
) -> Result<Vec<Result<Claim, SignatureError>>, SignatureError> {
    let inputs = members(headers, INPUT, |_| true)?;
    // A request may also be signed in the draft's form, in a header of the same name with `keyId`.
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

/// Reads the dictionary members of all lines of a header, in which each name occurs once.
fn members(
    headers: &HeaderMap,
    name: &str,
    is_relevant: impl Fn(&str) -> bool,
) -> Result<Vec<Member>, SignatureError> {
    let mut members: Vec<Member> = Vec::new();
    for line in headers.get_all(name) {
        let line = header_text(line)?;
        if !is_relevant(line) {
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
            params: input.serialize_list().unwrap_or_default(),
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

    /// Adds a covered component.
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

    /// Sets a parameter. `nonce`, `tag` and unknown parameters are signed but not evaluated.
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
