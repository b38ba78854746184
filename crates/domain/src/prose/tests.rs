//! Texts as people type them and as peers send them.

use super::*;

#[test]
fn the_beginning_of_a_long_text_is_whole_markup() {
    assert_eq!(beginning("<p>Short</p>", 12), None);
    let long = "<p>One <em>two <a href=\"https://a.test/\">three</a> four</em></p>";
    for max in 0..long.len() {
        let cut = beginning(long, max).unwrap();
        assert_eq!(clean(&cut), cut, "{max}");
    }
    assert_eq!(beginning(long, 16).unwrap(), "<p>One <em>two </em></p>");
    assert!(beginning("<p>éééé</p>", 4).is_some(), "within a character");
}

fn ann() -> Vec<Named> {
    vec![Named {
        written: "@ann@alpha.test".into(),
        url: "https://alpha.test/u/ann".into(),
        actor: ActorId(1),
    }]
}

#[test]
fn markdown_becomes_clean_html() {
    let html = render("# Hi\n\n*you* <script>alert(1)</script>\n\n- a\n- b", &[]).html;
    assert!(
        html.contains("<h3>Hi</h3>") && html.contains("<em>you</em>"),
        "{html}"
    );
    assert!(
        html.contains("&lt;script&gt;alert(1)") && html.contains("<li>b</li>"),
        "{html}"
    );
}

#[test]
fn what_looks_like_html_is_text() {
    let html = |md: &str| render(md, &[]).html;
    assert_eq!(
        html("Ask <initials> first"),
        "<p>Ask &lt;initials&gt; first</p>\n"
    );
    let block = html("<div>\nA line\n</div>");
    assert!(
        block.contains("A line") && block.contains("&lt;div&gt;"),
        "{block}"
    );
    assert!(html("`<b>` and 1 < 2").contains("<code>&lt;b&gt;</code> and 1 &lt; 2"));
}

#[test]
fn those_named_become_links_and_others_stay_text() {
    let html = render("Thanks @ann@alpha.test, and @nobody@x.test.", &ann()).html;
    assert!(html.contains("href=\"https://alpha.test/u/ann\""), "{html}");
    assert!(html.contains("and @nobody@x.test."), "{html}");
    assert_eq!(
        names(
            "Ask @ann, @bea@beta.test! Mail me@alpha.test; `@code` !club@b.test:81 [@in](https://x.test)"
        ),
        ["@ann", "@bea@beta.test", "!club@b.test:81"]
    );
}

#[test]
fn pictures_are_links_and_foreign_pictures_are_dropped() {
    let html = render("![a chart](https://x.test/c.png)", &[]).html;
    assert!(
        html.contains("<a href=\"https://x.test/c.png\"") && !html.contains("<img"),
        "{html}"
    );
    assert_eq!(
        clean("<p>x<img alt='a <b>chart</b> > \"1\"' src=https://x.test/t.gif width=1></p>"),
        "<p>x<a href=\"https://x.test/t.gif\" rel=\"nofollow noopener noreferrer ugc\">\
         a &lt;b&gt;chart&lt;/b&gt; &gt; \"1\"</a></p>"
    );
    assert_eq!(clean("<img src=javascript:alert(1) alt=x>"), "");
    // Within a link there is no other: the words stand for the picture.
    let linked = clean("<a href=https://x.test/><img src=https://x.test/c.png alt=Chart></a>");
    assert!(
        linked.contains("Chart") && !linked.contains("<img"),
        "{linked}"
    );
    assert!(!clean("<a href=\"javascript:alert(1)\">x</a>").contains("javascript"));
}

#[test]
fn where_a_quotation_is_from_is_no_address_that_is_kept() {
    for element in ["blockquote", "q", "ins", "del"] {
        for cite in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "https://x.test/1",
        ] {
            let html = clean(&format!("<{element} cite=\"{cite}\">x</{element}>"));
            assert!(html.contains('x') && !html.contains("cite"), "{html}");
            assert!(html.contains(&format!("<{element}>")), "{html}");
        }
    }
}

