//! The Web API methods, one file per family. A handler takes the workspace, the arguments and the time, and answers; it
//! knows nothing of HTTP, tokens or rate limits (`Workspace::call` has dealt with them). The rows are in `catalog`.

pub(crate) mod auth;
pub(crate) mod chat;
pub(crate) mod content;
pub(crate) mod conversations;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod reactions;
pub(crate) mod usergroups;
pub(crate) mod users;
pub(crate) mod validate;
pub(crate) mod views;

/// Splits off a page: the items from the cursor on, and the cursor of the next page (empty at the end). `Err(())` stands for
/// a cursor that was never given out.
pub(crate) fn page<T>(
    items: Vec<T>,
    cursor: Option<&str>,
    limit: usize,
) -> Result<(Vec<T>, String), BadCursor> {
    let start: usize = match cursor {
        None => 0,
        Some(cursor) => cursor.strip_prefix("at:").and_then(|at| at.parse().ok()).ok_or(BadCursor)?,
    };
    let end = start.saturating_add(limit);
    let next = if end < items.len() { format!("at:{end}") } else { String::new() };
    Ok((items.into_iter().skip(start).take(limit).collect(), next))
}

/// The cursor is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadCursor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_up_to_the_whole() {
        let (first, cursor) = page(vec![1, 2, 3], None, 2).unwrap();
        assert_eq!((first, cursor.as_str()), (vec![1, 2], "at:2"));
        let (second, cursor) = page(vec![1, 2, 3], Some(&cursor), 2).unwrap();
        assert_eq!((second, cursor.as_str()), (vec![3], ""));
        assert_eq!(page(vec![1], Some("nonsense"), 2), Err(BadCursor));
    }
}
