//! The table of blocks and views, with their limits and the surfaces that take them. One entry per block type; to add one,
//! add its shape and its row. <https://docs.slack.dev/reference/block-kit/blocks>

use super::Surface::{self, Home, Message, Modal};
use super::check::{Field, Rule, Shape, may, must};
use super::elements::{IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, chars, either, plain};

/// A block type and where it may appear.
pub(super) struct Block {
    pub(super) shape: &'static Shape,
    pub(super) surfaces: &'static [Surface],
}

const EVERYWHERE: &[Surface] = &[Message, Modal, Home];
const BLOCK_ID: Field = may("block_id", Rule::Chars { min: 1, max: 255 });

const fn everywhere(shape: &'static Shape) -> Block {
    Block { shape, surfaces: EVERYWHERE }
}

const fn messages(shape: &'static Shape) -> Block {
    Block { shape, surfaces: &[Message] }
}

/// All block types that are known.
pub(super) static BLOCKS: &[Block] = &[
    everywhere(&SECTION),
    everywhere(&HEADER),
    everywhere(&CONTEXT),
    everywhere(&ACTIONS),
    everywhere(&DIVIDER),
    everywhere(&IMAGE_BLOCK),
    everywhere(&INPUT),
    everywhere(&RICH_TEXT),
    messages(&MARKDOWN),
    messages(&TABLE),
    messages(&CHART),
];

static SECTION: Shape = Shape {
    kind: "section",
    fields: &[
        may("text", either(3_000)),
        may("fields", Rule::List { min: 1, max: 10, item: &either(2_000) }),
        may("accessory", Rule::Typed(IN_SECTION)),
        may("expand", Rule::Flag),
        BLOCK_ID,
    ],
    any_of: &["text", "fields"],
};
static HEADER: Shape = Shape { kind: "header", fields: &[must("text", plain(150)), BLOCK_ID], any_of: &[] };
static DIVIDER: Shape = Shape { kind: "divider", fields: &[BLOCK_ID], any_of: &[] };
static CONTEXT: Shape = Shape {
    kind: "context",
    fields: &[must("elements", Rule::List { min: 1, max: 10, item: &Rule::Typed(IN_CONTEXT) }), BLOCK_ID],
    any_of: &[],
};
static IN_CONTEXT: &[&Shape] = &[&IMAGE, &MRKDWN_ELEMENT, &PLAIN_ELEMENT];
const ELEMENT_TEXT: Field = must("text", Rule::Chars { min: 1, max: 3_000 });
static MRKDWN_ELEMENT: Shape =
    Shape { kind: "mrkdwn", fields: &[ELEMENT_TEXT, may("verbatim", Rule::Flag)], any_of: &[] };
static PLAIN_ELEMENT: Shape =
    Shape { kind: "plain_text", fields: &[ELEMENT_TEXT, may("emoji", Rule::Flag)], any_of: &[] };
static ACTIONS: Shape = Shape {
    kind: "actions",
    fields: &[must("elements", Rule::List { min: 1, max: 25, item: &Rule::Typed(IN_ACTIONS) }), BLOCK_ID],
    any_of: &[],
};
static IMAGE_BLOCK: Shape = Shape {
    kind: "image",
    fields: &[
        may("image_url", Rule::Chars { min: 1, max: 3_000 }),
        may("slack_file", Rule::Free),
        must("alt_text", chars(2_000)),
        may("title", plain(2_000)),
        BLOCK_ID,
    ],
    any_of: &["image_url", "slack_file"],
};
static INPUT: Shape = Shape {
    kind: "input",
    fields: &[
        must("label", plain(2_000)),
        must("element", Rule::Typed(IN_INPUT)),
        may("hint", plain(2_000)),
        may("optional", Rule::Flag),
        may("dispatch_action", Rule::Flag),
        BLOCK_ID,
    ],
    any_of: &[],
};
static MARKDOWN: Shape = Shape {
    kind: "markdown",
    fields: &[must("text", Rule::Chars { min: 1, max: 12_000 }), BLOCK_ID],
    any_of: &[],
};

