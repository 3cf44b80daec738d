// What the page asks of the server. Every address is relative, so that the page works behind a proxy too.

/** An answer that is no result, or no answer: what can be done about it depends on the kind. */
export class Refusal extends Error {
  /**
   * @param kind 'key', 'later', 'large', 'picture', 'gone' or 'other'
   * @param message what to tell the person
   * @param seconds for 'later': how long the server asks us to wait
   */
  constructor(kind, message, seconds = 0) {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
  }
}

/** The names of the models, the default one first. */
export async function models(key) {
  const answer = await ask('v1/models', {headers: headers(key)});
  return (answer.data ?? []).map(model => model.id);
}

/**
 * The vectors of pictures.
 *
 * @param model its name; empty for the default model
 * @param files of pictures, in the order of the results
 * @return model, results (each {vector} or {error}), timings and the round trip in milliseconds
 */
export async function embed(model, key, files) {
  const form = new FormData();
  if (model) {
    form.append('model', model);
  }
  for (const file of files) {
    form.append('file', file, file.name || 'pasted');
  }
  const begin = performance.now();
  const answer = await ask('embed', {method: 'POST', headers: headers(key), body: form});
  const roundTrip = performance.now() - begin;
  if (answer.embeddings?.length !== files.length) {
    throw new Refusal('other', `The server answered with ${answer.embeddings?.length ?? 'no'} vectors`
      + ` for ${files.length} pictures.`);
  }
  return {
    model: answer.model,
    results: answer.embeddings.map(one => one.embedding
      ? {vector: Float32Array.from(one.embedding)}
      : {error: one.error?.message ?? 'no vector, and no reason'}),
    timings: answer.timings ?? {},
    roundTrip
  };
}

function headers(key) {
  return key ? {Authorization: `Bearer ${key}`} : {};
}

async function ask(path, options) {
  if (/[^\x21-\x7e]/.test(options.headers.Authorization?.slice('Bearer '.length) ?? '')) {
    throw new Refusal('key', 'An API key has no blanks and only ASCII characters.');
  }
  let response;
  let body;
  try {
    response = await fetch(path, {...options, cache: 'no-store'});
    body = await response.text();
  } catch {
    throw await brokenOff(options);
  }
  let answer = {};
  try {
    answer = JSON.parse(body);
  } catch {
    // not from this server, but from a proxy before it: told by its status below
  }
  // Where no picture at all has a vector, the status says so, and the body still tells of each.
  if (response.ok || Array.isArray(answer.embeddings)) {
    return answer;
  }
  throw refusal(response, answer.error?.message ?? `status ${response.status}`);
}

// Without an answer: either the server is gone, or it hung up on a body that it found too large.
async function brokenOff(options) {
  try {
    if (options.body && (await fetch('healthz', {cache: 'no-store'})).status < 500) {
      return new Refusal('large', 'The server hung up while the picture was being sent;'
        + ' perhaps it is larger than the server takes.');
    }
  } catch {
    // gone
  }
  return new Refusal('gone', 'The server does not answer. Is it running?');
}

function refusal(response, message) {
  switch (response.status) {
    case 401:
    case 403:
      return new Refusal('key', message);
    case 400:
      return new Refusal('picture', message);
    case 413:
      return new Refusal('large', message);
    case 429:
    case 503:
      return new Refusal('later', message, retryAfter(response.headers.get('Retry-After')));
    default:
      return new Refusal('other', message);
  }
}

// Seconds or a date; at least one second, so that a mistaken server is not asked in a tight loop.
function retryAfter(header) {
  const seconds = /^\d+$/.test(header ?? '') ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Math.min(120, Math.max(1, Math.ceil(seconds) || 1));
}
