// The pictures themselves: computed ones, waiting ones, and those that were refused with the reason.

import {element} from './element.js';

/** Shows a tile for each picture and removes the others; tiles that exist stay where the focus is. */
export function showTiles(list, pictures, vectorOf, remove) {
  const wanted = new Set(pictures);
  for (const tile of [...list.children]) {
    if (!wanted.has(tile.picture)) {
      tile.remove();
    }
  }
  for (const picture of pictures) {
    picture.tile ??= make(picture, remove);
    if (picture.tile.parentElement !== list) {
      list.append(picture.tile);
    }
    update(picture, vectorOf(picture) !== undefined);
  }
}

function make(picture, remove) {
  const tile = element('li', {},
    element('div', {className: 'thumbnail'}),
    element('div', {className: 'words'},
      element('span', {className: 'title', title: picture.name}, picture.name),
      element('span', {className: 'error'})),
    element('button', {type: 'button', title: 'Remove', ariaLabel: `Remove ${picture.name}`,
      onclick: () => remove(picture)}, '\u00d7'));
  tile.picture = picture;
  return tile;
}

function update(picture, computed) {
  const [frame, words] = picture.tile.children;
  if (picture.thumbnail && !frame.firstChild) {
    frame.append(element('img', {src: picture.thumbnail, alt: ''}));
  }
  picture.tile.className = picture.error ? 'bad' : computed ? '' : 'waiting';
  words.lastElementChild.textContent = picture.error ?? '';
}
