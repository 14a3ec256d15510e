// What the composer can complete: slash commands and their words, people, groups, channels, emoji. Pure: state in,
// suggestions out. Turning typed names into Slack's references is the workspace's business, as it is in Slack.

import { EMOJI, findEmoji } from "./emoji.js";

const SPECIALS = ["here", "channel", "everyone"];
const begins = (part) => (name) => name.toLowerCase().startsWith(part.toLowerCase());

/** The words that a usage hint offers after the command: "status | ack <id>" gives status, ack. */
export function hintWords(hint) {
  const words = (hint ?? "")
    .replace(/^[[(]|[\])]$/g, "")
    .split(/[|,]/)
    .map((piece) => /^[\s[(]*([a-z][a-z-]*)/.exec(piece)?.[1]);
  return [...new Set(words.filter(Boolean))];
}

/**
 * Suggestions for the text before the caret: { from (index), items: [{ insert, title, note }] }, or null.
 */
export function suggestions(before, state) {
  let match;
  if ((match = /^\/(\S*)$/.exec(before))) {
    const items = (state.commands ?? []).filter((command) => begins(match[1])(command.name.replace(/^\//, "")));
    return found(
      0,
      items.map((command) => ({
        insert: `/${command.name.replace(/^\//, "")} `,
        title: `/${command.name.replace(/^\//, "")} ${command.usage_hint ?? ""}`.trim(),
        note: command.description,
      })),
    );
  }
  if ((match = /^(\/\S+) +(\S*)$/.exec(before))) {
    const command = (state.commands ?? []).find((entry) => entry.name.replace(/^\/?/, "/") === match[1]);
    const words = hintWords(command?.usage_hint).filter((word) => begins(match[2])(word) && word !== match[2]);
    return found(
      before.length - match[2].length,
      words.map((word) => ({ insert: `${word} `, title: word, note: match[1] })),
    );
  }
  if ((match = /(?:^|[\s(])@([\w.-]*)$/.exec(before))) {
    const people = state.users
      .filter((user) => begins(match[1])(user.name) || begins(match[1])(user.real_name ?? ""))
      .map((user) => ({ insert: `@${user.name} `, title: user.real_name || user.name, note: `@${user.name}` }));
    const groups = (state.usergroups ?? [])
      .filter((group) => begins(match[1])(group.handle))
      .map((group) => ({ insert: `@${group.handle} `, title: `@${group.handle}`, note: group.name }));
    const specials = SPECIALS.filter(begins(match[1])).map((name) => ({
      insert: `@${name} `,
      title: `@${name}`,
      note: "Notify people",
    }));
    return found(before.length - match[1].length - 1, [...people, ...groups, ...specials]);
  }
  if ((match = /(?:^|[\s(])#([\w-]*)$/.exec(before))) {
    const channels = state.channels.filter((channel) => !channel.is_im && begins(match[1])(channel.name));
    return found(
      before.length - match[1].length - 1,
      channels.map((channel) => ({ insert: `#${channel.name} `, title: `#${channel.name}`, note: channel.topic })),
    );
  }
  if ((match = /(?:^|[\s(]):([a-z0-9_+-]{2,})$/.exec(before))) {
    return found(
      before.length - match[1].length - 1,
      findEmoji(match[1]).map((name) => ({ insert: `:${name}: `, title: `${EMOJI.get(name)}  :${name}:`, note: null })),
    );
  }
  return null;
}

const found = (from, items) => (items.length > 0 ? { from, items: items.slice(0, 8) } : null);
