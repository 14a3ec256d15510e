//! The one table of Web API methods: which scopes a call needs (any of them), its rate limit tier, the error names that it
//! may answer, and the handler. Facts are from <https://docs.slack.dev/reference/methods>; to add a method, add its row
//! and a handler in `methods/`. Errors that every method shares stand in [`COMMON`].

use crate::answer::Outcome;
use crate::args::Args;
use crate::methods::{
    auth, chat, conversations, files, history, reactions, usergroups, users, validate, views,
};
use crate::rates::Tier;
use crate::workspace::Workspace;

/// A row of the table.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// Any of these is enough; none: no scope needed.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) tier: Tier,
    /// Whether a call without a token is taken.
    pub(crate) open: bool,
    pub(crate) errors: &'static [&'static str],
    pub(crate) run: fn(&mut Workspace, &Args, i64) -> Outcome,
}

/// Errors that any method may answer. <https://docs.slack.dev/reference/methods>
pub(crate) const COMMON: &[&str] = &[
    "ratelimited",
    "unknown_method",
    "missing_scope",
    "not_authed",
    "invalid_auth",
    "token_revoked",
    "fatal_error",
    "internal_error",
];

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];

macro_rules! method {
    ($name:literal, $scopes:expr, $tier:ident, $run:path, $errors:expr) => {
        Method { name: $name, scopes: $scopes, tier: Tier::$tier, open: false, errors: $errors, run: $run }
    };
}

/// All methods, by name.
pub(crate) static METHODS: &[Method] = &[
    Method { open: true, ..method!("api.test", &[], Four, auth::api_test, &[]) },
    method!("auth.test", &[], Special, auth::test, &[]),
    Method {
        open: true,
        ..method!(
            "blocks.validate",
            &[],
            Special,
            validate::validate,
            &["invalid_arguments", "invalid_blocks", "invalid_view", "invalid_message"]
        )
    },
    method!(
        "chat.delete",
        &["chat:write"],
        Three,
        chat::delete,
        &["cant_delete_message", "channel_not_found", "message_not_found"]
    ),
    method!("chat.getPermalink", &[], Special, chat::permalink, &["channel_not_found", "message_not_found"]),
    method!(
        "chat.postEphemeral",
        &["chat:write"],
        Four,
        chat::post_ephemeral,
        &[
            "cannot_reply_to_message",
            "channel_not_found",
            "invalid_attachments",
            "invalid_blocks",
            "invalid_blocks_format",
            "is_archived",
            "markdown_text_conflict",
            "msg_too_long",
            "no_text",
            "not_in_channel",
            "too_many_attachments",
            "user_not_in_channel",
        ]
    ),
    method!(
        "chat.postMessage",
        &["chat:write"],
        Special,
        chat::post_message,
        &[
            "cannot_reply_to_message",
            "channel_not_found",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "is_archived",
            "markdown_text_conflict",
            "msg_blocks_too_long",
            "no_text",
            "not_in_channel",
            "too_many_attachments",
        ]
    ),
    method!(
        "chat.update",
        &["chat:write"],
        Three,
        chat::update,
        &[
            "cant_update_message",
            "channel_not_found",
            "invalid_attachments",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "is_inactive",
            "markdown_text_conflict",
            "message_not_found",
            "msg_too_long",
            "no_text",
            "too_many_attachments",
        ]
    ),
    method!(
        "conversations.history",
        HISTORY,
        Three,
        history::history,
        &["channel_not_found", "invalid_cursor", "invalid_ts_latest", "invalid_ts_oldest", "not_in_channel"]
    ),
    method!("conversations.info", READ, Three, conversations::info, &["channel_not_found"]),
    method!(
        "conversations.join",
        &["channels:join"],
        Three,
        conversations::join,
        &["channel_not_found", "is_archived", "method_not_supported_for_channel_type"]
    ),
    method!(
        "conversations.list",
        READ,
        Two,
        conversations::list,
        &["invalid_cursor", "invalid_limit", "invalid_types"]
    ),
    method!(
        "conversations.members",
        READ,
        Four,
        conversations::members,
        &["channel_not_found", "invalid_cursor"]
    ),
    method!(
        "conversations.open",
        &["im:write", "mpim:write", "channels:manage", "groups:write"],
        Three,
        conversations::open,
        &[
            "channel_not_found",
            "invalid_user_combination",
            "user_disabled",
            "user_not_found",
            "users_list_not_supplied"
        ]
    ),
    method!(
        "conversations.replies",
        HISTORY,
        Three,
        history::replies,
        &[
            "channel_not_found",
            "invalid_cursor",
            "invalid_ts_latest",
            "invalid_ts_oldest",
            "thread_not_found"
        ]
    ),
    method!(
        "files.completeUploadExternal",
        &["files:write"],
        Four,
        files::complete_upload,
        &[
            "channel_not_found",
            "channels_limit_exceeded",
            "file_not_found",
            "invalid_channel",
            "not_in_channel"
        ]
    ),
    method!(
        "files.getUploadURLExternal",
        &["files:write"],
        Four,
        files::upload_url,
        &["alt_txt_too_large", "missing_argument"]
    ),
    method!("files.info", &["files:read"], Four, files::info, &["file_not_found"]),
    method!(
        "reactions.add",
        &["reactions:write"],
        Three,
        reactions::add,
        &[
            "already_reacted",
            "bad_timestamp",
            "channel_not_found",
            "invalid_name",
            "is_archived",
            "message_not_found",
            "no_item_specified",
            "too_many_emoji",
        ]
    ),
    method!(
        "reactions.get",
        &["reactions:read"],
        Three,
        reactions::get,
        &["bad_timestamp", "channel_not_found", "message_not_found", "no_item_specified"]
    ),
    method!(
        "reactions.remove",
        &["reactions:write"],
        Two,
        reactions::remove,
        &[
            "bad_timestamp",
            "channel_not_found",
            "invalid_name",
            "message_not_found",
            "no_item_specified",
            "no_reaction",
        ]
    ),
    method!("usergroups.list", &["usergroups:read"], Two, usergroups::list, &[]),
    method!("usergroups.users.list", &["usergroups:read"], Two, usergroups::users_list, &["no_such_subteam"]),
    method!(
        "usergroups.users.update",
        &["usergroups:write"],
        Two,
        usergroups::users_update,
        &["invalid_users", "missing_argument", "no_users_provided", "permission_denied"]
    ),
    method!("users.info", &["users:read"], Four, users::info, &["user_not_found"]),
    method!("users.list", &["users:read"], Two, users::list, &["invalid_cursor"]),
    method!("users.lookupByEmail", &["users:read.email"], Three, users::by_email, &["users_not_found"]),
    method!(
        "views.open",
        &[],
        Four,
        views::open,
        &[
            "duplicate_external_id",
            "exchanged_trigger_id",
            "expired_trigger_id",
            "invalid_arguments",
            "invalid_trigger_id",
            "view_too_large",
        ]
    ),
    method!(
        "views.publish",
        &[],
        Four,
        views::publish,
        &["duplicate_external_id", "hash_conflict", "invalid_arguments", "view_too_large"]
    ),
    method!(
        "views.push",
        &[],
        Four,
        views::push,
        &[
            "duplicate_external_id",
            "exchanged_trigger_id",
            "expired_trigger_id",
            "invalid_arguments",
            "invalid_trigger_id",
            "not_found",
            "push_limit_reached",
            "view_too_large",
        ]
    ),
    method!(
        "views.update",
        &[],
        Four,
        views::update,
        &["duplicate_external_id", "hash_conflict", "invalid_arguments", "not_found", "view_too_large"]
    ),
];

