//! What is found by what is typed.

use super::*;
use proptest::prelude::*;

fn words(text: &str) -> Vec<String> {
    tokens(text).map(|token| token.word).collect()
}

/// Whether a text is found by what is typed, as a database that holds its words finds it.
fn finds(typed: &str, within: MatchIn, tag: &str, title: &str, body: &str) -> bool {
    let Some(text) = IndexedText::new(tag, title, body) else {
        return false;
    };
    let holds = |phrase: &Phrase| {
        let row = |words: &[String]| {
            words.windows(phrase.words.len()).any(|row| {
                let (last, first) = row.split_last().unwrap();
                let (wanted, before) = phrase.words.split_last().unwrap();
                first == before && (last == wanted || phrase.prefix && last.starts_with(wanted))
            })
        };
        row(&text.title) || row(&text.title_stems) || !phrase.in_title && row(&text.body)
    };
    let pattern = Pattern::new(typed);
    let forms = pattern.alternatives(within);
    !pattern.is_empty()
        && forms
            .iter()
            .any(|form| form.iter().all(|term| term.iter().any(holds)))
}

fn in_text(typed: &str, tag: &str, body: &str) -> bool {
    finds(typed, MatchIn::Text, tag, "", body)
}

#[test]
fn words_are_folded() {
    assert_eq!(
        words("Été à l’HÔPITAL, cœur-poumon!"),
        ["ete", "a", "hopital", "coeur", "poumon"]
    );
    assert_eq!(
        words("re\u{301}sume\u{301} Straße Łódź ﬁn"),
        ["resume", "strasse", "lodz", "fin"]
    );
    assert_eq!(
        words("don't o’brien aujourd’hui Ann's qu’il jusqu'à"),
        ["dont", "obrien", "aujourdhui", "ann", "il", "a"]
    );
    assert_eq!(
        words("100% \0 \"x\" 'y' l' 👍 ½"),
        ["100", "x", "y", "l", "12"]
    );
    assert_eq!(
        words("東京タワー हिन्दी"),
        ["東", "京", "タ", "ワ", "ー", "हिन्दी"]
    );
}

#[test]
fn accents_case_and_the_form_of_a_word_do_not_matter() {
    for (typed, tag, body) in [
        ("developpement", "fr", "Les développements récents"),
        ("Formées", "fr-CA", "Il faut former les équipes"),
        ("formee", "fr", "Elles sont formées."),
        ("warp", "en", "Warping a heddle"),
        ("HEDDLES", "en-GB", "Warping a heddle"),
        ("hopitaux hopital", "fr", "L’hôpital et les hôpitaux"),
        ("cœur", "fr", "au coeur"),
        ("how do I warp a heddle", "en", "Heddle: warped!"),
        ("京", "ja", "東京タワー"),
        ("東京", "ja", "東京タワー"),
        ("Gewebe", "de", "das Gewebe"),
    ] {
        assert!(in_text(typed, tag, body), "{typed}: {body}");
    }
    for (typed, tag, body) in [
        ("heddle weft", "en", "Warping a heddle"),
        ("京東", "ja", "東京タワー"),
        ("Gewebes", "de", "das Gewebe"),
    ] {
        assert!(!in_text(typed, tag, body), "{typed}: {body}");
    }
}

#[test]
fn a_phrase_stands_in_a_row() {
    assert!(in_text("\"night team\"", "en", "The night teams met."));
    assert!(in_text("« équipe de nuit »", "fr", "Les équipes de nuit"));
    assert!(in_text("night-team", "en", "Our night team"));
    assert!(!in_text("\"team night\"", "en", "The night teams met."));
    assert!(!in_text("\"the night\"", "en", "A night on the ward"));
    assert!(finds(
        "\"night teams\"",
        MatchIn::Title,
        "en",
        "For night teams",
        ""
    ));
}

#[test]
fn small_words_count_where_there_is_no_other() {
    assert!(in_text("the", "en", "all of the others"));
    assert!(!in_text("the", "en", "others"));
    assert!(in_text("the others", "en", "others"));
}

