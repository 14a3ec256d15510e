// What mrkdwn becomes on the page, friendly and hostile. Run: node --test (in this folder).

import assert from "node:assert/strict";
import test from "node:test";
import { html } from "./fake-document.mjs";
import { drawBlocks } from "../page/markup.js";
import { parseMarkdown } from "../page/markdown.js";
import { parse, plainText, safeUrl } from "../page/mrkdwn.js";

const names = {
  me: () => "U01ANA",
  user: (id) => ({ U01ANA: "Ana" })[id] ?? null,
  channel: (id) => ({ C01: "ops" })[id] ?? null,
  group: (id) => ({ S01: "payments-oncall" })[id] ?? null,
  channelHref: (id) => `#/${id}`,
  where: () => ({ now: Date.UTC(2026, 10, 22, 9), zone: "UTC", locale: "en-GB" }),
};
const drawn = (text) => html(drawBlocks(parse(text), names));
const line = (text) => drawn(text).replace(/^<p>|<\/p>$/g, "");

function each(rows) {
  for (const [given, expected] of rows) assert.equal(line(given), expected, `given ${JSON.stringify(given)}`);
}

test("emphasis opens and closes at word edges only", () => {
  each([
    ["*bold* _italic_ ~strike~ `code`", "<strong>bold</strong> <em>italic</em> <s>strike</s> <code>code</code>"],
    ["_*both*_", "<em><strong>both</strong></em>"],
    ["snake_case_name and 2*3*4", "snake_case_name and 2*3*4"],
    ["* not bold * and **", "* not bold * and **"],
    ["*open only", "*open only"],
    ["*over\na line*", "*over<br></br>a line*"],
    ["`*not bold*`", "<code>*not bold*</code>"],
    ["(*in brackets*)", "(<strong>in brackets</strong>)"],
    ["*<https://a.example/x*y_z|A_b*c>*", '<strong><a href="https://a.example/x*y_z">A_b*c</a></strong>'],
  ]);
});

test("references are called by their names", () => {
  each([
    ["<@U01ANA> <@U99|zed> <@U98>", "<span>@Ana</span> <span>@zed</span> <span>@U98</span>"],
    ["<#C01> <#C77|gone>", '<a href="#/C01">#ops</a> <a href="#/C77">#gone</a>'],
    ["<!subteam^S01> <!here> <!channel>", "<span>@payments-oncall</span> <span>@here</span> <span>@channel</span>"],
    ["<https://a.example/?a=1&amp;b=2>", '<a href="https://a.example/?a=1&#38;b=2">https://a.example/?a=1&#38;b=2</a>'],
    ["<mailto:a@b.example|write>", '<a href="mailto:a@b.example">write</a>'],
    [":tada: :nosuch: 10:30:00", "<span>🎉</span> <span>:nosuch:</span> 10<span>:30:</span>00"],
  ]);
});

test("dates are told in the reader's zone and fall back", () => {
  each([
    ["<!date^1795338000^{date_short_pretty} at {time}|x>", "<time>Today at 9:00</time>"],
    ["<!date^1795251600^since {date_pretty}|x>", "<time>since yesterday</time>"],
    ["<!date^1392734382^{date_num} {time_secs}|x>", "<time>2014-02-18 14:39:42</time>"],
    ["<!date^1392734382^{date_long}|x>", "<time>Tuesday, 18 February 2014</time>"],
    ["<!date^1795337820^{ago}|x>", "<time>3 minutes ago</time>"],
    ["<!date^1392734382^{date_num}^https://a.example/|x>", '<a href="https://a.example/"><time>2014-02-18</time></a>'],
    ["<!date^1392734382^{date_num}^javascript:alert(1)|x>", "<time>2014-02-18</time>"],
    ["<!date^999999999999999^{date}|too far>", "<time>too far</time>"],
    ["<!date^1392734382^{constructor}|unknown token>", "<time>unknown token</time>"],
    ["<!date^soon^{date}|not a number>", "not a number"],
  ]);
});

test("blocks of lines are quotes, lists and fences", () => {
  assert.equal(drawn("&gt; a\n&gt; b\nc"), "<blockquote>a<br></br>b</blockquote><p>c</p>");
  assert.equal(drawn("&gt;&gt;&gt; a\nb"), "<blockquote>a<br></br>b</blockquote>");
  assert.equal(drawn("• a\n• *b*"), "<ul><li>a</li><li><strong>b</strong></li></ul>");
  assert.equal(drawn("3. a\n4. b"), "<ol><li>a</li><li>b</li></ol>");
  assert.equal(
    drawn("x\n```\n<b> &lt;i&gt; *y*\n  z\n```\nw"),
    "<p>x</p><pre><code>&#60;b&#62; &#60;i&#62; *y*\n  z</code></pre><p>w</p>".replace("&#60;b&#62;", "b"),
  );
});