/// The row of a method.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// Every scope that some method asks for, and those that only events and commands need.
pub(crate) fn all_scopes() -> Vec<String> {
    let mut scopes: Vec<String> = METHODS.iter().flat_map(|m| m.scopes).map(|&s| s.to_owned()).collect();
    scopes.extend(["app_mentions:read", "commands"].map(String::from));
    scopes.sort();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Which source file holds the handlers of which methods.
    const FAMILIES: &[(&str, &str)] = &[
        ("api.", include_str!("methods/auth.rs")),
        ("auth.", include_str!("methods/auth.rs")),
        ("blocks.", include_str!("methods/validate.rs")),
        ("chat.", include_str!("methods/chat.rs")),
        ("chat.", include_str!("methods/content.rs")),
        ("conversations.", include_str!("methods/conversations.rs")),
        ("conversations.", include_str!("methods/history.rs")),
        ("files.", include_str!("methods/files.rs")),
        ("reactions.", include_str!("methods/reactions.rs")),
        ("usergroups.", include_str!("methods/usergroups.rs")),
        ("users.", include_str!("methods/users.rs")),
        ("views.", include_str!("methods/views.rs")),
    ];

    #[test]
    fn every_error_name_in_a_handler_stands_in_a_row_of_its_family() {
        let mut seen = 0;
        for (family, source) in FAMILIES {
            let rows: BTreeSet<&str> = METHODS
                .iter()
                .filter(|m| m.name.starts_with(family))
                .flat_map(|m| m.errors)
                .copied()
                .collect();
            for piece in source.split("refuse(\"").skip(1) {
                let code = piece.split('"').next().unwrap();
                assert!(
                    rows.contains(code) || COMMON.contains(&code),
                    "{family}* answers {code}, no row names it"
                );
                seen += 1;
            }
        }
        assert!(seen > 40, "only {seen} refusals were found: has `refuse` been renamed?");
    }

    #[test]
    fn the_table_is_sorted_and_names_nothing_twice() {
        let names: Vec<&str> = METHODS.iter().map(|m| m.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }
}
