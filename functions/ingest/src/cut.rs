//! A body that fits into the queue: up to 1 MiB as it is; a larger one loses long texts and the ends of long lists first,
//! so that what a mapping looks for is still there, and says what was done to it. Nothing is refused for its size.

use serde_json::Value;

/// The longest body that stays as it is, in bytes; an SQS message holds 1 MiB
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>), compressed.
pub(crate) const MOST: usize = 1024 * 1024;

/// Texts and lists are cut to these lengths, in turn, until the whole fits.
const ROUNDS: [(usize, usize); 3] = [(8_000, 500), (1_000, 100), (200, 20)];

/// The body as text within the limit, and what was done to it.
pub(crate) fn to_size(body: &[u8]) -> (String, Option<String>) {
    let text = String::from_utf8_lossy(body);
    if text.len() <= MOST {
        return (text.into_owned(), None);
    }
    let note = Some(format!("cut from {:.1} MB", body.len() as f64 / 1e6));
    if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
        for (letters, items) in ROUNDS {
            shorten(&mut value, letters, items);
            let shorter = value.to_string();
            if shorter.len() <= MOST {
                return (shorter, note);
            }
        }
    }
    let end = (0..=MOST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    (text.get(..end).unwrap_or_default().to_owned(), note)
}

/// serde_json reads at most 128 levels, so this recursion ends.
fn shorten(value: &mut Value, letters: usize, items: usize) {
    match value {
        Value::String(text) if text.len() > letters => {
            let cut: String = text.chars().take(letters).collect();
            *text = cut + "…";
        }
        Value::Array(list) => {
            list.truncate(items);
            list.iter_mut().for_each(|item| shorten(item, letters, items));
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| shorten(field, letters, items)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_of_one_mebibyte_stays_as_it_is() {
        let body = "x".repeat(MOST);
        assert_eq!(to_size(body.as_bytes()), (body, None));
    }

    #[test]
    fn a_larger_body_keeps_what_a_mapping_looks_for() {
        let body =
            json!({ "title": "Disk full", "log": "x".repeat(2 * MOST), "items": vec![1; MOST] }).to_string();
        let (cut, note) = to_size(body.as_bytes());
        assert!(cut.len() <= MOST);
        let cut: Value = serde_json::from_str(&cut).unwrap();
        assert_eq!(cut["title"], "Disk full");
        assert_eq!(note.as_deref(), Some("cut from 4.2 MB"));
    }

    #[test]
    fn a_larger_text_is_cut_between_characters() {
        let (cut, note) = to_size("ä".repeat(MOST).as_bytes());
        assert!(cut.len() <= MOST && cut.chars().all(|letter| letter == 'ä'));
        assert!(note.is_some());
    }

    #[test]
    fn what_is_not_utf_8_is_replaced_and_not_refused() {
        assert_eq!(to_size(b"disk \xff full").0, "disk \u{fffd} full");
    }
}
