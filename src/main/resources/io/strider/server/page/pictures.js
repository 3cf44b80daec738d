// How pictures come in: dropped (folders too), chosen or pasted; and their thumbnails.

const THUMBNAIL = 320;

/**
 * Calls back with the files that a person drops anywhere on the page, pastes, or chooses.
 *
 * @param input the field for files
 * @param marked an element that has the class "over" while files are held above the page
 * @param add called with an array of files
 */
export function listen(input, marked, add) {
  input.addEventListener('change', () => {
    add([...input.files]);
    input.value = ''; // so that the same file may be chosen again
  });
  document.addEventListener('paste', event => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length > 0) {
      event.preventDefault();
      add(files);
    }
  });
  // Without this a picture that misses the target would replace the page.
  document.addEventListener('dragover', event => {
    event.preventDefault();
    marked.classList.toggle('over', event.dataTransfer.types.includes('Files'));
  });
  document.addEventListener('dragleave', event => {
    if (event.relatedTarget === null) {
      marked.classList.remove('over');
    }
  });
  document.addEventListener('drop', async event => {
    event.preventDefault();
    marked.classList.remove('over');
    add(await dropped(event.dataTransfer));
  });
}

async function dropped(transfer) {
  // Both lists are emptied once the event is over: they are read before anything is waited for.
  const files = [...transfer.files];
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.());
  if (!entries.some(entry => entry?.isDirectory)) {
    return files;
  }
  const found = await Promise.all(entries.filter(entry => entry).map(entry => within(entry, true)));
  return found.flat();
}

// What is dropped itself is taken whatever it is; from folders only what looks like a picture.
async function within(entry, asked) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed)).catch(() => null);
    return file && (asked || file.type.startsWith('image/')) ? [file] : [];
  }
  const reader = entry.createReader();
  const inside = [];
  for (;;) { // a reader gives at most a hundred at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed)).catch(() => []);
    if (some.length === 0) {
      break;
    }
    inside.push(...some);
  }
  inside.sort((a, b) => a.name.localeCompare(b.name));
  return (await Promise.all(inside.map(one => within(one, false)))).flat();
}

let last = Promise.resolve();

/** The address of a small copy of the picture; null if this browser cannot read it. */
export function thumbnail(file) {
  last = last.then(() => shrink(file)); // one after the other: a decoded picture can be large
  return last;
}

async function shrink(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null; // the server may know it nevertheless, or will tell what is wrong
  }
  const scale = Math.min(1, THUMBNAIL / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  const type = file.type === 'image/jpeg' ? file.type : 'image/png'; // others may be transparent
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return URL.createObjectURL(await canvas.convertToBlob({type, quality: 0.9}));
}
