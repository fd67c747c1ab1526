// The stream of changes. Browsers allow six connections to one address, so of all open tabs one listens
// for all of them: whichever holds the lock.

const channel = new BroadcastChannel("changes");
const listeners = new Set();

function tell(change) {
  for (const listener of listeners) listener(change);
}

function pass(change) {
  channel.postMessage(change);
  tell(change);
}

function listen() {
  const stream = new EventSource("/_control/stream");
  stream.addEventListener("open", () => pass({ type: "connected" }));
  stream.addEventListener("error", () => pass({ type: "disconnected" }));
  stream.addEventListener("message", (event) => pass(JSON.parse(event.data)));
  return new Promise(() => {}); // holds the lock as long as this tab is open
}

channel.addEventListener("message", (event) => tell(event.data));

/** Call `listener` with each change; {"type": "connected"} means that changes may have been missed. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function start() {
  navigator.locks.request("changes", listen);
}
