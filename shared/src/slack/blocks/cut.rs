//! Cutting text to a limit: by Unicode code points, as Slack counts, at a place where a person would not notice more than
//! an "…". Never inside a grapheme (an emoji with its skin tone, a letter with its accent), and in mrkdwn never inside an
//! entity (`&amp;`) or a `<...>` sequence, since half of one shows as rubbish.

use unicode_segmentation::UnicodeSegmentation;

const ELLIPSIS: char = '…';

/// Plain text of at most `max` code points.
pub fn cut_plain(text: &str, max: usize) -> String {
    cut(text, max, grapheme)
}

/// mrkdwn of at most `max` code points.
pub fn cut_mrkdwn(text: &str, max: usize) -> String {
    cut(text, max, |rest| match whole_sequence(rest) {
        // The sequence's last character may carry combining marks: they belong to it.
        Some(length) => length - 1 + grapheme(rest.get(length - 1..).unwrap_or_default()),
        None => grapheme(rest),
    })
}

/// How many code points a text has: what Slack's limits count.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

/// Keeps whole units (`unit` gives the length in bytes of the first one) and marks that something is missing.
fn cut(text: &str, max: usize, unit: impl Fn(&str) -> usize) -> String {
    // Only the first `max + 1` characters matter, however long the text is.
    if text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let room = max.saturating_sub(1);
    let (mut kept, mut rest, mut used) = ("", text, 0);
    while let Some((first, after)) = rest.split_at_checked(unit(rest)).filter(|(first, _)| !first.is_empty())
    {
        used += length(first);
        if used > room {
            break;
        }
        rest = after;
        kept = text.get(..text.len() - rest.len()).unwrap_or_default();
    }
    let mut cut = kept.trim_end().to_owned();
    if max > 0 {
        cut.push(ELLIPSIS);
    }
    cut
}

fn grapheme(text: &str) -> usize {
    text.graphemes(true).next().map_or(0, str::len)
}

/// The length in bytes of the entity or `<...>` that the text begins with.
fn whole_sequence(text: &str) -> Option<usize> {
    if text.starts_with('<') {
        return text.find('>').map(|end| end + 1);
    }
    ["&amp;", "&lt;", "&gt;"].into_iter().find(|entity| text.starts_with(entity)).map(str::len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::slack::escape::Mrkdwn;

    #[test]
    fn a_cut_is_marked_and_fits() {
        for (text, max, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("two words", 5, "two…"),
            ("", 0, ""),
            ("a", 0, ""),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut_plain(text, max), expected, "{text} at {max}");
        }
    }

    #[test]
    fn a_cut_never_splits_what_belongs_together() {
        for (text, max, expected) in [
            ("ab&amp;cd", 7, "ab…"),
            ("ab&amp;cdefg", 8, "ab&amp;…"),
            ("see <https://example.com|the page> for more", 20, "see…"),
            ("see <https://e.com|it> for more", 22, "see…"),
            ("see <https://e.com|it> for more", 23, "see <https://e.com|it>…"),
            ("👩‍👩‍👧‍👦 family", 5, "…"),
            ("👍🏽👍🏽", 3, "👍🏽…"),
            ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
        ] {
            assert_eq!(cut_mrkdwn(text, max), expected, "{text} at {max}");
        }
    }

    #[test]
    fn an_endless_grapheme_is_left_out() {
        let zalgo = format!("a{}", "\u{301}".repeat(10_000));
        assert_eq!(cut_plain(&zalgo, 3000), "…");
    }

    proptest! {
        #[test]
        fn a_cut_text_keeps_its_limit_and_its_entities(text in "(?s)([<>&a🇩👍🏽\u{301} *]|.){0,80}", max in 0_usize..100) {
            let cut = cut_mrkdwn(Mrkdwn::escape(&text).as_str(), max);
            prop_assert!(length(&cut) <= max);
            let without = cut.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            prop_assert!(!without.contains(['&', '<', '>']), "{cut}");
            prop_assert!(length(&cut_plain(&text, max)) <= max);
        }

        #[test]
        fn what_fits_is_left_alone(text in ".{0,60}") {
            prop_assert_eq!(cut_plain(&text, 60), text.clone());
            prop_assert_eq!(cut_mrkdwn(&text, 60), text);
        }
    }
}
