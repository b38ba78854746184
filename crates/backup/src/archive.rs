//! The archive: written entry by entry with a digest of each, and read again with every digest checked.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{Archive, Builder, EntryType, Header as TarHeader};

use crate::digest::DigestReader;
use crate::error::at;
use crate::header::{FORMAT, Header, entry};
use crate::{BackupError, Contents, Progress, media};

const HEADER: &str = "backup.json";
const SUMS: &str = "SHA256SUMS";
/// The largest header that is read.
const MAX_HEADER: u64 = 64 * 1024;

/// The longest line of the list of digests.
const MAX_LINE: u64 = 256;

/// An archive that is being written.
pub(crate) struct ArchiveWriter {
    tar: Builder<GzEncoder<BufWriter<File>>>,
    sums: String,
    modified: u64,
}

impl ArchiveWriter {
    /// Begins an archive with its header. `modified` is the time of its entries in Unix seconds.
    pub(crate) fn begin(file: File, header: &Header, modified: u64) -> io::Result<Self> {
        let gzip = GzEncoder::new(BufWriter::new(file), Compression::fast());
        let mut archive = Self {
            tar: Builder::new(gzip),
            sums: String::new(),
            modified,
        };
        let json = serde_json::to_vec_pretty(header)?;
        archive.add(HEADER, json.len() as u64, &mut json.as_slice())?;
        Ok(archive)
    }

    /// Adds an entry of exactly `size` bytes.
    pub(crate) fn add(&mut self, name: &str, size: u64, data: &mut dyn Read) -> io::Result<()> {
        let mut header = self.entry(size);
        let mut reader = DigestReader::new(data.take(size));
        self.tar.append_data(&mut header, name, &mut reader)?;
        let (digest, read) = reader.finish();
        if read != size {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{name} became shorter while it was copied"),
            ));
        }
        let _ = writeln!(self.sums, "{digest}  {name}");
        Ok(())
    }

    /// Ends the archive with the list of digests, and waits until it is on disk.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let sums = std::mem::take(&mut self.sums);
        let mut header = self.entry(sums.len() as u64);
        self.tar.append_data(&mut header, SUMS, sums.as_bytes())?;
        let mut buffer = self.tar.into_inner()?.finish()?;
        buffer.flush()?;
        buffer.get_ref().sync_all()
    }

    fn entry(&self, size: u64) -> TarHeader {
        let mut header = TarHeader::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(self.modified);
        header.set_size(size);
        header
    }
}

/// What an archive holds besides its header and its list of digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Database,
    /// A picture, by its digest.
    Picture(&'a str),
}

/// Reads a whole backup and compares every entry with its digest, without writing anything.
///
/// # Errors
/// [`BackupError::NotABackup`], [`BackupError::Damaged`], [`BackupError::Newer`] for a form of the archive
/// that this version does not know, and those of the file system.
pub fn verify(path: &Path, progress: Progress<'_>) -> Result<Contents, BackupError> {
    read(path, progress, &mut |_part, _data| Ok(()))
}

