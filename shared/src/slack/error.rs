//! What a failed Slack call means, named by what the caller does next. One table turns Slack's error codes into these
//! classes; the transport's failures are sorted in `client`. The line that matters most runs between "it surely did not
//! happen" and "it may have happened": only the first may be repeated without looking.
//!
//! Codes: the `Errors` section of each method's page, <https://docs.slack.dev/reference/methods>

use std::time::Duration;

/// A failed Slack call, named by what the caller does next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlackError {
    /// It did not happen. Leave this method of this workspace alone for that long, then repeat.
    #[error("Slack asks to wait {} s", retry_after.as_secs())]
    RateLimited {
        /// Slack's `Retry-After`, or our default where Slack gave none.
        retry_after: Duration,
    },
    /// It may have happened: timeout, reset, 5xx, an answer that cannot be read. Look before repeating.
    #[error("Slack's answer is lost: {why}")]
    Unknown {
        /// What was seen of the answer; never the address, the token or a body.
        why: String,
    },
    /// It surely did not happen, since nobody was reached. Repeat later.
    #[error("Slack cannot be reached: {why}")]
    NotSent {
        /// What failed; never the address or the token.
        why: String,
    },
    /// We cannot post to this channel. Use the fallback channel and tell somebody.
    #[error("the channel takes no messages from us: {code}")]
    ChannelDead {
        /// Slack's error code.
        code: String,
    },
    /// Slack refuses this content. Never send it again; send plain text, so that the notification is not lost.
    #[error("Slack refuses the content: {code} {}", messages.join("; "))]
    BadBlocks {
        /// Slack's error code.
        code: String,
        /// What Slack says about it, `response_metadata.messages`.
        messages: Vec<String>,
    },
    /// The message (or the response URL) that this was about cannot be used any more. Post anew.
    #[error("what this was about is gone: {code}")]
    Gone {
        /// Slack's error code.
        code: String,
    },
    /// It had been done before. Count it as done.
    #[error("this had been done before")]
    AlreadyDone,
    /// Our token is not good for this. Stop, and tell the operator by another way than Slack.
    #[error("Slack refuses our token: {code}{}", needed.as_ref().map(|scope| format!(" ({scope})")).unwrap_or_default())]
    Auth {
        /// Slack's error code.
        code: String,
        /// The scope that the token lacks, with `missing_scope`.
        needed: Option<String>,
    },
    /// The person waited too long (or we did): the trigger is used up. Ask them to press again.
    #[error("too late for this: {code}")]
    TooLate {
        /// Slack's error code.
        code: String,
    },
    /// It did not happen, for a reason that passes. Repeat later.
    #[error("Slack cannot do this now: {code}")]
    Transient {
        /// Slack's error code.
        code: String,
    },
    /// It did not happen and never will.
    #[error("Slack refuses: {code}")]
    Refused {
        /// Slack's error code, or our own reason for not sending.
        code: String,
    },
}

impl SlackError {
    /// Whether it may have happened: look before repeating.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, SlackError::Unknown { .. })
    }

    /// Whether the same call may succeed later, and surely has had no effect yet.
    pub fn may_be_repeated(&self) -> bool {
        matches!(
            self,
            SlackError::RateLimited { .. } | SlackError::NotSent { .. } | SlackError::Transient { .. }
        )
    }

    /// What `ok: false` with this code means. `retry_after` counts for rate limits only.
    pub(super) fn from_code(
        code: &str,
        messages: Vec<String>,
        needed: Option<String>,
        retry_after: Duration,
    ) -> Self {
        let code = code.to_owned();
        match class(&code) {
            Class::RateLimited => SlackError::RateLimited { retry_after },
            Class::Unknown => SlackError::Unknown { why: code },
            Class::ChannelDead => SlackError::ChannelDead { code },
            Class::BadBlocks => SlackError::BadBlocks { code, messages },
            Class::Gone => SlackError::Gone { code },
            Class::AlreadyDone => SlackError::AlreadyDone,
            Class::Auth => SlackError::Auth { code, needed },
            Class::TooLate => SlackError::TooLate { code },
            Class::Transient => SlackError::Transient { code },
            Class::Refused => SlackError::Refused { code },
        }
    }
}

enum Class {
    RateLimited,
    Unknown,
    ChannelDead,
    BadBlocks,
    Gone,
    AlreadyDone,
    Auth,
    TooLate,
    Transient,
    Refused,
}