#[test]
fn plain_text_is_folded_and_cut() {
    assert_eq!(
        plain("<p>One &amp; two</p><p>three</p>", 100),
        "One & two three"
    );
    assert_eq!(plain("<p>abcdef ghi</p>", 5), "abcd…");
}

#[test]
fn names_in_any_script_are_found_and_quoted_ones_are_not() {
    for (md, found) in [
        (
            "Merci @zoé@p.test et @gülşen@p.test !",
            vec!["@zoé@p.test", "@gülşen@p.test"],
        ),
        ("**@ann** _@bea_ > @cy", vec!["@ann", "@bea", "@cy"]),
        ("感謝@ann", vec!["@ann"]),
        ("你好@ann@p.test", vec!["@ann@p.test"]),
        ("（@ann@p.test）", vec!["@ann@p.test"]),
        (
            "@some\\_name and @other_name_here@p.test",
            vec!["@some_name", "@other_name_here@p.test"],
        ),
        ("[@ann](https://x.test/) \\@ann \\@ann@p.test", vec![]),
        (
            "![@ann](https://x.test/a.png) `@ann` <ann@p.test> \"ann@p.test\"",
            vec![],
        ),
        ("```\n@ann\n```\n\n    @bea", vec![]),
        (
            "[x @ann@p.test y](https://x.test) https://p.test/@ann www.p.test/@ann",
            vec![],
        ),
        ("mail zoé@p.test, 你好ann@p.test or x+ann@p.test", vec![]),
    ] {
        assert_eq!(names(md), found, "{md}");
    }
    let named = |written: &str| Named {
        written: written.to_owned(),
        url: "https://p.test/u/1".to_owned(),
        actor: ActorId(1),
    };
    let html = render(
        "你好@gülşen@p.test，\\@gülşen@p.test",
        &[named("@gülşen@p.test")],
    )
    .html;
    assert_eq!(html.matches("<a ").count(), 1, "{html}");
    assert!(
        !html.contains("mailto") && html.contains(">@gülşen@p.test</a>，@gülşen@p.test"),
        "{html}"
    );
}

#[test]
fn words_of_neighbouring_blocks_stay_apart() {
    for (html, shown) in [
        ("<div>One</div><div>Two</div>", "One Two"),
        (
            "<figure><img src=https://x.test/a alt=\"A loom\"><figcaption>Caption</figcaption></figure><p>next</p>",
            "A loom Caption next",
        ),
        (
            "<article><header>Head</header>Body<footer>Foot</footer></article>",
            "Head Body Foot",
        ),
        ("<h2>Titre</h2><p>Texte</p>", "Titre Texte"),
        ("<h1>A</h1><h6>B</h6>C", "A B C"),
        (
            "<table><caption>C</caption><tr><th>un</th><td>deux</td></tr><tr><td>trois</td></tr></table>",
            "C un deux trois",
        ),
        (
            "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>d",
            "a b c d",
        ),
        (
            "<dl><dt>Warp</dt><dd>threads</dd><dt>Weft</dt><dd>more</dd></dl>",
            "Warp threads Weft more",
        ),
        (
            "one<br>two<hr>three<pre>four\nfive</pre>six",
            "one two three four five six",
        ),
        (
            "<blockquote>a</blockquote><section>b</section><address>c</address>d",
            "a b c d",
        ),
        (
            "<aside>a</aside><nav>b</nav><main>c</main><center>d</center><form>e</form>f",
            "a b c d e f",
        ),
        (
            "<select><option>a</option><option>b</option></select>",
            "a b",
        ),
        (
            "<b>bo</b><i>ld</i><span>er</span> x<sup>2</sup>",
            "bolder x2",
        ),
    ] {
        assert_eq!(plain(html, 200), shown, "{html}");
        assert_eq!(plain(&clean(html), 200), shown, "{html}");
    }
}

