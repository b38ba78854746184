//! The time zones that people choose from.

use chrono_tz::Tz;
use model::Lang;

use crate::message::text;

/// The zones of Canada, from east to west, with their messages.
const CANADA: [(Tz, &str); 8] = [
    (Tz::America__St_Johns, "zone-st-johns"),
    (Tz::America__Halifax, "zone-halifax"),
    (Tz::America__Toronto, "zone-toronto"),
    (Tz::America__Winnipeg, "zone-winnipeg"),
    (Tz::America__Regina, "zone-regina"),
    (Tz::America__Edmonton, "zone-edmonton"),
    (Tz::America__Whitehorse, "zone-whitehorse"),
    (Tz::America__Vancouver, "zone-vancouver"),
];

/// Others in which several people are likely to be; every IANA name is accepted.
const ELSEWHERE: [Tz; 16] = [
    Tz::America__Los_Angeles,
    Tz::America__Denver,
    Tz::America__Chicago,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::Europe__London,
    Tz::Europe__Paris,
    Tz::Europe__Brussels,
    Tz::Europe__Berlin,
    Tz::Europe__Zurich,
    Tz::Africa__Dakar,
    Tz::Africa__Nairobi,
    Tz::Asia__Kolkata,
    Tz::Asia__Tokyo,
    Tz::Australia__Sydney,
    Tz::UTC,
];

/// The zones offered, those of Canada first.
pub fn zones() -> impl Iterator<Item = Tz> {
    CANADA.into_iter().map(|(zone, _)| zone).chain(ELSEWHERE)
}

/// The label of a zone: `Eastern (Toronto, Montréal, Ottawa)`, `Europe: Paris`, `UTC`.
#[must_use]
pub fn zone_name(lang: Lang, zone: Tz) -> String {
    match CANADA.iter().find(|(one, _)| *one == zone) {
        Some((_, key)) => text(lang, key).to_owned(),
        None => zone.name().replace('_', " ").replacen('/', ": ", 1),
    }
}

/// Reads an IANA name; `None` for what is none.
#[must_use]
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_labelled_by_its_places() {
        assert_eq!(
            zone_name(Lang::Fr, Tz::America__Toronto),
            "Est (Montréal, Toronto, Ottawa)"
        );
        assert_eq!(zone_name(Lang::En, Tz::Europe__Paris), "Europe: Paris");
        assert_eq!(
            zone_name(Lang::En, Tz::America__Sao_Paulo),
            "America: Sao Paulo"
        );
        for zone in zones() {
            for lang in crate::LANGS {
                assert!(!zone_name(lang, zone).contains('⟦'), "{zone}");
            }
        }
    }

    #[test]
    fn only_iana_names_are_read() {
        assert_eq!(zone("America/Toronto"), Some(Tz::America__Toronto));
        assert_eq!(zone("Eastern"), None);
        assert_eq!(zone(""), None);
    }
}
