//! The table of interactive elements and of the small objects inside them, with their limits.
//! <https://docs.slack.dev/reference/block-kit/block-elements>, <https://docs.slack.dev/reference/block-kit/composition-objects>

use super::check::{Field, Rule, Shape, may, must};

const PLAIN: &[&str] = &["plain_text"];
pub(super) const BOTH: &[&str] = &["plain_text", "mrkdwn"];
const LONGEST_URL: usize = 3_000;

pub(super) const fn plain(max: usize) -> Rule {
    Rule::Text { kinds: PLAIN, min: 1, max }
}

pub(super) const fn either(max: usize) -> Rule {
    Rule::Text { kinds: BOTH, min: 1, max }
}

pub(super) const fn chars(max: usize) -> Rule {
    Rule::Chars { min: 0, max }
}

const ACTION_ID: Field = may("action_id", Rule::Chars { min: 1, max: 255 });
const CONFIRM: Field = may("confirm", Rule::Object(&CONFIRMATION));
const PLACEHOLDER: Field = may("placeholder", plain(150));
const FOCUS: Field = may("focus_on_load", Rule::Flag);
const MULTI_MOST: Field = may("max_selected_items", Rule::Whole { min: 1, max: 100 });
const DISPATCH: Field = may("dispatch_action_config", Rule::Free);
const RESPONSE_URL: Field = may("response_url_enabled", Rule::Flag);
const FILTER: Field = may("filter", Rule::Free);
const CURRENT: Field = may("default_to_current_conversation", Rule::Flag);

const fn typed(kind: &'static str, fields: &'static [Field]) -> Shape {
    Shape { kind, fields, any_of: &[] }
}

static CONFIRMATION: Shape = typed(
    "",
    &[
        must("title", plain(100)),
        must("text", either(300)),
        must("confirm", plain(30)),
        must("deny", plain(30)),
        may("style", Rule::OneOf(&["primary", "danger"])),
    ],
);

// An option's value: 150 by the option object's page, 75 by the official types; the smaller is the one to rely on.
static OPTION: Shape = typed(
    "",
    &[
        must("text", either(75)),
        must("value", Rule::Chars { min: 1, max: 75 }),
        may("description", either(75)),
        may("url", chars(LONGEST_URL)),
    ],
);
static GROUP: Shape =
    typed("", &[must("label", plain(75)), must("options", Rule::List { min: 1, max: 100, item: &ONE })]);
const ONE: Rule = Rule::Object(&OPTION);
const OPTIONS: Rule = Rule::List { min: 1, max: 100, item: &ONE };
const FEW_OPTIONS: Rule = Rule::List { min: 1, max: 10, item: &ONE };
const GROUPS: Rule = Rule::List { min: 1, max: 100, item: &Rule::Object(&GROUP) };
const IDS: Rule = Rule::List { min: 0, max: 100, item: &Rule::Chars { min: 1, max: 255 } };

static BUTTON: Shape = typed(
    "button",
    &[
        must("text", plain(75)),
        ACTION_ID,
        may("url", chars(LONGEST_URL)),
        may("value", chars(2_000)),
        may("style", Rule::OneOf(&["primary", "danger"])),
        CONFIRM,
        may("accessibility_label", chars(75)),
    ],
);
static OVERFLOW: Shape =
    typed("overflow", &[must("options", Rule::List { min: 1, max: 5, item: &ONE }), ACTION_ID, CONFIRM]);
static CHECKBOXES: Shape = typed(
    "checkboxes",
    &[must("options", FEW_OPTIONS), ACTION_ID, may("initial_options", FEW_OPTIONS), CONFIRM, FOCUS],
);
static RADIO: Shape = typed(
    "radio_buttons",
    &[must("options", FEW_OPTIONS), ACTION_ID, may("initial_option", ONE), CONFIRM, FOCUS],
);
static STATIC_SELECT: Shape = Shape {
    kind: "static_select",
    fields: &[
        may("options", OPTIONS),
        may("option_groups", GROUPS),
        may("initial_option", ONE),
        ACTION_ID,
        PLACEHOLDER,
        CONFIRM,
        FOCUS,
    ],
    any_of: &["options", "option_groups"],
};
static MULTI_STATIC: Shape = Shape {
    kind: "multi_static_select",
    fields: &[
        may("options", OPTIONS),
        may("option_groups", GROUPS),
        may("initial_options", OPTIONS),
        MULTI_MOST,
        ACTION_ID,
        PLACEHOLDER,
        CONFIRM,
        FOCUS,
    ],
    any_of: &["options", "option_groups"],
};
const LEAST: Field = may("min_query_length", Rule::Whole { min: 0, max: 255 });
static EXTERNAL: Shape =
    typed("external_select", &[may("initial_option", ONE), LEAST, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS]);
