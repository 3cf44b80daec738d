// The page: keeps the pictures and their vectors, asks the server for those that are missing, and shows
// what is known. A vector is asked for once; adding a picture sends that picture only.

import {Refusal, embed, models} from './client.js';
import {Matrix} from './matrix.js';
import {drawScale, showPair} from './pair.js';
import {listen, thumbnail} from './pictures.js';
import {showTiles} from './tiles.js';

const MOST_PICTURES = 100;
const MOST_BYTES_A_REQUEST = 8 << 20;

const byId = id => document.getElementById(id);
const model = byId('model');
const key = byId('key');

/**
 * In the order shown: {file, name, thumbnail: undefined while it is being made and null if this browser
 * cannot, error, vectors: a Map from the model's name}.
 */
let pictures = [];
/** What the matrix shows. */
let shown = {pictures: [], similarities: [], least: 1};
/** Pictures whose thumbnails are not shown yet. */
const arrived = [];
/** {row, column} of the matrix, or null. */
let pointed = null;
/** How many files there was no room for. */
let leftOut = 0;
let spent = null;
let busy = false;
let stopped = false;
/** How many pictures a request may have, as far as the server was found to take them. */
let taken = 16;
/** The same, less while a refused picture is looked for. */
let most = taken;
/** Ends a wait early; null where nobody waits. */
let wake = null;

const matrix = new Matrix(byId('matrix'), byId('scroller'), byId('numbers'), byId('zoom'), showPairAt);

function vectorOf(picture) {
  return picture.vectors.get(model.value);
}

function missing() {
  return pictures.filter(picture => !picture.error && vectorOf(picture) === undefined);
}

function add(files) {
  const room = Math.max(0, MOST_PICTURES - pictures.length);
  leftOut = Math.max(0, files.length - room);
  for (const file of files.slice(0, room)) {
    const picture = {file, name: file.name || 'pasted', thumbnail: undefined, error: null, vectors: new Map()};
    pictures.push(picture);
    thumbnail(file).then(address => {
      picture.thumbnail = address;
      arrived.push(picture);
      if (arrived.length === 1) {
        setTimeout(showThumbnails, 100);
      }
    });
  }
  work();
}

/** Shows the thumbnails that were made lately, together: a large matrix takes long to draw. */
function showThumbnails() {
  for (const picture of arrived.splice(0)) {
    if (pictures.includes(picture)) {
      matrix.repaint(picture);
    } else {
      URL.revokeObjectURL(picture.thumbnail);
    }
  }
  showPictures();
  showPairAt(pointed);
}

function remove(gone) {
  const next = gone[0].tile.contains(document.activeElement) ? gone[0].tile.nextElementSibling : null;
  for (const picture of gone) {
    URL.revokeObjectURL(picture.thumbnail);
  }
  pictures = pictures.filter(picture => !gone.includes(picture));
  leftOut = 0;
  showPictures();
  showMatrix();
  (next?.querySelector('button') ?? byId('files')).focus({preventScroll: true});
}

/** Asks for all vectors that are missing, request by request, until none is. */
async function work() {
  stopped = false;
  wake?.();
  if (busy) {
    return;
  }
  busy = true;
  most = taken;
  spent = {decode: 0, queue: 0, compute: 0, roundTrip: 0, pictures: 0, requests: 0};
  try {
    while (!stopped && missing().length > 0) {
      showPictures();
      await send(chunk(missing()));
    }
  } finally {
    busy = false;
  }
  showPictures();
}

function chunk(waiting) {
  let bytes = 0;
  const fitting = waiting.slice(0, most).findIndex(picture =>
    (bytes += picture.file.size) > MOST_BYTES_A_REQUEST);
  return waiting.slice(0, fitting < 0 ? most : Math.max(1, fitting));
}

async function send(chunk) {
  const asked = model.value;
  try {
    const answer = await embed(asked, key.value, chunk.map(picture => picture.file));
    tell(null);
    chunk.forEach((picture, i) => {
      const {vector, error} = answer.results[i];
      if (vector) {
        picture.vectors.set(asked, vector).set(answer.model, vector);
      } else {
        picture.error = error;
      }
    });
    forgetOthers(asked, answer.results.find(result => result.vector)?.vector.length);
    spent.decode += answer.timings.decode_ms ?? 0;
    spent.queue += answer.timings.queue_ms ?? 0;
    spent.compute += answer.timings.compute_ms ?? 0;
    spent.roundTrip += answer.roundTrip;
    spent.pictures += chunk.length;
    spent.requests++;
    showTimings();
    showMatrix();
  } catch (refusal) {
    await handle(refusal, chunk);
  }
}

/** A model that was replaced while serving may give vectors of another length. */
function forgetOthers(name, length) {
  for (const picture of pictures) {
    if (length !== undefined && picture.vectors.get(name)?.length !== length) {
      picture.vectors.delete(name);
    }
  }
}

async function handle(refusal, chunk) {
  if (!(refusal instanceof Refusal)) {
    stopped = true;
    tell(`This page failed: ${refusal}`, {retry: true});
    throw refusal;
  }
  switch (refusal.kind) {
    case 'large':
    case 'picture':
      if (chunk.length === 1) {
        chunk[0].error = refusal.message;
        break;
      }
      most = Math.ceil(chunk.length / 2);
      if (refusal.kind === 'large') {
        taken = most;
      }
      break;
    case 'later':
      await waitFor(refusal.seconds, refusal.message);
      break;
    default:
      stopped = true;
      tell(refusal.kind === 'key' && !key.value ? 'This server asks for an API key.' : refusal.message,
        {retry: true});
      if (refusal.kind === 'key') {
        key.focus();
        key.select();
      }
  }
}

