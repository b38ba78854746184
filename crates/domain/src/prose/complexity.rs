//! Detects HTML and Markdown that would cost far more to parse than its size suggests. A parser opens each formatting element
//! that was left open (`<b>`) again in every paragraph that follows, so that a few kilobytes become
//! millions of elements; and at every end it looks through all that is still open.

mod nesting;

/// Limits the HTML or Markdown that is parsed, in bytes.
pub(super) const LONGEST: usize = 200_000;
/// Limits the elements that are parsed where they are not closed in order.
const ELEMENTS_MAX: usize = 10_000;
/// Limits the elements that unclosed ones may become.
pub(super) const REOPENED_MAX: usize = 400_000;

/// Limits the attributes of one tag, roughly: the parser compares each with all before it.
const ATTRIBUTES_MAX: usize = 300;

/// Limits the references to characters in one word of Markdown: at each the end of an address is looked for.
const REFERENCES_MAX: usize = 500;

/// Limits the nesting of quotes and lists in Markdown.
const NESTED_MAX: usize = 200;
/// Limits the emphasis marks in Markdown.
const EMPHASIS_MAX: usize = 4_000;

/// The elements that are opened again (HTML, §13.2.4.3).
pub(super) const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Whether HTML is to be shown as plain text only.
pub(super) fn is_html_too_complex(html: &str) -> bool {
    if html.len() > LONGEST {
        return true;
    }
    let (mut elements, mut formatting) = (0_usize, 0_usize);
    for tag in html.split('<').skip(1) {
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
        let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or_default();
        // An end looks through what is open, too.
        elements += 1;
        if has_many_attributes(tag) {
            return true;
        }
        if FORMATTING.iter().any(|one| one.eq_ignore_ascii_case(name)) {
            formatting += 1;
        }
    }
    let suspect = elements > ELEMENTS_MAX || formatting.saturating_mul(elements) > REOPENED_MAX;
    suspect && !nesting::is_orderly(html)
}

/// Whether what follows a `<` is a tag with more attributes than anybody writes. Counts what may separate two.
fn has_many_attributes(tag: &str) -> bool {
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return false;
    }
    let within = tag.split('>').next().unwrap_or(tag).bytes();
    let separators = within.filter(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'/'));
    separators.take(ATTRIBUTES_MAX + 1).count() > ATTRIBUTES_MAX
}

/// Whether Markdown is only to be shown as plain text: each quote or list within another is looked
/// for again on every line, each mark of emphasis paired with those before it.
pub(super) fn is_markdown_too_complex(md: &str) -> bool {
    let nested = |line: &str| {
        let depth: usize = line.split_ascii_whitespace().map_while(depth).sum();
        depth > NESTED_MAX
    };
    let emphasis = md.split(['*', '_']).filter(|between| !between.is_empty());
    let mut words = md.split_ascii_whitespace();
    let references = |word: &str| word.bytes().filter(|b| *b == b'&').count() > REFERENCES_MAX;
    md.len() > LONGEST
        || emphasis.count() > EMPHASIS_MAX
        || md.lines().any(nested)
        || words.any(references)
}

/// How many quotes and lists a word at the beginning of a line begins; `None` where it is text.
fn depth(word: &str) -> Option<usize> {
    let item = word.trim_start_matches('>');
    let quotes = word.len() - item.len();
    let number = item.strip_suffix(['.', ')']);
    let numbered = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if matches!(item, "-" | "+" | "*") || numbered {
        Some(quotes + 1)
    } else {
        (quotes > 0).then_some(quotes)
    }
}

/// Removes the tags and returns the text as one paragraph of HTML, cut at the limit.
pub(super) fn plain_paragraph(html: &str) -> String {
    let mut text = String::from("<p>");
    let mut within = false;
    for c in html.chars() {
        match c {
            '<' => within = true,
            '>' if within => {
                within = false;
                if !text.ends_with([' ', '>']) {
                    text.push(' ');
                }
            }
            _ if within => {}
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            _ => text.push(c),
        }
        if text.len() > LONGEST {
            text.push('…');
            break;
        }
    }
    text.push_str("</p>");
    text
}

#[cfg(test)]
mod tests {
    use super::super::{clean, foreign, plain, render};
    use super::*;

    #[test]
    fn what_is_left_open_does_not_multiply() {
        let open: String = (0..10_000).map(|n| format!("<b lang=x{n}>")).collect();
        let bomb = format!("<p>{open}</p>{}", "<p>x".repeat(50_000));
        let cleaned = clean(&bomb);
        assert!(cleaned.len() < 2 * LONGEST, "{} bytes", cleaned.len());
        assert!(cleaned.contains('x') && !cleaned.contains("<b"));
        assert!(plain(&bomb, 40).starts_with("x x"));
    }