#[test]
fn beginnings_are_found_in_titles_and_names() {
    assert!(finds(
        "war hed",
        MatchIn::Beginnings,
        "en",
        "Warping a heddle",
        ""
    ));
    assert!(!finds(
        "war hed",
        MatchIn::Beginnings,
        "en",
        "Warping",
        "a heddle"
    ));
    assert!(finds(
        "discussi",
        MatchIn::Beginnings,
        "fr",
        "Discussions du soir",
        ""
    ));
    assert!(finds("An", MatchIn::Names, "und", "Anna Berg", ""));
    assert!(finds("weavers", MatchIn::Names, "en", "Weaver", ""));
    assert!(!finds("warp", MatchIn::Title, "en", "A heddle", "warp"));
}

#[test]
fn a_misspelled_word_is_similar() {
    for (typed, meant) in [
        ("hedlde", "heddle"),
        ("warpping", "warping"),
        ("anticoagulent", "anticoagulant"),
        ("opiodes", "opioides"),
    ] {
        assert!(is_similar(typed, meant), "{typed}");
        let shared = trigrams(typed)
            .iter()
            .filter(|group| trigrams(meant).contains(group))
            .count();
        assert!(shared >= 2, "{typed}: {shared}");
    }
    for (typed, other) in [
        ("ann", "anna"),
        ("weft", "warp"),
        ("heddle", "meddlers"),
        ("", "a"),
    ] {
        assert!(!is_similar(typed, other), "{typed}");
    }
    let forgiving = Pattern::new("hedlde \"hedlde\"").forgiving(|_| vec!["heddle".to_owned()]);
    assert_eq!(forgiving.words().collect::<Vec<_>>(), ["hedlde"]);
    let phrases = &forgiving.alternatives(MatchIn::Text)[0][0];
    assert_eq!(phrases[1].words, ["heddle"]);
}

fn shown(segments: &[Segment]) -> String {
    let text = segments.iter().map(|segment| match segment.marked {
        true => format!("[{}]", segment.text),
        false => segment.text.clone(),
    });
    text.collect()
}

#[test]
fn an_excerpt_shows_why_it_was_found() {
    let pattern = Pattern::new("hopital nuits");
    let text = format!(
        "{} À l’Hôpital, la nuit, tout change. {}",
        "Bien avant. ".repeat(30),
        "Et après. ".repeat(30)
    );
    let excerpt = shown(&pattern.excerpt(&text, "fr", 80));
    assert!(
        excerpt.contains("À l’[Hôpital], la [nuit], tout"),
        "{excerpt}"
    );
    assert!(
        excerpt.starts_with("… ") && excerpt.ends_with(" …"),
        "{excerpt}"
    );
    assert!(excerpt.chars().count() < 100, "{excerpt}");
    assert_eq!(shown(&pattern.excerpt("Rien ici.", "fr", 80)), "Rien ici.");
    assert_eq!(
        shown(&Pattern::new("war").marked("Warping", "en")),
        "[Warping]"
    );
}

proptest! {
    #[test]
    fn whatever_is_typed_is_letters_and_digits(typed in "\\PC{0,250}") {
        let pattern = Pattern::new(&typed);
        for within in [MatchIn::Text, MatchIn::Title, MatchIn::Names, MatchIn::Beginnings] {
            for phrase in pattern.alternatives(within).iter().flatten().flatten() {
                prop_assert!(!phrase.words.is_empty());
                for word in &phrase.words {
                    prop_assert!(!word.is_empty());
                    prop_assert!(word.chars().all(|c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)), "{word:?}");
                }
            }
        }
    }

    #[test]
    fn an_excerpt_is_part_of_the_text(text in "\\PC{0,300}", typed in "\\PC{0,30}", max in 1_usize..120) {
        let segments = Pattern::new(&typed).excerpt(&text, "fr", max);
        let whole: String = segments.iter().map(|segment| segment.text.as_str()).collect();
        let bare = whole.strip_prefix("… ").unwrap_or(&whole);
        let bare = bare.strip_suffix(" …").unwrap_or(bare);
        prop_assert!(text.contains(bare), "{bare:?}");
        prop_assert!(bare.len() <= max.max(text.len().min(max)));
    }
}