/// Reads a backup as [`verify`] does, and gives each part to `each`, which may leave a part unread. The
/// digests are compared at the end, when the parts have been given already.
pub(crate) fn read(
    path: &Path,
    progress: Progress<'_>,
    each: &mut dyn FnMut(Part<'_>, &mut dyn Read) -> Result<(), BackupError>,
) -> Result<Contents, BackupError> {
    let file = File::open(path).map_err(at(path))?;
    let bytes = file.metadata().map_err(at(path))?.len();
    let report = &|done| progress(done, bytes);
    let counted = CountingReader::new(BufReader::new(file), report);
    let damaged = |why: String| BackupError::Damaged {
        path: path.to_owned(),
        why,
    };
    let torn = |error: io::Error| damaged(error.to_string());
    let mut archive = Archive::new(GzDecoder::new(counted));
    let mut entries = archive.entries().map_err(torn)?;
    let header = match entries.next() {
        Some(Ok(first)) => read_header(first, path)?,
        Some(Err(_)) | None => return Err(BackupError::NotABackup(path.to_owned())),
    };
    let database = header.0.backend().map(entry);
    let mut digests = HashMap::from([(HEADER.to_owned(), header.1)]);
    let (mut pictures, mut has_database, mut is_whole) = (0, false, false);
    for next in entries {
        let mut next = next.map_err(torn)?;
        let name = name_of(&next).map_err(torn)?;
        if name == SUMS {
            read_sums(&mut next, &digests).map_err(damaged)?;
            is_whole = true;
            break;
        }
        if digests.contains_key(&name) {
            return Err(damaged(format!("{name} stands in it twice")));
        }
        let mut data = DigestReader::new(&mut next);
        let part = part_of(&name, database)
            .ok_or_else(|| damaged(format!("{name} does not belong in a backup")))?;
        match part {
            Part::Database => has_database = true,
            Part::Picture(_) => pictures += 1,
        }
        each(part, &mut data)?;
        io::copy(&mut data, &mut io::sink()).map_err(torn)?;
        let digest = data.finish().0;
        if media::digest_of(&name).is_some_and(|named| named != digest) {
            return Err(damaged(format!("{name} is not what its name says")));
        }
        digests.insert(name, digest);
    }
    if !(is_whole && has_database) {
        return Err(damaged("its end or its database is missing".to_owned()));
    }
    read_end(archive.into_inner()).map_err(torn)?;
    Ok(Contents {
        header: header.0,
        pictures,
        bytes,
    })
}

/// Reads the list of digests and compares it with those of the entries.
fn read_sums(data: &mut dyn Read, digests: &HashMap<String, String>) -> Result<(), String> {
    let most = digests.len() as u64 * MAX_LINE;
    let sums = io::read_to_string(data.take(most)).map_err(|error| error.to_string())?;
    compare(&sums, digests)
}

/// Reads what follows the last entry, which is short and empty: gzip compares its own digest of the whole at
/// the end.
fn read_end(rest: impl Read) -> io::Result<()> {
    const MOST: u64 = 64 * 1024;
    let mut end = Vec::new();
    rest.take(MOST).read_to_end(&mut end)?;
    if end.len() as u64 == MOST || end.iter().any(|byte| *byte != 0) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "something follows its end",
        ));
    }
    Ok(())
}

/// What an entry is, by its name; `None` for what does not belong in a backup.
fn part_of<'n>(name: &'n str, database: Option<&str>) -> Option<Part<'n>> {
    if Some(name) == database {
        return Some(Part::Database);
    }
    media::digest_of(name).map(Part::Picture)
}

/// Reads the header and its digest.
fn read_header<R: Read>(
    mut first: tar::Entry<'_, R>,
    path: &Path,
) -> Result<(Header, String), BackupError> {
    let foreign = || BackupError::NotABackup(path.to_owned());
    if name_of(&first).is_ok_and(|name| name != HEADER) || first.size() > MAX_HEADER {
        return Err(foreign());
    }
    let mut reader = DigestReader::new(&mut first);
    let mut json = Vec::new();
    reader.read_to_end(&mut json).map_err(|_unread| foreign())?;
    let header: Header = serde_json::from_slice(&json).map_err(|_other| foreign())?;
    if header.format > FORMAT {
        return Err(BackupError::Newer {
            program: header.program,
            theirs: format!("form {}", header.format),
            ours: format!("form {FORMAT}"),
        });
    }
    Ok((header, reader.finish().0))
}

/// The name of a regular file in an archive.
fn name_of<R: Read>(entry: &tar::Entry<'_, R>) -> io::Result<String> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    if entry.header().entry_type() != EntryType::Regular {
        return Err(wrong("it holds something else than files"));
    }
    let name = entry.path()?;
    let name = name.to_str().ok_or_else(|| wrong("a name is not UTF-8"))?;
    Ok(name.to_owned())
}

/// Compares the list of digests with what was read; both must name the same files.
fn compare(sums: &str, read: &HashMap<String, String>) -> Result<(), String> {
    let mut listed = 0;
    for line in sums.lines() {
        let (digest, name) = line
            .split_once("  ")
            .ok_or_else(|| format!("{SUMS} has a line without a name"))?;
        match read.get(name) {
            Some(found) if found == digest => listed += 1,
            Some(_) => return Err(format!("{name} has changed since")),
            None => return Err(format!("{name} is missing")),
        }
    }
    if listed == read.len() {
        Ok(())
    } else {
        Err(format!("{SUMS} does not name every file"))
    }
}

/// Reports how many bytes were read through it.
struct CountingReader<'a, R> {
    inner: R,
    done: u64,
    report: &'a dyn Fn(u64),
}

impl<'a, R> CountingReader<'a, R> {
    fn new(inner: R, report: &'a dyn Fn(u64)) -> Self {
        Self {
            inner,
            done: 0,
            report,
        }
    }
}

impl<R: Read> Read for CountingReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done += read as u64;
        (self.report)(self.done);
        Ok(read)
    }
}
