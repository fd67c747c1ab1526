// The control API, and small help for making elements.

export async function get(path, query = {}) {
  const answer = await fetch(`/_control/${path}?${new URLSearchParams(query)}`);
  return answer.json();
}

export async function post(path, body) {
  const answer = await fetch(`/_control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const world = { user: null, channel: null, thread: null, users: {}, channels: [], app: {} };

export const nameOf = (id) => world.users[id]?.real_name ?? id;