#[test]
fn what_is_folded_is_read_for_the_index_only() {
    let shown = clean("<details><summary>More</summary>Hidden</details>after");
    assert_eq!(
        shown,
        "<details><summary>More</summary>Hidden</details>after"
    );
    assert_eq!(plain(&shown, 200), "More after");
    assert_eq!(plain_with_folded(&shown, 200), "More Hidden after");
    assert_eq!(
        lines("<p>One<br> two</p><p></p><table><tr><td>un<td>deux</table>"),
        ["One", "two", "un deux"]
    );
    for blank in [
        "",
        "<!-- -->",
        "&nbsp;",
        "\u{200b}",
        "<p>\u{2060}</p>",
        "<hr>",
    ] {
        assert!(is_blank(blank), "{blank:?}");
    }
    assert!(!is_blank("<details><summary></summary>x</details>"));
}

#[test]
fn a_warning_is_shown_in_place_of_a_text() {
    let html = "<p>We <em>lost</em> a patient.</p>";
    assert_eq!(excerpt(None, html, 12), "We lost a p…");
    assert_eq!(excerpt(Some("Death & <grief>"), html, 12), "Death & <gr…");
}

#[test]
fn definition_lists_are_kept() {
    let html = clean("<dl><dt>Warp<dd>threads<dd>again</dl>");
    assert_eq!(html, "<dl><dt>Warp</dt><dd>threads</dd><dd>again</dd></dl>");
    let typed = render("Warp\n\n: Threads along\n\nWeft\n\n: Threads across", &[]).html;
    assert!(
        typed.contains("<dl>") && typed.matches("<dt>").count() == 2,
        "{typed}"
    );
}

#[test]
fn headings_keep_their_order_below_the_page_s_own() {
    let levels = |html: &str| {
        let tags = html.split("<h").skip(1);
        tags.filter_map(|tag| tag.chars().next())
            .collect::<String>()
    };
    for (md, shown) in [
        ("# One\n## Two\n### Three", "345"),
        ("## One\n### Two\n## Three", "343"),
        ("# One\n### Two\n###### Three\n### Four", "3454"),
        ("#### Only", "3"),
        ("One\n===\n\nTwo\n---", "34"),
    ] {
        assert_eq!(levels(&render(md, &[]).html), shown, "{md}");
    }
    let all = clean("<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>");
    assert_eq!(levels(&all), "345666");
    assert!(
        all.contains("<h6>4</h6><h6 aria-level=\"7\">5</h6><h6 aria-level=\"8\">6</h6>"),
        "{all}"
    );
    assert_eq!(clean(&all), all);
    for (md, top, shown) in [
        ("### Only", 2, "2"),
        ("### One\n# Two\n## Three", 2, "223"),
        ("# One\n## Two\n# Three", 3, "343"),
        ("## One\n#### Two\n### Three\n# Four", 2, "2332"),
    ] {
        let html = render(md, &[]).html;
        assert_eq!(levels(&with_headings(&html, top)), shown, "{md}");
    }
    let deep = with_headings(&all, 4);
    assert_eq!(levels(&deep), "456666");
    assert!(deep.ends_with("<h6 aria-level=\"9\">6</h6>"), "{deep}");
}

#[test]
fn footnotes_lead_to_their_text_and_back() {
    let html = render(
        "Text[^1] and more[^é][^1].\n\n[^1]: Note.\n[^é]: Another.",
        &[],
    )
    .html;
    for anchor in ["fn1", "fn2", "fn3", "fn4", "fn5"] {
        assert_eq!(
            html.matches(&format!("id=\"{anchor}\"")).count(),
            1,
            "{anchor}: {html}"
        );
        assert!(
            html.contains(&format!("href=\"#{anchor}\"")),
            "{anchor}: {html}"
        );
    }
    assert_eq!(clean(&html), html);
    assert_eq!(plain(&html, 200), "Text and more. Note. Another.");
    let received = clean(
        "<p>A<a href=#n-1>1</a> <a href=#lost>2</a></p><p id=n-1 class=x>N</p><p id=other>O</p><img src=#n-1 alt=x>",
    );
    assert_eq!(
        received,
        "<p>A<a href=\"#fn1\">1</a> 2</p><p id=\"fn1\">N</p><p>O</p>"
    );
    let old = clean("<a href=#t>to</a> <a id=t></a>there <a name=x>no</a>");
    assert_eq!(
        old,
        "<a href=\"#fn1\">to</a> <span id=\"fn1\"></span>there no"
    );
}

