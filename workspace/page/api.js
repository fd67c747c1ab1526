// The control API: what a person does with mouse and keys, as JSON over HTTP.

/** What the workspace refused, in a sentence a person can read. */
export class Refusal extends Error {}

async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error ?? response.statusText);
  return answer;
}

export async function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return answerOf(await fetch(`/_control/${path}?${new URLSearchParams(given)}`));
}

export async function post(path, body = {}) {
  return answerOf(
    await fetch(`/_control/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

const CHUNK = 0x8000; // String.fromCharCode takes its characters as arguments, of which there is a limit

/** Upload a file as this person, who alone sees it until it is shared. */
export async function upload(user, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return (await post("upload", { user, name: file.name, content: btoa(binary) })).file;
}
