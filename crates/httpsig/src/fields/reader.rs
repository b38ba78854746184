//! Parses a structured field byte by byte (RFC 8941 §4.2).

use super::{Item, MAX_MEMBERS, Member, Params, SignatureError, Value};
use base64::Engine;

type Read<T> = Result<T, SignatureError>;

fn bad<T>(why: &'static str) -> Read<T> {
    Err(SignatureError::Malformed(why))
}

/// The unread rest of a structured field.
pub(super) struct Reader<'t> {
    rest: &'t [u8],
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    pub(super) fn dictionary(&mut self) -> Read<Vec<Member>> {
        let mut members: Vec<Member> = Vec::new();
        self.skip(b" ");
        while let Some(member) = self.member()? {
            if members.iter().any(|known| known.name == member.name) {
                return Err(SignatureError::Duplicate(member.name));
            }
            members.push(member);
            if members.len() > MAX_MEMBERS {
                return bad("more members than anybody needs");
            }
            self.skip(b" \t");
            if self.rest.is_empty() {
                break;
            }
            if !self.eat(b',') {
                return bad("something between two members");
            }
            self.skip(b" \t");
            if self.rest.is_empty() {
                return bad("a comma with nothing behind it");
            }
        }
        Ok(members)
    }

    /// Reads a member; `None` at the end.
    fn member(&mut self) -> Read<Option<Member>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let name = self.name()?;
        let value = if !self.eat(b'=') {
            Value::Item(Item::Flag(true))
        } else if self.eat(b'(') {
            Value::List(self.list()?)
        } else {
            Value::Item(self.item()?)
        };
        let params = self.params()?;
        Ok(Some(Member {
            name,
            value,
            params,
        }))
    }

    /// Reads the items of a list after its `(`, and its `)`.
    fn list(&mut self) -> Read<Vec<(Item, Params)>> {
        let mut items = Vec::new();
        loop {
            self.skip(b" ");
            if self.eat(b')') {
                return Ok(items);
            }
            let item = self.item()?;
            items.push((item, self.params()?));
            if items.len() > MAX_MEMBERS {
                return bad("more items than anybody needs");
            }
            if !matches!(self.peek(), Some(b' ' | b')')) {
                return bad("a list that is not closed");
            }
        }
    }

    fn params(&mut self) -> Read<Params> {
        let mut params: Params = Vec::new();
        while self.eat(b';') {
            self.skip(b" ");
            let name = self.name()?;
            let value = if self.eat(b'=') {
                self.item()?
            } else {
                Item::Flag(true)
            };
            if params.iter().any(|(known, _)| *known == name) {
                return Err(SignatureError::Duplicate(name));
            }
            params.push((name, value));
            if params.len() > MAX_MEMBERS {
                return bad("more parameters than anybody needs");
            }
        }
        Ok(params)
    }

    fn name(&mut self) -> Read<String> {
        let inside = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'.' | b'*')
        };
        match self.peek() {
            Some(b'a'..=b'z' | b'*') => Ok(self.take(inside)),
            _ => bad("a name that is none"),
        }
    }

    fn item(&mut self) -> Read<Item> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => self.text(),
            Some(b':') => self.bytes(),
            Some(b'?') => self.flag(),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'*' => {
                let inside =
                    |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
                Ok(Item::Token(self.take(inside)))
            }
            _ => bad("a value of no kind"),
        }
    }

    fn number(&mut self) -> Read<Item> {
        let sign = if self.eat(b'-') { -1 } else { 1 };
        let whole = self.take(|byte| byte.is_ascii_digit());
        let integer = |digits: &str| {
            let number = digits.parse::<i64>();
            number.map_err(|_none| SignatureError::Malformed("a number without digits"))
        };
        if !self.eat(b'.') {
            return match whole.len() {
                0..=15 => Ok(Item::Integer(sign * integer(&whole)?)),
                _ => bad("a number that is too long"),
            };
        }
        let part = self.take(|byte| byte.is_ascii_digit());
        if whole.len() > 12 || !(1..=3).contains(&part.len()) {
            return bad("a number that is too long");
        }
        let thousandths = integer(&whole)? * 1_000 + integer(&format!("{part:0<3}"))?;
        Ok(Item::Decimal(sign * thousandths))
    }

    fn text(&mut self) -> Read<Item> {
        self.eat(b'"');
        let mut text = String::new();
        loop {
            match self.next() {
                Some(b'"') => return Ok(Item::Text(text)),
                Some(b'\\') => match self.next() {
                    Some(byte @ (b'"' | b'\\')) => text.push(char::from(byte)),
                    _ => return bad("an escape of nothing"),
                },
                Some(byte @ 0x20..=0x7e) => text.push(char::from(byte)),
                Some(_) => return bad("a character no text may have"),
                None => return bad("a quote that is not closed"),
            }
        }
    }

    fn bytes(&mut self) -> Read<Item> {
        self.eat(b':');
        let text = self.take(|byte| byte != b':');
        if !self.eat(b':') {
            return bad("bytes that are not closed");
        }
        let bytes = crate::BASE64.decode(text);
        bytes.map_or(bad("bytes that are not base64"), |bytes| {
            Ok(Item::Bytes(bytes))
        })
    }

    fn flag(&mut self) -> Read<Item> {
        self.eat(b'?');
        match self.next() {
            Some(b'1') => Ok(Item::Flag(true)),
            Some(b'0') => Ok(Item::Flag(false)),
            _ => bad("a flag that is neither"),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.next();
        }
        there
    }

    fn skip(&mut self, any: &[u8]) {
        while self.peek().is_some_and(|byte| any.contains(&byte)) {
            self.next();
        }
    }

    /// Reads bytes while they fit; a byte that is not ASCII becomes another letter, which is accepted
    /// nowhere.
    fn take(&mut self, fits: impl Fn(u8) -> bool) -> String {
        let mut taken = String::new();
        while let Some(byte) = self.peek().filter(|byte| fits(*byte)) {
            taken.push(char::from(byte));
            self.next();
        }
        taken
    }
}