#[test]
fn every_link_has_a_name() {
    let rel = "rel=\"nofollow noopener noreferrer ugc\"";
    for (md, shown) in [
        (
            "![](https://x.test/d.png)",
            "<a href=\"https://x.test/d.png\" REL>https://x.test/d.png</a>",
        ),
        (
            "[![alt](https://x.test/e.png)](https://y.test)",
            "<a href=\"https://y.test\" REL>alt</a>",
        ),
        (
            "[![](https://x.test/e.png)](https://y.test)",
            "<a href=\"https://y.test\" REL>https://y.test</a>",
        ),
        (
            "[](https://y.test)",
            "<a href=\"https://y.test\" REL>https://y.test</a>",
        ),
        ("[\u{200b}](https://y.test)", "\u{200b}https://y.test</a>"),
        ("[&nbsp;](mailto:a@y.test)", ">&nbsp;a@y.test</a>"),
        ("[](javascript:alert)x", "<p>x</p>"),
    ] {
        let html = render(md, &[]).html;
        assert!(html.contains(&shown.replace("REL", rel)), "{md}: {html}");
    }
    assert_eq!(
        clean("<a>no</a><a href=/there>here</a><a href=\"\"></a>"),
        "nohere"
    );
    assert_eq!(
        clean("<a href=https://y.test><span></span><br></a>"),
        format!("<a href=\"https://y.test\" {rel}><span></span><br>https://y.test</a>")
    );
}

#[test]
fn tasks_show_their_state() {
    let html = render("- [x] Warp\n- [ ] Weave\n- [link](https://x.test)", &[]).html;
    assert!(
        html.contains("<li>\u{2611} ")
            && html.contains("<li>\u{2610} ")
            && !html.contains("<input"),
        "{html}"
    );
    assert_eq!(plain(&html, 99), "\u{2611} Warp \u{2610} Weave link");
    assert_eq!(
        clean("<input type=checkbox checked>a<input type=text value=x><input>"),
        "\u{2611} a"
    );
}

#[test]
fn what_reverses_the_letters_of_a_text_goes() {
    assert_eq!(
        clean("<p>a\u{202e}b\u{202d}c \u{2067}אב\u{2069} نگار\u{200c}ها</p>"),
        "<p>abc \u{2067}אב\u{2069} نگار\u{200c}ها</p>"
    );
    assert_eq!(
        plain("<p>a\u{202e}b\u{200b} \u{2067}אב\u{2069}</p>", 99),
        "ab אב"
    );
}

#[test]
fn anchors_are_unique_on_a_page_and_have_names() {
    let names = NoteNames {
        note: "Note",
        back: "Back to the text",
    };
    let html = render("Text[^1].\n\n[^1]: Note.", &[]).html;
    let shown = with_anchors(&html, "p7-", names);
    assert!(
        shown.contains("<a href=\"#p7-fn2\" id=\"p7-fn1\" aria-label=\"Note 1\">1</a>"),
        "{shown}"
    );
    assert!(shown.contains("<li id=\"p7-fn2\">"), "{shown}");
    assert!(
        shown.contains("<a href=\"#p7-fn1\" aria-label=\"Back to the text\">\u{21a9}"),
        "{shown}"
    );
    assert_eq!(with_anchors("<p>x</p>", "p7-", names), "<p>x</p>");
}

