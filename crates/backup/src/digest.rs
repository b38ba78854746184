//! SHA-256 of what is read, in hexadecimal digits as `sha256sum` writes them.

use std::io::{self, Read};

use openssl::sha::Sha256;

/// Digests and counts what is read through it.
pub(crate) struct DigestReader<R> {
    inner: R,
    sha: Sha256,
    read: u64,
}

impl<R: Read> DigestReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            sha: Sha256::new(),
            read: 0,
        }
    }

    /// Returns the digest, and the number of bytes.
    pub(crate) fn finish(self) -> (String, u64) {
        let digest = self.sha.finish();
        let digits = digest.iter().map(|byte| format!("{byte:02x}"));
        (digits.collect(), self.read)
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(new) = buffer.get(..read) {
            self.sha.update(new);
        }
        self.read += read as u64;
        Ok(read)
    }
}

/// Reads to the end and returns the digest.
pub(crate) fn digest(data: impl Read) -> io::Result<String> {
    let mut reader = DigestReader::new(data);
    io::copy(&mut reader, &mut io::sink())?;
    Ok(reader.finish().0)
}