static MULTI_EXTERNAL: Shape = typed(
    "multi_external_select",
    &[may("initial_options", OPTIONS), LEAST, MULTI_MOST, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static USERS: Shape =
    typed("users_select", &[may("initial_user", chars(255)), ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS]);
static MULTI_USERS: Shape = typed(
    "multi_users_select",
    &[may("initial_users", IDS), MULTI_MOST, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static CHANNELS: Shape = typed(
    "channels_select",
    &[may("initial_channel", chars(255)), RESPONSE_URL, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static MULTI_CHANNELS: Shape = typed(
    "multi_channels_select",
    &[may("initial_channels", IDS), MULTI_MOST, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static CONVERSATIONS: Shape = typed(
    "conversations_select",
    &[
        may("initial_conversation", chars(255)),
        CURRENT,
        FILTER,
        RESPONSE_URL,
        ACTION_ID,
        PLACEHOLDER,
        CONFIRM,
        FOCUS,
    ],
);
static MULTI_CONVERSATIONS: Shape = typed(
    "multi_conversations_select",
    &[may("initial_conversations", IDS), CURRENT, FILTER, MULTI_MOST, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static DATE: Shape =
    typed("datepicker", &[may("initial_date", chars(10)), ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS]);
static TIME: Shape = typed(
    "timepicker",
    &[may("initial_time", chars(5)), may("timezone", chars(255)), ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS],
);
static DATETIME: Shape = typed(
    "datetimepicker",
    &[may("initial_date_time", Rule::Whole { min: 0, max: 9_999_999_999 }), ACTION_ID, CONFIRM, FOCUS],
);
static PLAIN_INPUT: Shape = typed(
    "plain_text_input",
    &[
        may("initial_value", chars(3_000)),
        may("multiline", Rule::Flag),
        may("min_length", Rule::Whole { min: 0, max: 3_000 }),
        may("max_length", Rule::Whole { min: 1, max: 3_000 }),
        ACTION_ID,
        PLACEHOLDER,
        DISPATCH,
        FOCUS,
    ],
);
static NUMBER: Shape = typed(
    "number_input",
    &[
        must("is_decimal_allowed", Rule::Flag),
        may("initial_value", chars(100)),
        may("min_value", chars(100)),
        may("max_value", chars(100)),
        ACTION_ID,
        PLACEHOLDER,
        DISPATCH,
        FOCUS,
    ],
);
static EMAIL: Shape =
    typed("email_text_input", &[may("initial_value", chars(255)), ACTION_ID, PLACEHOLDER, DISPATCH, FOCUS]);
static URL: Shape = typed(
    "url_text_input",
    &[may("initial_value", chars(LONGEST_URL)), ACTION_ID, PLACEHOLDER, DISPATCH, FOCUS],
);
static RICH_INPUT: Shape =
    typed("rich_text_input", &[may("initial_value", Rule::Free), ACTION_ID, PLACEHOLDER, DISPATCH, FOCUS]);
static FILE_INPUT: Shape = typed(
    "file_input",
    &[may("filetypes", Rule::Free), may("max_files", Rule::Whole { min: 1, max: 10 }), ACTION_ID],
);
static WORKFLOW_BUTTON: Shape = typed(
    "workflow_button",
    &[
        must("text", plain(75)),
        must("workflow", Rule::Free),
        may("style", Rule::OneOf(&["primary", "danger"])),
        may("accessibility_label", chars(75)),
        ACTION_ID,
    ],
);
pub(super) static IMAGE: Shape = Shape {
    kind: "image",
    fields: &[
        may("image_url", Rule::Chars { min: 1, max: LONGEST_URL }),
        may("slack_file", Rule::Free),
        must("alt_text", chars(2_000)),
    ],
    any_of: &["image_url", "slack_file"],
};

/// What an actions block takes.
pub(super) static IN_ACTIONS: &[&Shape] = &[
    &BUTTON,
    &OVERFLOW,
    &CHECKBOXES,
    &RADIO,
    &STATIC_SELECT,
    &EXTERNAL,
    &USERS,
    &CHANNELS,
    &CONVERSATIONS,
    &MULTI_STATIC,
    &MULTI_EXTERNAL,
    &MULTI_USERS,
    &MULTI_CHANNELS,
    &MULTI_CONVERSATIONS,
    &DATE,
    &TIME,
    &DATETIME,
    &WORKFLOW_BUTTON,
    &RICH_INPUT,
];
/// What stands beside a section.
pub(super) static IN_SECTION: &[&Shape] = &[
    &BUTTON,
    &OVERFLOW,
    &CHECKBOXES,
    &RADIO,
    &STATIC_SELECT,
    &EXTERNAL,
    &USERS,
    &CHANNELS,
    &CONVERSATIONS,
    &MULTI_STATIC,
    &MULTI_EXTERNAL,
    &MULTI_USERS,
    &MULTI_CHANNELS,
    &MULTI_CONVERSATIONS,
    &DATE,
    &TIME,
    &IMAGE,
    &WORKFLOW_BUTTON,
];
/// What an input block asks with.
pub(super) static IN_INPUT: &[&Shape] = &[
    &PLAIN_INPUT,
    &NUMBER,
    &EMAIL,
    &URL,
    &RICH_INPUT,
    &FILE_INPUT,
    &CHECKBOXES,
    &RADIO,
    &STATIC_SELECT,
    &EXTERNAL,
    &USERS,
    &CHANNELS,
    &CONVERSATIONS,
    &MULTI_STATIC,
    &MULTI_EXTERNAL,
    &MULTI_USERS,
    &MULTI_CHANNELS,
    &MULTI_CONVERSATIONS,
    &DATE,
    &TIME,
    &DATETIME,
];