test("markup in a text stays text", () => {
  for (const hostile of [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "*<b onclick=x>*",
    "`<svg onload=x>`",
    "```<iframe src=x>```",
    "<https://a.example|<img src=x>>",
  ]) {
    const tags = [...drawn(hostile).matchAll(/<([a-z]+)/g)].map((match) => match[1]);
    assert.deepEqual(
      tags.filter((tag) => !["p", "strong", "code", "pre", "a", "span"].includes(tag)),
      [],
      hostile,
    );
  }
  assert.equal(line("&lt;script&gt;"), "&#60;script&#62;");
});

test("escaped references mention nobody and link nowhere", () => {
  each([
    ["&lt;!channel&gt;", "&#60;!channel&#62;"],
    ["&lt;@U01ANA&gt;", "&#60;@U01ANA&#62;"],
    ["&amp;lt;!here&amp;gt;", "&#38;lt;!here&#38;gt;"],
    ["&lt;https://a.example|x&gt;", "&#60;https://a.example|x&#62;"],
  ]);
});

test("only harmless addresses become links", () => {
  for (const address of [
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//a.example",
    "/relative",
    "https:a",
    "",
    null,
    undefined,
  ]) {
    assert.equal(safeUrl(address), null, String(address));
  }
  each([
    ["<javascript:alert(1)|click>", "click"],
    ["<data:text/html,x|click>", "click"],
    ["<javascript:alert(1)>", "&#60;javascript:alert(1)&#62;"],
    ["<!unknown^thing|shown>", "shown"],
    ["<@not-an-id>", "&#60;@not-an-id&#62;"],
  ]);
});

test("names that objects have anyway are no emoji and no references", () => {
  each([
    [":constructor:", "<span>:constructor:</span>"],
    [":__proto__:", "<span>:__proto__:</span>"],
    ["<!subteam^SCONSTRUCTOR>", "<span>@SCONSTRUCTOR</span>"],
  ]);
});

test("anything is parsed", () => {
  for (const odd of [
    null,
    undefined,
    "",
    "\n\n",
    "<",
    ">",
    "<>",
    "<|>",
    "<@",
    "``",
    "```",
    "******",
    "_~*`<:",
    "\u0000",
    "\ud800",
    "👩‍👩‍👧",
  ])
    assert.ok(Array.isArray(parse(odd)), JSON.stringify(odd));
});

// A parser that goes back over what it has read would need minutes here, not a second.
test("the longest texts that could be sent are parsed without going back", { timeout: 30_000 }, () => {
  for (const piece of ["*a", "(*a", "<", "`", "```", ":a", "_~*", "&gt;", "<a|", "*_~x~_* ", "[", "**a", "`\n"]) {
    assert.ok(parse(piece.repeat(400_000 / piece.length)).length > 0, piece);
    assert.ok(parseMarkdown(piece.repeat(12_000 / piece.length)).length > 0, piece);
  }
});

test("plain text says what the tree says", () => {
  assert.equal(
    plainText(parse("*Hi* <@U1|ana>, see <https://a.example|this> :tada:\n• one\n• two")),
    "Hi ana, see this :tada:one two",
  );
});

test("markdown blocks become the same tree", () => {
  const markdown = (text) => html(drawBlocks(parseMarkdown(text), names));
  assert.equal(
    markdown(
      "# Title\n\nA **bold** and *italic* `x`\n\n- one\n- [two](https://a.example)\n\n> q\n\n---\n```\ncode <b>\n```",
    ),
    '<p>Title</p><p>A <strong>bold</strong> and <em>italic</em> <code>x</code></p><ul><li>one</li><li><a href="https://a.example">two</a></li></ul><blockquote>q</blockquote><hr></hr><pre><code>code &#60;b&#62;</code></pre>',
  );
  assert.equal(markdown("[x](javascript:alert(1))"), "<p>[x](javascript:alert(1))</p>");
  assert.equal(markdown("<!channel> <@U01ANA>"), "<p>&#60;!channel&#62; &#60;@U01ANA&#62;</p>");
});