// Rich text: the elements inside a section have no documented length limits.
static RICH_TEXT: Shape = Shape {
    kind: "rich_text",
    fields: &[must("elements", Rule::List { min: 0, max: 1_000, item: &Rule::Typed(RICH_PARTS) }), BLOCK_ID],
    any_of: &[],
};
const RICH_ITEM: Rule = Rule::Typed(RICH_ELEMENTS);
const RICH_ITEMS: Field = must("elements", Rule::List { min: 0, max: 10_000, item: &RICH_ITEM });
const BORDER: Field = may("border", Rule::Whole { min: 0, max: 1 });
static RICH_PARTS: &[&Shape] = &[
    &RICH_SECTION,
    &Shape {
        kind: "rich_text_list",
        fields: &[
            must("style", Rule::OneOf(&["bullet", "ordered"])),
            must("elements", Rule::List { min: 0, max: 1_000, item: &Rule::Typed(&[&RICH_SECTION]) }),
            may("indent", Rule::Whole { min: 0, max: 8 }),
            may("offset", Rule::Whole { min: 0, max: 100_000 }),
            BORDER,
        ],
        any_of: &[],
    },
    &Shape {
        kind: "rich_text_preformatted",
        fields: &[RICH_ITEMS, BORDER, may("language", chars(50))],
        any_of: &[],
    },
    &Shape { kind: "rich_text_quote", fields: &[RICH_ITEMS, BORDER], any_of: &[] },
];
static RICH_SECTION: Shape = Shape { kind: "rich_text_section", fields: &[RICH_ITEMS], any_of: &[] };
const STYLE: Field = may("style", Rule::Free);
const ANY: Rule = chars(100_000);
static RICH_ELEMENTS: &[&Shape] = &[
    &Shape { kind: "text", fields: &[must("text", ANY), STYLE], any_of: &[] },
    &Shape {
        kind: "link",
        fields: &[must("url", ANY), may("text", ANY), may("unsafe", Rule::Flag), STYLE],
        any_of: &[],
    },
    &Shape {
        kind: "emoji",
        fields: &[must("name", ANY), may("unicode", ANY), may("skin_tone", Rule::Free), STYLE],
        any_of: &[],
    },
    &Shape { kind: "user", fields: &[must("user_id", ANY), STYLE], any_of: &[] },
    &Shape { kind: "usergroup", fields: &[must("usergroup_id", ANY), STYLE], any_of: &[] },
    &Shape { kind: "channel", fields: &[must("channel_id", ANY), STYLE], any_of: &[] },
    &Shape {
        kind: "broadcast",
        fields: &[must("range", Rule::OneOf(&["here", "channel", "everyone"])), STYLE],
        any_of: &[],
    },
    &Shape { kind: "color", fields: &[must("value", ANY), STYLE], any_of: &[] },
    &Shape {
        kind: "date",
        fields: &[
            must("timestamp", Rule::Number),
            must("format", ANY),
            may("url", ANY),
            may("fallback", ANY),
            STYLE,
        ],
        any_of: &[],
    },
];

static TABLE: Shape = Shape {
    kind: "table",
    fields: &[
        must("rows", Rule::List { min: 1, max: 100, item: &ROW }),
        may("column_settings", Rule::List { min: 0, max: 20, item: &Rule::Free }),
        BLOCK_ID,
    ],
    any_of: &[],
};
const ROW: Rule = Rule::List {
    min: 1,
    max: 20,
    item: &Rule::Typed(&[&Shape { kind: "raw_text", fields: &[must("text", ANY)], any_of: &[] }, &RICH_TEXT]),
};

static CHART: Shape = Shape {
    kind: "data_visualization",
    fields: &[must("title", Rule::Chars { min: 1, max: 50 }), must("chart", Rule::Typed(CHARTS)), BLOCK_ID],
    any_of: &[],
};
const LABEL: Rule = Rule::Chars { min: 1, max: 20 };
const POINTS: Rule = Rule::List { min: 1, max: 20, item: &Rule::Object(&POINT) };
static POINT: Shape =
    Shape { kind: "", fields: &[must("label", LABEL), must("value", Rule::Number)], any_of: &[] };
static SEGMENT: Shape =
    Shape { kind: "", fields: &[must("label", LABEL), must("value", Rule::Positive)], any_of: &[] };
static SERIES: Shape = Shape { kind: "", fields: &[must("name", LABEL), must("data", POINTS)], any_of: &[] };
static AXES: Shape = Shape {
    kind: "",
    fields: &[
        must("categories", Rule::List { min: 1, max: 20, item: &LABEL }),
        may("x_label", chars(50)),
        may("y_label", chars(50)),
    ],
    any_of: &[],
};
const ONE_SERIES: Rule = Rule::Object(&SERIES);
const LINES: &[Field] = &[
    must("series", Rule::List { min: 1, max: 12, item: &ONE_SERIES }),
    must("axis_config", Rule::Object(&AXES)),
];
static CHARTS: &[&Shape] = &[
    &Shape {
        kind: "pie",
        fields: &[must("segments", Rule::List { min: 1, max: 12, item: &Rule::Object(&SEGMENT) })],
        any_of: &[],
    },
    &Shape { kind: "bar", fields: LINES, any_of: &[] },
    &Shape { kind: "line", fields: LINES, any_of: &[] },
    &Shape { kind: "area", fields: LINES, any_of: &[] },
];

const VIEW_ID: Rule = chars(255);
/// <https://docs.slack.dev/reference/views/modal-views>; the blocks are judged apart.
pub(super) static MODAL: Shape = Shape {
    kind: "modal",
    fields: &[
        must("title", plain(24)),
        must("blocks", Rule::List { min: 0, max: usize::MAX, item: &Rule::Free }),
        may("submit", plain(24)),
        may("close", plain(24)),
        may("private_metadata", chars(3_000)),
        may("callback_id", VIEW_ID),
        may("external_id", VIEW_ID),
        may("clear_on_close", Rule::Flag),
        may("notify_on_close", Rule::Flag),
        may("submit_disabled", Rule::Flag),
    ],
    any_of: &[],
};
/// <https://docs.slack.dev/reference/views/home-tab-views>
pub(super) static HOME: Shape = Shape {
    kind: "home",
    fields: &[
        must("blocks", Rule::List { min: 0, max: usize::MAX, item: &Rule::Free }),
        may("private_metadata", chars(3_000)),
        may("callback_id", VIEW_ID),
        may("external_id", VIEW_ID),
    ],
    any_of: &[],
};
