//! The leaf pattern of a community's banner, derived from its address, so that it is the same on every
//! server, and the palette colour of what has none of its own. A community's colour is stored with it and
//! is not sent to other servers, which give it one of theirs.

use std::fmt::Write as _;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 120.0;

/// The palette number (class `palette-0` … `palette-23` of the style) made from a handle, for what has no
/// colour stored: the place of a post in no community.
#[must_use]
pub fn colour(handle: &str) -> u8 {
    u8::try_from(model::community::colour(handle)).unwrap_or(0)
}

/// The background tone of a person's initials, 0 to 5 (class `tone-N`).
#[must_use]
pub fn tone(address: &str) -> u8 {
    u8::try_from(seed(address) % 6).unwrap_or(0)
}

/// Draws the banner as an SVG file: white leaves on a transparent ground, to be laid over the
/// community's colour. Six sprigs are defined and used many times. `address` is handle and host,
/// `weavers@alpha.test`.
#[must_use]
pub fn pattern(address: &str) -> String {
    let mut random = Random(seed(address) | 1);
    let species = Species::ALL
        .get(random.below(Species::ALL.len()))
        .unwrap_or(&Species::Lance);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         preserveAspectRatio=\"xMidYMax slice\"><defs><path id=\"l\" d=\"{}\"/>",
        species.outline()
    );
    for i in 0..SPRIGS {
        sprig(&mut svg, &mut random, species, i);
    }
    svg.push_str("</defs><g fill=\"#fff\" stroke=\"#fff\" stroke-width=\"0\">");
    for row in [Row::FAR, Row::MIDDLE, Row::NEAR] {
        draw_row(&mut svg, &mut random, row);
    }
    svg.push_str("</g></svg>");
    svg
}

/// Number of different sprigs in the pattern.
const SPRIGS: usize = 6;

/// One layer of the pattern: far rows are taller, denser and fainter.
#[derive(Clone, Copy)]
struct Row {
    gap: f64,
    scale: f64,
    opacity: f64,
}

impl Row {
    const FAR: Row = Row {
        gap: 36.0,
        scale: 1.14,
        opacity: 0.12,
    };
    const MIDDLE: Row = Row {
        gap: 62.0,
        scale: 0.86,
        opacity: 0.15,
    };
    const NEAR: Row = Row {
        gap: 110.0,
        scale: 0.6,
        opacity: 0.24,
    };
}

/// Draws one row from edge to edge; each sprig is scaled and turned at random.
fn draw_row(svg: &mut String, random: &mut Random, row: Row) {
    let _ = write!(svg, "<g opacity=\"{}\">", row.opacity);
    let mut x = -20.0 - 30.0 * random.unit();
    while x < WIDTH + 40.0 {
        let wide = row.scale * (0.8 + 0.4 * random.unit());
        let tall = row.scale * (0.7 + 0.5 * random.unit());
        let wide = if random.unit() < 0.5 { wide } else { -wide };
        let _ = write!(
            svg,
            "<use href=\"#s{}\" transform=\"translate({x:.0} {:.0})rotate({:.0})scale({wide:.2} {tall:.2})\"/>",
            random.below(SPRIGS),
            HEIGHT + 4.0,
            16.0 * (random.unit() - 0.5),
        );
        x += row.gap * (0.6 + 0.8 * random.unit());
    }
    svg.push_str("</g>");
}

/// The leaf's shape and how it sits on the stem. Every outline starts at its stalk and points up.
#[derive(Clone, Copy)]
enum Species {
    Lance,
    Oval,
    Round,
    Heart,
}

impl Species {
    const ALL: [Species; 4] = [
        Species::Lance,
        Species::Oval,
        Species::Round,
        Species::Heart,
    ];

    fn outline(self) -> &'static str {
        match self {
            Species::Lance => "M0 0C7-8 7-22 0-34C-7-22-7-8 0 0Z",
            Species::Oval => "M0 0C12-5 13-20 0-29C-13-20-12-5 0 0Z",
            Species::Round => "M0 0C6-2 13-7 12-14A12 12 0 0 0-12-14C-13-7-6-2 0 0Z",
            Species::Heart => {
                "M0 0C4-1 14-3 14-12C14-19 5-22 0-30C-5-22-14-19-14-12C-14-3-4-1 0 0Z"
            }
        }
    }

    /// Distance between two pairs of leaves, and the angle they stand at.
    fn habit(self) -> (f64, f64) {
        match self {
            Species::Lance => (15.0, 42.0),
            Species::Oval => (19.0, 52.0),
            Species::Round => (17.0, 66.0),
            Species::Heart => (22.0, 58.0),
        }
    }
}

/// A stem that leans, with pairs of leaves and one at its tip; it stands on (0, 0) and is about
/// 100 tall.
fn sprig(svg: &mut String, random: &mut Random, species: &Species, number: usize) {
    let lean = 34.0 * (random.unit() - 0.5);
    let tall = 84.0 + 26.0 * random.unit();
    let (step, angle) = species.habit();
    let at = |part: f64| (lean * part * part, -tall * part);
    let (tip_x, tip_y) = at(1.0);
    let _ = write!(
        svg,
        "<g id=\"s{number}\"><path fill=\"none\" stroke-width=\"1.6\" d=\"M0 0Q0 {:.0} {tip_x:.0} {tip_y:.0}\"/>",
        -tall * 0.5,
    );
    let mut done = step * (0.6 + 0.6 * random.unit());
    while done < tall - step * 0.3 {
        let part = done / tall;
        let size = (1.1 - 0.5 * part) * (0.85 + 0.3 * random.unit());
        for side in [-1.0, 1.0] {
            let turn = side * angle * (1.1 - 0.35 * part) + 18.0 * (random.unit() - 0.5);
            leaf(svg, at(part), turn, size);
        }
        done += step;
    }
    leaf(svg, (tip_x, tip_y + 2.0), lean * 0.8, 0.72);
    svg.push_str("</g>");
}

fn leaf(svg: &mut String, (x, y): (f64, f64), turn: f64, size: f64) {
    let _ = write!(
        svg,
        "<use href=\"#l\" transform=\"translate({x:.0} {y:.0})rotate({turn:.0})scale({size:.2})\"/>"
    );
}

/// FNV-1a over the address in lower case.
fn seed(address: &str) -> u64 {
    address
        .bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// A xorshift generator: the same address always gives the same pattern.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// In `[0, 1)`.
    fn unit(&mut self) -> f64 {
        let whole = u32::try_from(self.next() & 0xffff).unwrap_or(0);
        f64::from(whole) / 65_536.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % n.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_handle_gives_the_same_pattern_and_another_does_not() {
        assert_eq!(pattern("weavers@alpha.test"), pattern("Weavers@Alpha.test"));
        assert_ne!(pattern("weavers@alpha.test"), pattern("weavers@beta.test"));
        assert!(u32::from(colour("weavers")) < model::community::COLOURS);
    }

    #[test]
    fn a_pattern_is_a_light_file_without_script() {
        let svg = pattern("safer-supply@alliance.test");
        assert!(svg.len() < 14_000, "{}", svg.len());
        assert!(!svg.contains("script") && !svg.contains("style"));
    }

    #[test]
    fn colours_spread_over_the_palette() {
        let used: std::collections::BTreeSet<_> =
            (0..200).map(|i| colour(&format!("place{i}"))).collect();
        assert!(used.len() >= 20, "{used:?}");
    }
}