    #[test]
    fn what_is_too_long_is_shown_plain_and_cut() {
        let long = format!("<p>{}</p>", "word ".repeat(LONGEST));
        let cleaned = clean(&long);
        assert!(cleaned.len() < LONGEST + 20 && cleaned.ends_with("…</p>"));
        assert_eq!(foreign("<p>x</p>", Some(&long)).md, "");
        assert!(render(&"*a ".repeat(LONGEST), &[]).html.len() < LONGEST + 20);
    }

    #[test]
    fn a_long_article_is_none_of_these() {
        let paragraph = "<p>A <a href=\"https://a.test/\">word</a> and <em>more</em>.</p>";
        let article = paragraph.repeat(150);
        assert!(!is_html_too_complex(&article));
        assert!(clean(&article).matches("<em>").count() == 150);
    }

    #[test]
    fn what_is_closed_in_order_keeps_its_markup() {
        let many = |one: &str, times: usize| one.repeat(times);
        for (html, mark) in [
            (
                many("<p>A <a href=\"https://a.test/\">word</a>.</p>", 1_000),
                "<p>",
            ),
            (many("<p>A <b>word</b>, <em>more</em>", 1_000), "<em>"),
            (
                format!(
                    "<ul>{}</ul>",
                    many("<li><strong>Term</strong>: text</li>\n", 2_000)
                ),
                "<li>",
            ),
            (
                format!(
                    "<ul>{}</ul>",
                    many("<li><strong>Term</strong>: text", 2_000)
                ),
                "<li>",
            ),
            (
                format!("<dl>{}</dl>", many("<dt><b>T</b><dd><i>x</i>", 2_000)),
                "<dd>",
            ),
            (
                format!(
                    "<table>{}</table>",
                    many("<tr><td><b>1</b></td><td><i>2</i><br></td></tr>", 1_500)
                ),
                "<tr>",
            ),
            (
                many(
                    "<p>One <strong>two <em lang='fr'>trois</em></strong></p>",
                    800,
                ),
                "<strong>",
            ),
        ] {
            assert_eq!(
                clean(&html).matches(mark).count(),
                html.matches(mark).count(),
                "{mark}"
            );
        }
        let list: String = (0..330)
            .map(|n| format!("- **Term {n}**: text\n"))
            .collect();
        assert_eq!(render(&list, &[]).html.matches("<li><strong>").count(), 330);
        let rows = format!(
            "|a|b|\n|-|-|\n{}",
            "|**1**|[x](https://a.test)|\n".repeat(330)
        );
        assert_eq!(render(&rows, &[]).html.matches("<strong>").count(), 330);
    }

    #[test]
    fn what_only_seems_closed_counts_as_open() {
        let opened = |one: &str| {
            (0..1_200)
                .map(|n| one.replace('#', &n.to_string()))
                .collect::<String>()
        };
        let paragraphs = "<p>x".repeat(1_200);
        for open in [
            opened("<b lang=x#><!--</b>-->"),
            opened("<b title=\"</b>\" lang=x#>"),
            opened("<b lang=x#><i></b>"),
            opened("<b lang=x#><div></b>"),
            opened("<b lang=x#><p></b>"),
            opened("<b lang=x#><style></b></style>"),
            format!(
                "{}<table><td>{}</table>",
                opened("<b lang=x#>"),
                "</b>".repeat(1_200)
            ),
        ] {
            assert!(
                is_html_too_complex(&format!("{open}{paragraphs}")),
                "{}",
                &open[..60]
            );
        }
    }

    #[test]
    fn markdown_that_winds_around_itself_is_shown_plain() {
        for snarled in [
            "> ".repeat(20_000),
            "+ ".repeat(20_000),
            "1. ".repeat(10_000),
            "> - ".repeat(10_000),
            "**a ".repeat(10_000),
            "_a*b".repeat(10_000),
        ] {
            let html = render(&format!("{snarled}word"), &[]).html;
            assert!(html.starts_with("<p>") && html.ends_with("word</p>"));
        }
        let rules = format!("{}\n\n**bold** and *more*\n\n> > > quote", "-".repeat(900));
        assert!(!is_markdown_too_complex(&rules.repeat(100)));
    }

    #[test]
    fn bare_words_are_safe() {
        assert_eq!(
            plain_paragraph("<b>1 > 2 & 3</b><script>x"),
            "<p>1 &gt; 2 &amp; 3 x</p>"
        );
    }
}
