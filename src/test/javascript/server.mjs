// The running server that the tests ask, and the pictures they send.

import {readFile, readdir} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';

if (!process.env.STRIDER_SERVER) {
  throw new Error('STRIDER_SERVER: not set (expected: the address of a running server, as scripts/check-clients does)');
}

/** The server's address, with a slash at its end. */
export const address = new URL('/', process.env.STRIDER_SERVER).href;

/** The API key that the server asks for; undefined if it asks for none. */
export const key = process.env.STRIDER_SERVER_KEY || undefined;

const folder = fileURLToPath(new URL('../../main/resources/io/strider/cli/photographs/', import.meta.url));

/** The photographs of the demo: {name, path, bytes}, in the order of their names. */
export const photographs = await Promise.all((await readdir(folder))
  .filter(name => name.endsWith('.png'))
  .sort()
  .map(async name => ({name, path: folder + name, bytes: await readFile(folder + name)})));

/** A file that is no picture. */
export const noPicture = {name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('These are words.')};

/** What POST /compare says of the photographs: a row of cosines for each. */
export async function compared() {
  const form = new FormData();
  for (const {name, bytes} of photographs) {
    form.append('file', new Blob([bytes], {type: 'image/png'}), name);
  }
  const response = await fetch(`${address}compare`, {
    method: 'POST', body: form, headers: key ? {Authorization: `Bearer ${key}`} : {}});
  if (!response.ok) {
    throw new Error(`POST /compare: ${response.status} ${await response.text()}`);
  }
  return (await response.json()).similarity;
}
