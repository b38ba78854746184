//! Words that are nearly the same: by the groups of three letters that they share, and then by the
//! number of changes that make one of the other.

/// How many changes a word of this many characters is forgiven: none for what is too short to be
/// misspelled without being another word.
#[must_use]
pub fn distance_allowed(word: &str) -> usize {
    match word.chars().count() {
        ..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The groups of three characters of a word, with blanks before it and after it; each once.
#[must_use]
pub fn trigrams(word: &str) -> Vec<String> {
    let padded: Vec<char> = "  ".chars().chain(word.chars()).chain([' ']).collect();
    let mut groups: Vec<String> = padded
        .windows(3)
        .map(|group| group.iter().collect())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Whether two folded words differ by no more changes than the first is forgiven: a character that is
/// missing, added or replaced, or two that changed places.
#[must_use]
pub fn is_similar(word: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), other.chars().collect());
    let allowed = distance_allowed(word);
    a.len().abs_diff(b.len()) <= allowed && distance(&a, &b) <= allowed
}

/// The number of changes (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let first: Vec<usize> = (0..=b.len()).collect();
    let mut rows = (Vec::new(), first);
    for (i, from) in a.iter().enumerate() {
        let (before, above) = (&rows.0, &rows.1);
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let at =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(above, j) + usize::from(from != to);
            let mut least = replaced.min(at(above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                least = least.min(at(before, j - 1) + 1);
            }
            row.push(least);
        }
        rows = (rows.1, row);
    }
    rows.1.last().copied().unwrap_or(0)
}
