// The few parts of a document that dom.js uses, so that `node --test` can see what would be drawn. It has no innerHTML: a
// renderer that tried to use it would draw nothing and fail.

class Node {
  constructor(tag) {
    this.tag = tag;
    this.children = [];
    this.attributes = {};
    this.dataset = {};
    this.style = { setProperty() {} };
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  addEventListener() {}
  append(...nodes) {
    this.children.push(...nodes);
  }
}

const escaped = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** What a browser would show for a node, as HTML: text nodes escaped, only `href` kept of the attributes. */
export function html(node) {
  if (Array.isArray(node)) return node.map(html).join("");
  if (node === null || node === undefined || node === false) return "";
  if (typeof node === "string") return escaped(node);
  if (node.text !== undefined) return escaped(node.text);
  const href = node.attributes.href ? ` href="${escaped(node.attributes.href)}"` : "";
  return `<${node.tag}${href}>${node.children.map(html).join("")}</${node.tag}>`;
}

globalThis.document = {
  createElement: (tag) => new Node(tag),
  createElementNS: (_, tag) => new Node(tag),
  createTextNode: (text) => ({ text }),
};