#[test]
fn a_text_that_shows_nothing_is_told_from_one_that_does() {
    let blank = |md: &str| is_blank(&render(md, &[]).html);
    for nothing in [
        "",
        " \n",
        "&nbsp;",
        "\u{200b}",
        "&#8203;",
        "\u{ad}\u{2060}",
        "---",
        "> ",
        "\u{a0}\u{3000}",
    ] {
        assert!(
            blank(nothing),
            "{nothing:?} {:?}",
            render(nothing, &[]).html
        );
    }
    for text in [
        "a",
        "·",
        "`x`",
        "👍",
        "![A loom](https://a.test/i.png)",
        "1 < 2",
        "<b>é</b>",
        "&lt;",
    ] {
        assert!(!blank(text), "{text:?} {:?}", render(text, &[]).html);
    }
}

#[test]
fn the_text_of_an_element_without_markup_does_not_become_markup() {
    for name in [
        "xmp",
        "noembed",
        "noframes",
        "plaintext",
        "iframe",
        "noscript",
        "textarea",
        "title",
        "style",
        "script",
        "listing",
        "svg",
        "math",
        "template",
        "select",
    ] {
        for inner in [
            "<script>alert(1)</script><meta http-equiv=refresh content=0>",
            "<button/form=action/formaction=/u/x/follow>Read more</button>",
            "<img src=x onerror=alert(1)><iframe src=https://x.test></iframe>",
        ] {
            let html = clean(&format!("<p>hello</p><{name}>{inner}</{name}>"));
            let lower = html.to_lowercase();
            for live in ["<script", "<meta", "<button", "<img", "<iframe"] {
                assert!(!lower.contains(live), "{name}: {html}");
            }
            assert_eq!(clean(&html), html, "{name}");
        }
    }
}

#[test]
fn a_tag_with_thousands_of_attributes_is_text() {
    let attributes: String = (0..20_000).map(|n| format!(" a{n}=1")).collect();
    let html = clean(&format!("<p{attributes}>x</p><p>y</p>"));
    assert!(!html.contains("a19999=1") && html.contains('y'), "{html}");
    let prose = format!("<p>1 < 2 {}</p>", "and so on ".repeat(500));
    assert!(clean(&prose).starts_with("<p>1 &lt; 2 and"));
}

#[test]
fn what_reverses_letters_goes_from_the_names_of_pictures_too() {
    let html = clean("<img alt=\"&#x202e;gro.live\" src=https://x.test/a.png>");
    assert!(
        !html.contains('\u{202e}') && html.contains("gro.live"),
        "{html}"
    );
}

#[test]
fn one_tilde_strikes_nothing_out() {
    let html = render("Give H~2~O. Dose ~5 mg~, ~~not 8~~.", &[]).html;
    assert!(
        html.contains("H<sub>2</sub>O") && !html.contains("<del>5"),
        "{html}"
    );
    assert!(html.contains("<del>not 8</del>"), "{html}");
}

#[test]
fn a_note_that_nothing_refers_to_is_shown() {
    let html = render("[^note]: My note without a mark.", &[]).html;
    assert!(html.contains("My note without a mark."), "{html}");
    let html = render("a[^1] b[^1]\n\n[^1]: Once\n\n[^2]: Never", &[]).html;
    assert!(
        html.contains("Once") && html.contains("[^2]: Never"),
        "{html}"
    );
}

#[test]
fn thousands_of_notes_that_nothing_refers_to_are_shown() {
    let notes: String = (0..9_000).map(|n| format!("[^{n}]: x{n}\n")).collect();
    let html = render(&format!("a[^5]\n\n{notes}"), &[]).html;
    for shown in ["[^0]: x0", "[^8999]: x8999", "x5"] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(!html.contains("[^5]: x5"), "it is referred to");
    assert!(render(&"[^".repeat(9_000), &[]).html.starts_with("<p>[^[^"));
}
