// OpenAI's own client on the server's endpoints in that schema.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import OpenAI, {AuthenticationError, BadRequestError, NotFoundError} from 'openai';
import {address, key, photographs} from './server.mjs';

const client = new OpenAI({baseURL: `${address}v1`, apiKey: key ?? 'none', maxRetries: 0});
const pictures = photographs.map(({bytes}) => `data:image/png;base64,${bytes.toString('base64')}`);

function cosine(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);
}

/** But for the last bits, in which a server's first answers may differ from later ones. */
function assertEqual(vector, expected) {
  assert.equal(vector.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(vector[i] - value) < 1e-6, `number ${i}: ${vector[i]}, not ${value}`));
}

test('the models are listed', async () => {
  const names = [];
  for await (const model of client.models.list()) {
    names.push(model.id);
  }
  assert.ok(names.includes('faces'), String(names));
});

test('a picture becomes a vector', async () => {
  const answer = await client.embeddings.create({model: 'faces', input: pictures[0], encoding_format: 'float'});
  assert.equal(answer.object, 'list');
  assert.equal(answer.model, 'faces');
  assert.equal(answer.data.length, 1);
  assert.equal(answer.data[0].object, 'embedding');
  assert.equal(answer.data[0].index, 0);
  assert.equal(answer.data[0].embedding.length, 128);
  assert.ok(Math.abs(Math.hypot(...answer.data[0].embedding) - 1) < 1e-5);
  assert.ok(Number.isInteger(answer.usage.total_tokens));
});

test('base64 holds the same numbers as floats do', async () => {
  const ask = encoding_format => client.embeddings.create({model: 'faces', input: pictures[0], encoding_format});
  const floats = (await ask('float')).data[0].embedding;
  const text = (await ask('base64')).data[0].embedding;
  assert.equal(typeof text, 'string');
  const bytes = Buffer.from(text, 'base64');
  assert.equal(bytes.length, 4 * floats.length);
  assertEqual(floats.map((_, i) => bytes.readFloatLE(4 * i)), floats);
  // Where no encoding is asked for, the client asks for base64 and decodes it by itself.
  assertEqual((await ask(undefined)).data[0].embedding, floats);
});

test('a batch has the vectors of its pictures in their order', async () => {
  const {data} = await client.embeddings.create({model: 'faces', input: pictures});
  assert.deepEqual(data.map(one => one.index), pictures.map((_, i) => i));
  for (const i of [0, 5, 7]) {
    const [alone] = (await client.embeddings.create({model: 'faces', input: pictures[i]})).data;
    assert.ok(cosine(alone.embedding, data[i].embedding) > 0.99999, photographs[i].name);
  }
  const similar = cosine(data[0].embedding, data[4].embedding); // a face and the same face darker
  const other = cosine(data[0].embedding, data[6].embedding); // a face and a cup
  assert.ok(similar > 0.98 && other < 0.92, `${similar}, ${other}`);
});

test('a model that is not there is not found', async () => {
  await assert.rejects(client.embeddings.create({model: 'no-such-model', input: pictures[0]}), error => {
    assert.ok(error instanceof NotFoundError, String(error));
    assert.match(error.message, /no-such-model/);
    return true;
  });
});

for (const [what, input] of [
  ['a picture that is none', `data:image/png;base64,${Buffer.from('These are words.').toString('base64')}`],
  ['a word', 'What is on this picture?'],
  ['an address, which is never fetched', 'http://127.0.0.1:1/picture.png'],
  ['no picture at all', []]
]) {
  test(`${what} is a bad request`, async () => {
    await assert.rejects(client.embeddings.create({model: 'faces', input}), error => {
      assert.ok(error instanceof BadRequestError, String(error));
      assert.ok(error.message.length > 20, error.message);
      return true;
    });
  });
}

test('dimensions that the model has not are a bad request', async () => {
  await assert.rejects(client.embeddings.create({model: 'faces', input: pictures[0], dimensions: 64}), BadRequestError);
});

if (key) {
  for (const wrong of ['wrong', `${key}x`]) {
    test(`the key ${JSON.stringify(wrong)} is refused`, async () => {
      const stranger = new OpenAI({baseURL: `${address}v1`, apiKey: wrong, maxRetries: 0});
      await assert.rejects(stranger.embeddings.create({model: 'faces', input: pictures[0]}), AuthenticationError);
    });
  }

  test('a missing key is refused', async () => {
    const stranger = new OpenAI({
      baseURL: `${address}v1`, apiKey: 'none', maxRetries: 0, defaultHeaders: {Authorization: null}});
    await assert.rejects(stranger.embeddings.create({model: 'faces', input: pictures[0]}), AuthenticationError);
  });
}