async function waitFor(seconds, reason) {
  const until = performance.now() + seconds * 1000;
  const show = () => {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    byId('countdown').textContent = `\u2013 trying again in ${left} s`;
  };
  tell(reason, {retry: true, stop: true, calm: true});
  show();
  const ticking = setInterval(show, 500);
  await new Promise(done => {
    wake = done;
    setTimeout(done, seconds * 1000);
  });
  wake = null;
  clearInterval(ticking);
}

/** Shows a problem, or with null that there is none. */
function tell(message, {retry = false, stop = false, calm = false} = {}) {
  const problem = byId('problem');
  problem.hidden = message === null;
  byId('message').textContent = message ?? '';
  byId('countdown').textContent = '';
  problem.classList.toggle('calm', calm);
  byId('retry').hidden = !retry;
  byId('retry').textContent = stop ? 'Try now' : 'Try again';
  byId('stop').hidden = !stop;
}

function showPictures() {
  const some = pictures.length > 0;
  byId('tray').hidden = !some;
  document.body.classList.toggle('filled', some);
  showTiles(byId('tiles'), pictures, vectorOf, picture => remove([picture]));
  const left = missing().length;
  const bad = pictures.filter(picture => picture.error).length;
  const good = pictures.length - bad - left;
  const progress = byId('progress');
  progress.hidden = left === 0;
  progress.max = pictures.length;
  progress.value = pictures.length - left;
  byId('again').disabled = busy;
  const words = [left > 0 ? `${good} of ${pictures.length} computed` : `${good} computed`];
  if (bad > 0) {
    words.push(`${bad} refused`);
  }
  if (leftOut > 0) {
    words.push(`${leftOut} left out (at most ${MOST_PICTURES} are shown)`);
  }
  byId('status').textContent = words.join(', ');
}

function cosine(a, b) {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa === 0 || bb === 0 ? 0 : Math.min(1, Math.max(-1, dot / Math.sqrt(aa * bb)));
}

function showMatrix() {
  const computed = pictures.filter(picture => vectorOf(picture));
  const similarities = computed.map(a => computed.map(b => cosine(vectorOf(a), vectorOf(b))));
  shown = {pictures: computed, similarities, least: Math.min(1, ...similarities.flat())};
  const several = computed.length > 1;
  byId('result').hidden = computed.length === 0;
  byId('scroller').hidden = !several;
  byId('scale').hidden = !several;
  byId('alone').hidden = computed.length !== 1;
  byId('least').textContent = shown.least.toFixed(2).replace('-', '\u2212');
  if (several) {
    matrix.fill(computed, similarities, shown.least);
  } else {
    byId('zoom').hidden = true;
  }
  showPairAt(null);
}

/** Shows the pair that is pointed at; if none is, the two pictures that are most alike. */
function showPairAt(place) {
  pointed = place;
  const {pictures, similarities, least} = shown;
  if (pictures.length < 2) {
    byId('pair').hidden = true;
    return;
  }
  let {row, column} = place ?? {row: 0, column: 1};
  if (place === null) {
    similarities.forEach((line, i) => line.forEach((similarity, j) => {
      if (i < j && similarity > similarities[row][column]) {
        row = i;
        column = j;
      }
    }));
  }
  showPair(pictures[row], pictures[column], similarities[row][column], least, place ? '' : 'most alike');
}

function showTimings() {
  const set = (id, milliseconds) => {
    byId(id).textContent = `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`;
  };
  set('decode', spent.decode);
  set('queue', spent.queue);
  set('compute', spent.compute);
  set('round-trip', spent.roundTrip);
  const many = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;
  byId('extent').textContent = `${many(spent.pictures, 'picture')} in ${many(spent.requests, 'request')}.`
    + ' The first three are the server\u2019s, of each request\u2019s slowest picture.';
}

async function loadModels() {
  try {
    const names = await models(key.value);
    if (names.length > 0) {
      const chosen = names.includes(model.value) ? model.value : names[0];
      model.replaceChildren(...names.map(name => new Option(name, name, false, name === chosen)));
    }
    key.placeholder = key.value ? '' : 'not needed';
    key.classList.remove('needed');
    tell(null);
  } catch (refusal) {
    if (refusal.kind === 'key') {
      key.placeholder = 'needed';
      key.classList.add('needed');
    }
    if (refusal.kind !== 'key' || key.value) {
      tell(refusal.message, {retry: true});
    }
  }
}

async function refresh() {
  await loadModels();
  await work();
}

listen(byId('files'), byId('intake'), add);
byId('settings').addEventListener('submit', event => {
  event.preventDefault(); // "change" does it
});
key.addEventListener('change', refresh);
model.addEventListener('change', () => {
  for (const picture of pictures) {
    picture.error = null; // another model may take it
  }
  tell(null);
  showMatrix();
  work();
});
byId('retry').addEventListener('click', () => (wake ? work() : refresh()));
byId('stop').addEventListener('click', () => {
  stopped = true;
  wake?.();
  tell('Stopped.', {retry: true});
});
byId('again').addEventListener('click', () => {
  for (const picture of pictures) {
    picture.vectors.clear();
    picture.error = null;
  }
  work();
});
byId('clear').addEventListener('click', () => remove(pictures));
byId('shell').textContent = `curl -F file=@one.jpg -F file=@two.jpg ${new URL('compare', location.href)}`;
drawScale();
loadModels();
