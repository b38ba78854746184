//! How one recognises a community: a colour and a hedge of leaves, both grown from its handle, so
//! that they are the same on every server that shows it.

use std::fmt::Write as _;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 120.0;

/// The palette number (class `p0` … `p23` of the style) of a community, from its handle.
#[must_use]
pub fn colour(handle: &str) -> u8 {
    u8::try_from(model::community::colour(handle)).unwrap_or(0)
}

/// One of the six tones a person's initials stand on.
#[must_use]
pub fn tone(address: &str) -> u8 {
    u8::try_from(seed(address) % 6).unwrap_or(0)
}

/// The hedge as an SVG file: white leaves of one species on nothing, to lie on the community's
/// colour. `address` is its handle and host,
/// `weavers@alpha.test`.
#[must_use]
pub fn hedge(address: &str) -> String {
    let mut dice = Dice(seed(address) | 1);
    let species = Species::ALL
        .get(dice.below(Species::ALL.len()))
        .unwrap_or(&Species::Lance);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         preserveAspectRatio=\"xMidYMax slice\"><defs><path id=\"l\" d=\"{}\"/></defs>\
         <g fill=\"#fff\" stroke=\"#fff\" stroke-width=\"0\">",
        species.outline()
    );
    for layer in [Layer::BACK, Layer::FRONT] {
        let mut x = -20.0 - 30.0 * dice.unit();
        while x < WIDTH + 40.0 {
            sprig(&mut svg, &mut dice, species, layer, x);
            x += layer.gap * (0.7 + 0.6 * dice.unit());
        }
    }
    svg.push_str("</g></svg>");
    svg
}

/// One depth of the hedge: far sprigs are taller and fainter.
#[derive(Clone, Copy)]
struct Layer {
    gap: f64,
    tall: f64,
    opacity: f64,
    size: f64,
}

impl Layer {
    const BACK: Layer = Layer { gap: 88.0, tall: 104.0, opacity: 0.1, size: 1.0 };
    const FRONT: Layer = Layer { gap: 120.0, tall: 66.0, opacity: 0.22, size: 0.82 };
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
    const ALL: [Species; 4] = [Species::Lance, Species::Oval, Species::Round, Species::Heart];

    fn outline(self) -> &'static str {
        match self {
            Species::Lance => "M0 0C7-8 7-22 0-34C-7-22-7-8 0 0Z",
            Species::Oval => "M0 0C12-5 13-20 0-29C-13-20-12-5 0 0Z",
            Species::Round => "M0 0C6-2 13-7 12-14A12 12 0 0 0-12-14C-13-7-6-2 0 0Z",
            Species::Heart => "M0 0C4-1 14-3 14-12C14-19 5-22 0-30C-5-22-14-19-14-12C-14-3-4-1 0 0Z",
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

/// A stem that leans, with pairs of leaves and one at its tip.
fn sprig(svg: &mut String, dice: &mut Dice, species: &Species, layer: Layer, x: f64) {
    let lean = 26.0 * (dice.unit() - 0.5);
    let tall = layer.tall * (0.72 + 0.42 * dice.unit());
    let (step, angle) = species.habit();
    let at = |part: f64| (x + lean * part * part, HEIGHT + 6.0 - tall * part);
    let (tip_x, tip_y) = at(1.0);
    let _ = write!(
        svg,
        "<g opacity=\"{:.2}\"><path fill=\"none\" stroke-width=\"1.6\" d=\"M{x:.0} {:.0}Q{x:.0} {:.0} {tip_x:.0} {tip_y:.0}\"/>",
        layer.opacity,
        HEIGHT + 6.0,
        HEIGHT + 6.0 - tall * 0.5,
    );
    let mut done = step;
    while done < tall - step * 0.4 {
        let part = done / tall;
        let (leaf_x, leaf_y) = at(part);
        let size = layer.size * (1.08 - 0.45 * part) * (0.88 + 0.24 * dice.unit());
        for side in [-1.0, 1.0] {
            let turn = side * angle * (1.05 - 0.3 * part) + 14.0 * (dice.unit() - 0.5);
            leaf(svg, (leaf_x, leaf_y), turn, size);
        }
        done += step;
    }
    leaf(svg, (tip_x, tip_y + 2.0), lean * 0.8, layer.size * 0.72);
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

/// A small xorshift: the same handle always grows the same hedge.
struct Dice(u64);

impl Dice {
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
    fn the_same_handle_grows_the_same_hedge_and_another_does_not() {
        assert_eq!(hedge("weavers@alpha.test"), hedge("Weavers@Alpha.test"));
        assert_ne!(hedge("weavers@alpha.test"), hedge("weavers@beta.test"));
        assert!(u32::from(colour("weavers")) < model::community::COLOURS);
    }

    #[test]
    fn a_hedge_is_a_light_file_without_script() {
        let svg = hedge("safer-supply@alliance.test");
        assert!(svg.len() < 24_000, "{}", svg.len());
        assert!(!svg.contains("script") && !svg.contains("style"));
    }

    #[test]
    fn colours_spread_over_the_palette() {
        let used: std::collections::BTreeSet<_> =
            (0..200).map(|i| colour(&format!("place{i}"))).collect();
        assert!(used.len() >= 20, "{used:?}");
    }
}