/// The table. A code that it does not know is a refusal: Slack said `ok: false` and did not say that part of it worked.
fn class(code: &str) -> Class {
    match code {
        // Both spellings exist: the gateway's and the method's.
        "ratelimited" | "rate_limited" => Class::RateLimited,

        // "It's possible some aspect of the operation succeeded", says Slack of these two.
        "fatal_error" | "internal_error" => Class::Unknown,

        "channel_not_found"
        | "not_in_channel"
        | "is_archived"
        | "is_inactive"
        | "channel_is_limited_access"
        | "ekm_access_denied"
        | "messages_tab_disabled"
        | "method_not_supported_for_channel_type"
        | "no_permission"
        | "posting_to_channel_denied"
        | "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "too_many_members" => Class::ChannelDead,

        "attachment_payload_limit_exceeded"
        | "block_mismatch"
        | "invalid_arguments"
        | "invalid_attachments"
        | "invalid_blocks"
        | "invalid_blocks_format"
        | "invalid_form_data"
        | "invalid_json"
        | "json_not_object"
        | "markdown_text_conflict"
        | "msg_blocks_too_long"
        | "msg_too_long"
        | "no_text"
        | "too_many_attachments"
        | "view_too_large" => Class::BadBlocks,

        // `used_url` and `expired_url` are what response URLs answer after five uses or half an hour.
        "message_not_found"
        | "cant_update_message"
        | "cant_delete_message"
        | "cannot_reply_to_message"
        | "edit_window_closed"
        | "expired_url"
        | "not_found"
        | "restricted_action_thread_locked"
        | "thread_not_found"
        | "used_url" => Class::Gone,

        "already_reacted" | "already_in_channel" | "no_reaction" => Class::AlreadyDone,

        "access_denied"
        | "accesslimited"
        | "account_inactive"
        | "app_access_restricted"
        | "enterprise_is_restricted"
        | "invalid_auth"
        | "missing_scope"
        | "not_allowed_token_type"
        | "not_authed"
        | "token_expired"
        | "token_revoked"
        | "two_factor_setup_required" => Class::Auth,

        "expired_trigger_id" | "exchanged_trigger_id" | "invalid_trigger_id" => Class::TooLate,

        "external_channel_migrating"
        | "hash_conflict"
        | "message_limit_exceeded"
        | "org_login_required"
        | "request_timeout"
        | "service_unavailable"
        | "streaming_state_conflict"
        | "team_added_to_org"
        | "update_failed" => Class::Transient,

        _ => Class::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(code: &str) -> SlackError {
        SlackError::from_code(
            code,
            vec!["[ERROR] why".to_owned()],
            Some("chat:write".to_owned()),
            Duration::from_secs(7),
        )
    }

    #[test]
    fn a_code_says_what_to_do_next() {
        let code = |code: &str| code.to_owned();
        assert_eq!(from("ratelimited"), SlackError::RateLimited { retry_after: Duration::from_secs(7) });
        assert_eq!(from("rate_limited"), from("ratelimited"));
        assert_eq!(from("is_archived"), SlackError::ChannelDead { code: code("is_archived") });
        assert_eq!(
            from("invalid_blocks"),
            SlackError::BadBlocks { code: code("invalid_blocks"), messages: vec!["[ERROR] why".to_owned()] }
        );
        assert_eq!(from("message_not_found"), SlackError::Gone { code: code("message_not_found") });
        assert_eq!(from("already_reacted"), SlackError::AlreadyDone);
        assert_eq!(
            from("missing_scope"),
            SlackError::Auth { code: code("missing_scope"), needed: Some(code("chat:write")) }
        );
        assert_eq!(from("exchanged_trigger_id"), SlackError::TooLate { code: code("exchanged_trigger_id") });
        assert_eq!(from("service_unavailable"), SlackError::Transient { code: code("service_unavailable") });
        assert_eq!(from("from_next_year"), SlackError::Refused { code: code("from_next_year") });
    }

    #[test]
    fn only_slacks_two_ambiguous_codes_may_have_happened() {
        for (code, may) in
            [("fatal_error", true), ("internal_error", true), ("service_unavailable", false), ("new", false)]
        {
            assert_eq!(from(code).may_have_happened(), may, "{code}");
        }
    }

    #[test]
    fn what_may_have_happened_is_never_simply_repeated() {
        for code in ["fatal_error", "internal_error", "invalid_blocks", "is_archived", "token_revoked"] {
            assert!(!from(code).may_be_repeated(), "{code}");
        }
        for code in ["ratelimited", "service_unavailable", "update_failed"] {
            assert!(from(code).may_be_repeated(), "{code}");
        }
    }
}
